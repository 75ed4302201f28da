#pragma once

#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// Customers of whom a stored row does not open are left alone, neither read nor written, while
/// everything else goes on: each is one item in quarantine that says what to do.
void set_unopened_aside(Workbench& bench);

/// Takes customers up again whose rows open by now, and has all systems listed for what was missed.
void take_up_reopened(Workbench& bench);

}  // namespace syncline::sync
