#include "sqlite.hpp"

#include "file_changes.hpp"
#include "keyset.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Nullable.h>
#include <Poco/Timestamp.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sql {
namespace {

using Poco::Data::Session;
using syncline::sdk::Call;
using syncline::sdk::Failure;
namespace keywords = Poco::Data::Keywords;

constexpr const char* kBusyTimeout = "PRAGMA busy_timeout = 2000";
/// SQLite enforces none unless asked: a deleted customer would leave invoices of nobody behind.
constexpr const char* kForeignKeys = "PRAGMA foreign_keys = ON";

/// The column that a message such as "UNIQUE constraint failed: customers.email" is about.
std::string column_in(const std::string& message) {
    const auto dot = message.rfind('.');
    const bool names_one = dot != std::string::npos &&
                           message.find(' ', dot) == std::string::npos &&
                           message.find(',') == std::string::npos;
    return names_one ? message.substr(dot + 1) : "";
}

/// Runs database code and turns the driver's exceptions into outcomes. `broken` is the outcome of a
/// failure nobody can classify: TRANSIENT for reads, IN_DOUBT for writes.
template <class Action>
auto classified(syncline_status broken, Action action) -> decltype(action()) {
    namespace sqlite = Poco::Data::SQLite;
    try {
        return action();
    } catch (const sqlite::DBLockedException&) {
        throw Failure(SYNCLINE_E_TRANSIENT, "the database is locked by another program");
    } catch (const sqlite::TableLockedException&) {
        throw Failure(SYNCLINE_E_TRANSIENT, "the table is locked by another program");
    } catch (const sqlite::ConstraintViolationException& refused) {
        const bool unique = refused.message().find("UNIQUE") != std::string::npos;
        throw Failure(
            unique ? SYNCLINE_E_DUPLICATE : SYNCLINE_E_INVALID,
            "the database refused it: " + refused.message(),
            column_in(refused.message())
        );
    } catch (const sqlite::ReadOnlyException&) {
        throw Failure(SYNCLINE_E_PERMISSION, "the database is read-only");
    } catch (const sqlite::CantOpenDBFileException&) {
        throw Failure(SYNCLINE_E_TRANSIENT, "the database cannot be opened");
    } catch (const sqlite::CorruptImageException& damaged) {
        if (damaged.message().find("not a database") != std::string::npos)
            throw Failure(SYNCLINE_E_CONFIG, "the file is no SQLite database");
        throw Failure(broken, "the database is damaged: " + damaged.message());
    } catch (const sqlite::InvalidSQLStatementException& senseless) {  // it never ran
        throw Failure(
            broken == SYNCLINE_E_IN_DOUBT ? SYNCLINE_E_INVALID : broken,
            "the database cannot do it: " + senseless.message()
        );
    } catch (const Poco::Data::DataException& failure) {
        throw Failure(broken, "the database failed: " + failure.displayText());
    }
}

/// A storage class by the name that typeof() gives it, which CAST understands.
struct Storage {
    const char* name;
    Cell::Kind kind;
};
constexpr Storage kStorages[] = {
    {"null", Cell::Kind::Null},
    {"integer", Cell::Kind::Integer},
    {"real", Cell::Kind::Decimal},
    {"blob", Cell::Kind::Blob}};

Cell::Kind kind_of(std::string_view storage) {
    for (const Storage& known : kStorages) {
        if (known.name == storage) return known.kind;
    }
    return Cell::Kind::Text;
}

const char* storage_of(Cell::Kind kind) {
    for (const Storage& known : kStorages) {
        if (known.kind == kind) return known.name;
    }
    return "text";
}

/// One run of a prepared statement with its values. Throws the driver's exceptions.
class Run {
public:
    Run(sqlite3* database, sqlite3_stmt* prepared, const Statement& statement)
        : database_(database), prepared_(prepared) {
        int parameter = 0;
        for (const Bound& value : statement.values) {
            ++parameter;
            const int code = value.text ? ::sqlite3_bind_text(
                                              prepared,
                                              parameter,
                                              value.text->data(),
                                              static_cast<int>(value.text->size()),
                                              SQLITE_STATIC
                                          )
                                        : ::sqlite3_bind_null(prepared, parameter);
            check(code);
        }
    }
    ~Run() {
        ::sqlite3_reset(prepared_);
        ::sqlite3_clear_bindings(prepared_);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    bool step() {
        const int code = ::sqlite3_step(prepared_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
        return code == SQLITE_ROW;
    }
    std::int64_t number(int column) const { return ::sqlite3_column_int64(prepared_, column); }
    /// Valid until the next step. NULL reads as "".
    std::string_view text(int column) const {
        const auto* const data = ::sqlite3_column_text(prepared_, column);
        if (data == nullptr) return {};
        return {
            reinterpret_cast<const char*>(data),
            static_cast<std::size_t>(::sqlite3_column_bytes(prepared_, column))};
    }

private:
    void check(int code) const {
        if (code != SQLITE_OK) Poco::Data::SQLite::Utility::throwException(database_, code);
    }
    sqlite3* database_;
    sqlite3_stmt* prepared_;
};

class Sqlite final : public Database {
public:
    explicit Sqlite(std::string file) : file_(std::move(file)) {
        Poco::Data::SQLite::Connector::registerConnector();
    }

    void open(const Call&) override {
        broken_ = SYNCLINE_E_TRANSIENT;
        std::error_code failed;
        if (!std::filesystem::exists(file_, failed))  // SQLite would make an empty database
            throw Failure(SYNCLINE_E_CONFIG, "there is no database file " + file_);
        classified(broken_, [&] {
            session_.emplace("SQLite", file_);
            *session_ << kBusyTimeout, keywords::now;
            *session_ << kForeignKeys, keywords::now;
            handle_ = Poco::Data::SQLite::Utility::dbHandle(*session_);
        });
    }
    void close() noexcept override {
        prepared_.clear();
        session_.reset();
    }

    std::vector<Column> columns(const Table& table) override {
        std::vector<std::string> names;
        classified(broken_, [&] {
            *session_ << "SELECT name FROM pragma_table_info(?)", keywords::into(names),
                keywords::useRef(table.name), keywords::now;
        });
        std::vector<Column> known;
        for (const std::string& name : names)
            known.push_back({name, 0, true});
        return known;
    }

    /// Values come as their storage type and their text, so that one of another type than its
    /// column declares is read all the same. A text with a NUL in it counts as a blob.
    std::vector<Row> select(const Table& table, const Statement& rest) override {
        std::string text = "SELECT ";
        for (const std::string& column : table.key) {
            const std::string name = quoted(column);
            text += "typeof(" + name + "), CAST(" + name + " AS TEXT), ";
        }
        const std::vector<std::string> columns = table.read_columns();
        for (const std::string& column : columns) {
            const std::string name = quoted(column);
            text += "CASE WHEN instr(CAST(" + name + " AS BLOB), x'00') THEN 'blob' ELSE typeof(" +
                    name + ") END, CAST(" + name + " AS TEXT), ";
        }
        text.resize(text.size() - 2);
        Statement whole = rest;
        whole.pieces.front() = text + " FROM " + table_sql(table) + rest.pieces.front();
        const std::size_t cells = table.key.size() + columns.size();
        return classified(broken_, [&] { return query(whole, table.key.size(), cells); });
    }

    std::uint64_t execute(const Table&, const Statement& statement) override {
        return run(statement);
    }
    std::int64_t number(const Statement& statement) override {
        return classified(broken_, [&] {
            Run run(handle_, prepared(statement), statement);
            return run.step() ? run.number(0) : 0;
        });
    }

    void begin() override {
        broken_ = SYNCLINE_E_IN_DOUBT;
        if (batch_ == Batch::Lost)  // a savepoint would begin a transaction of its own
            throw Failure(SYNCLINE_E_TRANSIENT, "the database rolled everything back");
        run(Statement(batch_ == Batch::None ? "BEGIN IMMEDIATE" : "SAVEPOINT item"));
    }
    void begin_reading() override { run(Statement("BEGIN")); }
    void commit() override { run(Statement(batch_ == Batch::None ? "COMMIT" : "RELEASE item")); }
    void rollback() noexcept override {
        try {
            if (batch_ == Batch::None) {
                run(Statement("ROLLBACK"));
            } else {
                run(Statement("ROLLBACK TO item"));
                run(Statement("RELEASE item"));
            }
        } catch (const std::exception&) {  // the transaction is gone already
            if (batch_ != Batch::None) batch_ = Batch::Lost;
        }
    }
    /// A commit waits for the disk several times, and most of what a row costs is that.
    bool begin_batch() override {
        begin();
        batch_ = Batch::Open;
        return true;
    }
    bool end_batch() override {
        const Batch before = std::exchange(batch_, Batch::None);
        if (before == Batch::Lost) {
            rollback();
            return false;
        }
        try {
            commit();
        } catch (...) {
            rollback();
            throw;
        }
        return true;
    }
    bool excludes_writers() const override { return true; }

    std::string table_sql(const Table& table) const override { return quoted(table.name); }

    /// Right also where the key's column declares no type and so holds numbers that equal no text.
    void add_is(Statement& out, const Table& table, const std::vector<std::string>& key) override {
        for (std::size_t i = 0; i < key.size(); ++i) {
            const std::string name = quoted(table.key[i]);
            out << (i > 0 ? " AND " : "") << name << " IN (";
            out.bind(key[i]) << ", CAST(";
            out.bind(key[i]) << " AS INTEGER)) AND CAST(" << name << " AS TEXT) = ";
            out.bind(key[i]);
        }
    }

    /// A comparison has to be made with the storage type of what is compared.
    void add_after(Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last)
        const override {
        if (table.key.size() > 1) {
            add_after_composite(out, table, last);
            return;
        }
        if (!last) return;
        const Cell& key = last->front();
        if (key.kind == Cell::Kind::Null) {
            out << " WHERE " << quoted(table.key.front()) << " IS NOT NULL";
            return;
        }
        out << " WHERE " << quoted(table.key.front()) << " > CAST(";
        out.bind(key.text) << " AS " << storage_of(key.kind) << ")";
    }
    bool lists_keyless(const Table& table) const override { return table.key.size() == 1; }

    /// Numbers are bound as text and cast, so that no digit passes through a double on the way.
    void add_value(Statement& out, const std::string& column, const Json& value) const override {
        if (value.is_null()) {
            out.bind(std::nullopt, column);
        } else if (value.is_string()) {
            out.bind(value.get<std::string>(), column);
        } else if (value.is_boolean()) {
            out.bind(value.get<bool>() ? "1" : "0", column);
        } else {
            out << "CAST(";
            out.bind(value.dump(), column) << " AS NUMERIC)";
        }
    }
    void add_now(Statement& out, const Table&, const std::string& column) override {
        out.bind(
            Poco::DateTimeFormatter::format(
                Poco::Timestamp(), Poco::DateTimeFormat::SORTABLE_FORMAT
            ),
            column
        );
    }
    void add_unchanged(Statement& out, const Table&, const std::string& column, const Cell& cell)
        override {
        out << "CAST(" << quoted(column) << " AS TEXT) IS ";
        out.bind(cell.kind == Cell::Kind::Null ? std::optional<std::string>() : cell.text);
    }

    /// Keys above every one that is or, as far as SQLite remembers, ever was in the table.
    std::vector<std::string> new_keys(
        const Table& table, const std::string& column, std::uint32_t count
    ) override {
        const std::string key = quoted(column);
        const std::string from = " FROM " + table_sql(table);
        if (number(Statement("SELECT COALESCE(SUM(typeof(" + key + ") <> 'integer'), 0)" + from)) >
            0)
            throw Failure(
                SYNCLINE_E_UNSUPPORTED, "new rows can only be made where the key is a whole number"
            );
        std::int64_t highest = number(Statement("SELECT COALESCE(MAX(" + key + "), 0)" + from));
        if (number(Statement("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")) >
            0) {
            Statement ever("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = ");
            highest = std::max(highest, number(ever.bind(table.name)));
        }
        std::vector<std::string> keys;
        for (std::uint32_t i = 1; i <= count; ++i)
            keys.push_back(std::to_string(highest + i));
        return keys;
    }

    /// As a Julian day, so that it matters little how the table writes its times. One writes at a
    /// time, so the entries of a journal appear in their order.
    std::string newest_change(const Table& table, const std::string&) override {
        if (table.detect == Detect::Journal)
            return std::to_string(number(Statement(
                "SELECT COALESCE(MAX(" + quoted(table.journal_order) + "), 0) + 1 FROM " +
                table_sql(table)
            )));
        const std::string stamp = "julianday(" + quoted(table.changed_at) + ")";
        return classified(broken_, [&] {
            Poco::Nullable<std::string> newest;
            *session_ << "SELECT CAST(MIN(MAX(" + stamp + "), julianday('now')) AS TEXT) FROM " +
                             table_sql(table),
                keywords::into(newest), keywords::now;
            return newest.value("");
        });
    }
    void add_changed_since(Statement& out, const Table& table, const std::string& since) override {
        if (table.detect == Detect::Journal) {
            out << quoted(table.journal_order) << " >= CAST(";
            out.bind(since) << " AS INTEGER)";
            return;
        }
        const std::string stamp = "julianday(" + quoted(table.changed_at) + ")";
        out << "(" << stamp << " IS NULL OR " << stamp << " >= CAST(";
        out.bind(since) << " AS REAL) - " << std::to_string(table.overlap_ms) << " / 86400000.0)";
    }

    bool can_watch(const Table&) const override { return true; }
    /// Any commit to the file counts, also one to another table, and one of our own.
    bool watch(const Call& call, const Table&, std::uint32_t timeout_ms) override {
        const bool is_first = !changes_;
        if (is_first) changes_.emplace(file_);
        return is_first || changes_->wait(call, timeout_ms);
    }

    std::uint32_t max_inflight_ms() const override { return 0; }

private:
    void add_after_composite(
        Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last
    ) const {
        const std::string names = add_has_key(out, *this, table);
        if (!last) return;
        out << " AND (" << names << ") > (";
        for (std::size_t i = 0; i < last->size(); ++i) {
            out << (i > 0 ? ", CAST(" : "CAST(");
            out.bind((*last)[i].text) << " AS " << storage_of((*last)[i].kind) << ")";
        }
        out << ")";
    }

    std::uint64_t run(const Statement& statement) {
        return classified(broken_, [&] {
            Run run(handle_, prepared(statement), statement);
            while (run.step()) {
            }
            return static_cast<std::uint64_t>(::sqlite3_changes64(handle_));
        });
    }

    /// Made once as long as the file is open: preparing costs more than running.
    sqlite3_stmt* prepared(const Statement& statement) {
        std::string text = statement.pieces.front();
        for (std::size_t i = 1; i < statement.pieces.size(); ++i)
            text += "?" + statement.pieces[i];
        const auto known = prepared_.find(text);
        if (known != prepared_.end()) return known->second.get();
        sqlite3_stmt* made = nullptr;
        const int code = ::sqlite3_prepare_v2(
            handle_, text.data(), static_cast<int>(text.size()), &made, nullptr
        );
        if (code != SQLITE_OK) Poco::Data::SQLite::Utility::throwException(handle_, code, text);
        return prepared_.emplace(std::move(text), made).first->second.get();
    }

    /// Rows of cells that each come as type and text; the first `keys` are the key.
    std::vector<Row> query(const Statement& statement, std::size_t keys, std::size_t cells) {
        Run run(handle_, prepared(statement), statement);
        std::vector<Row> rows;
        while (run.step()) {
            Row row;
            for (std::size_t i = 0; i < cells; ++i) {
                const int column = static_cast<int>(2 * i);
                Cell cell{kind_of(run.text(column)), std::string(run.text(column + 1))};
                (i < keys ? row.key : row.values).push_back(std::move(cell));
            }
            rows.push_back(std::move(row));
        }
        return rows;
    }

    std::string file_;
    enum class Batch : std::uint8_t {
        None,
        Open,
        Lost,  ///< an error rolled all of it back
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { ::sqlite3_finalize(statement); }
    };

    Batch batch_ = Batch::None;
    std::optional<Session> session_;
    sqlite3* handle_ = nullptr;  ///< the session's
    std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> prepared_;
    std::optional<FileChanges> changes_;  ///< once it is watched
    syncline_status broken_ = SYNCLINE_E_TRANSIENT;
};

}  // namespace

std::unique_ptr<Database> sqlite_database(std::string file) {
    return std::make_unique<Sqlite>(std::move(file));
}

}  // namespace sql
