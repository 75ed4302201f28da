// What a system says about its configuration, and where a person finds what to mend.

#include "app/system_check.hpp"

#include "connect/connection.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

SystemSetting erp() {
    SystemSetting system;
    system.id = SystemId{"erp"};
    MappedFieldSetting name;
    name.field = "name";
    name.remotes = {"name"};
    name.where = "erp.json:7";
    MappedFieldSetting address;
    address.field = "addresses.billing";
    address.remotes = {"street", "postcod"};
    address.where = "erp.json:8";
    system.mapping = {name, address};
    return system;
}

connect::Capabilities with_fields(const std::vector<std::string>& names) {
    connect::Capabilities can;
    for (const std::string& name : names)
        can.fields.push_back({name});
    return can;
}

TEST(SystemCheck, AFieldThatTheSystemLacksIsNamedWithTheNearest) {
    const auto missing = fields_not_there(erp(), with_fields({"name", "street", "postcode"}));
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0].code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(missing[0].where, "erp.json:8");
    EXPECT_EQ(
        missing[0].detail,
        "erp has no field \"postcod\"; did you mean \"postcode\"? It has: name, street, postcode"
    );
}

TEST(SystemCheck, EveryMissingFieldIsNamed) {
    const auto missing = fields_not_there(erp(), with_fields({"zip"}));
    ASSERT_EQ(missing.size(), 3U);
    EXPECT_EQ(missing[0].detail, "erp has no field \"name\". It has: zip");
}

TEST(SystemCheck, AConnectorThatDoesNotKnowItsFieldsIsBelieved) {
    EXPECT_TRUE(fields_not_there(erp(), {}).empty());
}

TEST(SystemCheck, TheRightToMakeRecordsIsRefusedWhereNoneCanBeMade) {
    SystemSetting system = erp();
    connect::Capabilities can;
    system.rights.create = true;
    EXPECT_FALSE(creates_refused(system, can));
    can.cannot_create = "nothing gives the key column \"company\"";
    const auto refused = creates_refused(system, can);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(
        refused->detail,
        "erp cannot get new records: nothing gives the key column \"company\"; or set \"rights\": "
        "{ "
        "\"create\": false }"
    );
    system.rights.create = false;
    EXPECT_FALSE(creates_refused(system, can));
}

TEST(SystemCheck, AFieldThatEachNewRecordNeedsMustBeWrittenByAMapping) {
    SystemSetting system = erp();
    system.rights.create = true;
    connect::Capabilities can = with_fields({"number", "name"});
    can.fields[0].required_on_create = true;
    const auto refused = creates_refused(system, can);
    ASSERT_TRUE(refused);
    EXPECT_EQ(
        refused->detail,
        "erp cannot get new records: every new one needs a value in \"number\", and no mapping "
        "writes it: map it, without \"direction\": \"in\"; or set \"rights\": { \"create\": false }"
    );
    system.mapping.front().remotes = {"number"};
    EXPECT_FALSE(creates_refused(system, can));
    system.mapping.front().direction = MappingDirection::In;
    EXPECT_TRUE(creates_refused(system, can));
    system.rights.create = false;
    EXPECT_FALSE(creates_refused(system, can));
}

TEST(SystemCheck, WhatAWriteMayReplaceUnreadIsWhatTheSystemCannotPrevent) {
    connect::Capabilities can;
    can.can_write = true;
    EXPECT_EQ(edits_at_risk(can), EditsAtRisk::OneRoundTrip);
    can.stale_window_ms = 2'000;
    EXPECT_EQ(edits_at_risk(can), EditsAtRisk::StaleWindow);
    can.write_deferred = true;
    EXPECT_EQ(edits_at_risk(can), EditsAtRisk::None) << "its people carry the write out";
    can.write_deferred = false;
    can.conditional_write = true;
    EXPECT_EQ(edits_at_risk(can), EditsAtRisk::None);
    can = {};
    EXPECT_EQ(edits_at_risk(can), EditsAtRisk::None) << "it is only read";
}

TEST(SystemCheck, ALongListIsCutShort) {
    std::vector<std::string> many;
    for (int i = 0; i < 30; ++i)
        many.push_back("column_" + std::to_string(i));
    const std::string detail = fields_not_there(erp(), with_fields(many)).at(0).detail;
    EXPECT_TRUE(detail.ends_with("column_19, …")) << detail;
}

/// A connection whose check fails.
class Refusing final : public connect::Connection {
public:
    explicit Refusing(Error error) : error_(std::move(error)) {}
    Result<void> check() override { return error_; }
    Result<connect::Capabilities> discover(const std::string&) override { return error_; }
    Result<connect::ReadSummary> read(const connect::ReadRequest&, const connect::ReadSink&)
        override {
        return error_;
    }
    Result<std::vector<Observation>> lookup(const std::string&, std::span<const RemoteId>)
        override {
        return error_;
    }
    Result<std::vector<Observation>> lookup_created(const Delivery&) override { return error_; }
    Result<std::vector<RemoteId>> plan_ids(const std::string&, std::size_t) override {
        return error_;
    }
    std::vector<Receipt> write(const std::string&, std::span<const Delivery>) override {
        return {};
    }

private:
    Error error_;
};

TEST(SystemCheck, ARefusedSettingIsTheConfigurationsFaultAndNoAnswerIsNot) {
    Refusing refusing({ErrorCode::ConfigInvalid, Remedy::Reconfigure, "erp", "/book: no such file"}
    );
    const SystemCheck refused = check_system(erp(), refusing);
    ASSERT_EQ(refused.refused.size(), 1U);
    EXPECT_EQ(
        refused.refused[0].detail, "the connector of erp refuses its settings: /book: no such file"
    );
    EXPECT_FALSE(refused.trouble);
    Refusing silent({ErrorCode::RemoteUnavailable, Remedy::Retry, "erp", "no answer"});
    const SystemCheck unreachable = check_system(erp(), silent);
    EXPECT_TRUE(unreachable.refused.empty());
    ASSERT_TRUE(unreachable.trouble);
    EXPECT_EQ(unreachable.trouble->detail, "no answer");
}

}  // namespace
}  // namespace syncline::app
