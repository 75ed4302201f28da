/// The configuration changes: a field is mapped otherwise, is new, or a record leaves the scope.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

class Remapped : public ::testing::Test {
protected:
    Remapped() : world({member("erp"), member("desk")}) {
        const std::map<std::string, std::string> acme{
            {"name", "Acme"},
            {"email", "info@acme.be"},
            {"phone", "+3225550101"},
            {"city", "Gent"},
            {"mobile", "+32475550101"},
            {"fax", ""},
            {"vat", "BE0403019261"}};
        erp = world["erp"].add(acme);
        desk = world["desk"].add(acme);
        world.settle();
    }
    void map_phone_to(const std::string& remote) {
        world.reconfigure([&](HubSetting& hub) {
            mapped(hub.systems.front(), "phones.main.number").remotes = {remote};
        });
    }
    /// A person looked, and lets go what a changed mapping holds.
    void release() {
        std::vector<std::uint64_t> items;
        for (const QuarantineItem& item : sync::holds(world.store()))
            items.push_back(item.id);
        ASSERT_FALSE(items.empty());
        ASSERT_TRUE(world.engine().retry_quarantined(items));
        world.settle();
    }
    void map_mobile() {
        world.reconfigure([](HubSetting& hub) {
            for (SystemSetting& system : hub.systems) {
                MappedFieldSetting entry;
                entry.field = "phones.mobile.number";
                entry.remotes = {"mobile"};
                entry.where = system.file + ":1";
                system.mapping.push_back(std::move(entry));
            }
        });
    }
    std::string in_erp(const std::string& field) { return world["erp"].record(erp).at(field); }
    std::string in_desk(const std::string& field) { return world["desk"].record(desk).at(field); }
    std::size_t versions(std::string_view path) {
        const auto history = world.journal(world.customer_of("erp", erp), path);
        return static_cast<std::size_t>(std::count_if(
            history.begin(),
            history.end(),
            [](const FieldChange& entry) { return entry.kind == ChangeKind::Version; }
        ));
    }

    World world;
    RemoteId erp, desk;
};

TEST_F(Remapped, WhatTheNewColumnHoldsIsNoEditOfItsPeople) {
    map_phone_to("mobile");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550101");
    EXPECT_EQ(in_erp("mobile"), "+32475550101") << "not replaced before somebody looked";
    release();
    EXPECT_EQ(in_erp("mobile"), "+3225550101");
    EXPECT_EQ(in_erp("phone"), "+3225550101") << "the old column is left as it is";
    EXPECT_EQ(versions("phones.main.number"), 1U);
}

TEST_F(Remapped, WhatTheNewColumnHeldIsInTheJournal) {
    map_phone_to("mobile");
    world.settle();
    const auto history = world.journal(world.customer_of("erp", erp), "phones.main.number");
    EXPECT_TRUE(std::any_of(history.begin(), history.end(), [](const FieldChange& entry) {
        return entry.kind == ChangeKind::Loser && entry.after == FieldValue::of("+32475550101");
    }));
}

TEST_F(Remapped, AnEmptyNewColumnEmptiesNothing) {
    map_phone_to("fax");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550101");
    EXPECT_EQ(in_erp("fax"), "+3225550101");
}

TEST_F(Remapped, NothingIsWrittenToAColumnThatWasNotReadYet) {
    map_phone_to("mobile");
    world["erp"].faults().read_fails = 1;
    world["desk"].edit(desk, "phone", "+3225550102");
    world.pass();
    EXPECT_EQ(in_erp("mobile"), "+32475550101");
    world.settle();
    release();
    EXPECT_EQ(in_erp("mobile"), "+3225550102");
}

TEST_F(Remapped, AnEditAfterwardsIsOne) {
    map_phone_to("mobile");
    world.settle();
    release();
    world["erp"].edit(erp, "mobile", "+3225550103");
    world.settle();
    EXPECT_EQ(in_desk("phone"), "+3225550103");
}

TEST_F(Remapped, ALensThatReadsTheSameRawOtherwiseIsNoEdit) {
    world.reconfigure([&](HubSetting& hub) {
        LensSetting lens;
        lens.name = "enum";
        lens.table = {{"Gent", "Gand"}, {"Brugge", "Bruges"}, {"G", "Gent"}};
        mapped(hub.systems.front(), "addresses.billing.city").lenses = {lens};
    });
    world.settle();
    release();
    EXPECT_EQ(in_desk("city"), "Gent");
    EXPECT_EQ(in_erp("city"), "G") << "the same value in the new words";
    EXPECT_EQ(versions("addresses.billing"), 1U);
}

