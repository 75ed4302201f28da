#pragma once

#include "model/delivery.hpp"
#include "sync/core/aggregate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace syncline::sync {

/// The customer becomes a tombstone: no record of theirs is created or written any more, and what
/// happens to those that are still there is each system's `on_delete`. Open questions about their
/// values are closed. Where a system is to show that they left (`on_delete: deactivate`), the
/// status becomes "inactive".
void delete_customer(
    const Rules& rules, Aggregate& aggregate, const Origin& origin, Moment moment, Effects& effects
);

/// Takes the deletion back: records that stayed are synchronised again, and those that the hub
/// deleted are owed again, unless a second record stayed there. A record that its own people
/// deleted is not made again by itself.
void undelete_customer(
    Aggregate& aggregate,
    const Origin& origin,
    const std::string& reason,
    Moment moment,
    Effects& effects
);

/// A record is no longer the one that the customer is written to in its system: gone for good, or
/// replaced by another.
void retire(Link& link, Effects& effects);

/// In a system whose written record is gone, or left the customer, another record of theirs that is
/// there is written from then on. False when nothing changed.
bool promote_second_record(Aggregate& aggregate, const SystemId& system, Effects& effects);

/// Carries a deletion to the records that are still there, by each system's `on_delete`: sets them
/// aside, asks, or leaves them to derive_delete(). Run when every system was read, so that an edit
/// made there meanwhile wins.
void spread_deletion(const Rules& rules, Aggregate& aggregate, Moment moment, Effects& effects);

/// The deletion owed to one record of a deleted customer, or nothing. Nothing also while an
/// unanswered write of it has not been followed by a read, and after a refusal.
std::optional<Delivery> derive_delete(
    const Rules& rules, const Aggregate& aggregate, const Link& link, Moment moment
);

/// The field by which systems show that a customer left.
inline constexpr std::string_view kStatusPath = "status";

/// Writes "inactive" into the customer's status, if any system has one.
void deactivate_customer(
    const Rules& rules,
    Aggregate& aggregate,
    const Origin& origin,
    const EditInterval& interval,
    Moment moment,
    Effects& effects
);

/// Is this about a deletion that was refused? Those have no version, because they send no value.
bool is_refused_deletion(const Aggregate& aggregate, const QuarantineItem& item);

/// Did the system refuse to delete this record, and has nobody asked to try again?
bool is_deletion_refused(const Aggregate& aggregate, const Link& link);

/// Is the record to be deleted: by its system's `on_delete`, or because a person said so?
bool is_condemned(const SystemRules& system, const Aggregate& aggregate, const Link& link);

/// Asks a person about a record, unless it is asked already.
void ask_about_gone(
    Aggregate& aggregate,
    const Link& link,
    const std::string& reason,
    Moment moment,
    Effects& effects
);

/// Answers every open question about a gone record of this link, or about all when nil.
void close_gone_questions(
    Aggregate& aggregate,
    const LinkId& link,
    const std::string& resolution,
    Moment moment,
    Effects& effects
);

}  // namespace syncline::sync
