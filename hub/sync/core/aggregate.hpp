#pragma once

#include "base/hybrid_clock.hpp"
#include "base/random.hpp"
#include "model/attempt.hpp"
#include "model/case.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/link.hpp"
#include "model/merge_event.hpp"
#include "model/quarantine.hpp"
#include "sync/core/absorb_line.hpp"
#include "sync/core/rules.hpp"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace syncline::sync {

/// Everything the hub knows of one customer, loaded for a decision: the unit of consistency.
/// The functions of this folder change it in memory; sync/run stores what changed.
struct Aggregate {
    Customer customer;
    std::vector<Link> links;
    std::vector<Attempt> attempts;  ///< of these links, and creates of this customer
    std::vector<Case> cases;        ///< open ones that name this customer, and whom it is not
    std::vector<QuarantineItem> quarantined;  ///< items that name this customer or its links

    /// The customer's primary record in a system, also when it is gone.
    Link* find_link(const SystemId& system);
    const Link* find_link(const SystemId& system) const;
    Link* find_link(const LinkId& id);
    /// Adds a record: the primary one of its system, unless there is one already. A former one that
    /// is gone makes room. `touched`: the links that must be stored.
    Link& attach(Link link, std::set<LinkId>& touched);
    bool is_deleted() const { return customer.state == CustomerState::Deleted; }
    /// Does a person still have to decide this field?
    bool is_contested(FieldId field) const;
};

/// What a step of the core wants remembered besides the new state: the effects, in order.
struct Effects {
    std::vector<FieldChange> changes;         ///< journal entries
    std::vector<QuarantineItem> quarantined;  ///< set aside now
    std::vector<std::uint64_t> released;      ///< quarantine ids that no longer stand
    std::vector<AttemptId> closed_attempts;   ///< forgotten on evidence
    std::vector<Case> cases;                  ///< opened or resolved
    std::set<LinkId> touched_links;           ///< must be stored
    std::set<AttemptId> touched_attempts;     ///< must be stored
    /// Unique values that a record no longer holds: who was left out may have them now.
    std::vector<std::pair<FieldId, FieldValue>> freed;
    std::vector<MergeEvent> merges;  ///< made or taken back
    /// Fields in which a system said again what it had said before: two may overwrite each other.
    /// Nothing to remember.
    std::set<FieldId> said_again;
    bool customer_touched = false;  ///< must be stored
    std::vector<AbsorbLine> lines;  ///< how read fields were judged; nothing to remember

    bool empty() const;
};

/// Time, versions and identifiers for a step; injected, so that a step is replayable.
struct Moment {
    Timestamp now{};
    HybridClock& versions;
    Random& random;
};

}  // namespace syncline::sync
