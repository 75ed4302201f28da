/// Two systems that overwrite each other without end.

#include "sync/core/oscillation.hpp"

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::Said;

constexpr std::chrono::hours kHour{1};

/// Something between erp and desk sets the city back in each of them after every pass.
class Fight : public ::testing::Test {
protected:
    explicit Fight(const World::Adjust& adjust = {})
        : world({member("erp"), member("desk"), member("books")}, adjust) {
        const std::map<std::string, std::string> acme{
            {"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}, {"vat", "BE0403019261"}};
        for (const char* system : {"erp", "desk", "books"})
            records[system] = world[system].add(acme);
        world.settle();
    }
    void edit(const std::string& system, const std::string& field, const std::string& value) {
        world[system].edit(records[system], field, value);
    }
    std::string held(const std::string& system, const std::string& field) {
        return world[system].record(records[system]).at(field);
    }
    void fight(int rounds) {
        for (int i = 0; i < rounds; ++i) {
            edit("erp", "city", "Brugge");
            world.pass();
            edit("desk", "city", "Aalst");
            world.pass();
        }
    }

    World world;
    std::map<std::string, RemoteId> records;
};

TEST_F(Fight, FreezesTheFieldAndNamesBoth) {
    fight(10);
    ASSERT_EQ(world.open_cases().size(), 1U);
    const Case question = world.open_cases().front();
    EXPECT_EQ(question.kind, CaseKind::Conflict);
    EXPECT_NE(question.reason.find("erp"), std::string::npos);
    EXPECT_NE(question.reason.find("desk"), std::string::npos);
    EXPECT_NE(question.reason.find("overwrite each other"), std::string::npos);
}

TEST_F(Fight, WhatIsFrozenIsWrittenNowhere) {
    fight(10);
    const std::size_t writes = world.writes();
    fight(5);
    EXPECT_EQ(world.writes(), writes);
    EXPECT_EQ(world.open_cases().size(), 1U);
}

TEST_F(Fight, OtherFieldsFlow) {
    fight(10);
    edit("erp", "phone", "+3225550102");
    world.pass();
    EXPECT_EQ(held("desk", "phone"), "+3225550102");
    EXPECT_EQ(held("books", "phone"), "+3225550102");
}

TEST_F(Fight, APersonEndsIt) {
    fight(10);
    const Case question = world.open_cases().front();
    ASSERT_TRUE(world.engine().resolve_conflict(question.id, SystemId{"desk"}, std::nullopt, "ann")
    );
    world.settle();
    for (const char* system : {"erp", "desk", "books"})
        EXPECT_EQ(held(system, "city"), "Aalst");
    EXPECT_TRUE(world.open_cases().empty());
    fight(1);  // a person's word begins a new count
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Fight, EndsWhenTheTwoAgree) {
    fight(10);
    edit("erp", "city", "Oostende");
    edit("desk", "city", "Oostende");
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(held("books", "city"), "Oostende");
}

TEST_F(Fight, PeopleWhoChangeTheirMindsOverDaysAreNone) {
    for (int i = 0; i < 5; ++i) {
        edit("erp", "city", "Brugge");
        world.settle();
        world.clock.advance(20 * kHour);
        edit("desk", "city", "Aalst");
        world.settle();
        world.clock.advance(20 * kHour);
    }
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(held("books", "city"), "Aalst");
}

TEST_F(Fight, OnePersonWhoGoesBackAndForthIsNone) {
    for (int i = 0; i < 6; ++i) {
        edit("erp", "city", "Brugge");
        world.settle();
        edit("erp", "city", "Gent");
        world.settle();
    }
    EXPECT_TRUE(world.open_cases().empty());
}

class FightAgainstTheHub : public Fight {
protected:
    FightAgainstTheHub()
        : Fight([](HubSetting& hub) {
              mapped(hub.systems.at(1), "addresses.billing.city").direction = MappingDirection::Out;
          }) {}
};

TEST_F(FightAgainstTheHub, AWorkflowThatTakesBackWhatTheHubWritesIsFrozenToo) {
    for (int i = 0; i < 8; ++i) {
        edit("desk", "city", "Aalst");
        world.pass();
    }
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_NE(world.open_cases().front().reason.find("desk and the hub"), std::string::npos);
    const std::size_t writes = world.writes();
    world.pass();
    world.pass();
    EXPECT_EQ(world.writes(), writes);
}

Said said(int minute, const std::string& origin, const std::string& value) {
    Said one;
    one.at = Timestamp{} + std::chrono::minutes{minute};
    one.origin = Origin::of(SystemId{origin});
    one.value = FieldValue::of(value);
    return one;
}

std::optional<sync::Oscillation> judge(const std::vector<Said>& all) {
    static const HubSetting hub = fake_hub({fake_setting("erp")});
    static const FieldTable fields = fields_of(hub);
    return sync::oscillation(*fields.find("name"), all, all.back().at);
}

TEST(Oscillation, IsThreeReversalsAndNotTwo) {
    std::vector<Said> all{said(0, "erp", "A"), said(1, "desk", "B"), said(2, "erp", "A")};
    all.push_back(said(3, "desk", "B"));
    EXPECT_FALSE(judge(all));
    all.push_back(said(4, "erp", "A"));
    const auto between = judge(all);
    ASSERT_TRUE(between);
    EXPECT_EQ(between->one, "erp");
    EXPECT_EQ(between->other, "desk");
}

TEST(Oscillation, IsNotOneSystemThatGoesBackAndForth) {
    std::vector<Said> all;
    for (int i = 0; i < 8; ++i)
        all.push_back(said(i, "erp", i % 2 == 0 ? "A" : "B"));
    EXPECT_FALSE(judge(all));
}

TEST(Oscillation, IsNotNewValuesEachTime) {
    EXPECT_FALSE(judge(
        {said(0, "erp", "A"),
         said(1, "desk", "B"),
         said(2, "erp", "C"),
         said(3, "desk", "D"),
         said(4, "erp", "E"),
         said(5, "desk", "F")}
    ));
}

TEST(Oscillation, DoesNotReachBehindAPersonsWord) {
    Said decided = said(3, "", "B");
    decided.origin = Origin::of_user("ann");
    EXPECT_FALSE(judge(
        {said(0, "erp", "A"),
         said(1, "desk", "B"),
         said(2, "erp", "A"),
         decided,
         said(4, "desk", "B"),
         said(5, "erp", "A"),
         said(6, "desk", "B")}
    ));
}

TEST(Oscillation, LooksAtTheLastDayOnly) {
    constexpr int kDay = 24 * 60;
    EXPECT_FALSE(judge(
        {said(0, "erp", "A"),
         said(kDay, "desk", "B"),
         said(2 * kDay, "erp", "A"),
         said(3 * kDay, "desk", "B"),
         said(4 * kDay, "erp", "A")}
    ));
}

}  // namespace
}  // namespace syncline::testing
