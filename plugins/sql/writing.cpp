#include "writing.hpp"

#include "key.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::Record;
using syncline::sdk::WriteItem;
using syncline::sdk::Written;

/// Is the row there, as the hub knows it?
void check_version(const std::optional<Known>& held, const WriteItem& item) {
    if (!held) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
    if (!held->record.problem.empty()) throw Failure(SYNCLINE_E_INVALID, held->record.problem);
    if (!item.if_version.empty() && item.if_version != held->record.version)
        throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
}

void check_known(const Table& table, const Json& values) {
    for (const auto& [column, value] : values.items()) {
        if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end())
            throw Failure(SYNCLINE_E_INVALID, "settings name no column \"" + column + "\"", column);
    }
}

std::vector<std::string> parts_of(const Table& table, const std::string& id) {
    auto parts = key_parts(id, table.key.size());
    if (!parts) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
    return std::move(*parts);
}

/// Adds " WHERE …" for the one row. Where others may write at the same time it must still be as it
/// was read a moment ago: by its version column, else by every value. A database repeats this
/// comparison when it had to wait for another's write.
void add_where(Statement& out, Database& database, const Table& table, const Known& held) {
    std::vector<std::string> key;
    for (const Cell& cell : held.row.key)
        key.push_back(cell.text);
    out << " WHERE ";
    database.add_is(out, table, key);
    if (database.excludes_writers()) return;
    const std::vector<std::string> columns = table.read_columns();
    const std::size_t first = table.detect == Detect::Version ? table.columns.size() : 0;
    for (std::size_t i = first; i < columns.size(); ++i) {
        if (held.row.values[i].kind == Cell::Kind::Blob) continue;
        out << " AND ";
        database.add_unchanged(out, columns[i], held.row.values[i]);
    }
}

/// Runs a statement for the one row that was read as `held`.
void execute_on(
    const Call& call,
    Database& database,
    const Table& table,
    const Known& held,
    const Statement& statement
) {
    const std::uint64_t rows = database.execute(statement);
    if (database.excludes_writers() || rows == 1) return;
    if (rows > 1) throw Failure(SYNCLINE_E_INVALID, "several rows have this key");
    const auto now = read_row(call, database, table, held.record.id);
    if (!now || now->record.version != held.record.version)
        throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
    throw Failure(
        SYNCLINE_E_INVALID,
        "the database left the row as it was: a trigger, a rule or its row security keeps it"
    );
}

void insert(Database& database, const Table& table, const WriteItem& item) {
    check_known(table, item.data);
    const std::vector<std::string> key = parts_of(table, item.id);
    std::string columns;
    Statement values;
    const auto next = [&](const std::string& column) {
        columns += (columns.empty() ? "" : ", ") + quoted(column);
        if (!values.pieces.front().empty() || values.pieces.size() > 1) values << ", ";
    };
    for (std::size_t i = 0; i < key.size(); ++i) {
        next(table.key[i]);
        database.add_value(values, table.key[i], Json(key[i]));
    }
    for (const auto& [column, value] : item.data.items()) {
        next(column);
        database.add_value(values, column, value);
    }
    for (const auto& [column, value] : table.touch) {
        next(column);
        if (value == "now")
            database.add_now(values, table, column);
        else
            values << "1";
    }
    values.pieces.front() = "INSERT INTO " + database.table_sql(table) + " (" + columns + ") " +
                            database.inserts_own_key() + "VALUES (" + values.pieces.front();
    values << ")";
    database.execute(values);
}

void update(
    const Call& call,
    Database& database,
    const Table& table,
    const WriteItem& item,
    const Known& held
) {
    check_known(table, item.patch);
    Statement statement("UPDATE " + database.table_sql(table) + " SET ");
    bool is_empty = true;
    const auto assign = [&](const std::string& column) {
        statement << (is_empty ? "" : ", ") << quoted(column) << " = ";
        is_empty = false;
    };
    for (const auto& [column, value] : item.patch.items()) {
        assign(column);
        database.add_value(statement, column, value);
    }
    for (const auto& [column, value] : table.touch) {
        assign(column);
        if (value == "now")
            database.add_now(statement, table, column);
        else
            statement << quoted(column) << " + 1";
    }
    if (is_empty) return;
    add_where(statement, database, table, held);
    execute_on(call, database, table, held, statement);
}

