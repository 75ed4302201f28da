#include "store/sqlite/sqlite_store.hpp"

#include "base/fault.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/hub_file.hpp"
#include "store/sqlite/schema.hpp"
#include "vault/sqlite.hpp"

#include <utility>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;

/// 32 MiB. Match tags are random, so the pages of their indices are written in no order; a cache
/// that does not hold them reads and writes each page again for every few rows.
constexpr const char* kCacheSize = "PRAGMA cache_size = -32768";
/// 32 MiB of log: pages that many batches write are moved into the database once for all of them.
constexpr const char* kLogSize = "PRAGMA wal_autocheckpoint = 8192";

/// A reader beside the writer.
Result<sqlite::Database> open_for_reading(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return nothing_stored(file);
    sqlite::Database database = open_to_look(file);
    database.execute("PRAGMA query_only = ON");
    SYNCLINE_TRY([[maybe_unused]] const auto current, require_current_schema(database, file));
    return database;
}

/// What a migration changes can be put back: with the program that knows that schema.
Result<BackupNote> back_up_schema(
    const std::filesystem::path& folder, std::int64_t schema, vault::Vault& vault, Clock& clock
) {
    const std::string name =
        "hub-schema-" + std::to_string(schema) + "-" + to_file_stamp(clock.now()) + ".db";
    return back_up(folder, folder / name, vault::Existing::Replaced, vault, clock);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& folder, Access access, vault::Vault& vault, Clock& clock
) {
    const std::filesystem::path file = database_in(folder);
    using Numbering = HubDatabase::Numbering;
    if (access == Access::ReadOnly) {
        SYNCLINE_TRY(sqlite::Database database, open_for_reading(file));
        return std::unique_ptr<Store>(
            std::make_unique<HubDatabase>(std::move(database), Numbering::Temporary, vault)
        );
    }
    create_for_owner(file);
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    database.set_journal_mode("wal");
    database.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    database.execute(kCacheSize);
    database.execute(kLogSize);
    if (is_of_older_program(database)) {
        const std::int64_t schema = schema_of(database);
        SYNCLINE_TRY(
            [[maybe_unused]] const auto kept, back_up_schema(folder, schema, vault, clock)
        );
    }
    SYNCLINE_TRY([[maybe_unused]] const auto migrated, migrate(database, file, clock.now()));
    return std::unique_ptr<Store>(
        std::make_unique<HubDatabase>(std::move(database), Numbering::Durable, vault)
    );
}

Result<void> expect_whole_database(const std::filesystem::path& folder) {
    const std::filesystem::path file = database_in(folder);
    if (!std::filesystem::exists(file)) return {};
    vault::sqlite::Database database = open_to_look(file);
    return expect_whole(database, file);
}

Result<std::unique_ptr<Store>> open_overlay(
    const std::filesystem::path& folder, vault::Vault& vault, Clock& clock
) {
    const std::filesystem::path file = database_in(folder);
    sqlite::Database copy;
    if (std::filesystem::exists(file)) copy.copy_from(open_to_look(file));
    copy.execute("PRAGMA foreign_keys = ON");
    SYNCLINE_TRY([[maybe_unused]] const auto migrated, migrate(copy, file, clock.now()));
    return std::unique_ptr<Store>(std::make_unique<HubDatabase>(std::move(copy), vault.overlay()));
}

}  // namespace syncline::store
