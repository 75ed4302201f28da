#pragma once

#include "model/recent_write.hpp"
#include "sync/run/owed.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <string>

namespace syncline::sync {

/// Thresholds hold for a pass, and for what was written within this time before it.
constexpr std::chrono::hours kThresholdWindow{24};

/// A percentage of records never allows fewer than this.
constexpr std::uint64_t kPercentFloor = 5;

/// How many of a system's records a threshold lets through.
std::uint64_t allowed_by(
    const ThresholdSetting& limit,
    std::uint64_t links_of_system,
    std::uint64_t percent_floor = kPercentFloor
);

/// What of the writes owed to a system waits until a person approves it.
struct Waiting {
    std::string reason;  ///< for the operator; "" = nothing waits
    std::set<AttemptId> writes;
};

/// Judges what is owed to a system by the configured thresholds. `recent` is what was written there
/// within the window without anybody's approval.
Waiting what_waits(
    const HubSetting& hub,
    const Owed& owed,
    std::span<const RecentWrite> recent,
    std::uint64_t links_of_system
);

/// The same, with what the store knows of the system.
Waiting what_waits(
    const Rules& rules, store::Store& store, const SystemId& system, const Owed& owed, Timestamp now
);

/// As which kinds of write a delivery counts.
std::vector<WriteKind> kinds_of(const Delivery& delivery);

/// Takes out of `owed` what waits, and returns it.
std::vector<Delivery> hold_back(const Waiting& waiting, Owed& owed);

/// "" when a complete listing may be believed that lacks `missing` of the `known` records, else the
/// sentence for the operator: more are missing than the threshold for deletes allows, or all.
std::string doubt_about_missing(
    const HubSetting& hub, std::uint64_t missing, std::uint64_t listed, std::uint64_t known
);

}  // namespace syncline::sync
