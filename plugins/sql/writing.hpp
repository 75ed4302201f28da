#pragma once

#include "database.hpp"

namespace sql {

/// Makes or changes one record, in all tables it stands in, in a transaction of its own, if it is
/// as the hub knows it.
syncline::sdk::Written write_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const syncline::sdk::WriteItem& item
);

/// Deletes one with its rows in all tables, under the same condition.
void delete_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const syncline::sdk::WriteItem& item
);

}  // namespace sql
