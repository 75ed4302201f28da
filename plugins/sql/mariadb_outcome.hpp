#pragma once

#include "mariadb_connection.hpp"
#include "step.hpp"

#include <string>

namespace sql {

/// What an error means for the hub. `statement`, if any: its values are taken out of the message.
syncline::sdk::Failure failure_of(
    const MariadbError& error, Step step, const Statement* statement = nullptr
);

/// The column that the server's words name; "" = none.
std::string column_in(const MariadbError& error);
/// The key or constraint that they name; "" = none.
std::string constraint_in(const MariadbError& error);

}  // namespace sql
