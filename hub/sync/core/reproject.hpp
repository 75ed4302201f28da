#pragma once

#include "sync/core/aggregate.hpp"

#include <set>

namespace syncline::sync {

/// The mapping of a system changed in these fields: what is remembered of the customer's record
/// there is judged by the new one, so that nothing is taken for an edit of its people. The same raw
/// value that means something else now is owed the canonical one; a field that lies elsewhere in
/// the record now is first read there.
void reproject(
    const Rules& rules,
    Aggregate& aggregate,
    const SystemId& system,
    const std::set<FieldId>& fields,
    Effects& effects
);

/// Is the field one that lies elsewhere in the record now, and was not read there yet?
bool is_unread(const LinkField& entry);

}  // namespace syncline::sync
