/// Lost answers, refusals, crashes and records that vanish.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
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

/// Two systems that know Acme, settled; `books` has the character under test.
class Two : public ::testing::Test {
protected:
    explicit Two(FakeSystem::Character character = {}, const World::Adjust& adjust = {})
        : world({member("erp"), member("books", std::move(character))}, adjust) {
        erp = world["erp"].add(kAcme);
        books = world["books"].add(kAcme);
        world.settle();
    }
    std::string in_books(const std::string& field) {
        return world["books"].record(books).at(field);
    }
    std::string in_erp(const std::string& field) { return world["erp"].record(erp).at(field); }
    void expect_quiet() {
        const std::size_t writes = world.writes();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(world.pass().changes(), 0U);
        EXPECT_EQ(world.writes(), writes);
    }

    World world;
    RemoteId erp, books;
};

TEST_F(Two, AWriteLostOnTheWayIsFoundMissingAndMadeAgain) {
    world["books"].faults().write_lost_before = 1;
    world["erp"].edit(erp, "city", "Brugge");
    const sync::PassReport report = world.pass();
    EXPECT_EQ(report.systems.at(1).in_doubt, 1U);
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_EQ(world.writes(), 1U);
}

TEST_F(Two, AWriteWhoseAnswerIsLostIsFoundAndNotMadeAgain) {
    world["books"].faults().write_lost_after = 1;
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_EQ(world.writes(), 1U);
    expect_quiet();
}

class TwoOfWhichOneTellsNothing : public Two {
protected:
    static FakeSystem::Character silent() {
        FakeSystem::Character character;
        character.states_what_it_stored = false;
        character.incremental = true;
        return character;
    }
    TwoOfWhichOneTellsNothing() : Two(silent()) {}
};

TEST_F(TwoOfWhichOneTellsNothing, AnAnsweredWriteIsLookedForUntilItWasSeen) {
    world["books"].faults().ignore_write = 1;
    world["books"].faults().lookup_fails = 2;  // right after the write, and at the next pass
    world["erp"].edit(erp, "city", "Brugge");
    world.pass();
    world.pass();
    EXPECT_EQ(world.store().attempts_of_system(SystemId{"books"}).size(), 1U);
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_TRUE(world.store().attempts_of_system(SystemId{"books"}).empty());
}

TEST_F(Two, NothingIsWrittenToARecordInDoubtBeforeItWasLookedAt) {
    world["books"].faults().write_lost_before = 1;
    world["books"].faults().lookup_fails = 2;  // right after the write, and at the next pass
    world["erp"].edit(erp, "city", "Brugge");
    world.pass();
    world.pass();
    EXPECT_EQ(world.writes(), 0U);
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(Two, AWriteThatLandsLateIsKnownAsOursAndCorrected) {
    world["books"].faults().write_lingers = 1;
    world["erp"].edit(erp, "city", "Brugge");
    world.pass();  // looked at: not there
    world["books"].faults().write_never_sent = 1;
    world["erp"].edit(erp, "city", "Aalst");
    world.pass();  // cannot be written now
    world["books"].let_lingering_writes_land();
    EXPECT_EQ(in_books("city"), "Brugge");
    world.settle();
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_EQ(in_erp("city"), "Aalst") << "our own late write is no edit of books";
    const auto history = world.journal(world.customer_of("erp", erp), "addresses.billing.city");
    EXPECT_EQ(
        std::count_if(
            history.begin(),
            history.end(),
            [](const FieldChange& entry) { return entry.kind == ChangeKind::Version; }
        ),
        3
    );
}

TEST_F(Two, AnEditBetweenReadingAndWritingIsNotWrittenOver) {
    world.failpoint = [&](std::string_view point) {
        if (point != "call.before") return;
        world["books"].edit(books, "city", "Oostende");
        world.failpoint = nullptr;
    };
    world["erp"].edit(erp, "phone", "+3225550144");
    world.settle();
    EXPECT_TRUE(world["books"].lost_edits().empty());
    EXPECT_EQ(in_erp("city"), "Oostende");
    EXPECT_EQ(in_books("phone"), "+3225550144");
}

TEST_F(Two, ARefusedFieldIsSetAsideAndTheOthersFlow) {
    world["books"].faults().refuses = "city";
    world["erp"].edit(erp, "city", "Brugge");
    world["erp"].edit(erp, "phone", "+3225550144");
    world.settle();
    EXPECT_EQ(in_books("phone"), "+3225550144");
    EXPECT_EQ(in_books("city"), "Gent");
    const auto items = world.store().quarantine();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items.front().field, world.fields().find("addresses.billing.city")->id);
    EXPECT_EQ(items.front().direction, Direction::Outbound);
    expect_quiet();
}

TEST_F(Two, ARefusedFieldIsTriedAgainOnRequestAndReleased) {
    world["books"].faults().refuses = "city";
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    ASSERT_EQ(world.engine().retry_quarantined({}).value(), 1U);
    world.settle();
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    EXPECT_EQ(world.store().quarantine().front().tries, 2U);
    world["books"].faults().refuses.clear();
    expect_quiet();
    ASSERT_EQ(world.engine().retry_quarantined({}).value(), 1U);
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_TRUE(world.store().quarantine().empty());
}

