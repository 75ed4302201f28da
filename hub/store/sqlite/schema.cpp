#include "store/sqlite/schema.hpp"

#include <string>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;

Error refused(const std::filesystem::path& file, const char* detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Stop, file.string(), detail};
}

std::int64_t newest() {
    return static_cast<std::int64_t>(migrations().size());
}

constexpr const char* kTooNew =
    "this database was written by a newer version of the program; use that version";

}  // namespace

std::int64_t schema_of(sqlite::Database& database) {
    sqlite::Query version(database.prepared("PRAGMA user_version"));
    return version.step() ? version.number() : 0;
}

Result<void> migrate(sqlite::Database& database, const std::filesystem::path& file, Timestamp now) {
    if (schema_of(database) > newest()) return refused(file, kTooNew);
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

Result<void> require_current_schema(sqlite::Database& database, const std::filesystem::path& file) {
    const std::int64_t schema = schema_of(database);
    if (schema == newest()) return {};
    if (schema == 0) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            file.string(),
            "the hub has not stored anything yet"};
    }
    return refused(
        file, schema > newest() ? kTooNew : "this database is of an older version; run the hub once"
    );
}

}  // namespace syncline::store
