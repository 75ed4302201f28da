#pragma once

#include "database.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sql {

/// One record as it was read: for the hub, and for a write that must find it unchanged.
struct Known {
    syncline::sdk::Record record;
    Row row;
    std::vector<std::optional<Row>> sides;  ///< as many as the entity has; nothing = no such row
};

/// The id of the record that a row belongs to; nothing when its key is none.
std::optional<std::string> id_in(const Row& row);
std::vector<std::string> key_in(const Row& row);

/// Rows of one table, at most `count`, in the order of the key: those after `last` that were
/// changed since a moment of Database::newest_change(); "" = all.
std::vector<Row> select_page(
    Database& database,
    const Table& table,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
);

/// Adds the conditions that a row of a table is that of this key and holds the constants.
void add_is_row(
    Statement& out, Database& database, const Table& table, const std::vector<std::string>& key
);

/// Rows of a page as records. Those whose key is none are set aside.
std::vector<Known> read_page(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
);

/// The record with this id.
std::optional<Known> read_row(
    const syncline::sdk::Call& call, Database& database, const Entity& entity, const std::string& id
);

/// How many rows read_rows() asks for in one statement.
constexpr std::size_t kRowsAtOnce = 50;
/// The records with these keys that are there, by their ids.
std::map<std::string, Known> read_rows(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const std::vector<std::vector<std::string>>& keys
);

/// One record for all rows that have NULL in their key, if there are any.
std::optional<syncline::sdk::Record> keyless_rows(Database& database, const Table& table);

}  // namespace sql
