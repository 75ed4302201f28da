#pragma once

#include "sandbox/sqlite.hpp"
#include "support/sql_database.hpp"

#include <filesystem>
#include <string>

namespace syncline::testing {

/// A SQLite file.
class SqliteDatabase : public SqlDatabase {
public:
    SqliteDatabase() : file_(fresh_folder() / "erp.sqlite"), database_(file_) {}

    Json settings() const override { return {{"sqlite", file_.string()}}; }
    std::string run(const std::string& sql) override {
        if (!sql.starts_with("SELECT")) {
            database_.run(sql);
            return {};
        }
        sandbox::Statement select = database_.prepare("SELECT quote((" + sql + "))");
        select.step();
        const std::string value = select.text(0);
        if (value == "NULL") return "(null)";
        return value.starts_with('\'') ? value.substr(1, value.size() - 2) : value;
    }
    void keep_journal(
        const std::string& table,
        const std::string& key,
        const std::string& journal,
        const std::string& named
    ) override {
        run("CREATE TABLE " + journal + "(seq INTEGER PRIMARY KEY AUTOINCREMENT, " + named + ")");
        const auto note = [&](const std::string& when, const std::string& row) {
            run("CREATE TRIGGER " + journal + "_" + when + " AFTER " + when + " ON " + table +
                " BEGIN INSERT INTO " + journal + "(" + named + ") VALUES(" + row + "." + key +
                "); END");
        };
        note("INSERT", "NEW");
        note("UPDATE", "NEW");
        note("DELETE", "OLD");
    }

    const std::filesystem::path& file() const { return file_; }

private:
    std::filesystem::path file_;
    sandbox::Database database_;
};

/// The same, which the hub reaches through its ODBC driver.
class OdbcSqliteDatabase final : public SqliteDatabase {
public:
    /// Where Debian's package libsqliteodbc has it.
    static constexpr const char* kDriver = "/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so";
    static bool is_installed() { return std::filesystem::exists(kDriver); }

    Json settings() const override { return settings_over(kDriver); }
    /// settings/database by way of another driver of such files.
    Json settings_over(const std::string& driver) const {
        return {
            {"odbc",
             {{"connection", "Driver=" + driver + ";Timeout=2000;Database=" + file().string()},
              {"session", {"PRAGMA foreign_keys = ON"}}}}};
    }
};

}  // namespace syncline::testing
