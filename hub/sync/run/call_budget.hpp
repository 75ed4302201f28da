#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace syncline::sync {

/// Why a record is written: who comes first when calls are scarce.
enum class Lane : std::uint8_t {
    Live,      ///< a change of a record that is there
    Retry,     ///< a write that failed or got lost before
    Backfill,  ///< a new record
};

/// How many calls a system may get: a token bucket. Reading and writing take from the same one; a
/// part of it is kept for the lanes before, so that a long backfill delays no edit.
/// Time is given from outside; one that goes backwards adds nothing.
class CallBudget {
public:
    /// @pre calls_per_minute > 0
    CallBudget(std::uint32_t calls_per_minute, Timestamp now);

    /// Counts a call that is made in any case, down to nothing left.
    void spend(Timestamp now);
    /// Takes one call for a lane, if it may have one now.
    bool take(Lane lane, Timestamp now);
    /// When a lane may have `calls`, if nobody else takes any: now, or later.
    Timestamp when(Lane lane, Timestamp now, std::uint32_t calls = 1);

private:
    double reserve(Lane lane) const;
    void fill(Timestamp now);

    double per_ms_;
    double most_;  ///< that can be saved up
    double left_;
    Timestamp filled_at_;
};

}  // namespace syncline::sync
