#pragma once

#include "model/ids.hpp"
#include "store/store.hpp"

#include <span>
#include <unordered_map>
#include <vector>

namespace syncline::sync {

/// For which systems customers with work wait, as they were last looked at: so that what piles up
/// for a system that is down is not looked through again for every edit in another one.
///
/// The stored work says that something may be owed to any system; this, that nothing is owed to
/// others than these. Either holds until the customer is named in a commit again. Lives as long as
/// the engine; one thread at a time.
class Backlog {
public:
    /// Something is owed to these systems, now or later, and nothing to any other.
    void note(const CustomerId& customer, std::vector<SystemId> systems);
    /// Takes note that what was committed may have changed what is owed.
    void heed(const store::CommitBatch& batch);
    /// Is certainly nothing owed to one of these?
    bool spares(const CustomerId& customer, std::span<const SystemId> systems) const;

private:
    std::unordered_map<CustomerId, std::vector<SystemId>> waits_for_;
};

}  // namespace syncline::sync
