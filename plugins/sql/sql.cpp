// Customers in a table that other programs maintain. Every column is compared before it is written,
// in the same transaction, so that an edit made a moment earlier is never written over.

#include "manifest.hpp"
#include "syncline/settings.hpp"
#include "table.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Nullable.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using Poco::Data::Session;
using Poco::Data::Statement;
using sql::Table;
namespace keywords = Poco::Data::Keywords;

constexpr const char* kBusyTimeout = "PRAGMA busy_timeout = 2000";
/// SQLite enforces none unless asked: a deleted customer would leave invoices of nobody behind.
constexpr const char* kForeignKeys = "PRAGMA foreign_keys = ON";

using Cells = std::vector<Poco::Nullable<std::string>>;

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
        Json entities = Json::array();
        classified(SYNCLINE_E_TRANSIENT, [&] {
            Session session = open();
            for (const Table& table : tables_) {
                check_columns(session, table);
                entities.push_back(described(table));
            }
        });
        return Json{{"entities", entities}};
    }

    /// Each page is a statement of its own: a transaction around them would keep other programs
    /// from writing for as long as the hub takes. A row that is there all the time is in the
    /// listing.
    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        const Table& table = find(request.entity);
        std::optional<Key> last;
        for (;;) {
            call.throw_if_cancelled();
            const std::vector<Row> page = classified(SYNCLINE_E_TRANSIENT, [&] {
                Session session = open();
                return read_page(call, session, table, last, request.max_batch);
            });
            if (page.empty()) break;
            std::vector<Record> records;
            for (const Row& row : page)
                records.push_back(row.record);
            out.emit(records);
            last = page.back().key;
        }
        out.checkpoint(Json{{"v", 1}});
    }

    void lookup(Call& call, const std::string& entity, const Json& keys, const ReadOut& out)
        override {
        const Table& table = find(entity);
        std::vector<std::string> ids;
        if (keys.contains("create"))
            ids.push_back(keys["create"].value("planned_id", ""));
        else
            ids = keys.value("ids", std::vector<std::string>{});
        std::vector<Record> found = classified(SYNCLINE_E_TRANSIENT, [&] {
            Session session = open();
            if (keys.contains("new_ids"))
                return new_ids(session, table, keys["new_ids"].get<std::uint32_t>());
            std::vector<Record> records;
            for (const std::string& id : ids)
                records.push_back(read_row(call, session, table, id).value_or(Record::gone(id)));
            return records;
        });
        out.emit(found);
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
                check_version(held, item);
                update(session, table, item);
            }
            const auto stored = read_row(call, session, table, item.id);
            if (!stored)
                throw Failure(SYNCLINE_E_INVALID, "the row is not there after it was written");
            transaction.commit();
            return Written{stored->id, stored->version, stored->data};
        });
    }

    void delete_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Table& table = find(entity);
        classified(SYNCLINE_E_IN_DOUBT, [&] {
            Session session = open();
            Transaction transaction(session);
            check_version(read_row(call, session, table, item.id), item);
            Statement statement(session);
            statement << "DELETE FROM " + sql::quoted(table.name) + " WHERE " +
                             sql::has_key_sql(table);
            Cells key(3, Poco::Nullable<std::string>(item.id));
            bind(statement, key);
            statement.execute();
            if (read_row(call, session, table, item.id))
                throw Failure(SYNCLINE_E_INVALID, "the row is still there after it was deleted");
            transaction.commit();
        });
    }

