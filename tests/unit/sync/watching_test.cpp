// Systems that tell when something changed are read at once, and are given up as soon as somebody
// else wants them.

#include "support/stand_in.hpp"
#include "support/world.hpp"
#include "sync/run/system_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace syncline::testing {
namespace {

using namespace std::chrono_literals;

bool comes_true(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

/// Two systems that the hub reads by itself once an hour; the ERP tells when it changed.
class Watching : public ::testing::Test {
protected:
    Watching()
        : world({member("erp"), member("desk")}, hourly), erp(world["erp"]), desk(world["desk"]) {
        world.stand_ins["erp"] = &erp;
        world.stand_ins["desk"] = &desk;
        id = world["erp"].add({{"name", "acme"}, {"city", "Gent"}});
        world.settle();
        twin = world.customer_of("erp", id).find_link(SystemId{"desk"})->remote_id;
        erp.can_watch = true;
        world.turn = &turn;
        world.restart();
    }
    static void hourly(HubSetting& hub) {
        for (SystemSetting& system : hub.systems)
            system.poll = 1h;
    }
    void start() {
        sync::SystemThreads::Parts parts;
        parts.engine = &world.engine();
        parts.turn = &turn;
        parts.clock = &world.clock;
        parts.systems = {SystemId{"erp"}, SystemId{"desk"}};
        threads = std::make_unique<sync::SystemThreads>(std::move(parts));
    }
    void edit(const std::string& city) {
        erp.with([&](FakeSystem& fake) { fake.edit(id, "city", city); });
    }
    std::string city_there() {
        return desk.with([&](FakeSystem& fake) { return fake.record(twin).at("city"); });
    }

    World world;
    std::mutex turn;
    StandIn erp;
    StandIn desk;
    RemoteId id, twin;
    std::unique_ptr<sync::SystemThreads> threads;  ///< ends first
};

TEST_F(Watching, WhatASystemTellsOfIsReadAndWrittenAtOnce) {
    start();
    ASSERT_TRUE(comes_true([&] { return erp.watches == 1; }));
    for (const char* city : {"Brugge", "Oostende"}) {
        edit(city);
        erp.tell();
        EXPECT_TRUE(comes_true([&] { return city_there() == city; })) << city;
    }
}

TEST_F(Watching, OneThatTellsNothingIsNotWatched) {
    erp.can_watch = false;
    start();
    ASSERT_TRUE(comes_true([&] { return erp.calls > 0 && desk.calls > 0; }));
    edit("Brugge");
    erp.tell();
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(erp.watches, 0);
    EXPECT_EQ(city_there(), "Gent");
}

TEST_F(Watching, WhoeverCallsTheSystemItselfGetsIt) {
    start();
    ASSERT_TRUE(comes_true([&] { return erp.watches == 1; }));
    std::atomic<int> watched = -1;
    EXPECT_TRUE(threads->alone({SystemId{"erp"}}, [&] { watched = erp.watches.load(); }));
    EXPECT_EQ(watched, 0);
    EXPECT_TRUE(comes_true([&] { return erp.watches == 1; }));
}

TEST_F(Watching, ALookThatIsAskedForDoesNotWaitForIt) {
    start();
    ASSERT_TRUE(comes_true([&] { return erp.watches == 1; }));
    edit("Brugge");
    threads->look_again(SystemId{"erp"});
    EXPECT_TRUE(comes_true([&] { return city_there() == "Brugge"; }));
}

TEST_F(Watching, APausedSystemIsLeftAlone) {
    start();
    ASSERT_TRUE(comes_true([&] { return erp.watches == 1; }));
    threads->between_steps([&] { EXPECT_TRUE(world.engine().pause(SystemId{"erp"}, "operator")); });
    threads->look_again(SystemId{"erp"});
    EXPECT_TRUE(comes_true([&] { return erp.watches == 0; }));
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(erp.watches, 0);
}

TEST_F(Watching, OneThatCannotWatchAfterAllIsReadAsEver) {
    erp.before = [](const std::string& call) -> std::optional<Error> {
        if (call != "watch") return std::nullopt;
        return Error{ErrorCode::PluginUnsupported, Remedy::Stop, "erp", "no"};
    };
    start();
    ASSERT_TRUE(comes_true([&] { return erp.calls > 1; }));
    const int calls = erp.calls;
    std::this_thread::sleep_for(50ms);
    EXPECT_LE(erp.calls, calls + 1);  // not again and again
    edit("Brugge");
    threads->look_again(SystemId{"erp"});
    EXPECT_TRUE(comes_true([&] { return city_there() == "Brugge"; }));
}

TEST_F(Watching, TheHubEndsWithoutWaitingForNews) {
    start();
    ASSERT_TRUE(comes_true([&] { return erp.watches == 1; }));
    const auto asked = std::chrono::steady_clock::now();
    threads->stop();
    threads->join();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 5s);
}

}  // namespace
}  // namespace syncline::testing
