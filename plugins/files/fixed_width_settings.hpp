#pragma once

#include "fixed_width.hpp"
#include "syncline/connector.hpp"

namespace files {

/// settings/fixed_width but its encoding. Throws Failure (CONFIG) that names the setting.
FixedLayout read_layout(const syncline::sdk::Json& json);

}  // namespace files
