#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "model/ids.hpp"
#include "model/raw_fields.hpp"

#include <cstdint>
#include <string>

namespace syncline {

enum class Direction : std::uint8_t { Inbound = 0, Outbound = 1 };

/// Something that could not be mapped, validated or written, set aside with its reason while the
/// rest goes on. Keyed by (system, remote id or customer, field, direction): the same trouble twice
/// is one item with a higher count.
struct QuarantineItem {
    std::uint64_t id = 0;  ///< given by the store
    SystemId system;
    Direction direction = Direction::Inbound;
    RemoteId remote_id;   ///< "" for a create
    LinkId link;          ///< nil when there is none
    CustomerId customer;  ///< nil when not known
    FieldId field;        ///< zero: the whole record
    Version version;      ///< outbound: the newest version that was refused; a later one is tried
    ErrorCode code = ErrorCode::PayloadMalformed;
    std::string reason;  ///< what is wrong and what to do; no personal data
    RawFields raw;       ///< inbound: the offending remote fields, kept encrypted
    Timestamp first_at{};
    Timestamp last_at{};
    std::uint32_t tries = 1;
    bool retry_requested = false;  ///< `quarantine retry`: try again at the next pass
};

}  // namespace syncline
