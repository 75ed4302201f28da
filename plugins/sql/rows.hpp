#pragma once

#include "database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sql {

/// One row as it was read: for the hub, and for a write that must find it unchanged.
struct Known {
    syncline::sdk::Record record;
    Row row;
};

/// Rows of a page, at most `count`, in the order of the key: those after `last` that were changed
/// since a moment of Database::newest_change(); "" = all. Rows whose key is none are set aside.
std::vector<Known> read_page(
    const syncline::sdk::Call& call,
    Database& database,
    const Table& table,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
);

/// The row with this id.
std::optional<Known> read_row(
    const syncline::sdk::Call& call, Database& database, const Table& table, const std::string& id
);

/// One record for all rows that have NULL in their key, if there are any.
std::optional<syncline::sdk::Record> keyless_rows(Database& database, const Table& table);

}  // namespace sql
