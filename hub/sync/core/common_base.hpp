#pragma once

#include "model/change.hpp"
#include "model/field_value.hpp"
#include "model/ids.hpp"

#include <optional>
#include <span>

namespace syncline::sync {

/// A value that stood for everybody, and since when.
struct CommonBase {
    FieldValue value;
    Origin origin;
    Version version;
    Timestamp at{};
};

/// What last stood for everybody before these systems said something else about a field: the value
/// that was there when the first of them was last in agreement with it (it was written to it, came
/// from it, or its record joined). `history`: the customer's journal, oldest first. Nothing where
/// they never agreed, as at first contact.
std::optional<CommonBase> common_base(
    std::span<const Change> history, FieldId field, std::span<const SystemId> contesting
);

}  // namespace syncline::sync
