/// Verification over stored hubs: what is told of records, and the invariants of stored rows.

#include "support/world.hpp"
#include "vault/sqlite.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using std::chrono::milliseconds;
using sync::Invariant;

std::map<std::string, std::string> customer(int number) {
    const std::string n = std::to_string(number);
    return {
        {"name", "Customer " + n},
        {"email", "info@customer" + n + ".be"},
        {"phone", "+3225550" + std::to_string(100 + number)},
        {"city", "Gent"},
        {"vat", ""}};
}

/// Five customers that the ERP and the books have, settled.
class VerifyTest : public ::testing::Test {
protected:
    VerifyTest() : world({member("erp"), member("books")}, {}, Memory::OnDisk) {
        for (int i = 0; i < 5; ++i)
            erp.push_back(world["erp"].add(customer(i)));
        world.settle();
    }
    sync::SystemParity verify(const std::string& system, sync::VerifyOptions options = {}) {
        options.page = [this](std::span<const sync::RecordVerdict> page) {
            pages.push_back(page.size());
            for (const sync::RecordVerdict& record : page) {
                for (const sync::FieldVerdict& field : record.fields) {
                    const std::string parity(sync::name(field.parity));
                    if (sync::class_of(field.parity) == sync::ParityClass::Equal) continue;
                    const Field* known = world.fields().find(field.field);
                    told.push_back(
                        record.remote_id.text() + (known ? " " + known->path : "") + " " + parity
                    );
                }
            }
        };
        return world.verifier()->verify(SystemId{system}, options);
    }
    std::vector<Invariant> broken() {
        std::vector<Invariant> invariants;
        for (const sync::Breach& breach : world.verifier()->check_invariants())
            invariants.push_back(breach.invariant);
        return invariants;
    }
    CustomerId customer_id() { return world.customer_of("erp", erp[0]).customer.id; }
    using Lines = std::vector<std::string>;

    World world;
    std::vector<RemoteId> erp;
    Lines told;
    std::vector<std::size_t> pages;
};

TEST_F(VerifyTest, EverythingIsProvedEqualAtTheTimeOfTheReading) {
    const Timestamp before = world.clock.now();
    sync::VerifyOptions options;
    const sync::SystemParity parity = verify("erp", options);
    EXPECT_EQ(parity.compared, 5U);
    EXPECT_EQ(parity.equal, 5U);
    EXPECT_FALSE(parity.differs());
    EXPECT_EQ(told, Lines{});
    EXPECT_LT(before, world.clock.now());
    EXPECT_EQ(broken(), std::vector<Invariant>{});
}

TEST_F(VerifyTest, WhatTheSystemChangedIsNamedByRecordAndField) {
    world["erp"].edit(erp[1], "city", "Brugge");
    const sync::SystemParity parity = verify("erp");
    EXPECT_EQ(parity.different, 1U);
    EXPECT_EQ(parity.equal, 4U);
    EXPECT_EQ(told, Lines{"2 addresses.billing drift"});
    EXPECT_FALSE(verify("books").differs()) << "the hub has not taken it in yet";
}

TEST_F(VerifyTest, WhatIsOwedIsPendingAndNoDrift) {
    world["books"].faults().write_never_sent = 9;
    world["erp"].edit(erp[1], "city", "Brugge");
    world.pass();
    EXPECT_EQ(verify("erp").equal, 5U);
    const sync::SystemParity parity = verify("books");
    EXPECT_EQ(parity.pending, 1U);
    EXPECT_EQ(parity.different, 0U);
    EXPECT_TRUE(parity.differs());
}

TEST_F(VerifyTest, RecordsThatAreMissingThereAndUnknownThereAreCountedApart) {
    world["erp"].remove(erp[0]);
    world["erp"].add(customer(9));
    const sync::SystemParity parity = verify("erp");
    EXPECT_EQ(parity.compared, 4U);
    EXPECT_EQ(parity.missing, 1U);
    EXPECT_EQ(parity.unknown, 1U);
    EXPECT_EQ(told, (Lines{"6 unknown", "1 missing"}));
}

TEST_F(VerifyTest, WhatTheHubKnowsToBeGoneIsExplainedUntilItIsBack) {
    world["erp"].remove(erp[0]);
    world.pass();
    EXPECT_EQ(verify("erp").explained, 1U);
    world["erp"].restore(erp[0]);
    EXPECT_EQ(verify("erp").different, 1U);
    EXPECT_EQ(told, (Lines{"1 gone", "1 back"}));
}

TEST_F(VerifyTest, ARecordThatCannotBeReadIsDriftUntilTheHubKnows) {
    world["erp"].make_unreadable(erp[0], "the row is cut short");
    EXPECT_EQ(verify("erp").different, 1U);
    world.pass();
    EXPECT_EQ(verify("erp").explained, 1U);
    EXPECT_EQ(told, (Lines{"1 unreadable", "1 quarantined"}));
}

