// When a system is due again, as functions of time, failures and chance.

#include "sync/run/schedule.hpp"

#include "support/fakes.hpp"
#include "sync/run/call_budget.hpp"
#include "sync/run/settle_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace syncline::sync {
namespace {

using namespace std::chrono_literals;
using testing::SeededRandom;

constexpr Timestamp kNow = from_unix_ms(1'790'000'000'000);
const Error kDown{ErrorCode::RemoteUnavailable, Remedy::Retry, "erp", "it does not answer"};

SystemSetting every(std::chrono::milliseconds poll, std::uint32_t calls_per_minute = 0) {
    SystemSetting setting;
    setting.poll = poll;
    setting.calls_per_minute = calls_per_minute;
    return setting;
}

TEST(Backoff, DoublesFromASecondToFiveMinutes) {
    EXPECT_EQ(longest_wait(1), 1s);
    EXPECT_EQ(longest_wait(2), 2s);
    EXPECT_EQ(longest_wait(3), 4s);
    EXPECT_EQ(longest_wait(9), 256s);
    EXPECT_EQ(longest_wait(10), 5min);
    EXPECT_EQ(longest_wait(4'000'000'000), 5min);
}

TEST(Backoff, IsAnythingUpToTheLongestWait) {
    SeededRandom random;
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 2'000; ++i)
        waits.push_back(backoff(4, random).count());
    EXPECT_GE(*std::min_element(waits.begin(), waits.end()), 0);
    EXPECT_LT(*std::min_element(waits.begin(), waits.end()), 400);
    EXPECT_LE(*std::max_element(waits.begin(), waits.end()), 8'000);
    EXPECT_GT(*std::max_element(waits.begin(), waits.end()), 7'600);
}

TEST(Backoff, FailuresAreCountedAndTheNextAttemptIsKnown) {
    SeededRandom random;
    store::SystemState state;
    for (std::uint32_t n = 1; n < kFailuresThatOpen; ++n) {
        note_failure(state, kDown, kNow, random);
        EXPECT_EQ(state.failures, n);
        EXPECT_GE(state.retry_at, kNow);
        EXPECT_LE(state.retry_at, kNow + longest_wait(n));
        EXPECT_EQ(condition_of(state, kNow), Condition::Retrying);
    }
    note_failure(state, kDown, kNow, random);
    EXPECT_EQ(condition_of(state, kNow), Condition::CircuitOpen);
    EXPECT_EQ(state.last_error, kDown.detail);
    note_success(state);
    EXPECT_EQ(condition_of(state, kNow), Condition::Ok);
    EXPECT_EQ(state, store::SystemState{});
}

TEST(Backoff, WaitsAsLongAsTheRemoteAsked) {
    SeededRandom random;
    store::SystemState state;
    Error busy{ErrorCode::RemoteRateLimited, Remedy::Retry, "erp", "slow down", 90s};
    note_failure(state, busy, kNow, random);
    EXPECT_EQ(state.retry_at, kNow + 90s);
    EXPECT_EQ(until_next_pass(every(5s), state, kNow), 90s);
}

TEST(Backoff, ARefusedCredentialPausesTheSystem) {
    SeededRandom random;
    store::SystemState state;
    const Error refused{
        ErrorCode::RemoteUnauthorised, Remedy::Reauthorise, "erp", "the token is not accepted"};
    note_failure(state, refused, kNow, random);
    EXPECT_TRUE(state.paused);
    EXPECT_EQ(state.paused_by, "authorisation");
    EXPECT_EQ(condition_of(state, kNow), Condition::Paused);
}

TEST(NextPass, IsOnePollIntervalLater) {
    EXPECT_EQ(until_next_pass(every(5s), {}, kNow), 5s);
}

TEST(NextPass, OfAFailingSystemIsAtItsNextAttempt) {
    store::SystemState state;
    state.failures = 3;
    state.retry_at = kNow + 4s;
    EXPECT_EQ(until_next_pass(every(1h), state, kNow), 4s);
    EXPECT_EQ(until_next_pass(every(1s), state, kNow), 4s);
    EXPECT_EQ(until_next_pass(every(1s), state, kNow + 1h), 0s);
}

TEST(NextPass, DoesNotWaitForTheRateBudgetOfWrites) {
    store::SystemState state;
    state.retry_at = kNow + 40s;
    EXPECT_EQ(until_next_pass(every(5s), state, kNow), 5s);
    EXPECT_EQ(condition_of(state, kNow), Condition::RateLimited);
    EXPECT_EQ(condition_of(state, kNow + 1min), Condition::Ok);
    state.retry_at = kNow + 2s;
    EXPECT_EQ(until_next_pass(every(5s), state, kNow), 2s);
}

TEST(NextPass, LeavesTwoThirdsOfTheRateForWrites) {
    EXPECT_EQ(poll_interval(every(5s, 6)), 30s);
    EXPECT_EQ(poll_interval(every(5s, 600)), 5s);
}

TEST(CallBudget, SavesUpAndFillsWithTime) {
    CallBudget budget(60, kNow);  // one a second, ten saved up
    int taken = 0;
    while (budget.take(Lane::Live, kNow))
        ++taken;
    EXPECT_EQ(taken, 10);
    EXPECT_FALSE(budget.take(Lane::Live, kNow + 999ms));
    EXPECT_LE(budget.when(Lane::Live, kNow + 999ms), kNow + 1001ms);
    EXPECT_TRUE(budget.take(Lane::Live, kNow + 1001ms));
    EXPECT_FALSE(budget.take(Lane::Live, kNow + 1001ms));
}

TEST(CallBudget, KeepsCallsForEditsFromRetriesAndFromNewRecords) {
    CallBudget budget(60, kNow);
    int created = 0, tried_again = 0, edited = 0;
    while (budget.take(Lane::Backfill, kNow))
        ++created;
    while (budget.take(Lane::Retry, kNow))
        ++tried_again;
    while (budget.take(Lane::Live, kNow))
        ++edited;
    EXPECT_EQ(created, 7);
    EXPECT_EQ(tried_again, 2);
    EXPECT_EQ(edited, 1);
    EXPECT_EQ(budget.when(Lane::Live, kNow), kNow + 1s);
    EXPECT_EQ(budget.when(Lane::Backfill, kNow), kNow + 4s);
}

TEST(CallBudget, OfTheSmallestRateStillLetsNewRecordsPass) {
    CallBudget budget(1, kNow);
    budget.spend(kNow);  // the reading
    EXPECT_TRUE(budget.take(Lane::Backfill, kNow));
    EXPECT_FALSE(budget.take(Lane::Backfill, kNow));
    const Timestamp at = budget.when(Lane::Backfill, kNow, 2);
    budget.spend(at);
    EXPECT_TRUE(budget.take(Lane::Backfill, at));
}

TEST(CallBudget, AClockSetBackAddsNothingAndBlocksNothing) {
    CallBudget budget(60, kNow);
    while (budget.take(Lane::Live, kNow)) {
    }
    EXPECT_FALSE(budget.take(Lane::Live, kNow - 1h));
    EXPECT_TRUE(budget.take(Lane::Live, kNow - 1h + 1s));
}

TEST(SettleWindow, BeginsAnewWithEachEditAndEndsAfterTen) {
    EXPECT_EQ(settled_at(kNow, kNow, 2s), kNow + 2s);
    EXPECT_EQ(settled_at(kNow, kNow + 5s, 2s), kNow + 7s);
    EXPECT_EQ(settled_at(kNow, kNow + 19s, 2s), kNow + 20s);
}

}  // namespace
}  // namespace syncline::sync
