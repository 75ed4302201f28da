#include "base/hybrid_clock.hpp"
#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <rapidcheck/gtest.h>
#include <vector>

namespace syncline {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr std::int64_t kYear = 31'536'000'000;

/// A wall clock as machines have them: mostly still or creeping, now and then set far forward or
/// back, even before 1970.
std::int64_t any_wall(std::int64_t wall) {
    switch (*rc::gen::inRange(0, 6)) {
        case 0:
            return wall;
        case 1:
            return wall + *rc::gen::inRange<std::int64_t>(1, 3);
        case 2:
            return wall - *rc::gen::inRange<std::int64_t>(1, 1'000);
        case 3:
            return wall + *rc::gen::inRange<std::int64_t>(0, kYear);
        case 4:
            return wall - *rc::gen::inRange<std::int64_t>(0, kYear);
        default:
            return *rc::gen::inRange<std::int64_t>(-kYear, kNow + 50 * kYear);
    }
}

std::size_t any_count() {
    return *rc::gen::inRange<std::size_t>(1, 40);
}

/// A stored mark: none, of now, of a clock that was ahead, or at the end of a full counter.
Version any_mark() {
    const auto ms = static_cast<std::uint64_t>(*rc::gen::inRange(kNow - kYear, kNow + kYear));
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            return Version{};
        case 1:
            return Version{(ms << 16U) | 0xFFFFU};
        default:
            return Version{(ms << 16U) | *rc::gen::arbitrary<std::uint16_t>()};
    }
}

void assert_rising(const std::vector<Version>& versions) {
    const auto pair = std::adjacent_find(
        versions.begin(), versions.end(), [](Version a, Version b) { return !(a < b); }
    );
    RC_ASSERT(pair == versions.end());
}

RC_GTEST_PROP(ClockProperty, RisesWhateverTheWallClockDoes, ()) {
    testing::FakeClock wall;
    std::int64_t ms = kNow;
    const Version mark = any_mark();
    HybridClock clock(wall, mark);
    std::vector<Version> versions{mark};
    for (std::size_t i = any_count(); i > 0; --i) {
        ms = any_wall(ms);
        wall.set(from_unix_ms(ms));
        versions.push_back(clock.tick());
        RC_ASSERT(versions.back().exists());
    }
    assert_rising(versions);
}

RC_GTEST_PROP(ClockProperty, TheMarkCoversEveryVersion, ()) {
    testing::FakeClock wall;
    const Version mark = any_mark();
    HybridClock clock(wall, mark);
    RC_ASSERT(clock.high_water() == mark);
    std::int64_t ms = kNow;
    Version highest = mark;
    for (std::size_t i = any_count(); i > 0; --i) {
        ms = any_wall(ms);
        wall.set(from_unix_ms(ms));
        RC_ASSERT(clock.high_water() == highest);  // asking does not mint
        highest = std::max(highest, clock.tick());
        RC_ASSERT(clock.high_water() == highest);
    }
}

// Versions leave the process only after a commit stored their mark. Those minted after the last
// commit are lost with the process and may come again.
RC_GTEST_PROP(ClockProperty, ARestartNeverRepeatsWhatWasCommitted, ()) {
    testing::FakeClock wall;
    std::int64_t ms = kNow;
    Version stored;
    std::vector<Version> committed;
    for (std::size_t life = *rc::gen::inRange<std::size_t>(1, 8); life > 0; --life) {
        HybridClock clock(wall, stored);
        std::vector<Version> batch;
        for (std::size_t i = any_count(); i > 0; --i) {
            ms = any_wall(ms);
            wall.set(from_unix_ms(ms));
            batch.push_back(clock.tick());
            if (!*rc::gen::arbitrary<bool>()) continue;
            stored = clock.high_water();
            committed.insert(committed.end(), batch.begin(), batch.end());
            batch.clear();
        }
    }
    assert_rising(committed);
    if (!committed.empty()) RC_ASSERT(committed.back() == stored);
}

RC_GTEST_PROP(ClockProperty, StaysBetweenTheWallClockAndTheHighestTimeSeen, ()) {
    testing::FakeClock wall;
    const Version mark = any_mark();
    HybridClock clock(wall, mark);
    std::int64_t ms = kNow;
    std::int64_t highest = std::max<std::int64_t>(mark.unix_ms(), 0);
    for (std::size_t i = any_count(); i > 0; --i) {
        ms = any_wall(ms);
        wall.set(from_unix_ms(ms));
        highest = std::max(highest, ms);
        const Version version = clock.tick();
        RC_ASSERT(version.unix_ms() >= ms);
        RC_ASSERT(version.unix_ms() <= highest + 1);  // one full counter may have carried
    }
}

RC_GTEST_PROP(ClockProperty, AnEditAfterTheWallClockMovedOnIsOfThatTime, ()) {
    testing::FakeClock wall;
    HybridClock clock(wall, Version{});
    wall.set(from_unix_ms(kNow));
    for (std::size_t i = any_count(); i > 0; --i)
        clock.tick();
    const auto later = kNow + *rc::gen::inRange<std::int64_t>(1, kYear);
    wall.set(from_unix_ms(later));
    RC_ASSERT(clock.tick().unix_ms() == later);
}

// The counter has 16 bits. A batch of more changes within one millisecond runs ahead of the wall
// clock, which then catches up.
TEST(ClockCounter, MoreThanItHoldsInOneMillisecondStaysInOrder) {
    rc::check([] {
        testing::FakeClock wall;
        wall.set(from_unix_ms(kNow));
        const auto first = *rc::gen::arbitrary<std::uint16_t>();
        HybridClock clock(wall, Version{(static_cast<std::uint64_t>(kNow) << 16U) | first});
        const auto count = *rc::gen::inRange<std::size_t>(65'537, 140'000);
        Version last = clock.high_water();
        for (std::size_t i = 0; i < count; ++i) {
            const Version version = clock.tick();
            if (version.number != last.number + 1) RC_FAIL("a version was left out or repeated");
            last = version;
        }
        RC_ASSERT(last.unix_ms() > kNow);
        for (std::int64_t ms = 1; ms <= 5; ++ms) {
            wall.set(from_unix_ms(kNow + ms));
            const Version version = clock.tick();
            RC_ASSERT(last < version);
            last = version;
        }
        RC_ASSERT(last.unix_ms() == kNow + 5);
    });
}

}  // namespace
}  // namespace syncline
