#include "table.hpp"

#include "syncline/settings.hpp"

#include <algorithm>

namespace sql {
namespace {

using syncline::sdk::Failure;

constexpr std::uint32_t kOverlapMs = 300'000;

std::vector<std::string> key_of(const Json& settings, const std::string& where) {
    const auto found = settings.find("key");
    if (found == settings.end() || !found->is_array())
        return {syncline::sdk::required_text(settings, where, "key")};
    std::vector<std::string> columns;
    for (const Json& column : *found) {
        const auto* const name = column.get_ptr<const std::string*>();
        if (name != nullptr && !name->empty()) columns.push_back(*name);
    }
    if (columns.size() != found->size() || columns.empty())
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/key must be a column or a list of columns"
        );
    return columns;
}

void read_columns_of(const Json& settings, const std::string& where, Table& table) {
    try {
        table.columns = settings.at("columns").get<std::vector<std::string>>();
        table.touch =
            settings.value("touch", Json::object()).get<std::map<std::string, std::string>>();
    } catch (const Json::exception&) {
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where +
                " needs \"columns\", a list of column names; \"touch\" maps "
                "columns to \"now\""
        );
    }
    for (const auto& [column, value] : table.touch) {
        const bool counts = value == "increment" && column == table.version_column;
        if (value != "now" && !counts)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/touch/" + column + " can only be \"now\"" +
                    (value == "increment" ? "; \"increment\" is for the version column" : "")
            );
    }
    if (table.columns.empty())
        throw Failure(SYNCLINE_E_CONFIG, "settings" + where + "/columns must name a column");
}

void read_journal(const Json& settings, const std::string& where, Table& table) {
    const Json journal = settings.value("journal", Json::object());
    syncline::sdk::check_keys(journal, where + "/journal", {"table", "order"});
    table.journal = syncline::sdk::required_text(journal, where + "/journal", "table");
    table.journal_order = syncline::sdk::required_text(journal, where + "/journal", "order");
}

void read_detection(const Json& settings, const std::string& where, Table& table) {
    const std::string detect = syncline::sdk::text_or(settings, "detect", "row_hash");
    const auto only_for = [&](const char* key, const char* kind) {
        if (settings.contains(key) && detect != kind)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/" + key + " needs \"detect\": \"" + kind + "\""
            );
    };
    only_for("version", "version");
    only_for("changed_at", "timestamp");
    only_for("overlap", "timestamp");
    only_for("journal", "journal");
    if (detect == "version") {
        table.detect = Detect::Version;
        table.version_column = syncline::sdk::required_text(settings, where, "version");
    } else if (detect == "timestamp") {
        table.detect = Detect::Timestamp;
        table.changed_at = syncline::sdk::required_text(settings, where, "changed_at");
        table.overlap_ms = syncline::sdk::milliseconds_or(settings, "overlap", kOverlapMs);
    } else if (detect == "journal") {
        table.detect = Detect::Journal;
        read_journal(settings, where, table);
    } else if (detect != "row_hash") {
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where +
                "/detect can only be \"row_hash\", \"version\", \"timestamp\" or \"journal\""
        );
    }
}

/// The values that choose the one row among several of a record.
void read_constants(const Json& settings, const std::string& where, Table& table) {
    const Json constants = settings.value("where", Json::object());
    if (!constants.is_object())
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/where must map columns to what they hold"
        );
    for (const auto& [column, value] : constants.items()) {
        if (!value.is_string() && !value.is_number() && !value.is_boolean())
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/where/" + column + " must be a text, number or true or false"
            );
        table.constants[column] = value;
    }
}

/// What new rows have in columns of the key that neither a field gives nor a number.
void read_new_key(const Json& settings, const std::string& where, Table& table) {
    const Json values = settings.value("new_key", Json::object());
    if (!values.is_object())
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/new_key must map columns of the key to values"
        );
    for (const auto& [column, value] : values.items()) {
        const bool is_key =
            std::find(table.key.begin(), table.key.end(), column) != table.key.end();
        const bool is_field =
            std::find(table.columns.begin(), table.columns.end(), column) != table.columns.end();
        const bool is_value = (value.is_string() && value != "") || value.is_number_integer();
        if (!is_key || is_field || !is_value)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/new_key/" + column +
                    (!is_key    ? " is no column of the key"
                     : is_field ? " is among \"columns\" too: a field gives it"
                                : " must be a text or a whole number")
            );
        table.new_key[column] = value;
    }
    if (!values.empty() && values.size() == table.key.size())
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/new_key would give all new rows the same key"
        );
}

/// How an edit of a table beside the main one is seen. Whole rows are compared, and whole listings
/// hold them; a reading of what changed has to be told.
void read_side_detection(const Json& settings, const std::string& where, SideTable& side) {
    Table& table = side.table;
    side.marks_main = settings.value("marks_main", Json(false)) == Json(true);
    const char* const column = table.detect == Detect::Timestamp ? "changed_at"
                               : table.detect == Detect::Journal ? "journal"
                                                                 : nullptr;
    for (const char* const key : {"changed_at", "journal", "marks_main"}) {
        const bool fits =
            column != nullptr && (key == std::string("marks_main") || key == std::string(column));
        if (settings.contains(key) && !fits)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/" + key +
                    " does not go with the \"detect\" of the main table"
            );
    }
    if (column == nullptr) return;
    if (settings.contains(column) == side.marks_main)
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where + ": edits of this table would not be seen: name its \"" + column +
                "\", or say \"marks_main\": true where triggers on it write the " +
                (table.detect == Detect::Journal ? "journal" : "time") + " of the main table"
        );
    if (side.marks_main) return;
    if (table.detect == Detect::Journal)
        read_journal(settings, where, table);
    else
        table.changed_at = syncline::sdk::required_text(settings, where, "changed_at");
}

