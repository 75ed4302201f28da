#pragma once

#include "store/store.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <vector>

namespace syncline::store {

/// Makes the stored tags of a record, or of a customer, those of its match keys. Inside the
/// transaction of its caller.
///
/// Only what differs is written: most often something is stored again with the keys that it had,
/// and its tags lie on pages here and there in two indices.
void replace_tags(
    vault::sqlite::Database& database,
    const vault::Vault& vault,
    const LinkId& link,
    const std::vector<MatchKey>& keys
);
void replace_tags(
    vault::sqlite::Database& database,
    const vault::Vault& vault,
    const CustomerId& customer,
    const std::vector<MatchKey>& keys
);

}  // namespace syncline::store
