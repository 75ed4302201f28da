/// A person's decision: a version of its own, the question answered, everybody else owed it.

#include "sync/core/decide_by_hand.hpp"

#include "support/core_fixture.hpp"
#include "support/world.hpp"
#include "sync/core/pending.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::FieldStanding;
using Lines = std::vector<std::string>;

/// `erp` said what stands, `books` and `desk` contest it, and somebody is asked.
struct Asked : Bench {
    Asked() : Bench({"erp", "books", "desk"}) {
        stands(kPhone, kOne, 2);
        holds("erp", kPhone, kOne, image_of(2));
        said("erp", kPhone, kOne);
        holds("books", kPhone, kTwo, kContested);
        said("books", kPhone, kTwo);
        holds("desk", kPhone, kThree, kContested);
        said("desk", kPhone, kThree);
        asks_about(kPhone);
        asks_about(kMail);
    }
    void decide(const std::string& text) {
        sync::set_by_user(
            rules, aggregate, field(kPhone), value(kPhone, text), "ann", moment(), effects
        );
    }
    Result<void> take(const std::string& system) {
        return sync::take_from_system(
            rules, aggregate, field(kPhone), SystemId{system}, "ann", moment(), effects
        );
    }
    std::string standing_in(std::string_view name) {
        return std::string(
            sync::name(sync::standing_of(rules, aggregate, system(name), field(kPhone), {}))
        );
    }
};

TEST(DecideByHand, IsAVersionOfThatMomentByThatPerson) {
    Asked bench;
    bench.decide("+3225550109");
    EXPECT_EQ(bench.standing_text(kPhone), "+3225550109 new ann");
    EXPECT_EQ(bench.standing(kPhone)->origin, Origin::of_user("ann"));
    EXPECT_EQ(bench.standing(kPhone)->rule, Rule::User);
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(22, 22));
    EXPECT_EQ(bench.journal(), Lines{"version user ann +3225550109"});
    EXPECT_TRUE(bench.effects.customer_touched);
}

TEST(DecideByHand, AnswersTheQuestionAndNoOther) {
    Asked bench;
    bench.decide("+3225550109");
    EXPECT_EQ(bench.open_cases(), Lines{"conflict emails.main.address"});
    ASSERT_EQ(bench.effects.cases.size(), 1U);
    EXPECT_EQ(bench.effects.cases.front().resolution, "decided by ann");
    EXPECT_EQ(bench.effects.cases.front().resolved_at, Bench::at(22));
}

TEST(DecideByHand, EverybodyElseIsOwedIt) {
    Asked bench;
    bench.decide("+3225550109");
    for (const char* system : {"erp", "books", "desk"})
        EXPECT_EQ(bench.standing_in(system), "pending") << system;
    EXPECT_EQ(bench.effects.touched_links.size(), 2U) << "of the two that contested it";
}

TEST(DecideByHand, WhoHoldsItAlreadyOwesAndIsOwedNothing) {
    Asked bench;
    bench.holds("desk", kPhone, "02 555 01 03", kContested);
    bench.decide(kThree);
    EXPECT_EQ(bench.standing_in("desk"), "in_sync");
    EXPECT_EQ(bench.standing_in("books"), "pending");
    EXPECT_EQ(bench.standing_in("erp"), "pending");
}

TEST(DecideByHand, ForWhatStandsIsADecisionToo) {
    Asked bench;
    bench.decide(kOne);
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " new ann");
    EXPECT_EQ(bench.standing_in("erp"), "in_sync");
    EXPECT_EQ(bench.standing_in("desk"), "pending");
}

TEST(DecideByHand, MayClear) {
    Asked bench;
    bench.decide("");
    EXPECT_EQ(bench.standing_text(kPhone), "(cleared) new ann");
    EXPECT_EQ(bench.standing_in("erp"), "pending");
}

TEST(DecideByHand, WhatCannotBeReadIsStillNotWrittenOver) {
    Asked bench;
    bench.holds("desk", kPhone, "ask Piet", {Base::Kind::Invalid, {}});
    bench.decide(kOne);
    EXPECT_EQ(bench.standing_in("desk"), "quarantined");
}

TEST(DecideByHand, TakesWhatTheSystemsPeopleSaidLast) {
    Asked bench;
    bench.holds("desk", kPhone, kTwo, kContested);  // our own late write came over it
    ASSERT_TRUE(bench.take("desk").has_value());
    EXPECT_EQ(bench.standing_text(kPhone), kThree + " new ann");
    EXPECT_EQ(bench.open_cases(), Lines{"conflict emails.main.address"});
    EXPECT_EQ(bench.standing_in("desk"), "pending");
}

