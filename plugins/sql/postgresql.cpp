#include "postgresql.hpp"

#include "keyset.hpp"
#include "postgresql_columns.hpp"
#include "postgresql_outcome.hpp"
#include "server_database.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using Answer = PostgresqlConnection::Answer;

/// The columns that a constraint or a unique index is about, also those within an expression.
constexpr const char* kConstrained =
    ") AS home) SELECT a.attname FROM asked, pg_attribute a "
    "WHERE a.attrelid = asked.home AND a.attnum > 0 AND (EXISTS "
    "(SELECT FROM pg_constraint c WHERE c.conrelid = asked.home AND c.conname = asked.name "
    "AND a.attnum = ANY (c.conkey)) OR EXISTS "
    "(SELECT FROM pg_depend d JOIN pg_class i ON i.oid = d.objid JOIN pg_index x "
    "ON x.indexrelid = i.oid WHERE d.classid = 'pg_class'::regclass AND i.relname = asked.name "
    "AND x.indrelid = asked.home AND d.refobjid = asked.home AND d.refobjsubid = a.attnum)) "
    "ORDER BY a.attnum";

/// The sequence that a column takes its numbers from: its own, or one that its default names.
constexpr const char* kSequence =
    "::text AS name) SELECT COALESCE(pg_get_serial_sequence(asked.home, asked.name), "
    "(SELECT s.oid::regclass::text FROM pg_attribute a "
    "JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum "
    "JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid "
    "JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' "
    "WHERE a.attrelid = to_regclass(asked.home) AND a.attname = asked.name LIMIT 1)) FROM asked";

/// The state of a text that has no equal in UTF-8.
constexpr const char* kUntranslatable = "22P05";

