#pragma once

#include "sync/run/workbench.hpp"

#include <string>
#include <vector>

namespace syncline::sync {

/// What association decided in one pass.
struct Association {
    struct Joined {
        SystemId system;
        RemoteId remote_id;
        CustomerId customer;
        std::string reason;  ///< the rung, or "" for the first record of a new customer
        bool is_new_customer = false;
    };
    std::vector<Joined> joined;
    std::uint64_t new_records = 0;  ///< customers made
    std::uint64_t reviews = 0;      ///< questions opened
};

/// Decides which customers the unassociated records belong to, over all systems at once, adopts
/// what they say and commits. Records that a person must judge get a review and stay unassociated;
/// nothing is created anywhere for a customer such a review names.
Association associate(Workbench& bench);

/// A person's answer for one record: it is this customer, or (nil) a new one. Adopts, and adds to
/// a batch what that changes. NotFound when the record is no longer waiting.
Result<void> join_by_hand(
    Workbench& bench,
    const Case& review,
    const CustomerId& customer,
    const std::string& user,
    store::CommitBatch& batch
);

}  // namespace syncline::sync
