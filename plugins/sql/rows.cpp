#include "rows.hpp"

#include "key.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
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

/// SHA-256, halved, over fields and their types.
std::string hash_of(const std::vector<std::string>& fields, const Json& record) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    for (const std::string& field : fields) {
        const auto found = record.find(field);
        const std::string value = found == record.end() ? "?" : found->dump();
        hash.update(field + ":" + std::to_string(value.size()) + ":" + value);
    }
    constexpr std::size_t kHexDigits = 32;
    return Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
}

/// A row with those that belong to it, of each table beside its own: none, one, or too many.
struct Joined {
    Row row;
    std::vector<std::vector<Row>> sides;
};

/// A version column tells of its own table only: what stands beside it is compared.
std::string version_of(const Entity& entity, const Joined& joined, const Json& record) {
    const Table& main = entity.main;
    const std::vector<std::string> fields = entity.fields();
    if (main.detect != Detect::Version) return hash_of(fields, record);
    std::string version = joined.row.values[main.columns.size()].text;
    if (version.empty() || entity.sides.empty()) return version;
    const auto beside = fields.begin() + static_cast<std::ptrdiff_t>(main.columns.size());
    return version + "." + hash_of({beside, fields.end()}, record);
}

std::string problem_of(const Entity& entity, const Joined& joined) {
    if (!id_in(joined.row)) return "the key of a row is neither a whole number nor a text";
    for (std::size_t i = 0; i < entity.sides.size(); ++i) {
        const std::size_t rows = joined.sides[i].size();
        if (rows > 1)
            return std::to_string(rows) + " rows of " + entity.sides[i].meaning() +
                   " belong to this record, where one is expected";
    }
    return {};
}

/// A record. A column that is no text is left out: unknown, never a wrong value.
Record record_of(const Call& call, const Entity& entity, const Joined& joined) {
    const Table& main = entity.main;
    Record record;
    record.id = id_of(key_in(joined.row));
    if (std::string problem = problem_of(entity, joined); !problem.empty()) {
        const bool has_key = id_in(joined.row).has_value();
        return Record::unreadable(
            has_key ? record.id : main.key_name() + "=" + record.id, std::move(problem)
        );
    }
    record.data = Json::object();
    const auto take = [&](const std::string& field, const Cell& cell) {
        if (cell.kind != Cell::Kind::Blob && syncline::sdk::is_utf8(cell.text)) {
            record.data[field] = json_of(cell);
            return;
        }
        constexpr int kWarning = 3;
        call.log(
            kWarning,
            "row " + record.id + ": column " + field + " is no UTF-8 text and was not read"
        );
    };
    for (std::size_t i = 0; i < main.columns.size(); ++i)
        take(main.columns[i], joined.row.values[i]);
    for (std::size_t s = 0; s < entity.sides.size(); ++s) {
        const SideTable& side = entity.sides[s];
        const std::vector<Row>& rows = joined.sides[s];
        for (std::size_t i = 0; i < side.table.columns.size(); ++i)
            take(side.field(side.table.columns[i]), rows.empty() ? Cell() : rows.front().values[i]);
    }
    record.version = version_of(entity, joined, record.data);
    if (record.version.empty())
        return Record::unreadable(
            record.id, "the version column \"" + main.version_column + "\" of a row is empty"
        );
    return record;
}

/// The rows of one table beside the main one, by the id of the record they belong to.
std::map<std::string, std::vector<Row>> side_rows(
    Database& database, const Table& side, const std::vector<std::vector<std::string>>& keys
) {
    std::map<std::string, std::vector<Row>> found;
    for (std::size_t at = 0; at < keys.size(); at += kRowsAtOnce) {
        Statement rest(" WHERE ");
        const std::size_t end = std::min(keys.size(), at + kRowsAtOnce);
        for (std::size_t i = at; i < end; ++i) {
            rest << (i > at ? " OR (" : "(");
            add_is_row(rest, database, side, keys[i]);
            rest << ")";
        }
        for (Row& row : database.select(side, rest)) {
            if (const auto id = id_in(row)) found[*id].push_back(std::move(row));
        }
    }
    return found;
}

std::vector<Known> known(
    const Call& call, Database& database, const Entity& entity, std::vector<Row> rows
) {
    std::vector<std::vector<std::string>> keys;
    std::vector<Joined> joined;
    for (Row& row : rows) {
        if (id_in(row)) keys.push_back(key_in(row));
        joined.push_back({std::move(row), std::vector<std::vector<Row>>(entity.sides.size())});
    }
    for (std::size_t s = 0; s < entity.sides.size(); ++s) {
        auto beside = side_rows(database, entity.sides[s].table, keys);
        for (Joined& whole : joined) {
            if (const auto id = id_in(whole.row)) whole.sides[s] = beside[*id];
        }
    }
    std::vector<Known> out;
    for (Joined& whole : joined) {
        Known one{record_of(call, entity, whole), std::move(whole.row), {}};
        for (std::vector<Row>& beside : whole.sides)
            one.sides.push_back(
                beside.empty() ? std::nullopt : std::optional(std::move(beside.front()))
            );
        out.push_back(std::move(one));
    }
    return out;
}

