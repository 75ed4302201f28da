#pragma once

#include "model/change.hpp"
#include "model/observation.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/core/pending.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::sync {

/// How what a system was read to hold compares with what the hub holds true
/// (docs/explanation/parity.md).
enum class Parity : std::uint8_t {
    Equal,        ///< an accepted image of the canonical value
    Transformed,  ///< none, but the system said when it was written that it keeps it so
    Unspoken,     ///< no value on either side: nothing to compare

    Pending,      ///< as the hub last saw it; another value is owed and not written yet
    Unconfirmed,  ///< a newer value was left for a deferred system, not seen yet
    DriftHere,    ///< the system changed it since the hub read it
    NotAnImage,   ///< as the hub last saw it, and not what the hub takes it for

    // Differs, and it is known why.
    Contested,
    Quarantined,
    ReadOnly,
    Excluded,
    OutOfScope,
    Waiting,  ///< the record waits to be associated
    Gone,     ///< the record is known to be gone

    Unread,  ///< the reading does not tell

    // About records as a whole.
    MissingThere,  ///< linked, and not there any more
    UnknownThere,  ///< there, and no link knows it
    BackThere,     ///< known to be gone, and there
    Unreadable,    ///< there, cannot be read, and the hub does not know that yet
};
std::string_view name(Parity parity);

/// What a parity means for the verdict on a system.
enum class ParityClass : std::uint8_t { Equal, Explained, Unread, Unconfirmed, Pending, Drift };
ParityClass class_of(Parity parity);

struct FieldParity {
    FieldId field;
    Parity parity = Parity::Equal;
    friend bool operator==(const FieldParity&, const FieldParity&) = default;
};

/// Compares one reading of a linked record with the customer, field by field in the mapping's
/// order. Decides nothing and changes nothing. @pre the link belongs to the aggregate and
/// observation.kind is Present without a problem.
std::vector<FieldParity> compare(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const Observation& observation,
    const TakenFields& taken
);

/// Did the system say itself that it stores the canonical value of this field as `raw`?
bool is_stated_transform(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const RawFields& raw,
    std::span<const Change> history
);

}  // namespace syncline::sync
