#pragma once

#include "base/error_catalogue.hpp"

#include <string>
#include <string_view>

namespace syncline::app {

/// A text of the catalogue with its `syncline …` as a person types it for this hub; `command` is
/// command_of(session).
std::string with_commands_of(std::string_view text, const std::string& command);

/// What to do first about an error, in one sentence or two.
std::string advice_for(const ErrorEntry& entry, const std::string& command);

}  // namespace syncline::app
