#pragma once

#include "support/fault_vfs.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace syncline::testing {

/// What cutting the power came to.
struct PowerLossOutcome {
    std::uint64_t points = 0;           ///< disks after a power cut that were opened and checked
    std::uint64_t operations = 0;       ///< writes, fsyncs, … of the hubs that lost power
    std::uint64_t acknowledged = 0;     ///< commits that had returned before a cut
    std::uint64_t lost = 0;             ///< points at which one of those was missing or torn
    std::uint64_t damaged = 0;          ///< points at which the hub was not whole, or did not go on
    std::vector<std::string> findings;  ///< the first ones, in words, with their seed
};

/// Runs the core operations one after another under a trace of everything they do to the disk, then
/// cuts the power at `points` places of it, each with weather of its own, and opens what is left.
/// One such disk is where the next hub begins. The same seed gives the same cuts.
PowerLossOutcome lose_power(
    std::uint64_t seed,
    std::uint64_t points,
    FaultVfs::Synchronous synchronous = FaultVfs::Synchronous::AsAsked
);

}  // namespace syncline::testing
