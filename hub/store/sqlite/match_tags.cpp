#include "store/sqlite/match_tags.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

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

template <class Holder>
struct Difference {
    using Row = std::pair<vault::Tag, Holder>;
    std::vector<Row> missing;
    std::vector<Row> outdated;
};

template <class Holder>
void compare(
    sqlite::Database& database,
    const vault::Vault& vault,
    const char* select,
    const std::pair<Holder, std::vector<MatchKey>>& given,
    Difference<Holder>& difference
) {
    const auto& [holder, keys] = given;
    std::set<vault::Tag> missing;
    for (const MatchKey& key : keys)
        missing.insert(vault.blind_tag(key.field.number, key.key));
    Query rows(database.prepared(select));
    rows.bind(holder.view());
    while (rows.step()) {
        vault::Tag tag{};
        const ByteView bytes = rows.bytes();
        std::copy(bytes.begin(), bytes.end(), tag.begin());
        if (missing.erase(tag) == 0) difference.outdated.emplace_back(tag, holder);
    }
    for (const vault::Tag& tag : missing)
        difference.missing.emplace_back(tag, holder);
}

template <class Holder>
void run_in_order(
    sqlite::Database& database,
    const char* statement,
    std::vector<std::pair<vault::Tag, Holder>>& rows
) {
    std::sort(rows.begin(), rows.end());
    for (const auto& [tag, holder] : rows)
        Query(database.prepared(statement)).bind(ByteView(tag)).bind(holder.view()).run();
}

template <class Holder>
void replace(
    sqlite::Database& database,
    const vault::Vault& vault,
    const Statements& statements,
    std::span<const std::pair<Holder, std::vector<MatchKey>>> keys
) {
    Difference<Holder> difference;
    std::unordered_set<Holder> seen;
    for (auto given = keys.rbegin(); given != keys.rend(); ++given) {
        if (seen.insert(given->first).second)
            compare(database, vault, statements.select, *given, difference);
    }
    run_in_order(database, statements.erase, difference.outdated);
    run_in_order(database, statements.insert, difference.missing);
}

}  // namespace

void replace_tags(
    sqlite::Database& database,
    const vault::Vault& vault,
    std::span<const std::pair<LinkId, std::vector<MatchKey>>> keys
) {
    replace(database, vault, kOfLinks, keys);
}

void replace_tags(
    sqlite::Database& database,
    const vault::Vault& vault,
    std::span<const std::pair<CustomerId, std::vector<MatchKey>>> keys
) {
    replace(database, vault, kOfCustomers, keys);
}

}  // namespace syncline::store
