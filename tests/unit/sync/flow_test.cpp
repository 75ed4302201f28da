/// Whole passes of the engine over fake systems: values find their way, and then all is quiet.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

const Row kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3225550101"},
    {"city", "Gent"},
    {"vat", "BE0403019261"}};

Row with(Row row, const std::string& field, const std::string& value) {
    row[field] = value;
    return row;
}

std::vector<ChangeKind> kinds(const std::vector<FieldChange>& entries) {
    std::vector<ChangeKind> kinds;
    for (const FieldChange& entry : entries)
        kinds.push_back(entry.kind);
    return kinds;
}

/// Three systems that know Acme, settled.
class Three : public ::testing::Test {
protected:
    explicit Three(const World::Adjust& adjust = {})
        : world({member("erp"), member("books"), member("desk")}, adjust) {
        erp = world["erp"].add(kAcme);
        books = world["books"].add(kAcme);
        desk = world["desk"].add(kAcme);
        world.settle();
    }
    std::string at(const std::string& system, const RemoteId& id, const std::string& field) {
        return world[system].record(id).at(field);
    }

    World world;
    RemoteId erp, books, desk;
};

TEST_F(Three, EqualRecordsAreOneCustomerAndNothingIsWritten) {
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 3U);
    EXPECT_EQ(world.store().counts().records, 1U);
    EXPECT_EQ(world.canonical("erp", erp, "name"), "Acme");
}

TEST_F(Three, AnEditReachesTheOthersOnceAndMakesOneVersion) {
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    EXPECT_EQ(at("erp", erp, "city"), "Brugge");
    EXPECT_EQ(at("desk", desk, "city"), "Brugge");
    EXPECT_EQ(world.writes(), 2U);
    const auto history = world.journal(world.customer_of("erp", erp), "addresses.billing.city");
    ASSERT_EQ(kinds(history), (std::vector{ChangeKind::Version, ChangeKind::Version}));
    EXPECT_EQ(history.back().origin, Origin::of(SystemId{"books"}));
    EXPECT_EQ(history.back().rule, Rule::OnlyChange);
}

TEST_F(Three, OwnWritesComeBackAsNoChange) {
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    const Version version = world.store().high_water();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(world.pass().changes(), 0U);
    EXPECT_EQ(world.writes(), 2U);
    EXPECT_EQ(world.store().high_water(), version);
}

TEST_F(Three, DifferentFieldsOfTwoSystemsAreNoConflict) {
    world["books"].edit(books, "city", "Brugge");
    world["desk"].edit(desk, "phone", "+3225550199");
    world.settle();
    for (const auto& [system, id] : std::vector<std::pair<std::string, RemoteId>>{
             {"erp", erp}, {"books", books}, {"desk", desk}}) {
        EXPECT_EQ(at(system, id, "city"), "Brugge") << system;
        EXPECT_EQ(at(system, id, "phone"), "+3225550199") << system;
    }
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Three, TheSameEditOnTwoSidesIsNoConflictAndIsNotJournalledAsOne) {
    world["books"].edit(books, "city", "Brugge");
    world["desk"].edit(desk, "city", "Brugge");
    world.settle();
    EXPECT_EQ(at("erp", erp, "city"), "Brugge");
    EXPECT_EQ(world.writes(), 1U);
    const auto history = world.journal(world.customer_of("erp", erp), "addresses.billing.city");
    EXPECT_EQ(kinds(history), (std::vector{ChangeKind::Version, ChangeKind::Version}));
}

TEST_F(Three, AnotherSpellingIsNoEdit) {
    world["books"].edit(books, "phone", "02 555 01 01");
    world["desk"].edit(desk, "vat", "BE 0403.019.261");
    world.settle();
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(at("books", books, "phone"), "02 555 01 01");
}

TEST_F(Three, UndecidedEditsGoByTheOrderOfSystemsAndTheLoserIsInTheJournal) {
    world["desk"].edit(desk, "city", "Oostende");
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    EXPECT_EQ(at("desk", desk, "city"), "Brugge");  // books comes before desk in the order
    EXPECT_EQ(at("erp", erp, "city"), "Brugge");
    const auto history = world.journal(world.customer_of("erp", erp), "addresses.billing.city");
    const auto loser = std::find_if(history.begin(), history.end(), [](const FieldChange& entry) {
        return entry.kind == ChangeKind::Loser;
    });
    ASSERT_NE(loser, history.end());
    EXPECT_EQ(std::count(loser->after->parts.begin(), loser->after->parts.end(), "Oostende"), 1);
    EXPECT_EQ(loser->origin, Origin::of(SystemId{"desk"}));
    EXPECT_EQ(loser->rule, Rule::NewestUndecided);
}

