#pragma once

#include "sync/core/undo.hpp"
#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// What taking a run back would do: reads the systems, decides, and writes nothing to them. As
/// `undo_run` otherwise.
Result<UndoReport> preview_undo(Workbench& bench, const RunId& run, const std::string& user);

/// Takes a run back in every system: reads them, makes values what they were before, gives records
/// back what they held, and asks people where that leaves systems apart. What a system's trouble
/// left over is done by later passes; asked for again, it is done at once. NotFound for an unknown
/// run, UsageInvalid for one that was taken back.
Result<UndoReport> undo_run(Workbench& bench, const RunId& run, const std::string& user);

/// Part of a pass: does what is left of undos that did not come to their end, in the systems that
/// the pass read, and adds it to their reports.
void go_on_with_undos(
    Workbench& bench, const PassOptions& options, std::vector<SystemReport>& systems
);

}  // namespace syncline::sync
