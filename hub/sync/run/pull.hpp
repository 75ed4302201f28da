#pragma once

#include "sync/run/workbench.hpp"

namespace syncline::sync {

/// Looks at what unanswered writes did, then reads one system from where it was last read, absorbs
/// what its linked records say, and keeps the records nobody knows yet as unassociated links.
/// Records and cursor are committed together, batch by batch, so that a crash at any point repeats
/// at most one batch.
///
/// At the end of a listing that names every record, ids that were not in it are looked up one by
/// one; only a look-up that says "no such record" marks a link gone.
void pull(Workbench& bench, Station& station, const PassOptions& options, SystemReport& report);

/// Takes in what was found of a create in doubt: its record joins the customer, also when a listing
/// named it before it was looked for.
void settle_found(
    Workbench& bench,
    Aggregate& aggregate,
    const AttemptId& attempt,
    const std::vector<Observation>& found,
    Effects& effects
);

/// Reads linked records again by id and absorbs them. Returns false when the system cannot be
/// asked.
bool look_again(
    Workbench& bench, const Station& station, const std::vector<RemoteId>& ids, SystemReport& report
);

}  // namespace syncline::sync
