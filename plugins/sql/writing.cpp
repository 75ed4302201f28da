#include "writing.hpp"

#include "key.hpp"
#include "new_key.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::WriteItem;
using syncline::sdk::Written;

/// Is the row there, as the hub knows it?
void check_version(const std::optional<Known>& held, const WriteItem& item) {
    if (!held) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
    if (!held->record.problem.empty()) throw Failure(SYNCLINE_E_INVALID, held->record.problem);
    if (!item.if_version.empty() && item.if_version != held->record.version)
        throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
}

void check_known(const Entity& entity, const Json& values) {
    const std::vector<std::string> fields = entity.fields();
    for (const auto& [field, value] : values.items()) {
        if (std::find(fields.begin(), fields.end(), field) == fields.end())
            throw Failure(SYNCLINE_E_INVALID, "settings name no column \"" + field + "\"", field);
    }
}

/// A row keeps its key: with another it would be another record.
void check_key(const Table& table, const Json& patch, const std::vector<std::string>& key) {
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        const auto found = patch.find(table.key[i]);
        if (found == patch.end()) continue;
        const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
        if (text != key[i])
            throw Failure(
                SYNCLINE_E_INVALID, "a row keeps its key; it is not changed", table.key[i]
            );
    }
}

bool has(const std::vector<std::string>& columns, const std::string& column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// Of the values of a record those that stand in one table beside its key, by column.
Json part_of(const Table& table, const SideTable* side, const Json& values) {
    Json part = Json::object();
    for (const std::string& column : table.columns) {
        if (has(table.key, column)) continue;
        const auto found = values.find(side == nullptr ? column : side->field(column));
        if (found != values.end()) part[column] = *found;
    }
    return part;
}

std::vector<std::string> parts_of(const Table& table, const std::string& id) {
    auto parts = key_parts(id, table.key.size());
    if (!parts) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
    return std::move(*parts);
}

/// The columns that are compared when a row is written, by their places in Row::values.
std::size_t first_compared(const Table& table) {
    const bool by_version = table.detect == Detect::Version && !table.version_column.empty();
    return by_version ? table.columns.size() : 0;
}

/// Adds " WHERE …" for the one row. Where others may write at the same time it must still be as it
/// was read a moment ago: by its version column, else by every value. A database repeats this
/// comparison when it had to wait for another's write.
void add_where(Statement& out, Database& database, const Table& table, const Row& held) {
    out << " WHERE ";
    add_is_row(out, database, table, key_in(held));
    if (database.excludes_writers()) return;
    const std::vector<std::string> columns = table.read_columns();
    for (std::size_t i = first_compared(table); i < columns.size(); ++i) {
        if (held.values[i].kind == Cell::Kind::Blob) continue;
        out << " AND ";
        database.add_unchanged(out, table, columns[i], held.values[i]);
    }
}

bool is_as_read(Database& database, const Table& table, const Row& held) {
    Statement rest(" WHERE ");
    add_is_row(rest, database, table, key_in(held));
    const std::vector<Row> now = database.select(table, rest);
    const auto first = static_cast<std::ptrdiff_t>(first_compared(table));
    return now.size() == 1 && std::equal(
                                  held.values.begin() + first,
                                  held.values.end(),
                                  now.front().values.begin() + first,
                                  now.front().values.end()
                              );
}

/// Runs a statement for the one row that was read as `held`.
void execute_on(
    Database& database, const Table& table, const Row& held, const Statement& statement
) {
    const std::uint64_t rows = database.execute(table, statement);
    if (database.excludes_writers() || rows == 1) return;
    if (rows > 1) throw Failure(SYNCLINE_E_INVALID, "several rows have this key");
    if (!is_as_read(database, table, held))
        throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
    throw Failure(
        SYNCLINE_E_INVALID,
        "the database left the row as it was: a trigger, a rule or its row security keeps it"
    );
}

void insert_row(
    Database& database, const Table& table, const std::vector<std::string>& key, const Json& part
) {
    std::string columns;
    Statement values;
    const auto next = [&](const std::string& column) {
        columns += (columns.empty() ? "" : ", ") + database.identifier(column);
        if (!values.pieces.front().empty() || values.pieces.size() > 1) values << ", ";
    };
    for (std::size_t i = 0; i < key.size(); ++i) {
        next(table.key[i]);
        database.add_value(values, table.key[i], Json(key[i]));
    }
    for (const auto& [column, value] : table.constants) {
        next(column);
        database.add_value(values, column, value);
    }
    for (const auto& [column, value] : part.items()) {
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
    database.execute(table, values);
}

/// False when there is nothing to write.
bool update_row(Database& database, const Table& table, const Row& held, const Json& part) {
    Statement statement("UPDATE " + database.table_sql(table) + " SET ");
    bool is_empty = true;
    const auto assign = [&](const std::string& column) {
        statement << (is_empty ? "" : ", ") << database.identifier(column) << " = ";
        is_empty = false;
    };
    for (const auto& [column, value] : part.items()) {
        assign(column);
        database.add_value(statement, column, value);
    }
    for (const auto& [column, value] : table.touch) {
        assign(column);
        if (value == "now")
            database.add_now(statement, table, column);
        else
            statement << database.identifier(column) << " + 1";
    }
    if (is_empty) return false;
    add_where(statement, database, table, held);
    execute_on(database, table, held, statement);
    return true;
}

void remove_row(Database& database, const Table& table, const Row& held) {
    Statement statement("DELETE FROM " + database.table_sql(table));
    add_where(statement, database, table, held);
    execute_on(database, table, held, statement);
}

/// Would the row hold nothing when `part` is written to it?
bool is_empty_with(const Table& table, const std::optional<Row>& held, const Json& part) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (const auto found = part.find(table.columns[i]); found != part.end()) {
            if (!found->is_null() && *found != "") return false;
        } else if (held) {
            const Cell& cell = held->values[i];
            if (cell.kind != Cell::Kind::Null && !cell.text.empty()) return false;
        }
    }
    return true;
}

