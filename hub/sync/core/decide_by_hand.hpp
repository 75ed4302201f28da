#pragma once

#include "sync/core/aggregate.hpp"

#include <string>

namespace syncline::sync {

/// A person's value for a field: a new version with origin `user`, which settles an open conflict
/// of the field and will be written to every system that holds another value.
void set_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// The same with a value that the field had before.
void restore_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// Settles an open conflict with what `system` says. Error NotFound: no such conflict, or that
/// system has no value.
Result<void> take_from_system(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& user,
    Moment moment,
    Effects& effects
);

}  // namespace syncline::sync
