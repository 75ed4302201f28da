#include "codec/system_configuration.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
using Mistakes = std::vector<std::pair<std::string, Strings>>;

class SystemConfigurationTest : public ::testing::Test {
protected:
    SystemConfigurationTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        path_ = fs::path(::testing::TempDir()) / (std::string(test->name()) + "_system.json");
    }
    ~SystemConfigurationTest() override { fs::remove(path_); }

    SystemSetting read(const std::string& text) {
        std::ofstream(path_, std::ios::binary) << text;
        file_ = std::make_unique<SettingFile>(path_);
        return read_system(*file_, Catalogue::customer());
    }
    /// A whole system with further members on line 2.
    SystemSetting read_with(const std::string& members) {
        return read(
            R"({ "system": "erp", "connector": "sql",
)" + members +
            R"(,
"mapping": { "customer": [{ "field": "name", "remote": "n" }] } })"
        );
    }
    /// A whole system whose one mapped field has these members, on line 2.
    MappedFieldSetting read_field(const std::string& members) {
        SystemSetting system =
            read(
                R"({ "system": "erp", "connector": "sql", "mapping": { "customer": [
{ )" + members + R"( }] } })"
            );
        return system.mapping.empty() ? MappedFieldSetting{} : system.mapping.front();
    }
    /// The condition on line 2.
    Condition read_condition(const std::string& text) {
        return read_with(R"("scope": { "where": )" + text + " }").scope.where;
    }

    /// "line: what is wrong" of each problem.
    Strings problems() const {
        Strings problems;
        for (const Error& problem : file_->problems())
            problems.push_back(
                problem.where.substr(path_.string().size() + 1) + ": " + problem.detail
            );
        return problems;
    }

    fs::path path_;
    std::unique_ptr<SettingFile> file_;
};

TEST_F(SystemConfigurationTest, HasCarefulDefaults) {
    const SystemSetting system = read_with(R"("$schema": "x")");
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(system.id, SystemId{"erp"});
    EXPECT_EQ(system.title, "erp");
    EXPECT_EQ(system.connector, "sql");
    EXPECT_EQ(system.settings_json, "{}");
    EXPECT_EQ(system.default_country, "");
    EXPECT_EQ(system.poll, std::chrono::seconds{5});
    EXPECT_EQ(system.full_listing, std::chrono::hours{24});
    EXPECT_EQ(system.settle, std::chrono::seconds{0});
    EXPECT_EQ(system.calls_per_minute, 0U);
    EXPECT_EQ(system.scope.where.op, Condition::Operator::Always);
    EXPECT_FALSE(system.scope.linked_only);
    EXPECT_FALSE(system.rights.create || system.rights.update || system.rights.remove);
    EXPECT_EQ(system.when_gone, WhenGone::Review);
    EXPECT_EQ(system.on_delete, OnDelete::Review);
    EXPECT_EQ(system.file, path_.string());
    ASSERT_EQ(system.mapping.size(), 1U);
    EXPECT_EQ(system.mapping[0].where, path_.string() + ":3");
}

TEST_F(SystemConfigurationTest, ListsNothingUnaskedWhereThePeriodIsZero) {
    EXPECT_EQ(read_with(R"("full_listing": "0s")").full_listing, std::chrono::seconds{0});
    EXPECT_EQ(problems(), Strings{});
}

TEST_F(SystemConfigurationTest, ReadsEveryMember) {
    const SystemSetting system = read_with(
        R"("title": "ERP", "default_country": "NL", "poll": "2m", "when_gone": "delete",
           "on_delete": "delete",
           "full_listing": "6h", "settle": "2s", "rate": { "calls_per_minute": 90 },
           "scope": { "where": { "exists": "name" }, "linked_only": true },
           "rights": { "create": true, "update": true, "delete": true })"
    );
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(system.title, "ERP");
    EXPECT_EQ(system.default_country, "NL");
    EXPECT_EQ(system.poll, std::chrono::minutes{2});
    EXPECT_EQ(system.full_listing, std::chrono::hours{6});
    EXPECT_EQ(system.settle, std::chrono::seconds{2});
    EXPECT_EQ(system.calls_per_minute, 90U);
    EXPECT_EQ(system.scope.where.op, Condition::Operator::Exists);
    EXPECT_TRUE(system.scope.linked_only);
    EXPECT_TRUE(system.rights.create);
    EXPECT_TRUE(system.rights.update);
    EXPECT_TRUE(system.rights.remove);
    EXPECT_EQ(system.when_gone, WhenGone::Delete);
    EXPECT_EQ(system.on_delete, OnDelete::Delete);
}

