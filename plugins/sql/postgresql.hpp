#pragma once

#include "database.hpp"
#include "postgresql_connection.hpp"

#include <memory>

namespace sql {

/// A database of a PostgreSQL server, over one connection that is kept.
std::unique_ptr<Database> postgresql_database(ServerSettings settings);

}  // namespace sql
