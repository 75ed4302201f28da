#pragma once

#include "base/result.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {

/// A moment as people name it: a date ("2026-05-01": its beginning, in UTC), an RFC 3339 time, or
/// how long ago: "90s", "15m", "2h", "3d". UsageInvalid for anything else and for the future.
Result<Timestamp> read_moment(const std::string& text, Timestamp now);

/// A customer's fields as they stood then. NotFound, saying since when there is one, when there was
/// no such record yet.
Result<FlatMap<FieldId, FieldState>> past_of(
    store::Store& store, const CustomerId& id, Timestamp moment
);

/// The fields whose value is another one now, with the one they had then: cleared when nobody had
/// said anything. All fields, or those of `paths`. NotFound for a path that no system maps.
Result<std::vector<std::pair<FieldId, FieldValue>>> values_to_restore(
    const FieldTable& fields,
    const Customer& now,
    const FlatMap<FieldId, FieldState>& then,
    const std::vector<std::string>& paths
);

}  // namespace syncline::app