// Resolving references is connect's; what is read here may be printed.
TEST_F(SystemConfigurationTest, ASecretStaysAReference) {
    const SystemSetting system = read_with(
        R"("settings": { "token": { "$secret": "env:HOME" }, "url": { "$file": "no/such/file" },
                         "columns": ["b", "a"], "limit": 5 })"
    );
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(
        system.settings_json,
        R"({"token":{"$secret":"env:HOME"},"url":{"$file":"no/such/file"},)"
        R"("columns":["b","a"],"limit":5})"
    );
}

TEST_F(SystemConfigurationTest, ReadsAMappedField) {
    const MappedFieldSetting field = read_field(
        R"("field": "addresses.billing", "remote": ["line1", "line2"], "direction": "out",
           "limit": { "characters": 30, "bytes": 40 }, "unique": true)"
    );
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(field.field, "addresses.billing");
    EXPECT_EQ(field.remotes, (Strings{"line1", "line2"}));
    EXPECT_EQ(field.direction, MappingDirection::Out);
    EXPECT_EQ(field.limit_characters, 30U);
    EXPECT_EQ(field.limit_bytes, 40U);
    EXPECT_TRUE(field.unique);
    EXPECT_TRUE(field.lenses.empty());
    const std::string name = R"("field": "name", "remote": "n", "direction": )";
    EXPECT_EQ(read_field(name + "\"in\"").direction, MappingDirection::In);
    EXPECT_EQ(read_field(name + "\"both\"").direction, MappingDirection::Both);
}

TEST_F(SystemConfigurationTest, ReadsLensesInEachForm) {
    const MappedFieldSetting field = read_field(
        R"("field": "name", "remote": "n", "lens": [
            "trim", { "default": "BE" }, { "phone": { "write": "national", "x": 5, "y": true } },
            { "enum": { "1": "active", "0": "inactive" } }, { "lines": ["street", "", "city"] },
            { "address_lines": { "layout": ["street"], "language": "en" } }])"
    );
    EXPECT_EQ(problems(), Strings{});
    ASSERT_EQ(field.lenses.size(), 6U);
    EXPECT_EQ(field.lenses[0].name, "trim");
    EXPECT_TRUE(field.lenses[0].options.empty());
    EXPECT_EQ(field.lenses[1].name, "default");
    EXPECT_EQ(*field.lenses[1].options.find("value"), "BE");
    const FlatMap<std::string, std::string> options{
        {"write", "national"}, {"x", "5"}, {"y", "true"}};
    EXPECT_EQ(field.lenses[2].options, options);
    const std::vector<std::pair<std::string, std::string>> table{
        {"1", "active"}, {"0", "inactive"}};
    EXPECT_EQ(field.lenses[3].table, table);
    EXPECT_EQ(field.lenses[4].list, (Strings{"street", "", "city"}));
    EXPECT_EQ(field.lenses[5].list, (Strings{"street"}));
    EXPECT_EQ(*field.lenses[5].options.find("language"), "en");
}

TEST_F(SystemConfigurationTest, ReadsConditions) {
    const Condition condition = read_condition(
        R"({ "and": [{ "not": { "eq": ["status", "archived"] } },
                     { "or": [{ "in": ["kind", ["person", "organisation"]] },
                              { "exists": "addresses.billing" }, {}] }] })"
    );
    EXPECT_EQ(problems(), Strings{});
    using Op = Condition::Operator;
    EXPECT_EQ(condition.op, Op::And);
    ASSERT_EQ(condition.operands.size(), 2U);
    EXPECT_EQ(condition.operands[0].op, Op::Not);
    ASSERT_EQ(condition.operands[0].operands.size(), 1U);
    const Condition& equal = condition.operands[0].operands[0];
    EXPECT_EQ(equal.op, Op::Equal);
    EXPECT_EQ(equal.path, "status");
    EXPECT_EQ(equal.values, (Strings{"archived"}));
    const Condition& any = condition.operands[1];
    EXPECT_EQ(any.op, Op::Or);
    ASSERT_EQ(any.operands.size(), 3U);
    EXPECT_EQ(any.operands[0].op, Op::In);
    EXPECT_EQ(any.operands[0].path, "kind");
    EXPECT_EQ(any.operands[0].values, (Strings{"person", "organisation"}));
    EXPECT_EQ(any.operands[1].op, Op::Exists);
    EXPECT_EQ(any.operands[1].path, "addresses.billing");
    EXPECT_EQ(any.operands[2].op, Op::Always);
    EXPECT_EQ(
        read_condition(R"({ "eq": ["commercial.credit_hold", true] })").values, (Strings{"true"})
    );
}

