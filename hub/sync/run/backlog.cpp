#include "sync/run/backlog.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {

void Backlog::note(const CustomerId& customer, std::vector<SystemId> systems) {
    waits_for_.insert_or_assign(customer, std::move(systems));
}

void Backlog::heed(const store::CommitBatch& batch) {
    for (const CustomerId& customer : batch.work_added)
        waits_for_.erase(customer);
    for (const CustomerId& customer : batch.work_done)
        waits_for_.erase(customer);
}

bool Backlog::spares(const CustomerId& customer, std::span<const SystemId> systems) const {
    const auto known = waits_for_.find(customer);
    if (known == waits_for_.end()) return false;
    return std::none_of(systems.begin(), systems.end(), [&](const SystemId& system) {
        const auto& waiting = known->second;
        return std::find(waiting.begin(), waiting.end(), system) != waiting.end();
    });
}

}  // namespace syncline::sync
