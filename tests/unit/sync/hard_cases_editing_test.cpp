// Hard cases of editing: several people, at the same time, while a system or the hub is away.
// docs/reference/hard-cases.md lists all cases with their tests.

#include "support/stand_in.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using namespace std::chrono_literals;
using Row = std::map<std::string, std::string>;

const Row kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3225550101"},
    {"city", "Gent"},
    {"vat", "BE0403019261"}};

/// Two systems that know Acme, settled.
class HardEditing : public ::testing::Test {
protected:
    void start(FakeSystem::Character character = {}, const World::Adjust& adjust = {}) {
        world_ = std::make_unique<World>(
            std::vector<Member>{member("erp"), member("books", std::move(character))}, adjust
        );
        erp = world()["erp"].add(kAcme);
        books = world()["books"].add(kAcme);
        world().settle();
    }
    World& world() { return *world_; }
    std::string in_erp(const std::string& field) { return world()["erp"].record(erp).at(field); }
    std::string in_books(const std::string& field) {
        return world()["books"].record(books).at(field);
    }
    /// How many versions the journal tells of a field.
    std::size_t versions(const std::string& path) {
        const auto journal = world().journal(world().customer_of("erp", erp), path);
        return static_cast<std::size_t>(std::count_if(
            journal.begin(),
            journal.end(),
            [](const FieldChange& entry) { return entry.kind == ChangeKind::Version; }
        ));
    }
    void expect_quiet() {
        const std::size_t writes = world().writes();
        const Version version = world().store().high_water();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(world().pass().changes(), 0U);
        EXPECT_EQ(world().writes(), writes);
        EXPECT_EQ(world().store().high_water(), version);
    }

    RemoteId erp, books;

private:
    std::unique_ptr<World> world_;
};

TEST_F(HardEditing, TheSameChangeInTwoSpellingsIsNoConflictAndEachKeepsItsOwn) {
    start();
    world()["erp"].edit(erp, "phone", "02 555 12 34");
    world()["books"].edit(books, "phone", "+32 2 555 12 34");
    world().settle();
    EXPECT_EQ(world().writes(), 0U);
    EXPECT_EQ(in_erp("phone"), "02 555 12 34");
    EXPECT_EQ(in_books("phone"), "+32 2 555 12 34");
    EXPECT_EQ(versions("phones.main.number"), 2U);
    EXPECT_TRUE(world().open_cases().empty());
}

TEST_F(HardEditing, AnAddressIsNeverMixedOfTwoPeoplesEdits) {
    FakeSystem::Character shows_both;
    shows_both.always_lists = {"street"};
    start(shows_both, [](HubSetting& hub) {
        for (SystemSetting& system : hub.systems) {
            MappedFieldSetting street;
            street.field = "addresses.billing.street";
            street.remotes = {"street"};
            street.where = "x.json:1";
            system.mapping.push_back(street);
        }
    });
    world()["erp"].edit(erp, "street", "Veldstraat 1");
    world().settle();
    world()["erp"].edit(erp, "street", "Meir 20");
    world()["books"].edit(books, "city", "Aalst");
    world().settle();
    EXPECT_EQ(in_erp("street"), "Meir 20");
    EXPECT_EQ(in_erp("city"), "Gent") << "erp comes first in the order, with its whole address";
    EXPECT_EQ(in_books("street"), "Meir 20");
    EXPECT_EQ(in_books("city"), "Gent");
    const auto journal = world().journal(world().customer_of("erp", erp), "addresses.billing");
    EXPECT_EQ(journal.back().kind, ChangeKind::Loser);
}

/// Maps the street in erp alone; the order of systems settles what is changed on both sides.
World::Adjust street_in_erp_only(const std::string& first) {
    return [first](HubSetting& hub) {
        MappedFieldSetting street;
        street.field = "addresses.billing.street";
        street.remotes = {"street"};
        street.where = "x.json:1";
        hub.systems.front().mapping.push_back(street);
        std::sort(hub.order.begin(), hub.order.end(), [&](const SystemId& a, const SystemId&) {
            return a.text() == first;
        });
    };
}

