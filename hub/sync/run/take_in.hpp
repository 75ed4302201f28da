#pragma once

#include "sync/run/workbench.hpp"

#include <cstddef>
#include <vector>

namespace syncline::sync {

/// How many records one commit takes in.
inline constexpr std::size_t kBatchRecords = 1'000;

/// Takes observations of one system in, of a reading or a look-up: records that a link knows are
/// absorbed, others become unassociated links, and what cannot be read is set aside.
/// `unchanged_until` as in AbsorbOptions. Commits; `cursor` (may be null) in the same commit,
/// unless something was shown that only a later reading can tell from an old one: then the position
/// stays where it was, for the feed to tell it again, and the result is false.
bool take_in(
    Workbench& bench,
    const Station& station,
    std::vector<Observation> observations,
    Timestamp unchanged_until,
    const store::Cursor* cursor,
    SystemReport& report
);

}  // namespace syncline::sync
