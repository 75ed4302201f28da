#include "odbc.hpp"

#include "keyset.hpp"
#include "odbc_columns.hpp"
#include "odbc_outcome.hpp"
#include "odbc_refusal.hpp"
#include "odbc_times.hpp"
#include "server_database.hpp"

#include <Poco/UUIDGenerator.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <sql.h>
#include <sqlext.h>
#include <string_view>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;

/// Sources that understand LIMIT. Of others no more rows are taken than are wanted.
constexpr std::array<std::string_view, 4> kKnowLimit{"PostgreSQL", "MySQL", "MariaDB", "SQLite"};

/// The strictest level of these that a source offers.
std::uint32_t level_of(const OdbcSource& source, std::initializer_list<std::uint32_t> levels) {
    for (const std::uint32_t level : levels) {
        if ((source.isolations & level) != 0) return level;
    }
    return source.usual_isolation;
}

class Odbc final : public ServerDatabase<OdbcConnection, OdbcColumn> {
public:
    using ServerDatabase::ServerDatabase;

    std::vector<Row> select(const Table& table, const Statement& rest) override;
    std::uint64_t execute(const Table& table, const Statement& statement) override {
        for (const Bound& value : statement.values) {
            if (value.text && value.text->find('\0') != std::string::npos)
                throw Failure(
                    SYNCLINE_E_INVALID, "drivers take no text with a NUL in it", value.column
                );
        }
        check_transaction(table);
        return ask(table, statement).found;
    }
    std::int64_t number(const Statement& statement) override {
        return std::stoll(first_of(run(statement)).value_or("0"));
    }

    /// Nobody's write may come between what is read and what is written: generic drivers cannot
    /// compare each value in the words of the source.
    void begin() override {
        step_ = Step::Writing;
        if (const std::string reason = cannot_write(); !reason.empty())
            throw Failure(SYNCLINE_E_UNSUPPORTED, reason);
        begin_at(SQL_TXN_SERIALIZABLE);
    }
    void begin_reading() override {
        begin_at(level_of(connection_.source(), {SQL_TXN_REPEATABLE_READ, SQL_TXN_SERIALIZABLE}));
    }
    void commit() override {
        step_ = Step::Committing;
        try {
            connection_.commit(*call_);
        } catch (const OdbcError& error) {
            fail(error, Statement());
        }
        step_ = Step::Reading;
    }

    std::string identifier(const std::string& name) const override;
    void add_limit(Statement& out, std::uint32_t count) const override {
        const std::string& source = connection_.source().name;
        const bool knows =
            std::any_of(kKnowLimit.begin(), kKnowLimit.end(), [&](std::string_view known) {
                return source.starts_with(known);
            });
        if (knows) out << " LIMIT " << std::to_string(count);
        out.most_rows = count;
    }

    /// What the key's type cannot hold must not be compared as such: that would be an error.
    void add_is(Statement& out, const Table& table, const std::vector<std::string>& key) override {
        for (std::size_t i = 0; i < key.size(); ++i) {
            const OdbcColumn& column = known_column(table, table.key[i]);
            out << (i > 0 ? " AND " : "");
            const bool can_be = column.kind() == Cell::Kind::Integer ? is_whole_number(key[i])
                                : column.is_uuid()                   ? is_uuid_text(key[i])
                                                                     : true;
            if (!can_be) {
                out << "1 = 0";
                continue;
            }
            out << identifier(table.key[i]) << " = ";
            add_like(out, column, key[i]);
        }
    }

    /// In words that an index can be used for; a comparison of rows is none, and not everywhere.
    void add_after(Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last)
        const override {
        add_has_key(out, *this, table);
        if (!last) return;
        out << " AND (";
        for (std::size_t i = 0; i < last->size(); ++i) {
            out << (i > 0 ? " OR (" : "(");
            for (std::size_t k = 0; k < i; ++k) {
                out << identifier(table.key[k]) << " = ";
                add_key(out, table.key[k], (*last)[k]);
                out << " AND ";
            }
            out << identifier(table.key[i]) << " > ";
            add_key(out, table.key[i], (*last)[i]);
            out << ")";
        }
        out << ")";
    }

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
    void add_now(Statement& out, const Table&, const std::string&) override {
        out << "CURRENT_TIMESTAMP";
    }
    /// As far as the source compares what the driver converts; the transaction keeps the rest.
    void add_unchanged(
        Statement& out, const Table& table, const std::string& column, const Cell& cell
    ) override {
        const OdbcColumn& known = known_column(table, column);
        out << identifier(column);
        if (cell.kind == Cell::Kind::Null) {
            out << " IS NULL";
        } else if (!known.is_comparable() || cell.kind != known.kind()) {
            out << " IS NOT NULL";
        } else {
            out << " = ";
            add_like(out, known, cell.text);
        }
    }

    std::vector<std::string> new_keys(
        const Table& table, const std::string& column, std::uint32_t count
    ) override;
    std::string newest_change(const Table& table, const std::string& since) override;
    void add_changed_since(Statement& out, const Table& table, const std::string& since) override;

