#include "base/hybrid_clock.hpp"

#include <algorithm>

namespace syncline {

HybridClock::HybridClock(Clock& clock, Version stored_high_water)
    : clock_(clock), last_(stored_high_water) {}

Version HybridClock::tick() {
    // A full counter carries into the milliseconds: the order survives, the time runs 1 ms ahead.
    const auto now =
        static_cast<std::uint64_t>(std::max<std::int64_t>(to_unix_ms(clock_.now()), 0));
    last_.number = std::max(now << 16U, last_.number + 1);
    return last_;
}

}  // namespace syncline
