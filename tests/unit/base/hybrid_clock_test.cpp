#include "base/hybrid_clock.hpp"

#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace syncline {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMs = 1'790'000'000'000;
constexpr std::uint64_t kNow = static_cast<std::uint64_t>(kMs) << 16U;

class HybridClockTest : public ::testing::Test {
protected:
    HybridClockTest() { wall_.set(from_unix_ms(kMs)); }

    testing::FakeClock wall_;
};

TEST_F(HybridClockTest, ANewHubBeginsAtTheWallClock) {
    HybridClock clock(wall_, Version{});
    EXPECT_FALSE(clock.high_water().exists());
    const Version first = clock.tick();
    EXPECT_EQ(first.number, kNow);
    EXPECT_EQ(first.unix_ms(), kMs);
}

TEST_F(HybridClockTest, CountsWithinOneMillisecond) {
    HybridClock clock(wall_, Version{});
    clock.tick();
    EXPECT_EQ(clock.tick().number, kNow + 1);
    EXPECT_EQ(clock.tick().number, kNow + 2);
}

TEST_F(HybridClockTest, FollowsTheWallClockForward) {
    HybridClock clock(wall_, Version{});
    clock.tick();
    clock.tick();
    wall_.advance(1ms);
    EXPECT_EQ(clock.tick().number, kNow + 65'536);
}

TEST_F(HybridClockTest, GoesOnWhenTheWallClockIsSetBack) {
    HybridClock clock(wall_, Version{});
    clock.tick();
    wall_.advance(-24h);
    EXPECT_EQ(clock.tick().number, kNow + 1);
    wall_.set(from_unix_ms(-5));
    EXPECT_EQ(clock.tick().number, kNow + 2);
}

TEST_F(HybridClockTest, AFullCounterCarriesIntoTheMilliseconds) {
    HybridClock clock(wall_, Version{kNow + 65'534});
    EXPECT_EQ(clock.tick().unix_ms(), kMs);
    EXPECT_EQ(clock.tick().unix_ms(), kMs + 1);
    wall_.advance(1ms);  // the wall clock catches up and must not repeat it
    EXPECT_EQ(clock.tick().number, kNow + 65'537);
}

TEST_F(HybridClockTest, StartsAboveTheStoredMarkOfALaterTime) {
    const Version stored{static_cast<std::uint64_t>(kMs + 60'000) << 16U};
    HybridClock clock(wall_, stored);
    EXPECT_EQ(clock.high_water(), stored);
    EXPECT_EQ(clock.tick().number, stored.number + 1);
}

TEST_F(HybridClockTest, ABrokenWallClockBefore1970StillGivesVersions) {
    wall_.set(from_unix_ms(-1'000));
    HybridClock clock(wall_, Version{});
    EXPECT_EQ(clock.tick().number, 1U);
    EXPECT_EQ(clock.tick().number, 2U);
}

TEST_F(HybridClockTest, TheMarkIsTheLastVersion) {
    HybridClock clock(wall_, Version{});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(clock.tick(), clock.high_water());
}

}  // namespace
}  // namespace syncline