TEST_F(Three, AProvablyLaterEditWinsWhateverTheOrderOfSystems) {
    world["books"].edit(books, "city", "Brugge");
    world["desk"].faults().write_never_sent = 1;
    world.pass();  // desk was read after books, and then held the old value
    world["desk"].edit(desk, "city", "Ieper");
    world.settle();
    EXPECT_EQ(at("erp", erp, "city"), "Ieper");
    EXPECT_EQ(at("books", books, "city"), "Ieper");
    const auto history = world.journal(world.customer_of("erp", erp), "addresses.billing.city");
    EXPECT_EQ(history.at(history.size() - 2).rule, Rule::Newest);
    EXPECT_EQ(history.back().kind, ChangeKind::Loser);
}

TEST_F(Three, AnEditThatMayBeOlderDoesNotWinByComingLate) {
    ASSERT_TRUE(world.engine().pause(SystemId{"desk"}, "operator").has_value());
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    world["desk"].edit(desk, "city", "Oostende");
    ASSERT_TRUE(world.engine().resume(SystemId{"desk"}).has_value());
    world.settle();
    EXPECT_EQ(at("desk", desk, "city"), "Brugge") << "books comes first in the order";
}

TEST_F(Three, AClearThatCompetesWithAValueLoses) {
    world["books"].edit(books, "phone", "");
    world["desk"].edit(desk, "phone", "+3225550199");
    world.settle();
    EXPECT_EQ(at("erp", erp, "phone"), "+3225550199");
    EXPECT_EQ(at("books", books, "phone"), "+3225550199");
}

TEST_F(Three, AClearAloneIsAnEditLikeAnyOther) {
    world["books"].edit(books, "phone", "");
    world.settle();
    EXPECT_EQ(at("erp", erp, "phone"), "");
    EXPECT_EQ(at("desk", desk, "phone"), "");
    EXPECT_EQ(world.canonical("erp", erp, "phones.main.number"), "");
}

TEST_F(Three, APersonUndoesAWriteOfTheHub) {
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    world["desk"].edit(desk, "city", "Gent");
    world.settle();
    EXPECT_EQ(at("books", books, "city"), "Gent");
    EXPECT_EQ(at("erp", erp, "city"), "Gent");
}

TEST_F(Three, AnEditMadeWhileTheHubIsDownIsTakenAfterTheRestart) {
    world.restart();
    world["erp"].edit(erp, "name", "Acme Trading");
    world.settle();
    EXPECT_EQ(at("desk", desk, "name"), "Acme Trading");
}

class Policies : public Three {
protected:
    Policies()
        : Three([](HubSetting& hub) {
              PolicySetting authority;
              authority.pattern = "addresses.billing";
              authority.kind = PolicyKind::Authority;
              authority.systems = {SystemId{"desk"}};
              PolicySetting keep;
              keep.pattern = "phones.*";
              keep.kind = PolicyKind::Keep;
              PolicySetting review;
              review.pattern = "name";
              review.kind = PolicyKind::Review;
              hub.policies.insert(hub.policies.end(), {authority, keep, review});
          }) {}
    void edit_both(
        const std::string& field, const std::string& in_books, const std::string& in_desk
    ) {
        world["books"].edit(books, field, in_books);
        world["desk"].edit(desk, field, in_desk);
        world.settle();
    }
};

TEST_F(Policies, TheAuthorityWins) {
    edit_both("city", "Brugge", "Oostende");
    EXPECT_EQ(at("books", books, "city"), "Oostende");
    EXPECT_EQ(at("erp", erp, "city"), "Oostende");
}

TEST_F(Policies, EvenAClearOfTheAuthorityWins) {
    edit_both("city", "Brugge", "");
    EXPECT_EQ(at("books", books, "city"), "");
}

TEST_F(Policies, KeepKeepsWhatWasFirst) {
    edit_both("phone", "+3225550111", "+3225550122");
    EXPECT_EQ(at("desk", desk, "phone"), "+3225550111");
    EXPECT_EQ(at("erp", erp, "phone"), "+3225550111");
}

