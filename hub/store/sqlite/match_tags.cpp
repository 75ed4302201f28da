#include "store/sqlite/match_tags.hpp"

#include <algorithm>
#include <set>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;
using sqlite::Query;

struct Statements {
    const char* select;
    const char* erase;
    const char* insert;
};
constexpr Statements kOfLinks{
    "SELECT tag FROM link_tag WHERE link = ?",
    "DELETE FROM link_tag WHERE tag = ? AND link = ?",
    "INSERT INTO link_tag VALUES (?, ?)"};
constexpr Statements kOfCustomers{
    "SELECT tag FROM customer_tag WHERE customer = ?",
    "DELETE FROM customer_tag WHERE tag = ? AND customer = ?",
    "INSERT INTO customer_tag VALUES (?, ?)"};

void replace(
    sqlite::Database& database,
    const vault::Vault& vault,
    const Statements& statements,
    ByteView holder,
    const std::vector<MatchKey>& keys
) {
    std::set<vault::Tag> missing;
    for (const MatchKey& key : keys)
        missing.insert(vault.blind_tag(key.field.number, key.key));
    std::vector<vault::Tag> outdated;
    {
        Query rows(database.prepared(statements.select));
        rows.bind(holder);
        while (rows.step()) {
            vault::Tag tag{};
            const ByteView bytes = rows.bytes();
            std::copy(bytes.begin(), bytes.end(), tag.begin());
            if (missing.erase(tag) == 0) outdated.push_back(tag);
        }
    }
    const auto run = [&](const char* statement, const vault::Tag& tag) {
        Query(database.prepared(statement)).bind(ByteView(tag)).bind(holder).run();
    };
    for (const vault::Tag& tag : outdated)
        run(statements.erase, tag);
    for (const vault::Tag& tag : missing)
        run(statements.insert, tag);
}

}  // namespace

void replace_tags(
    sqlite::Database& database,
    const vault::Vault& vault,
    const LinkId& link,
    const std::vector<MatchKey>& keys
) {
    replace(database, vault, kOfLinks, link.view(), keys);
}

void replace_tags(
    sqlite::Database& database,
    const vault::Vault& vault,
    const CustomerId& customer,
    const std::vector<MatchKey>& keys
) {
    replace(database, vault, kOfCustomers, customer.view(), keys);
}

}  // namespace syncline::store
