#pragma once

#include "model/delivery.hpp"
#include "sync/run/workbench.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace syncline::sync {

/// The writes owed to one system in this pass.
struct Owed {
    std::vector<Delivery> deliveries;
    std::uint64_t creates = 0, updates = 0, clears = 0, deletes = 0;
    std::set<AttemptId> retries;  ///< of these deliveries: what was tried before
    Timestamp settled_at{};       ///< when more is owed, that is being edited; the epoch: no more
    std::uint64_t interruptions = 0;  ///< Workbench::interruptions when it was derived
    bool within_budget = false;       ///< made as far as the rate budget allows
};
using OwedBySystem = std::map<SystemId, Owed>;

/// Derives what is owed from state: for every customer with work (or for all), per system the
/// update or the create. Commits what deriving itself decides (no-ops, fields that cannot be
/// written) and forgets work that is done.
OwedBySystem derive_owed(Workbench& bench, const PassOptions& options, PassReport& report);

/// Would the write leave a remote field empty that has a value now?
bool empties(const Delivery& delivery);

}  // namespace syncline::sync
