// The connector of a system comes in a new version, which may read the same record otherwise.

#include "support/retelling.hpp"
#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

const std::map<std::string, std::string> kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3225550101"},
    {"city", "Gent"},
    {"vat", "BE0403019261"}};

/// A connector of some version before a fake system.
class Connector final : public Retelling {
public:
    using Retelling::Retelling;

    std::string is = "org.example.erp 1.0";
    /// What this version makes of the phone number that the system holds.
    std::function<std::string(const std::string&)> reads_phone;

    Result<connect::Capabilities> discover(const std::string& entity) override {
        auto can = Retelling::discover(entity);
        if (can) can->connector = is;
        return can;
    }

protected:
    std::vector<Observation> retold(std::vector<Observation> page) const override {
        for (Observation& observation : page) {
            RawValue* phone = observation.fields.find("phone");
            if (reads_phone && phone != nullptr) phone->text = reads_phone(phone->text);
        }
        return page;
    }
};

/// ERP is read by a connector that gets new versions; desk has the same customer.
class NewConnector : public ::testing::Test {
protected:
    NewConnector() : world({member("erp"), member("desk")}, {}, Memory::OnDisk) {
        connector = std::make_unique<Connector>(world["erp"]);
        world.stand_ins["erp"] = connector.get();
        world.restart();
        erp = world["erp"].add(kAcme);
        desk = world["desk"].add(kAcme);
        world.settle();
    }
    void upgrade(const std::string& to) {
        connector->is = to;
        world.restart();
    }
    /// The new version reads an extension into the number.
    void read_otherwise() {
        connector->reads_phone = [](const std::string& phone) { return phone + "9"; };
    }
    std::string in_desk(const std::string& field) { return world["desk"].record(desk).at(field); }
    std::string in_erp(const std::string& field) { return world["erp"].record(erp).at(field); }

    World world;
    std::unique_ptr<Connector> connector;
    RemoteId erp, desk;
};

TEST_F(NewConnector, WhatItReadsOtherwiseIsAPlanAndNotWritten) {
    read_otherwise();
    upgrade("org.example.erp 2.0");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550101");
    EXPECT_EQ(in_erp("phone"), "+3225550101");
    const auto held = sync::holds(world.store());
    ASSERT_FALSE(held.empty());
    EXPECT_NE(
        held.front().reason.find("by org.example.erp 2.0, and was by org.example.erp 1.0"),
        std::string::npos
    ) << held.front().reason;
    world.restart();
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550101") << "the next hub remembers";

    const Plan plan = world.plan();
    ASSERT_EQ(plan.operations.size(), 1U);
    const auto applied = world.engine().apply(plan);
    ASSERT_TRUE(applied) << applied.error().detail;
    EXPECT_EQ(in_desk("phone"), "+32255501019");
    EXPECT_TRUE(sync::holds(world.store()).empty());
}

TEST_F(NewConnector, ItsFirstReadingIsAPlanAlsoBeforeTheHubMadeOne) {
    read_otherwise();
    upgrade("org.example.erp 2.0");
    EXPECT_EQ(world.plan().operations.size(), 1U);
    EXPECT_EQ(in_desk("phone"), "+3225550101");
}

TEST_F(NewConnector, OneThatReadsTheSameGoesOnByItself) {
    upgrade("org.example.erp 2.0");
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty());
    world["erp"].edit(erp, "phone", "+3225550122");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550122");
}

TEST_F(NewConnector, AnotherSpellingOfTheSameValueIsNoDifference) {
    connector->reads_phone = [](const std::string& phone) { return "00" + phone.substr(1); };
    upgrade("org.example.erp 1.1");
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty());
    EXPECT_EQ(world.writes(), 0U);
}

TEST_F(NewConnector, TheSameVersionIsReadAsEver) {
    world.settle();
    upgrade("org.example.erp 1.0");
    world["erp"].edit(erp, "phone", "+3225550122");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550122");
}

TEST_F(NewConnector, AHubThatDidNotRememberTheVersionHoldsNothing) {
    for (const store::SystemState& before : world.store().system_states()) {
        store::CommitBatch batch;
        batch.systems.push_back(before);
        batch.systems.back().connector.clear();  // as a hub has it that was updated
        world.store().commit(batch);
    }
    read_otherwise();
    upgrade("org.example.erp 2.0");
    world["erp"].edit(erp, "phone", "+3225550122");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+32255501229");
}

TEST_F(NewConnector, TheOldVersionPutBackTakesItsWordBack) {
    read_otherwise();
    upgrade("org.example.erp 2.0");
    world.settle();
    connector->reads_phone = nullptr;
    upgrade("org.example.erp 1.0");
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty());
    EXPECT_EQ(in_desk("phone"), "+3225550101");
    EXPECT_EQ(world.writes(), 0U);
}

}  // namespace
}  // namespace syncline::testing
