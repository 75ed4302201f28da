#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "model/ids.hpp"

#include <string>

namespace syncline::app {

/// `find_record`, with a word of help where the system in "erp:17" is none of this hub's.
Result<CustomerId> find_by_name(Workspace& workspace, const std::string& reference);

}  // namespace syncline::app
