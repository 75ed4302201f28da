#pragma once

#include "sync/run/owed.hpp"

#include <cstddef>
#include <cstdint>

namespace syncline::sync {

/// A pass that is made for the sake of one write: a reading, and the write.
constexpr std::uint32_t kCallsOfAPass = 2;

/// Until when a write waits for its fields to come to rest: the settle window of its system. The
/// epoch when there is none.
Timestamp settling_until(Workbench& bench, const Aggregate& aggregate, const Delivery& delivery);

/// Was the write tried before, without an answer or refused?
bool is_retry(const Aggregate& aggregate, const Delivery& delivery);

/// Changes of records first, then what was tried before, then new records.
void order_by_lane(Owed& owed);

/// How many of the `wanted` deliveries from `at` on the rate budget allows now; takes them from it.
/// When it allows less, `report` says from when on it allows more.
std::size_t affordable(
    Workbench& bench,
    Station& station,
    const Owed& owed,
    std::size_t at,
    std::size_t wanted,
    SystemReport& report
);

/// Counts a call that is made in any case.
void spend_call(Workbench& bench, const SystemId& system);

}  // namespace syncline::sync
