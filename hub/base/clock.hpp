#pragma once

#include "base/time.hpp"

#include <chrono>
#include <ctime>

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

    /// Time that nobody sets, since some moment of the past: it goes on while the machine sleeps.
    /// Any thread.
    virtual std::chrono::milliseconds steady() = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    Timestamp now() override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now()
        );
    }
    std::chrono::milliseconds steady() override {
        std::timespec time{};
        ::clock_gettime(CLOCK_BOOTTIME, &time);  // std::chrono::steady_clock sleeps too
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}
        );
    }
};

}  // namespace syncline
