#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>

namespace syncline::app {

/// Writes a file that does not exist yet, readable by the current user only, whole or not at all.
/// ConfigInvalid when there is one, or the machine refuses.
Result<void> write_new_file(const std::filesystem::path& file, const std::string& text);
/// The same in place of a file that is there; its mode stays.
Result<void> replace_file(const std::filesystem::path& file, const std::string& text);

}  // namespace syncline::app
