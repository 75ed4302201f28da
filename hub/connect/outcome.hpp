#pragma once

#include "base/error.hpp"
#include "model/delivery.hpp"

#include <cstdint>
#include <string>

namespace syncline::connect {

/// What a connector answered when it was not OK, typed.
struct Outcome {
    std::int32_t status = 0;  ///< syncline_status
    std::string message;
    std::string field;  ///< remote name
    std::uint32_t flags = 0;
    std::uint32_t retry_after_ms = 0;
};

/// The hub's error for a failed read, look-up or check. `where` names the system.
Error error_of(const Outcome& outcome, const std::string& where);

/// What a failed write means for the record.
Receipt::Outcome receipt_of(std::int32_t status);

}  // namespace syncline::connect
