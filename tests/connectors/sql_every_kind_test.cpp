// What holds with every kind of database, with SQLite files.

#include "connectors/sql_new_keys_cases.hpp"
#include "connectors/sql_side_tables_cases.hpp"
#include "sandbox/sqlite.hpp"

namespace syncline::testing {
namespace {

class SqliteDatabase final : public SqlDatabase {
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

private:
    std::filesystem::path file_;
    sandbox::Database database_;
};

std::unique_ptr<SqlDatabase> sqlite() {
    return std::make_unique<SqliteDatabase>();
}

constexpr SqlKind kSqlite{"sqlite", sqlite};

INSTANTIATE_TEST_SUITE_P(Sqlite, SqlSideTables, ::testing::Values(kSqlite), kind_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, SqlSideTableJournals, ::testing::Values(kSqlite), kind_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, SqlNewKeys, ::testing::Values(kSqlite), kind_name);

}  // namespace
}  // namespace syncline::testing
