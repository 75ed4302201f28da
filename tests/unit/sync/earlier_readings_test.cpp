/// What a reading means that is older, by what the system itself tells, than the last one: a copy
/// that lags behind, a clock that was set back, a record that was put back.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace syncline::testing {
namespace {

using connect::VersionKind;
using std::chrono::hours;
using std::chrono::seconds;

FakeSystem::Character with_times(VersionKind version) {
    FakeSystem::Character character;
    character.version = version;
    character.tells_times = true;
    return character;
}

/// A customer that erp, which has the character, and desk both know.
struct Both : World {
    explicit Both(const FakeSystem::Character& character)
        : World({member("erp", character), member("desk")}) {
        const std::map<std::string, std::string> row{
            {"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}, {"phone", ""}};
        erp = (*this)["erp"].add(row);
        desk = (*this)["desk"].add(row);
        settle();
    }
    std::string in_erp(const std::string& field) { return (*this)["erp"].record(erp).at(field); }
    std::string in_desk(const std::string& field) { return (*this)["desk"].record(desk).at(field); }
    void edit_later(const std::string& field, const std::string& value) {
        clock.advance(seconds{1});
        (*this)["erp"].edit(erp, field, value);
    }

    RemoteId erp, desk;
};

class ClockSetBack : public ::testing::TestWithParam<VersionKind> {};

TEST_P(ClockSetBack, EditsAfterwardsAreTakenInLikeAnyOthers) {
    Both world(with_times(GetParam()));
    world.edit_later("city", "Brugge");
    world.settle();
    world["erp"].put_clock_ahead_by(-hours{1});
    world.edit_later("city", "Aalst");
    world.settle();
    EXPECT_EQ(world.in_desk("city"), "Aalst");
    EXPECT_EQ(world.in_erp("city"), "Aalst");
}

TEST_P(ClockSetBack, IsNoRestoredBackup) {
    Both world(with_times(GetParam()));
    std::vector<RemoteId> others;
    for (int i = 0; i < 5; ++i) {
        const std::string n = std::to_string(i);
        others.push_back(
            world["erp"].add({{"name", "N" + n}, {"email", "n@n" + n + ".be"}, {"city", "Gent"}})
        );
    }
    world.settle();
    world["erp"].put_clock_ahead_by(-hours{1});
    for (const RemoteId& id : others)
        world["erp"].edit(id, "city", "Aalst");
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty());
    for (const RemoteId& id : others)
        EXPECT_EQ(world.canonical("erp", id, "addresses.billing.city"), "Aalst");
}

TEST_P(ClockSetBack, WhatTheSystemAnswersToAWriteIsNoEditOfItsPeople) {
    FakeSystem::Character character = with_times(GetParam());
    character.rewrites = "city";
    Both world(character);
    world["erp"].put_clock_ahead_by(-hours{1});
    world["desk"].edit(world.desk, "city", "Aalst");
    world.settle();
    ASSERT_EQ(world.in_erp("city"), "* Aalst");
    EXPECT_EQ(world.in_desk("city"), "Aalst");
}

INSTANTIATE_TEST_SUITE_P(
    Earlier,
    ClockSetBack,
    ::testing::Values(VersionKind::None, VersionKind::Opaque),
    [](const auto& row) { return row.param == VersionKind::None ? "NoVersions" : "Opaque"; }
);

TEST(EarlierReading, OfACopyThatLagsBehindIsNotTaken) {
    FakeSystem::Character character = with_times(VersionKind::None);
    character.stale_for = seconds{30};
    character.incremental = true;
    Both world(character);
    world.clock.advance(seconds{100});
    world.settle();
    world.edit_later("city", "Brugge");
    world.settle();
    world["erp"].faults().stale_reads = 1;
    world.pass();
    EXPECT_EQ(world.in_desk("city"), "Brugge");
    EXPECT_EQ(world.in_erp("city"), "Brugge");
}

/// Erp's feed does not wait for copies that lag behind; another record is always changed last.
struct Feed : Both {
    Feed() : Both(feeding()), other((*this)["erp"].add({{"name", "Zeta"}, {"city", "Mol"}})) {
        clock.advance(seconds{100});
        settle();
        edit_later("city", "Brugge");
        settle();
    }
    void goes_on() {
        (*this)["erp"].edit(other, "city", (*this)["erp"].record(other).at("city") + "!");
        settle();
    }

    RemoteId other;

private:
    static FakeSystem::Character feeding() {
        FakeSystem::Character character = with_times(VersionKind::None);
        character.stale_for = seconds{30};
        character.incremental = true;
        character.feed_waits_for_copies = false;
        return character;
    }
};

TEST(EarlierReading, IsReadAgainWhenTheFeedWentPastIt) {
    Feed world;
    world["erp"].put_clock_ahead_by(-hours{1});
    world.edit_later("city", "Aalst");
    world.goes_on();
    EXPECT_EQ(world.in_desk("city"), "Brugge") << "it may still be an old copy";
    world.clock.advance(seconds{31});
    world.settle();
    EXPECT_EQ(world.in_desk("city"), "Aalst");
}

TEST(EarlierReading, OfADeletionIsReadAgainWhenTheFeedWentPastIt) {
    Feed world;
    world["erp"].remove(world.erp);
    world.goes_on();
    const auto link_of_erp = [&] {
        return world.customer_of("desk", world.desk).find_link(SystemId{"erp"})->state;
    };
    EXPECT_EQ(link_of_erp(), LinkState::Active) << "a copy may lack it yet";
    world.clock.advance(seconds{31});
    world.settle();
    EXPECT_EQ(link_of_erp(), LinkState::Gone);
}

TEST(EarlierReading, ARecordThatAListingDoesNotShowYetIsNotMadeASecondTime) {
    FakeSystem::Character lagging;
    lagging.stale_for = seconds{30};
    World world({member("erp", lagging), member("desk")});
    world["erp"].add({{"name", "Zeta"}, {"email", "info@zeta.be"}});
    world["desk"].add({{"name", "Zeta"}, {"email", "info@zeta.be"}});
    world["erp"].faults().stale_reads = 1;
    world.pass();
    EXPECT_EQ(world["erp"].records().size(), 1U);
    world.clock.advance(seconds{31});
    world.pass();
    EXPECT_EQ(world["erp"].records().size(), 1U);
    EXPECT_EQ(world["desk"].records().size(), 1U);
    EXPECT_EQ(world.store().counts().records, 1U);
}

TEST(EarlierReading, ACustomerWithoutARecordIsMadeWhenTheListingCannotLagBehindAnyMore) {
    FakeSystem::Character lagging;
    lagging.stale_for = seconds{30};
    World world({member("erp", lagging), member("desk")});
    world["desk"].add({{"name", "Zeta"}, {"email", "info@zeta.be"}});
    world.settle();
    EXPECT_TRUE(world["erp"].records().empty());
    world.clock.advance(seconds{31});
    world.settle();
    EXPECT_EQ(world["erp"].records().size(), 1U);
}

TEST(EarlierReading, OfOneRecordThatWasPutBackIsOverruledWhereVersionsHaveAnOrder) {
    Both world(FakeSystem::Character{});
    world["erp"].back_up();
    world.edit_later("city", "Brugge");
    world.settle();
    world["erp"].go_back_to_backup();
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty()) << "one record is no restored system";
    EXPECT_EQ(world.in_desk("city"), "Brugge");
    EXPECT_EQ(world.in_erp("city"), "Brugge");
    world.edit_later("city", "Aalst");
    world.settle();
    EXPECT_EQ(world.in_desk("city"), "Aalst");
}

}  // namespace
}  // namespace syncline::testing