std::size_t characters_in(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string text_at(const Answer& answer, int row, int column) {
    return ::PQgetvalue(answer.get(), row, column);
}

class Postgresql final : public ServerDatabase<PostgresqlConnection, PostgresqlColumn> {
public:
    using ServerDatabase::ServerDatabase;

    std::vector<Row> select(const Table& table, const Statement& rest) override {
        const Step step = step_;  // an error ends the transaction
        try {
            return select_at_once(table, rest);
        } catch (const Failure& failure) {
            if (failure.code != kUntranslatable || step != Step::Reading) throw;
            return select_one_by_one(table, rest);
        }
    }

    std::uint64_t execute(const Table& table, const Statement& statement) override {
        for (const Bound& value : statement.values) {
            if (value.text && value.text->find('\0') != std::string::npos)
                throw Failure(
                    SYNCLINE_E_INVALID, "PostgreSQL takes no text with a NUL in it", value.column
                );
        }
        check_transaction(table);
        has_written_ = true;
        const Answer answer = run(statement);
        const std::string rows = ::PQcmdTuples(answer.get());
        return rows.empty() ? 0 : std::stoull(rows);
    }

    std::int64_t number(const Statement& statement) override {
        const Answer answer = run(statement);
        return std::stoll(text_at(answer, 0, 0));
    }

    void begin() override {
        if (batch_ == Batch::Lost) throw Failure(SYNCLINE_E_TRANSIENT, "the batch was rolled back");
        step_ = Step::Writing;
        has_written_ = false;
        if (batch_ == Batch::None) run(Statement("BEGIN"));
    }
    void begin_reading() override {
        run(Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    }
    void commit() override {
        if (batch_ != Batch::None) return;  // with the others
        step_ = Step::Committing;
        const Answer answer = run(Statement("COMMIT"));
        step_ = Step::Reading;
        if (std::string(::PQcmdStatus(answer.get())) != "COMMIT")
            throw Failure(SYNCLINE_E_TRANSIENT, "the database rolled the write back");
    }
    void rollback() noexcept override {
        if (batch_ == Batch::Open && !has_written_) return;  // there is nothing to undo
        if (batch_ == Batch::Open) batch_ = Batch::Lost;
        ServerDatabase::rollback();
    }

    /// Of what a row costs the commit is the most. A row that does not go through takes the others
    /// of its batch with it, which are then written again by themselves: savepoints would cost all
    /// of them a round trip, and other sessions the looking up of subtransactions. Rows that others
    /// wait for are given up sooner than the server looks for deadlocks, which might end theirs.
    bool begin_batch() override {
        begin();
        run(Statement("SET LOCAL lock_timeout = '200ms'"));
        batch_ = Batch::Open;
        batch_until_ = Clock::now() + kBatch;
        return true;
    }
    bool wants_end_of_batch() const override {
        return batch_ == Batch::Lost || Clock::now() > batch_until_;
    }
    bool end_batch() override {
        if (std::exchange(batch_, Batch::None) == Batch::Lost) return false;
        try {
            commit();
        } catch (const Failure& failure) {
            rollback();
            if (failure.status == SYNCLINE_E_IN_DOUBT) throw;
            return false;
        }
        return true;
    }
    const char* lock_words() const override { return " FOR UPDATE"; }

    bool can_watch(const Table& table) const override { return !table.listen.empty(); }
    /// Who was told before this connection listened, nobody knows.
    bool watch(const Call& call, const Table& table, std::uint32_t timeout_ms) override {
        const Opened opened(*this, call);
        try {
            return connection_.listen(call, table.listen) ||
                   connection_.is_notified(call, timeout_ms);
        } catch (const PostgresqlError& error) {
            throw failure_of(error, step_);
        }
    }

    /// The first comparison is for the index, the second takes no other spelling of the key. What
    /// the key's type cannot hold must not be compared as such: that would be an error.
    void add_is(Statement& out, const Table& table, const std::vector<std::string>& key) override {
        for (std::size_t i = 0; i < key.size(); ++i) {
            out << (i > 0 ? " AND " : "");
            if (can_hold(known_column(table, table.key[i]).base, key[i])) {
                out << quoted(table.key[i]) << " = ";
                out.bind(key[i]) << " AND ";
            }
            out << text_of(table.key[i]) << " = ";
            out.bind(key[i]);
        }
    }

    void add_after(Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last)
        const override {
        const std::string names = add_has_key(out, *this, table);
        if (!last) return;
        out << " AND (" << names << ") > (";
        for (std::size_t i = 0; i < last->size(); ++i) {
            out << (i > 0 ? ", " : "");
            out.bind((*last)[i].text);
        }
        out << ")";
    }

    void add_value(Statement& out, const std::string& column, const Json& value) const override {
        if (value.is_null())
            out.bind(std::nullopt, column);
        else if (value.is_string())
            out.bind(value.get<std::string>(), column);
        else
            out.bind(value.dump(), column);
    }
    const char* inserts_own_key() const override { return "OVERRIDING SYSTEM VALUE "; }

    /// Without a time zone it is that of the server's other programs, as now() would give it.
    void add_now(Statement& out, const Table& table, const std::string& column) override {
        const PostgresqlColumn& known = known_column(table, column);
        out << "CAST(clock_timestamp()";
        if (known.base != "timestamptz") {
            out << " AT TIME ZONE ";
            out.bind(connection_.time_zone());
        }
        out << " AS " << known.type << ")";
    }
    void add_unchanged(Statement& out, const Table&, const std::string& column, const Cell& cell)
        override {
        out << text_of(column) << " IS NOT DISTINCT FROM ";
        out.bind(cell.kind == Cell::Kind::Null ? std::optional<std::string>() : cell.text);
    }

    std::vector<std::string> new_keys(
        const Table& table, const std::string& column, std::uint32_t count
    ) override;
    std::string newest_change(const Table& table, const std::string& since) override;
    void add_changed_since(Statement& out, const Table& table, const std::string& since) override;

    /// What was sent may wait in the network for as long as it is sent again.
    std::uint32_t max_inflight_ms() const override {
        return static_cast<std::uint32_t>(2 * connection_.settings().timeout.count());
    }

private:
    enum class Batch : std::uint8_t { None, Open, Lost };
    using Clock = std::chrono::steady_clock;
    /// For how long the rows of a batch are kept from others, if one row takes no longer.
    static constexpr std::chrono::milliseconds kBatch{100};

    static std::string text_of(const std::string& column) {
        return "CAST(" + quoted(column) + " AS text) COLLATE \"C\"";
    }

    std::vector<Row> select_at_once(const Table& table, const Statement& rest);
    std::vector<Row> select_one_by_one(const Table& table, const Statement& rest);
    std::vector<Row> select_unconverted(const Table& table, const Statement& rest);
    std::vector<PostgresqlColumn> ask_columns(const Table& table) override {
        return postgresql_columns(run(select_postgresql_columns(table_sql(table))));
    }
    bool is_about_names(const PostgresqlError& error) const override {
        return error.is_of_class("42");
    }
    void opened() override {
        batch_ = Batch::None;
        if (connection_.is_in_transaction()) rollback();  // of a batch that was given up
    }
    /// Whatever it was, the server does nothing more in this transaction.
    void failed() noexcept override { has_written_ = true; }
    /// A row of a batch is written again by itself, and refused then.
    void explain(Failure& refusal, const PostgresqlError& error, const Statement& statement)
        override {
        if (batch_ == Batch::None) refusal.field = refused_column(error, statement);
    }
    /// The column that was refused, of those written.
    std::string refused_column(const PostgresqlError& error, const Statement& statement);
    std::string unfit_column(const PostgresqlError& error, const Statement& statement);

    Batch batch_ = Batch::None;
    Clock::time_point batch_until_{};
    bool has_written_ = false;  ///< since begin()
};

/// Every value comes as its text: digits of numbers, padding and time zones are the server's
/// affair, and what was read can be compared with what is there.
std::vector<Row> Postgresql::select_at_once(const Table& table, const Statement& rest) {
    std::vector<std::string> columns = table.key;
    for (std::string& column : table.read_columns())
        columns.push_back(std::move(column));
    std::vector<Cell::Kind> kinds;
    std::string text;
    for (const std::string& column : columns) {
        kinds.push_back(known_column(table, column).kind);
        text += (text.empty() ? "SELECT " : ", ") + text_of(column);
        // A name of its own: an ORDER BY would else take the text for the column.
        text += " AS \"syncline " + std::to_string(kinds.size()) + "\"";
    }
    Statement whole = rest;
    whole.pieces.front() = text + " FROM " + table_sql(table) + rest.pieces.front();
    const Answer answer = run(whole);
    std::vector<Row> rows;
    for (int i = 0; i < ::PQntuples(answer.get()); ++i) {
        Row row;
        for (std::size_t k = 0; k < columns.size(); ++k) {
            const int at = static_cast<int>(k);
            const bool is_null = ::PQgetisnull(answer.get(), i, at) != 0;
            Cell cell{is_null ? Cell::Kind::Null : kinds[k], text_at(answer, i, at)};
            (k < table.key.size() ? row.key : row.values).push_back(std::move(cell));
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Some row holds a character that is none in UTF-8; the others must not suffer.
std::vector<Row> Postgresql::select_one_by_one(const Table& table, const Statement& rest) {
    Table keys = table;
    keys.columns.clear();
    keys.version_column.clear();
    std::vector<Row> rows;
    for (const Row& row : select_at_once(keys, rest)) {
        std::vector<std::string> key;
        for (const Cell& cell : row.key)
            key.push_back(cell.text);
        Statement only(" WHERE ");
        add_is(only, table, key);
        std::vector<Row> found;
        try {
            found = select_at_once(table, only);
        } catch (const Failure& failure) {
            if (failure.code != kUntranslatable) throw;
            found = select_unconverted(table, only);
        }
        std::move(found.begin(), found.end(), std::back_inserter(rows));
    }
    return rows;
}

std::vector<Row> Postgresql::select_unconverted(const Table& table, const Statement& rest) {
    try {
        connection_.convert_texts(false);
        std::vector<Row> rows = select_at_once(table, rest);
        connection_.convert_texts(true);
        for (Row& row : rows) {
            for (Cell& cell : row.values) {
                if (std::any_of(cell.text.begin(), cell.text.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0x80U) != 0;
                    }))
                    cell.kind = Cell::Kind::Blob;
            }
        }
        return rows;
    } catch (...) {
        connection_.drop();  // what it would say next is in no known encoding
        throw;
    }
}

std::string Postgresql::refused_column(const PostgresqlError& error, const Statement& statement) {
    if (is_about_value(error)) return unfit_column(error, statement);
    if (error.constraint.empty() || error.table.empty()) return {};
    Statement select("WITH asked AS (SELECT ");
    select.bind(error.constraint) << "::text AS name, to_regclass(";
    select.bind(quoted(error.schema) + "." + quoted(error.table)) << kConstrained;
    const Answer answer = connection_.run(*call_, select);
    for (int i = 0; i < ::PQntuples(answer.get()); ++i) {
        const std::string column = text_at(answer, i, 0);
        for (const Bound& value : statement.values) {
            if (value.column == column) return column;
        }
    }
    return {};
}

std::string Postgresql::unfit_column(const PostgresqlError& error, const Statement& statement) {
    for (const Bound& value : statement.values) {
        const auto& columns = known_[table_sql(written_)];
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& known) {
            return known.column.name == value.column;
        });
        if (found == columns.end() || !value.text) continue;
        const std::uint32_t most = found->column.max_characters;
        if (most > 0 && characters_in(*value.text) > most) return value.column;
        try {
            Statement probe("SELECT CAST(CAST(");
            connection_.run(
                *call_, probe.bind(value.text) << " AS text) AS " << found->type << ")"
            );
        } catch (const PostgresqlError& unfit) {
            if (unfit.state == error.state) return value.column;
        }
    }
    return {};
}

/// From the sequence that other programs take theirs from, so that none is given out twice.
std::vector<std::string> Postgresql::new_keys(
    const Table& table, const std::string& column, std::uint32_t count
) {
    const PostgresqlColumn& known = known_column(table, column);
    const std::string rows = " FROM generate_series(1, " + std::to_string(count) + ") AS n";
    Statement select("SELECT ");
    if (known.base == "uuid") {
        select << "gen_random_uuid()" << rows;
    } else if (known.kind != Cell::Kind::Integer) {
        throw Failure(
            SYNCLINE_E_UNSUPPORTED,
            "new rows can only be made where the key is a whole number or a UUID"
        );
    } else {
        Statement asked("WITH asked AS (SELECT ");
        asked.bind(table_sql(table)) << "::text AS home, ";
        asked.bind(column) << kSequence;
        const std::string sequence = text_at(run(asked), 0, 0);
        if (sequence.empty())
            select << "COALESCE((SELECT MAX(" << quoted(column) << ") FROM " << table_sql(table)
                   << "), 0) + n" << rows;
        else
            (select << "nextval(CAST(").bind(sequence) << " AS regclass))" << rows;
    }
    const Answer answer = run(select);
    std::vector<std::string> keys;
    for (int i = 0; i < ::PQntuples(answer.get()); ++i)
        keys.push_back(text_at(answer, i, 0));
    return keys;
}

/// A row of the future must not hide what is changed until then. Entries of a journal bear the
/// number of their transaction, and none can appear that is older than the oldest still running.
std::string Postgresql::newest_change(const Table& table, const std::string&) {
    if (table.detect == Detect::Journal)
        return text_at(run(Statement("SELECT pg_snapshot_xmin(pg_current_snapshot())")), 0, 0);
    const std::string& base = known_column(table, table.changed_at).base;
    Statement select("SELECT CAST(LEAST(MAX(" + quoted(table.changed_at) + "), ");
    if (base == "timestamptz") {
        select << "now()";
    } else if (base == "timestamp" || base == "date") {
        select << "CAST(now() AT TIME ZONE ";
        select.bind(connection_.time_zone()) << " AS " << base << ")";
    } else {
        throw Failure(
            SYNCLINE_E_CONFIG,
            "column \"" + table.changed_at + "\" holds no times: its type is " + base
        );
    }
    select << ") AS text) FROM " << table_sql(table);
    return text_at(run(select), 0, 0);
}

void Postgresql::add_changed_since(Statement& out, const Table& table, const std::string& since) {
    if (table.detect == Detect::Journal) {
        out << quoted(table.journal_order) << " >= CAST(";
        out.bind(since) << " AS " << known_column(table, table.journal_order).base << ")";
        return;
    }
    const std::string name = quoted(table.changed_at);
    out << "(" << name << " IS NULL OR " << name << " >= CAST(";
    out.bind(since) << " AS " << known_column(table, table.changed_at).base << ") - interval '"
                    << std::to_string(table.overlap_ms) << " milliseconds')";
}

}  // namespace

std::unique_ptr<Database> postgresql_database(ServerSettings settings) {
    return std::make_unique<Postgresql>(std::move(settings));
}

}  // namespace sql