TEST(DecideByHand, TakesWhatTheRecordHoldsOfWhichNobodySaidAnything) {
    Asked bench;
    bench.entry("desk", kPhone).contribution.reset();
    ASSERT_TRUE(bench.take("desk").has_value());
    EXPECT_EQ(bench.standing_text(kPhone), kThree + " new ann");
    EXPECT_EQ(bench.standing_in("desk"), "in_sync");
}

TEST(DecideByHand, TakesNothingFromWhoSaysNothing) {
    Asked bench;
    bench.entry("desk", kPhone).contribution.reset();
    bench.holds("desk", kPhone, "ask Piet", {Base::Kind::Invalid, {}});
    for (const char* system : {"desk", "elsewhere"}) {
        const auto taken = bench.take(system);
        ASSERT_FALSE(taken.has_value());
        EXPECT_EQ(taken.error().code, ErrorCode::NotFound);
        EXPECT_EQ(taken.error().where, kPhone);
    }
    EXPECT_TRUE(bench.effects.empty());
    EXPECT_EQ(bench.open_cases().size(), 2U);
}

TEST(DecideByHand, ALaterEditGoesOnFromThere) {
    Asked bench;
    bench.decide(kThree);
    Observation seen = bench.reading("desk", bench.raw(kPhone, "+3225550108"));
    seen.sent_at = Bench::at(40);
    seen.received_at = Bench::at(41);
    const sync::AbsorbResult result = bench.absorb(seen);
    EXPECT_EQ(result.lines.front().second, sync::AbsorbLine::FastForward);
    EXPECT_EQ(bench.standing_text(kPhone), "+3225550108 new desk");
}

PolicySetting authority(std::vector<SystemId> systems) {
    PolicySetting setting = policy("*", PolicyKind::Authority);
    setting.systems = std::move(systems);
    return setting;
}

TEST(DecideByHand, APolicyIsExplainedByItsRuleAndNotByThePerson) {
    Asked bench;
    const auto by_desk = sync::ValueAnswer::by(authority({SystemId{"desk"}}));
    ASSERT_TRUE(sync::answer_conflict(
        bench.rules,
        bench.aggregate,
        bench.field(kPhone),
        by_desk,
        "ann",
        bench.moment(),
        bench.effects
    ));
    EXPECT_EQ(bench.journal(), Lines{"version authority desk " + kThree});
    EXPECT_EQ(bench.standing(kPhone)->origin, Origin::of(SystemId{"desk"}));
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(1, 2));
    EXPECT_EQ(bench.open_cases(), Lines{"conflict emails.main.address"});
    EXPECT_EQ(bench.standing_in("desk"), "in_sync");
    EXPECT_EQ(bench.standing_in("books"), "pending");
}

TEST(DecideByHand, APolicyThatCannotTellLeavesItToAPerson) {
    Asked bench;
    PolicySetting newest = policy("*", PolicyKind::Newest);
    newest.on_undecided = Undecided::Review;
    const auto decide = [&](const PolicySetting& by) {
        return sync::decided_by(
            bench.rules,
            bench.aggregate,
            bench.field(kPhone),
            sync::ValueAnswer::by(by),
            "ann",
            Bench::at(22)
        );
    };
    ASSERT_FALSE(decide(newest));
    EXPECT_NE(decide(newest).error().detail.find("cannot be known"), std::string::npos);
    bench.said("books", kPhone, kTwo, Bench::between(5, 6));
    const auto later = decide(newest);
    ASSERT_TRUE(later);
    EXPECT_EQ(Bench::shown(later->value), kTwo);
    EXPECT_EQ(later->rule, Rule::Newest);
    EXPECT_TRUE(bench.effects.empty()) << "asking changes nothing";
}

/// The books hold 8 characters of a name: as an authority they would cut the name everywhere.
TEST(DecideByHand, APolicyDoesNotTakeAPartForTheWhole) {
    Bench bench({"erp", "books"}, [](HubSetting& hub) {
        mapped(hub.systems[1], kName).limit_characters = 8;
    });
    bench.stands(kName, "Acme International", 2);
    bench.holds("books", kName, "Acme Int", kContested);
    bench.said("books", kName, "Acme Int");
    const auto decided = sync::decided_by(
        bench.rules,
        bench.aggregate,
        bench.field(kName),
        sync::ValueAnswer::by(authority({SystemId{"books"}})),
        "ann",
        Bench::at(22)
    );
    ASSERT_FALSE(decided);
    EXPECT_NE(decided.error().detail.find("a part of the value"), std::string::npos);
}

}  // namespace
}  // namespace syncline::testing
