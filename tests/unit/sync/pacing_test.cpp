// Scheduled passes of the engine: open circuits, settle windows and rate budgets. Time is the
// test's.

#include "support/stand_in.hpp"
#include "support/world.hpp"
#include "sync/run/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using namespace std::chrono_literals;
using Row = std::map<std::string, std::string>;

Row customer(const std::string& name) {
    return {{"name", name}, {"email", name + "@example.org"}, {"city", "Gent"}};
}

/// Two systems, of which `books` is called through a stand-in; both know Acme.
class Paced : public ::testing::Test {
protected:
    explicit Paced(const World::Adjust& adjust = {})
        : world({member("erp"), member("books")}, adjust), books(world["books"]) {
        world.stand_ins["books"] = &books;
        world.restart();
        erp_id = world["erp"].add(customer("acme"));
        books_id = world["books"].add(customer("acme"));
        world.settle();
    }
    sync::PassReport scheduled(const std::vector<std::string>& systems) {
        sync::PassOptions options;
        options.scheduled = true;
        for (const std::string& system : systems)
            options.systems.emplace_back(system);
        return world.engine().pass(options);
    }
    store::SystemState state(const std::string& system) {
        for (const store::SystemState& state : world.store().system_states()) {
            if (state.system == SystemId{system}) return state;
        }
        return {};
    }
    std::string in_books(const std::string& field) {
        return world["books"].record(books_id).at(field);
    }

    World world;
    StandIn books;
    RemoteId erp_id, books_id;
};

const Error kDown{ErrorCode::RemoteUnavailable, Remedy::Retry, "books", "it does not answer"};

