/// Conditions and scope, the order of tokens, and who is configured.

#include "sync/core/rules.hpp"

#include "support/core_fixture.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::compare_tokens;
using sync::TokenOrder;
using Operator = Condition::Operator;

Condition equal(const std::string& path, const std::string& value) {
    return {Operator::Equal, path, {value}, {}};
}
Condition exists(const std::string& path) {
    return {Operator::Exists, path, {}, {}};
}
Condition of(Operator op, std::vector<Condition> operands) {
    return {op, {}, {}, std::move(operands)};
}
const Condition kTrue{};
const Condition kFalse = of(Operator::Not, {kTrue});

/// Acme of Gent, whose e-mail address was cleared.
struct Conditions : ::testing::Test {
    Conditions() {
        bench.stands(kName, "Acme", 1);
        bench.stands(kAddress, "Gent", 1);
        bench.stands(kMail, "", 1);
    }
    bool holds(const Condition& condition) {
        return sync::satisfies(condition, bench.aggregate.customer, bench.fields);
    }
    Bench bench;
};

TEST_F(Conditions, EqualIsTheWholeText) {
    EXPECT_TRUE(holds(equal("name", "Acme")));
    EXPECT_FALSE(holds(equal("name", "Acm")));
    EXPECT_FALSE(holds(equal("name", "acme")));
    EXPECT_TRUE(holds(equal("addresses.billing.city", "Gent")));
    EXPECT_FALSE(holds(equal("addresses.billing.street", "Gent")));
}

TEST_F(Conditions, InIsAnyOfThem) {
    EXPECT_TRUE(holds({Operator::In, "name", {"Bolt", "Acme"}, {}}));
    EXPECT_FALSE(holds({Operator::In, "name", {"Bolt", "Cars"}, {}}));
    EXPECT_FALSE(holds({Operator::In, "name", {}, {}}));
}

TEST_F(Conditions, ExistsIsSaidAndNotCleared) {
    EXPECT_TRUE(holds(exists("name")));
    EXPECT_FALSE(holds(exists("emails.main.address"))) << "cleared";
    EXPECT_FALSE(holds(exists("phones.main.number"))) << "never said";
    EXPECT_FALSE(holds(exists("no.such.field")));
}

TEST_F(Conditions, AnAddressExistsWhenAnyPartDoes) {
    EXPECT_TRUE(holds(exists("addresses.billing")));
    EXPECT_TRUE(holds(exists("addresses.billing.city")));
    EXPECT_FALSE(holds(exists("addresses.billing.street")));
    bench.stands(kAddress, "", 2);
    EXPECT_FALSE(holds(exists("addresses.billing")));
}

TEST_F(Conditions, WhatIsNotThereEqualsNothing) {
    EXPECT_FALSE(holds(equal("emails.main.address", "")));
    EXPECT_FALSE(holds(equal("phones.main.number", "")));
    EXPECT_FALSE(holds(equal("no.such.field", "")));
}

TEST_F(Conditions, CombineAsInLogic) {
    EXPECT_TRUE(holds(kTrue));
    EXPECT_FALSE(holds(kFalse));
    EXPECT_TRUE(holds(of(Operator::And, {kTrue, kTrue})));
    EXPECT_FALSE(holds(of(Operator::And, {kTrue, kFalse})));
    EXPECT_TRUE(holds(of(Operator::Or, {kFalse, kTrue})));
    EXPECT_FALSE(holds(of(Operator::Or, {kFalse, kFalse})));
    EXPECT_TRUE(holds(of(Operator::And, {})));
    EXPECT_FALSE(holds(of(Operator::Or, {})));
    EXPECT_TRUE(holds(of(Operator::Not, {equal("name", "Bolt")})));
    EXPECT_TRUE(
        holds(of(Operator::And, {of(Operator::Or, {equal("name", "Bolt"), exists("name")}), kTrue}))
    );
}

TEST_F(Conditions, TheScopeOfASystemIsItsCondition) {
    EXPECT_TRUE(sync::in_scope(bench.system("books"), bench.aggregate.customer, bench.fields));
    bench.hub.systems[1].scope.where = equal("addresses.billing.city", "Brugge");
    EXPECT_FALSE(sync::in_scope(bench.system("books"), bench.aggregate.customer, bench.fields));
    EXPECT_TRUE(sync::in_scope(bench.system("erp"), bench.aggregate.customer, bench.fields));
    bench.stands(kAddress, "Brugge", 2);
    EXPECT_TRUE(sync::in_scope(bench.system("books"), bench.aggregate.customer, bench.fields));
}

TEST(Tokens, AreNumbersWhenBothAreDigits) {
    EXPECT_LT(compare_tokens(TokenOrder::Ordered, "9", "10"), 0);
    EXPECT_GT(compare_tokens(TokenOrder::Ordered, "10", "9"), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::Ordered, "10", "10"), 0);
    EXPECT_LT(compare_tokens(TokenOrder::Ordered, "009", "10"), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::Ordered, "0010", "10"), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::Ordered, "00", "0"), 0);
    EXPECT_LT(
        compare_tokens(TokenOrder::Ordered, "99999999999999999999", "100000000000000000000"), 0
    ) << "larger than any machine word";
}

TEST(Tokens, AreTextsOtherwise) {
    const std::string morning = "2026-03-01T09:30:00Z";
    const std::string evening = "2026-03-01T19:30:00Z";
    EXPECT_LT(compare_tokens(TokenOrder::Ordered, morning, evening), 0);
    EXPECT_GT(compare_tokens(TokenOrder::Ordered, evening, morning), 0);
    EXPECT_LT(compare_tokens(TokenOrder::Ordered, "10", "9a"), 0);
}

TEST(Tokens, HaveNoOrderWhenOneIsMissingOrTheyAreOpaque) {
    EXPECT_EQ(compare_tokens(TokenOrder::Ordered, "", "9"), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::Ordered, "9", ""), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::Opaque, "1", "2"), 0);
    EXPECT_EQ(compare_tokens(TokenOrder::None, "2", "1"), 0);
}

TEST(Rules, FindsSystemsByTheirName) {
    Bench bench({"erp", "books"});
    ASSERT_NE(bench.rules.find(SystemId{"books"}), nullptr);
    EXPECT_EQ(bench.rules.find(SystemId{"books"})->id(), SystemId{"books"});
    EXPECT_EQ(&bench.rules.at(SystemId{"erp"}), bench.rules.find(SystemId{"erp"}));
    EXPECT_EQ(bench.rules.find(SystemId{"desk"}), nullptr);
}

TEST(Aggregates, KnowTheirLinksAndOpenQuestions) {
    Bench bench({"erp", "books"});
    const LinkId id = bench.link("books").id;
    EXPECT_EQ(bench.aggregate.find_link(id)->system, SystemId{"books"});
    EXPECT_EQ(bench.aggregate.find_link(LinkId{}), nullptr);
    EXPECT_FALSE(bench.aggregate.is_contested(bench.id(kPhone)));
    bench.asks_about(kPhone);
    EXPECT_TRUE(bench.aggregate.is_contested(bench.id(kPhone)));
    EXPECT_FALSE(bench.aggregate.is_contested(bench.id(kMail)));
    bench.aggregate.cases.back().resolved_at = Bench::at(6);
    EXPECT_FALSE(bench.aggregate.is_contested(bench.id(kPhone)));
    bench.asks_about(kPhone).kind = CaseKind::Gone;
    EXPECT_FALSE(bench.aggregate.is_contested(bench.id(kPhone)));
}

}  // namespace
}  // namespace syncline::testing
