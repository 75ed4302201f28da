#include "sync/run/call_budget.hpp"

#include <algorithm>
#include <cmath>

namespace syncline::sync {
namespace {

constexpr double kMillisecondsPerMinute = 60'000.0;
constexpr double kMostSavedUp = 6.0;   ///< one n-th of what a minute allows
constexpr double kLeastSavedUp = 3.0;  ///< a reading, a look-up and a write
constexpr double kKeptFromRetries = 0.1;
constexpr double kKeptFromBackfill = 0.3;
constexpr double kRounding = 1e-6;

}  // namespace

CallBudget::CallBudget(std::uint32_t calls_per_minute, Timestamp now)
    : per_ms_(calls_per_minute / kMillisecondsPerMinute),
      most_(std::max(calls_per_minute / kMostSavedUp, kLeastSavedUp)),
      left_(most_),
      filled_at_(now) {}

double CallBudget::reserve(Lane lane) const {
    if (lane == Lane::Live) return 0;
    return most_ * (lane == Lane::Retry ? kKeptFromRetries : kKeptFromBackfill);
}

void CallBudget::fill(Timestamp now) {
    if (now > filled_at_) {
        const auto passed = static_cast<double>((now - filled_at_).count());
        left_ = std::min(most_, left_ + passed * per_ms_);
    }
    filled_at_ = now;
}

void CallBudget::spend(Timestamp now) {
    fill(now);
    left_ = std::max(left_ - 1, 0.0);
}

bool CallBudget::take(Lane lane, Timestamp now) {
    fill(now);
    if (left_ + kRounding < 1 + reserve(lane)) return false;
    left_ -= 1;
    return true;
}

Timestamp CallBudget::when(Lane lane, Timestamp now, std::uint32_t calls) {
    fill(now);
    const double missing = std::min(calls + reserve(lane), most_) - left_;
    if (missing <= kRounding) return now;
    return now + std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(missing / per_ms_))};
}

}  // namespace syncline::sync
