// What `status` counts, over the real store.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

/// erp and desk, with ten customers that both have.
class Standing : public ::testing::Test {
protected:
    explicit Standing(const World::Adjust& adjust = {})
        : world({member("erp"), member("desk")}, adjust) {
        for (int i = 0; i < 10; ++i)
            erp.push_back(world["erp"].add(
                {{"name", "Customer " + std::to_string(i)},
                 {"email", "info@customer" + std::to_string(i) + ".be"},
                 {"phone", "+3225550" + std::to_string(110 + i)}}
            ));
        world.settle();
    }
    std::vector<sync::SystemStanding> standings() {
        const auto rules = sync::compile_rules(world.hub(), world.fields());
        SeededRandom random(1);
        return sync::standing_of_all(rules.value()->rules, world.store(), world.clock, random);
    }
    /// The record of desk that has this mail address.
    RemoteId in_desk(const std::string& email) {
        for (const auto& [id, fields] : world["desk"].records()) {
            if (fields.at("email") == email) return id;
        }
        ADD_FAILURE() << email;
        return {};
    }
    World world;
    std::vector<RemoteId> erp;
};

TEST_F(Standing, WhoHasNothingToWriteOrToMendIsInSync) {
    for (const sync::SystemStanding& system : standings()) {
        EXPECT_EQ(system.in_sync, 10U);
        EXPECT_EQ(system.pending + system.failing + system.excluded, 0U);
        EXPECT_EQ(system.held_by, "");
    }
}

TEST_F(Standing, AContestedFieldIsNotInSync) {
    const RemoteId there = in_desk("info@customer3.be");
    world["erp"].edit(erp[3], "email", "erp@customer3.be");
    world["desk"].edit(there, "email", "desk@customer3.be");
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    std::uint64_t in_sync = 0;
    for (const sync::SystemStanding& system : standings()) {
        in_sync += system.in_sync;
        EXPECT_EQ(system.pending + system.failing, 0U);
    }
    EXPECT_LT(in_sync, 20U) << "at least one of them has a value that does not stand";
}

class Held : public Standing {
protected:
    Held()
        : Standing([](HubSetting& hub) {
              hub.updates.count = 4;
              hub.creates.count = 20;
          }) {}
};

TEST_F(Held, WhatAThresholdHoldsIsSaidUntilItIsWritten) {
    for (int i = 0; i < 5; ++i)
        world["erp"].edit(
            erp[static_cast<std::size_t>(i)], "phone", "+322555019" + std::to_string(i)
        );
    EXPECT_EQ(world.pass().systems.at(1).stopped_by, standings().at(1).held_by);
    EXPECT_EQ(standings().at(1).held_by, "5 changed records, and the threshold allows 4");
    EXPECT_EQ(standings().at(1).pending, 5U);
    EXPECT_EQ(standings().at(0).held_by, "");
}

TEST_F(Held, WhatStaysWithinTheThresholdIsNotHeld) {
    for (int i = 0; i < 4; ++i)
        world["erp"].edit(
            erp[static_cast<std::size_t>(i)], "phone", "+322555019" + std::to_string(i)
        );
    world["desk"].faults().write_never_sent = 1;
    world.pass();
    for (const sync::SystemStanding& system : standings())
        EXPECT_EQ(system.held_by, "");
}

/// Nothing was created in desk yet, and no more than four may be.
TEST(HeldCreates, AreCountedToo) {
    World world({member("erp"), member("desk")}, [](HubSetting& hub) { hub.creates.count = 4; });
    for (int i = 0; i < 5; ++i)
        world["erp"].add({{"name", "Customer " + std::to_string(i)}});
    world.settle();
    EXPECT_TRUE(world["desk"].records().empty());
    const auto rules = sync::compile_rules(world.hub(), world.fields());
    SeededRandom random(1);
    const auto standings =
        sync::standing_of_all(rules.value()->rules, world.store(), world.clock, random);
    EXPECT_EQ(standings.at(1).held_by, "5 new records, and the threshold allows 4");
}

}  // namespace
}  // namespace syncline::testing
