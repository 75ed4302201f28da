/// A plan is what applying it does; thresholds stop a system before its first write.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

std::map<std::string, std::string> customer(int number) {
    const std::string name = "Customer " + std::to_string(number);
    return {
        {"name", name},
        {"email", "info@customer" + std::to_string(number) + ".be"},
        {"phone", "+32255501" + std::to_string(10 + number)},
        {"city", "Gent"},
        {"vat", ""}};
}

/// erp has eight customers, books knows three of them, and nothing was synchronised yet.
class Planned : public ::testing::Test {
protected:
    explicit Planned(const World::Adjust& adjust = {})
        : world({member("erp"), member("books")}, adjust, Memory::OnDisk) {
        for (int i = 0; i < 8; ++i)
            erp.push_back(world["erp"].add(customer(i)));
        for (int i = 0; i < 3; ++i) {
            auto known = customer(i);
            known["phone"].clear();
            books.push_back(world["books"].add(known));
        }
    }
    World world;
    std::vector<RemoteId> erp, books;
};

TEST_F(Planned, APlanNamesEverythingAndChangesNothing) {
    const Plan plan = world.plan();
    const auto count = [&](PlannedOperation::Kind kind) {
        return std::count_if(
            plan.operations.begin(),
            plan.operations.end(),
            [&](const PlannedOperation& operation) { return operation.kind == kind; }
        );
    };
    EXPECT_EQ(count(PlannedOperation::Kind::Record), 8);
    EXPECT_EQ(count(PlannedOperation::Kind::Link), 3);
    EXPECT_EQ(count(PlannedOperation::Kind::Create), 5);
    EXPECT_EQ(count(PlannedOperation::Kind::Update), 3);
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(world.store().counts().links, 0U);
    EXPECT_FALSE(world.store().cursor(SystemId{"erp"}, "customer").has_value());
    EXPECT_EQ(world.plan().digest, plan.digest);
}

TEST_F(Planned, InterruptedWhileItIsComparedItStandsAndNothingIsWritten) {
    const Plan plan = world.plan();
    world.stop_requested = [&] { return !world.store().waiting_links().empty(); };
    const auto ended = world.engine().apply(plan);
    ASSERT_FALSE(ended.has_value());
    EXPECT_NE(ended.error().detail.find("apply it again"), std::string::npos);
    EXPECT_EQ(world.writes(), 0U);
    world.stop_requested = {};
    const auto report = world.engine().apply(plan);
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(report->systems.at(1).created, 5U);
}

TEST_F(Planned, ApplyingDoesWhatThePlanSays) {
    const Plan plan = world.plan();
    world.clock.advance(std::chrono::minutes{5});
    const auto report = world.engine().apply(plan);
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(report->systems.at(1).created, 5U);
    EXPECT_EQ(report->systems.at(1).updated, 3U);
    EXPECT_EQ(world["books"].records().size(), 8U);
    EXPECT_EQ(world["books"].writes(), 8U);
    world.settle();
    EXPECT_EQ(world["books"].writes(), 8U);
    EXPECT_TRUE(world.plan().is_empty());
}

TEST_F(Planned, AStalePlanIsRefusedAndNamesWhatChanged) {
    const Plan plan = world.plan();
    world["erp"].add(customer(9));
    const auto report = world.engine().apply(plan);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::StalePlan);
    EXPECT_NE(report.error().detail.find("now also: create erp:9 in books"), std::string::npos)
        << report.error().detail;
    EXPECT_EQ(world.writes(), 0U);
}

TEST_F(Planned, ASystemThatIsDownIsNamedWithItsErrorAndWhatItIsOwed) {
    world.settle();
    world["erp"].edit(erp[0], "phone", "+3225550199");
    world["books"].faults().read_fails = 1;
    const Plan plan = world.plan();
    ASSERT_EQ(plan.systems.size(), 2U);
    EXPECT_EQ(plan.systems[0].trouble, std::nullopt);
    EXPECT_EQ(plan.systems[1].trouble, ErrorCode::RemoteUnavailable);
    EXPECT_FALSE(plan.systems[1].stopped.empty());
    EXPECT_FALSE(plan.systems[1].is_held());
    EXPECT_EQ(plan.systems[1].updates, 1U);
}

