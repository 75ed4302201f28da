#include "app/new_policy.hpp"

#include "app/policy_json.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace syncline::app {
namespace {

using codec::Json;

/// A field of the record, numbered by nobody.
Field field_of(const char* path) {
    return *make_field(Catalogue::customer(), path, [](const std::string&) { return FieldId{1}; });
}

const sync::ValueAnswer kTakeErp = sync::ValueAnswer::of(SystemId{"erp"});

PolicySetting policy(const char* pattern, PolicyKind kind) {
    PolicySetting setting;
    setting.pattern = pattern;
    setting.kind = kind;
    return setting;
}

Json rule_json(const HubSetting& hub, const char* pattern, const sync::ValueAnswer& answer) {
    const auto made = policy_from(hub, field_of("phones.main.number"), pattern, answer);
    return made ? policy_json(*made) : Json(made.error().detail);
}

TEST(NewPolicy, ASystemBecomesTheAuthorityAndTheRestStaysAsItWas) {
    HubSetting hub;
    EXPECT_EQ(
        codec::to_line(rule_json(hub, "phones.*", kTakeErp)),
        R"({"policy":"authority","systems":["erp"],"otherwise":"newest"})"
    );
    PolicySetting undecided = policy("*", PolicyKind::Newest);
    undecided.on_undecided = Undecided::Order;
    hub.policies.push_back(undecided);
    EXPECT_EQ(
        rule_json(hub, "phones.*", kTakeErp)["otherwise"],
        Json({{"policy", "newest"}, {"on_undecided", "order"}})
    );
    hub.policies.push_back(policy("phones.*", PolicyKind::Review));
    EXPECT_EQ(rule_json(hub, "phones.*", kTakeErp)["otherwise"], "review");
}

TEST(NewPolicy, ItComesBeforeOtherAuthorities) {
    HubSetting hub;
    PolicySetting before = policy("phones.*", PolicyKind::Authority);
    before.systems = {SystemId{"desk"}, SystemId{"erp"}};
    before.otherwise = std::make_shared<const PolicySetting>(policy("", PolicyKind::Keep));
    hub.policies.push_back(before);
    EXPECT_EQ(
        codec::to_line(rule_json(hub, "phones.*", kTakeErp)),
        R"({"policy":"authority","systems":["erp","desk"],"otherwise":"keep"})"
    );
}

TEST(NewPolicy, IsOfNoUseWhereAnotherNamesTheFieldMoreExactly) {
    HubSetting hub;
    hub.policies.push_back(policy("phones.main.number", PolicyKind::Review));
    const Json refused = rule_json(hub, "phones.*", kTakeErp);
    ASSERT_TRUE(refused.is_string()) << refused;
    EXPECT_NE(refused.get<std::string>().find("use --for phones.main.number"), std::string::npos);
    EXPECT_TRUE(rule_json(hub, "emails.*", kTakeErp).is_string());
    EXPECT_TRUE(rule_json(hub, "phones.main.number", kTakeErp).is_object());
    EXPECT_TRUE(rule_json(HubSetting{}, "phones.*", sync::ValueAnswer::value({})).is_string());
    EXPECT_EQ(rule_json(HubSetting{}, "phones.*", sync::ValueAnswer::standing())["policy"], "keep");
}

TEST(NewPolicy, IsWrittenAmongTheOthersWithCommentsKept) {
    PolicySetting rule = policy("phones.*", PolicyKind::Keep);
    EXPECT_EQ(
        *with_policy(
            std::string("{ // the hub\n  \"policies\": { \"phones.*\": \"review\" } }"), rule
        ),
        "{ // the hub\n  \"policies\": { \"phones.*\": { \"policy\": \"keep\" } } }"
    );
    const auto added = with_policy(std::string("{ \"systems\": [] }"), rule);
    ASSERT_TRUE(added);
    EXPECT_EQ(
        codec::parse_json_with_comments(*added).value()["policies"]["phones.*"]["policy"], "keep"
    );
}

TEST(NewPolicy, CrossesTheSocketAsItIs) {
    for (const char* text :
         {R"({"policy":"newest","on_undecided":"review"})",
          R"({"policy":"authority","systems":["erp","desk"],"otherwise":"keep"})",
          R"({"policy":"authority","systems":["a"],"otherwise":{"policy":"newest","on_undecided":"order"}})"}) {
        const auto read = read_policy(codec::parse_json(text).value());
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(codec::to_line(policy_json(*read)), text);
    }
    EXPECT_FALSE(read_policy(Json{{"policy", "loudest"}}));
}

}  // namespace
}  // namespace syncline::app
