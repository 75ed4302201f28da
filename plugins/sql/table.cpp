#include "table.hpp"

#include "syncline/settings.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>

namespace sql {

using syncline::sdk::Failure;

std::vector<Table> read_tables(const Json& entities) {
    if (!entities.is_object() || entities.empty())
        throw Failure(SYNCLINE_E_CONFIG, "settings/entities needs at least one entity");
    std::vector<Table> tables;
    for (const auto& [entity, settings] : entities.items()) {
        const std::string where = "/entities/" + entity;
        syncline::sdk::check_keys(settings, where, {"table", "key", "detect", "columns", "touch"});
        Table table;
        table.entity = entity;
        table.name = syncline::sdk::required_text(settings, where, "table");
        table.key = syncline::sdk::required_text(settings, where, "key");
        if (syncline::sdk::text_or(settings, "detect", "row_hash") != "row_hash")
            throw Failure(
                SYNCLINE_E_CONFIG, "settings" + where + "/detect can only be \"row_hash\""
            );
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
            if (value != "now")
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "settings" + where + "/touch/" + column + " can only be \"now\""
                );
        }
        const bool has_key =
            std::find(table.columns.begin(), table.columns.end(), table.key) != table.columns.end();
        if (table.columns.empty() || has_key)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings" + where + "/columns must name columns other than the key"
            );
        tables.push_back(std::move(table));
    }
    return tables;
}

std::string quoted(const std::string& identifier) {
    std::string out = "\"";
    for (const char c : identifier) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

std::string select_sql(const Table& table) {
    const std::string key = quoted(table.key);
    std::string sql = "SELECT typeof(" + key + "), CAST(" + key + " AS TEXT)";
    for (const std::string& column : table.columns) {
        const std::string name = quoted(column);
        sql += ", CASE WHEN instr(CAST(" + name + " AS BLOB), x'00') THEN 'blob' ELSE typeof(" +
               name + ") END, CAST(" + name + " AS TEXT)";
    }
    return sql + " FROM " + quoted(table.name);
}

Json json_of(const std::string& type, const std::string& text) {
    if (type == "null") return nullptr;
    if (type == "integer" || type == "real") {
        Json number = Json::parse(text, nullptr, /*allow_exceptions=*/false);
        if (number.is_number()) return number;
    }
    return text;
}

std::string has_key_sql(const Table& table) {
    const std::string key = quoted(table.key);
    return key + " IN (?, CAST(? AS INTEGER)) AND CAST(" + key + " AS TEXT) = ?";
}

std::string row_version(const Table& table, const Json& row) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    for (const std::string& column : table.columns) {
        const auto found = row.find(column);
        const std::string value = found == row.end() ? "?" : found->dump();
        hash.update(column + ":" + std::to_string(value.size()) + ":" + value);
    }
    constexpr std::size_t kHexDigits = 32;
    return Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
}

}  // namespace sql
