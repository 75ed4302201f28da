#pragma once

#include "model/flat_map.hpp"
#include "model/ids.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace syncline::matching {

/// One remote record as association sees it: its keys, never its values.
struct Record {
    SystemId system;
    RemoteId remote_id;
    std::optional<CustomerId> customer;  ///< set when it belongs to a customer already
    bool is_gone =
        false;  ///< no more there: it still tells who it was, and leaves room for another
    FlatMap<FieldId, std::string>
        keys;  ///< leaf -> normal::match_key; leaves without one are missing
};

/// One rung of the ladder: records whose keys agree on all `leaves` are the same customer.
struct Rung {
    std::vector<FieldId> leaves;
    std::vector<SystemId> from;  ///< only to place records of these systems; empty = of any
    enum class Then { Link, Review } then = Then::Review;
    std::string text;  ///< for people: "same identifiers.vat.value"
};

struct Ladder {
    std::vector<Rung> rungs;      ///< best first
    std::vector<FieldId> strong;  ///< leaves that one customer has one value of (VAT number, LEI)
    std::vector<SystemId> order;  ///< ties go to records of earlier systems
};

/// Another group that a group may be the same customer as.
struct Suggestion {
    std::size_t group = 0;  ///< index into the result
    std::string reason;
};

/// Records that are one customer.
struct Group {
    std::optional<CustomerId> customer;  ///< the existing customer they belong to
    struct Member {
        std::size_t record = 0;  ///< index into the input
        std::string reason;      ///< the rung that joined it; "" for a new group's first record
    };
    std::vector<Member> members;  ///< only records without a customer yet
    /// Not empty: a person decides whether these records belong to one of the suggested groups or
    /// are a customer of their own. Suggested groups never wait themselves.
    std::vector<Suggestion> suggestions;
    /// Groups that have the same unique identifier and a record in the same system: one customer
    /// entered twice, perhaps. They cannot be joined here.
    std::vector<Suggestion> duplicates;
};

/// Decides which records are the same customer.
///
/// Rungs are climbed in order. On each, records that agree on its keys are joined unless that would
/// put two records of one system, two existing customers or two different strong keys into one
/// group: then the key names more than one, nothing is joined by it, and what could still be one
/// customer becomes a question. So a shared e-mail or office address alone never joins anybody.
///
/// The outcome does not depend on the order of `records` (only indices do). Near-linear in the
/// number of records. Pure; any thread.
std::vector<Group> associate(std::span<const Record> records, const Ladder& ladder);

}  // namespace syncline::matching
