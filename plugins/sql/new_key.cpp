#include "new_key.hpp"

#include "key.hpp"

#include <algorithm>

namespace sql {
namespace {

using syncline::sdk::Failure;

bool is_field(const Table& table, const std::string& column) {
    return std::find(table.columns.begin(), table.columns.end(), column) != table.columns.end();
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

NewKey new_key_of(const Table& table) {
    std::vector<std::string> open;
    bool has_field = false;
    for (const std::string& column : table.key) {
        has_field = has_field || is_field(table, column);
        if (!is_field(table, column) && !table.new_key.contains(column)) open.push_back(column);
    }
    if (open.empty()) return {NewKey::From::Values, "", ""};
    if (open.size() == 1 && !has_field) return {NewKey::From::Number, open.front(), ""};
    std::string names;
    for (const std::string& column : open)
        names += (names.empty() ? "\"" : ", \"") + column + "\"";
    return {
        NewKey::From::Nothing,
        "",
        "nothing gives " + names + " of the key of table \"" + table.name +
            "\": name each in \"columns\" and map it, or give it a value in \"new_key\""};
}

std::vector<std::string> planned_ids(Database& database, const Table& table, std::uint32_t count) {
    const NewKey key = new_key_of(table);
    if (key.from != NewKey::From::Number)
        throw Failure(SYNCLINE_E_UNSUPPORTED, "no new row can be made: " + key.reason);
    std::vector<std::string> ids;
    for (const std::string& number : database.new_keys(table, key.open, count)) {
        std::vector<std::string> parts;
        for (const std::string& column : table.key)
            parts.push_back(column == key.open ? number : text_of(table.new_key.at(column)));
        ids.push_back(id_of(parts));
    }
    return ids;
}

std::string id_of_new(const Table& table, const Json& values) {
    std::vector<std::string> parts;
    for (const std::string& column : table.key) {
        if (const auto constant = table.new_key.find(column); constant != table.new_key.end()) {
            parts.push_back(text_of(constant->second));
            continue;
        }
        const auto value = values.find(column);
        if (value == values.end() || value->is_null() || *value == "")
            throw Failure(
                SYNCLINE_E_INVALID, "a new row needs a value of its key, \"" + column + "\"", column
            );
        parts.push_back(text_of(*value));
    }
    return id_of(parts);
}

}  // namespace sql
