/// Who is who: the ladder over whole passes, questions and their answers, scope, unique fields.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row row(const std::string& name, const std::string& email, const std::string& vat = "") {
    return {{"name", name}, {"email", email}, {"phone", ""}, {"city", "Gent"}, {"vat", vat}};
}

/// No system makes records: what is seen is what association did.
void no_creates(HubSetting& hub) {
    for (SystemSetting& system : hub.systems)
        system.rights.create = false;
}

std::vector<Case> cases_of(World& world, CaseKind kind) {
    std::vector<Case> found;
    for (Case& item : world.open_cases()) {
        if (item.kind == kind) found.push_back(std::move(item));
    }
    return found;
}

TEST(Association, TheLadderJoinsByVatAndByMailWithName) {
    World world({member("erp"), member("books"), member("desk")}, no_creates);
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    const RemoteId books = world["books"].add(row("ACME N.V.", "other@acme.be", "BE0403019261"));
    const RemoteId desk = world["desk"].add(row("Acme", "INFO@acme.be"));
    world.pass();
    const CustomerId customer = world.customer_of("erp", erp).customer.id;
    EXPECT_EQ(world.customer_of("books", books).customer.id, customer);
    EXPECT_EQ(world.customer_of("desk", desk).customer.id, customer);
}

TEST(Association, ASharedMailAloneJoinsNobody) {
    World world({member("erp"), member("books")}, no_creates);
    world["erp"].add(row("Ann Peeters", "office@acme.be"));
    world["books"].add(row("Bob Maes", "office@acme.be"));
    world.pass();
    EXPECT_EQ(world.store().counts().records, 2U);
    EXPECT_TRUE(world.open_cases().empty());
}

TEST(Association, NamesakesWithDifferentVatAreAskedAbout) {
    World world({member("erp"), member("books")}, no_creates);
    world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    world["books"].add(row("Acme", "info@acme.be", "BE0202239951"));
    world.pass();
    ASSERT_EQ(cases_of(world, CaseKind::Association).size(), 1U);
    EXPECT_EQ(world.store().counts().records, 1U);
}

/// erp has Acme; books has a record that may be Acme, and a person must say.
class Asked : public ::testing::Test {
protected:
    Asked()
        : world({member("erp"), member("books")}, [](HubSetting& hub) {
              RungSetting by_name;
              by_name.match = {"name"};
              hub.association.push_back(by_name);
          }) {
        erp = world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
        books = world["books"].add(row("Acme", "sales@acme.be"));
        world.settle();
    }
    World world;
    RemoteId erp, books;
};

TEST_F(Asked, NothingIsMadeForACustomerThatAQuestionNames) {
    ASSERT_EQ(cases_of(world, CaseKind::Association).size(), 1U);
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(world["books"].records().size(), 1U);
}

TEST_F(Asked, TheQuestionIsAskedOnce) {
    const CaseId id = world.open_cases().at(0).id;
    world.restart();
    for (int i = 0; i < 3; ++i)
        world.pass();
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().id, id);
}

TEST_F(Asked, AnsweredWithTheCustomerTheRecordJoinsIt) {
    const Case review = world.open_cases().at(0);
    const CustomerId customer = review.candidates.at(0).customer;
    ASSERT_TRUE(world.engine().answer_review(review.id, customer, "ann").has_value());
    world.settle();
    EXPECT_EQ(world.customer_of("books", books).customer.id, customer);
    EXPECT_EQ(world.store().counts().records, 1U);
    EXPECT_EQ(world["books"].record(books).at("vat"), "BE0403019261");
    ASSERT_EQ(world.open_cases().size(), 1U) << "the e-mails differ";
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Conflict);
}

