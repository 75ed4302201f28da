// A person said that two are not the same customer: nothing may ask or join them again.

#include "support/world.hpp"
#include "sync/core/apart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row row(const std::string& name, const std::string& email, const std::string& vat = "") {
    return {{"name", name}, {"email", email}, {"city", "Gent"}, {"vat", vat}};
}

/// erp has Acme. books, where a name may be had once, has a record of that name, and a person must
/// say whose it is.
class ToldApart : public ::testing::Test {
protected:
    explicit ToldApart(bool asks_namesakes = true)
        : world(members(), [&](HubSetting& hub) {
              RungSetting by_name;
              by_name.match = {"name"};
              if (asks_namesakes) hub.association.push_back(by_name);
          }) {
        erp = world["erp"].add(row("Acme", "info@acme.be"));
        books = world["books"].add(row("Acme", "sales@acme.be"));
        world.settle();
    }
    static std::vector<Member> members() {
        FakeSystem::Character names;
        names.unique = "name";
        names.names_duplicates = true;
        return {member("erp"), member("books", std::move(names))};
    }
    CustomerId owner(const std::string& system, const RemoteId& id) {
        return world.customer_of(system, id).customer.id;
    }
    CustomerId acme() { return owner("erp", erp); }
    CustomerId namesake() { return owner("books", books); }
    std::vector<Case> questions() {
        std::vector<Case> cases = world.open_cases();
        std::erase_if(cases, [](const Case& item) { return item.kind == CaseKind::Conflict; });
        return cases;
    }
    bool are_apart() { return sync::are_apart(world.customer_of("erp", erp), namesake()); }
    void say_not_the_same() {
        ASSERT_EQ(questions().size(), 1U);
        ASSERT_EQ(questions().front().kind, CaseKind::Association);
        ASSERT_TRUE(world.engine().answer_review(questions().front().id, std::nullopt, "ann"));
        world.settle();
    }
    void expect_quiet(const std::string& after) {
        world.settle();
        for (const Case& item : questions())
            ADD_FAILURE() << after << ": " << item.reason;
        EXPECT_NE(acme(), namesake()) << after;
    }
    /// Acme's record is made in books again, and refused again.
    void edit_acme(const std::string& city) {
        const std::size_t before = world["books"].asked().size();
        world["erp"].edit(erp, "city", city);
        world.settle();
        EXPECT_GT(world["books"].asked().size(), before) << "nothing is tried: no test";
    }

    World world;
    RemoteId erp, books;
};

TEST_F(ToldApart, ARefusedCreateDoesNotAskAgain) {
    say_not_the_same();
    expect_quiet("the answer");
    const auto items = world.store().quarantine();
    ASSERT_EQ(items.size(), 1U) << "what books refuses is still told";
    EXPECT_EQ(items.front().customer, acme());
}

TEST_F(ToldApart, NeitherDoesAnEditOfEitherRecord) {
    say_not_the_same();
    edit_acme("Brugge");
    expect_quiet("an edit of one");
    world["books"].edit(books, "email", "info@acme.be");
    world.settle();
    edit_acme("Luik");
    expect_quiet("an edit of both, now alike");
}

TEST_F(ToldApart, NorAResyncOrARestart) {
    say_not_the_same();
    ASSERT_TRUE(world.engine().resync(SystemId{"erp"}));
    ASSERT_TRUE(world.engine().resync(SystemId{"books"}));
    expect_quiet("a resync");
    world.restart();
    edit_acme("Brugge");
    expect_quiet("a restart");
}

TEST_F(ToldApart, ItHoldsForWhomEitherIsMergedWith) {
    say_not_the_same();
    const RemoteId third = world["erp"].add(row("Bolt", "info@bolt.be"));
    world.settle();
    const CustomerId bolt = owner("erp", third);
    const CustomerId other = namesake();
    ASSERT_TRUE(world.engine().merge(bolt, other, {}, "ann", sync::Carry::Out));
    for (const Case& item : questions())  // that bolt has two records in books and erp is meant
        ASSERT_TRUE(world.engine().dismiss_review(item.id, "ann"));
    ASSERT_EQ(namesake(), bolt);
    edit_acme("Brugge");
    expect_quiet("a merge with a third");
    ASSERT_TRUE(world.engine().unmerge(other, "ann", sync::Carry::Out));
    ASSERT_EQ(namesake(), other);
    edit_acme("Luik");
    expect_quiet("the merge taken back");
    EXPECT_FALSE(sync::are_apart(world.customer_of("erp", erp), bolt)) << "nobody said that";
}

TEST_F(ToldApart, AMergeByHandTakesItBack) {
    say_not_the_same();
    EXPECT_TRUE(are_apart());
    const auto preview = world.engine().merge(acme(), namesake(), {}, "bob", sync::Carry::Preview);
    ASSERT_TRUE(preview);
    EXPECT_TRUE(preview->told_apart.starts_with("not the same customer, by ann, "))
        << preview->told_apart;
    ASSERT_TRUE(world.engine().merge(acme(), namesake(), {}, "ann", sync::Carry::Out));
    for (const Case& item : world.store().cases_of_customers(std::vector{acme()}))
        EXPECT_FALSE(item.keeps_apart());
    world.settle();
    EXPECT_EQ(acme(), namesake());
}

TEST_F(ToldApart, WhoIsSeparatedByHandIsToldApartToo) {
    say_not_the_same();
    const CustomerId other = namesake();
    ASSERT_TRUE(world.engine().merge(acme(), other, {}, "ann", sync::Carry::Out));
    ASSERT_TRUE(world.engine().unmerge(other, "ann", sync::Carry::Out));
    EXPECT_TRUE(are_apart());
    edit_acme("Brugge");
    expect_quiet("an unmerge");
}

TEST_F(ToldApart, ARecordThatIsMovedByHandIsJoinedAllTheSame) {
    say_not_the_same();
    const auto moved =
        world.engine().link_record(acme(), SystemId{"books"}, books, "ann", sync::Carry::Out);
    ASSERT_TRUE(moved) << moved.error().detail;
    world.settle();
    EXPECT_EQ(acme(), namesake());
}

/// No rung compares names: that books refuses a second Acme is what begins the question.
class TwoOfOneName : public ToldApart {
protected:
    TwoOfOneName() : ToldApart(/*asks_namesakes=*/false) {}
};

TEST_F(TwoOfOneName, ADismissedQuestionIsNotAskedAgain) {
    ASSERT_EQ(questions().size(), 1U);
    ASSERT_EQ(questions().front().kind, CaseKind::Duplicate);
    ASSERT_TRUE(world.engine().dismiss_review(questions().front().id, "ann"));
    edit_acme("Luik");
    expect_quiet("the answer");
}

TEST_F(TwoOfOneName, WhatWasSaidIsKeptOnceForEachPair) {
    const Case asked = questions().front();
    ASSERT_TRUE(world.engine().dismiss_review(asked.id, "ann"));
    world.settle();
    const auto kept = [&] { return world.store().cases(CaseKind::Apart, false).size(); };
    EXPECT_EQ(kept(), 1U);
    ASSERT_TRUE(world.engine().merge(acme(), namesake(), {}, "ann", sync::Carry::Out));
    EXPECT_EQ(kept(), 1U) << "and who took it back";
}

}  // namespace
}  // namespace syncline::testing
