#pragma once

#include "sync/core/aggregate.hpp"

namespace syncline::sync {

/// First contact: links whose fields were never compared with the canonical record are decided
/// field by field over all contributions at once, never by who was read first. Missing values are
/// filled from the others, contradictions go by the field's policy, and what lost is journalled.
/// Who wins with a copy of what another one says, a cut name, speaks for the whole.
/// Afterwards no field of an active link is Fresh. Changes nothing when there is nothing fresh.
void adopt(const Rules& rules, Aggregate& aggregate, Moment moment, Effects& effects);

}  // namespace syncline::sync