private:
    /// Is the row there, as the hub knows it?
    static void check_version(const std::optional<Record>& held, const WriteItem& item) {
        if (!held) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such row");
        if (!item.if_version.empty() && item.if_version != held->version)
            throw Failure(SYNCLINE_E_CONFLICT, "the row was changed meanwhile");
    }

    Session open() const {
        std::error_code failed;
        if (!std::filesystem::exists(file_, failed))  // SQLite would make an empty database
            throw Failure(SYNCLINE_E_CONFIG, "there is no database file " + file_);
        Session session("SQLite", file_);
        session << kBusyTimeout, keywords::now;
        session << kForeignKeys, keywords::now;
        return session;
    }

    const Table& find(const std::string& entity) const {
        for (const Table& table : tables_) {
            if (table.entity == entity) return table;
        }
        throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/entities has no \"" + entity + "\"");
    }

    static void check_columns(Session& session, const Table& table) {
        std::vector<std::string> known;
        session << "SELECT name FROM pragma_table_info(?)", keywords::into(known),
            keywords::useRef(table.name), keywords::now;
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

    static Json described(const Table& table) {
        Json fields = Json::array();
        for (const std::string& column : table.columns)
            fields.push_back(Json{{"name", column}});
        return Json{
            {"entity", table.entity},
            {"primary_key", table.key},
            {"version", "opaque"},
            {"write", "immediate"},
            {"conditional_write", true},
            {"lookup", true},
            {"listing", "complete"},
            {"incremental", false},
            {"create_id", "planned"},
            {"delete", true},
            {"max_batch", 200},
            {"max_inflight_ms", 0},
            {"fields", fields}};
    }

    /// A key as it is stored; a comparison has to be made with its storage type.
    struct Key {
        std::string type;
        std::string text;
    };
    struct Row {
        Key key;
        Record record;
    };

    static void bind(Statement& statement, Cells& values) {
        for (auto& value : values)
            statement, keywords::use(value);
    }

    /// Runs a statement that gives the columns of sql::select_sql. `values` are bound as texts.
    static std::vector<Row> query(
        Call& call, Session& session, const Table& table, const std::string& text, Cells values
    ) {
        Cells cells(2 + 2 * table.columns.size());
        Statement select(session);
        select << text;
        bind(select, values);
        for (auto& cell : cells)
            select, keywords::into(cell);
        select, keywords::limit(1);
        std::vector<Row> rows;
        while (!select.done()) {
            if (select.execute() > 0) rows.push_back(row_of(call, table, cells));
        }
        return rows;
    }

    /// A row as a record. A column that is no text is left out: unknown, never a wrong value.
    static Row row_of(Call& call, const Table& table, const Cells& cells) {
        Row row;
        row.key = {cells[0].value(""), cells[1].value("")};
        Record& record = row.record;
        record.id = row.key.text;
        record.data = Json::object();
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string type = cells[2 + 2 * i].value("");
            const std::string text = cells[3 + 2 * i].value("");
            if (type != "blob" && is_utf8(text)) {
                record.data[table.columns[i]] = sql::json_of(type, text);
            } else {
                constexpr int kWarning = 3;
                call.log(
                    kWarning,
                    "row " + record.id + ": column " + table.columns[i] +
                        " is no UTF-8 text and was not read"
                );
            }
        }
        record.version = sql::row_version(table, record.data);
        if (row.key.type != "integer" && row.key.type != "text")
            record = Record::unreadable(
                table.name + "." + table.key + "=" + record.id,
                "the key of a row is neither a whole number nor a text"
            );
        return row;
    }

    static std::vector<Row> read_page(
        Call& call,
        Session& session,
        const Table& table,
        const std::optional<Key>& last,
        std::uint32_t count
    ) {
        const std::string key = sql::quoted(table.key);
        std::string text = sql::select_sql(table);
        Cells values;
        if (last && last->type != "null") {
            text += " WHERE " + key + " > CAST(? AS " + last->type + ")";
            values.emplace_back(last->text);
        } else if (last) {
            text += " WHERE " + key + " IS NOT NULL";
        }
        text += " ORDER BY " + key + " LIMIT " + std::to_string(count);
        return query(call, session, table, text, std::move(values));
    }

    static std::optional<Record> read_row(
        Call& call, Session& session, const Table& table, const std::string& id
    ) {
        const std::vector<Row> rows = query(
            call,
            session,
            table,
            sql::select_sql(table) + " WHERE " + sql::has_key_sql(table),
            Cells(3, Poco::Nullable<std::string>(id))
        );
        if (rows.empty()) return std::nullopt;
        return rows.front().record;
    }

    /// Keys above every one that is or, as far as SQLite remembers, ever was in the table.
    static std::vector<Record> new_ids(Session& session, const Table& table, std::uint32_t count) {
        const std::string key = sql::quoted(table.key);
        Poco::Int64 highest = 0;
        Poco::Int64 unfit = 0;
        session << "SELECT COALESCE(MAX(" + key + "), 0), COALESCE(SUM(typeof(" + key +
                       ") <> 'integer'), 0) FROM " + sql::quoted(table.name),
            keywords::into(highest), keywords::into(unfit), keywords::now;
        if (unfit > 0)
            throw Failure(
                SYNCLINE_E_UNSUPPORTED, "new rows can only be made where the key is a whole number"
            );
        Poco::Int64 remembers = 0;
        session << "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_sequence'",
            keywords::into(remembers), keywords::now;
        if (remembers > 0) {
            Poco::Int64 ever = 0;
            session << "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = ?",
                keywords::into(ever), keywords::useRef(table.name), keywords::now;
            highest = std::max(highest, ever);
        }
        std::vector<Record> fresh;
        for (std::uint32_t i = 1; i <= count; ++i)
            fresh.push_back(Record::gone(std::to_string(highest + i)));
        return fresh;
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
        Cells kept{Poco::Nullable<std::string>(item.id)};
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
        Cells kept;
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
        if (kept.empty()) return;
        kept.insert(kept.end(), 3, Poco::Nullable<std::string>(item.id));
        Statement statement(session);
        statement << "UPDATE " + sql::quoted(table.name) + " SET " + assignments + " WHERE " +
                         sql::has_key_sql(table);
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
