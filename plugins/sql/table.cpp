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
    const auto is_key = [&](const std::string& column) {
        return std::find(table.key.begin(), table.key.end(), column) != table.key.end();
    };
    if (table.columns.empty() || std::any_of(table.columns.begin(), table.columns.end(), is_key))
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/columns must name columns other than the key"
        );
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
        const Json journal = settings.value("journal", Json::object());
        syncline::sdk::check_keys(journal, where + "/journal", {"table", "order"});
        table.journal = syncline::sdk::required_text(journal, where + "/journal", "table");
        table.journal_order = syncline::sdk::required_text(journal, where + "/journal", "order");
    } else if (detect != "row_hash") {
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where +
                "/detect can only be \"row_hash\", \"version\", \"timestamp\" or \"journal\""
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

std::vector<Table> read_tables(const Json& entities) {
    if (!entities.is_object() || entities.empty())
        throw Failure(SYNCLINE_E_CONFIG, "settings/entities needs at least one entity");
    std::vector<Table> tables;
    for (const auto& [entity, settings] : entities.items()) {
        const std::string where = "/entities/" + entity;
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
             "touch"}
        );
        Table table;
        table.entity = entity;
        table.schema = syncline::sdk::text_or(settings, "schema", "");
        table.name = syncline::sdk::required_text(settings, where, "table");
        table.key = key_of(settings, where);
        table.listen = syncline::sdk::text_or(settings, "listen", "");
        read_detection(settings, where, table);
        read_columns_of(settings, where, table);
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace sql
