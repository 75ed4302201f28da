// People decide on what they were shown: who was shown something else than what is now is told.

#include "support/world.hpp"
#include "sync/core/shown_version.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace syncline::testing {
namespace {

const std::map<std::string, std::string> kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3225550101"},
    {"city", "Gent"},
    {"vat", "BE0403019261"}};
constexpr const char* kPhone = "phones.main.number";

/// Two systems that know Acme, settled; the name is for a person to decide.
class OutdatedDecision : public ::testing::Test {
protected:
    OutdatedDecision()
        : world({member("erp"), member("desk")}, [](HubSetting& hub) {
              PolicySetting review;
              review.pattern = "name";
              review.kind = PolicyKind::Review;
              hub.policies.push_back(review);
          }) {
        erp = world["erp"].add(kAcme);
        desk = world["desk"].add(kAcme);
        world.settle();
    }
    CustomerId customer() { return world.customer_of("erp", erp).customer.id; }
    /// What a screen shows now of the record, or of one field.
    std::uint64_t shown(std::optional<std::string> path = std::nullopt) {
        const auto history = world.store().history(customer());
        return sync::shown_version(history, path ? std::optional(world.id(*path)) : std::nullopt);
    }
    CaseId contest_the_name() {
        world["erp"].edit(erp, "name", "Acme Trading");
        world["desk"].edit(desk, "name", "Acme Group");
        world.settle();
        return world.open_cases().at(0).id;
    }
    Result<void> set_phone(const std::string& number, const std::string& user, sync::IfVersion on) {
        return world.engine().restore(
            customer(), {{world.id(kPhone), FieldValue::of(number)}}, user, on
        );
    }
    static void expect_outdated(const Error& error, const std::string& where, const char* by) {
        EXPECT_EQ(error.code, ErrorCode::Outdated) << error.detail;
        EXPECT_EQ(error.where, where);
        EXPECT_NE(error.detail.find(std::string("by ") + by + " at 20"), std::string::npos)
            << error.detail;
    }

    World world;
    RemoteId erp, desk;
};

TEST_F(OutdatedDecision, TheSecondOfTwoOperatorsIsToldWhoDecidedBefore) {
    const CaseId question = contest_the_name();
    const std::uint64_t both_saw = shown("name");
    auto& engine = world.engine();
    ASSERT_TRUE(
        engine.resolve_conflict(question, sync::ValueAnswer::of(SystemId{"desk"}), "ann", both_saw)
    );
    const auto second =
        engine.resolve_conflict(question, sync::ValueAnswer::of(SystemId{"erp"}), "bob", both_saw);
    ASSERT_FALSE(second);
    expect_outdated(second.error(), "name", "user ann");
    EXPECT_EQ(world.canonical("erp", erp, "name"), "Acme Group");
}

TEST_F(OutdatedDecision, AnEditOfAContestedFieldIsToldToWhoSawItBefore) {
    const CaseId question = contest_the_name();
    const std::uint64_t before = shown("name");
    world["desk"].edit(desk, "name", "Acme Holding");
    world.settle();
    auto& engine = world.engine();
    const auto take_desk = sync::ValueAnswer::of(SystemId{"desk"});
    const auto late = engine.resolve_conflict(question, take_desk, "ann", before);
    ASSERT_FALSE(late) << "it would have taken another value than was shown";
    expect_outdated(late.error(), "name", "desk");
    EXPECT_EQ(world.open_cases().size(), 1U);
    ASSERT_TRUE(engine.resolve_conflict(question, take_desk, "ann", shown("name")));
    EXPECT_EQ(world.canonical("erp", erp, "name"), "Acme Holding");
}

