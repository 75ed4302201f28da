#pragma once

#include "base/random.hpp"
#include "model/settings.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace syncline::sync {

/// After so many failures in a row the circuit of a system is open: until it answers a probe, it is
/// asked for nothing else.
constexpr std::uint32_t kFailuresThatOpen = 5;
constexpr std::chrono::milliseconds kFirstWait{1'000};
constexpr std::chrono::milliseconds kLongestWait{300'000};
/// How long a listing that nobody has approved is not made again by the schedule.
constexpr std::chrono::hours kDoubtedListing{1};

/// How a system stands with the scheduler, by what is remembered of it.
enum class Condition : std::uint8_t {
    Ok,
    Retrying,     ///< it failed, and is tried again
    CircuitOpen,  ///< it failed so often that it is only probed
    RateLimited,  ///< works; what is owed waits for the rate budget
    Paused,
};
std::string_view name(Condition condition);
Condition condition_of(const store::SystemState& state, Timestamp now);

/// The longest wait after the n-th failure in a row: 1 s, 2, 4 … 5 min.
std::chrono::milliseconds longest_wait(std::uint32_t failures);

/// Anything from nothing to the longest wait ("full jitter"): systems that fail together do not
/// come back together.
std::chrono::milliseconds backoff(std::uint32_t failures, Random& random);

/// The system did what it was asked for.
void note_success(store::SystemState& state);

/// It did not. A credential that is refused pauses the system: asking again could lock the account.
void note_failure(store::SystemState& state, const Error& error, Timestamp now, Random& random);

/// The poll interval, or so much longer that readings take a third of what the rate allows.
std::chrono::milliseconds poll_interval(const SystemSetting& setting);

/// Was everything listed since it was wanted, and what the listing lacked not believed? Then a
/// person may approve it, and the next listing is for that.
bool awaits_approval(const store::SystemState& state);

/// Is everything of a system to be listed, because that is wanted? What waits for a person's
/// approval is listed again with every pass that somebody asks for; by the schedule, only
/// `kDoubtedListing` after the last one.
bool is_listing_wanted(const store::SystemState& state, Timestamp now, bool is_scheduled);

/// Is it time to list everything of a system again, although nobody asked for it? A while before
/// its last listing is as old as it may become, by the system's name, so that systems do not take
/// their turns all at once; as long as there is something to write, not before the very end.
bool is_listing_due(
    const SystemSetting& setting, const store::SystemState& state, Timestamp now, bool is_idle
);

/// How long after the end of a pass, at `now`, the next one begins.
std::chrono::milliseconds until_next_pass(
    const SystemSetting& setting, const store::SystemState& state, Timestamp now
);

}  // namespace syncline::sync
