/// What is wrong with a field in all records of a system at once.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

constexpr int kRecords = 40;

std::string number_of(int i) {
    return "+32255501" + std::to_string(10 + i);
}

/// Customers that erp and desk both know, settled. Erp's versions tell nothing about what its
/// readings name.
class Drift : public ::testing::Test {
protected:
    explicit Drift(const World::Adjust& adjust = {})
        : world({member("erp"), member("desk")}, adjust) {
        for (int i = 0; i < kRecords; ++i) {
            const std::string n = std::to_string(i);
            const std::map<std::string, std::string> row{
                {"name", "Customer " + n},
                {"email", "info@c" + n + ".be"},
                {"phone", number_of(i)},
                {"city", "Gent"}};
            erp.push_back(world["erp"].add(row));
            desk.push_back(world["desk"].add(row));
        }
        world.settle();
    }
    std::vector<sync::Hold> held() {
        std::vector<sync::Hold> kinds;
        for (const QuarantineItem& item : sync::holds(world.store()))
            kinds.push_back(*sync::hold_of(item));
        return kinds;
    }
    std::string in_desk(int i, const std::string& field) {
        return world["desk"].record(desk.at(static_cast<std::size_t>(i))).at(field);
    }
    std::string in_erp(int i, const std::string& field) {
        return world["erp"].record(erp.at(static_cast<std::size_t>(i))).at(field);
    }
    void edit(
        const std::string& system, int i, const std::string& field, const std::string& value
    ) {
        const auto& ids = system == "erp" ? erp : desk;
        world[system].edit(ids.at(static_cast<std::size_t>(i)), field, value);
    }
    void retry_holds() {
        std::vector<std::uint64_t> items;
        for (const QuarantineItem& item : sync::holds(world.store()))
            items.push_back(item.id);
        ASSERT_TRUE(world.engine().retry_quarantined(items));
    }

    World world;
    std::vector<RemoteId> erp, desk;
};

using Holds = std::vector<sync::Hold>;

TEST_F(Drift, AFieldThatVanishedIsHeldAndNotTakenAsEmptied) {
    world["erp"].faults().hides = "phone";
    world.settle();
    EXPECT_EQ(held(), Holds{sync::Hold::Missing});
    EXPECT_EQ(in_desk(0, "phone"), number_of(0));
    edit("desk", 0, "phone", "+3225550999");
    edit("desk", 0, "city", "Brugge");
    world.settle();
    EXPECT_EQ(in_erp(0, "phone"), number_of(0)) << "nothing is written to what cannot be seen";
    EXPECT_EQ(in_erp(0, "city"), "Brugge") << "the other fields flow";
}

TEST_F(Drift, AFieldThatIsBackGoesOnByItself) {
    world["erp"].faults().hides = "phone";
    world.settle();
    edit("desk", 0, "phone", "+3225550999");
    edit("erp", 1, "phone", "+3225550888");  // behind the hub's back
    world.settle();
    world["erp"].faults().hides = "";
    world.settle();
    EXPECT_EQ(held(), Holds{});
    EXPECT_EQ(in_erp(0, "phone"), "+3225550999");
    EXPECT_EQ(in_desk(1, "phone"), "+3225550888");
}

TEST_F(Drift, AFieldThatSomeRecordsDoNotNameIsNotMissing) {
    world["erp"].faults().hides = "vat";  // nobody had one
    world.settle();
    EXPECT_EQ(held(), Holds{});
}

TEST_F(Drift, ValuesThatCannotBeReadAnyMoreAreOneTicket) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "email", "option " + std::to_string(i));
    world.settle();
    EXPECT_EQ(held(), Holds{sync::Hold::Unreadable});
    EXPECT_LE(world.store().quarantine().size(), 23U) << "not one item for each record";
    edit("desk", 0, "email", "new@c0.be");
    edit("desk", 0, "city", "Brugge");
    world.settle();
    EXPECT_EQ(in_erp(0, "email"), "option 0") << "not written over";
    EXPECT_EQ(in_erp(0, "city"), "Brugge");
}