    std::string cannot_write() const override;
    std::vector<std::string> limits() const override;

    /// What was sent may wait in the network for as long as it is sent again.
    std::uint32_t max_inflight_ms() const override {
        return static_cast<std::uint32_t>(2 * connection_.settings().timeout.count());
    }

private:
    static std::optional<std::string> first_of(const OdbcAnswer& answer) {
        return answer.rows.empty() ? std::nullopt : answer.rows.front().front().text;
    }
    /// A value that is compared with one of the column: a number as it is.
    static void add_like(Statement& out, const OdbcColumn& column, const std::string& text) {
        out.bind(text);
        out.values.back().like = column.column.name;
        out.values.back().is_number = column.kind() == Cell::Kind::Integer && is_whole_number(text);
    }
    static void add_key(Statement& out, const std::string& column, const Cell& cell) {
        out.bind(cell.text);
        out.values.back().like = column;
        out.values.back().is_number =
            cell.kind == Cell::Kind::Integer && is_whole_number(cell.text);
    }

    std::vector<OdbcColumn> ask_columns(const Table& table) override;
    bool is_about_names(const OdbcError& error) const override {
        return error.is_of_class("42") || error.is_of_class("HY");
    }
    void explain(Failure& refusal, const OdbcError& error, const Statement& statement) override;

    void begin_at(std::uint32_t isolation) {
        try {
            connection_.begin(*call_, isolation);
        } catch (const OdbcError& error) {
            fail(error, Statement());
        }
    }
    OdbcQuery query_of(const Table& table, const Statement& statement);
    OdbcAnswer ask(const Table& table, const Statement& statement) {
        const OdbcQuery query = query_of(table, statement);
        try {
            return connection_.run(*call_, query);
        } catch (const OdbcError& error) {
            fail(error, statement);
        }
    }
};

std::string Odbc::identifier(const std::string& name) const {
    const std::string& quote = connection_.source().quote;
    if (quote.empty()) {
        const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_';
        });
        if (!is_plain)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "this source cannot quote names, and \"" + name + "\" is no plain one"
            );
        return name;
    }
    std::string out = quote;
    for (const char c : name) {
        out += c;
        if (quote.size() == 1 && c == quote.front()) out += c;
    }
    return out + (quote == "[" ? "]" : quote);
}

/// Texts are bound as what the column is; numbers stand in the statement, so that no driver
/// converts them on the way. Truth is a text: some sources have a type of their own for it.
OdbcQuery Odbc::query_of(const Table& table, const Statement& statement) {
    OdbcQuery query;
    query.text = statement.pieces.front();
    query.most_rows = statement.most_rows;
    for (std::size_t i = 0; i < statement.values.size(); ++i) {
        const Bound& value = statement.values[i];
        const std::string& name = value.column.empty() ? value.like : value.column;
        const OdbcColumn* const column = name.empty() ? nullptr : &known_column(table, name);
        const bool takes_number = column == nullptr || column->kind() == Cell::Kind::Integer ||
                                  column->kind() == Cell::Kind::Decimal;
        if (value.text && value.is_number && takes_number) {
            query.text += *value.text;
        } else {
            query.text += "?";
            query.parameters.push_back(
                column != nullptr ? column->parameter(value.text)
                                  : OdbcParameter{value.text, SQL_WVARCHAR, 0, 0}
            );
        }
        query.text += statement.pieces[i + 1];
    }
    return query;
}

std::vector<Row> Odbc::select(const Table& table, const Statement& rest) {
    std::vector<std::string> names = table.key;
    for (std::string& column : table.read_columns())
        names.push_back(std::move(column));
    std::vector<OdbcColumn> columns;
    std::string text;
    for (const std::string& name : names) {
        columns.push_back(known_column(table, name));
        text += (text.empty() ? "SELECT " : ", ") + identifier(name);
    }
    Statement whole = rest;
    whole.pieces.front() = text + " FROM " + table_sql(table) + rest.pieces.front();
    std::vector<Row> rows;
    for (auto& found : ask(table, whole).rows) {
        Row row;
        for (std::size_t i = 0; i < columns.size(); ++i)
            (i < table.key.size() ? row.key : row.values)
                .push_back(columns[i].cell_of(std::move(found[i])));
        rows.push_back(std::move(row));
    }
    return rows;
}

/// A result without rows tells its columns as the source itself finds the table; the catalogue
/// would have to be told where to look.
std::vector<OdbcColumn> Odbc::ask_columns(const Table& table) {
    OdbcAnswer answer;
    const Statement statement("SELECT * FROM " + table_sql(table) + " WHERE 1 = 0");
    try {
        answer = connection_.run(*call_, statement);
    } catch (const OdbcError& error) {
        const bool is_there = error.is_lost || connection_.is_in_transaction() || [&] {
            return !connection_
                        .ask(
                            *call_,
                            [table](OdbcSession& session) {
                                OdbcAnswer known;
                                if (session.has_table(table.schema, table.name))
                                    known.rows.emplace_back();
                                return known;
                            }
                        )
                        .rows.empty();
        }();
        if (is_there) fail(error, statement);
        return {};
    }
    std::vector<OdbcColumn> columns;
    for (OdbcDescription& known : answer.columns)
        columns.emplace_back(std::move(known));
    return columns;
}

