// Customers in a table that other programs maintain. Every column is compared before it is written,
// in the same transaction, so that an edit made a moment earlier is never written over.

#include "batch.hpp"
#include "database.hpp"
#include "key.hpp"
#include "manifest.hpp"
#include "mariadb.hpp"
#include "new_key.hpp"
#include "odbc.hpp"
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
using sql::Entity;
using sql::Opened;
using sql::Table;

constexpr unsigned kPostgresqlPort = 5432;
constexpr unsigned kMariadbPort = 3306;

std::unique_ptr<Database> database_of(const Json& settings, const std::vector<Entity>& entities) {
    check_keys(settings, "/database", {"sqlite", "postgresql", "mariadb", "odbc"});
    if (settings.size() > 1)
        throw Failure(SYNCLINE_E_CONFIG, "settings/database must name one database");
    if (settings.contains("postgresql"))
        return sql::postgresql_database(
            sql::read_server_settings(settings["postgresql"], "postgresql", kPostgresqlPort)
        );
    for (const Entity& entity : entities) {
        if (!entity.main.listen.empty())
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings/entities/" + entity.main.entity + "/listen: only PostgreSQL notifies" +
                    (settings.contains("sqlite") ? "; changes of a SQLite file are seen anyway" : ""
                    )
            );
    }
    if (settings.contains("odbc")) {
        for (const Entity& entity : entities) {
            if (entity.main.detect == sql::Detect::Journal)
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "settings/entities/" + entity.main.entity +
                        "/detect: no journal can be followed over ODBC, which does not tell which "
                        "entries are still to be committed; \"timestamp\" can, and \"row_hash\" "
                        "sees every edit"
                );
        }
        return sql::odbc_database(sql::read_odbc_settings(settings["odbc"]));
    }
    if (settings.contains("mariadb"))
        return sql::mariadb_database(
            sql::read_server_settings(settings["mariadb"], "mariadb", kMariadbPort)
        );
    for (const Entity& entity : entities) {
        bool has_schema = !entity.main.schema.empty();
        for (const sql::SideTable& side : entity.sides)
            has_schema = has_schema || !side.table.schema.empty();
        if (has_schema)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "settings/entities/" + entity.main.entity + "/schema: a SQLite file has no schemas"
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
        entities_ = sql::read_entities(settings.value("entities", Json::object()));
        database_ = database_of(database, entities_);
    }

    void check(Call& call) override {
        const Opened opened(*database_, call);
        for (const Entity& entity : entities_)
            described_fields(entity);
    }

    Json discover(Call& call) override {
        Json entities = Json::array();
        const Opened opened(*database_, call);
        for (const Entity& entity : entities_)
            entities.push_back(described(entity));
        return Json{{"entities", entities}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        sql::read_entity(call, *database_, find(request.entity), request, out);
    }

    void lookup(Call& call, const std::string& entity, const Json& keys, const ReadOut& out)
        override {
        const Entity& about = find(entity);
        std::vector<std::string> ids;
        if (keys.contains("create"))
            ids.push_back(created_id(about.main, keys["create"]));
        else
            ids = keys.value("ids", std::vector<std::string>{});
        std::vector<Record> found;
        {
            const Opened opened(*database_, call);
            if (keys.contains("new_ids"))
                for (std::string& id :
                     sql::planned_ids(*database_, about.main, keys["new_ids"].get<std::uint32_t>()))
                    found.push_back(Record::gone(std::move(id)));
            const sql::Snapshot snapshot(*database_, !about.sides.empty());
            std::vector<std::vector<std::string>> known;
            for (const std::string& id : ids) {
                if (auto parts = sql::key_parts(id, about.main.key.size()))
                    known.push_back(std::move(*parts));
            }
            const auto rows = sql::read_rows(call, *database_, about, known);
            for (const std::string& id : ids) {
                const auto row = rows.find(id);
                found.push_back(row == rows.end() ? Record::gone(id) : row->second.record);
            }
        }
        out.emit(found);
    }

    void write(
        Call& call, const std::string& entity, std::span<const WriteItem> items, const WriteOut& out
    ) override {
        if (items.size() > 1)
            sql::write_together(call, *database_, find(entity), items, out);
        else
            Connector::write(call, entity, items, out);
    }

    Written write_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Opened opened(*database_, call);
        return sql::write_row(call, *database_, find(entity), item);
    }

    void delete_one(Call& call, const std::string& entity, const WriteItem& item) override {
        const Opened opened(*database_, call);
        sql::delete_row(call, *database_, find(entity), item);
    }

    bool watch(Call& call, const std::string& entity, std::uint32_t timeout_ms) override {
        return database_->watch(call, find(entity).main, timeout_ms);
    }

