#pragma once

#include "statement.hpp"

#include <string>

namespace sql {

/// The words of a database without a value; one of a single character is left.
std::string without(std::string text, const std::string& value);

/// The words of a database without the values bound to the statement, if any.
std::string without_values(std::string text, const Statement* statement);

}  // namespace sql