void Odbc::explain(Failure& refusal, const OdbcError& error, const Statement& statement) {
    const auto rows = [&](const std::string& schema,
                          const std::string& name,
                          const std::vector<std::string>& columns,
                          const std::vector<Bound>& values) {
        Table table;
        table.schema = schema;
        table.name = name;
        Statement select;
        for (const std::string& column : columns)
            select << (select.pieces.front().empty() ? "SELECT " : ", ") << identifier(column);
        select << " FROM " << table_sql(table);
        for (std::size_t i = 0; i < values.size(); ++i) {
            select << (i > 0 ? " AND " : " WHERE ") << identifier(values[i].column) << " = ";
            select.values.push_back(values[i]);
            select.pieces.emplace_back();
        }
        return connection_.run(*call_, query_of(table, select));
    };
    const Table table = written_;
    OdbcQuestions questions;
    questions.unique_indexes = [&] {
        return connection_.ask(*call_, [table](OdbcSession& session) {
            return session.unique_indexes(table.schema, table.name);
        });
    };
    questions.references = [&] {
        return connection_.ask(*call_, [table](OdbcSession& session) {
            return session.references(table.schema, table.name);
        });
    };
    questions.rows = rows;
    explain_refusal(refusal, error, statement, table, known_columns(table), questions);
}

/// Above every number that is in the table; which ever were nobody tells.
std::vector<std::string> Odbc::new_keys(
    const Table& table, const std::string& column, std::uint32_t count
) {
    const OdbcColumn& known = known_column(table, column);
    std::vector<std::string> keys;
    if (known.is_uuid()) {
        for (std::uint32_t i = 0; i < count; ++i)
            keys.push_back(Poco::UUIDGenerator::defaultGenerator().createRandom().toString());
        return keys;
    }
    if (known.kind() != Cell::Kind::Integer)
        throw Failure(
            SYNCLINE_E_UNSUPPORTED,
            "new rows can only be made where the key is a whole number or a UUID"
        );
    const std::int64_t highest =
        number(Statement("SELECT MAX(" + identifier(column) + ") FROM " + table_sql(table)));
    for (std::uint32_t i = 1; i <= count; ++i)
        keys.push_back(std::to_string(std::max<std::int64_t>(highest, 0) + i));
    return keys;
}

/// A row of the future must not hide what is changed until then.
std::string Odbc::newest_change(const Table& table, const std::string&) {
    const OdbcColumn& column = known_column(table, table.changed_at);
    const auto holds_none = [&] {
        return Failure(
            SYNCLINE_E_CONFIG,
            "column \"" + table.changed_at + "\" holds no times: its type is " +
                column.known.type_name
        );
    };
    if (!column.is_time()) throw holds_none();
    const OdbcAnswer answer = run(Statement(
        "SELECT MAX(" + identifier(table.changed_at) + "), MAX(CURRENT_TIMESTAMP) FROM " +
        table_sql(table)
    ));
    const auto newest = first_of(answer);
    if (!newest) return {};
    const auto changed = read_moment(*newest);
    const auto now = read_moment(answer.rows.front().back().text.value_or(""));
    if (!changed || !now) throw holds_none();
    constexpr int kMicroseconds = 6;
    return moment_text(std::min(*changed, *now), kMicroseconds);
}

void Odbc::add_changed_since(Statement& out, const Table& table, const std::string& since) {
    const auto moment = read_moment(since);
    if (!moment) throw Failure(SYNCLINE_E_CURSOR, "this position is of other settings");
    const OdbcColumn& column = known_column(table, table.changed_at);
    const std::string name = identifier(table.changed_at);
    std::string from =
        moment_text(*moment - std::chrono::milliseconds(table.overlap_ms), column.known.digits);
    constexpr std::size_t kDateSize = 10;
    if (column.known.type == SQL_TYPE_DATE) from.resize(kDateSize);
    out << "(" << name << " IS NULL OR " << name << " >= ";
    out.bind(std::move(from));
    out.values.back().like = table.changed_at;
    out << ")";
}

std::string Odbc::cannot_write() const {
    if ((connection_.source().isolations & SQL_TXN_SERIALIZABLE) != 0) return {};
    return "this source offers no serializable transactions, in which alone an edit of others is "
           "safe from a write: it is only read";
}

std::vector<std::string> Odbc::limits() const {
    std::vector<std::string> all{
        "over ODBC nobody tells which columns the source fills itself: a write to one is refused "
        "by the source, unless it is mapped with \"direction\": \"in\"",
        "over ODBC nobody tells of changes: they are seen with the next \"poll\"",
        "over ODBC nobody tells which keys were used before: a new row may get the number of one "
        "that was deleted"};
    return all;
}

}  // namespace

std::unique_ptr<Database> odbc_database(OdbcSettings settings) {
    return std::make_unique<Odbc>(std::move(settings));
}

}  // namespace sql
