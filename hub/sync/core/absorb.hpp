#pragma once

#include "model/observation.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <optional>

namespace syncline::sync {

struct AbsorbOptions {
    /// The write that this observation is the remote's own answer to.
    std::optional<AttemptId> answers;
    /// A moment up to which the remote is known to have held what the shadow says: the request time
    /// of the previous complete reading of this system. Narrows edit intervals.
    Timestamp unchanged_until{};
    /// Fields an operator asked to try again (quarantine retry): read even though raw is unchanged.
    bool retry_quarantined = false;
};

struct AbsorbResult {
    bool stale = false;  ///< older than what was already seen: nothing was taken from it
    std::vector<std::pair<FieldId, AbsorbLine>> lines;
};

/// Merges one observation of one linked record into the customer: the heart of the hub.
///
/// Field by field it tells our own writes, unchanged and cosmetic differences from foreign edits,
/// so that only a foreign edit makes a new canonical version (no echo) and every foreign edit makes
/// one or is journalled (nothing lost). Shadows take what the remote holds; contributions take what
/// its people authored; attempts are forgotten only on evidence. A raw value the hub does not
/// accept becomes a Foreign shadow and is written over later; an unreadable one is quarantined and
/// is not.
///
/// Pure but for `moment`. @pre link belongs to the aggregate and observation.kind is Present.
AbsorbResult absorb(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    const Observation& observation,
    const AbsorbOptions& options,
    Moment moment,
    Effects& effects
);

/// The same for a proof that the record is no more: the link is Gone, a review is opened, nothing
/// is propagated (docs/explanation/deletes.md).
void absorb_gone(
    const Rules& rules, Aggregate& aggregate, Link& link, Moment moment, Effects& effects
);

}  // namespace syncline::sync
