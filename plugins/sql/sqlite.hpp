#pragma once

#include "database.hpp"

#include <memory>
#include <string>

namespace sql {

/// A SQLite file. It is opened anew for each operation, so that nobody is ever locked out between.
std::unique_ptr<Database> sqlite_database(std::string file);

}  // namespace sql
