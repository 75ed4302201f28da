#pragma once

#include "sync/core/aggregate.hpp"

namespace syncline::sync {

/// Journal entries of what the hub itself did: what it wrote, and which records came to a customer.

/// The remote took an update: for each field what it replaced, as `held` was before. Once for every
/// attempt, also when its answer is lost and its effect is seen later.
void journal_written(
    const SystemRules& system, const Attempt& attempt, const RawFields& held, Effects& effects
);

/// The effect of an update nobody answered is in the record: it is told now, with what the record
/// was last seen to hold, and never again. Nothing when another write that is told explains it.
/// Call it before the shadows take what was read.
void journal_landed(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    const AttemptId& attempt,
    FieldId field,
    const RawFields& raw,
    Effects& effects
);

/// The record joined its customer, or was made for it.
void journal_record(ChangeKind kind, const Link& link, Effects& effects);

}  // namespace syncline::sync
