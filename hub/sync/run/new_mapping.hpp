#pragma once

#include "sync/run/thresholds.hpp"

#include <set>
#include <string>

namespace syncline::sync {

/// Fields of a system are mapped that were not before, or mapped or read otherwise: where systems
/// differ in them, nothing is replaced before a person looked at a plan. A hold says so for each,
/// and `what` happened to it: "is mapped otherwise".
void hold_until_released(
    Workbench& bench,
    const SystemId& system,
    const std::set<FieldId>& fields,
    const std::string& what
);

/// What is owed and would replace a value of such a field.
Waiting replaces_unreleased(const Rules& rules, const Owed& owed);

/// Ends these holds: all of them when a person applied a plan, else those that somebody asked to
/// try again, and those whose field every system was read for without anything left to replace.
void release_mappings(Workbench& bench, const OwedBySystem& owed, bool is_approved);

}  // namespace syncline::sync
