#pragma once

#include "sync/core/aggregate.hpp"

#include <string>

namespace syncline::sync {

/// A new canonical version of a field: the only place where one is made, besides nothing. Writes
/// the journal entry with what stood before.
Version make_version(
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    Origin origin,
    EditInterval interval,
    Rule rule,
    Moment moment,
    Effects& effects
);

/// A journal entry about a value that did not become canonical.
void journal(
    Aggregate& aggregate,
    FieldId field,
    ChangeKind kind,
    Rule rule,
    const Origin& origin,
    const EditInterval& interval,
    FieldValue value,
    Effects& effects
);

/// A journal entry about the customer as a whole; `about` names the other one: a remote id, or
/// another customer.
void journal_event(
    Aggregate& aggregate,
    ChangeKind kind,
    Rule rule,
    const Origin& origin,
    const std::string& about,
    Moment moment,
    Effects& effects
);

/// Opens the question which value of a field is right, unless it is open already.
void open_conflict(
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& reason,
    Moment moment,
    Effects& effects
);

/// Answers the open conflict of a field, if there is one, and frees the shadows it held: values
/// that differ from the canonical one are owed from now on.
void close_conflict(
    Aggregate& aggregate,
    FieldId field,
    const std::string& resolution,
    Moment moment,
    Effects& effects
);

/// Closes every open conflict that no shadow of the customer contests any more.
void close_settled_conflicts(Aggregate& aggregate, Moment moment, Effects& effects);

/// Replaces a case in the aggregate and among the effects.
void put_case(Aggregate& aggregate, Case item, Effects& effects);

}  // namespace syncline::sync