TEST_F(HardEditing, ACityChangedWhereOnlyTheCityIsKnownIsNotJoinedToANewStreet) {
    start({}, street_in_erp_only("books"));
    world()["erp"].edit(erp, "street", "Veldstraat 1");
    world().settle();
    world()["erp"].edit(erp, "street", "Meir 20");
    world()["books"].edit(books, "city", "Aalst");
    world().settle();
    ASSERT_EQ(world().open_cases().size(), 1U) << "the one that comes first lacks the street";
    EXPECT_EQ(in_erp("street"), "Meir 20");
    EXPECT_EQ(in_erp("city"), "Gent");
    EXPECT_EQ(in_books("city"), "Aalst");
}

TEST_F(HardEditing, ANewStreetStandsAsAWholeBeforeACityThatWasChangedElsewhere) {
    start({}, street_in_erp_only("erp"));
    world()["erp"].edit(erp, "street", "Veldstraat 1");
    world().settle();
    world()["erp"].edit(erp, "street", "Meir 20");
    world()["books"].edit(books, "city", "Aalst");
    world().settle();
    EXPECT_TRUE(world().open_cases().empty());
    EXPECT_EQ(in_erp("street"), "Meir 20");
    EXPECT_EQ(in_erp("city"), "Gent");
    EXPECT_EQ(in_books("city"), "Gent");
}

TEST_F(HardEditing, ACityThatIsChangedAloneStandsWithTheStreetThatWasThere) {
    start({}, street_in_erp_only("erp"));
    world()["erp"].edit(erp, "street", "Veldstraat 1");
    world().settle();
    world()["books"].edit(books, "city", "Aalst");
    world().settle();
    EXPECT_TRUE(world().open_cases().empty());
    EXPECT_EQ(in_erp("street"), "Veldstraat 1");
    EXPECT_EQ(in_erp("city"), "Aalst");
}

TEST_F(HardEditing, AnEditThatIsTakenBackBetweenTwoReadingsIsNone) {
    start();
    world()["erp"].edit(erp, "city", "Brugge");
    world()["erp"].edit(erp, "city", "Gent");
    world().settle();
    EXPECT_EQ(world().writes(), 0U);
    EXPECT_EQ(versions("addresses.billing.city"), 1U);
}

TEST_F(HardEditing, AnEditMadeWhileTheHubWritesTheSameFieldIsDecidedAndNotLost) {
    start();
    world().failpoint = [&](std::string_view point) {
        if (point != "call.before") return;
        world().failpoint = nullptr;
        world()["books"].edit(books, "city", "Oostende");
    };
    world()["erp"].edit(erp, "city", "Brugge");
    world().settle();
    EXPECT_TRUE(world()["books"].lost_edits().empty());
    EXPECT_EQ(in_erp("city"), in_books("city"));
    const auto journal = world().journal(world().customer_of("erp", erp), "addresses.billing.city");
    const bool is_told = std::any_of(journal.begin(), journal.end(), [](const FieldChange& entry) {
        const auto& parts = entry.after->parts;
        return std::find(parts.begin(), parts.end(), "Oostende") != parts.end();
    });
    EXPECT_TRUE(is_told) << "it stands, or the journal has it";
}

TEST_F(HardEditing, APersonWhoDecidesDuringAWriteIsFollowedByASecondWrite) {
    start();
    StandIn stand_in(world()["books"]);
    world().stand_ins["books"] = &stand_in;
    world().restart();
    const CustomerId customer = world().customer_of("erp", erp).customer.id;
    world()["erp"].edit(erp, "phone", "+3225550111");
    std::mutex turn;
    world().turn = &turn;
    world().restart();
    bool is_done = false;
    stand_in.before = [&](const std::string& call) {
        if (call == "write" && !std::exchange(is_done, true)) {
            const std::lock_guard lock(turn);
            EXPECT_TRUE(world().engine().restore(
                customer, {{world().id("phones.main.number"), FieldValue::of("+3225550122")}}, "ann"
            ));
        }
        return std::optional<Error>();
    };
    for (int i = 0; i < 4; ++i) {
        const std::lock_guard lock(turn);
        world().pass();
    }
    ASSERT_TRUE(is_done);
    EXPECT_EQ(world()["books"].asked().size(), 2U) << "one after the other";
    EXPECT_EQ(in_books("phone"), "+3225550122");
    EXPECT_EQ(in_erp("phone"), "+3225550122");
    stand_in.before = nullptr;
    world().turn = nullptr;
    world().restart();
    expect_quiet();
}

