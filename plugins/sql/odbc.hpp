#pragma once

#include "database.hpp"
#include "odbc_connection.hpp"

#include <memory>

namespace sql {

/// A source behind an ODBC driver.
std::unique_ptr<Database> odbc_database(OdbcSettings settings);

}  // namespace sql