TEST_F(Remapped, AMendedMappingReadsWhatWasSetAside) {
    world["erp"].edit(erp, "email", "sales at acme.be");
    world.settle();
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    world.reconfigure([&](HubSetting& hub) {
        LensSetting lens;
        lens.name = "enum";
        lens.table = {{"sales at acme.be", "sales@acme.be"}, {"other", "other@acme.be"}};
        mapped(hub.systems.front(), "emails.main.address").lenses = {lens};
    });
    world.settle();
    release();
    EXPECT_TRUE(world.store().quarantine().empty());
    EXPECT_EQ(in_desk("email"), "sales@acme.be");
}

TEST_F(Remapped, ANewFieldIsComparedBeforeAnythingIsWritten) {
    const RemoteId other_erp =
        world["erp"].add({{"name", "Beta"}, {"email", "b@b.be"}, {"mobile", "+32475550199"}});
    world.settle();
    map_mobile();
    world.settle();
    EXPECT_EQ(in_erp("mobile"), "+32475550101");
    EXPECT_EQ(in_desk("mobile"), "+32475550101");
    EXPECT_EQ(world.canonical("erp", other_erp, "phones.mobile.number"), "+32475550199")
        << "one side only: it is the first value";
    const std::size_t writes = world.writes();
    world.settle();
    EXPECT_EQ(world.writes(), writes);
}

TEST_F(Remapped, WhereSystemsDifferInANewFieldNothingIsReplacedBeforeItIsReleased) {
    world["desk"].edit(desk, "mobile", "+32475550777");
    world.settle();
    map_mobile();
    world.settle();
    EXPECT_EQ(in_erp("mobile"), "+32475550101");
    EXPECT_EQ(in_desk("mobile"), "+32475550777");
    EXPECT_EQ(
        world.pass().systems.at(1).stopped_by + world.pass().systems.at(0).stopped_by,
        "phones.mobile.number is mapped or read otherwise since lately, and would be replaced in 1 "
        "record"
    );
    world.restart();
    world.settle();
    EXPECT_NE(in_erp("mobile"), in_desk("mobile")) << "the next hub remembers";
    release();
    EXPECT_EQ(in_erp("mobile"), in_desk("mobile"));
    EXPECT_TRUE(sync::holds(world.store()).empty());
}

TEST_F(Remapped, WhereNothingDiffersInANewFieldTheHoldEndsByItself) {
    map_mobile();
    world.settle();
    EXPECT_TRUE(sync::holds(world.store()).empty());
    world["erp"].edit(erp, "mobile", "+32475550888");
    world.settle();
    EXPECT_EQ(in_desk("mobile"), "+32475550888");
}

TEST_F(Remapped, OtherCustomersGoOnWhileANewFieldIsHeld) {
    const std::map<std::string, std::string> beta{{"name", "Beta"}, {"email", "b@b.be"}};
    const RemoteId there = world["desk"].add(beta);
    const RemoteId here = world["erp"].add(beta);
    world["desk"].edit(desk, "mobile", "+32475550777");
    world.settle();
    map_mobile();
    world.settle();
    world["erp"].edit(here, "city", "Brugge");
    world.settle();
    EXPECT_EQ(world["desk"].record(there).at("city"), "Brugge");
    EXPECT_NE(in_erp("mobile"), in_desk("mobile"));
}

TEST_F(Remapped, ARestartWithTheSameMappingReadsNothingAgain) {
    world.settle();
    world.restart();
    world.pass();
    const auto states = world.store().system_states();
    EXPECT_TRUE(std::all_of(states.begin(), states.end(), [](const store::SystemState& state) {
        return state.listing_wanted_at == Timestamp{};
    }));
}

TEST(NewMapping, APlanReleasesWhatItLists) {
    World world({member("erp"), member("desk")}, {}, Memory::OnDisk);
    const RemoteId erp =
        world["erp"].add({{"name", "Acme"}, {"email", "info@acme.be"}, {"mobile", "+32475550101"}});
    const RemoteId desk =
        world["desk"].add({{"name", "Acme"}, {"email", "info@acme.be"}, {"mobile", "+32475550777"}}
        );
    world.settle();
    world.reconfigure([](HubSetting& hub) {
        for (SystemSetting& system : hub.systems) {
            MappedFieldSetting entry;
            entry.field = "phones.mobile.number";
            entry.remotes = {"mobile"};
            entry.where = system.file + ":1";
            system.mapping.push_back(std::move(entry));
        }
    });
    world.settle();
    const Plan plan = world.plan();
    ASSERT_EQ(plan.operations.size(), 1U);
    const auto report = world.engine().apply(plan);
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(world["erp"].record(erp).at("mobile"), world["desk"].record(desk).at("mobile"));
    EXPECT_TRUE(sync::holds(world.store()).empty());
}

