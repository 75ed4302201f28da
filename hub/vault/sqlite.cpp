#include "vault/sqlite.hpp"

#include "base/fault.hpp"

#include <sqlite3.h>

namespace syncline::vault::sqlite {
namespace {

constexpr int kBusyMilliseconds = 10'000;

[[noreturn]] void fail(sqlite3* database, std::string_view doing) {
    std::string text = "database: " + std::string(doing);
    if (database != nullptr) text += ": " + std::string(sqlite3_errmsg(database));
    throw Fault(text);
}

void check(int code, sqlite3_stmt* statement, std::string_view doing) {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(statement), doing);
}

/// A column without a value is NULL or empty, or SQLite had no memory to hand it out.
template <class View>
View nothing_of(sqlite3_stmt* statement) {
    sqlite3* database = sqlite3_db_handle(statement);
    if (sqlite3_errcode(database) == SQLITE_NOMEM) fail(database, "cannot read a column");
    return {};
}

sqlite3* open_handle(const char* name, int flags) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        const std::string why = handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
        sqlite3_close(handle);
        throw Fault("database: cannot open " + std::string(name) + ": " + why);
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
    return handle;
}

int flags_of(OpenMode mode) {
    switch (mode) {
        case OpenMode::ReadOnly:
            return SQLITE_OPEN_READONLY;
        case OpenMode::ReadWrite:
            return SQLITE_OPEN_READWRITE;
        case OpenMode::Create:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
    return SQLITE_OPEN_READONLY;
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) {
    const int code = sqlite3_prepare_v3(
        database,
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &handle_,
        nullptr
    );
    if (code != SQLITE_OK) fail(database, "cannot prepare a statement");
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Query::~Query() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

Query& Query::bind(std::int64_t number) {
    check(sqlite3_bind_int64(handle_, ++bound_, number), handle_, "bind");
    return *this;
}

Query& Query::bind(std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";
    const int code =
        sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    check(code, handle_, "bind");
    return *this;
}

Query& Query::bind(ByteView bytes) {
    static constexpr std::uint8_t kNothing = 0;
    const std::uint8_t* data = bytes.data() != nullptr ? bytes.data() : &kNothing;
    check(
        sqlite3_bind_blob64(handle_, ++bound_, data, bytes.size(), SQLITE_STATIC), handle_, "bind"
    );
    return *this;
}

Query& Query::bind_null() {
    check(sqlite3_bind_null(handle_, ++bound_), handle_, "bind");
    return *this;
}

bool Query::step() {
    column_ = 0;
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(sqlite3_db_handle(handle_), "cannot run a statement");
    return false;
}

void Query::run() {
    while (step()) {
    }
    sqlite3_reset(handle_);
    bound_ = 0;
}

std::int64_t Query::number() {
    return sqlite3_column_int64(handle_, column_++);
}

std::string_view Query::text() {
    const int column = column_++;
    const unsigned char* data = sqlite3_column_text(handle_, column);
    if (data == nullptr) return nothing_of<std::string_view>(handle_);
    return {
        reinterpret_cast<const char*>(data),
        static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

ByteView Query::bytes() {
    const int column = column_++;
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
    if (data == nullptr) return nothing_of<ByteView>(handle_);
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Query::is_null() const {
    return sqlite3_column_type(handle_, column_) == SQLITE_NULL;
}

Database::Database()
    : handle_(open_handle(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {}

Database::Database(const std::filesystem::path& file, OpenMode mode)
    : handle_(open_handle(file.c_str(), flags_of(mode))) {}

Database::~Database() {
    prepared_.clear();
    sqlite3_close(handle_);
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_, "cannot run a statement");
}

void Database::set_journal_mode(std::string_view mode) {
    const Statement statement(handle_, "PRAGMA journal_mode = " + std::string(mode));
    Query answer(statement);
    if (!answer.step() || answer.text() != mode)
        throw Fault("database: the journal mode cannot be set to " + std::string(mode));
}

const Statement& Database::prepared(std::string_view sql) {
    const auto found = prepared_.find(sql);
    if (found != prepared_.end()) return found->second;
    return prepared_.emplace(std::string(sql), Statement(handle_, sql)).first->second;
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}

void Database::copy_from(const Database& from) {
    sqlite3_backup* backup = sqlite3_backup_init(handle_, "main", from.handle_, "main");
    if (backup == nullptr) fail(handle_, "cannot copy");
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) fail(handle_, "cannot copy");
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    Query(database_.prepared(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN")).run();
}

Transaction::~Transaction() {
    // A failed ROLLBACK means that SQLite has rolled back by itself.
    if (open_) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    Query(database_.prepared("COMMIT")).run();
    open_ = false;
}

}  // namespace syncline::vault::sqlite
