#pragma once

#include "base/clock.hpp"
#include "base/version.hpp"

namespace syncline {

/// Mints versions: strictly increasing, close to the wall clock, never re-issued.
///
/// Invariant: no version above `high_water()` was ever handed out, and the high-water mark is made
/// durable before a version above the previous mark leaves the process. So a restart that begins at
/// the stored mark cannot repeat a version, even when the machine's clock was set back.
/// Times of remote systems never enter here. After Kulkarni et al., "Logical Physical Clocks"
/// (2014). One thread.
class HybridClock {
public:
    /// Starts above `stored_high_water`, the mark of the last commit (zero for a new hub).
    HybridClock(Clock& clock, Version stored_high_water);

    /// The next version. Strictly above every earlier one.
    Version tick();

    /// The mark to store with the next commit: covers every version handed out so far.
    Version high_water() const noexcept { return last_; }

private:
    Clock& clock_;
    Version last_;
};

}  // namespace syncline