SideTable side_table_of(
    const std::string& name, const Json& settings, const std::string& where, const Table& main
) {
    syncline::sdk::check_keys(
        settings,
        where,
        {"schema",
         "table",
         "key",
         "where",
         "columns",
         "when_empty",
         "touch",
         "changed_at",
         "journal",
         "marks_main"}
    );
    SideTable side;
    side.name = name;
    Table& table = side.table;
    table.entity = main.entity;
    table.schema = syncline::sdk::text_or(settings, "schema", main.schema);
    table.name = syncline::sdk::required_text(settings, where, "table");
    table.key = key_of(settings, where);
    table.detect = main.detect;
    table.overlap_ms = main.overlap_ms;
    if (table.key.size() != main.key.size())
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where +
                "/key must name as many columns as the key of the main table, in "
                "the same order"
        );
    read_constants(settings, where, table);
    read_columns_of(settings, where, table);
    const auto is_given = [&](const std::string& column) {
        return std::find(table.key.begin(), table.key.end(), column) != table.key.end() ||
               table.constants.contains(column);
    };
    if (std::any_of(table.columns.begin(), table.columns.end(), is_given))
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where +
                "/columns must name columns other than the key and those in \"where\""
        );
    read_side_detection(settings, where, side);
    const std::string when_empty = syncline::sdk::text_or(settings, "when_empty", "keep");
    if (when_empty != "keep" && when_empty != "delete")
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/when_empty can only be \"keep\" or \"delete\""
        );
    side.is_deleted_when_empty = when_empty == "delete";
    return side;
}

void read_side_tables(const Json& settings, const std::string& where, Entity& entity) {
    if (!settings.is_object())
        throw Failure(SYNCLINE_E_CONFIG, "settings" + where + "/side_tables must be an object");
    for (const auto& [name, side] : settings.items())
        entity.sides.push_back(
            side_table_of(name, side, where + "/side_tables/" + name, entity.main)
        );
    const std::vector<std::string> fields = entity.fields();
    for (const std::string& field : fields) {
        if (std::count(fields.begin(), fields.end(), field) > 1)
            throw Failure(
                SYNCLINE_E_CONFIG, "settings" + where + " names \"" + field + "\" more than once"
            );
    }
}

}  // namespace

std::vector<std::string> Table::read_columns() const {
    std::vector<std::string> all = columns;
    if (!version_column.empty()) all.push_back(version_column);
    return all;
}

Table Table::journal_table() const {
    Table entries;
    entries.entity = entity;
    entries.schema = schema;
    entries.name = journal;
    entries.key = key;
    entries.detect = Detect::Journal;
    entries.journal_order = journal_order;
    return entries;
}

std::vector<std::string> Table::named_columns() const {
    std::vector<std::string> all = read_columns();
    all.insert(all.end(), key.begin(), key.end());
    for (const auto& [column, value] : constants)
        all.push_back(column);
    if (!changed_at.empty()) all.push_back(changed_at);
    for (const auto& [column, value] : touch)
        all.push_back(column);
    if (journal.empty() && !journal_order.empty()) all.push_back(journal_order);
    return all;
}

std::string Table::key_name() const {
    std::string columns_of_key;
    for (const std::string& column : key)
        columns_of_key += (columns_of_key.empty() ? "" : ",") + column;
    return name + "." + columns_of_key;
}

std::string SideTable::meaning() const {
    std::string constants;
    for (const auto& [column, value] : table.constants)
        constants += (constants.empty() ? " with " : " and ") + column + " = " + value.dump();
    return "table \"" + table.name + "\"" + constants;
}

std::vector<std::string> Entity::fields() const {
    std::vector<std::string> all = main.columns;
    for (const SideTable& side : sides) {
        for (const std::string& column : side.table.columns)
            all.push_back(side.field(column));
    }
    return all;
}

std::vector<Entity> read_entities(const Json& entities) {
    if (!entities.is_object() || entities.empty())
        throw Failure(SYNCLINE_E_CONFIG, "settings/entities needs at least one entity");
    std::vector<Entity> read;
    for (const auto& [name, settings] : entities.items()) {
        const std::string where = "/entities/" + name;
        syncline::sdk::check_keys(
            settings,
            where,
            {"schema",
             "table",
             "key",
             "detect",
             "version",
             "changed_at",
             "overlap",
             "journal",
             "listen",
             "columns",
             "touch",
             "new_key",
             "side_tables"}
        );
        Entity entity;
        Table& table = entity.main;
        table.entity = name;
        table.schema = syncline::sdk::text_or(settings, "schema", "");
        table.name = syncline::sdk::required_text(settings, where, "table");
        table.key = key_of(settings, where);
        table.listen = syncline::sdk::text_or(settings, "listen", "");
        read_detection(settings, where, table);
        read_columns_of(settings, where, table);
        read_new_key(settings, where, table);
        read_side_tables(settings.value("side_tables", Json::object()), where, entity);
        read.push_back(std::move(entity));
    }
    return read;
}

}  // namespace sql