TEST_F(HardEditing, ASystemThatWasAwayForWeeksIsReadBeforeItIsWritten) {
    start();
    std::vector<std::pair<RemoteId, RemoteId>> customers;
    for (int i = 0; i < 40; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"city", "Gent"}};
        const RemoteId here = world()["erp"].add(row);
        customers.emplace_back(here, world()["books"].add(row));
    }
    world().settle();
    ASSERT_TRUE(world().engine().pause(SystemId{"books"}, "away"));
    for (const auto& [here, there] : customers) {
        world()["erp"].edit(here, "city", "Brugge " + here.text());
        world()["books"].edit(there, "phone", "+3225550199");
        world().pass();
    }
    world().clock.advance(std::chrono::hours{21 * 24});
    ASSERT_TRUE(world().engine().resume(SystemId{"books"}));
    world().settle();
    for (const auto& [here, there] : customers) {
        EXPECT_EQ(world()["books"].record(there).at("city"), "Brugge " + here.text());
        EXPECT_EQ(world()["erp"].record(here).at("phone"), "+3225550199");
    }
    EXPECT_TRUE(world()["books"].lost_edits().empty());
    EXPECT_TRUE(world().open_cases().empty());
}

TEST_F(HardEditing, WhoTypesWhatTheHubIsWritingJustThenIsTakenForTheHub) {
    start();
    world()["books"].faults().write_lost_before = 1;
    world()["books"].faults().lookup_fails = 1;
    world()["erp"].edit(erp, "city", "Brugge");
    world().pass();  // in doubt
    world()["books"].edit(books, "city", "Brugge");
    world().settle();
    EXPECT_EQ(versions("addresses.billing.city"), 2U) << "no version by books";
    EXPECT_EQ(world().writes(), 0U);
    expect_quiet();
}

TEST_F(HardEditing, SavingAgainWithoutAChangeIsNoEdit) {
    start();
    std::vector<RemoteId> more;
    for (int i = 0; i < 30; ++i) {
        const std::string n = std::to_string(i);
        more.push_back(world()["erp"].add({{"name", "N" + n}, {"email", "n" + n + "@n.be"}}));
    }
    world().settle();
    const std::size_t writes = world().writes();
    const Version version = world().store().high_water();
    for (const RemoteId& id : more) {  // each record gets a new version with the same content
        world()["erp"].edit(id, "phone", "+3225550101");
        world()["erp"].edit(id, "phone", "");
    }
    world().settle();
    EXPECT_EQ(world().writes(), writes);
    EXPECT_EQ(world().store().high_water(), version);
}

TEST_F(HardEditing, ANightlyJobThatRespellsEveryNumberChangesNothing) {
    start({}, [](HubSetting& hub) { hub.updates = {2, 0}; });
    std::vector<RemoteId> more{books};
    for (int i = 0; i < 8; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"phone", "+3225550101"}};
        world()["erp"].add(row);
        more.push_back(world()["books"].add(row));
    }
    world().settle();
    for (const RemoteId& id : more)
        world()["books"].edit(id, "phone", "02/555.01.01");
    EXPECT_FALSE(world().pass().threshold_tripped());
    expect_quiet();
    EXPECT_EQ(world().writes(), 0U);
}

TEST_F(HardEditing, TwoSystemsThatSpellDifferentlyDoNotPlayPingPong) {
    FakeSystem::Character capitals;
    capitals.upper_cases = true;
    start(capitals);
    world()["erp"].edit(erp, "city", "brugge");
    world().settle();
    EXPECT_EQ(in_books("city"), "BRUGGE");
    world()["erp"].edit(erp, "city", "Brugge");  // its own job capitalises words
    world().settle();
    EXPECT_EQ(in_erp("city"), "Brugge");
    expect_quiet();
}

