/// A system that is restored from a backup.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

constexpr int kRecords = 6;

class Restored : public ::testing::Test {
protected:
    explicit Restored(const FakeSystem::Character& erp_character = {})
        : world({member("erp", erp_character), member("desk")}, {}, Memory::OnDisk) {
        for (int i = 0; i < kRecords; ++i) {
            const std::string n = std::to_string(i);
            const std::map<std::string, std::string> row{
                {"name", "Customer " + n},
                {"email", "info@c" + n + ".be"},
                {"city", "Gent"},
                {"phone", ""}};
            erp.push_back(world["erp"].add(row));
            desk.push_back(world["desk"].add(row));
        }
        world.settle();
        world["erp"].back_up();
        for (int i = 0; i < kRecords; ++i) {
            world["desk"].edit(desk.at(at(i)), "city", "Brugge");
            world["erp"].edit(erp.at(at(i)), "phone", "+32255501" + std::to_string(10 + i));
        }
        world.settle();
    }
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    bool is_held() { return !sync::holds(world.store()).empty(); }
    std::string in_desk(const std::string& field) {
        return world["desk"].record(desk.front()).at(field);
    }
    std::string in_erp(const std::string& field) {
        const auto& row = world["erp"].record(erp.front());
        const auto found = row.find(field);
        return found == row.end() ? "" : found->second;
    }

    World world;
    std::vector<RemoteId> erp, desk;
};

TEST_F(Restored, NothingIsTakenFromItAndNothingWritten) {
    world["erp"].go_back_to_backup();
    const auto report = world.pass();
    EXPECT_NE(report.systems.front().unbelieved.find("backup"), std::string::npos);
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_TRUE(is_held());
    const std::size_t writes = world["erp"].writes();
    world["desk"].edit(desk.front(), "city", "Aalst");
    world.settle();
    EXPECT_EQ(world["erp"].writes(), writes);
    EXPECT_EQ(in_desk("city"), "Aalst");
    EXPECT_EQ(in_desk("phone"), "+3225550110");
}

TEST_F(Restored, APlanWritesTheNewerValuesBack) {
    world["erp"].go_back_to_backup();
    world.pass();
    world["erp"].edit(erp.front(), "name", "Customer Zero");  // after the backup came back
    const Plan plan = world.plan();
    EXPECT_GE(plan.operations.size(), at(kRecords));
    world.clock.advance(std::chrono::seconds{1});
    const auto applied = world.engine().apply(plan);
    ASSERT_TRUE(applied) << applied.error().detail;
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_erp("city"), "Brugge");
    EXPECT_EQ(in_erp("phone"), "+3225550110");
    EXPECT_EQ(in_desk("city"), "Brugge");
    EXPECT_EQ(in_desk("phone"), "+3225550110");
    EXPECT_EQ(in_desk("name"), "Customer Zero") << "what was typed since is an edit";
}

TEST_F(Restored, APersonMayTakeWhatItHolds) {
    world["erp"].go_back_to_backup();
    world.pass();
    const std::vector<std::uint64_t> items{sync::holds(world.store()).front().id};
    ASSERT_TRUE(world.engine().retry_quarantined(items));
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_desk("city"), "Gent");
    EXPECT_EQ(in_erp("city"), "Gent");
}

TEST_F(Restored, APlanThatIsStaleIsNoAnswer) {
    world["erp"].go_back_to_backup();
    world.pass();
    world.clock.advance(std::chrono::seconds{1});
    const Plan plan = world.plan();
    world["desk"].edit(desk.front(), "city", "Aalst");
    ASSERT_FALSE(world.engine().apply(plan));
    EXPECT_TRUE(is_held());
    world.settle();
    ASSERT_TRUE(is_held());
    EXPECT_EQ(in_erp("city"), "Gent");
    EXPECT_EQ(in_desk("city"), "Aalst");
    const std::vector<std::uint64_t> items{sync::holds(world.store()).front().id};
    ASSERT_TRUE(world.engine().retry_quarantined(items));
    world.settle();
    EXPECT_EQ(world["desk"].record(desk.back()).at("city"), "Gent") << "what it holds counts";
}

TEST_F(Restored, GoesOnAfterwards) {
    world["erp"].go_back_to_backup();
    world.pass();
    world.clock.advance(std::chrono::seconds{1});
    const Plan plan = world.plan();
    ASSERT_TRUE(world.engine().apply(plan));
    world.settle();
    world["erp"].edit(erp.front(), "city", "Ieper");
    world.settle();
    EXPECT_EQ(in_desk("city"), "Ieper");
    EXPECT_FALSE(is_held());
}

FakeSystem::Character feeding() {
    FakeSystem::Character character;
    character.incremental = true;
    return character;
}

class RestoredFeed : public Restored {
protected:
    RestoredFeed() : Restored(feeding()) {}
};

