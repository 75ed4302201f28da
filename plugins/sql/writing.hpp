#pragma once

#include "database.hpp"
#include "rows.hpp"

#include <optional>

namespace sql {

/// Makes or changes one record, in all tables it stands in, in a transaction of its own, if it is
/// as the hub knows it. `read_before`: the row, if it was read a moment ago and is the only one of
/// the record; the change compares it again. Only where others may write at the same time.
syncline::sdk::Written write_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const syncline::sdk::WriteItem& item,
    std::optional<Known> read_before = std::nullopt
);

/// Deletes one with its rows in all tables, under the same condition.
void delete_row(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const syncline::sdk::WriteItem& item
);

}  // namespace sql
