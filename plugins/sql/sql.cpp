// Customers in a table that other programs maintain. Every column is compared before it is written,
// in the same transaction, so that an edit made a moment earlier is never written over.

#include "batch.hpp"
#include "database.hpp"
#include "manifest.hpp"
#include "postgresql.hpp"
#include "reading.hpp"
#include "rows.hpp"
#include "sqlite.hpp"
#include "syncline/settings.hpp"
#include "table.hpp"
#include "writing.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using sql::Database;
using sql::Opened;
using sql::Table;

std::unique_ptr<Database> database_of(const Json& settings, const std::vector<Table>& tables) {
    check_keys(settings, "/database", {"sqlite", "postgresql"});
    if (settings.contains("postgresql")) {
        if (settings.contains("sqlite"))
            throw Failure(SYNCLINE_E_CONFIG, "settings/database must name one database");
        return sql::postgresql_database(sql::read_postgresql_settings(settings["postgresql"]));
    }
    for (const Table& table : tables) {
        if (!table.schema.empty())
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings/entities/" + table.entity + "/schema: a SQLite file has no schemas"
            );
        if (!table.listen.empty())
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings/entities/" + table.entity +
                    "/listen: only PostgreSQL notifies; changes of a SQLite file are seen anyway"
            );
    }
    return sql::sqlite_database(required_text(settings, "/database", "sqlite"));
}

class SqlConnector final : public Connector {
public:
    SqlConnector(Call&, const Json& settings) {
        check_keys(settings, "", {"database", "entities"});
        const Json database = settings.value("database", Json::object());
        if (!database.is_object())
            throw Failure(SYNCLINE_E_CONFIG, "settings/database must be an object");
        tables_ = sql::read_tables(settings.value("entities", Json::object()));
        database_ = database_of(database, tables_);
    }

    void check(Call& call) override {
        const Opened opened(*database_, call);
        for (const Table& table : tables_)
            check_columns(table);
    }

    Json discover(Call& call) override {
        Json entities = Json::array();
        const Opened opened(*database_, call);
        for (const Table& table : tables_)
            entities.push_back(described(table, check_columns(table)));
        return Json{{"entities", entities}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        sql::read_table(call, *database_, find(request.entity), request, out);
    }

    void lookup(Call& call, const std::string& entity, const Json& keys, const ReadOut& out)
        override {
        const Table& table = find(entity);
        std::vector<std::string> ids;
        if (keys.contains("create"))
            ids.push_back(keys["create"].value("planned_id", ""));
        else
            ids = keys.value("ids", std::vector<std::string>{});
        std::vector<Record> found;
        {
            const Opened opened(*database_, call);
            if (keys.contains("new_ids"))
                found = sql::new_rows(*database_, table, keys["new_ids"].get<std::uint32_t>());
            for (const std::string& id : ids) {
                const auto row = sql::read_row(call, *database_, table, id);
                found.push_back(row ? row->record : Record::gone(id));
            }
        }
        out.emit(found);
    }

    void write(
        Call& call, const std::string& entity, std::span<const WriteItem> items, const WriteOut& out
    ) override {
        const auto is_it = [&](const Table& table) { return table.entity == entity; };
        const auto table = std::find_if(tables_.begin(), tables_.end(), is_it);
        const bool is_done = items.size() > 1 && table != tables_.end() &&
                             sql::write_together(call, *database_, *table, items, out);
        if (!is_done) Connector::write(call, entity, items, out);
    }

    Written write_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Table& table = find(entity);
        const Opened opened(*database_, call);
        return sql::write_row(call, *database_, table, item);
    }

    void delete_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Table& table = find(entity);
        const Opened opened(*database_, call);
        sql::delete_row(call, *database_, table, item);
    }

    bool watch(Call& call, const std::string& entity, std::uint32_t timeout_ms) override {
        return database_->watch(call, find(entity), timeout_ms);
    }

private:
    const Table& find(const std::string& entity) const {
        for (const Table& table : tables_) {
            if (table.entity == entity) return table;
        }
        throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/entities has no \"" + entity + "\"");
    }

    /// The columns of the table, all that settings name among them.
    std::vector<sql::Column> check_columns(const Table& table) {
        std::vector<sql::Column> known = database_->columns(table);
        if (known.empty())
            throw Failure(
                SYNCLINE_E_CONFIG, "the database has no table or view \"" + table.name + "\""
            );
        for (const std::string& column : table.named_columns()) {
            const auto is_it = [&](const sql::Column& other) { return other.name == column; };
            if (std::none_of(known.begin(), known.end(), is_it))
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "table \"" + table.name + "\" has no column \"" + column + "\""
                );
        }
        if (!table.journal.empty()) check_columns(table.journal_table());
        return known;
    }

    Json described(const Table& table, const std::vector<sql::Column>& known) const {
        Json fields = Json::array();
        for (const std::string& column : table.columns) {
            const auto is_it = [&](const sql::Column& other) { return other.name == column; };
            const auto found = std::find_if(known.begin(), known.end(), is_it);
            Json field{{"name", column}};
            if (!found->is_writable) field["writable"] = false;
            if (found->max_characters > 0) field["max_characters"] = found->max_characters;
            fields.push_back(field);
        }
        std::string key;
        for (const std::string& column : table.key)
            key += (key.empty() ? "" : "/") + column;
        return Json{
            {"entity", table.entity},
            {"primary_key", key},
            {"version", "opaque"},
            {"write", "immediate"},
            {"conditional_write", true},
            {"lookup", true},
            {"listing", "complete"},
            {"incremental", table.is_feed()},
            {"watch", database_->can_watch(table)},
            {"create_id", "planned"},
            {"delete", true},
            {"max_batch", 200},
            {"max_inflight_ms", database_->max_inflight_ms()},
            {"fields", fields}};
    }

    std::unique_ptr<Database> database_;
    std::vector<Table> tables_;
};

}  // namespace

SYNCLINE_CONNECTOR(
    SqlConnector,
    kManifest,
    SYNCLINE_CAP_READ | SYNCLINE_CAP_INCREMENTAL | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_IF_VERSION |
        SYNCLINE_CAP_IDEMPOTENT | SYNCLINE_CAP_PATCH | SYNCLINE_CAP_LOOKUP
)