TEST_F(SystemConfigurationTest, AConditionIsAtMostSixDeep) {
    std::string text = R"({ "exists": "name" })";
    for (int i = 0; i < 5; ++i)
        text = "{ \"not\": " + text + " }";
    read_condition(text);
    EXPECT_EQ(problems(), Strings{});
    read_condition("{ \"not\": " + text + " }");
    const Strings expected{
        "2: a condition has one operator (eq, in, exists, and, or, not), at most 6 deep "
        "(at /scope/where/not/not/not/not/not/not)"};
    EXPECT_EQ(problems(), expected);
}

TEST_F(SystemConfigurationTest, AConditionInAListIsOneDeeper) {
    std::string text = R"({ "exists": "name" })";
    for (int i = 0; i < 3; ++i)
        text = R"({ "and": [{ "or": [)" + text + "] }] }";
    read_condition(text);
    ASSERT_EQ(problems().size(), 1U);
    EXPECT_NE(problems()[0].find("at most 6 deep"), std::string::npos);
}

TEST_F(SystemConfigurationTest, RefusesMistakesInConditions) {
    const std::string one =
        "2: a condition has one operator (eq, in, exists, and, or, not), at most 6 deep";
    const Mistakes mistakes{
        {R"({ "exists": "name", "eq": ["name", "x"] })", {one + " (at /scope/where)"}},
        {R"({ "equals": ["name", "x"] })",
         {"2: unknown operator \"equals\"; there are eq, in, exists, and, or, not "
          "(at /scope/where)"}},
        {R"({ "exists": "nmae" })",
         {"2: the record has no field \"nmae\"; did you mean \"name\"? (at /scope/where/exists)"}},
        {R"({ "eq": ["stauts", "x"] })",
         {"2: the record has no field \"stauts\"; did you mean \"status\"? (at "
          "/scope/where/eq/0)"}},
        {R"({ "eq": ["name"] })",
         {"2: expected a path and what to compare it with (at /scope/where/eq)"}},
        {R"({ "in": ["name", "x"] })", {"2: expected a list, found a text (at /scope/where/in/1)"}},
        {R"({ "eq": ["name", null] })",
         {"2: expected a text, a number or true or false (at /scope/where/eq/1)"}},
        {R"({ "and": [5] })", {"2: expected an object, found a number (at /scope/where/and/0)"}},
        {R"([])", {"2: expected an object, found a list (at /scope/where)"}}};
    for (const auto& [condition, expected] : mistakes) {
        read_condition(condition);
        EXPECT_EQ(problems(), expected) << condition;
    }
}

TEST_F(SystemConfigurationTest, RefusesMistakesInMembers) {
    const Mistakes mistakes{
        {R"("conector": "x")",
         {"2: unknown key \"conector\"; did you mean \"connector\"? (at /conector)"}},
        {R"("password": "x")", {"2: unknown key \"password\" (at /password)"}},
        {R"("title": 5)", {"2: expected a text, found a number (at /title)"}},
        {R"("settings": "x")", {"2: expected an object, found a text (at /settings)"}},
        {R"("default_country": "be")",
         {"2: a country is a two-letter code of ISO 3166-1 in capitals: \"BE\" "
          "(at /default_country)"}},
        {R"("poll": 5)",
         {"2: expected a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\" (at /poll)"}},
        {R"("full_listing": "30s")",
         {"2: the shortest time between two complete listings is 1m; \"0s\" means never "
          "(at /full_listing)"}},
        {R"("settle": "11m")", {"2: the longest settle window is 10m (at /settle)"}},
        {R"("rate": { "calls_per_minute": 0 })",
         {"2: a rate is a number of calls a minute: { \"calls_per_minute\": 60 } (at /rate)"}},
        {R"("rate": {})",
         {"2: a rate is a number of calls a minute: { \"calls_per_minute\": 60 } (at /rate)"}},
        {R"("scope": { "linked_only": 1 })",
         {"2: expected true or false, found a number (at /scope/linked_only)"}},
        {R"("scope": { "linkedonly": true })",
         {"2: unknown key \"linkedonly\"; did you mean \"linked_only\"? (at /scope/linkedonly)"}},
        {R"("rights": { "creates": true })",
         {"2: unknown key \"creates\"; did you mean \"create\"? (at /rights/creates)"}},
        {R"("when_gone": "forget")",
         {"2: one of \"review\", \"unlink\", \"recreate\", \"deactivate\", \"delete\" is meant "
          "(at /when_gone)"}},
        {R"("when_gone": "recreate")",
         {"2: \"recreate\" needs the right to create: \"rights\": { \"create\": true } "
          "(at /when_gone)"}},
        {R"("on_delete": "recreate")",
         {"2: one of \"review\", \"unlink\", \"deactivate\", \"delete\" is meant (at /on_delete)"}},
        {R"("on_delete": "delete")",
         {"2: \"delete\" needs the right to delete: \"rights\": { \"delete\": true } "
          "(at /on_delete)"}},
        {R"("on_delete": "deactivate")",
         {"2: \"deactivate\" needs the right to update: \"rights\": { \"update\": true } "
          "(at /on_delete)"}}};
    for (const auto& [members, expected] : mistakes) {
        read_with(members);
        EXPECT_EQ(problems(), expected) << members;
    }
}

