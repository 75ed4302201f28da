#pragma once

#include "model/observation.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <optional>

namespace syncline::sync {

/// What a reading means that is older than what was read before.
enum class Earlier : std::uint8_t {
    Discard,  ///< it is out of date: nothing is taken from it
    Compare,  ///< the system went back: what was known before is overruled, the rest is an edit
    Take,     ///< the system went back, and a person said that what it holds counts
};

struct AbsorbOptions {
    /// The write that this observation is the remote's own answer to.
    std::optional<AttemptId> answers;
    /// A moment up to which the remote is known to have held what the shadow says: the request time
    /// of the previous complete reading of this system. Narrows edit intervals.
    Timestamp unchanged_until{};
    /// Fields an operator asked to try again (quarantine retry): read even though raw is unchanged.
    bool retry_quarantined = false;
    Earlier earlier = Earlier::Discard;
    /// Of the customer, for Compare: null when the record is surely no earlier one.
    const std::vector<Change>* history = nullptr;
    /// The hub's memory went back: what differs from it may be the hub's own doing, and is compared
    /// over all systems, as at first contact.
    bool compares_anew = false;
};

/// Would the system itself tell that this reading is older than another one?
bool tells_its_age(const SystemRules& system, const Observation& observation);
/// Is the reading older, by what the system itself tells, than the last one?
bool is_earlier(const SystemRules& system, const Link& link, const Observation& observation);

/// What a reading means that is older than the last one although readings cannot be that old by
/// now. A version with an order went back: so did the system, or this record of it. A time of
/// change went back: the system's clock may have been set back, and the reading is one like any
/// other.
Earlier meaning_of_earlier(
    const SystemRules& system, const Link& link, const Observation& observation
);

/// Is `value` one that the field had before, or that somebody said, by this history?
bool was_known(const Field& field, const FieldValue& value, const std::vector<Change>& history);

struct AbsorbResult {
    bool stale = false;     ///< older than what was already seen: nothing was taken from it
    bool doubtful = false;  ///< not all was taken: it may be an old reading, and a later one tells
    std::vector<std::pair<FieldId, AbsorbLine>> lines;
    std::vector<FieldId> held;  ///< not taken, because the field is held in the system
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

/// How a record came to its end.
enum class GoneHow : std::uint8_t {
    Deleted,       ///< by its own people, or nobody knows
    MergedAway,    ///< it lives on in another record of the system: nobody was deleted
    RemovedByHub,  ///< the system answered that it carried out our deletion
};

/// The same for a proof that the record is no more: the link is Gone, and what follows is the
/// system's `when_gone` (docs/explanation/deletes.md). A customer who was changed elsewhere since
/// the record was last in step is never deleted or deactivated by it: a person is asked.
void absorb_gone(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    GoneHow how,
    Moment moment,
    Effects& effects
);

/// Does an id whose record was gone name another record now? When less than half of what is read
/// is as it was. (A record that is back after a delete was taken back is the same one.)
bool is_another_record(const SystemRules& system, const Link& link, const Observation& observation);

}  // namespace syncline::sync