TEST_F(Asked, AnsweredAsNewBothAreMadeInTheOtherSystem) {
    const CaseId id = world.open_cases().at(0).id;
    ASSERT_TRUE(world.engine().answer_review(id, std::nullopt, "ann").has_value());
    world.settle();
    EXPECT_EQ(world.store().counts().records, 2U);
    EXPECT_EQ(world["erp"].records().size(), 2U);
    EXPECT_EQ(world["books"].records().size(), 2U);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(world.pass().changes(), 0U);
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(Asked, AQuestionCannotBeAnsweredTwiceOrDismissed) {
    const Case review = world.open_cases().at(0);
    EXPECT_EQ(
        world.engine().dismiss_review(review.id, "ann").error().code, ErrorCode::UsageInvalid
    );
    ASSERT_TRUE(world.engine().answer_review(review.id, std::nullopt, "ann").has_value());
    EXPECT_EQ(
        world.engine().answer_review(review.id, std::nullopt, "ann").error().code,
        ErrorCode::NotFound
    );
}

TEST_F(Asked, WhenTheRecordSaysMoreTheQuestionSettlesItself) {
    world["books"].edit(books, "vat", "BE0403019261");
    world.settle();
    EXPECT_TRUE(cases_of(world, CaseKind::Association).empty());
    EXPECT_EQ(world.store().counts().records, 1U);
}

TEST_F(Asked, WhenTheRecordVanishesTheQuestionIsClosedAndTheCustomerMade) {
    world.believes_missing = true;
    world["books"].remove(books);
    world.settle();
    EXPECT_TRUE(world.open_cases().empty());
    ASSERT_EQ(world["books"].records().size(), 1U);
    EXPECT_EQ(world["books"].records().begin()->second.at("email"), "info@acme.be");
}

TEST_F(Asked, ARecordThatVanishedUnansweredAndComesBackIsAskedAboutAgain) {
    world["erp"].faults().read_fails = 0;
    world.believes_missing = true;
    world["books"].remove(books);
    world.pass();
    world["books"].restore(books);
    world.pass();
    world.pass();
    const std::vector<RemoteId> ids{books};
    const auto links = world.store().links_by_remote(SystemId{"books"}, "customer", ids);
    ASSERT_EQ(links.size(), 1U);
    EXPECT_NE(links.front().state, LinkState::Gone);
}

TEST(Association, OneCustomerEnteredTwiceInASystemIsToldAndNotSpread) {
    World world({member("erp"), member("books")});
    world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    world["erp"].add(row("Acme NV", "sales@acme.be", "BE0403019261"));
    world.settle();
    const auto duplicates = cases_of(world, CaseKind::Duplicate);
    ASSERT_EQ(duplicates.size(), 1U);
    EXPECT_EQ(world["books"].records().size(), 1U);
    ASSERT_TRUE(world.engine().dismiss_review(duplicates.front().id, "ann").has_value());
    world.settle();
    EXPECT_EQ(world["books"].records().size(), 2U);
}

TEST(Association, AValueThatCannotBeReadIsReleasedBeforeTheRecordHasACustomer) {
    World world({member("erp")}, [](HubSetting& hub) {
        hub.systems[0].scope.where = {Condition::Operator::Exists, "phones.main.number", {}, {}};
    });
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be", "nonsense"));
    world.pass();
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    world["erp"].edit(erp, "vat", "BE0403019261");
    world.pass();
    EXPECT_TRUE(world.store().quarantine().empty());
}

/// books takes only customers of Gent.
class Scoped : public ::testing::Test {
protected:
    Scoped()
        : world({member("erp"), member("books")}, [](HubSetting& hub) {
              Condition gent;
              gent.op = Condition::Operator::Equal;
              gent.path = "addresses.billing.city";
              gent.values = {"Gent"};
              hub.systems[1].scope.where = gent;
          }) {}
    World world;
};

TEST_F(Scoped, OnlyWhoIsInScopeIsMade) {
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    Row other = row("Bolt", "info@bolt.be");
    other["city"] = "Brugge";
    world["erp"].add(other);
    world.settle();
    EXPECT_EQ(world["books"].records().size(), 1U);
    EXPECT_EQ(world.customer_of("erp", erp).links.size(), 2U);
}

TEST_F(Scoped, WhoLeavesTheScopeIsNeitherWrittenNorDeletedAndCatchesUpOnReturn) {
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    world.settle();
    const RemoteId books = world["books"].records().begin()->first;
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    world["erp"].edit(erp, "name", "Acme Trading");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("name"), "Acme");
    EXPECT_EQ(world["books"].record(books).at("city"), "Gent");
    world["erp"].edit(erp, "city", "Gent");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("name"), "Acme Trading");
    EXPECT_EQ(world["books"].records().size(), 1U);
}

