// Hard cases of writes whose outcome is unknown, of readings that lack something, and of records
// that vanish. docs/reference/hard-cases.md lists all cases with their tests.

#include "support/retelling.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <utility>
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

/// Stands before a system and leaves something out of what it says.
class Careless final : public Retelling {
public:
    using Retelling::Retelling;

    RemoteId unlisted;               ///< a record that listings lack
    std::string hides;               ///< a field that nothing shows
    bool forgets_an_answer = false;  ///< of the last record of a write

    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override {
        std::vector<Receipt> receipts = Retelling::write(entity, deliveries);
        if (forgets_an_answer) receipts.pop_back();
        return receipts;
    }

protected:
    std::vector<Observation> retold(std::vector<Observation> page) const override {
        for (Observation& seen : page)
            seen.fields.erase(hides);
        return page;
    }
    std::vector<Observation> retold_listing(std::vector<Observation> page) const override {
        std::erase_if(page, [&](const Observation& seen) { return seen.remote_id == unlisted; });
        return retold(std::move(page));
    }
};

class HardDoubt : public ::testing::Test {
protected:
    explicit HardDoubt(const World::Adjust& adjust = {})
        : world({member("erp"), member("books")}, adjust) {
        erp = world["erp"].add(kAcme);
        books = world["books"].add(kAcme);
        world.settle();
    }
    std::string in_books(const std::string& field) {
        return world["books"].record(books).at(field);
    }

    World world;
    RemoteId erp, books;
};

TEST_F(HardDoubt, OfAWriteThatArrivedInPartOnlyTheRestIsSentAgain) {
    world["books"].faults().write_lost_before = 1;
    world["books"].faults().lookup_fails = 1;
    world["erp"].edit(erp, "city", "Brugge");
    world["erp"].edit(erp, "phone", "+3225550144");
    world.pass();
    ASSERT_EQ(world["books"].asked().size(), 1U);
    EXPECT_EQ(world["books"].asked().back().patch.size(), 2U);
    world["books"].edit(books, "city", "Brugge");  // this much of the request got through
    world.settle();
    EXPECT_EQ(in_books("phone"), "+3225550144");
    ASSERT_EQ(world["books"].asked().size(), 2U);
    EXPECT_EQ(world["books"].asked().back().patch.size(), 1U) << "the phone alone";
    EXPECT_EQ(world["erp"].record(erp).at("city"), "Brugge");
}

TEST_F(HardDoubt, AnAnswerThatTellsOfAllRecordsButOneLeavesThatOneInDoubt) {
    for (int i = 0; i < 3; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"city", "Gent"}};
        world["erp"].add(row);
        world["books"].add(row);
    }
    world.settle();
    Careless careless(world["books"]);
    careless.forgets_an_answer = true;
    world.stand_ins["books"] = &careless;
    world.restart();
    for (const auto& [id, record] : world["erp"].records())
        world["erp"].edit(id, "city", "Brugge");
    const sync::PassReport report = world.pass();
    EXPECT_EQ(report.systems[1].updated, 3U);
    world.settle();
    EXPECT_EQ(world["books"].writes(), 4U) << "looked after, and not written twice";
    EXPECT_TRUE(world.store().unsettled_attempts().empty());
}

TEST_F(HardDoubt, AFieldThatASystemNoLongerShowsIsNotEmptiedElsewhere) {
    Careless careless(world["books"]);
    careless.hides = "phone";
    world.stand_ins["books"] = &careless;
    world.restart();
    world["books"].edit(books, "city", "Brugge");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("phone"), "+3225550101");
    EXPECT_EQ(world["erp"].record(erp).at("city"), "Brugge");
    EXPECT_EQ(in_books("phone"), "+3225550101");
}

TEST_F(HardDoubt, AListThatLacksARecordThatIsThereDeletesNobody) {
    const RemoteId other = world["books"].add({{"name", "Other"}, {"email", "o@other.be"}});
    world.settle();
    Careless careless(world["books"]);
    careless.unlisted = other;
    world.stand_ins["books"] = &careless;
    world.restart();
    world.believes_missing = true;
    for (int i = 0; i < 3; ++i)
        world.pass();
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(world["erp"].records().size(), 2U);
    const auto* link = world.customer_of("books", other).find_link(SystemId{"books"});
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(link->state, LinkState::Active);
}

TEST_F(HardDoubt, AListWhoseMissingRecordCannotBeAskedForDeletesNobody) {
    Careless careless(world["books"]);
    careless.unlisted = books;
    world.stand_ins["books"] = &careless;
    world.restart();
    world["books"].add({{"name", "Other"}, {"email", "o@other.be"}});
    world.believes_missing = true;
    world["books"].faults().lookup_fails = 2;
    for (int i = 0; i < 4; ++i)
        world.pass();
    EXPECT_TRUE(world.open_cases().empty());
    careless.unlisted = {};
    world["erp"].edit(erp, "city", "Brugge");
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_TRUE(world.open_cases().empty());
}

