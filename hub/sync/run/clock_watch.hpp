#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <optional>

namespace syncline::sync {

class Workbench;

/// More than this the wall clock does not move against the steady one, nor lie before the last
/// commit, in ordinary life: time zones and clocks set by hand are hours off.
constexpr std::chrono::hours kMostClockIsOff{48};

/// The clock of an engine. Once the wall clock was believed, it goes on from there by the steady
/// clock while the wall clock says something implausible, so that a pass in which that happens
/// decides by no time that never was. `believe` is called by whoever uses the engine.
class WatchedClock final : public Clock {
public:
    /// The machine's clock outlives it.
    explicit WatchedClock(Clock& machine) : machine_(machine) {}

    Timestamp now() override { return mended(machine_.now()); }
    std::chrono::milliseconds steady() override { return machine_.steady(); }

    /// What the wall clock says.
    Timestamp wall() { return machine_.now(); }
    /// What it has to say, give or take kMostClockIsOff; nothing before it was believed once.
    std::optional<Timestamp> expected();
    /// What the wall clock told just now, of something that was read: as it has to be.
    Timestamp mended(Timestamp told);
    void believe() { believed_ = Believed{machine_.now(), machine_.steady()}; }

private:
    struct Believed {
        Timestamp wall;
        std::chrono::milliseconds steady;
    };
    Clock& machine_;
    std::optional<Believed> believed_;
};

/// Why nothing may be read, written, given up or decided now: the machine's clock is implausible.
/// A hold says so, until the clock is right again or a person says that it is. Called before
/// everything that goes by the time.
std::optional<Error> clock_trouble(Workbench& bench);

}  // namespace syncline::sync
