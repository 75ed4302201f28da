#pragma once

#include <cstdint>

namespace syncline::sync {

/// Which line of `absorb` decided a field: the numbers of docs/explanation/absorb.md, for tests,
/// logs and the explanation.
enum class AbsorbLine : std::uint8_t {
    AnsweredByAck = 1,    ///< the remote's own statement of what it stored
    Unchanged = 2,        ///< equal to the shadow
    Doubtful = 3,         ///< may be out of date: nothing is taken from it yet
    OwnWrite = 4,         ///< an image of a write of ours
    Cosmetic = 6,         ///< another spelling of the same value
    SameChange = 7,       ///< an image of the canonical value: both sides made the same change
    Invalid = 8,          ///< the mapping cannot read it
    Drift = 9,            ///< this system may not author the field
    FastForward = 10,     ///< only this side changed
    FirstContact = 11,    ///< no base yet: adoption decides (adopt.hpp)
    ConcurrentLost = 12,  ///< both sides changed; the standing value stays
    ConcurrentWon = 13,   ///< both sides changed; this one stands
    ConcurrentMerged = 14,
    Contested = 15,  ///< both sides changed; a person decides
};

}  // namespace syncline::sync
