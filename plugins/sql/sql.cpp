// Customers in a table that other programs maintain. Every column is compared before it is written, in
// the same transaction, so that an edit made a moment earlier is never written over.

#include "manifest.hpp"
#include "syncline/settings.hpp"
#include "table.hpp"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using Poco::Data::RecordSet;
using Poco::Data::Session;
using Poco::Data::Statement;
using sql::Table;
namespace keywords = Poco::Data::Keywords;

constexpr const char* kBusyTimeout = "PRAGMA busy_timeout = 5000";

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
            "the database refused it: " + refused.message()
        );
    } catch (const sqlite::ReadOnlyException&) {
        throw Failure(SYNCLINE_E_PERMISSION, "the database is read-only");
    } catch (const sqlite::CantOpenDBFileException&) {
        throw Failure(SYNCLINE_E_TRANSIENT, "the database cannot be opened");
    } catch (const Poco::Data::DataException& failure) {
        throw Failure(broken, "the database failed: " + failure.displayText());
    }
}

/// Rolls back unless it was committed.
class Transaction {
public:
    explicit Transaction(Session& session) : session_(session) {
        session_ << "BEGIN IMMEDIATE", keywords::now;
    }
    ~Transaction() {
        if (done_) return;
        try {
            session_ << "ROLLBACK", keywords::now;
        } catch (const Poco::Exception&) {  // the connection is gone, and the transaction with it
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        session_ << "COMMIT", keywords::now;
        done_ = true;
    }

private:
    Session& session_;
    bool done_ = false;
};

class SqlConnector final : public Connector {
public:
    SqlConnector(Call&, const Json& settings) {
        check_keys(settings, "", {"database", "entities"});
        const Json database = settings.value("database", Json::object());
        check_keys(database, "/database", {"sqlite"});
        file_ = required_text(database, "/database", "sqlite");
        tables_ = sql::read_tables(settings.value("entities", Json::object()));
        Poco::Data::SQLite::Connector::registerConnector();
    }

    void check(Call&) override {
        classified(SYNCLINE_E_TRANSIENT, [&] {
            Session session = open();
            for (const Table& table : tables_)
                check_columns(session, table);
        });
    }

    Json discover(Call&) override {
        Session session = open();
        Json entities = Json::array();
        for (const Table& table : tables_) {
            check_columns(session, table);
            Json fields = Json::array();
            for (const std::string& column : table.columns)
                fields.push_back(Json{{"name", column}});
            entities.push_back(Json{
                {"entity", table.entity},
                {"primary_key", table.key},
                {"version", "opaque"},
                {"write", "immediate"},
                {"conditional_write", true},
                {"lookup", true},
                {"listing", "complete"},
                {"incremental", false},
                {"create_id", "planned"},
                {"max_batch", 200},
                {"max_inflight_ms", 0},
                {"fields", fields}});
        }
        return Json{{"entities", entities}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        const Table& table = find(request.entity);
        Session session = open();
        // One transaction, so that the listing is of one moment.
        classified(SYNCLINE_E_TRANSIENT, [&] {
            session << "BEGIN", keywords::now;
            std::string last;
            bool first = true;
            for (;;) {
                call.throw_if_cancelled();
                const std::vector<Record> page =
                    read_page(call, session, table, first, last, request.max_batch);
                if (page.empty()) break;
                out.emit(page);
                last = page.back().id;
                first = false;
            }
            session << "COMMIT", keywords::now;
        });
        out.checkpoint(Json{{"v", 1}});
    }

    void lookup(
        Call& call, const std::string& entity, const Json& keys, const ReadOut& out
    ) override {
        const Table& table = find(entity);
        Session session = open();
        classified(SYNCLINE_E_TRANSIENT, [&] {
            if (keys.contains("new_ids")) {
                emit_new_ids(session, table, keys["new_ids"].get<std::uint32_t>(), out);
                return;
            }
            std::vector<std::string> ids;
            if (keys.contains("create")) ids.push_back(keys["create"].value("planned_id", ""));
            else ids = keys.value("ids", std::vector<std::string>{});
            for (const std::string& id : ids) {
                const auto found = read_row(call, session, table, id);
                out.emit(found ? *found : Record::gone(id));
            }
        });
    }

    Written write_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Table& table = find(entity);
        return classified(SYNCLINE_E_IN_DOUBT, [&] {
            Session session = open();
            Transaction transaction(session);
            const auto held = read_row(call, session, table, item.id);
            if (item.op == SYNCLINE_OP_CREATE) {
                if (held)
                    throw Failure(SYNCLINE_E_CONFLICT, "the key chosen for it is taken meanwhile");
                insert(session, table, item);
            } else {
                if (!held) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
                if (!item.if_version.empty() && item.if_version != held->version)
                    throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
                update(session, table, item);
            }
            const auto stored = read_row(call, session, table, item.id);
            if (!stored)
                throw Failure(SYNCLINE_E_INVALID, "the row is not there after it was written");
            transaction.commit();
            return Written{stored->id, stored->version, stored->data};
        });
    }

private:
    Session open() const {
        std::error_code failed;
        if (!std::filesystem::exists(file_, failed))  // SQLite would make an empty database
            throw Failure(SYNCLINE_E_CONFIG, "there is no database file " + file_);
        Session session("SQLite", file_);
        session << kBusyTimeout, keywords::now;
        return session;
    }

