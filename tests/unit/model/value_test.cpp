#include "model/case.hpp"
#include "model/field_value.hpp"
#include "model/link.hpp"
#include "model/plan.hpp"
#include "model/raw_fields.hpp"
#include "model/stamp.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline {
namespace {

TEST(FieldValue, AClearedValueIsNotAnEmptyText) {
    EXPECT_TRUE(FieldValue::cleared().is_cleared());
    EXPECT_FALSE(FieldValue::of("").is_cleared());
    EXPECT_NE(FieldValue::of(""), FieldValue::cleared());
}

TEST(FieldValue, IsClearedOnlyWhenEveryPartIs) {
    FieldValue value = FieldValue::cleared(3);
    ASSERT_EQ(value.parts.size(), 3U);
    EXPECT_TRUE(value.is_cleared());
    value.parts[2] = "x";
    EXPECT_FALSE(value.is_cleared());
}

TEST(FieldValue, IsEqualPartByPart) {
    FieldValue value;
    value.parts = {"a", std::nullopt};
    FieldValue other = value;
    EXPECT_EQ(value, other);
    other.parts[1] = "";
    EXPECT_NE(value, other);
    other.parts = {std::nullopt, "a"};
    EXPECT_NE(value, other);
    EXPECT_NE(FieldValue::cleared(1), FieldValue::cleared(2));
}

TEST(RawValue, OfAnotherKindIsAnotherValue) {
    EXPECT_NE(RawValue::of_text("1"), RawValue::of_number("1"));
    EXPECT_NE(RawValue::of_text("true"), RawValue::of_bool(true));
    EXPECT_NE(RawValue::of_text(""), RawValue::null());
    EXPECT_NE(RawValue::of_number("0.1"), RawValue::of_number("0.10"));
    EXPECT_EQ(RawValue::of_bool(false).text, "false");
    EXPECT_EQ(RawValue::of_bool(true).text, "true");
}

TEST(EditInterval, IsAfterAnotherOnlyWhenTheyDoNotMeet) {
    const auto interval = [](int from, int to) {
        return EditInterval{from_unix_ms(from), from_unix_ms(to)};
    };
    EXPECT_TRUE(interval(11, 12).is_after(interval(5, 10)));
    EXPECT_FALSE(interval(10, 12).is_after(interval(5, 10)));  // may be the same moment
    EXPECT_FALSE(interval(6, 20).is_after(interval(5, 10)));
    EXPECT_FALSE(interval(5, 10).is_after(interval(11, 12)));
    EXPECT_FALSE(interval(5, 10).is_after(interval(5, 10)));
}

TEST(Origin, AUserNamedAsASystemIsNotTheSystem) {
    const SystemId erp{"erp"};
    EXPECT_TRUE(Origin::of(erp).is(erp));
    EXPECT_FALSE(Origin::of(erp).is(SystemId{"desk"}));
    EXPECT_FALSE(Origin::of_user("erp").is(erp));
    EXPECT_NE(Origin::of_user("erp"), Origin::of(erp));
}

TEST(Base, IsAnImageOfOneVersionOnly) {
    const Base image = Base::image_of(Version{7});
    EXPECT_TRUE(image.is_image_of(Version{7}));
    EXPECT_FALSE(image.is_image_of(Version{8}));
    Base foreign = image;
    foreign.kind = Base::Kind::Foreign;
    EXPECT_FALSE(foreign.is_image_of(Version{7}));
    EXPECT_FALSE(Base{}.is_image_of(Version{}));
}

TEST(CaseState, IsOpenUntilResolved) {
    Case question;
    question.opened_at = from_unix_ms(5);
    EXPECT_TRUE(question.is_open());
    question.resolved_at = from_unix_ms(6);
    EXPECT_FALSE(question.is_open());
}

TEST(PlanValue, IsEmptyWithoutOperationsWhateverWasRead) {
    Plan plan;
    plan.systems.emplace_back().read = 17;
    EXPECT_TRUE(plan.is_empty());
    plan.operations.emplace_back();
    EXPECT_FALSE(plan.is_empty());
}

}  // namespace
}  // namespace syncline
