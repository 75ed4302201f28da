#include "base/time.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace syncline {
namespace {

constexpr std::int64_t kMs = 1'772'357'400'000;  // 2026-03-01T09:30:00Z

std::optional<std::int64_t> ms_of(std::string_view text) {
    const auto at = from_rfc3339(text);
    return at ? std::optional(to_unix_ms(*at)) : std::nullopt;
}

TEST(Rfc3339, WritesUtcWithThreeDecimals) {
    EXPECT_EQ(to_rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(kMs + 7)), "2026-03-01T09:30:00.007Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(951'868'799'999)), "2000-02-29T23:59:59.999Z");
}

TEST(Rfc3339, WritesMomentsBefore1970) {
    EXPECT_EQ(to_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(-86'400'000)), "1969-12-31T00:00:00.000Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
    for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{-1}, kMs, kMs + 123}) {
        EXPECT_EQ(ms_of(to_rfc3339(from_unix_ms(ms))), ms);
    }
}

TEST(Rfc3339, ReadsAnyOffset) {
    EXPECT_EQ(ms_of("2026-03-01T09:30:00Z"), kMs);
    EXPECT_EQ(ms_of("2026-03-01T09:30:00+00:00"), kMs);
    EXPECT_EQ(ms_of("2026-03-01T15:00:00+05:30"), kMs);
    EXPECT_EQ(ms_of("2026-03-01T01:15:00-08:15"), kMs);
    EXPECT_EQ(ms_of("2026-02-28T23:30:00-10:00"), kMs);
}

TEST(Rfc3339, ReadsSmallLettersAndASpace) {
    EXPECT_EQ(ms_of("2026-03-01t09:30:00z"), kMs);
    EXPECT_EQ(ms_of("2026-03-01 09:30:00Z"), kMs);
}

TEST(Rfc3339, ReadsUpToNineDecimalsAndKeepsThree) {
    EXPECT_EQ(ms_of("2026-03-01T09:30:00.5Z"), kMs + 500);
    EXPECT_EQ(ms_of("2026-03-01T09:30:00.05Z"), kMs + 50);
    EXPECT_EQ(ms_of("2026-03-01T09:30:00.005Z"), kMs + 5);
    EXPECT_EQ(ms_of("2026-03-01T09:30:00.123999999Z"), kMs + 123);
    EXPECT_FALSE(ms_of("2026-03-01T09:30:00.1234567890Z"));
    EXPECT_FALSE(ms_of("2026-03-01T09:30:00.Z"));
}

TEST(Rfc3339, KnowsLeapYears) {
    EXPECT_TRUE(ms_of("2024-02-29T00:00:00Z"));
    EXPECT_TRUE(ms_of("2000-02-29T00:00:00Z"));
    EXPECT_FALSE(ms_of("2026-02-29T00:00:00Z"));
    EXPECT_FALSE(ms_of("1900-02-29T00:00:00Z"));
}

TEST(Rfc3339, ALeapSecondIsTheNextMinute) {
    EXPECT_EQ(ms_of("2026-03-01T09:29:60Z"), kMs);
    EXPECT_FALSE(ms_of("2026-03-01T09:29:61Z"));
}

TEST(Rfc3339, RefusesDaysAndHoursThatAreNone) {
    for (const std::string_view text :
         {"2026-00-01T00:00:00Z",
          "2026-13-01T00:00:00Z",
          "2026-01-00T00:00:00Z",
          "2026-04-31T00:00:00Z",
          "2026-01-01T24:00:00Z",
          "2026-01-01T00:60:00Z",
          "2026-01-01T00:00:00+24:00",
          "2026-01-01T00:00:00+00:60"})
        EXPECT_FALSE(ms_of(text)) << text;
}

TEST(Rfc3339, RefusesWhatHasNoYearOfFourDigitsInUtc) {
    EXPECT_FALSE(from_rfc3339("0000-01-01T00:00:00+00:01"));
    EXPECT_FALSE(from_rfc3339("9999-12-31T23:59:60Z"));
    EXPECT_TRUE(from_rfc3339("0000-01-01T00:00:00Z"));
    EXPECT_TRUE(from_rfc3339("9999-12-31T23:59:59.999Z"));
}

TEST(Rfc3339, RefusesOtherForms) {
    for (const std::string_view text :
         {"",
          "2026-03-01",
          "2026-03-01T09:30:00",
          "2026-03-01T09:30Z",
          "26-03-01T09:30:00Z",
          "-026-03-01T09:30:00Z",
          "2026-3-01T09:30:00Z",
          "2026-03-01T-9:30:00Z",
          "2026/03/01T09:30:00Z",
          "2026-03-01T09:30:00+0100",
          "2026-03-01T09:30:00+01",
          "2026-03-01T09:30:00Z ",
          " 2026-03-01T09:30:00Z",
          "2026-03-01T09:30:00ZZ",
          "2026-03-01T09:30:00,5Z"})
        EXPECT_FALSE(ms_of(text)) << text;
}

}  // namespace
}  // namespace syncline
