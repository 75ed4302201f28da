#pragma once

#include "model/flat_map.hpp"
#include "model/ids.hpp"
#include "store/store.hpp"
#include "sync/run/workbench.hpp"

#include <string>
#include <vector>

namespace syncline::sync {

/// What is kept of a record that no customer has while it is decided who it is. Not what it says:
/// all that wait are decided together, and may be many.
struct WaitingRecord {
    LinkId id;
    SystemId system;
    RemoteId remote_id;
    CustomerId customer;  ///< should it turn out to be a new one
    /// May it begin a customer? One outside the scope of its own system may only join one, so that
    /// none is made there a second time.
    bool begins = true;
    FlatMap<FieldId, std::string> keys;
};

/// Every record that waits, in the order of systems and their ids. One that does not open is left
/// out. Opens those whose keys are not known from their reading a moment ago, and those about which
/// a scope has to be asked; some at a time.
std::vector<WaitingRecord> waiting_records(Workbench& bench);

/// A record has one key for each leaf.
FlatMap<FieldId, std::string> keys_by_leaf(std::vector<store::MatchKey> keys);

}  // namespace syncline::sync
