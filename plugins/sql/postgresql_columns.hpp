#pragma once

#include "database.hpp"
#include "postgresql_connection.hpp"

#include <string>
#include <vector>

namespace sql {

/// A column of a PostgreSQL table.
struct PostgresqlColumn {
    Column column;
    std::string type;  ///< as SQL writes it: "character varying(40)"
    std::string base;  ///< "varchar"
    Cell::Kind kind = Cell::Kind::Text;
};

/// Asks for the columns of a table, by its name as SQL writes it.
Statement select_postgresql_columns(const std::string& table_sql);
/// What the answer to that tells.
std::vector<PostgresqlColumn> postgresql_columns(const PostgresqlConnection::Answer& answer);

/// Is the text a value of the type? Only of types whose values can be told without asking.
bool can_hold(const std::string& base, const std::string& text);

}  // namespace sql
