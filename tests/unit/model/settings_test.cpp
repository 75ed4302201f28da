#include "model/settings.hpp"

#include <gtest/gtest.h>

namespace syncline {
namespace {

// What nobody configured must be the careful choice.
TEST(SettingDefaults, ASystemMayWriteNothing) {
    const SystemSetting system;
    EXPECT_FALSE(system.rights.create);
    EXPECT_FALSE(system.rights.update);
    EXPECT_FALSE(system.rights.remove);
}

TEST(SettingDefaults, ASystemTakesPartWithEveryCustomerAndIsReadEveryFiveSeconds) {
    const SystemSetting system;
    EXPECT_EQ(system.scope.where.op, Condition::Operator::Always);
    EXPECT_FALSE(system.scope.linked_only);
    EXPECT_EQ(system.poll, std::chrono::seconds{5});
    EXPECT_EQ(system.entity, "customer");
}

TEST(SettingDefaults, AGoneRecordIsReviewed) {
    EXPECT_EQ(SystemSetting{}.when_gone, WhenGone::Review);
    EXPECT_EQ(SystemSetting{}.on_delete, OnDelete::Review);
}

TEST(SettingDefaults, AFieldIsMappedBothWaysWithoutLimit) {
    const MappedFieldSetting field;
    EXPECT_EQ(field.direction, MappingDirection::Both);
    EXPECT_EQ(field.limit_characters, 0U);
    EXPECT_EQ(field.limit_bytes, 0U);
    EXPECT_FALSE(field.unique);
}

TEST(SettingDefaults, ARungAsksAPerson) {
    EXPECT_EQ(RungSetting{}.then, RungSetting::Then::Review);
}

TEST(SettingDefaults, APolicyIsNewestAndLeavesTheUndecidedToTheDomain) {
    const PolicySetting policy;
    EXPECT_EQ(policy.kind, PolicyKind::Newest);
    EXPECT_FALSE(policy.on_undecided);
    EXPECT_EQ(policy.otherwise, nullptr);
}

TEST(SettingDefaults, NoFieldIsStoredInClearAndOnlyDeletesHaveAThreshold) {
    const HubSetting hub;
    EXPECT_TRUE(hub.clear_text_fields.empty());
    for (const ThresholdSetting& threshold : {hub.creates, hub.updates, hub.clears}) {
        EXPECT_EQ(threshold.count, 0U);
        EXPECT_EQ(threshold.percent, 0U);
    }
    EXPECT_EQ(hub.deletes.percent, 20U);  // of a listing that lacks more, nothing is believed
}

}  // namespace
}  // namespace syncline
