#pragma once

#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

namespace syncline::store {

/// A keyed hash over every row of every table but `left_out`, in the order they are stored in.
/// Throws Fault when a row cannot be read.
vault::Tag digest_of_rows(
    vault::sqlite::Database& database, std::string_view left_out, const vault::Vault& vault
);

}  // namespace syncline::store
