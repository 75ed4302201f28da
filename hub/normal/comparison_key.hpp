#pragma once

#include "model/catalogue.hpp"

#include <string>
#include <string_view>

namespace syncline::normal {

/// What `equivalent` compares: texts with the same key are the same value to a person. Total: a
/// text that is not of the leaf's type has a key too. Pure; any thread.
std::string comparison_key(const LeafSpec& leaf, std::string_view text);

}  // namespace syncline::normal
