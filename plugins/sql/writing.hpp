#pragma once

#include "database.hpp"

#include <cstdint>
#include <vector>

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

/// Records that bear unused ids and nothing else.
std::vector<syncline::sdk::Record> new_rows(
    Database& database, const Table& table, std::uint32_t count
);

}  // namespace sql