TEST_F(Policies, ReviewHoldsTheFieldAndLetsTheOthersFlow) {
    edit_both("name", "Acme Trading", "Acme Group");
    world["desk"].edit(desk, "phone", "+3225550133");
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Conflict);
    EXPECT_EQ(at("books", books, "name"), "Acme Trading");
    EXPECT_EQ(at("desk", desk, "name"), "Acme Group") << "nobody writes over an open question";
    EXPECT_EQ(at("books", books, "phone"), "+3225550133");
}

TEST_F(Policies, AConflictIsResolvedByTakingASystemsValue) {
    edit_both("name", "Acme Trading", "Acme Group");
    const CaseId id = world.open_cases().at(0).id;
    ASSERT_TRUE(
        world.engine().resolve_conflict(id, SystemId{"desk"}, std::nullopt, "ann").has_value()
    );
    world.settle();
    EXPECT_EQ(at("books", books, "name"), "Acme Group");
    EXPECT_EQ(at("erp", erp, "name"), "Acme Group");
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Policies, AConflictIsResolvedByAValueOfItsOwn) {
    edit_both("name", "Acme Trading", "Acme Group");
    const CaseId id = world.open_cases().at(0).id;
    ASSERT_TRUE(
        world.engine().resolve_conflict(id, std::nullopt, "  Acme  Holding ", "ann").has_value()
    );
    world.settle();
    for (const auto& [system, record] : std::vector<std::pair<std::string, RemoteId>>{
             {"erp", erp}, {"books", books}, {"desk", desk}})
        EXPECT_EQ(at(system, record, "name"), "Acme Holding");
    const auto history = world.journal(world.customer_of("erp", erp), "name");
    EXPECT_EQ(history.back().origin, Origin::of_user("ann"));
}

TEST_F(Policies, AConflictClosesWhenTheSystemsAgreeAgain) {
    edit_both("name", "Acme Trading", "Acme Group");
    world["desk"].edit(desk, "name", "Acme Trading");
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(at("erp", erp, "name"), "Acme Trading");
}

TEST_F(Policies, AConflictStaysWhileAThirdSystemSaysWhatStands) {
    // desk and erp made the same change, books another; desk still means it.
    world["desk"].edit(desk, "name", "Acme Trading");
    world["erp"].edit(erp, "name", "Acme Trading");
    world["books"].edit(books, "name", "Acme Group");
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    world["erp"].edit(erp, "name", "Acme Group");
    world.settle();
    EXPECT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(at("desk", desk, "name"), "Acme Trading");
    world["desk"].edit(desk, "name", "Acme Group");
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Policies, OnlyAConflictCanBeResolvedAsOne) {
    world.believes_missing = true;
    world["desk"].remove(desk);
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    const auto refused = world.engine().resolve_conflict(
        world.open_cases().front().id, SystemId{"erp"}, std::nullopt, "ann"
    );
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::UsageInvalid);
}

TEST(Flow, IdentityFieldsGoToAPersonWhenTheOrderOfEditsIsUnknown) {
    World world({member("erp"), member("books")});
    const RemoteId erp = world["erp"].add(kAcme);
    const RemoteId books = world["books"].add(kAcme);
    world.settle();
    world["erp"].edit(erp, "email", "sales@acme.be");
    world["books"].edit(books, "email", "office@acme.be");
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().field, world.id("emails.main.address"));
    EXPECT_EQ(world["erp"].record(erp).at("email"), "sales@acme.be");
    EXPECT_EQ(world["books"].record(books).at("email"), "office@acme.be");
}

TEST(Flow, ACutAndAnUpperCasedValueAreImagesAndNeverComeBack) {
    FakeSystem::Character lossy;
    lossy.cut_at = 8;
    lossy.upper_cases = true;
    World world({member("erp"), member("books", lossy)}, [](HubSetting& hub) {
        mapped(hub.systems[1], "name").limit_characters = 8;
    });
    const RemoteId erp = world["erp"].add(kAcme);
    world.settle();
    world["erp"].edit(erp, "name", "Acme International Trading");
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    const std::size_t writes = world.writes();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(world.pass().changes(), 0U);
    EXPECT_EQ(world.writes(), writes);
    EXPECT_EQ(world["erp"].record(erp).at("name"), "Acme International Trading");
    EXPECT_EQ(world["erp"].record(erp).at("city"), "Brugge");
    EXPECT_EQ(world["books"].records().begin()->second.at("city"), "BRUGGE");
}

