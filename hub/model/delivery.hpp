#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "model/attempt.hpp"
#include "model/ids.hpp"
#include "model/observation.hpp"
#include "model/raw_fields.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace syncline {

/// One write owed to one system: what to call, and what it will mean. Derived from state, never
/// queued: the comparison of canonical versions with shadows is the whole outbound queue.
struct Delivery {
    Attempt attempt;         ///< stored before the call; says kind, fields, versions
    RemoteId remote_id;      ///< "" for a create that the remote numbers
    std::string if_version;  ///< "" = unconditional
    RawFields patch;         ///< the changed remote fields only
    RawFields whole;         ///< the full desired remote state: what was last read, overlaid
    RawFields before;        ///< what the remote was last seen to hold in the patched fields
};

/// What a system answered to one Delivery.
struct Receipt {
    enum class Outcome : std::uint8_t {
        Stored,     ///< done; `stored` tells what the remote holds now, if it told
        Conflict,   ///< the expected version did not match: nothing was written
        Gone,       ///< the record is no more
        Duplicate,  ///< a unique key is taken
        Refused,    ///< never acceptable: `error` says which field and why
        NotSent,    ///< proved that nothing happened: try again later
        InDoubt,    ///< may or may not have happened: look before trying again
    };
    AttemptId attempt;
    Outcome outcome = Outcome::InDoubt;
    RemoteId remote_id;
    std::string token;
    std::optional<Observation> stored;  ///< the remote's own statement of what it stored
    std::string refused_field;          ///< remote field name, if the remote told
    RemoteId duplicate_of;              ///< of a Duplicate: the record that is in the way, if told
    Error error{ErrorCode::RemoteInDoubt, Remedy::Retry, {}, {}};
    Timestamp answered_at{};
};

}  // namespace syncline
