// Hard cases of who is who: records that may be one customer, customers that are merged while
// something else happens. docs/reference/hard-cases.md lists all cases with their tests.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row row(const std::string& name, const std::string& email, const std::string& vat = "") {
    return {{"name", name}, {"email", email}, {"phone", ""}, {"city", "Gent"}, {"vat", vat}};
}

CustomerId owner(World& world, const std::string& system, const RemoteId& id) {
    return world.customer_of(system, id).customer.id;
}

TEST(HardMatching, ACustomerThatIsEnteredInTwoSystemsAtOnceIsMadeInNeither) {
    World world({member("erp"), member("books")});
    world.settle();
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    const RemoteId books = world["books"].add(row("ACME NV", "sales@acme.be", "BE 0403.019.261"));
    world.settle();
    EXPECT_EQ(owner(world, "erp", erp), owner(world, "books", books));
    EXPECT_EQ(world["erp"].records().size(), 1U);
    EXPECT_EQ(world["books"].records().size(), 1U);
}

TEST(HardMatching, WhoTakesAnothersAddressIsNotMergedWithThem) {
    World world({member("erp"), member("books")});
    const RemoteId victim = world["erp"].add(row("Ann Peeters", "ann@peeters.be"));
    const RemoteId other = world["books"].add(row("Mallory", "m@mallory.be"));
    world.settle();
    world["books"].edit(other, "email", "ann@peeters.be");
    world["books"].edit(other, "name", "Ann Peeters");
    world.settle();
    EXPECT_NE(owner(world, "erp", victim), owner(world, "books", other));
    EXPECT_EQ(world.store().counts().records, 2U);
}

