#pragma once

#include "sync/core/aggregate.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace syncline::sync {

/// Something that was said about one field, oldest first in a list.
struct Said {
    Timestamp at{};
    ChangeKind kind = ChangeKind::Version;
    Origin origin;
    FieldValue value;
};

/// How often a system may take its earlier word up again before the field is frozen.
inline constexpr std::size_t kReversalsThatFreeze = 3;
inline constexpr std::size_t kVersionsLookedAt = 8;
/// People change their minds over days; programs that overwrite each other do not wait.
inline constexpr std::chrono::hours kOscillationSpan{24};

/// What the journal tells was said about a field, oldest first.
std::vector<Said> said_about(FieldId field, std::span<const Change> history);

/// The two that overwrite each other in a field: nothing as long as nobody does. A reversal is a
/// system that says again what it said before, right after another one said something else; what a
/// person decided in the hub begins a new count. The hub counts as the other one where a system
/// takes back, again and again, what the hub alone may write.
struct Oscillation {
    std::string one;
    std::string other;  ///< a system, or "the hub"
};
std::optional<Oscillation> oscillation(
    const Field& field, std::span<const Said> said, Timestamp now
);

/// Nothing of the field is written any more until a person decides; the question names both.
void freeze(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const Oscillation& between,
    Moment moment,
    Effects& effects
);

}  // namespace syncline::sync