TEST_F(OutdatedDecision, ARestoreOfWhatAnotherOperatorRestoredIsRefused) {
    const std::uint64_t both_saw = shown();
    ASSERT_TRUE(set_phone("+3225550111", "ann", both_saw));
    const auto second = set_phone("+3225550122", "bob", both_saw);
    ASSERT_FALSE(second);
    expect_outdated(second.error(), kPhone, "user ann");
    EXPECT_EQ(world.canonical("erp", erp, kPhone), "+3225550111");
    ASSERT_TRUE(set_phone("+3225550122", "bob", shown())) << "who looked again may";
    EXPECT_EQ(world.canonical("erp", erp, kPhone), "+3225550122");
}

TEST_F(OutdatedDecision, OnlyTheFieldsThatAreDecidedCount) {
    const std::uint64_t before = shown();
    world["erp"].edit(erp, "email", "sales@acme.be");
    world.settle();
    ASSERT_GT(shown(), before);
    EXPECT_TRUE(set_phone("+3225550111", "ann", before));
}

TEST_F(OutdatedDecision, WhatTheHubWroteItselfIsNoChangeOfWhatWasShown) {
    ASSERT_TRUE(set_phone("+3225550111", "ann", std::nullopt));
    const std::uint64_t before = shown();
    world.settle();
    ASSERT_EQ(world["desk"].record(desk).at("phone"), "+3225550111");
    EXPECT_EQ(shown(), before);
    EXPECT_TRUE(set_phone("+3225550122", "bob", before));
}

TEST_F(OutdatedDecision, WhoDoesNotSayWhatTheySawDecidesOnWhatIs) {
    ASSERT_TRUE(set_phone("+3225550111", "ann", std::nullopt));
    ASSERT_TRUE(set_phone("+3225550122", "bob", std::nullopt));
    EXPECT_EQ(world.canonical("erp", erp, kPhone), "+3225550122");
}

TEST_F(OutdatedDecision, AVersionThatTheRecordNeverHadIsAMistake) {
    const auto refused = set_phone("+3225550111", "ann", shown() + 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UsageInvalid);
}

TEST_F(OutdatedDecision, AMergeIsRefusedWhenEitherRecordChangedSinceItWasShown) {
    const RemoteId other =
        world["erp"].add({{"name", "Acme Group"}, {"email", "group@acme.be"}, {"city", "Brugge"}});
    world.settle();
    const CustomerId one = customer();
    const CustomerId two = world.customer_of("erp", other).customer.id;
    auto& engine = world.engine();
    const auto preview = engine.merge(one, two, {}, "ann", sync::Carry::Preview);
    ASSERT_TRUE(preview);
    for (const auto& [record, email] :
         {std::pair(erp, "a@acme.be"), std::pair(other, "b@acme.be")}) {
        const auto before = engine.merge(one, two, {}, "ann", sync::Carry::Preview);
        world["erp"].edit(record, "email", email);
        world.settle();
        const auto late = engine.merge(one, two, {}, "ann", sync::Carry::Out, before->version);
        ASSERT_FALSE(late);
        expect_outdated(late.error(), "emails.main.address", "erp");
    }
    const auto now = engine.merge(one, two, {}, "ann", sync::Carry::Preview);
    EXPECT_TRUE(engine.merge(one, two, {}, "ann", sync::Carry::Out, now->version));
}

TEST_F(OutdatedDecision, AQuestionAboutARecordThatWasMergedMeanwhileIsOutdated) {
    const CaseId question = contest_the_name();
    const std::uint64_t before = shown("name");
    const RemoteId other = world["erp"].add(
        {{"name", "Acme Belgium"}, {"email", "belgium@acme.be"}, {"city", "Brugge"}}
    );
    world.settle();
    const CustomerId two = world.customer_of("erp", other).customer.id;
    ASSERT_TRUE(world.engine().merge(customer(), two, {}, "ann", sync::Carry::Out));
    const auto late =
        world.engine().resolve_conflict(question, sync::ValueAnswer::standing(), "bob", before);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Outdated) << late.error().detail;
}

}  // namespace
}  // namespace syncline::testing
