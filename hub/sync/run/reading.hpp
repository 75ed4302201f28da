#pragma once

#include "connect/connection.hpp"
#include "store/store.hpp"
#include "sync/run/workbench.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace syncline::sync {

/// One reading of a system, complete or of what changed: what it hands over is taken in by batches,
/// and its position is made durable with the last record before it.
class Reading {
public:
    Reading(Workbench& bench, Station& station, SystemReport& report);

    /// Was the system never read completely before?
    bool is_first() const { return !cursor_.listed_completely; }
    /// Does the position allow to ask for changes only?
    bool can_continue() const;

    /// Reads and takes in. On a failure the records that came before it are taken in all the same;
    /// a position that the system does not know any more is forgotten.
    Result<connect::ReadSummary> run(connect::ReadMode mode, connect::SideEffects side_effects);

    /// The records that were named.
    const std::unordered_set<RemoteId>& seen() const { return seen_; }

    /// The position after a reading that came to its end.
    store::Cursor concluded(const connect::ReadSummary& summary) const;

private:
    std::vector<std::string> mapped_remotes() const;
    void take(const store::Cursor* cursor);
    void forget_position();

    Workbench& bench_;
    Station& station_;
    SystemReport& report_;
    store::Cursor cursor_;
    const Timestamp unchanged_until_;
    std::vector<Observation> buffer_;
    std::unordered_set<RemoteId> seen_;
    bool is_conclusive_ = true;  ///< nothing has to be told again
};

}  // namespace syncline::sync
