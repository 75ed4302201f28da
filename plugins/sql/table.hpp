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

/// One configured table: the main one of an entity, or one beside it.
struct Table {
    std::string entity;
    std::string schema;  ///< "" = where the database looks by itself
    std::string name;
    std::vector<std::string> key;              ///< one column, or several that make a key together
    std::vector<std::string> columns;          ///< read and written, in configured order
    std::map<std::string, std::string> touch;  ///< column -> "now" or "increment"
    std::map<std::string, Json> constants;     ///< what a row holds that is meant; others are not
    std::map<std::string, Json> new_key;       ///< columns of the key -> what new rows have there
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

/// A table beside the main one that has at most one row of each record: the one whose key is that
/// of the main row and that holds the constants.
struct SideTable {
    std::string name;  ///< of its fields: "billing" of "billing.street"
    Table table;
    bool is_deleted_when_empty = false;  ///< when no column holds anything any more
    bool marks_main = false;  ///< an edit of it changes the time or journal of the main row

    std::string field(const std::string& column) const { return name + "." + column; }
    /// "table \"address\" with kind = \"billing\"", for messages.
    std::string meaning() const;
};

/// What the hub calls a record: a row of the main table, with its rows in tables beside it.
struct Entity {
    Table main;
    std::vector<SideTable> sides;

    /// The names of its fields: columns of the main table, then those beside it.
    std::vector<std::string> fields() const;
};

/// Reads settings/entities. Throws Failure CONFIG, naming the setting.
std::vector<Entity> read_entities(const Json& entities);

}  // namespace sql
