#include "merge/policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace syncline::merge {
namespace {

const LeafSpec kPlain{"notes", "Notes", ValueType::Text};
const LeafSpec kIdentity{"name", "Name", ValueType::Text, true, IndexKind::None, Domain::Identity};
const LeafSpec kTitled{"name", "Name", ValueType::PersonOrOrganisationName};
const SystemId kBooks{"books"};
const SystemId kErp{"erp"};
const SystemId kDesk{"desk"};
const std::vector<SystemId> kOrder{kBooks, kErp, kDesk};

Field field_of(const LeafSpec& spec, MergeKind merge = MergeKind::Register) {
    Field field;
    field.id = {1};
    field.path = std::string(spec.pattern);
    field.merge = merge;
    field.parts.push_back({"", field.path, field.id, &spec, true});
    return field;
}

EditInterval between(int earliest, int latest) {
    return {from_unix_ms(earliest), from_unix_ms(latest)};
}

Contender says(const SystemId& system, const std::string& text, EditInterval when) {
    return {text.empty() ? FieldValue::cleared() : FieldValue::of(text), Origin::of(system), when};
}

PolicySetting newest(std::optional<Undecided> undecided = std::nullopt) {
    PolicySetting policy;
    policy.pattern = "*";
    policy.on_undecided = undecided;
    return policy;
}

PolicySetting authority(std::vector<SystemId> systems) {
    PolicySetting policy = newest(Undecided::Order);
    policy.kind = PolicyKind::Authority;
    policy.systems = std::move(systems);
    return policy;
}

std::string winner(const Verdict& verdict, const std::vector<Contender>& contenders) {
    EXPECT_EQ(verdict.kind, Verdict::Kind::Winner);
    return contenders[verdict.winner].value.parts.front().value_or("(cleared)");
}

TEST(Newest, TakesTheProvablyLaterEdit) {
    const std::vector<Contender> all{
        says(kBooks, "old", between(0, 10)), says(kDesk, "new", between(11, 20))};
    const Verdict verdict = choose(field_of(kPlain), newest(), kOrder, all, 0);
    EXPECT_EQ(winner(verdict, all), "new");
    EXPECT_EQ(verdict.rule, Rule::Newest);
}

TEST(Newest, FallsToTheDeclaredOrderWhenTheOrderIsUnknowable) {
    const std::vector<Contender> all{
        says(kDesk, "desk", between(0, 30)), says(kErp, "erp", between(10, 20))};
    const Verdict verdict =
        choose(field_of(kPlain), newest(Undecided::Order), kOrder, all, kNoStanding);
    EXPECT_EQ(winner(verdict, all), "erp");
    EXPECT_EQ(verdict.rule, Rule::NewestUndecided);
}

TEST(Newest, AsksAPersonAboutIdentityUnlessToldOtherwise) {
    const std::vector<Contender> all{
        says(kDesk, "a", between(0, 30)), says(kErp, "b", between(0, 30))};
    EXPECT_EQ(choose(field_of(kIdentity), newest(), kOrder, all, 0).kind, Verdict::Kind::Contested);
    EXPECT_EQ(
        choose(field_of(kIdentity), newest(Undecided::Order), kOrder, all, 0).kind,
        Verdict::Kind::Winner
    );
}

TEST(Newest, UndecidedButEqualIsNoConflict) {
    const std::vector<Contender> all{
        says(kDesk, "same", between(0, 30)), says(kErp, "same", between(0, 30))};
    EXPECT_EQ(choose(field_of(kIdentity), newest(), kOrder, all, 0).kind, Verdict::Kind::Winner);
}

TEST(Newest, AClearLosesToAValueHoweverLate) {
    const std::vector<Contender> all{
        says(kBooks, "kept", between(0, 10)), says(kDesk, "", between(50, 60))};
    const Verdict verdict = choose(field_of(kPlain), newest(), kOrder, all, 0);
    EXPECT_EQ(winner(verdict, all), "kept");
    EXPECT_EQ(verdict.rule, Rule::NullGuard);
}

TEST(Authority, TheBestListedSystemWinsEvenWithAClear) {
    const std::vector<Contender> all{
        says(kDesk, "desk", between(50, 60)), says(kErp, "", between(0, 10))};
    const Verdict verdict = choose(field_of(kPlain), authority({kErp}), kOrder, all, 0);
    EXPECT_EQ(winner(verdict, all), "(cleared)");
    EXPECT_EQ(verdict.rule, Rule::Authority);
}

TEST(Authority, ListsRankAboveTheHubsOrder) {
    const std::vector<Contender> all{
        says(kBooks, "books", between(0, 10)), says(kErp, "erp", between(0, 10))};
    EXPECT_EQ(
        winner(choose(field_of(kPlain), authority({kErp, kBooks}), kOrder, all, 0), all), "erp"
    );
}

TEST(Authority, WithoutAListedSystemTheOtherwisePolicyDecides) {
    PolicySetting policy = authority({kBooks});
    auto otherwise = newest();
    otherwise.kind = PolicyKind::Keep;
    policy.otherwise = std::make_shared<const PolicySetting>(otherwise);
    const std::vector<Contender> all{
        says(kDesk, "standing", between(0, 10)), says(kErp, "later", between(50, 60))};
    const Verdict verdict = choose(field_of(kPlain), policy, kOrder, all, 0);
    EXPECT_EQ(winner(verdict, all), "standing");
    EXPECT_EQ(verdict.rule, Rule::Keep);
}

TEST(APerson, RanksBeforeEverySystem) {
    std::vector<Contender> all{says(kErp, "erp", between(0, 10))};
    all.push_back({FieldValue::of("by hand"), Origin::of_user("ann"), between(0, 10)});
    EXPECT_EQ(winner(choose(field_of(kPlain), authority({kErp}), kOrder, all, 0), all), "by hand");
}

TEST(Review, IsContestedOnlyWhenValuesDiffer) {
    PolicySetting policy = newest();
    policy.kind = PolicyKind::Review;
    const std::vector<Contender> same{
        says(kDesk, "x", between(0, 1)), says(kErp, "x", between(5, 6))};
    const std::vector<Contender> differ{
        says(kDesk, "x", between(0, 1)), says(kErp, "y", between(5, 6))};
    EXPECT_EQ(choose(field_of(kPlain), policy, kOrder, same, 0).kind, Verdict::Kind::Winner);
    EXPECT_EQ(choose(field_of(kPlain), policy, kOrder, differ, 0).kind, Verdict::Kind::Contested);
}

TEST(Union, JoinsTheElementsOfASet) {
    PolicySetting policy = newest();
    policy.kind = PolicyKind::Union;
    Contender a = says(kDesk, "gold", between(0, 1));
    Contender b = says(kErp, "gold", between(5, 6));
    b.value.parts.emplace_back("export");
    const std::vector<Contender> all{a, b};
    const Verdict verdict = choose(field_of(kPlain, MergeKind::Set), policy, kOrder, all, 0);
    EXPECT_EQ(verdict.kind, Verdict::Kind::Merged);
    const std::vector<std::optional<std::string>> expected{"export", "gold"};
    EXPECT_EQ(verdict.merged.parts, expected);
}

TEST(Union, HasNoElementTwiceInAnySpelling) {
    PolicySetting policy = newest();
    policy.kind = PolicyKind::Union;
    Contender a = says(kDesk, "ACME", between(0, 1));
    a.value.parts.emplace_back("AZ");  // sorts between the spellings
    const std::vector<Contender> all{a, says(kErp, "Acme", between(5, 6))};
    const Verdict verdict = choose(field_of(kTitled, MergeKind::Set), policy, kOrder, all, 0);
    EXPECT_EQ(verdict.merged.parts.size(), 2U);
}

TEST(Choose, DoesNotDependOnTheOrderOfContenders) {
    std::vector<Contender> all{
        says(kBooks, "a", between(0, 25)),
        says(kErp, "b", between(10, 20)),
        says(kDesk, "c", between(21, 40))};
    const auto chosen = [&] {
        return winner(
            choose(field_of(kPlain), newest(Undecided::Order), kOrder, all, kNoStanding), all
        );
    };
    const std::string first = chosen();
    const auto by_name = [](const Contender& x, const Contender& y) {
        return x.origin.name < y.origin.name;
    };
    std::sort(all.begin(), all.end(), by_name);
    do {
        EXPECT_EQ(chosen(), first);
    } while (std::next_permutation(all.begin(), all.end(), by_name));
}

TEST(PolicyFor, TheMostExactPatternWins) {
    const auto named = [](const std::string& pattern) {
        PolicySetting policy;
        policy.pattern = pattern;
        return policy;
    };
    const std::vector<PolicySetting> policies{
        named("*"), named("emails.*"), named("emails.main.address")};
    Field field = field_of(kPlain);
    field.path = "emails.main.address";
    EXPECT_EQ(policy_for(field, policies).pattern, "emails.main.address");
    field.path = "emails.billing.address";
    EXPECT_EQ(policy_for(field, policies).pattern, "emails.*");
    field.path = "name";
    EXPECT_EQ(policy_for(field, policies).pattern, "*");
}

}  // namespace
}  // namespace syncline::merge