TEST_F(SystemConfigurationTest, RefusesMistakesInAMappedField) {
    const std::string at = "/mapping/customer/0";
    const std::string name = R"("field": "name", "remote": "n", )";
    const Mistakes mistakes{
        {R"("remote": "n")", {"2: the key \"field\" is missing (at " + at + ")"}},
        {R"("field": "name")", {"2: the key \"remote\" is missing (at " + at + ")"}},
        {R"("field": "emails.main.adress", "remote": "n")",
         {"2: the record has no field \"emails.main.adress\"; did you mean "
          "\"emails.main.address\"? (at " +
          at + "/field)"}},
        {R"("field": "zzzzzzzzz", "remote": "n")",
         {"2: the record has no field \"zzzzzzzzz\"; see docs/reference/customer.md (at " + at +
          "/field)"}},
        {R"("field": "name", "remote": 5)",
         {"2: expected a text, found a number (at " + at + "/remote)"}},
        {name + R"("lenses": [])",
         {"2: unknown key \"lenses\"; did you mean \"lens\"? (at " + at + "/lenses)"}},
        {name + R"("lens": "trim")", {"2: expected a list, found a text (at " + at + "/lens)"}},
        {name + R"("lens": [{ "a": {}, "b": {} }])",
         {"2: a lens is its name, or an object with its name and its options (at " + at +
          "/lens/0)"}},
        {name + R"("direction": "inward")",
         {"2: direction is \"both\", \"in\" or \"out\" (at " + at + "/direction)"}},
        {name + R"("limit": 30)", {"2: expected an object, found a number (at " + at + "/limit)"}},
        {name + R"("limit": { "bytes": "x" })",
         {"2: expected a whole number from 0 to 4294967295 (at " + at + "/limit/bytes)"}},
        {name + R"("unique": "yes")",
         {"2: expected true or false, found a text (at " + at + "/unique)"}}};
    for (const auto& [members, expected] : mistakes) {
        read_field(members);
        EXPECT_EQ(problems(), expected) << members;
    }
}

TEST_F(SystemConfigurationTest, RefusesASystemWithoutItsParts) {
    read("{ \"system\": \"erp\" }");
    EXPECT_EQ(
        problems(),
        (Strings{"1: the key \"connector\" is missing", "1: the key \"mapping\" is missing"})
    );
    read("[]");
    EXPECT_EQ(problems(), (Strings{"1: expected an object, found a list"}));
    for (const std::string mapping :
         {"{}", R"({ "supplier": [] })", R"({ "customer": [], "x": [] })"}) {
        read("{ \"system\": \"erp\", \"connector\": \"sql\",\n\"mapping\": " + mapping + " }");
        const Strings expected{
            "2: a mapping has one entity, \"customer\", with the list of its fields (at /mapping)"};
        EXPECT_EQ(problems(), expected) << mapping;
    }
    read("{ \"system\": \"erp\", \"connector\": \"sql\",\n\"mapping\": { \"customer\": [] } }");
    EXPECT_EQ(problems(), (Strings{"2: a mapping needs at least one field (at /mapping)"}));
}

TEST_F(SystemConfigurationTest, RefusesANameThatIsNoWord) {
    for (const std::string name : {"ERP", "my erp", "a.b", "_a", "\u00E9"}) {
        const std::string begin = "{ \"connector\": \"sql\",\n\"system\": \"" + name + "\", ";
        read(begin + R"("mapping": { "customer": [{ "field": "name", "remote": "n" }] } })");
        const Strings expected{
            "2: a system's name has small letters, digits and underscores only (at /system)"};
        EXPECT_EQ(problems(), expected) << name;
    }
}

TEST_F(SystemConfigurationTest, AFileThatIsNoJsonHasThatProblemOnly) {
    read("{\n\"system\": }");
    EXPECT_EQ(problems(), (Strings{"2:11: not JSON with comments: expected a value, found \"}\""}));
}

}  // namespace
}  // namespace syncline::codec
