#pragma once

#include "store/store.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <span>
#include <utility>
#include <vector>

namespace syncline::store {

/// Makes the stored tags of records, or of customers, those of their match keys. Of one that is
/// given twice, the last keys count. Inside the transaction of its caller.
///
/// Only what differs is written: most often something is stored again with the keys that it had.
/// Tags are random and lie on pages here and there, so those of a batch are written in their order.
void replace_tags(
    vault::sqlite::Database& database,
    const vault::Vault& vault,
    std::span<const std::pair<LinkId, std::vector<MatchKey>>> keys
);
void replace_tags(
    vault::sqlite::Database& database,
    const vault::Vault& vault,
    std::span<const std::pair<CustomerId, std::vector<MatchKey>>> keys
);

}  // namespace syncline::store