/// Makes, changes or deletes the row beside the main one, as its values want it.
void write_side(
    Database& database,
    const SideTable& side,
    const std::vector<std::string>& key,
    const std::optional<Row>& held,
    const Json& values
) {
    const Json part = part_of(side.table, &side, values);
    if (part.empty()) return;
    const bool is_empty = is_empty_with(side.table, held, part);
    try {
        if (held && is_empty && side.is_deleted_when_empty)
            remove_row(database, side.table, *held);
        else if (held)
            update_row(database, side.table, *held, part);
        else if (!is_empty)
            insert_row(database, side.table, key, part);
    } catch (Failure& failure) {
        if (!failure.field.empty()) failure.field = side.field(failure.field);
        throw;
    }
}

/// Keeps others from writing the main row, and from adding rows that refer to it, until the
/// transaction ends: what is read of several tables must still be so when they are written.
void lock(Database& database, const Entity& entity, const std::string& id) {
    const auto key = key_parts(id, entity.main.key.size());
    if (!key || entity.sides.empty() || database.excludes_writers()) return;
    Statement rest(" WHERE ");
    database.add_is(rest, entity.main, *key);
    rest << database.lock_words();
    database.select(entity.main, rest);
}

/// The table and column of a field.
struct Place {
    const SideTable* side = nullptr;  ///< nullptr = of the main table
    std::string column;
};

Place place_of(const Entity& entity, const std::string& field) {
    for (const SideTable& side : entity.sides) {
        if (field.starts_with(side.name + ".")) return {&side, field.substr(side.name.size() + 1)};
    }
    return {nullptr, field};
}

/// The record that has the value which must be unique, when the database lets us find it.
std::string holder_of(
    const Call& call,
    Database& database,
    const Entity& entity,
    const WriteItem& item,
    const std::string& field
) {
    const Json& written = item.op == SYNCLINE_OP_CREATE ? item.data : item.patch;
    if (database.excludes_writers() || !written.contains(field)) return {};
    const auto [side, column] = place_of(entity, field);
    const Table& table = side == nullptr ? entity.main : side->table;
    Statement rest(" WHERE " + database.identifier(column) + " = ");
    database.add_value(rest, column, written[field]);
    constexpr std::uint32_t kOneTooMany = 2;
    database.add_limit(rest, kOneTooMany);
    const std::vector<Row> rows = database.select(table, rest);
    if (rows.size() != 1) return {};
    const std::string id = id_of(key_in(rows.front()));
    return read_row(call, database, entity, id) && id != item.id ? id : "";
}

void write_all(
    Database& database,
    const Entity& entity,
    const WriteItem& item,
    const std::optional<Known>& held
) {
    const Json& values = held ? item.patch : item.data;
    check_known(entity, values);
    const std::vector<std::string> key = parts_of(entity.main, item.id);
    if (held) check_key(entity.main, values, key);
    const Json part = part_of(entity.main, nullptr, values);
    if (held)
        update_row(database, entity.main, held->row, part);
    else
        insert_row(database, entity.main, key, part);
    for (std::size_t i = 0; i < entity.sides.size(); ++i) {
        const std::optional<Row> beside = held ? held->sides[i] : std::nullopt;
        write_side(database, entity.sides[i], key, beside, values);
    }
}