// Applying would not write there, so the plan must not say that it would.
TEST_F(Planned, APausedSystemIsNamedAndNoOperationIsPlannedThere) {
    world.settle();
    ASSERT_TRUE(world.engine().pause(SystemId{"books"}, "ann"));
    world["erp"].edit(erp[0], "phone", "+3225550199");
    const Plan plan = world.plan();
    ASSERT_EQ(plan.systems.size(), 2U);
    EXPECT_TRUE(plan.systems[1].paused);
    EXPECT_EQ(plan.systems[1].stopped, "paused by ann; 1 write waits");
    EXPECT_FALSE(plan.systems[1].is_held());
    EXPECT_TRUE(plan.operations.empty());
    const std::size_t before = world["books"].writes();
    ASSERT_TRUE(world.engine().apply(plan));
    EXPECT_EQ(world["books"].writes(), before);
    ASSERT_TRUE(world.engine().resume(SystemId{"books"}));
    EXPECT_EQ(world.plan().operations.size(), 1U);
}

TEST_F(Planned, APlanThatSomebodyShortenedIsRefused) {
    Plan plan = world.plan();
    plan.operations.clear();
    const auto report = world.engine().apply(plan);
    ASSERT_FALSE(report.has_value());
    EXPECT_NE(report.error().detail.find("changed after it was made"), std::string::npos);
    EXPECT_EQ(world.writes(), 0U);
}
TEST_F(Planned, AnEditOfAPlannedValueMakesThePlanStale) {
    const Plan plan = world.plan();
    world["erp"].edit(erp[0], "phone", "+3225550199");
    EXPECT_FALSE(world.engine().apply(plan).has_value());
    EXPECT_EQ(world.writes(), 0U);
}

TEST_F(Planned, ThePlanOfAnotherHubIsRefused) {
    Plan plan = world.plan();
    plan.hub_id = "another";
    EXPECT_EQ(world.engine().apply(plan).error().code, ErrorCode::StalePlan);
}

TEST_F(Planned, APlanHoldsNoPersonalData) {
    for (const PlannedOperation& operation : world.plan().operations) {
        for (const std::string& text : {operation.subject, operation.reason, operation.token}) {
            EXPECT_EQ(text.find("Customer"), std::string::npos);
            EXPECT_EQ(text.find('@'), std::string::npos);
        }
    }
}

class Limited : public Planned {
protected:
    Limited()
        : Planned([](HubSetting& hub) {
              hub.creates.count = 4;
              hub.updates.count = 5;
              hub.clears.count = 1;
          }) {}
};

TEST_F(Limited, TooManyNewRecordsStopTheSystemBeforeItsFirstWrite) {
    const sync::PassReport report = world.pass();
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_FALSE(report.systems.at(1).stopped_by.empty());
    EXPECT_EQ(report.systems.at(1).pending, 8U);
    EXPECT_EQ(world.writes(), 0U);
}

TEST_F(Limited, AnApprovedPlanIsWrittenPastTheThreshold) {
    const Plan plan = world.plan();
    EXPECT_FALSE(plan.systems.at(1).stopped.empty());
    ASSERT_TRUE(world.engine().apply(plan).has_value());
    EXPECT_EQ(world["books"].records().size(), 8U);
    EXPECT_FALSE(world.pass().threshold_tripped());
}

TEST_F(Limited, TooManyEmptiedFieldsStopTheSystemAndOthersGoOn) {
    ASSERT_TRUE(world.engine().apply(world.plan()).has_value());
    world.settle();
    for (int i = 0; i < 3; ++i)
        world["erp"].edit(erp[static_cast<std::size_t>(i)], "phone", "");
    world["books"].edit(books[0], "city", "Brugge");
    const std::size_t before = world["books"].writes();
    const sync::PassReport report = world.pass();
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_EQ(world["books"].writes(), before);
    EXPECT_EQ(world["erp"].record(erp[0]).at("city"), "Brugge");
}

TEST_F(Limited, AnApprovedPlanEmptiesWhatWasHeld) {
    ASSERT_TRUE(world.engine().apply(world.plan()).has_value());
    world.settle();
    for (int i = 0; i < 3; ++i)
        world["erp"].edit(erp[static_cast<std::size_t>(i)], "phone", "");
    EXPECT_TRUE(world.pass().threshold_tripped());
    EXPECT_TRUE(world.pass().threshold_tripped()) << "as long as nobody said anything";
    ASSERT_TRUE(world.engine().apply(world.plan()).has_value());
    EXPECT_EQ(world["books"].record(books[0]).at("phone"), "");
    EXPECT_FALSE(world.pass().threshold_tripped());
}

}  // namespace
}  // namespace syncline::testing
