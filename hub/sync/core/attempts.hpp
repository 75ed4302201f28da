#pragma once

#include "model/observation.hpp"
#include "sync/core/aggregate.hpp"

#include <string>

namespace syncline::sync {

/// Does the observation certainly show how the record was at that moment or later? What is read may
/// be as old as the system's stale window.
bool shows_the_time_after(
    const SystemRules& system, Timestamp moment, const Observation& observation
);

/// The newest write of ours to this link and field of which `raw` is an accepted image, or nullptr.
const Attempt* own_write(
    const SystemRules& system,
    const Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const RawFields& raw
);

/// The last write of ours that contains the field of the link, whatever became of it, or nullptr.
const Attempt* last_write(const Aggregate& aggregate, const Link& link, FieldId field);

/// The text that a field of the record has before or after what our last answered write put into
/// it; "" when it has none, or not what was written.
std::string added_to_own_write(
    const Aggregate& aggregate, const Link& link, FieldId field, const RawFields& raw
);

/// Forgets one field of an attempt; an attempt without fields is closed.
void drop_field(Aggregate& aggregate, const AttemptId& attempt, FieldId field, Effects& effects);

/// Forgets one field of a write of ours to this link that was seen, and of all before it.
void drop_up_to(
    Aggregate& aggregate, const Link& link, FieldId field, const Attempt& seen, Effects& effects
);

/// Forgets what an observation proves can no longer surface. An unanswered write: the remote's
/// token moved past the one the write was conditional on, or the read was sent later than a request
/// can linger. An answered one: a later state of the record was seen. Never by age alone.
void purge_dead(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const Observation& observation,
    Effects& effects
);

/// Marks open attempts of the link as looked at when the observation shows the time after them, so
/// that they no longer block pushing (they still may surface, and stay).
void mark_looked(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    const Observation& observation,
    Effects& effects
);

/// A write to a deferred system that does not count as left there any more, because nobody knows
/// whether it was, or because its people overruled it: it is left once more, and may surface.
void leave_again(Aggregate& aggregate, const AttemptId& attempt, Effects& effects);

/// Forgets an attempt whole: it is proved to have had no effect.
void close_attempt(Aggregate& aggregate, const AttemptId& attempt, Effects& effects);

}  // namespace syncline::sync