/// Was the main row written, and its version column left as it was?
bool is_uncounted(
    const Entity& entity, const WriteItem& item, const Known& held, const Known& now
) {
    const Table& main = entity.main;
    if (main.detect != Detect::Version) return false;
    if (main.touch.empty() && part_of(main, nullptr, item.patch).empty()) return false;
    return now.row.values[main.columns.size()] == held.row.values[main.columns.size()];
}

/// A number that was taken is chosen anew; a key of the record's own values is another's.
Failure taken_key(const Entity& entity, const WriteItem& item) {
    if (new_key_of(entity.main).from == NewKey::From::Number)
        return {SYNCLINE_E_CONFLICT, "the key chosen for it is taken meanwhile"};
    Failure taken(SYNCLINE_E_DUPLICATE, "there is a row with this key");
    for (const std::string& column : entity.main.key) {
        if (has(entity.main.columns, column)) taken.field = column;
    }
    taken.duplicate_of = item.id;
    return taken;
}

Written written_in_transaction(
    const Call& call,
    Database& database,
    const Entity& entity,
    const WriteItem& item,
    std::optional<Known> held
) {
    Transaction transaction(database);
    lock(database, entity, item.id);
    if (!held) held = read_row(call, database, entity, item.id);
    const bool is_create = item.op == SYNCLINE_OP_CREATE;
    if (is_create && held) throw taken_key(entity, item);
    if (!is_create) check_version(held, item);
    write_all(database, entity, item, held);
    const auto stored = read_row(call, database, entity, item.id);
    if (!stored) throw Failure(SYNCLINE_E_INVALID, "the row is not there after it was written");
    if (!stored->record.problem.empty()) throw Failure(SYNCLINE_E_INVALID, stored->record.problem);
    if (!is_create && !item.patch.empty() && is_uncounted(entity, item, *held, *stored)) {
        const std::string& column = entity.main.version_column;
        throw Failure(
            SYNCLINE_E_CONFIG,
            "the version column \"" + column +
                "\" does not change when a row is written: no trigger counts it, so \"touch\" has "
                "to say { \"" +
                column + "\": \"increment\" }"
        );
    }
    transaction.commit();
    return Written{stored->record.id, stored->record.version, stored->record.data};
}

/// Once more when another's transaction was in the way: what it changed is seen then.
template <class Action>
auto tried_again(Action action) -> decltype(action()) {
    try {
        return action();
    } catch (const Failure& failure) {
        const bool was_in_the_way =
            failure.status == SYNCLINE_E_TRANSIENT && failure.code == "40001";
        if (!was_in_the_way) throw;
    }
    return action();
}

void delete_in_transaction(
    const Call& call, Database& database, const Entity& entity, const WriteItem& item
) {
    Transaction transaction(database);
    lock(database, entity, item.id);
    const auto held = read_row(call, database, entity, item.id);
    check_version(held, item);
    for (std::size_t i = 0; i < entity.sides.size(); ++i) {
        if (held->sides[i]) remove_row(database, entity.sides[i].table, *held->sides[i]);
    }
    remove_row(database, entity.main, held->row);
    if (read_row(call, database, entity, item.id))
        throw Failure(SYNCLINE_E_INVALID, "the row is still there after it was deleted");
    transaction.commit();
}

}  // namespace

Written write_row(
    const Call& call,
    Database& database,
    const Entity& entity,
    const WriteItem& given,
    std::optional<Known> read_before
) {
    WriteItem item = given;
    if (item.op == SYNCLINE_OP_CREATE && item.id.empty()) {
        if (const NewKey key = new_key_of(entity.main); key.from != NewKey::From::Values)
            throw Failure(SYNCLINE_E_UNSUPPORTED, "no new row can be made: " + key.reason);
        item.id = id_of_new(entity.main, item.data);
    }
    try {
        return tried_again([&] {
            return written_in_transaction(
                call, database, entity, item, std::exchange(read_before, std::nullopt)
            );
        });
    } catch (Failure& failure) {
        if (failure.status != SYNCLINE_E_DUPLICATE || !failure.duplicate_of.empty()) throw;
        const auto [side, column] = place_of(entity, failure.field);
        if (side == nullptr && item.op == SYNCLINE_OP_CREATE && has(entity.main.key, column))
            throw taken_key(entity, item);
        if (side != nullptr && !has(side->table.columns, column)) {
            const auto now = read_row(call, database, entity, item.id);
            const auto at = static_cast<std::size_t>(side - entity.sides.data());
            if (now && now->sides[at])
                throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
            failure.field.clear();
        }
        failure.duplicate_of = holder_of(call, database, entity, item, failure.field);
        throw;
    }
}

void delete_row(const Call& call, Database& database, const Entity& entity, const WriteItem& item) {
    tried_again([&] { delete_in_transaction(call, database, entity, item); });
}

}  // namespace sql
