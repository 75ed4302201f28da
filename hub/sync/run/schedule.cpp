#include "sync/run/schedule.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace syncline::sync {

using std::chrono::milliseconds;

std::string_view name(Condition condition) {
    switch (condition) {
        case Condition::Ok:
            return "ok";
        case Condition::Retrying:
            return "retrying";
        case Condition::CircuitOpen:
            return "circuit_open";
        case Condition::RateLimited:
            return "rate_limited";
        case Condition::Paused:
            return "paused";
    }
    return "ok";
}

Condition condition_of(const store::SystemState& state, Timestamp now) {
    if (state.paused) return Condition::Paused;
    if (state.failures >= kFailuresThatOpen) return Condition::CircuitOpen;
    if (state.failures > 0 || !state.last_error.empty()) return Condition::Retrying;
    return state.retry_at > now ? Condition::RateLimited : Condition::Ok;
}

milliseconds longest_wait(std::uint32_t failures) {
    milliseconds wait = kFirstWait;
    for (std::uint32_t i = 1; i < failures && wait < kLongestWait; ++i)
        wait *= 2;
    return std::min(wait, kLongestWait);
}

milliseconds backoff(std::uint32_t failures, Random& random) {
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    std::uint64_t drawn = 0;
    for (const std::uint8_t byte : bytes)
        drawn = (drawn << 8U) | byte;
    const auto longest = static_cast<std::uint64_t>(longest_wait(failures).count());
    return milliseconds{static_cast<std::int64_t>(drawn % (longest + 1))};
}

void note_success(store::SystemState& state) {
    state.failures = 0;
    state.retry_at = {};
    state.last_error.clear();
}

void note_failure(store::SystemState& state, const Error& error, Timestamp now, Random& random) {
    ++state.failures;
    state.last_error = error.detail;
    const milliseconds wait = backoff(state.failures, random);
    state.retry_at = now + std::max(wait, error.wait);
    if (error.remedy != Remedy::Reauthorise) return;
    state.paused = true;
    state.paused_by = "authorisation";
    state.retry_at = {};
}

milliseconds poll_interval(const SystemSetting& setting) {
    if (setting.calls_per_minute == 0) return setting.poll;
    constexpr milliseconds kThreeMinutes{180'000};
    return std::max(setting.poll, kThreeMinutes / setting.calls_per_minute);
}

bool awaits_approval(const store::SystemState& state) {
    return state.listing_wanted_at != Timestamp{} && state.listing_wanted_at < state.listed_at;
}

bool is_listing_wanted(const store::SystemState& state, Timestamp now, bool is_scheduled) {
    if (state.listing_wanted_at == Timestamp{}) return false;
    return !is_scheduled || !awaits_approval(state) || now - state.listed_at >= kDoubtedListing;
}

bool is_listing_due(
    const SystemSetting& setting, const store::SystemState& state, Timestamp now, bool is_idle
) {
    if (setting.full_listing.count() == 0 || state.listed_at == Timestamp{}) return false;
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a: the same on every machine
    for (const char c : setting.id.text())
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16'777'619U;
    const milliseconds longest = setting.full_listing / 4;
    const milliseconds early = longest * static_cast<std::int64_t>(hash % 1'000) / 1'000;
    const milliseconds age = now - state.listed_at;
    return age >= (is_idle ? setting.full_listing - early : setting.full_listing);
}

milliseconds until_next_pass(
    const SystemSetting& setting, const store::SystemState& state, Timestamp now
) {
    const milliseconds poll = poll_interval(setting);
    if (state.retry_at == Timestamp{}) return poll;
    const milliseconds wait = std::max(state.retry_at - now, milliseconds{0});
    // What waits for the rate budget alone does not keep the system from being read.
    return state.failures > 0 ? wait : std::min(wait, poll);
}

}  // namespace syncline::sync
