#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/field.hpp"
#include "model/quarantine.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace syncline::app {

/// Items of quarantine that have the same system, error and field.
struct ErrorTally {
    SystemId system;  ///< empty: the hub
    ErrorCode code = ErrorCode::PayloadMalformed;
    std::string field;  ///< path; "" = whole records
    std::uint64_t items = 0;
    Timestamp first_at{};
    Timestamp last_at{};
    std::string reason;       ///< the most frequent one
    std::size_t reasons = 0;  ///< how many different ones there are
};

/// Most items first, then the latest, then by system, code and field.
std::vector<ErrorTally> tally_errors(
    std::span<const QuarantineItem> items, const FieldTable& fields
);

/// "8 mapping_failed in erp (phones.main.number)", "1 clock_implausible in the hub"
std::string text_of(const ErrorTally& tally);

}  // namespace syncline::app
