#pragma once

#include "sync/core/undo.hpp"
#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// What taking a run back would do: reads the systems, decides, and writes nothing to them. As
/// `undo_run` otherwise.
Result<UndoReport> preview_undo(Workbench& bench, const RunId& run, const std::string& user);

/// Takes a run back in every system: reads them, makes values what they were before, gives records
/// back what they held, and asks people where that leaves systems apart. An undo that did not come
/// to its end is gone on with. NotFound for an unknown run, UsageInvalid for one that was taken
/// back.
Result<UndoReport> undo_run(Workbench& bench, const RunId& run, const std::string& user);

}  // namespace syncline::sync