    const Table& find(const std::string& entity) const {
        for (const Table& table : tables_) {
            if (table.entity == entity) return table;
        }
        throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/entities has no \"" + entity + "\"");
    }

    static void check_columns(Session& session, const Table& table) {
        Statement select(session);
        select << "SELECT name FROM pragma_table_info(?)", keywords::useRef(table.name),
            keywords::now;
        RecordSet rows(select);
        std::vector<std::string> known;
        for (std::size_t i = 0; i < rows.rowCount(); ++i)
            known.push_back(rows.value(0, i).convert<std::string>());
        if (known.empty())
            throw Failure(
                SYNCLINE_E_CONFIG, "the database has no table or view \"" + table.name + "\""
            );
        std::vector<std::string> wanted = table.columns;
        wanted.push_back(table.key);
        for (const auto& [column, value] : table.touch)
            wanted.push_back(column);
        for (const std::string& column : wanted) {
            if (std::find(known.begin(), known.end(), column) == known.end())
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "table \"" + table.name + "\" has no column \"" + column + "\""
                );
        }
    }

    /// A row as a record. A column that is not UTF-8 is left out: unknown, never a wrong value.
    static Record record_of(Call& call, const Table& table, RecordSet& rows, std::size_t row) {
        Record record;
        record.id = rows.value(0, row).convert<std::string>();
        record.data = Json::object();
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string type = rows.value(1 + 2 * i, row).convert<std::string>();
            const auto cell = rows.value(2 + 2 * i, row);
            const std::string text = cell.isEmpty() ? "" : cell.convert<std::string>();
            if (sql::is_utf8(text)) {
                record.data[table.columns[i]] = sql::json_of(type, text);
            } else {
                constexpr int kWarning = 3;
                call.log(
                    kWarning,
                    "row " + record.id + ": column " + table.columns[i] +
                        " is not UTF-8 and was not read"
                );
            }
        }
        record.version = sql::row_version(table, record.data);
        return record;
    }

    static std::vector<Record> read_page(
        Call& call,
        Session& session,
        const Table& table,
        bool first,
        const std::string& last,
        std::uint32_t count
    ) {
        const std::string key = sql::quoted(table.key);
        std::string text = sql::select_sql(table);
        std::string after = last;
        // The bound text takes the key column's affinity, so that 9 comes before 10 where keys are
        // numbers.
        if (!first) text += " WHERE " + key + " > ?";
        text += " ORDER BY " + key + " LIMIT " + std::to_string(count);
        Statement select(session);
        if (first) select << text, keywords::now;
        else select << text, keywords::use(after), keywords::now;
        RecordSet rows(select);
        std::vector<Record> page;
        for (std::size_t i = 0; i < rows.rowCount(); ++i)
            page.push_back(record_of(call, table, rows, i));
        return page;
    }

    static std::optional<Record> read_row(
        Call& call, Session& session, const Table& table, const std::string& id
    ) {
        std::string key = id;
        Statement select(session);
        select << sql::select_sql(table) + " WHERE " + sql::quoted(table.key) + " = ?",
            keywords::use(key), keywords::now;
        RecordSet rows(select);
        if (rows.rowCount() == 0) return std::nullopt;
        return record_of(call, table, rows, 0);
    }

    /// Keys above every one that is or, as far as SQLite remembers, ever was in the table.
    static void emit_new_ids(
        Session& session, const Table& table, std::uint32_t count, const ReadOut& out
    ) {
        Poco::Int64 highest = 0;
        std::string type;
        session << "SELECT COALESCE(MAX(" + sql::quoted(table.key) + "), 0), typeof(MAX(" +
                       sql::quoted(table.key) + ")) FROM " + sql::quoted(table.name),
            keywords::into(highest), keywords::into(type), keywords::now;
        if (type != "integer" && type != "null")
            throw Failure(
                SYNCLINE_E_UNSUPPORTED, "new rows can only be made where the key is a whole number"
            );
        std::vector<Record> fresh;
        for (std::uint32_t i = 1; i <= count; ++i)
            fresh.push_back(Record::gone(std::to_string(highest + i)));
        out.emit(fresh);
    }

    /// Binds texts to the placeholders; the statement keeps references to them.
    static void bind(Statement& statement, std::vector<Poco::Nullable<std::string>>& kept) {
        for (auto& value : kept)
            statement, keywords::use(value);
    }

    static Poco::Nullable<std::string> bound_text(const Json& value) {
        if (value.is_null()) return {};
        if (value.is_string()) return value.get<std::string>();
        if (value.is_boolean()) return std::string(value.get<bool>() ? "1" : "0");
        return value.dump();
    }

    /// Numbers are bound as text and cast, so that no digit passes through a double on the way.
    static std::string placeholder(const Json& value) {
        return value.is_number() ? "CAST(? AS NUMERIC)" : "?";
    }

    static std::string now_text() {
        return Poco::DateTimeFormatter::format(
            Poco::Timestamp(), Poco::DateTimeFormat::SORTABLE_FORMAT
        );
    }

    static void check_known(const Table& table, const Json& values) {
        for (const auto& [column, value] : values.items()) {
            if (std::find(table.columns.begin(), table.columns.end(), column) ==
                table.columns.end())
                throw Failure(
                    SYNCLINE_E_INVALID, "settings name no column \"" + column + "\"", column
                );
        }
    }

    static void insert(Session& session, const Table& table, const WriteItem& item) {
        check_known(table, item.data);
        std::string columns = sql::quoted(table.key);
        std::string places = "?";
        std::vector<Poco::Nullable<std::string>> kept{Poco::Nullable<std::string>(item.id)};
        for (const auto& [column, value] : item.data.items()) {
            columns += ", " + sql::quoted(column);
            places += ", " + placeholder(value);
            kept.push_back(bound_text(value));
        }
        for (const auto& [column, value] : table.touch) {
            columns += ", " + sql::quoted(column);
            places += ", ?";
            kept.push_back(Poco::Nullable<std::string>(now_text()));
        }
        Statement statement(session);
        statement << "INSERT INTO " + sql::quoted(table.name) + " (" + columns + ") VALUES (" +
                         places + ")";
        bind(statement, kept);
        statement.execute();
    }

    static void update(Session& session, const Table& table, const WriteItem& item) {
        check_known(table, item.patch);
        std::string assignments;
        std::vector<Poco::Nullable<std::string>> kept;
        const auto assign = [&](const std::string& column, const std::string& place) {
            assignments += (assignments.empty() ? "" : ", ") + sql::quoted(column) + " = " + place;
        };
        for (const auto& [column, value] : item.patch.items()) {
            assign(column, placeholder(value));
            kept.push_back(bound_text(value));
        }
        for (const auto& [column, value] : table.touch) {
            assign(column, "?");
            kept.push_back(Poco::Nullable<std::string>(now_text()));
        }
        kept.push_back(Poco::Nullable<std::string>(item.id));
        Statement statement(session);
        statement << "UPDATE " + sql::quoted(table.name) + " SET " + assignments + " WHERE " +
                         sql::quoted(table.key) + " = ?";
        bind(statement, kept);
        statement.execute();
    }

    std::string file_;
    std::vector<Table> tables_;
};

}  // namespace

SYNCLINE_CONNECTOR(
    SqlConnector,
    kManifest,
    SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_IF_VERSION | SYNCLINE_CAP_IDEMPOTENT |
        SYNCLINE_CAP_PATCH | SYNCLINE_CAP_LOOKUP
)
