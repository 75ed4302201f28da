#include "app/new_system.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

HubSetting hub_with(const std::string& system) {
    HubSetting hub;
    hub.systems.emplace_back();
    hub.systems.back().id = SystemId{system};
    return hub;
}

TEST(NewSystem, ItsFileSaysThatItIsOnlyObserved) {
    NewSystem system;
    system.id = "crm";
    system.title = "The \"old\" CRM";
    system.connector = "sql";
    system.rights.update = true;
    system.linked_only = true;
    system.mapping = {{"name", "n", {"trim"}, true}, {"website", "w", Json::array(), false}};
    const auto file = codec::parse_json_with_comments(system_file_text(system));
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ((*file)["observe"], true);
    EXPECT_EQ((*file)["title"], "The \"old\" CRM");
    EXPECT_EQ((*file)["rights"]["update"], true);
    EXPECT_EQ((*file)["rights"]["create"], false);
    EXPECT_EQ((*file)["scope"]["linked_only"], true);
    EXPECT_EQ((*file)["mapping"]["customer"][0]["lens"], Json({"trim"}));
    EXPECT_FALSE((*file)["mapping"]["customer"][0].contains("direction"));
    EXPECT_EQ((*file)["mapping"]["customer"][1]["direction"], "in");
}

TEST(NewSystem, ItsNameIsItsOwn) {
    const HubSetting hub = hub_with("erp");
    EXPECT_EQ(what_is_wrong_with_system(hub, "crm_2"), "");
    EXPECT_NE(what_is_wrong_with_system(hub, "erp"), "");
    for (const char* name : {"", "CRM", "c r m", "crm.1", "ä"})
        EXPECT_NE(what_is_wrong_with_system(hub, name), "") << name;
}

TEST(NewSystem, AFileThatNoPatternNamesIsAdded) {
    const HubSetting hub = hub_with("erp");
    const std::string named = "{ \"systems\": [\"systems/*.json\"] }";
    EXPECT_EQ(*with_system(named, hub, "crm", "systems/crm.json", {}), named);
    EXPECT_EQ(
        *with_system("{ \"systems\": [\"erp.json\"] }", hub, "crm", "systems/crm.json", {}),
        "{ \"systems\": [\"erp.json\", \"systems/crm.json\"] }"
    );
}

TEST(NewSystem, WhatItIsRightAboutBecomesAPolicy) {
    HubSetting hub = hub_with("erp");
    EXPECT_EQ(
        *with_system("{ \"systems\": [\"systems/*\"] }", hub, "crm", "systems/crm.json", {"name"}),
        "{ \"systems\": [\"systems/*\"], \"policies\": { \"name\": { \"policy\": \"authority\", "
        "\"systems\": [\"crm\"], \"otherwise\": \"newest\" } } }"
    );
}

TEST(NewSystem, AnAuthorityBeforeItComesAfterIt) {
    HubSetting hub = hub_with("erp");
    PolicySetting policy;
    policy.pattern = "addresses.billing";
    policy.kind = PolicyKind::Authority;
    policy.systems = {SystemId{"erp"}};
    hub.policies.push_back(policy);
    EXPECT_EQ(
        *with_system(
            "{ \"systems\": [\"systems/*\"], \"policies\": { \"addresses.billing\": { \"policy\": "
            "\"authority\", \"systems\": [\"erp\"], \"otherwise\": \"keep\" } } }",
            hub,
            "crm",
            "systems/crm.json",
            {"addresses.billing.city"}
        ),
        "{ \"systems\": [\"systems/*\"], \"policies\": { \"addresses.billing\": { \"policy\": "
        "\"authority\", \"systems\": [\"crm\", \"erp\"], \"otherwise\": \"keep\" } } }"
    );
}

TEST(NewSystem, TellsWhetherARungCanPlaceItsRecords) {
    HubSetting hub;
    hub.association.push_back({{"emails.main.address", "name"}, {}, RungSetting::Then::Link});
    hub.association.push_back({{"website"}, {SystemId{"erp"}}, RungSetting::Then::Link});
    EXPECT_EQ(rung_for(hub, {{"name", "n", {}, true}, {"website", "w", {}, true}}), "");
    EXPECT_EQ(
        rung_for(hub, {{"name", "n", {}, true}, {"emails.main.address", "e", {}, true}}),
        "emails.main.address, name"
    );
}

}  // namespace
}  // namespace syncline::app
