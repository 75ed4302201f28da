// What waits for approval: in a pass, over a day, and one value that is everywhere.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using std::chrono::hours;

/// Customers that erp and books both know, settled.
class Thresholds : public ::testing::Test {
protected:
    void start(int records, const World::Adjust& adjust) {
        std::vector<Member> members{member("erp"), member("books")};
        for (Member& each : members)
            each.setting.rights.remove = true;
        world_ = std::make_unique<World>(std::move(members), adjust, Memory::OnDisk);
        for (int i = 0; i < records; ++i) {
            const std::string n = std::to_string(i);
            const std::map<std::string, std::string> row{
                {"name", "Customer " + n}, {"email", "info@c" + n + ".be"}, {"city", "City " + n}};
            erp.push_back(world()["erp"].add(row));
            books.push_back(world()["books"].add(row));
        }
        world().settle();
        ASSERT_EQ(world().writes(), 0U);
    }
    World& world() { return *world_; }
    void edit(std::size_t i, const std::string& city) {
        world()["erp"].edit(erp.at(i), "city", city);
    }
    void edit_one_by_one(std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i) {
            edit(i, "Gent");
            EXPECT_EQ(stopped(), "") << i;
        }
    }
    std::string in_books(std::size_t i) { return world()["books"].record(books.at(i)).at("city"); }
    void erase(std::size_t i) {
        const CustomerId customer = world().customer_of("erp", erp.at(i)).customer.id;
        ASSERT_TRUE(world().engine().delete_record(customer, "ann", sync::Carry::Out).has_value());
    }
    std::string stopped() { return world().pass().systems.at(1).stopped_by; }
    void approve() {
        const auto report = world().engine().apply(world().plan());
        ASSERT_TRUE(report.has_value()) << report.error().detail;
    }

    std::vector<RemoteId> erp, books;

private:
    std::unique_ptr<World> world_;
};

World::Adjust deletions_of_books(std::uint32_t count) {
    return [=](HubSetting& hub) {
        hub.systems[1].on_delete = OnDelete::Delete;
        hub.deletes = {count, 0};
    };
}

World::Adjust updates(std::uint32_t count) {
    return [=](HubSetting& hub) { hub.updates = {count, 0}; };
}

TEST_F(Thresholds, DeletionsInSmallPortionsAreSummedOverADay) {
    start(8, deletions_of_books(4));
    for (const std::size_t i : {0U, 1U, 2U, 3U}) {
        erase(i);
        EXPECT_EQ(stopped(), "");
        world().clock.advance(hours{3});
    }
    world().restart();  // the sum is remembered
    erase(4);
    EXPECT_EQ(stopped(), "5 deletions in books in the last 24 hours, 4 allowed");
    EXPECT_TRUE(world()["books"].records().contains(books[4]));
}

TEST_F(Thresholds, EditsGoOnWhileDeletionsWait) {
    start(8, deletions_of_books(1));
    erase(0);
    erase(1);
    edit(2, "Gent");
    EXPECT_EQ(stopped(), "2 records to delete, and the threshold allows 1");
    EXPECT_EQ(world()["books"].records().size(), 8U);
    EXPECT_EQ(in_books(2), "Gent");
}

TEST_F(Thresholds, DailyWorkMayBeFourTimesAsMuchInADay) {
    start(8, updates(1));
    edit_one_by_one(0, 4);
    world().clock.advance(hours{23});
    edit(4, "Gent");
    EXPECT_EQ(stopped(), "5 changed records in books in the last 24 hours, 4 allowed");
    EXPECT_EQ(in_books(4), "City 4");
}

TEST_F(Thresholds, WhatIsADayOldIsNotSummed) {
    start(8, updates(1));
    edit_one_by_one(0, 4);
    world().clock.advance(hours{25});
    edit_one_by_one(4, 8);
    EXPECT_EQ(in_books(7), "Gent");
}

TEST_F(Thresholds, ARecordThatIsEditedAgainCountsOnce) {
    start(4, updates(1));
    for (const char* city : {"Gent", "Brugge", "Aalst"}) {
        edit(0, city);
        EXPECT_EQ(stopped(), "");
    }
    EXPECT_EQ(in_books(0), "Aalst");
}

