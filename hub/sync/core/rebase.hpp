#pragma once

#include "sync/core/aggregate.hpp"

#include <initializer_list>

namespace syncline::sync {

/// After a canonical value was decided anew (a merge, an unmerge): records that hold an accepted
/// image of it owe and are owed nothing, and who said what stands under an earlier version says it
/// under the new one. Open questions stay open.
void rebase(
    const Rules& rules,
    Aggregate& aggregate,
    FieldId field,
    std::initializer_list<Version> said_before,
    Effects& effects
);

}  // namespace syncline::sync
