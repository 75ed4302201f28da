// What becomes of the hub when a connector misbehaves: nothing.

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace syncline::testing {
namespace {

using Outcome = Receipt::Outcome;

ConnectedSystem unruly(
    const Json& settings, std::chrono::milliseconds patience = std::chrono::seconds(20)
) {
    connect::Installation installation = test_connectors();
    installation.patience = patience;
    return {"unruly", settings, installation};
}

std::vector<Delivery> two_changes() {
    std::vector<Delivery> two;
    for (const std::uint8_t i : std::vector<std::uint8_t>{1, 2}) {
        two.push_back(
            ConnectedSystem::change(std::to_string(i), "", {{"name", RawValue::of_text("An")}})
        );
        two.back().attempt.id = AttemptId{AttemptId::Raw{i}};
    }
    return two;
}

/// The outcomes of two writes, the first of which was answered.
std::vector<Outcome> outcomes(ConnectedSystem& system) {
    const std::vector<Delivery> two = two_changes();
    std::vector<Outcome> found(2, Outcome::Refused);
    for (const Receipt& receipt : system->write("customer", two))
        found.at(receipt.attempt == two[0].attempt.id ? 0 : 1) = receipt.outcome;
    return found;
}

TEST(ConnectorChild, ACrashWhileReadingIsAnErrorOfThatSystem) {
    ConnectedSystem system = unruly({{"read", "crash"}});
    EXPECT_TRUE(system->check());
    const Reading reading = system.read();
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(reading.error->code, ErrorCode::PluginCrashed);
    EXPECT_EQ(reading.error->remedy, Remedy::Retry);
    EXPECT_EQ(reading.error->where, "tested");
    EXPECT_EQ(
        reading.error->detail, "its connector ended unexpectedly (signal Segmentation fault)"
    );
    EXPECT_EQ(reading.records.size(), 1U);
}

TEST(ConnectorChild, WhatItSaysAboutCustomersIsNotLogged) {
    ConnectedSystem system = unruly({{"read", "gossip"}});
    system.map("name");
    EXPECT_FALSE(system.read().error);
    EXPECT_EQ(
        system.log().lines(),
        (std::vector<std::string>{
            "connector_says system=tested message=met … while reading name",
            "connector_says_unlisted system=tested characters=22"})
    );
}

TEST(ConnectorChild, AfterACrashANewOneIsStartedLaterAndLater) {
    ConnectedSystem system = unruly({{"read", "crash"}});
    for (const int rest : {1, 2, 4, 8}) {
        EXPECT_NE(system.read().error->detail.find("Segmentation"), std::string::npos);
        system.clock().advance(std::chrono::seconds(rest) - std::chrono::milliseconds(1));
        const auto early = system->check();
        ASSERT_FALSE(early);
        EXPECT_EQ(early.error().code, ErrorCode::PluginCrashed);
        EXPECT_EQ(
            early.error().detail,
            "its connector ended unexpectedly and is started again " + std::to_string(rest) +
                " s after that"
        );
        system.clock().advance(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(system->check());
    EXPECT_TRUE(system.read().error);
    system.clock().advance(std::chrono::seconds(1));
    EXPECT_TRUE(system->check());
}

TEST(ConnectorChild, ACrashWhileWritingLeavesOnlyTheUnansweredInDoubt) {
    for (const char* way : {"crash", "exit"}) {
        ConnectedSystem system = unruly({{"write", way}});
        EXPECT_EQ(outcomes(system), (std::vector<Outcome>{Outcome::Stored, Outcome::InDoubt}))
            << way;
        // Nothing is started during the rest, so nothing can have been sent.
        EXPECT_EQ(outcomes(system), (std::vector<Outcome>{Outcome::NotSent, Outcome::NotSent}))
            << way;
    }
    ConnectedSystem stillborn = unruly({{"create", "crash"}});
    EXPECT_EQ(outcomes(stillborn), (std::vector<Outcome>{Outcome::NotSent, Outcome::NotSent}));
}

TEST(ConnectorChild, AHangIsEndedAfterItsPatience) {
    ConnectedSystem system =
        unruly({{"read", "hang"}, {"write", "hang"}}, std::chrono::milliseconds(200));
    const Reading reading = system.read();
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(reading.error->code, ErrorCode::PluginCrashed);
    EXPECT_NE(reading.error->detail.find("no answer within"), std::string::npos);
    system.clock().advance(std::chrono::seconds(1));
    EXPECT_EQ(outcomes(system), (std::vector<Outcome>{Outcome::Stored, Outcome::InDoubt}));
}

TEST(ConnectorChild, MissingRepeatedAndInventedResultsAreInDoubt) {
    for (const char* way : {"forget", "repeat", "overflow"}) {
        ConnectedSystem system = unruly({{"write", way}});
        EXPECT_EQ(outcomes(system), (std::vector<Outcome>{Outcome::Stored, Outcome::InDoubt}))
            << way;
    }
}

TEST(ConnectorChild, GarbageIsSetAsideRecordByRecord) {
    ConnectedSystem system = unruly({{"read", "garbage"}});
    const Reading reading = system.read();
    ASSERT_TRUE(reading.summary) << reading.error->detail;
    ASSERT_EQ(reading.records.size(), 7U);
    EXPECT_EQ(reading.find("1")->problem, "");
    for (const char* id : {"g0", "g1", "g2", "g3", "g4"}) {
        EXPECT_NE(reading.find(id)->problem, "") << id;
        EXPECT_TRUE(reading.find(id)->fields.empty()) << id;
    }
    EXPECT_EQ(reading.find("g3")->problem, "the record is not well-formed UTF-8");
    EXPECT_EQ(reading.records.back().problem, "the record is not well-formed UTF-8");
}

TEST(ConnectorChild, ARecordWithoutAnIdBreaksTheContract) {
    ConnectedSystem system = unruly({{"read", "nameless"}});
    const Reading reading = system.read();
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(
        reading.error->detail, "its connector was stopped: it sent a message of the wrong shape"
    );
}

TEST(ConnectorChild, AnUnknownStatusIsAMistakeOfTheConnector) {
    ConnectedSystem system = unruly({{"read", "status"}});
    EXPECT_EQ(system.read().error->code, ErrorCode::PluginUnusable);
}

TEST(ConnectorChild, OperationsItDoesNotHaveAreUnsupported) {
    ConnectedSystem system = unruly(Json::object());
    EXPECT_EQ(system->discover("customer").error().code, ErrorCode::PluginUnsupported);
    EXPECT_EQ(
        system->plan_ids("customer", 1).error().detail, "this connector has no operation lookup"
    );
}

TEST(ConnectorChild, ASecondSystemNoticesNothing) {
    ConnectedSystem bad = unruly({{"read", "crash"}});
    ConnectedSystem good = unruly(Json::object());
    EXPECT_TRUE(good.read().summary);
    EXPECT_TRUE(bad.read().error);
    EXPECT_TRUE(good.read().summary);
}

TEST(ConnectorChild, SeesNothingOfTheHub) {
    ::setenv("SYNCLINE_TEST_SECRET", "canary", 1);
    ConnectedSystem system = unruly({{"tell", "process"}});
    const auto told = system->check();
    ::unsetenv("SYNCLINE_TEST_SECRET");
    ASSERT_FALSE(told);
    EXPECT_NE(told.error().detail.find(" descriptors=4 secret=hidden"), std::string::npos)
        << told.error().detail;
}

// The hub is a process of its own here, so that it can be killed.
TEST(ConnectorChild, EndsWhenTheHubIsKilledEvenWhileItHangs) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t hub = ::fork();
    if (hub == 0) {
        ConnectedSystem system = unruly({{"tell", "process"}, {"read", "hang"}});
        const std::string told = system->check().error().detail;
        connect::ReadSink sink;
        sink.records = [&](const std::vector<Observation>&) {  // from here on the child hangs
            return ::write(ends[1], told.data(), told.size()) > 0;
        };
        const auto never = system->read(ConnectedSystem::full(), sink);
        ::_exit(never ? 0 : 1);
    }
    char told[256] = {};
    ASSERT_GT(::read(ends[0], told, sizeof told - 1), 0);
    const pid_t child = std::atoi(std::string(told).substr(4).c_str());
    ASSERT_GT(child, 1);
    EXPECT_EQ(::kill(child, 0), 0);
    ::kill(hub, SIGKILL);
    ::waitpid(hub, nullptr, 0);
    bool ended = false;
    for (int i = 0; i < 1'000 && !ended; ++i) {
        ended = ::kill(child, 0) != 0 && errno == ESRCH;
        if (!ended) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace syncline::testing
