#pragma once

#include "database.hpp"

#include <cstdint>
#include <vector>

namespace sql {

/// Makes or changes one row in a transaction of its own, if it is as the hub knows it.
syncline::sdk::Written write_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Table& table,
    const syncline::sdk::WriteItem& item
);

/// Deletes one row, under the same condition.
void delete_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Table& table,
    const syncline::sdk::WriteItem& item
);

/// Records that bear unused ids and nothing else.
std::vector<syncline::sdk::Record> new_rows(
    Database& database, const Table& table, std::uint32_t count
);

}  // namespace sql
