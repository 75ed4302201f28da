#pragma once

#include <string>

namespace syncline::tidy {

/// docs/reference/errors.md, made of the catalogue that the program has.
std::string error_page();

}  // namespace syncline::tidy