TEST(Flow, AnUndeclaredTransformationIsTheSystemsBusinessAndIsJournalled) {
    FakeSystem::Character cuts;
    cuts.cut_at = 8;
    World world({member("erp"), member("books", cuts)});
    const RemoteId erp = world["erp"].add(kAcme);
    world.settle();
    world["erp"].edit(erp, "name", "Acme International Trading");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("name"), "Acme International Trading");
    const auto history = world.journal(world.customer_of("erp", erp), "name");
    EXPECT_EQ(history.back().kind, ChangeKind::Transform);
    EXPECT_EQ(history.back().after, FieldValue::of("Acme Int"));
}

TEST(Flow, AnEditWhereOnlyAPartFitsIsAskedAbout) {
    FakeSystem::Character cuts;
    cuts.cut_at = 8;
    World world({member("erp"), member("books", cuts)}, [](HubSetting& hub) {
        mapped(hub.systems[1], "name").limit_characters = 8;
    });
    const RemoteId erp = world["erp"].add(with(kAcme, "name", "Acme International"));
    world.settle();
    const RemoteId books = world["books"].records().begin()->first;
    world["books"].edit(books, "name", "Acmi Int");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("name"), "Acme International");
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Conflict);
}

TEST(Flow, AFieldMappedOutboundIsWrittenBackAndItsEditIsJournalled) {
    World world({member("erp"), member("books")}, [](HubSetting& hub) {
        mapped(hub.systems[1], "phones.main.number").direction = MappingDirection::Out;
    });
    const RemoteId erp = world["erp"].add(kAcme);
    const RemoteId books = world["books"].add(kAcme);
    world.settle();
    EXPECT_EQ(
        kinds(world.journal(world.customer_of("erp", erp), "phones.main.number")),
        std::vector{ChangeKind::Version}
    );
    world["books"].edit(books, "phone", "+3225550155");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("phone"), kAcme.at("phone"));
    EXPECT_EQ(world["erp"].record(erp).at("phone"), kAcme.at("phone"));
    const auto history = world.journal(world.customer_of("erp", erp), "phones.main.number");
    EXPECT_EQ(history.back().kind, ChangeKind::Drift);
}

TEST(Flow, AFieldMappedInboundIsNeverWritten) {
    World world({member("erp"), member("books")}, [](HubSetting& hub) {
        mapped(hub.systems[1], "phones.main.number").direction = MappingDirection::In;
    });
    const RemoteId erp = world["erp"].add(kAcme);
    const RemoteId books = world["books"].add(kAcme);
    world.settle();
    world["erp"].edit(erp, "phone", "+3225550155");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("phone"), kAcme.at("phone"));
    world["books"].edit(books, "phone", "+3225550166");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("phone"), "+3225550166");
}

TEST(Flow, MissingValuesAreFilledFromTheOthers) {
    World world({member("erp"), member("books")});
    const RemoteId erp = world["erp"].add(with(kAcme, "city", ""));
    const RemoteId books = world["books"].add(with(kAcme, "phone", ""));
    world.settle();
    EXPECT_EQ(world["erp"].record(erp), kAcme);
    EXPECT_EQ(world["books"].record(books), kAcme);
}

TEST(Flow, FirstContactDoesNotDependOnWhoIsReadFirst) {
    const auto outcome = [](bool books_first) {
        World world({member("erp"), member("books")});
        const RemoteId erp = world["erp"].add(with(kAcme, "city", "Brugge"));
        const RemoteId books = world["books"].add(with(kAcme, "city", "Aalst"));
        world.clock.advance(std::chrono::seconds{1});
        sync::PassOptions first;
        first.systems = {SystemId{books_first ? "books" : "erp"}};
        world.engine().pass(first);
        world.settle();
        EXPECT_EQ(world["erp"].record(erp), world["books"].record(books));
        return world.canonical("erp", erp, "addresses.billing.city");
    };
    EXPECT_EQ(outcome(true), "Brugge");
    EXPECT_EQ(outcome(false), "Brugge");
}

}  // namespace
}  // namespace syncline::testing
