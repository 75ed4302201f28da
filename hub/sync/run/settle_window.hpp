#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "model/change.hpp"

#include <chrono>
#include <span>

namespace syncline::sync {

/// A write waits for at most so many settle windows after the first change.
constexpr int kMostSettleWindows = 10;

/// When a change may be written that began at `first` and had its last edit at `last`.
Timestamp settled_at(Timestamp first, Timestamp last, std::chrono::milliseconds window);

/// When the journal of a customer says that `field` got its first version after `held`; `otherwise`
/// when it does not say.
Timestamp first_change_after(
    std::span<const Change> journal, FieldId field, Version held, Timestamp otherwise
);

}  // namespace syncline::sync
