#pragma once

#include "base/time.hpp"
#include "model/ids.hpp"

#include <cstdint>

namespace syncline {

/// What a threshold counts.
enum class WriteKind : std::uint8_t {
    Create = 0,
    Update = 1,
    Clear = 2,  ///< an update that emptied a field; it is counted as an update too
    Delete = 3,
};

/// That the record of a customer was written lately, without anybody's approval.
struct RecentWrite {
    SystemId system;
    WriteKind kind = WriteKind::Update;
    CustomerId customer;
    Timestamp at{};
    friend bool operator==(const RecentWrite&, const RecentWrite&) = default;
};

}  // namespace syncline
