#pragma once

#include "base/time.hpp"
#include "model/customer.hpp"
#include "model/ids.hpp"
#include "model/link.hpp"

#include <string>
#include <vector>

namespace syncline {

/// One merge of two customers, with what is needed to take it back. What the loser was is its own
/// row, kept as an Alias.
struct MergeEvent {
    MergeId id;
    CustomerId winner;
    CustomerId loser;
    Timestamp at{};
    std::string by;         ///< who merged
    Timestamp undone_at{};  ///< the epoch: it stands
    std::string undone_by;

    /// A record that came with the loser, and what it was there.
    struct MovedLink {
        LinkId link;
        LinkRole role = LinkRole::Primary;
        friend bool operator==(const MovedLink&, const MovedLink&) = default;
    };
    std::vector<MovedLink> links;
    FlatMap<FieldId, FieldState> before;  ///< what the winner was

    bool stands() const { return undone_at == Timestamp{}; }
    friend bool operator==(const MergeEvent&, const MergeEvent&) = default;
};

}  // namespace syncline
