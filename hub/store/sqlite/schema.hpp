#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "vault/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace syncline::store {

/// The SQL of every migration in order; entry i leads from schema i to schema i + 1. Generated at
/// build time from migrations/*.sql.
std::span<const std::string_view> migrations();

/// The schema of an opened database; zero: empty.
std::int64_t schema_of(vault::sqlite::Database& database);

/// Whether migrate() has anything to do for a database that holds something.
bool is_of_older_program(vault::sqlite::Database& database);

/// Brings the schema up to date, each step in a transaction of its own. ConfigInvalid when it is
/// newer than this program; then nothing was changed.
Result<void> migrate(
    vault::sqlite::Database& database, const std::filesystem::path& file, Timestamp now
);

/// The answer where there is no database, or an empty one.
Error nothing_stored(const std::filesystem::path& file);

/// NotFound when the database is empty, ConfigInvalid when its schema is newer than this program.
Result<void> require_known_schema(
    vault::sqlite::Database& database, const std::filesystem::path& file
);

/// For readers, who change nothing: NotFound when the database is empty, ConfigInvalid when its
/// schema is not the program's.
Result<void> require_current_schema(
    vault::sqlite::Database& database, const std::filesystem::path& file
);

}  // namespace syncline::store
