#pragma once

#include "sync/core/apart.hpp"
#include "sync/run/workbench.hpp"

#include <span>
#include <string>

namespace syncline::sync {

/// A person answered a question with "not the same customer": adds to a batch that `one` is none of
/// the candidates. Candidates that are nobody's yet are left out, and what was said already is not
/// said again. Two look-ups, whatever the size of the hub.
void keep_apart(
    Workbench& bench,
    const ToldApart& one,
    std::span<const Candidate> candidates,
    const std::string& user,
    store::CommitBatch& batch
);

}  // namespace syncline::sync