TEST_F(Thresholds, EmptiedFieldsAreSummedToo) {
    start(8, [](HubSetting& hub) { hub.clears = {1, 0}; });
    edit(0, "");
    edit(1, "Gent");
    EXPECT_EQ(stopped(), "");
    edit(2, "");
    EXPECT_EQ(stopped(), "2 records with emptied fields in books in the last 24 hours, 1 allowed");
    EXPECT_EQ(in_books(2), "City 2");
}

TEST_F(Thresholds, WhatAPersonApprovedDoesNotCount) {
    start(8, updates(1));
    for (const std::size_t i : {0U, 1U, 2U})
        edit(i, "Gent");
    approve();
    EXPECT_EQ(in_books(2), "Gent");
    edit_one_by_one(3, 7);
    EXPECT_EQ(in_books(6), "Gent");
}

TEST_F(Thresholds, WhoApprovesWhatTheSumStoppedApprovesTheSum) {
    start(8, updates(1));
    edit_one_by_one(0, 4);
    edit(4, "Gent");
    EXPECT_NE(stopped(), "");
    approve();
    edit(5, "Gent");
    EXPECT_EQ(stopped(), "") << "or every edit of this day would need a person";
    EXPECT_EQ(in_books(5), "Gent");
}

TEST_F(Thresholds, AWriteOfWhichNobodyKnowsCounts) {
    start(8, updates(1));
    edit(0, "Gent");
    world()["books"].faults().write_lost_after = 1;
    EXPECT_EQ(stopped(), "");
    edit_one_by_one(1, 4);
    edit(4, "Gent");
    EXPECT_NE(stopped(), "");
    EXPECT_EQ(in_books(4), "City 4");
}

TEST_F(Thresholds, OneValueForMostOfAllCustomersWaitsForApproval) {
    start(60, {});
    for (std::size_t i = 0; i < 24; ++i)
        edit(i, "Berlin");
    edit(30, "Gent");
    EXPECT_EQ(stopped(), "24 records would get the same city, and the threshold allows 20");
    EXPECT_EQ(in_books(0), "City 0");
    EXPECT_EQ(in_books(30), "Gent") << "other edits go on";
    EXPECT_NE(stopped(), "") << "as long as nobody said anything";
    approve();
    EXPECT_EQ(in_books(0), "Berlin");
}

TEST_F(Thresholds, OneValueForManyThatIsTakenBackNeedsNoApproval) {
    start(60, {});
    for (std::size_t i = 0; i < 24; ++i)
        edit(i, "Berlin");
    EXPECT_NE(stopped(), "");
    for (std::size_t i = 0; i < 24; ++i)
        edit(i, "City " + std::to_string(i));
    world().settle();
    EXPECT_EQ(stopped(), "");
    EXPECT_EQ(world().writes(), 0U);
}

TEST_F(Thresholds, DifferentValuesForManyAreEdits) {
    start(60, {});
    for (std::size_t i = 0; i < 24; ++i)
        edit(i, "Town " + std::to_string(i));
    EXPECT_EQ(stopped(), "");
    EXPECT_EQ(in_books(23), "Town 23");
}

TEST_F(Thresholds, OneValueWhereThereWasNoneReplacesNothing) {
    start(60, {});
    for (std::size_t i = 0; i < 24; ++i)
        world()["erp"].edit(erp[i], "phone", "+3225550100");
    EXPECT_EQ(stopped(), "");
    EXPECT_EQ(world()["books"].record(books[0]).at("phone"), "+3225550100");
}

TEST_F(Thresholds, HowManyMayGetOneValueIsConfigured) {
    start(60, [](HubSetting& hub) { hub.same_value = {2, 0}; });
    for (std::size_t i = 0; i < 3; ++i)
        edit(i, "Berlin");
    EXPECT_EQ(stopped(), "3 records would get the same city, and the threshold allows 2");
}

}  // namespace
}  // namespace syncline::testing
