#pragma once

#include "base/time.hpp"

namespace syncline {

/// Where the hub learns what time it is. Injected, so that tests and the simulator own time.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    /// Now, in UTC. Any thread.
    virtual Timestamp now() = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    Timestamp now() override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now()
        );
    }
};

}  // namespace syncline
