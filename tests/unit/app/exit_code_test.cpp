// The numbers that scripts test for.

#include "app/exit_code.hpp"

#include <gtest/gtest.h>

#include <map>

namespace syncline::app {
namespace {

TEST(ExitCode, NumbersAreNeverGivenAnotherMeaning) {
    EXPECT_EQ(int{kDone}, 0);
    EXPECT_EQ(int{kFailed}, 1);
    EXPECT_EQ(int{kUsage}, 2);
    EXPECT_EQ(int{kInvalidConfiguration}, 3);
    EXPECT_EQ(int{kRecordsInError}, 4);
    EXPECT_EQ(int{kChangesPending}, 5);
    EXPECT_EQ(int{kConflictsOpen}, 6);
    EXPECT_EQ(int{kNotAuthorised}, 7);
    EXPECT_EQ(int{kSystemUnavailable}, 8);
    EXPECT_EQ(int{kThreshold}, 9);
}

TEST(ExitCode, SaysWhoMustDoSomething) {
    const std::map<ErrorCode, int> expected{
        {ErrorCode::UsageInvalid, 2},
        {ErrorCode::ConfigInvalid, 3},
        {ErrorCode::PluginUnusable, 3},
        {ErrorCode::PluginUnsupported, 3},
        {ErrorCode::RemoteUnauthorised, 7},
        {ErrorCode::RemoteUnavailable, 8},
        {ErrorCode::RemoteRateLimited, 8},
        {ErrorCode::PluginCrashed, 8},
        {ErrorCode::ThresholdTripped, 9},
        {ErrorCode::NotFound, 1},
        {ErrorCode::StalePlan, 1},
        {ErrorCode::AlreadyRunning, 1},
        {ErrorCode::KeyMissing, 1},
        {ErrorCode::PayloadMalformed, 1}};
    for (const auto& [code, exit] : expected)
        EXPECT_EQ(int{exit_code_of({code, Remedy::Stop, "", ""})}, exit) << name(code);
}

TEST(ExitCode, NoErrorIsASuccess) {
    for (std::uint16_t number = 100; number < 600; ++number) {
        const Error error{static_cast<ErrorCode>(number), Remedy::Stop, "", ""};
        EXPECT_NE(int{exit_code_of(error)}, int{kDone}) << number;
    }
}

}  // namespace
}  // namespace syncline::app
