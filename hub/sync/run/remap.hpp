#pragma once

#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// When the configuration maps fields of a system otherwise than at its last reading: judges what
/// is remembered by the new mapping, and has everything of the system read.
void remap(Workbench& bench, const Station& station);

}  // namespace syncline::sync