class Scope : public ::testing::Test {
protected:
    Scope()
        : world({member("erp"), member("desk")}, [](HubSetting& hub) {
              Condition& where = hub.systems.back().scope.where;
              where.op = Condition::Operator::In;
              where.path = "addresses.billing.city";
              where.values = {"Gent", "Brugge"};
          }) {
        erp = world["erp"].add(
            {{"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}, {"vat", "BE0403019261"}}
        );
        world.settle();
        desk = world["desk"].records().begin()->first;
    }
    World world;
    RemoteId erp, desk;
};

TEST_F(Scope, ARecordThatLeftItIsKeptAndCatchesUpWhenItIsBack) {
    world["erp"].edit(erp, "city", "Paris");
    world.settle();
    world["erp"].edit(erp, "name", "Acme NV");
    world.settle();
    EXPECT_EQ(world["desk"].record(desk).at("name"), "Acme") << "out of the scope: as it was";
    EXPECT_EQ(world["desk"].records().size(), 1U);
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_EQ(world["desk"].record(desk).at("name"), "Acme NV");
    EXPECT_EQ(world["desk"].record(desk).at("city"), "Brugge");
    EXPECT_EQ(world["desk"].records().size(), 1U) << "neither deleted nor made again";
}

TEST_F(Scope, WhatItsPeopleSayMeanwhileCounts) {
    world["erp"].edit(erp, "city", "Paris");
    world.settle();
    world["desk"].edit(desk, "phone", "+3225550104");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("phone"), "+3225550104");
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_EQ(world["desk"].record(desk).at("phone"), "+3225550104");
    EXPECT_TRUE(world.open_cases().empty());
}

/// Of a customer whom nobody touches since, what the configuration allows now is owed now.
class OtherTerms : public ::testing::Test {
protected:
    void start(const World::Adjust& terms) {
        world_ = std::make_unique<World>(std::vector<Member>{member("erp"), member("desk")}, terms);
        erp =
            world()["erp"].add({{"name", "Acme"}, {"email", "info@acme.be"}, {"status", "active"}});
        world().settle();
    }
    World& world() { return *world_; }
    RemoteId erp;

private:
    std::unique_ptr<World> world_;
};

TEST_F(OtherTerms, WhoMayBeMadeNowIsMade) {
    start([](HubSetting& hub) { hub.systems[1].rights.create = false; });
    ASSERT_TRUE(world()["desk"].records().empty());
    world().reconfigure([](HubSetting& hub) { hub.systems[1].rights.create = true; });
    world().settle();
    EXPECT_EQ(world()["desk"].records().size(), 1U);
}

TEST_F(OtherTerms, WhoIsInScopeNowIsMade) {
    start([](HubSetting& hub) { hub.systems[1].scope.linked_only = true; });
    ASSERT_TRUE(world()["desk"].records().empty());
    world().reconfigure([](HubSetting& hub) { hub.systems[1].scope.linked_only = false; });
    world().settle();
    EXPECT_EQ(world()["desk"].records().size(), 1U);
}

TEST_F(OtherTerms, WhatMayBeWrittenNowIsWritten) {
    start([](HubSetting& hub) { hub.systems[1].rights.update = false; });
    world()["erp"].edit(erp, "email", "new@acme.be");
    world().settle();
    const RemoteId desk = world()["desk"].records().begin()->first;
    ASSERT_EQ(world()["desk"].record(desk).at("email"), "info@acme.be");
    world().reconfigure([](HubSetting& hub) { hub.systems[1].rights.update = true; });
    world().settle();
    EXPECT_EQ(world()["desk"].record(desk).at("email"), "new@acme.be");
}

TEST_F(OtherTerms, AFieldThatGoesOutNowIsWritten) {
    start([](HubSetting& hub) {
        mapped(hub.systems[1], "emails.main.address").direction = MappingDirection::In;
    });
    const RemoteId desk = world()["desk"].records().begin()->first;
    ASSERT_EQ(world()["desk"].record(desk).count("email"), 0U);
    world().reconfigure([](HubSetting& hub) {
        mapped(hub.systems[1], "emails.main.address").direction = MappingDirection::Both;
    });
    world().settle();
    EXPECT_EQ(world()["desk"].record(desk).at("email"), "info@acme.be");
}

}  // namespace
}  // namespace syncline::testing
