#include "store/sqlite/hub_file.hpp"

#include "base/fault.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace syncline::store {

namespace sqlite = vault::sqlite;

namespace {

Error damaged(const std::filesystem::path& file, const std::string& how) {
    return {ErrorCode::PayloadMalformed, Remedy::Reject, file.string(), "it is damaged: " + how};
}

}  // namespace

std::filesystem::path database_in(const std::filesystem::path& folder) {
    return folder / "hub.db";
}

/// SQLite gives its side files the mode of the database, so the mode is right from the first byte.
void create_for_owner(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) throw Fault("cannot make or open " + file.string());
    ::close(descriptor);
}

/// The last connection to close would move the log that a crash left into hub.db; that is for the
/// next writer. Without such a log the side files that SQLite makes go again. Opened for writing
/// although nothing is written, because whoever comes first after a crash must be able to find out
/// what the log holds.
sqlite::Database open_to_look(const std::filesystem::path& file) {
    std::error_code none;
    const bool has_log = std::filesystem::exists(file.string() + "-wal", none);
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    if (has_log) sqlite3_db_config(database.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

Result<void> expect_whole(sqlite::Database& database, const std::filesystem::path& file) {
    try {
        sqlite::Query whole(database.prepared("PRAGMA integrity_check(1)"));
        if (!whole.step() || whole.text() != "ok") return damaged(file, std::string(whole.text()));
        sqlite::Query foreign(database.prepared("PRAGMA foreign_key_check"));
        if (!foreign.step()) return {};
        return damaged(
            file, "a row of table " + std::string(foreign.text()) + " names one that is not there"
        );
    } catch (const Fault& fault) {
        const int code = sqlite3_errcode(database.get()) & 0xFF;  // without what SQLite adds to it
        if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) throw;
        return damaged(file, fault.what());
    }
}

void copy_rows(sqlite::Database& source, const std::filesystem::path& empty_file) {
    const std::string target = std::filesystem::absolute(empty_file).string();
    sqlite::Query(source.prepared("VACUUM INTO ?")).bind(std::string_view(target)).run();
}

}  // namespace syncline::store
