#include "rows.hpp"

#include "key.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::Record;

/// A number with more digits than a double has is a text, so that none is lost on the way.
Json json_of(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::Null:
            return nullptr;
        case Cell::Kind::Boolean:
            return cell.text == "true";
        case Cell::Kind::Integer: {
            Json number = Json::parse(cell.text, nullptr, /*allow_exceptions=*/false);
            if (number.is_number_integer()) return number;
            break;
        }
        case Cell::Kind::Decimal: {
            Json number = Json::parse(cell.text, nullptr, /*allow_exceptions=*/false);
            if (number.is_number() && syncline::sdk::fits_double(cell.text)) return number;
            break;
        }
        case Cell::Kind::Text:
        case Cell::Kind::Blob:
            break;
    }
    return cell.text;
}

/// SHA-256, halved, over the configured columns and their types.
std::string row_hash(const Table& table, const Json& row) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    for (const std::string& column : table.columns) {
        const auto found = row.find(column);
        const std::string value = found == row.end() ? "?" : found->dump();
        hash.update(column + ":" + std::to_string(value.size()) + ":" + value);
    }
    constexpr std::size_t kHexDigits = 32;
    return Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
}

bool is_key(const Cell& cell) {
    return cell.kind == Cell::Kind::Integer || cell.kind == Cell::Kind::Text;
}

/// A row as a record. A column that is no text is left out: unknown, never a wrong value.
Record record_of(const Call& call, const Table& table, const Row& row) {
    std::vector<std::string> parts;
    for (const Cell& cell : row.key)
        parts.push_back(cell.text);
    Record record;
    record.id = id_of(parts);
    record.data = Json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Cell& cell = row.values[i];
        if (cell.kind != Cell::Kind::Blob && syncline::sdk::is_utf8(cell.text)) {
            record.data[table.columns[i]] = json_of(cell);
        } else {
            constexpr int kWarning = 3;
            call.log(
                kWarning,
                "row " + record.id + ": column " + table.columns[i] +
                    " is no UTF-8 text and was not read"
            );
        }
    }
    record.version = table.detect == Detect::Version ? row.values[table.columns.size()].text
                                                     : row_hash(table, record.data);
    if (!std::all_of(row.key.begin(), row.key.end(), is_key))
        return Record::unreadable(
            table.key_name() + "=" + record.id,
            "the key of a row is neither a whole number nor a text"
        );
    if (record.version.empty())
        return Record::unreadable(
            record.id, "the version column \"" + table.version_column + "\" of a row is empty"
        );
    return record;
}

std::vector<Known> known(const Call& call, const Table& table, std::vector<Row> rows) {
    std::vector<Known> out;
    for (Row& row : rows) {
        Record record = record_of(call, table, row);
        out.push_back({std::move(record), std::move(row)});
    }
    return out;
}

}  // namespace

std::vector<Known> read_page(
    const Call& call,
    Database& database,
    const Table& table,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
) {
    Statement rest;
    database.add_after(rest, table, last);
    if (!since.empty()) {
        rest << (rest.pieces.size() == 1 && rest.pieces.front().empty() ? " WHERE " : " AND ");
        database.add_changed_since(rest, table, since);
    }
    rest << " ORDER BY ";
    for (std::size_t i = 0; i < table.key.size(); ++i)
        rest << (i > 0 ? ", " : "") << quoted(table.key[i]);
    rest << " LIMIT " << std::to_string(count);
    return known(call, table, database.select(table, rest));
}

std::optional<Known> read_row(
    const Call& call, Database& database, const Table& table, const std::string& id
) {
    const auto key = key_parts(id, table.key.size());
    if (!key) return std::nullopt;
    Statement rest(" WHERE ");
    database.add_is(rest, table, *key);
    std::vector<Known> rows = known(call, table, database.select(table, rest));
    if (rows.empty()) return std::nullopt;
    if (rows.size() > 1 && !database.excludes_writers())
        rows.front().record =
            Record::unreadable(id, "several rows of table \"" + table.name + "\" have this key");
    return std::move(rows.front());
}

std::optional<Record> keyless_rows(Database& database, const Table& table) {
    if (database.lists_keyless(table)) return std::nullopt;
    Statement count("SELECT COUNT(*) FROM " + database.table_sql(table) + " WHERE ");
    for (std::size_t i = 0; i < table.key.size(); ++i)
        count << (i > 0 ? " OR " : "") << quoted(table.key[i]) << " IS NULL";
    const std::int64_t rows = database.number(count);
    if (rows == 0) return std::nullopt;
    return Record::unreadable(
        table.key_name() + "=", std::to_string(rows) + " rows have no key and were not read"
    );
}

}  // namespace sql