TEST_F(VerifyTest, APausedSystemIsNotAskedAndOneThatFailsIsNamed) {
    ASSERT_TRUE(world.engine().pause(SystemId{"books"}, "ann"));
    const std::size_t calls = world["books"].calls();
    EXPECT_EQ(verify("books").paused_by, "ann");
    EXPECT_EQ(world["books"].calls(), calls);
    world["erp"].faults().read_fails = 1;
    const sync::SystemParity parity = verify("erp");
    ASSERT_TRUE(parity.error.has_value());
    EXPECT_EQ(parity.error->code, ErrorCode::RemoteUnavailable);
}

TEST_F(VerifyTest, GoesNoFasterThanItMay) {
    milliseconds waited{0};
    sync::VerifyOptions options;
    options.records_per_second = 2;
    options.wait = [&](milliseconds time) { waited += time; };
    verify("erp", options);
    EXPECT_EQ(waited, milliseconds{2'500});
    EXPECT_EQ(pages, (std::vector<std::size_t>{2, 2, 1}));
}

TEST_F(VerifyTest, PassesOverWhatWasProvedBefore) {
    world["erp"].edit(erp[1], "city", "Brugge");
    world["erp"].edit(erp[4], "city", "Brugge");
    sync::VerifyOptions options;
    options.finished = {erp[0], erp[1]};
    const sync::SystemParity parity = verify("erp", options);
    EXPECT_EQ(parity.compared, 3U);
    EXPECT_EQ(parity.missing, 0U);
    EXPECT_EQ(told, Lines{"5 addresses.billing drift"});
}

// The hub takes the edit in between the listing and the second look.
TEST_F(VerifyTest, AHubAtWorkBesideItMakesNoFalseAlarm) {
    world["erp"].edit(erp[1], "city", "Brugge");
    sync::VerifyOptions options;
    options.records_per_second = 200;
    options.wait = [&](milliseconds) { world.pass(); };
    EXPECT_EQ(verify("erp", options).equal, 5U);
    EXPECT_EQ(told, Lines{});
}

TEST_F(VerifyTest, AnActiveLinkHasAnActiveCustomer) {
    store::CommitBatch batch;
    batch.customers.push_back(world.customer_of("erp", erp[0]).customer);
    batch.customers[0].state = CustomerState::Alias;
    world.store().commit(batch);
    EXPECT_EQ(
        broken(), (std::vector<Invariant>{Invariant::LinkHasCustomer, Invariant::LinkHasCustomer})
    );
}

/// The name of the younger of two customers is newer, and loses to the one that stands.
TEST(VerifyMerged, NoBaseIsNewerThanTheValueThatStoodAgainstIt) {
    World world(
        {member("erp"), member("books")},
        [](HubSetting& hub) {
            PolicySetting review;
            review.pattern = "name";
            review.kind = PolicyKind::Review;
            hub.policies.push_back(review);
        },
        Memory::OnDisk
    );
    const RemoteId older = world["erp"].add(customer(0));
    world.settle();
    const RemoteId younger = world["erp"].add(customer(1));
    world.settle();
    const CustomerId stays = world.customer_of("erp", older).customer.id;
    const CustomerId goes = world.customer_of("erp", younger).customer.id;
    ASSERT_TRUE(world.engine().merge(stays, goes, {}, "ann", sync::Carry::Out));
    world.settle();
    EXPECT_TRUE(world.verifier()->check_invariants().empty());
    world["erp"].edit(younger, "city", "Brugge");
    world.settle();
    EXPECT_TRUE(world.verifier()->check_invariants().empty());
    EXPECT_EQ(world["erp"].record(older).at("name"), "Customer 0");
}

TEST_F(VerifyTest, MatchKeysAreThoseOfTheValues) {
    store::CommitBatch batch;
    batch.customer_keys.emplace_back(customer_id(), std::vector<store::MatchKey>{});
    world.store().commit(batch);
    EXPECT_EQ(broken(), std::vector<Invariant>{Invariant::KeysFit});
    store::CommitBatch more;
    more.link_keys.emplace_back(
        world.customer_of("erp", erp[1]).links[0].id,
        std::vector<store::MatchKey>{{world.id("emails.main.address"), "somebody@else.example"}}
    );
    world.store().commit(more);
    EXPECT_EQ(broken(), (std::vector<Invariant>{Invariant::KeysFit, Invariant::KeysFit}));
}

TEST_F(VerifyTest, EveryJournalEntryCanBeDecrypted) {
    world.reopen([](const std::filesystem::path& folder) {
        vault::sqlite::Database database(folder / "hub.db", vault::sqlite::OpenMode::ReadWrite);
        database.execute("UPDATE change SET sealed = zeroblob(length(sealed)) WHERE sequence = 1");
    });
    EXPECT_EQ(broken(), std::vector<Invariant>{Invariant::JournalOpens});
}

TEST_F(VerifyTest, WhoIsOwedSomethingIsInTheListOfWork) {
    world["books"].faults().write_never_sent = 9;
    world["erp"].edit(erp[0], "city", "Brugge");
    world.pass();
    EXPECT_EQ(broken(), std::vector<Invariant>{});
    store::CommitBatch batch;
    batch.work_done.push_back(customer_id());
    world.store().commit(batch);
    EXPECT_EQ(broken(), std::vector<Invariant>{Invariant::PendingHasWork});
}

}  // namespace
}  // namespace syncline::testing