TEST(LinkedOnly, ASystemThatTakesKnownCustomersOnlyGetsNoNewOnes) {
    World world({member("erp"), member("books")}, [](HubSetting& hub) {
        hub.systems[1].scope.linked_only = true;
    });
    world["erp"].add(row("Acme", "info@acme.be"));
    world["books"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    EXPECT_EQ(world["erp"].records().size(), 2U);
    EXPECT_EQ(world["books"].records().size(), 1U);
}

/// books refuses a second record with the same e-mail, and the mapping says so.
class Unique : public ::testing::Test {
protected:
    static FakeSystem::Character unique() {
        FakeSystem::Character character;
        character.unique = "email";
        return character;
    }
    Unique()
        : world({member("erp"), member("books", unique())}, [](HubSetting& hub) {
              mapped(hub.systems[1], "emails.main.address").unique = true;
          }) {
        first = world["erp"].add(row("Ann Peeters", "office@acme.be"));
        second = world["erp"].add(row("Bob Maes", "office@acme.be"));
        world.settle();
    }
    std::multiset<std::string> emails() {
        std::multiset<std::string> all;
        for (const auto& [id, record] : world["books"].records()) {
            const auto found = record.find("email");
            all.insert(found != record.end() ? found->second : "");
        }
        return all;
    }
    World world;
    RemoteId first, second;
};

TEST_F(Unique, TheSecondHolderIsMadeWithoutIt) {
    EXPECT_EQ(emails(), (std::multiset<std::string>{"", "office@acme.be"}));
    EXPECT_TRUE(world.store().quarantine().empty()) << "nothing was refused";
}

TEST_F(Unique, WhenTheFirstGivesItUpTheSecondGetsIt) {
    world["erp"].edit(first, "email", "ann@acme.be");
    world["erp"].edit(second, "email", "bob@acme.be");
    world.settle();
    EXPECT_EQ(emails(), (std::multiset<std::string>{"ann@acme.be", "bob@acme.be"}));
    EXPECT_TRUE(world.store().quarantine().empty());
}

TEST_F(Unique, AValueGivenUpByItsHolderReachesWhoWasLeftOut) {
    const auto records = world["books"].records();
    const auto holder = std::find_if(records.begin(), records.end(), [](const auto& entry) {
        return entry.second.contains("email") && !entry.second.at("email").empty();
    });
    ASSERT_NE(holder, records.end());
    const bool is_first = holder->second.at("name") == "Ann Peeters";
    world["erp"].edit(is_first ? first : second, "email", "new@acme.be");
    world.settle();
    EXPECT_EQ(emails(), (std::multiset<std::string>{"new@acme.be", "office@acme.be"}));
}

TEST(Paused, APausedSystemIsLeftAloneAndCatchesUp) {
    World world({member("erp"), member("books")});
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    world.settle();
    ASSERT_TRUE(world.engine().pause(SystemId{"books"}, "operator").has_value());
    world["erp"].edit(erp, "name", "Acme Trading");
    world.settle();
    EXPECT_EQ(world["books"].records().begin()->second.at("name"), "Acme");
    ASSERT_TRUE(world.engine().resume(SystemId{"books"}).has_value());
    world.settle();
    EXPECT_EQ(world["books"].records().begin()->second.at("name"), "Acme Trading");
    EXPECT_EQ(world.engine().pause(SystemId{"nope"}, "x").error().code, ErrorCode::NotFound);
}

TEST(Stopped, NobodyIsMadeFromThoseSystemsThatWereRead) {
    World world({member("erp"), member("books")});
    world["erp"].add(row("Acme", "info@acme.be"));
    world["books"].add(row("Acme", "info@acme.be"));
    world.stop_requested = [&] { return !world.store().waiting_links().empty(); };
    world.pass();
    EXPECT_EQ(world.store().waiting_links().size(), 1U);
    EXPECT_TRUE(world.store().customers_after({}, 5).empty());
    world.stop_requested = {};
    world.settle();
    EXPECT_EQ(world.store().customers_after({}, 5).size(), 1U);
    EXPECT_EQ(world["erp"].records().size(), 1U);
    EXPECT_EQ(world["books"].records().size(), 1U);
}

}  // namespace
}  // namespace syncline::testing
