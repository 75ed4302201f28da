#pragma once

#include "model/delivery.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace syncline::sync {

/// Which run is taken back, by which run, and who asked for it.
struct UndoOrder {
    RunId run;
    RunId by;
    std::string user;
};

/// One thing that a run did to one customer, as its undo sees it.
struct UndoItem {
    enum class What : std::uint8_t {
        Value,   ///< the canonical value of a field
        Write,   ///< what a field of a record held before the hub wrote it
        Record,  ///< a record that the run made
        Link,    ///< a record that joined the customer
    };
    enum class State : std::uint8_t {
        Due,      ///< is to be taken back
        Done,     ///< stands again as it was before the run
        Skipped,  ///< stays, for a reason
    };
    What what = What::Value;
    State state = State::Due;
    CustomerId customer;
    SystemId system;                  ///< of a Value: none
    RemoteId remote_id;               ///< of a Value: none
    FieldId field;                    ///< of a Record or Link: none
    std::string reason;               ///< Skipped: why, without personal data
    RawFields back;                   ///< Write: what the record is to hold again
    std::optional<FieldValue> value;  ///< Value: what stands again; nothing = no value
};

/// What a run did to a customer and what of it can be taken back, from the journal and the state
/// alone: an undo that was interrupted goes on with what is Due. `history` is the customer's whole
/// journal, oldest first.
std::vector<UndoItem> trace_run(
    const Rules& rules,
    const Aggregate& aggregate,
    std::span<const Change> history,
    const UndoOrder& order
);

/// The first step, before any call: values that are due become what they were. A system that holds
/// anything else asks a person from now on, so that nothing is written over; records that are due
/// are held until they were written, with a question that says what it waits for.
void take_back(
    const Rules& rules,
    Aggregate& aggregate,
    const std::vector<UndoItem>& items,
    const UndoOrder& order,
    Moment moment,
    Effects& effects
);

/// The write that gives a record back what it held in the fields that are due, or deletes it, if
/// the run made it; nothing when nothing is due, and while an unanswered write to it was not looked
/// after. `before` says what the record must still hold. The attempt inside is not stored yet.
std::optional<Delivery> derive_write_back(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const std::vector<UndoItem>& items,
    Moment moment
);

/// The last step, when writes were answered: a record that holds an image of what stands agrees
/// again, and every other one asks which value is right, but for those that are due still.
void conclude_undo(
    const Rules& rules,
    Aggregate& aggregate,
    const std::vector<UndoItem>& items,
    const UndoOrder& order,
    Moment moment,
    Effects& effects
);

}  // namespace syncline::sync