/// Adds " WHERE " before the first condition, " AND " before the next.
void add_word(Statement& out) {
    const bool is_first = out.pieces.size() == 1 && out.pieces.front().empty();
    out << (is_first ? " WHERE " : " AND ");
}

void add_constants(Statement& out, Database& database, const Table& table) {
    bool is_first = true;
    for (const auto& [column, value] : table.constants) {
        out << (is_first ? "" : " AND ") << database.identifier(column) << " = ";
        database.add_value(out, column, value);
        is_first = false;
    }
}

}  // namespace

std::vector<std::string> key_in(const Row& row) {
    std::vector<std::string> parts;
    for (const Cell& cell : row.key)
        parts.push_back(cell.text);
    return parts;
}

std::optional<std::string> id_in(const Row& row) {
    const bool is_key = std::all_of(row.key.begin(), row.key.end(), [](const Cell& cell) {
        return cell.kind == Cell::Kind::Integer || cell.kind == Cell::Kind::Text;
    });
    return is_key ? std::optional(id_of(key_in(row))) : std::nullopt;
}

void add_is_row(
    Statement& out, Database& database, const Table& table, const std::vector<std::string>& key
) {
    database.add_is(out, table, key);
    if (table.constants.empty()) return;
    out << " AND ";
    add_constants(out, database, table);
}

std::vector<Row> select_page(
    Database& database,
    const Table& table,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
) {
    Statement rest;
    database.add_after(rest, table, last);
    if (!since.empty()) {
        add_word(rest);
        database.add_changed_since(rest, table, since);
    }
    if (!table.constants.empty()) {
        add_word(rest);
        add_constants(rest, database, table);
    }
    rest << " ORDER BY ";
    for (std::size_t i = 0; i < table.key.size(); ++i)
        rest << (i > 0 ? ", " : "") << database.identifier(table.key[i]);
    database.add_limit(rest, count);
    return database.select(table, rest);
}

std::vector<Known> read_page(
    const Call& call,
    Database& database,
    const Entity& entity,
    const std::optional<std::vector<Cell>>& last,
    const std::string& since,
    std::uint32_t count
) {
    return known(call, database, entity, select_page(database, entity.main, last, since, count));
}

std::optional<Known> read_row(
    const Call& call, Database& database, const Entity& entity, const std::string& id
) {
    const Table& table = entity.main;
    const auto key = key_parts(id, table.key.size());
    if (!key) return std::nullopt;
    Statement rest(" WHERE ");
    database.add_is(rest, table, *key);
    std::vector<Known> rows = known(call, database, entity, database.select(table, rest));
    // A source may take another spelling of a text for the same; the id has one.
    std::erase_if(rows, [&](const Known& row) { return id_in(row.row) != id; });
    if (rows.empty()) return std::nullopt;
    if (rows.size() > 1 && !database.excludes_writers())
        rows.front().record =
            Record::unreadable(id, "several rows of table \"" + table.name + "\" have this key");
    return std::move(rows.front());
}

std::map<std::string, Known> read_rows(
    const Call& call,
    Database& database,
    const Entity& entity,
    const std::vector<std::vector<std::string>>& keys
) {
    std::map<std::string, Known> rows;
    std::set<std::string> doubled;
    for (std::size_t at = 0; at < keys.size(); at += kRowsAtOnce) {
        Statement rest(" WHERE ");
        for (std::size_t i = at; i < std::min(keys.size(), at + kRowsAtOnce); ++i) {
            rest << (i > at ? " OR (" : "(");
            database.add_is(rest, entity.main, keys[i]);
            rest << ")";
        }
        for (Known& row : known(call, database, entity, database.select(entity.main, rest))) {
            const std::string id = id_of(key_in(row.row));
            if (!rows.emplace(id, std::move(row)).second) doubled.insert(id);
        }
    }
    for (const std::string& id : doubled) {
        if (auto row = read_row(call, database, entity, id))
            rows.insert_or_assign(id, std::move(*row));
    }
    return rows;
}

std::optional<Record> keyless_rows(Database& database, const Table& table) {
    if (database.lists_keyless(table)) return std::nullopt;
    Statement count("SELECT COUNT(*) FROM " + database.table_sql(table) + " WHERE ");
    for (std::size_t i = 0; i < table.key.size(); ++i)
        count << (i > 0 ? " OR " : "") << database.identifier(table.key[i]) << " IS NULL";
    const std::int64_t rows = database.number(count);
    if (rows == 0) return std::nullopt;
    return Record::unreadable(
        table.key_name() + "=", std::to_string(rows) + " rows have no key and were not read"
    );
}

}  // namespace sql
