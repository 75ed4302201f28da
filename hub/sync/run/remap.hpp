#pragma once

#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// When the configuration maps fields of a system otherwise than at its last reading, or another
/// version of its connector reads them: judges what is remembered by the new mapping, holds what
/// follows until a person released it, and has everything of the system read. When the system has
/// other rights or another scope, what is owed of every customer is derived again.
/// @pre the system was reached
void remap(Workbench& bench, const Station& station);

}  // namespace syncline::sync