/// The row that has the value which must be unique, when the database lets us find it.
std::string holder_of(
    const Call& call,
    Database& database,
    const Table& table,
    const WriteItem& item,
    const std::string& column
) {
    const Json& written = item.op == SYNCLINE_OP_CREATE ? item.data : item.patch;
    if (database.excludes_writers() || !written.contains(column)) return {};
    Statement rest(" WHERE " + quoted(column) + " = ");
    database.add_value(rest, column, written[column]);
    rest << " LIMIT 2";
    const std::vector<Row> rows = database.select(table, rest);
    if (rows.size() != 1) return {};
    std::vector<std::string> parts;
    for (const Cell& cell : rows.front().key)
        parts.push_back(cell.text);
    const std::string id = id_of(parts);
    return read_row(call, database, table, id) && id != item.id ? id : "";
}

Written written_in_transaction(
    const Call& call, Database& database, const Table& table, const WriteItem& item
) {
    Transaction transaction(database);
    const auto held = read_row(call, database, table, item.id);
    if (item.op == SYNCLINE_OP_CREATE) {
        if (held) throw Failure(SYNCLINE_E_CONFLICT, "the key chosen for it is taken meanwhile");
        insert(database, table, item);
    } else {
        check_version(held, item);
        update(call, database, table, item, *held);
    }
    const auto stored = read_row(call, database, table, item.id);
    if (!stored) throw Failure(SYNCLINE_E_INVALID, "the row is not there after it was written");
    const bool is_update = item.op != SYNCLINE_OP_CREATE && !item.patch.empty();
    if (is_update && table.detect == Detect::Version &&
        stored->record.version == held->record.version)
        throw Failure(
            SYNCLINE_E_CONFIG,
            "the version column \"" + table.version_column +
                "\" does not change when a row is written: no trigger counts it, so \"touch\" has "
                "to say { \"" +
                table.version_column + "\": \"increment\" }"
        );
    transaction.commit();
    return Written{stored->record.id, stored->record.version, stored->record.data};
}

}  // namespace

Written write_row(const Call& call, Database& database, const Table& table, const WriteItem& item) {
    try {
        return written_in_transaction(call, database, table, item);
    } catch (Failure& failure) {
        if (failure.status != SYNCLINE_E_DUPLICATE) throw;
        const bool is_key =
            std::find(table.key.begin(), table.key.end(), failure.field) != table.key.end();
        if (item.op == SYNCLINE_OP_CREATE && is_key)
            throw Failure(SYNCLINE_E_CONFLICT, "the key chosen for it is taken meanwhile");
        failure.duplicate_of = holder_of(call, database, table, item, failure.field);
        throw;
    }
}

void delete_row(const Call& call, Database& database, const Table& table, const WriteItem& item) {
    Transaction transaction(database);
    const auto held = read_row(call, database, table, item.id);
    check_version(held, item);
    Statement statement("DELETE FROM " + database.table_sql(table));
    add_where(statement, database, table, *held);
    execute_on(call, database, table, *held, statement);
    if (read_row(call, database, table, item.id))
        throw Failure(SYNCLINE_E_INVALID, "the row is still there after it was deleted");
    transaction.commit();
}

std::vector<Record> new_rows(Database& database, const Table& table, std::uint32_t count) {
    if (table.key.size() > 1)
        throw Failure(
            SYNCLINE_E_UNSUPPORTED, "new rows can only be made where the key is one column"
        );
    std::vector<Record> fresh;
    for (const std::string& key : database.new_keys(table, table.key.front(), count))
        fresh.push_back(Record::gone(key));
    return fresh;
}

}  // namespace sql