TEST_F(Two, ARefusedFieldIsTriedAgainWhenItsValueChanges) {
    world["books"].faults().refuses = "city";
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].faults().refuses.clear();
    world["erp"].edit(erp, "city", "Aalst");
    world.settle();
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_TRUE(world.store().quarantine().empty());
}

TEST_F(Two, ARefusalIsForgottenWhenTheSystemHoldsTheValueByOtherWays) {
    world["books"].faults().refuses = "city";
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    EXPECT_TRUE(world.store().quarantine().empty());
}

TEST_F(Two, AWriteThatIsAnsweredAndIgnoredIsSetAsideAfterTheSecond) {
    world["books"].faults().ignore_write = 2;
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_EQ(in_books("city"), "Gent");
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    EXPECT_EQ(world["books"].faults().ignore_write, 0);
    expect_quiet();
}

TEST_F(Two, AVanishedRecordIsAskedAboutAndNeverMadeAgain) {
    world.believes_missing = true;
    world["books"].remove(books);
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Gone);
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_TRUE(world["books"].records().empty());
    EXPECT_EQ(in_erp("city"), "Brugge");
    const CaseId id = world.open_cases().front().id;
    ASSERT_TRUE(world.engine().dismiss_review(id, "ann").has_value());
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_TRUE(world["books"].records().empty());
}

