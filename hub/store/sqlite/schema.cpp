#include "store/sqlite/schema.hpp"

#include <string>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;

std::int64_t newest() {
    return static_cast<std::int64_t>(migrations().size());
}

Error of_newer_program(const std::filesystem::path& file, std::int64_t schema) {
    return {
        ErrorCode::ConfigInvalid,
        Remedy::Stop,
        file.string(),
        "this database has schema " + std::to_string(schema) + ", and this program knows up to " +
            std::to_string(newest()) +
            ": a newer version of the program wrote it. Use that version; or restore a backup of "
            "an "
            "older schema, such as the hub-schema-….db that was made beside it before the "
            "migration"};
}

}  // namespace

std::int64_t schema_of(sqlite::Database& database) {
    sqlite::Query version(database.prepared("PRAGMA user_version"));
    return version.step() ? version.number() : 0;
}

bool is_of_older_program(sqlite::Database& database) {
    return schema_of(database) > 0 && schema_of(database) < newest();
}

Result<void> migrate(sqlite::Database& database, const std::filesystem::path& file, Timestamp now) {
    if (schema_of(database) > newest()) return of_newer_program(file, schema_of(database));
    for (std::int64_t schema = schema_of(database); schema < newest(); ++schema) {
        sqlite::Transaction transaction(database, sqlite::Transaction::Kind::Write);
        database.execute(std::string(migrations()[static_cast<std::size_t>(schema)]));
        database.execute("PRAGMA user_version = " + std::to_string(schema + 1));
        sqlite::Query(database.prepared("INSERT INTO migration VALUES (?, ?)"))
            .bind(schema + 1)
            .bind(to_unix_ms(now))
            .run();
        transaction.commit();
    }
    return {};
}

Error nothing_stored(const std::filesystem::path& file) {
    return {
        ErrorCode::NotFound, Remedy::Reject, file.string(), "the hub has not stored anything yet"};
}

Result<void> require_known_schema(sqlite::Database& database, const std::filesystem::path& file) {
    const std::int64_t schema = schema_of(database);
    if (schema > newest()) return of_newer_program(file, schema);
    if (schema == 0) return nothing_stored(file);
    return {};
}

Result<void> require_current_schema(sqlite::Database& database, const std::filesystem::path& file) {
    if (auto known = require_known_schema(database, file); !known) return known;
    const std::int64_t schema = schema_of(database);
    if (schema == newest()) return {};
    return Error{
        ErrorCode::ConfigInvalid,
        Remedy::Stop,
        file.string(),
        "this database has schema " + std::to_string(schema) + ", and this program needs " +
            std::to_string(newest()) + "; `syncline run` migrates it, after a backup of it"};
}

}  // namespace syncline::store
