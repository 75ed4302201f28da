#pragma once

#include "sync/run/workbench.hpp"

#include <span>
#include <vector>

namespace syncline::sync {

/// Writes refused in a row, of a condition that held, that mean the system's conditions are broken.
inline constexpr std::size_t kRefusalsThatBreak = 3;

/// After the records of refused writes were read again: a record that is as the write expected it
/// was refused for nothing (a proxy that rewrites ETags does that). After some of these in a row
/// the system is read before each write instead, from now on.
void judge_conditions(
    Workbench& bench,
    Station& station,
    std::span<const Delivery> deliveries,
    std::span<const Receipt> receipts
);

}  // namespace syncline::sync