private:
    /// The id of what an earlier try may have made.
    static std::string created_id(const Table& table, const Json& create) {
        const std::string planned = create.value("planned_id", "");
        if (!planned.empty()) return planned;
        return sql::id_of_new(table, create.value("data", Json::object()));
    }

    const Entity& find(const std::string& name) const {
        for (const Entity& entity : entities_) {
            if (entity.main.entity == name) return entity;
        }
        throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/entities has no \"" + name + "\"");
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

    /// What the database tells of the fields. Checks all that settings name.
    Json described_fields(const Entity& entity) {
        Json fields = Json::array();
        const auto describe = [&](const Table& table, const sql::SideTable* side) {
            const std::vector<sql::Column> known = check_columns(table);
            for (const std::string& column : table.columns) {
                const auto is_it = [&](const sql::Column& other) { return other.name == column; };
                const auto found = std::find_if(known.begin(), known.end(), is_it);
                Json field{{"name", side == nullptr ? column : side->field(column)}};
                if (!found->is_writable) field["writable"] = false;
                if (std::find(table.key.begin(), table.key.end(), column) != table.key.end()) {
                    field["create_only"] = true;
                    field["required_on_create"] = true;
                }
                if (found->max_characters > 0) field["max_characters"] = found->max_characters;
                fields.push_back(field);
            }
        };
        describe(entity.main, nullptr);
        for (const sql::SideTable& side : entity.sides)
            describe(side.table, &side);
        return fields;
    }

    Json described(const Entity& entity) {
        std::string key;
        for (const std::string& column : entity.main.key)
            key += (key.empty() ? "" : "/") + column;
        const sql::NewKey new_key = sql::new_key_of(entity.main);
        const std::string cannot_write = database_->cannot_write();
        const bool is_assigned = new_key.from == sql::NewKey::From::Values;
        return Json{
            {"entity", entity.main.entity},
            {"primary_key", key},
            {"version", "opaque"},
            {"write", cannot_write.empty() ? "immediate" : "none"},
            {"conditional_write", cannot_write.empty()},
            {"lookup", true},
            {"listing", "complete"},
            {"incremental", entity.main.is_feed()},
            {"watch", database_->can_watch(entity.main)},
            {"create_id", is_assigned ? "assigned" : "planned"},
            {"cannot_create", cannot_write.empty() ? new_key.reason : cannot_write},
            {"limits", database_->limits()},
            {"delete", cannot_write.empty()},
            {"max_batch", 200},
            {"max_inflight_ms", database_->max_inflight_ms()},
            {"fields", described_fields(entity)}};
    }

    std::unique_ptr<Database> database_;
    std::vector<Entity> entities_;
};

}  // namespace

SYNCLINE_CONNECTOR(
    SqlConnector,
    kManifest,
    SYNCLINE_CAP_READ | SYNCLINE_CAP_INCREMENTAL | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_IF_VERSION |
        SYNCLINE_CAP_IDEMPOTENT | SYNCLINE_CAP_PATCH | SYNCLINE_CAP_LOOKUP
)
