#pragma once

#include "sync/core/aggregate.hpp"

#include <initializer_list>

namespace syncline::sync {

/// After a canonical value was decided anew (a merge, an unmerge): who said what stands under one
/// of the earlier versions says it under the new one. Of records that hold it, eliminate_no_ops()
/// takes care.
void rebase(
    const Rules& rules,
    Aggregate& aggregate,
    FieldId field,
    std::initializer_list<Version> said_before,
    Effects& effects
);

}  // namespace syncline::sync
