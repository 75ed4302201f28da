#pragma once

#include "model/delivery.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>

namespace syncline::sync {

/// What must follow an answer.
enum class FollowUp : std::uint8_t {
    None,
    Look,           ///< read the record back by id: only the remote knows what it holds
    LookCreated,    ///< find what a create made, if anything
    LookDuplicate,  ///< look at the record that a refused create would repeat
};

/// Takes a remote's answer into the aggregate. A success marks the attempt answered and, when the
/// remote stated what it stored, absorbs that; a new record becomes an active link. A refusal sets
/// the field (or the record) aside; a conflict forgets the attempt, which changed nothing, and asks
/// for a look; doubt keeps it open. Never loses an attempt whose effect may still surface.
FollowUp settle(
    const Rules& rules,
    Aggregate& aggregate,
    const Delivery& delivery,
    const Receipt& receipt,
    Moment moment,
    Effects& effects
);

/// A create was refused because of a record that is not this customer's: it is set aside. When the
/// hub knows the record (`holder` may be null), a person is asked whether the two are one customer.
void settle_duplicate(
    Aggregate& aggregate,
    const Delivery& create,
    const Receipt& receipt,
    const Link* holder,
    Moment moment,
    Effects& effects
);

/// What a look after a create in doubt found: links the record when its content is what was sent;
/// asks when several are (each look again, until one is left); else (somebody else's record under
/// the planned id) forgets the attempt so that another id is chosen. `found` empty: the create did
/// not land; forgotten once nothing can surface any more. `known`: links that the found records
/// have already, because a listing named them first. One that is nobody's yet joins the customer;
/// one of another customer becomes a question.
void settle_created(
    const Rules& rules,
    Aggregate& aggregate,
    const AttemptId& attempt,
    const std::vector<Observation>& found,
    const std::vector<Link>& known,
    Moment moment,
    Effects& effects
);

}  // namespace syncline::sync
