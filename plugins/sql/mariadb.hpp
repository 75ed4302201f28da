#pragma once

#include "database.hpp"
#include "mariadb_connection.hpp"

#include <memory>

namespace sql {

/// A MariaDB or MySQL server. The connection is kept as long as it works.
std::unique_ptr<Database> mariadb_database(ServerSettings settings);

}  // namespace sql