TEST_F(HardEditing, ALineThatASystemAppendsToWhatIsWrittenDoesNotGrow) {
    FakeSystem::Character appends;
    appends.rewrites = "name";
    start(appends, [](HubSetting& hub) {  // whatever books says of a name wins
        PolicySetting authority;
        authority.pattern = "name";
        authority.kind = PolicyKind::Authority;
        authority.systems = {SystemId{"books"}};
        hub.policies.push_back(authority);
    });
    for (int i = 0; i < 4; ++i) {
        world()["erp"].edit(erp, "name", "Acme " + std::to_string(i));
        world().settle();
    }
    EXPECT_EQ(in_erp("name"), "Acme 3") << "what it made of the name stays its business";
    EXPECT_EQ(in_books("name"), "* Acme 3");
    expect_quiet();
}

TEST_F(HardEditing, WhatASystemEmptiesEverywhereIsEmptiedNowhereElse) {
    start({}, [](HubSetting& hub) { hub.clears = {2, 0}; });
    std::vector<std::pair<RemoteId, RemoteId>> customers;
    for (int i = 0; i < 6; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"phone", "+3225550101"}};
        const RemoteId here = world()["erp"].add(row);
        customers.emplace_back(here, world()["books"].add(row));
    }
    world().settle();
    for (const auto& [here, there] : customers)
        world()["books"].edit(there, "phone", "");
    const sync::PassReport report = world().pass();
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_FALSE(report.systems[1].unbelieved.empty()) << "not even taken, where it was emptied";
    for (const auto& [here, there] : customers)
        EXPECT_EQ(world()["erp"].record(here).at("phone"), "+3225550101");
}

TEST_F(HardEditing, AJobInOneSystemThatChangesEverybodyWaitsForApproval) {
    start({}, [](HubSetting& hub) { hub.updates = {3, 0}; });
    std::vector<RemoteId> many;
    for (int i = 0; i < 8; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"city", "Gent"}};
        world()["erp"].add(row);
        many.push_back(world()["books"].add(row));
    }
    world().settle();
    for (const RemoteId& id : many)
        world()["books"].edit(id, "city", "Berlin");
    EXPECT_FALSE(world().pass().systems[0].stopped_by.empty());
    for (const auto& [id, record] : world()["erp"].records())
        EXPECT_EQ(record.at("city"), "Gent");
    for (const RemoteId& id : many)
        world()["books"].edit(id, "city", "Gent");
    world().settle();
    EXPECT_EQ(world().writes(), 0U) << "taken back there, it needs no approval here";
}

TEST_F(HardEditing, APersonWhoTypesUnderTheHubsOwnLoginIsHeard) {
    start();
    world()["erp"].edit(erp, "city", "Brugge");
    world().settle();
    world()["books"].edit(books, "city", "Aalst");  // by whoever: values tell, not names
    world().settle();
    EXPECT_EQ(in_erp("city"), "Aalst");
}

TEST_F(HardEditing, WhoTypesAgainWhatTheHubWroteOnceIsHeard) {
    FakeSystem::Character without_versions;
    without_versions.version = connect::VersionKind::None;
    without_versions.conditional_write = false;
    start(without_versions);
    for (const char* city : {"Brugge", "Aalst"}) {
        world()["erp"].edit(erp, "city", city);
        world().pass();
        ASSERT_EQ(in_books("city"), city);
    }
    world()["books"].edit(books, "city", "Brugge");
    world().settle();
    EXPECT_EQ(in_erp("city"), "Brugge") << "the hub has seen its first write and waits no more";
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(HardEditing, AnAmountThatComesBackWithCrumbsIsTheSame) {
    start({}, [](HubSetting& hub) {
        for (SystemSetting& system : hub.systems) {
            MappedFieldSetting limit;
            limit.field = "commercial.credit_limit";
            limit.remotes = {"limit"};
            limit.lenses = {{"money", {{"currency", "EUR"}}, {}, {}}};
            limit.where = "x.json:1";
            system.mapping.push_back(limit);
        }
    });
    world()["erp"].edit(erp, "limit", "19.99");
    world()["books"].edit(books, "limit", "19.99");
    world().settle();
    world()["books"].edit(books, "limit", "19.990000001");
    world().settle();
    EXPECT_EQ(world().writes(), 0U);
    EXPECT_EQ(in_erp("limit"), "19.99");
    EXPECT_EQ(in_books("limit"), "19.990000001") << "nobody minds";
}

}  // namespace
}  // namespace syncline::testing
