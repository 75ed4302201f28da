#pragma once

#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// Reads one system from where it was last read, absorbs what its linked records say, and keeps the
/// records nobody knows yet as unassociated links. Records and cursor are committed together, batch
/// by batch, so that a crash at any point repeats at most one batch.
///
/// At the end of a listing that names every record, ids that were not in it are looked up one by one;
/// only a look-up that says "no such record" marks a link gone.
void pull(
    Workbench& bench, Station& station, const PassOptions& options, SystemReport& report
);

/// Takes observations of one system in: the step behind `pull`, also used for look-ups.
/// `unchanged_until` as in AbsorbOptions. Commits; `cursor` (may be null) in the same commit.
void take_in(
    Workbench& bench,
    const Station& station,
    std::vector<Observation> observations,
    Timestamp unchanged_until,
    const store::Cursor* cursor,
    SystemReport& report
);

/// Looks at what unanswered writes may have done, before anything is written again.
void look_after_unsettled(Workbench& bench, Station& station, SystemReport& report);

/// Reads linked records again by id and absorbs them. Returns false when the system cannot be asked.
bool look_again(
    Workbench& bench,
    const Station& station,
    const std::vector<RemoteId>& ids,
    SystemReport& report
);

}  // namespace syncline::sync