TEST(HardMatching, CustomersThatWereSeparatedAreNotJoinedAgain) {
    World world({member("erp"), member("books")}, [](HubSetting& hub) {
        for (SystemSetting& system : hub.systems)
            system.rights.create = false;
    });
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    const RemoteId books = world["books"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    const CustomerId one = owner(world, "erp", erp);
    const CustomerId other = owner(world, "books", books);
    ASSERT_TRUE(world.engine().merge(one, other, {}, "ann", sync::Carry::Out).has_value());
    world.settle();
    ASSERT_TRUE(world.engine().unmerge(other, "ann", sync::Carry::Out).has_value());
    world.settle();
    world["books"].edit(books, "email", "info@acme.be");
    world["books"].edit(books, "name", "Acme");  // by the ladder they are one
    world.settle();
    world.restart();
    world.settle();
    EXPECT_EQ(owner(world, "erp", erp), one);
    EXPECT_EQ(owner(world, "books", books), other);
    EXPECT_TRUE(world.open_cases().empty()) << "and nobody is asked again";
}

TEST(HardMatching, ACreateThatTheSystemRefusesForWantOfAFieldIsTriedWhenTheFieldIsThere) {
    World world({member("erp"), member("books")});
    world.settle();
    world["books"].faults().refuses = "email";
    const RemoteId erp = world["erp"].add(row("Acme", "nobody@acme.be"));
    world.settle();
    EXPECT_TRUE(world["books"].records().empty());
    ASSERT_EQ(world.store().quarantine().size(), 1U);
    world["books"].faults().refuses.clear();
    world["erp"].edit(erp, "email", "info@acme.be");
    world.settle();
    EXPECT_EQ(world["books"].records().size(), 1U);
    EXPECT_TRUE(world.store().quarantine().empty());
}

TEST(HardMatching, ANewRecordThatReplacesTwoJoinsOneOfThemAndTheOtherIsAskedAbout) {
    World world({member("erp"), member("desk")}, [](HubSetting& hub) { hub.deletes = {}; });
    const RemoteId acme = world["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    const RemoteId bolt = world["erp"].add(row("Bolt", "info@bolt.be"));
    world["erp"].add(row("Other", "info@other.be"));
    world.settle();
    for (const auto& [id, record] : world["desk"].records()) {
        if (record.at("name") != "Other") world["desk"].remove(id);
    }
    const RemoteId whole = world["desk"].add(row("Acme Bolt", "info@acme.be", "BE0403019261"));
    world.settle();
    EXPECT_EQ(owner(world, "desk", whole), owner(world, "erp", acme));
    EXPECT_NE(owner(world, "erp", bolt), owner(world, "erp", acme));
    EXPECT_EQ(world["erp"].records().size(), 3U) << "nobody is deleted";
    std::size_t gone = 0;
    for (const Case& item : world.open_cases())
        gone += item.kind == CaseKind::Gone ? 1 : 0;
    EXPECT_EQ(gone, 1U) << "Bolt's record";
}

/// books has two records of one customer, after a merge; no second record may have their e-mail.
class HardMerging : public ::testing::Test {
protected:
    HardMerging()
        : world({member("erp"), member("books", unique()), member("desk")}, [](HubSetting& hub) {
              mapped(hub.systems[1], "emails.main.address").unique = true;
              hub.deletes = {};
          }) {
        world.pass();
    }
    static FakeSystem::Character unique() {
        FakeSystem::Character character;
        character.unique = "email";
        return character;
    }
    std::size_t with_email(const std::string& email) {
        const auto records = world["books"].records();
        return static_cast<std::size_t>(std::count_if(
            records.begin(),
            records.end(),
            [&](const auto& entry) {
                return entry.second.contains("email") && entry.second.at("email") == email;
            }
        ));
    }
    void merge(const CustomerId& one, const CustomerId& other) {
        const auto done = world.engine().merge(one, other, {}, "ann", sync::Carry::Out);
        ASSERT_TRUE(done.has_value()) << done.error().detail;
    }

    World world;
};

TEST_F(HardMerging, AValueThatTheCustomersOwnSecondRecordHoldsIsNotWrittenToTheFirst) {
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    const RemoteId desk = world["desk"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    const CustomerId one = owner(world, "erp", erp);
    merge(one, owner(world, "desk", desk));
    world.settle();
    for (const Case& item : world.open_cases()) {
        if (item.kind != CaseKind::Conflict) continue;
        ASSERT_TRUE(world.engine().resolve_conflict(item.id, SystemId{"desk"}, std::nullopt, "ann")
        );
    }
    world["erp"].edit(erp, "email", "info@bolt.be");
    world.settle();
    EXPECT_EQ(world.canonical("erp", erp, "emails.main.address"), "info@bolt.be");
    EXPECT_EQ(with_email("info@bolt.be"), 1U) << "one record of books holds it";
    EXPECT_TRUE(world.store().quarantine().empty()) << "and nothing was refused";
}

TEST_F(HardMerging, ACreateWhoseAnswerIsLostWhileTheCustomerIsMergedIsMadeOnce) {
    const RemoteId desk = world["desk"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    const std::size_t before = world["books"].records().size();
    world["books"].faults().write_lost_after = 1;
    world["books"].faults().lookup_fails = 2;
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    world.pass();  // in doubt
    ASSERT_EQ(world["books"].records().size(), before + 1);
    merge(owner(world, "desk", desk), owner(world, "erp", erp));
    world.settle();
    for (int i = 0; i < 6; ++i)
        world.pass();
    EXPECT_EQ(world["books"].records().size(), before + 1);
    EXPECT_EQ(world["erp"].records().size(), 2U);
    EXPECT_EQ(world["desk"].records().size(), 2U);
    EXPECT_TRUE(world.store().unsettled_attempts().empty());
    const RemoteId made = world["books"].records().rbegin()->first;
    EXPECT_EQ(owner(world, "books", made), owner(world, "erp", erp));
}

TEST_F(HardMerging, AnUndoOfARunFromBeforeAMergeInventsNothing) {
    const RemoteId erp = world["erp"].add(row("Acme", "info@acme.be"));
    const RemoteId desk = world["desk"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    world["desk"].edit(desk, "city", "Brugge");
    world.pass();
    const RunId run = world.store().runs(1).front().id;
    const CustomerId survivor = owner(world, "erp", erp);
    merge(survivor, owner(world, "desk", desk));
    world.settle();
    world.clock.advance(std::chrono::seconds{1});
    const auto undone = world.engine().undo(run, "ann");
    ASSERT_TRUE(undone.has_value()) << undone.error().detail;
    EXPECT_TRUE(std::any_of(undone->items.begin(), undone->items.end(), [](const auto& item) {
        return item.reason == "the customer was merged or deleted since";
    }));
    world.settle();
    EXPECT_EQ(owner(world, "desk", desk), survivor) << "the merge stands";
    EXPECT_TRUE(world.store().unsettled_attempts().empty());
    for (const char* system : {"erp", "books", "desk"}) {
        EXPECT_EQ(world[system].records().size(), 2U) << system;
        EXPECT_TRUE(world[system].lost_edits().empty()) << system;
    }
}

}  // namespace
}  // namespace syncline::testing
