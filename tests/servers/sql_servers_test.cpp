// What holds with every database server, with each of them.

#include "connectors/sql_new_keys_cases.hpp"
#include "connectors/sql_side_tables_cases.hpp"
#include "servers/mariadb_server.hpp"
#include "servers/odbc_database.hpp"
#include "servers/postgresql_database.hpp"
#include "servers/sql_server_change_cases.hpp"
#include "servers/sql_server_connection_cases.hpp"
#include "servers/sql_server_reading_cases.hpp"
#include "servers/sql_server_writing_cases.hpp"

#include <memory>

namespace syncline::testing {
namespace {

template <class Server, class Database, class Made>
std::unique_ptr<Made> made() {
    if (!Server::is_installed()) return nullptr;
    return std::make_unique<Database>();
}

constexpr SqlServerKind kPostgresql{
    "postgresql",
    made<PostgresqlServer, PostgresqlDatabase, SqlServerDatabase>,
    "the server refuses the user or the password (SQLSTATE 28P01)",
    "BEGIN"};
constexpr SqlServerKind kMariadb{
    "mariadb",
    made<MariadbServer, MariadbDatabase, SqlServerDatabase>,
    "the server refuses the user or the password (error 1045)",
    "START"};
constexpr SqlServerKind kOdbc{
    "odbc",
    made<OdbcDatabase, OdbcDatabase, SqlServerDatabase>,
    "the source refuses the user or the password (SQLSTATE 08001)",
    "UPDATE"};  // what is lost before it was used is made anew
constexpr SqlKind kPostgresqlTables{
    "postgresql", made<PostgresqlServer, PostgresqlDatabase, SqlDatabase>};
constexpr SqlKind kMariadbTables{"mariadb", made<MariadbServer, MariadbDatabase, SqlDatabase>};
constexpr SqlKind kOdbcTables{"odbc", made<OdbcDatabase, OdbcDatabase, SqlDatabase>};

INSTANTIATE_TEST_SUITE_P(Postgresql, SqlServer, ::testing::Values(kPostgresql), server_name);
INSTANTIATE_TEST_SUITE_P(Postgresql, SqlServerGate, ::testing::Values(kPostgresql), server_name);
INSTANTIATE_TEST_SUITE_P(Postgresql, SqlServerPlace, ::testing::Values(kPostgresql), server_name);
INSTANTIATE_TEST_SUITE_P(Postgresql, SqlServerJournal, ::testing::Values(kPostgresql), server_name);
INSTANTIATE_TEST_SUITE_P(
    Postgresql, SqlSideTables, ::testing::Values(kPostgresqlTables), kind_name
);
INSTANTIATE_TEST_SUITE_P(Postgresql, SqlNewKeys, ::testing::Values(kPostgresqlTables), kind_name);
INSTANTIATE_TEST_SUITE_P(
    Postgresql, SqlSideTableJournals, ::testing::Values(kPostgresqlTables), kind_name
);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlServer, ::testing::Values(kMariadb), server_name);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlServerGate, ::testing::Values(kMariadb), server_name);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlServerPlace, ::testing::Values(kMariadb), server_name);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlServerJournal, ::testing::Values(kMariadb), server_name);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlSideTables, ::testing::Values(kMariadbTables), kind_name);
INSTANTIATE_TEST_SUITE_P(Mariadb, SqlNewKeys, ::testing::Values(kMariadbTables), kind_name);
INSTANTIATE_TEST_SUITE_P(
    Mariadb, SqlSideTableJournals, ::testing::Values(kMariadbTables), kind_name
);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlServer, ::testing::Values(kOdbc), server_name);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlServerGate, ::testing::Values(kOdbc), server_name);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlSideTables, ::testing::Values(kOdbcTables), kind_name);
INSTANTIATE_TEST_SUITE_P(Odbc, SqlNewKeys, ::testing::Values(kOdbcTables), kind_name);

}  // namespace
}  // namespace syncline::testing