TEST_F(Paced, AnOpenCircuitIsProbedAndNothingElse) {
    std::vector<std::string> called;
    bool is_down = true;
    books.before = [&](const std::string& call) {
        called.push_back(call);
        return is_down ? std::optional(kDown) : std::nullopt;
    };
    for (std::uint32_t i = 0; i < sync::kFailuresThatOpen; ++i)
        scheduled({"books"});
    EXPECT_EQ(std::count(called.begin(), called.end(), "read"), 5);
    EXPECT_EQ(sync::condition_of(state("books"), world.clock.now()), sync::Condition::CircuitOpen);
    EXPECT_GE(state("books").retry_at, world.clock.now());
    called.clear();
    const sync::PassReport report = scheduled({"books"});
    EXPECT_EQ(called, std::vector<std::string>{"check"});
    ASSERT_TRUE(report.systems.front().error);
    EXPECT_EQ(state("books").failures, 6U);

    is_down = false;
    world["erp"].edit(erp_id, "city", "Brugge");
    scheduled({"erp"});
    called.clear();
    scheduled({"books"});
    EXPECT_EQ(called, (std::vector<std::string>{"check", "read", "write"}));
    EXPECT_EQ(state("books").failures, 0U);
    EXPECT_EQ(state("books").retry_at, Timestamp{});
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(Paced, WritesThatAllFailOpenTheCircuitToo) {
    books.before = [&](const std::string& call) {
        return call == "write" ? std::optional(kDown) : std::nullopt;
    };
    world["erp"].edit(erp_id, "city", "Brugge");
    scheduled({"erp"});
    for (std::uint32_t i = 0; i < sync::kFailuresThatOpen; ++i)
        scheduled({"books"});
    EXPECT_EQ(state("books").failures, sync::kFailuresThatOpen);
}

TEST_F(Paced, ARefusedCredentialIsNotTriedAgainBeforeSomebodyResumes) {
    books.before = [&](const std::string&) {
        return std::optional(Error{
            ErrorCode::RemoteUnauthorised, Remedy::Reauthorise, "books", "wrong password"});
    };
    scheduled({"books"});
    EXPECT_EQ(state("books").paused_by, "authorisation");
    books.before = {};
    EXPECT_TRUE(scheduled({"books"}).systems.empty());
    ASSERT_TRUE(world.engine().resume(SystemId{"books"}));
    EXPECT_FALSE(scheduled({"books"}).systems.front().error);
    EXPECT_EQ(state("books").failures, 0U);
    EXPECT_EQ(state("books").last_error, "");
}

TEST_F(Paced, WhoRunsTheHubOnceIsNotMadeToWait) {
    books.before = [&](const std::string&) { return std::optional(kDown); };
    for (int i = 0; i < 7; ++i)
        world.pass();
    EXPECT_EQ(state("books").failures, 0U);
    EXPECT_EQ(state("books").retry_at, Timestamp{});
    EXPECT_EQ(state("books").last_error, kDown.detail);
}

/// A system that names only what changed, and whose versions are believed.
class Resynced : public ::testing::Test {
protected:
    Resynced() : world({listing(), member("books")}) {
        id = world["erp"].add(customer("acme"));
        world.settle();
    }
    static Member listing() {
        FakeSystem::Character character;
        character.incremental = true;
        return member("erp", character);
    }
    std::string in_books() { return world["books"].records().begin()->second.at("city"); }

    World world;
    RemoteId id;
};

TEST_F(Resynced, EverythingIsListedAgainOnce) {
    world.pass();
    const auto read = [&] { return world.pass().systems.front().read; };
    const std::uint64_t usual = read();
    world["erp"].add(customer("beta"));
    world.settle();
    for (int i = 0; i < 3; ++i)
        world["erp"].add(customer("more" + std::to_string(i)));
    world.settle();
    EXPECT_LT(read(), 5U);
    ASSERT_TRUE(world.engine().resync(SystemId{"erp"}));
    EXPECT_EQ(read(), 5U);
    EXPECT_EQ(read(), usual);
    EXPECT_FALSE(world.engine().resync(SystemId{"nobody"}));
}

TEST_F(Resynced, OneRecordIsReadAtOnce) {
    world["erp"].edit(id, "city", "Brugge");
    const auto report = world.engine().resync_record(SystemId{"erp"}, id);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->changed, 1U);
    EXPECT_EQ(world.canonical("erp", id, "addresses.billing.city"), "Brugge");
    const auto none = world.engine().resync_record(SystemId{"erp"}, RemoteId{"99"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::NotFound);
}

/// Writes to `books` wait two seconds for a customer to come to rest.
class Settling : public Paced {
protected:
    Settling() : Paced([](HubSetting& hub) { hub.systems[1].settle = 2s; }) {}
    Timestamp owed_to_books(const sync::PassReport& report) {
        const auto found = report.owed_from.find(SystemId{"books"});
        return found == report.owed_from.end() ? Timestamp{} : found->second;
    }
};

TEST_F(Settling, TwentyRapidEditsAreOneWrite) {
    const std::size_t before = world["books"].writes();
    for (int i = 0; i < 20; ++i) {
        world["erp"].edit(erp_id, "city", "Street " + std::to_string(i));
        scheduled({"erp"});
        scheduled({"books"});
        world.clock.advance(500ms);
    }
    EXPECT_EQ(world["books"].writes(), before);
    const sync::PassReport report = scheduled({"books"});
    EXPECT_GT(owed_to_books(report), world.clock.now());
    EXPECT_LE(owed_to_books(report), world.clock.now() + 2s);
    world.clock.advance(2s);
    scheduled({"books"});
    EXPECT_EQ(world["books"].writes(), before + 1);
    EXPECT_EQ(in_books("city"), "Street 19");
}

TEST_F(Settling, AnEndlessStreamOfEditsIsWrittenAfterTenWindows) {
    const std::size_t before = world["books"].writes();
    const Timestamp began = world.clock.now();
    int edits = 0;
    while (world["books"].writes() == before && edits < 60) {
        world["erp"].edit(erp_id, "city", "Street " + std::to_string(edits++));
        scheduled({"erp"});
        scheduled({"books"});
        world.clock.advance(1s);
    }
    EXPECT_GE(world.clock.now() - began, 19s);
    EXPECT_LE(world.clock.now() - began, 23s);
    // And the next ten begin there.
    for (int i = 0; i < 15; ++i) {
        world["erp"].edit(erp_id, "city", "Road " + std::to_string(i));
        scheduled({"erp"});
        scheduled({"books"});
        world.clock.advance(1s);
    }
    EXPECT_EQ(world["books"].writes(), before + 1);
}

TEST_F(Settling, ANewCustomerWaitsTooUntilItIsTypedIn) {
    const RemoteId id = world["erp"].add(customer("beta"));
    scheduled({"erp"});
    scheduled({"books"});
    EXPECT_EQ(world["books"].records().size(), 1U);
    world.clock.advance(1500ms);
    world["erp"].edit(id, "city", "Namur");
    scheduled({"erp"});
    world.clock.advance(1s);
    scheduled({"books"});
    EXPECT_EQ(world["books"].records().size(), 1U);
    world.clock.advance(1100ms);
    scheduled({"books"});
    EXPECT_EQ(world["books"].records().size(), 2U);
}

TEST_F(Settling, WhatIsOwedWithoutAScheduleIsWrittenAtOnce) {
    world["erp"].edit(erp_id, "city", "Brugge");
    world.pass();
    EXPECT_EQ(in_books("city"), "Brugge");
}

/// `books` takes sixty calls a minute: one a second, and ten at once.
class RateLimited : public Paced {
protected:
    RateLimited() : Paced([](HubSetting& hub) { hub.systems[1].calls_per_minute = 60; }) {}
    std::size_t writes_of_a_pass() {
        const std::size_t before = world["books"].writes();
        scheduled({"books"});
        return world["books"].writes() - before;
    }
};

TEST_F(RateLimited, ABackfillLeavesCallsForAnEdit) {
    for (int i = 0; i < 40; ++i)
        world["erp"].add(customer("customer" + std::to_string(i)));
    scheduled({"erp"});
    EXPECT_EQ(writes_of_a_pass(), 6U);  // a reading, and what is kept for others
    EXPECT_GT(state("books").retry_at, world.clock.now());
    EXPECT_EQ(sync::condition_of(state("books"), world.clock.now()), sync::Condition::RateLimited);
    world["erp"].edit(erp_id, "city", "Brugge");
    scheduled({"erp"});
    scheduled({"books"});
    EXPECT_EQ(in_books("city"), "Brugge");
    // Everything arrives in the end, and no faster than it may.
    const Timestamp began = world.clock.now();
    int passes = 0;
    while (world["books"].records().size() < 41 && passes < 200) {
        world.clock.advance(5s);  // the poll interval
        scheduled({"books"});
        ++passes;
    }
    EXPECT_EQ(world["books"].records().size(), 41U);
    EXPECT_GE(world.clock.now() - began, 30s);
    scheduled({"books"});
    EXPECT_EQ(state("books").retry_at, Timestamp{});
}

TEST_F(RateLimited, EditsGoBeforeRetriesAndRetriesBeforeNewRecords) {
    std::vector<RemoteId> known;
    for (int i = 0; i < 2; ++i)
        known.push_back(world["erp"].add(customer("known" + std::to_string(i))));
    world.settle();
    // One write is lost on its way; it is found missing, and is then a retry.
    world["books"].faults().write_lost_before = 1;
    world["erp"].edit(known[0], "city", "Namur");
    world.pass();
    world["erp"].add(customer("anew"));
    world["erp"].edit(known[1], "city", "Liege");
    scheduled({"erp"});
    std::vector<std::string> order;
    world.told.clear();
    scheduled({"books"});
    for (const sync::Progress& progress : world.told) {
        if (progress.kind == sync::Progress::Kind::Pushed) order.push_back("update");
        if (progress.kind == sync::Progress::Kind::Created) order.push_back("create");
    }
    EXPECT_EQ(order, (std::vector<std::string>{"update", "update", "create"}));
    const auto customers = [&](std::size_t i) { return world.customer_of("erp", known[i]); };
    const auto first = std::find_if(world.told.begin(), world.told.end(), [](const auto& progress) {
        return progress.kind == sync::Progress::Kind::Pushed;
    });
    ASSERT_NE(first, world.told.end());
    EXPECT_EQ(first->customer, customers(1).customer.id) << "the edit goes before the retry";
}

TEST_F(RateLimited, WhoRunsTheHubOnceIsNotLimited) {
    for (int i = 0; i < 40; ++i)
        world["erp"].add(customer("customer" + std::to_string(i)));
    world.settle();
    EXPECT_EQ(world["books"].records().size(), 41U);
}

}  // namespace
}  // namespace syncline::testing
