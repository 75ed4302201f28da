#pragma once

#include "sync/core/invariants.hpp"
#include "sync/run/workbench.hpp"

#include <vector>

namespace syncline::sync {

/// Checks every customer and link of the store. A breach is told when two loads show it, because
/// a hub may be committing meanwhile and one load is several statements.
std::vector<Breach> check_invariants(Workbench& bench);

}  // namespace syncline::sync
