#pragma once

#include "sync/run/thresholds.hpp"

#include <cstdint>

namespace syncline::sync {

/// An import that sets the same city for everybody is no thousand edits: when one value would
/// replace other values of a remote field in more records than `thresholds.same_value` allows, all
/// writes of that value wait.
Waiting one_value_for_many(const HubSetting& hub, const Owed& owed, std::uint64_t links_of_system);

}  // namespace syncline::sync
