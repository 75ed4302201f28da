#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

/// A thin layer over SQLite's C interface: for keys.db here and for hub.db in store/. Every failure
/// is a Fault with SQLite's own words, which name tables and columns and never a value.
namespace syncline::vault::sqlite {

/// One prepared statement. Text and bytes are bound by reference: they outlive the Query.
class Statement {
public:
    Statement() = default;
    Statement(sqlite3* database, std::string_view sql);
    Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Statement& operator=(Statement&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Statement();

    sqlite3_stmt* get() const noexcept { return handle_; }

private:
    sqlite3_stmt* handle_ = nullptr;
};

/// One execution of a prepared statement, which it resets at its end. Columns are read in the order
/// of the SELECT; borrowed ones are valid until the next step.
class Query {
public:
    explicit Query(const Statement& statement) : handle_(statement.get()) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    Query& bind(std::int64_t number);
    Query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
    Query& bind(std::string_view text);
    Query& bind(ByteView bytes);
    Query& bind_null();

    /// True while there is a row.
    bool step();
    /// Runs a statement that yields no rows, then makes it ready for the next binding.
    void run();

    std::int64_t number();
    std::uint64_t unsigned_number() { return static_cast<std::uint64_t>(number()); }
    std::string_view text();
    ByteView bytes();
    bool is_null() const;

private:
    sqlite3_stmt* handle_;
    int bound_ = 0;
    int column_ = 0;
};

enum class OpenMode : std::uint8_t { ReadOnly, ReadWrite, Create };

/// One connection with its prepared statements. One thread.
class Database {
public:
    /// An empty database in memory.
    Database();
    /// Opens a file. Another process that holds a lock is waited for, at most ten seconds.
    Database(const std::filesystem::path& file, OpenMode mode);
    Database(Database&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), prepared_(std::move(other.prepared_)) {}
    Database& operator=(Database&& other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(prepared_, other.prepared_);
        return *this;
    }
    ~Database();

    sqlite3* get() const noexcept { return handle_; }
    /// Runs one or several statements without parameters and results.
    void execute(const std::string& sql);
    /// Throws Fault when the database keeps another mode, which SQLite does without an error.
    void set_journal_mode(std::string_view mode);
    /// The statement of this text, prepared at first use and kept.
    const Statement& prepared(std::string_view sql);
    /// How many rows the last statement changed.
    std::int64_t changes() const;
    /// Copies the whole content of `from` over this database.
    void copy_from(const Database& from);

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> prepared_;
};

/// A transaction that rolls back unless it was committed.
class Transaction {
public:
    enum class Kind : std::uint8_t {
        Read,   ///< one snapshot for several questions
        Write,  ///< takes the writer's lock at once
    };
    Transaction(Database& database, Kind kind);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace syncline::vault::sqlite
