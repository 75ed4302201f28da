#include "app/settings_form.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::app {
namespace {

using codec::Json;

const Json& schema() {
    static const Json json = Json::parse(R"({
      "type": "object",
      "properties": {
        "database": { "type": "object", "maxProperties": 1, "properties": {
          "sqlite": { "type": "string" },
          "server": { "type": "object", "properties": {
            "port": { "type": "integer" },
            "password": { "type": "string", "x-secret": true },
            "tls": { "type": "string", "enum": ["verify", "off"] } } } } },
        "entities": { "type": "object", "additionalProperties": {
          "type": "object", "properties": {
            "key": { "type": ["string", "array"], "items": { "type": "string" } },
            "columns": { "type": "array", "items": { "type": "string" } },
            "header": { "type": "boolean" },
            "touch": { "type": "object", "additionalProperties": { "type": "string" } } } } }
      } })");
    return json;
}

Json set(const std::string& assignment) {
    Json settings = Json::object();
    const auto done = set_setting(settings, schema(), assignment);
    EXPECT_TRUE(done) << assignment << ": " << done.error().detail;
    return settings;
}

std::string refusal(const std::string& assignment) {
    Json settings = Json::object();
    const auto done = set_setting(settings, schema(), assignment);
    EXPECT_FALSE(done) << assignment;
    if (done) return "";
    EXPECT_EQ(done.error().code, ErrorCode::UsageInvalid);
    return done.error().detail;
}

TEST(SetSetting, GivesEachValueItsType) {
    EXPECT_EQ(set("database.sqlite=a=b.db"), Json({{"database", {{"sqlite", "a=b.db"}}}}));
    EXPECT_EQ(set("database.server.port=5433")["database"]["server"]["port"], 5433);
    EXPECT_EQ(
        set("entities.customer.columns=a, b,c")["entities"]["customer"]["columns"],
        Json({"a", "b", "c"})
    );
    EXPECT_EQ(set("entities.customer.key=id")["entities"]["customer"]["key"], "id");
    EXPECT_EQ(set("entities.customer.key=a,b")["entities"]["customer"]["key"], Json({"a", "b"}));
    EXPECT_EQ(set("entities.customer.header=yes")["entities"]["customer"]["header"], true);
    EXPECT_EQ(
        set("entities.customer.touch={\"u\": \"now\"}")["entities"]["customer"]["touch"],
        Json({{"u", "now"}})
    );
}

TEST(SetSetting, ASecretIsAlwaysAReference) {
    EXPECT_EQ(
        set("database.server.password=env:DB")["database"]["server"]["password"],
        Json({{"$secret", "env:DB"}})
    );
}

TEST(SetSetting, KeepsWhatIsThere) {
    Json settings = Json::object();
    ASSERT_TRUE(set_setting(settings, schema(), "entities.customer.key=id"));
    ASSERT_TRUE(set_setting(settings, schema(), "entities.customer.header=no"));
    EXPECT_EQ(settings["entities"]["customer"].size(), 2U);
}

TEST(SetSetting, NamesWhatIsWrong) {
    EXPECT_EQ(
        refusal("databse.sqlite=x"),
        "the connector has no setting \"databse\" there; did you mean \"database\"?"
    );
    EXPECT_EQ(
        refusal("database.oracle=x"),
        "the connector has no setting \"oracle\" there; there are sqlite, server"
    );
    EXPECT_EQ(refusal("database.server.port=many"), "a whole number is meant");
    EXPECT_EQ(refusal("database.server.tls=maybe"), "one of verify, off is meant");
    EXPECT_EQ(refusal("entities.customer.header=perhaps"), "yes or no is meant");
    EXPECT_EQ(refusal("entities.customer.touch=now"), "a JSON object is meant");
    EXPECT_EQ(refusal("database"), "a setting is set as NAME=VALUE: --set database.sqlite=erp.db");
}

}  // namespace
}  // namespace syncline::app
