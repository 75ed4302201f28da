#pragma once

#include "syncline/connector.hpp"

#include <map>
#include <string>
#include <vector>

namespace sql {

using syncline::sdk::Json;

/// One configured table.
struct Table {
    std::string entity;
    std::string name;
    std::string key;
    std::vector<std::string> columns;          ///< read and written, in configured order
    std::map<std::string, std::string> touch;  ///< column -> "now"
};

/// Reads settings/entities. Throws Failure CONFIG, naming the setting.
std::vector<Table> read_tables(const Json& entities);

/// An identifier as SQL writes it: quoted, quotes doubled.
std::string quoted(const std::string& identifier);

/// "SELECT type and text of the key and of each column FROM table": what rows are read with. Values
/// come as their storage type and their text, so that one of another type than its column declares
/// is read all the same. A text with a NUL in it counts as a blob.
std::string select_sql(const Table& table);

/// The condition that a row has a key, which is bound as text three times. Right also where the
/// key's column declares no type and so holds numbers that equal no text.
std::string has_key_sql(const Table& table);

/// A column's value as JSON: `type` is SQLite's typeof().
Json json_of(const std::string& type, const std::string& text);

/// Version of a row: SHA-256, halved, over the configured columns and their types.
std::string row_version(const Table& table, const Json& row);

}  // namespace sql
