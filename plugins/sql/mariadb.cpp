#include "mariadb.hpp"

#include "keyset.hpp"
#include "mariadb_columns.hpp"
#include "mariadb_outcome.hpp"
#include "server_database.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mysqld_error.h>
#include <set>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using Answer = MariadbConnection::Answer;

/// How long an entry of a journal may take from its number to its place in the table.
constexpr std::uint32_t kNumberToPlaceMs = 50;

std::string cell_of(const Answer& answer, std::size_t row, std::size_t column) {
    return answer.rows.at(row).at(column).value_or("");
}

class Mariadb final : public ServerDatabase<MariadbConnection, MariadbColumn> {
public:
    using ServerDatabase::ServerDatabase;

    std::vector<Row> select(const Table& table, const Statement& rest) override;
    std::uint64_t execute(const Table& table, const Statement& statement) override;
    std::int64_t number(const Statement& statement) override {
        return std::stoll(cell_of(run(statement), 0, 0));
    }

    void begin() override {
        step_ = Step::Writing;
        run(Statement("START TRANSACTION"));
    }
    void begin_reading() override {
        run(Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
        run(Statement("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
    }
    void commit() override {
        step_ = Step::Committing;
        if (!connection_.is_in_transaction())
            throw Failure(SYNCLINE_E_TRANSIENT, "the transaction was lost");
        run(Statement("COMMIT"));
        step_ = Step::Reading;
    }
    const char* lock_words() const override { return " FOR UPDATE"; }

    /// The first comparison is for the index, the second takes no other spelling of the key. A
    /// number must not be compared with a text that is none: that would be an error.
    void add_is(Statement& out, const Table& table, const std::vector<std::string>& key) override {
        for (std::size_t i = 0; i < key.size(); ++i) {
            const MariadbColumn& column = known_column(table, table.key[i]);
            out << (i > 0 ? " AND " : "");
            if (column.is_whole() && is_plain_number(key[i])) {
                out << quoted(table.key[i]) << " = " << key[i] << " AND ";
            } else if (column.kind() == Cell::Kind::Text && !column.is_time()) {
                out << quoted(table.key[i]) << " = ";
                out.bind(key[i]) << " AND ";
            }
            out << bytes_of(text_of(column)) << " = CAST(";
            out.bind(key[i]) << " AS BINARY)";
        }
    }

    /// In words that an index can be used for; a comparison of rows is none.
    void add_after(Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last)
        const override {
        add_has_key(out, *this, table);
        if (!last) return;
        out << " AND (";
        for (std::size_t i = 0; i < last->size(); ++i) {
            out << (i > 0 ? " OR (" : "(");
            for (std::size_t k = 0; k < i; ++k) {
                out << quoted(table.key[k]) << " = ";
                out.bind((*last)[k].text) << " AND ";
            }
            out << quoted(table.key[i]) << " > ";
            out.bind((*last)[i].text) << ")";
        }
        out << ")";
    }

    /// Numbers and truth are no texts: a bit would take one for its bytes.
    void add_value(Statement& out, const std::string& column, const Json& value) const override {
        if (value.is_null()) {
            out.bind(std::nullopt, column);
        } else if (value.is_string()) {
            out.bind(value.get<std::string>(), column);
        } else {
            const bool is_truth = value.is_boolean();
            out.bind(is_truth ? (value.get<bool>() ? "1" : "0") : value.dump(), column);
            out.values.back().is_number = true;
        }
    }

    /// Without a time zone it is that of the server's other programs, as now() would give it.
    void add_now(Statement& out, const Table& table, const std::string& column) override {
        add_now_as(out, known_column(table, column));
    }

    void add_unchanged(
        Statement& out, const Table& table, const std::string& column, const Cell& cell
    ) override {
        out << bytes_of(text_of(known_column(table, column))) << " <=> CAST(";
        if (cell.kind == Cell::Kind::Null)
            out.bind(std::nullopt);
        else if (cell.kind == Cell::Kind::Boolean)
            out.bind(cell.text == "true" ? "1" : "0");
        else
            out.bind(cell.text);
        out << " AS BINARY)";
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
    static std::string text_of(const MariadbColumn& column) {
        const std::string name = quoted(column.column.name);
        return "CAST(" + name + (column.is_bit() ? " + 0" : "") + " AS CHAR)";
    }
    /// A comparison of texts would take those for equal that differ in blanks at their end.
    static std::string bytes_of(const std::string& text) { return "CAST(" + text + " AS BINARY)"; }

    void add_now_as(Statement& out, const MariadbColumn& column) const {
        if (column.type == "timestamp") {
            out << "CURRENT_TIMESTAMP(6)";
            return;
        }
        out << "CAST(CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', ";
        out.bind(connection_.time_zone())
            << (column.type == "date" ? ") AS DATE)" : ") AS DATETIME(6))");
    }

    std::vector<MariadbColumn> ask_columns(const Table& table) override;
    bool is_about_names(const MariadbError& error) const override {
        return error.number == ER_BAD_FIELD_ERROR || error.number == ER_NO_SUCH_TABLE;
    }
    void explain(Failure& refusal, const MariadbError& error, const Statement& statement) override {
        refusal.field = refused_column(error, statement);
    }
    std::vector<std::int64_t> entries_since(
        const Table& journal, const std::string& since, bool uncommitted_too
    );
    std::string next_entry(const Table& journal, const std::string& since);
    /// The column that was refused, of those written.
    std::string refused_column(const MariadbError& error, const Statement& statement);
};

/// Every value comes as its text, so that what was read can be compared with what is there.
std::vector<Row> Mariadb::select(const Table& table, const Statement& rest) {
    std::vector<std::string> columns = table.key;
    for (std::string& column : table.read_columns())
        columns.push_back(std::move(column));
    std::vector<Cell::Kind> kinds;
    std::string text;
    for (const std::string& name : columns) {
        const MariadbColumn& column = known_column(table, name);
        kinds.push_back(column.kind());
        text += (text.empty() ? "SELECT " : ", ") + text_of(column);
        // A name of its own: an ORDER BY would else take the text for the column.
        text += " AS \"syncline " + std::to_string(kinds.size()) + "\"";
    }
    Statement whole = rest;
    whole.pieces.front() = text + " FROM " + table_sql(table) + rest.pieces.front();
    std::vector<Row> rows;
    for (auto& found : run(whole).rows) {
        Row row;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            Cell cell{kinds[i], found[i].value_or("")};
            if (!found[i])
                cell.kind = Cell::Kind::Null;
            else if (cell.kind == Cell::Kind::Boolean && (cell.text == "0" || cell.text == "1"))
                cell.text = cell.text == "1" ? "true" : "false";
            else if (cell.kind == Cell::Kind::Boolean)  // a number for all that
                cell.kind = Cell::Kind::Integer;
            (i < table.key.size() ? row.key : row.values).push_back(std::move(cell));
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::uint64_t Mariadb::execute(const Table& table, const Statement& statement) {
    if (!known_columns(table).empty() && !known_columns(table).front().is_kept_safely)
        throw Failure(
            SYNCLINE_E_CONFIG,
            "table \"" + table.name +
                "\" is of an engine without transactions: it can be read, and not written safely "
                "(ALTER TABLE … ENGINE = InnoDB)"
        );
    check_transaction(table);
    return run(statement).found;
}

std::vector<MariadbColumn> Mariadb::ask_columns(const Table& table) {
    std::vector<MariadbColumn> columns;
    const Answer answer = run(select_mariadb_columns(table));
    for (std::size_t i = 0; i < answer.rows.size(); ++i) {
        MariadbColumn known;
        known.column.name = cell_of(answer, i, 0);
        known.type = cell_of(answer, i, 1);
        known.whole = cell_of(answer, i, 2);
        known.column.max_characters = static_cast<std::uint32_t>(std::stoul(cell_of(answer, i, 3)));
        known.column.is_writable = cell_of(answer, i, 4) == "1";
        known.initial = cell_of(answer, i, 5);
        known.numbers_itself = cell_of(answer, i, 6) == "1";
        known.is_kept_safely = cell_of(answer, i, 7) == "1";
        columns.push_back(std::move(known));
    }
    return columns;
}

std::string Mariadb::refused_column(const MariadbError& error, const Statement& statement) {
    const auto is_written = [&](const std::string& column) {
        return std::any_of(statement.values.begin(), statement.values.end(), [&](const Bound& b) {
            return b.column == column;
        });
    };
    if (const std::string column = column_in(error); !column.empty())
        return known_columns(written_).empty() ? "" : column;
    const std::string constraint = constraint_in(error);
    if (constraint.empty()) return {};
    // The columns of a key or a reference; and those that a check's words have in them.
    Statement select(
        "SELECT column_name FROM information_schema.statistics WHERE "
        "table_schema = COALESCE(NULLIF("
    );
    select.bind(written_.schema) << ", ''), DATABASE()) AND table_name = ";
    select.bind(written_.name) << " AND index_name = ";
    select.bind(constraint
    ) << " UNION ALL SELECT column_name FROM information_schema.key_column_usage WHERE "
         "table_schema = COALESCE(NULLIF(";
    select.bind(written_.schema) << ", ''), DATABASE()) AND table_name = ";
    select.bind(written_.name) << " AND constraint_name = ";
    select.bind(constraint);
    const Answer answer = connection_.run(*call_, select);
    for (const auto& row : answer.rows) {
        if (is_written(row.at(0).value_or(""))) return row.at(0).value_or("");
    }
    Statement words(
        "SELECT check_clause FROM information_schema.check_constraints WHERE "
        "constraint_schema = COALESCE(NULLIF("
    );
    words.bind(written_.schema) << ", ''), DATABASE()) AND constraint_name IN (";
    words.bind(constraint) << ", SUBSTRING_INDEX(";
    words.bind(constraint) << ", '.', -1))";
    for (const auto& row : connection_.run(*call_, words).rows) {
        for (const Bound& value : statement.values) {
            const std::string clause = row.at(0).value_or("");
            for (const std::string& name : {"`" + value.column + "`", quoted(value.column)}) {
                if (clause.find(name) != std::string::npos) return value.column;
            }
        }
    }
    return {};
}

/// Above every number that is or, as far as the server remembers, ever was in the table; or from
/// the sequence that the column takes its numbers from.
std::vector<std::string> Mariadb::new_keys(
    const Table& table, const std::string& column, std::uint32_t count
) {
    const MariadbColumn& known = known_column(table, column);
    std::vector<std::string> keys;
    if (known.type == "uuid" || known.initial.starts_with("nextval(")) {
        const std::string next = known.type == "uuid" ? "UUID()" : known.initial;
        for (std::uint32_t i = 0; i < count; ++i)
            keys.push_back(cell_of(run(Statement("SELECT " + next)), 0, 0));
        return keys;
    }
    if (!known.is_whole() || known.type == "year")
        throw Failure(
            SYNCLINE_E_UNSUPPORTED,
            "new rows can only be made where the key is a whole number or a UUID"
        );
    std::int64_t next = number(
        Statement("SELECT COALESCE(MAX(" + quoted(column) + "), 0) + 1 FROM " + table_sql(table))
    );
    if (known.numbers_itself) {
        Statement ever(
            "SELECT COALESCE(MAX(auto_increment), 1) FROM information_schema.tables "
            "WHERE table_schema = COALESCE(NULLIF("
        );
        ever.bind(table.schema) << ", ''), DATABASE()) AND table_name = ";
        next = std::max(next, number(ever.bind(table.name)));
    }
    for (std::uint32_t i = 0; i < count; ++i)
        keys.push_back(std::to_string(next + i));
    return keys;
}

std::vector<std::int64_t> Mariadb::entries_since(
    const Table& journal, const std::string& since, bool uncommitted_too
) {
    if (uncommitted_too) run(Statement("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"));
    const std::string order = quoted(journal.journal_order);
    Statement select(
        "SELECT DISTINCT " + order + " FROM " + table_sql(journal) + " WHERE " + order + " >= CAST("
    );
    select.bind(since.empty() ? "0" : since) << " AS UNSIGNED) ORDER BY " << order;
    std::vector<std::int64_t> entries;
    for (const auto& row : run(select).rows)
        entries.push_back(std::stoll(row.at(0).value_or("0")));
    return entries;
}

/// Entries are numbered when they are written and appear when they are committed, perhaps after
/// others with larger numbers. Who reads what is not committed sees which are still to come.
std::string Mariadb::next_entry(const Table& journal, const std::string& since) {
    const std::vector<std::int64_t> committed = entries_since(journal, since, false);
    std::vector<std::int64_t> all = entries_since(journal, since, true);
    const auto has_gap = [&] {
        if (all.empty()) return false;
        const auto expected = static_cast<std::int64_t>(all.size());
        return all.back() - (since.empty() ? all.front() : std::stoll(since)) + 1 != expected;
    };
    if (has_gap()) {  // rolled back, or numbered and not there yet
        call_->sleep(kNumberToPlaceMs);
        all = entries_since(journal, since, true);
    }
    const std::set<std::int64_t> known(committed.begin(), committed.end());
    for (const std::int64_t entry : all) {
        if (!known.contains(entry)) return std::to_string(entry);
    }
    if (!all.empty()) return std::to_string(all.back() + 1);
    return std::to_string(number(Statement(
        "SELECT COALESCE(MAX(" + quoted(journal.journal_order) + "), 0) + 1 FROM " +
        table_sql(journal)
    )));
}

/// A row of the future must not hide what is changed until then.
std::string Mariadb::newest_change(const Table& table, const std::string& since) {
    if (table.detect == Detect::Journal) {
        if (!known_column(table, table.journal_order).is_whole())
            throw Failure(
                SYNCLINE_E_CONFIG,
                "column \"" + table.journal_order + "\" of the journal holds no whole numbers"
            );
        return next_entry(table, since);
    }
    const MariadbColumn& column = known_column(table, table.changed_at);
    if (!column.is_time())
        throw Failure(
            SYNCLINE_E_CONFIG,
            "column \"" + table.changed_at + "\" holds no times: its type is " + column.type
        );
    Statement select("SELECT CAST(LEAST(MAX(" + quoted(table.changed_at) + "), ");
    add_now_as(select, column);
    select << ") AS CHAR) FROM " << table_sql(table);
    return cell_of(run(select), 0, 0);
}

void Mariadb::add_changed_since(Statement& out, const Table& table, const std::string& since) {
    if (table.detect == Detect::Journal) {
        out << quoted(table.journal_order) << " >= CAST(";
        out.bind(since) << " AS UNSIGNED)";
        return;
    }
    const std::string name = quoted(table.changed_at);
    out << "(" << name << " IS NULL OR " << name << " >= CAST(";
    out.bind(since) << " AS DATETIME(6)) - INTERVAL " << std::to_string(table.overlap_ms)
                    << "000 MICROSECOND)";
}

}  // namespace

std::unique_ptr<Database> mariadb_database(ServerSettings settings) {
    return std::make_unique<Mariadb>(std::move(settings));
}

}  // namespace sql
