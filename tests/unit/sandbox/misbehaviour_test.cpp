#include "sandbox/misbehaviour.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace syncline::sandbox {
namespace {

std::vector<Fate> fates(Mischief& mischief, const std::vector<RequestKind>& kinds) {
    std::vector<Fate> result;
    for (const RequestKind kind : kinds)
        result.push_back(mischief.next(kind));
    return result;
}

constexpr auto kRead = RequestKind::Read;
constexpr auto kWrite = RequestKind::Write;

TEST(Misbehaviour, IsReadBackAsItIsWritten) {
    Misbehaviour settings;
    settings.latency = std::chrono::milliseconds(20);
    settings.rate_limit_every = 3;
    settings.retry_after = std::chrono::seconds(5);
    settings.reset_after_write_every = 1;
    settings.times = 4;
    const auto back = read_misbehaviour(to_json(settings));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, settings);
    EXPECT_EQ(*read_misbehaviour("{}"), Misbehaviour{});
}

TEST(Misbehaviour, RefusesWhatItDoesNotKnow) {
    for (const char* text :
         {"",
          "[]",
          R"({"latency":1})",
          R"({"times":-1})",
          R"({"times":1.5})",
          R"({"latency_ms":"1"})",
          R"({"times":4294967296})"}) {
        const auto read = read_misbehaviour(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::PayloadMalformed);
    }
}

TEST(Misbehaviour, AGoodServerServesEverything) {
    Mischief mischief{Misbehaviour{}};
    EXPECT_EQ(fates(mischief, {kRead, kWrite}), (std::vector{Fate::Served, Fate::Served}));
}

TEST(Misbehaviour, CountsRequests) {
    Misbehaviour settings;
    settings.rate_limit_every = 2;
    settings.server_error_every = 3;
    Mischief mischief{settings};
    EXPECT_EQ(
        fates(mischief, {kRead, kRead, kWrite, kRead, kRead}),
        (std::vector{
            Fate::Served, Fate::RateLimited, Fate::ServerError, Fate::RateLimited, Fate::Served})
    );
}

TEST(Misbehaviour, CountsWritesForWhatFollowsAWrite) {
    Misbehaviour settings;
    settings.reset_after_write_every = 2;
    Mischief mischief{settings};
    EXPECT_EQ(
        fates(mischief, {kWrite, kRead, kRead, kWrite}),
        (std::vector{Fate::Served, Fate::Served, Fate::Served, Fate::ResetAfter})
    );
}

TEST(Misbehaviour, EndsAfterSoManyTimesAndStartsAnewWhenTold) {
    Misbehaviour settings;
    settings.reset_before_every = 1;
    settings.times = 2;
    Mischief mischief{settings};
    const std::vector expected{Fate::ResetBefore, Fate::ResetBefore, Fate::Served};
    EXPECT_EQ(fates(mischief, {kRead, kRead, kRead}), expected);
    mischief.set(settings);
    EXPECT_EQ(fates(mischief, {kRead, kRead, kRead}), expected);
}

}  // namespace
}  // namespace syncline::sandbox
