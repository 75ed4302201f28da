// Do the stored tags belong to the values?

#include "store/sqlite/columns.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/packed_list.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;
using Tags = std::set<vault::Tag>;

template <class Identifier>
std::vector<Identifier> with_other_tags(
    const vault::Vault& vault,
    sqlite::Query rows,
    std::span<const std::pair<Identifier, std::vector<MatchKey>>> expected
) {
    PackedList ids;
    for (const auto& [id, keys] : expected)
        ids.add(id.view());
    rows.bind(ids.view());
    std::map<Identifier, Tags> stored;
    while (rows.step()) {
        const auto id = read_id<Identifier>(rows);
        const ByteView bytes = rows.bytes();
        vault::Tag tag{};
        std::copy_n(bytes.begin(), std::min(bytes.size(), tag.size()), tag.begin());
        stored[id].insert(tag);
    }
    std::vector<Identifier> others;
    for (const auto& [id, keys] : expected) {
        Tags wanted;
        for (const MatchKey& key : keys)
            wanted.insert(vault.blind_tag(key.field.number, key.key));
        if (stored[id] != wanted) others.push_back(id);
    }
    return others;
}

}  // namespace

std::vector<LinkId> HubDatabase::links_with_other_keys(
    std::span<const std::pair<LinkId, std::vector<MatchKey>>> expected
) {
    return with_other_tags(
        vault_,
        query(with_wanted("SELECT link, tag FROM wanted CROSS JOIN link_tag ON link = item")),
        expected
    );
}

std::vector<CustomerId> HubDatabase::customers_with_other_keys(
    std::span<const std::pair<CustomerId, std::vector<MatchKey>>> expected
) {
    return with_other_tags(
        vault_,
        query(with_wanted(
            "SELECT customer, tag FROM wanted CROSS JOIN customer_tag ON customer = item"
        )),
        expected
    );
}

}  // namespace syncline::store
