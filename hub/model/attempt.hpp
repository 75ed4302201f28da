#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "model/field_value.hpp"
#include "model/flat_map.hpp"
#include "model/ids.hpp"
#include "model/raw_fields.hpp"

#include <cstdint>
#include <string>

namespace syncline {

enum class AttemptState : std::uint8_t {
    Open = 0,      ///< called (or about to be); no answer known. Blocks further pushes of the link
    Looked = 1,    ///< unanswered, but a later read was made: no longer blocks, may still surface
    Answered = 2,  ///< the remote said yes; kept until its effect was observed
    Told = 3,      ///< as Looked, and its effect is in the journal already
};

enum class AttemptKind : std::uint8_t { Update = 0, Create = 1, Delete = 2 };

/// What one write sent for one field.
struct SentField {
    FieldValue value;  ///< the canonical value sent
    RawFields raw;     ///< the remote fields as sent
    Version version;   ///< of the canonical value; later than it when an undo puts back another one
    friend bool operator==(const SentField&, const SentField&) = default;
};

/// One write of ours that may still surface in the remote. Made durable before the call; forgotten
/// only on evidence. Its id is the call's idempotency key.
struct Attempt {
    AttemptId id;
    AttemptKind kind = AttemptKind::Update;
    AttemptState state = AttemptState::Open;
    SystemId system;
    std::string entity;
    CustomerId customer;
    LinkId link;          ///< nil for a create whose record is not known yet
    RemoteId planned_id;  ///< create: the id chosen beforehand; "" when the remote assigns it
    Timestamp issued_at{};
    Timestamp answered_at{};  ///< the epoch: not answered
    std::string expected_token;
    FlatMap<FieldId, SentField> fields;
    friend bool operator==(const Attempt&, const Attempt&) = default;
};

}  // namespace syncline