/// An edit in books would win over anything that erp says.
class HardDoubtOfAnAuthority : public HardDoubt {
protected:
    HardDoubtOfAnAuthority()
        : HardDoubt([](HubSetting& hub) {
              PolicySetting authority;
              authority.pattern = "addresses.billing";
              authority.kind = PolicyKind::Authority;
              authority.systems = {SystemId{"books"}};
              hub.policies.push_back(authority);
          }) {}
    /// erp's people type "Brugge", which is written without an answer, and then "Aalst", which
    /// cannot be written now.
    void type_twice(int FakeSystem::Faults::*first) {
        world["books"].faults().*first = 1;
        world["erp"].edit(erp, "city", "Brugge");
        world.pass();
        world["books"].faults().write_never_sent = 1;
        world["erp"].edit(erp, "city", "Aalst");
        world.pass();
    }
    void expect_the_last_word_everywhere() {
        world.settle();
        EXPECT_EQ(in_books("city"), "Aalst");
        EXPECT_EQ(world["erp"].record(erp).at("city"), "Aalst");
    }
};

TEST_F(HardDoubtOfAnAuthority, AWriteThatLandsLateIsNotItsWord) {
    type_twice(&FakeSystem::Faults::write_lingers);
    world["books"].let_lingering_writes_land();
    ASSERT_EQ(in_books("city"), "Brugge");
    expect_the_last_word_everywhere();
}

TEST_F(HardDoubtOfAnAuthority, WhoTypesWhatTheHubSentWithoutAnAnswerIsTakenForTheHub) {
    type_twice(&FakeSystem::Faults::write_lost_before);
    world["books"].edit(books, "city", "Brugge");
    expect_the_last_word_everywhere();
}

class HardGone : public HardDoubt {
protected:
    HardGone()
        : HardDoubt([](HubSetting& hub) {
              hub.systems[0].when_gone = WhenGone::Delete;
              hub.systems[1].on_delete = OnDelete::Delete;
              hub.systems[1].rights.remove = true;
              hub.deletes = {1, 0};
          }) {}
};

TEST_F(HardGone, WhoIsEditedWhileADeletionWaitsForApprovalStays) {
    std::vector<std::pair<RemoteId, RemoteId>> more;
    for (int i = 0; i < 4; ++i) {
        const std::string n = std::to_string(i);
        const Row row{{"name", "N" + n}, {"email", "n" + n + "@n.be"}, {"city", "Gent"}};
        const RemoteId here = world["erp"].add(row);
        more.emplace_back(here, world["books"].add(row));
    }
    world.settle();
    for (const auto& [here, there] : more)
        world["erp"].remove(here);
    EXPECT_FALSE(world.pass().systems[0].unbelieved.empty());
    world["books"].edit(more[0].second, "city", "Brugge");
    world.pass();
    EXPECT_EQ(world["books"].records().size(), 5U);
    world.believes_missing = true;  // somebody approves
    world.pass();
    world.pass();
    EXPECT_EQ(world["books"].record(more[0].second).at("city"), "Brugge");
    EXPECT_TRUE(world["books"].records().contains(more[0].second));
    const auto kept = world.customer_of("books", more[0].second).customer;
    EXPECT_EQ(kept.state, CustomerState::Active);
    EXPECT_EQ(world.customer_of("books", more[1].second).customer.state, CustomerState::Deleted);
}

TEST_F(HardGone, ARecordThatComesBackUnderANewIdIsTheSameCustomer) {
    World moved({member("erp"), member("books")});
    const RemoteId old_id = moved["erp"].add(kAcme);
    const RemoteId other = moved["books"].add(kAcme);
    moved["erp"].add({{"name", "Other"}, {"email", "o@other.be"}});
    moved.settle();
    const CustomerId customer = moved.customer_of("books", other).customer.id;
    const std::size_t writes = moved.writes();
    moved.believes_missing = true;
    moved["erp"].remove(old_id);
    const RemoteId new_id = moved["erp"].add(kAcme);
    moved.settle();
    EXPECT_EQ(moved.customer_of("erp", new_id).customer.id, customer);
    EXPECT_EQ(moved["books"].records().size(), 2U);
    EXPECT_EQ(moved.writes(), writes) << "nothing is made and nothing deleted";
    moved["erp"].edit(new_id, "city", "Brugge");
    moved.settle();
    EXPECT_EQ(moved["books"].record(other).at("city"), "Brugge");
}

}  // namespace
}  // namespace syncline::testing
