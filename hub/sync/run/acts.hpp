#pragma once

#include "sync/run/workbench.hpp"

#include <string>
#include <utility>
#include <vector>

namespace syncline::sync {

/// Adds the current run, as what a person did, to the batch that holds what it changes.
void note_act(
    Workbench& bench, const char* kind, const std::string& user, store::CommitBatch& batch
);

/// Gives fields of a customer values that they had before. UsageInvalid when the customer was
/// merged or deleted, Outdated when one of the fields changed since `if_version`.
Result<void> restore_values(
    Workbench& bench,
    Aggregate aggregate,
    const std::vector<std::pair<FieldId, FieldValue>>& values,
    const std::string& user,
    IfVersion if_version
);

}  // namespace syncline::sync
