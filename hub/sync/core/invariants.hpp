#pragma once

#include "model/change.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/core/pending.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace syncline::sync {

/// What must hold of everything the hub remembers, whatever happened
/// (docs/explanation/parity.md).
enum class Invariant : std::uint8_t {
    BaseIsPast,       ///< no base is newer than the canonical value
    OneLinkASystem,   ///< at most one active link of a customer in each system
    LinkHasCustomer,  ///< no active link to a customer that is not active
    PendingHasWork,   ///< who is owed something is in the list of work
    JournalOpens,     ///< every journal entry can be decrypted
    KeysFit,          ///< match keys are those of the values
    AttemptIsLooked,  ///< no attempt stays open once its request can no longer land
    ImageIsImage,     ///< what a base calls an image of the canonical value is one
};
std::string_view name(Invariant invariant);
/// One sentence, without personal data.
std::string_view sentence(Invariant invariant);

/// One place where an invariant does not hold.
struct Breach {
    Invariant invariant = Invariant::BaseIsPast;
    CustomerId customer;
    SystemId system;     ///< "" when it is not about one
    RemoteId remote_id;  ///< "" when it is not about one
    FieldId field;       ///< zero when it is not about one
    friend bool operator==(const Breach&, const Breach&) = default;
};

/// What the checks must know beside the customer.
struct Surroundings {
    std::set<SystemId> reached;               ///< systems that said what they can do
    std::map<SystemId, TakenFields> taken;    ///< as taken_fields tells
    std::map<SystemId, Timestamp> listed_at;  ///< request of the last reading that came to its end
    std::span<const Change> history;          ///< of the customer
    bool has_work = false;                    ///< is it in the list of work?
};

/// Checks everything that one customer shows by itself. JournalOpens, KeysFit and LinkHasCustomer
/// are about stored rows: sync/run checks them.
std::vector<Breach> breaches_of(
    const Rules& rules, const Aggregate& aggregate, const Surroundings& around
);

}  // namespace syncline::sync
