#pragma once

#include "base/time.hpp"
#include "model/ids.hpp"
#include "model/raw_fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace syncline {

/// What a system says about one record at one moment. The only way anything foreign comes in.
struct Observation {
    enum class Kind : std::uint8_t {
        Present,  ///< `fields` holds what was read
        Gone,     ///< proved: an explicit delete, or a look-up by id that says it is no more
    };

    SystemId system;
    std::string entity;
    RemoteId remote_id;
    Kind kind = Kind::Present;
    RawFields fields;      ///< a name that is missing was not read: unknown, never empty
    RemoteId merged_into;  ///< of a Gone one: the record it was merged into there, if told
    std::vector<RemoteId> merged_from{};  ///< of a Present one: those merged into it, if told
    std::string problem;  ///< not empty: the record is there and cannot be read, for this reason
    std::string token;    ///< the remote's version; "" = none
    Timestamp modified_at{};  ///< the remote's own time of change; the epoch = not told
    std::string changed_by;   ///< who wrote it last, if told: for display only
    Timestamp sent_at{};      ///< when the hub's read request was sent
    Timestamp received_at{};  ///< when its answer arrived
};

}  // namespace syncline
