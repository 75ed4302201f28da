#pragma once

#include "model/delivery.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace syncline::sync {

/// What one system has of one field: the answer of `explain`, and the whole outbound queue.
enum class FieldStanding : std::uint8_t {
    InSync,       ///< holds an accepted image of the canonical value
    Pending,      ///< owed
    Unconfirmed,  ///< written to a deferred system, not seen yet
    Contested,    ///< waits for a person
    Quarantined,  ///< cannot be read or written; the reason is in quarantine
    ReadOnly,     ///< mapped inbound only: differs and stays so
    NotMapped,
    NotLinked,   ///< the system has no record of this customer
    OutOfScope,  ///< the customer or the link is outside the system's scope
    Excluded,    ///< the system cannot hold it (a unique field taken by another customer)
    Unknown,     ///< no value yet on either side
    Deleted,     ///< the customer was deleted: nothing is written any more
};
std::string_view name(FieldStanding standing);

/// Unique remote fields whose value another record of the same system already holds.
using TakenFields = std::set<FieldId>;

/// How a field stands in a system, derived from state alone.
FieldStanding standing_of(
    const Rules& rules,
    const Aggregate& aggregate,
    const SystemRules& system,
    const Field& field,
    const TakenFields& taken
);

/// Was a write to the field refused that is not to be repeated: nobody asked for it, and the value
/// is still the one that was refused? Without a link: the create; without a field: the record.
bool is_held_back(
    const Aggregate& aggregate, const SystemId& system, const Link* link, const Field* field
);

/// Is the record there and cannot be read? Nothing is written over what nobody saw.
bool is_unreadable(const Aggregate& aggregate, const Link& link);

/// Marks as in sync every field whose remote value already is an image of the canonical one:
/// nothing to send, and nothing that was refused stands any more. Run before deriving deliveries.
void eliminate_no_ops(const Rules& rules, Aggregate& aggregate, Effects& effects);

/// The write owed to an existing link, or nothing. Nothing also while an unanswered attempt of the
/// link has not been followed by a read (look before acting). Fields that the mapping cannot write
/// are quarantined in `effects` and left out. The attempt inside is not stored yet.
std::optional<Delivery> derive_update(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const TakenFields& taken,
    Moment moment,
    Effects& effects
);

/// Why a customer is not created in a system where it has no record.
enum class CreateAnswer : std::uint8_t {
    Create,
    NoRight,  ///< the configuration does not let the hub create there
    OutOfScope,
    AlreadyLinked,   ///< also when the record there is gone: never re-created by itself
    AwaitsReview,    ///< a review may yet name its record there
    AwaitsAttempt,   ///< an earlier create may have landed: look first
    NotListedYet,    ///< its record may exist there and not have been shown: see would_show()
    NothingToWrite,  ///< none of its fields is mapped there
    Quarantined,     ///< the system refused it; see quarantine
    Deleted,         ///< the customer was deleted
};
std::string_view name(CreateAnswer answer);

/// Has the system been read completely, and since the customer is known, as far as its readings may
/// lag behind? Then a record that it has of the customer was shown. `listed_at`: when its last
/// reading was sent, the epoch when it was never read completely.
bool would_show(const SystemRules& system, const Customer& customer, Timestamp listed_at);

/// The create owed to a system without a link, in `delivery`, or why not. `is_listed`:
/// would_show().
CreateAnswer derive_create(
    const Rules& rules,
    const Aggregate& aggregate,
    const SystemRules& system,
    bool is_listed,
    const TakenFields& taken,
    Moment moment,
    Effects& effects,
    std::optional<Delivery>& delivery
);

}  // namespace syncline::sync