TEST_F(Two, ARecordThatComesBackIsWrittenToAgain) {
    world.believes_missing = true;
    world["books"].remove(books);
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].restore(books);
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(Two, AFailedListingProvesNothing) {
    world.believes_missing = true;
    world["books"].remove(books);
    world["books"].faults().lookup_fails = 1;
    world.pass();
    EXPECT_TRUE(world.open_cases().empty());
    world["books"].restore(books);
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Two, ASystemThatDoesNotAnswerHoldsUpNobody) {
    world["books"].faults().read_fails = 1;
    world["erp"].edit(erp, "city", "Brugge");
    const sync::PassReport report = world.pass();
    EXPECT_TRUE(report.systems.at(1).error.has_value());
    EXPECT_EQ(report.systems.at(1).pending, 1U);
    EXPECT_FALSE(world.store().system_states().empty());
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(Two, AnUnreadableRecordIsSetAsideOnceAndReleasedWhenReadable) {
    world["books"].make_unreadable(books, "the row is cut short");
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world.pass();
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    EXPECT_EQ(world.store().quarantine().front().tries, 1U);
    EXPECT_EQ(world.store().quarantine().front().reason, "the row is cut short");
    EXPECT_TRUE(world.open_cases().empty()) << "it is there: not gone";
    world["books"].make_unreadable(books, "");
    world.settle();
    EXPECT_TRUE(world.store().quarantine().empty());
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(Two, AValueTheMappingCannotReadIsSetAsideAndNotWrittenOver) {
    world["books"].edit(books, "vat", "not a number");
    world["erp"].edit(erp, "vat", "BE0202239951");
    world.settle();
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    EXPECT_EQ(world.store().quarantine().front().direction, Direction::Inbound);
    EXPECT_EQ(in_books("vat"), "not a number");
    EXPECT_EQ(in_erp("vat"), "BE0202239951");
    world["books"].edit(books, "vat", "BE0202239951");
    world.settle();
    EXPECT_TRUE(world.store().quarantine().empty());
}

class Creating : public ::testing::Test {
protected:
    explicit Creating(FakeSystem::Character character = {})
        : world({member("erp"), member("books", std::move(character))}) {
        world.pass();  // both were listed completely once
        erp = world["erp"].add(kAcme);
    }
    std::size_t records() { return world["books"].records().size(); }
    World world;
    RemoteId erp;
};

TEST_F(Creating, ACustomerIsMadeWhereItIsMissing) {
    world.settle();
    ASSERT_EQ(records(), 1U);
    EXPECT_EQ(world["books"].records().begin()->second, kAcme);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
    EXPECT_EQ(world.writes(), 1U);
}

TEST_F(Creating, ACreateWhoseAnswerIsLostIsFoundByItsKey) {
    world["books"].faults().write_lost_after = 1;
    world.settle();
    EXPECT_EQ(records(), 1U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
}

TEST_F(Creating, ACreateThatCannotBeLookedForIsNotMadeASecondTime) {
    world["books"].faults().write_lost_after = 1;
    world["books"].faults().lookup_fails = 3;
    for (int i = 0; i < 5; ++i)
        world.pass();
    world.settle();
    EXPECT_EQ(records(), 1U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Creating, ACreateLostOnTheWayIsMadeOnceItCanNoLongerLand) {
    world["books"].faults().write_lost_before = 1;
    world.settle();
    for (int i = 0; i < 6; ++i)
        world.pass();
    EXPECT_EQ(records(), 1U);
}

TEST_F(Creating, ACreateThatLandsWhileTheSystemIsListedJoinsItsCustomer) {
    world["books"].faults().write_lingers = 1;
    world.pass();
    int lists = 0;
    world.failpoint = [&](std::string_view point) {
        // Between the look after the create and the listing: erp is listed in between.
        if (point == "commit.before" && ++lists == 1) world["books"].let_lingering_writes_land();
    };
    world.settle();
    for (int i = 0; i < 6; ++i)
        world.pass();
    EXPECT_EQ(records(), 1U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
}

TEST_F(Creating, ARefusedCreateIsSetAsideAndTriedOnRequest) {
    world["books"].faults().refuses = "email";
    world.settle();
    EXPECT_EQ(records(), 0U);
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    world["books"].faults().refuses.clear();
    world.settle();
    EXPECT_EQ(records(), 0U);
    ASSERT_TRUE(world.engine().retry_quarantined({}).has_value());
    world.settle();
    EXPECT_EQ(records(), 1U);
    EXPECT_TRUE(world.store().quarantine().empty());
}

class CreatingPlanned : public Creating {
protected:
    static FakeSystem::Character planned() {
        FakeSystem::Character character;
        character.ids_are_planned = true;
        return character;
    }
    CreatingPlanned() : Creating(planned()) {}
};

TEST_F(CreatingPlanned, AChosenIdIsLookedUpBeforeASecondTry) {
    world["books"].faults().write_lost_after = 1;
    world["books"].faults().lookup_fails = 2;
    for (int i = 0; i < 6; ++i)
        world.pass();
    EXPECT_EQ(records(), 1U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
}

TEST(Crash, AtAnyPointAndStartedAgainTheOutcomeIsTheSame) {
    for (int at = 1; at < 40; ++at) {
        SCOPED_TRACE(at);
        World world({member("erp"), member("books"), member("desk")}, {}, Memory::InMemory);
        world.pass();
        const RemoteId erp = world["erp"].add(kAcme);
        world["books"].add(kAcme);
        int points = 0;
        world.failpoint = [&](std::string_view) {
            if (++points == at) throw std::runtime_error("crash");
        };
        for (int i = 0; i < 3; ++i) {
            if (i == 1) world["erp"].edit(erp, "city", "Brugge");
            try {
                world.pass();
            } catch (const std::runtime_error&) {
                world.restart();
            }
        }
        world.failpoint = nullptr;
        world.clock.advance(std::chrono::seconds{4});
        world.settle();
        for (const char* system : {"erp", "books", "desk"}) {
            ASSERT_EQ(world[system].records().size(), 1U) << system;
            EXPECT_EQ(world[system].records().begin()->second.at("city"), "Brugge") << system;
        }
        EXPECT_TRUE(world.open_cases().empty());
    }
}

class Deferred : public Two {
protected:
    static FakeSystem::Character deferred() {
        FakeSystem::Character character;
        character.deferred = true;
        character.version = connect::VersionKind::None;
        return character;
    }
    Deferred() : Two(deferred()) {}
};

TEST_F(Deferred, ACorrectionIsLeftOnceAndSettledWhenItIsSeen) {
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    expect_quiet();
    EXPECT_EQ(world.writes(), 1U);
    EXPECT_EQ(in_books("city"), "Gent");
    world["books"].take_in_corrections();
    world.settle();
    expect_quiet();
    EXPECT_EQ(world.writes(), 1U);
    EXPECT_EQ(in_erp("city"), "Brugge");
}

TEST_F(Deferred, CorrectionsTakenInOneByOneAreNoEdits) {
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].take_in_corrections();
    world["erp"].edit(erp, "city", "Aalst");
    world.settle();
    EXPECT_EQ(in_erp("city"), "Aalst");
    world["books"].take_in_corrections();
    world.settle();
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_EQ(in_erp("city"), "Aalst");
}

TEST_F(Deferred, AValueSetBackIsLeftAgain) {
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["erp"].edit(erp, "city", "Gent");  // what the books still show, but not what they will
    world.settle();
    EXPECT_EQ(world.writes(), 2U);
    world["books"].take_in_corrections();
    world.settle();
    expect_quiet();
    EXPECT_EQ(in_books("city"), "Gent");
    EXPECT_EQ(in_erp("city"), "Gent");
    EXPECT_EQ(world.writes(), 2U);
}

TEST_F(Deferred, ACorrectionThatItsPeopleOverruledIsLeftAgainWhenTheyLose) {
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].take_in_corrections();
    world["books"].edit(books, "city", "Aalst");  // the order of systems decides for the erp
    world["erp"].edit(erp, "city", "Brussel");
    world.settle();
    world["books"].take_in_corrections();
    world.settle();
    expect_quiet();
    EXPECT_EQ(in_erp("city"), "Brussel");
    EXPECT_EQ(in_books("city"), "Brussel");
}

TEST_F(Deferred, AnEditBesideACorrectionIsAnEdit) {
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["books"].edit(books, "phone", "+3225550177");
    world.settle();
    EXPECT_EQ(in_erp("phone"), "+3225550177");
    EXPECT_EQ(in_erp("city"), "Brugge");
}

}  // namespace
}  // namespace syncline::testing
