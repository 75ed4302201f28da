// What holds with every kind of database, with SQLite files: by themselves, and over ODBC.

#include "connectors/sql_new_keys_cases.hpp"
#include "connectors/sql_side_tables_cases.hpp"
#include "connectors/sqlite_database.hpp"

namespace syncline::testing {
namespace {

std::unique_ptr<SqlDatabase> sqlite() {
    return std::make_unique<SqliteDatabase>();
}

std::unique_ptr<SqlDatabase> odbc() {
    if (!OdbcSqliteDatabase::is_installed()) return nullptr;
    return std::make_unique<OdbcSqliteDatabase>();
}

constexpr SqlKind kSqlite{"sqlite", sqlite};
constexpr SqlKind kOdbc{"odbc", odbc};

INSTANTIATE_TEST_SUITE_P(Sqlite, SqlSideTables, ::testing::Values(kSqlite), kind_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, SqlSideTableJournals, ::testing::Values(kSqlite), kind_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, SqlNewKeys, ::testing::Values(kSqlite), kind_name);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlSideTables, ::testing::Values(kOdbc), kind_name);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlNewKeys, ::testing::Values(kOdbc), kind_name);

}  // namespace
}  // namespace syncline::testing
