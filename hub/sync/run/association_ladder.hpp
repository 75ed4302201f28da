#pragma once

#include "matching/association.hpp"
#include "sync/core/rules.hpp"

namespace syncline::sync {

/// The rungs that the configuration names, best first. One with a leaf that no system maps is left
/// out: no record could stand on it.
matching::Ladder association_ladder(const Rules& rules);

}  // namespace syncline::sync
