#pragma once

#include "syncline/connector.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sql {

using syncline::sdk::Json;

/// How changed rows are found.
enum class Detect : std::uint8_t {
    RowHash,    ///< every read compares whole rows
    Version,    ///< every read compares a column that each edit changes
    Timestamp,  ///< rows whose time of change is not older than the last read's
    Journal,    ///< rows whose keys a trigger wrote into a journal
};

/// One configured table.
struct Table {
    std::string entity;
    std::string schema;  ///< "" = where the database looks by itself
    std::string name;
    std::vector<std::string> key;              ///< one column, or several that make a key together
    std::vector<std::string> columns;          ///< read and written, in configured order
    std::map<std::string, std::string> touch;  ///< column -> "now" or "increment"
    Detect detect = Detect::RowHash;
    std::string version_column;    ///< of Detect::Version
    std::string changed_at;        ///< of Detect::Timestamp
    std::uint32_t overlap_ms = 0;  ///< of Detect::Timestamp: how far each read goes back

    std::string listen;  ///< channel on which the database tells of changes; "" = none

    std::string journal;        ///< of Detect::Journal: its table
    std::string journal_order;  ///< and the column that tells the order of its entries

    /// The journal as a table of its own, with the same key.
    Table journal_table() const;
    /// Do reads name what changed since the last?
    bool is_feed() const { return detect == Detect::Timestamp || detect == Detect::Journal; }
    /// The columns of a row that is read: `columns`, then the version column if there is one.
    std::vector<std::string> read_columns() const;
    /// Every column that the settings name.
    std::vector<std::string> named_columns() const;
    /// "customers.id", for messages.
    std::string key_name() const;
};

/// Reads settings/entities. Throws Failure CONFIG, naming the setting.
std::vector<Table> read_tables(const Json& entities);

}  // namespace sql