TEST_F(Drift, ValuesThatCanBeReadAgainAreTaken) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "email", "option " + std::to_string(i));
    world.settle();
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "email", "sales@c" + std::to_string(i) + ".be");
    world.settle();
    EXPECT_EQ(held(), Holds{});
    EXPECT_TRUE(world.store().quarantine().empty());
    for (int i = 0; i < kRecords; ++i)
        EXPECT_EQ(in_desk(i, "email"), "sales@c" + std::to_string(i) + ".be");
}

TEST_F(Drift, AFewUnreadableValuesAreItemsOfTheirOwn) {
    for (int i = 0; i < 5; ++i)
        edit("erp", i, "email", "nonsense");
    world.settle();
    EXPECT_EQ(held(), Holds{});
    EXPECT_EQ(world.store().quarantine().size(), 5U);
}

TEST_F(Drift, AFieldEmptiedInMostRecordsIsHeldBeforeAnythingIsEmptiedElsewhere) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "phone", "");
    edit("erp", 0, "city", "Brugge");
    world.settle();
    EXPECT_EQ(held(), Holds{sync::Hold::Emptied});
    for (int i = 0; i < kRecords; ++i)
        EXPECT_EQ(in_desk(i, "phone"), number_of(i));
    EXPECT_EQ(world.canonical("erp", erp.front(), "phones.main.number"), number_of(0));
    EXPECT_EQ(in_desk(0, "city"), "Brugge");
}

TEST_F(Drift, WhatWasEmptiedBeforeTheHoldIsNotPassedOnEither) {
    world["desk"].faults().write_never_sent = 1;
    edit("erp", 0, "phone", "");
    world.pass();
    for (int i = 1; i < kRecords; ++i)
        edit("erp", i, "phone", "");
    world.settle();
    EXPECT_EQ(held(), Holds{sync::Hold::Emptied});
    EXPECT_EQ(in_desk(0, "phone"), number_of(0));
}

TEST_F(Drift, EmptiedValuesThatAreBackEndIt) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "phone", "");
    world.settle();
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "phone", i == 0 ? "+3225550777" : number_of(i));
    world.settle();
    EXPECT_EQ(held(), Holds{});
    EXPECT_EQ(in_desk(0, "phone"), "+3225550777");
    EXPECT_EQ(in_desk(1, "phone"), number_of(1));
}

TEST_F(Drift, APersonMaySayThatTheFieldIsEmpty) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "phone", "");
    world.settle();
    retry_holds();
    world.settle();
    EXPECT_EQ(held(), Holds{});
    for (int i = 0; i < kRecords; ++i)
        EXPECT_EQ(in_desk(i, "phone"), "");
}

TEST_F(Drift, AFewEmptiedValuesAreEdits) {
    for (int i = 0; i < 3; ++i)
        edit("erp", i, "phone", "");
    world.settle();
    EXPECT_EQ(held(), Holds{});
    EXPECT_EQ(in_desk(0, "phone"), "");
    EXPECT_EQ(in_desk(5, "phone"), number_of(5));
}

TEST_F(Drift, WhatIsHeldIsRememberedByTheNextHub) {
    for (int i = 0; i < kRecords; ++i)
        edit("erp", i, "phone", "");
    world.settle();
    world.restart();
    world.settle();
    EXPECT_EQ(held(), Holds{sync::Hold::Emptied});
    EXPECT_EQ(in_desk(0, "phone"), number_of(0));
}

TEST_F(Drift, StatusCountsWhatIsHeld) {
    world["erp"].faults().hides = "phone";
    world.settle();
    edit("desk", 0, "phone", "+3225550999");
    world.settle();
    SeededRandom random;
    const auto standings =
        sync::standing_of_all(world.engine().rules(), world.store(), world.clock, random);
    EXPECT_EQ(standings.front().pending, 0U);
    EXPECT_EQ(standings.front().failing, 1U);
}

}  // namespace
}  // namespace syncline::testing
