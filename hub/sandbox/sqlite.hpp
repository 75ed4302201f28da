#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace syncline::sandbox {

class Statement;

/// One connection to a SQLite file. Used by one thread at a time. Every failure is a Fault.
class Database {
public:
    /// Opens the file, or creates it.
    explicit Database(const std::filesystem::path& file);

    /// Runs any number of statements that take no values and give no rows.
    void run(const std::string& sql);
    Statement prepare(std::string_view sql);
    std::int64_t last_row_id() const;
    /// Runs `work` inside one transaction; undone when `work` throws.
    void atomically(const std::function<void()>& work);

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement; lives no longer than its Database. Columns and parameters count from 1
/// for parameters (as SQL does) and from 0 for columns (as SQLite does).
class Statement {
public:
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, std::int64_t number);
    Statement& bind_null(int parameter);

    /// True when a row is there to be read.
    bool step();
    /// Runs to the end and makes the statement ready for other values.
    void execute();

    bool is_null(int column) const;
    /// NULL reads as "".
    std::string text(int column) const;
    std::int64_t number(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept;
    };
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
    [[noreturn]] void fail() const;

    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace syncline::sandbox
