#include "store/sqlite/sqlite_store.hpp"

#include "base/fault.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/schema.hpp"
#include "vault/sqlite.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;

std::filesystem::path database_in(const std::filesystem::path& folder) {
    return folder / "hub.db";
}

/// SQLite gives its side files the mode of the database, so the mode is right from the first byte.
void create_for_owner(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) throw Fault("cannot make or open " + file.string());
    ::close(descriptor);
}

/// Opens hub.db to look. The last connection to close would move the log that a crash left into
/// hub.db; that is for the next writer: who only looks changes no byte. Without such a log the side
/// files that SQLite makes go again. Opened for writing although nothing is written, because
/// whoever comes first after a crash must be able to find out what the log holds.
sqlite::Database open_to_look(const std::filesystem::path& file) {
    std::error_code none;
    const bool has_log = std::filesystem::exists(file.string() + "-wal", none);
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    if (has_log) sqlite3_db_config(database.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

/// A reader beside the writer.
Result<sqlite::Database> open_for_reading(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            file.string(),
            "the hub has not stored anything yet"};
    }
    sqlite::Database database = open_to_look(file);
    database.execute("PRAGMA query_only = ON");
    SYNCLINE_TRY([[maybe_unused]] const auto current, require_current_schema(database, file));
    return database;
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
    SYNCLINE_TRY([[maybe_unused]] const auto migrated, migrate(database, file, clock.now()));
    return std::unique_ptr<Store>(
        std::make_unique<HubDatabase>(std::move(database), Numbering::Durable, vault)
    );
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
