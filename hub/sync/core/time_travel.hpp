#pragma once

#include "model/change.hpp"
#include "model/customer.hpp"

#include <optional>
#include <span>

namespace syncline::sync {

/// A customer's fields as they stood at a moment, from its whole journal alone, oldest entry first.
/// Nothing when the journal begins later: there was no such record yet.
std::optional<FlatMap<FieldId, FieldState>> fields_at(
    std::span<const Change> history, Timestamp moment
);

}  // namespace syncline::sync
