#pragma once

#include "base/result.hpp"
#include "model/change.hpp"
#include "model/field.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace syncline::sync {

/// The version of what people are shown of a customer: the number of the newest journal entry by
/// which a value, what a system says about one, or who the customer is became another. What the hub
/// itself wrote does not count. 0: no such entry. `field`: of this field alone.
std::uint64_t shown_version(
    std::span<const Change> history, std::optional<FieldId> field = std::nullopt
);

/// May somebody who was shown `version` of a customer decide these fields (all, when there are
/// none)? `history` is the customer's journal as it is now. Outdated, with the field, who changed
/// it and when; UsageInvalid for a version that the customer never had. No values.
Result<void> expect_unchanged(
    const FieldTable& fields,
    std::span<const Change> history,
    std::span<const FieldId> decided,
    std::uint64_t version
);

}  // namespace syncline::sync
