#pragma once

#include "sync/run/associate.hpp"
#include "sync/run/owed.hpp"

#include <string>

namespace syncline::sync {

/// The plan of what association did and what is owed: what would be (or is about to be) applied.
/// Its digest covers ids, versions, operations and keyed hashes of values, and nothing that differs
/// between two computations over the same world (no minted id, no time).
Plan make_plan(
    Workbench& bench,
    const Association& association,
    const OwedBySystem& owed,
    const PassReport& report
);

/// The digest of a plan with these operations, in this order.
std::string digest_of(const Workbench& bench, const std::vector<PlannedOperation>& operations);

/// What differs between an approved plan and the one computed now, for the operator; at most a few
/// lines. "" when they are the same.
std::string difference(const Plan& approved, const Plan& now);

}  // namespace syncline::sync