TEST_F(RestoredFeed, WhatTheBackupLacksIsLookedForOnceAPersonAnswered) {
    const RemoteId late = world["erp"].add({{"name", "Late"}, {"email", "late@late.be"}});
    world.settle();
    world["erp"].go_back_to_backup();
    ASSERT_TRUE(world.engine().resync(SystemId{"erp"}));
    world.pass();
    ASSERT_TRUE(is_held());
    const std::vector<std::uint64_t> items{sync::holds(world.store()).front().id};
    ASSERT_TRUE(world.engine().retry_quarantined(items));
    world.settle();
    const std::vector<RemoteId> ids{late};
    const auto links = world.store().links_by_remote(SystemId{"erp"}, "customer", ids);
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links.front().state, LinkState::Gone) << "no feed tells of it";
}

/// Nothing but the values themselves tells how old the records are.
FakeSystem::Character ageless() {
    FakeSystem::Character character;
    character.version = connect::VersionKind::Opaque;
    return character;
}

class RestoredWithoutAges : public Restored {
protected:
    RestoredWithoutAges() : Restored(ageless()) {}
};

TEST_F(RestoredWithoutAges, NothingIsTakenFromItAndNothingWritten) {
    world["erp"].go_back_to_backup();
    EXPECT_TRUE(world.pass().threshold_tripped());
    ASSERT_TRUE(is_held());
    const std::size_t writes = world["erp"].writes();
    world["desk"].edit(desk.front(), "city", "Aalst");
    world.settle();
    EXPECT_EQ(world["erp"].writes(), writes);
    EXPECT_EQ(in_desk("phone"), "+3225550110");
}

TEST_F(RestoredWithoutAges, APlanWritesTheNewerValuesBack) {
    world["erp"].go_back_to_backup();
    world.pass();
    world["erp"].edit(erp.front(), "name", "Customer Zero");  // after the backup came back
    world.clock.advance(std::chrono::seconds{1});
    const auto applied = world.engine().apply(world.plan());
    ASSERT_TRUE(applied) << applied.error().detail;
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_erp("city"), "Brugge");
    EXPECT_EQ(in_desk("phone"), "+3225550110");
    EXPECT_EQ(in_desk("name"), "Customer Zero") << "what was typed since is an edit";
}

TEST_F(RestoredWithoutAges, TwoThatAreChangedBackAreEdits) {
    for (int i = 0; i < 2; ++i)
        world["erp"].edit(erp.at(at(i)), "city", "Gent");
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_desk("city"), "Gent");
}

TEST_F(RestoredWithoutAges, ThreeThatAreChangedBackAmongOthersAreEdits) {
    for (int i = 0; i < kRecords; ++i)
        world["erp"].edit(erp.at(at(i)), "city", i < 3 ? "Gent" : "Ieper");
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_desk("city"), "Gent");
}

TEST_F(Restored, ItsNewerRecordsAreNotTakenAsDeleted) {
    const RemoteId late = world["erp"].add({{"name", "Late"}, {"email", "late@late.be"}});
    world.settle();
    world["erp"].go_back_to_backup();
    world.settle();
    EXPECT_EQ(world.customer_of("erp", late).find_link(SystemId{"erp"})->state, LinkState::Active);
}

/// Desk keeps eight characters of a name, and all its own earlier names were cut by the hub.
class RestoredThatCuts : public ::testing::TestWithParam<bool> {
protected:
    static Member desk() {
        FakeSystem::Character character;
        character.cut_at = 8;
        if (GetParam()) {
            character.version = connect::VersionKind::Opaque;
            character.tells_times = true;
        }
        Member desk = member("desk", character);
        mapped(desk.setting, "name").limit_characters = 8;
        return desk;
    }
    RestoredThatCuts() : world({member("erp"), desk()}) {}

    World world;
};

TEST_P(RestoredThatCuts, WhatTheHubCutItselfIsKnown) {
    std::vector<RemoteId> erp;
    for (int i = 0; i < kRecords; ++i)
        erp.push_back(world["erp"].add({{"name", "A" + std::to_string(i) + " Customer"}}));
    world.settle();
    world["desk"].back_up();
    world.clock.advance(std::chrono::minutes{1});
    for (int i = 0; i < kRecords; ++i)
        world["erp"].edit(erp.at(static_cast<std::size_t>(i)), "name", "B" + std::to_string(i));
    world.settle();
    world["desk"].go_back_to_backup();
    EXPECT_TRUE(world.pass().threshold_tripped()) << "nobody notices the backup";
    world.believes_missing = true;  // as when a plan is applied
    world.settle();
    EXPECT_EQ(world["erp"].record(erp.front()).at("name"), "B0");
    const auto customer = world.customer_of("erp", erp.front());
    const Link* link = customer.find_link(SystemId{"desk"});
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(world["desk"].record(link->remote_id).at("name"), "B0");
}

INSTANTIATE_TEST_SUITE_P(ByVersionAndByTime, RestoredThatCuts, ::testing::Values(false, true));

}  // namespace
}  // namespace syncline::testing
