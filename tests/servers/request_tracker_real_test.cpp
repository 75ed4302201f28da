// The request-tracker connector against a real Request Tracker 5.

#include "servers/request_tracker_server.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace syncline::testing {
namespace {

class RequestTrackerReal : public ::testing::Test {
protected:
    void SetUp() override {
        if (!RequestTrackerServer::is_installed())
            GTEST_SKIP() << "request-tracker5 is not installed: NOT TESTED";
        connect(server().token());
    }
    void TearDown() override {
        if (RequestTrackerServer::is_installed()) server().remove_everybody();
    }
    static RequestTrackerServer& server() { return RequestTrackerServer::instance(); }
    void connect(const std::string& token, const Json& fields = Json::array({"VAT"})) {
        desk.emplace(
            "request-tracker",
            Json{{"url", server().url()}, {"token", token}, {"custom_fields", fields}}
        );
    }
    static std::string add(const std::string& name) {
        return server().add({{"Name", name}, {"EmailAddress", name + "@mees.example"}});
    }
    Receipt set(const std::string& id, const RawFields& patch, const std::string& version = {}) {
        return desk->write(ConnectedSystem::change(id, version, patch));
    }
    static RawFields to(const std::string& field, const std::string& value) {
        return {{field, RawValue::of_text(value)}};
    }

    std::optional<ConnectedSystem> desk;
};

TEST_F(RequestTrackerReal, ListsCustomersWithEveryColumnAndNobodyElse) {
    const std::string an = server().add(
        {{"Name", "an"}, {"RealName", "An Mees"}, {"CustomFields", {{"VAT", "BE0403019261"}}}}
    );
    const std::string slash = add("a/slash");
    const std::string left = add("left");
    server().ask("DELETE", "/user/" + left);
    const Reading all = desk->read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_TRUE(all.summary->complete_listing);
    EXPECT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.text(an, "RealName"), "An Mees");
    EXPECT_EQ(all.text(an, "CF.{VAT}"), "BE0403019261");
    EXPECT_EQ(all.text(an, "WorkPhone"), "") << "what nobody filled in is empty, not unread";
    EXPECT_EQ(all.text(slash, "CF.{VAT}"), "");
    EXPECT_EQ(all.text(slash, "Name"), "a/slash") << "no path names such a user";
    EXPECT_EQ(all.find(left), nullptr);
    EXPECT_EQ(all.find(an)->changed_by, "root");
}

TEST_F(RequestTrackerReal, FollowsWhatPeopleChangeCustomFieldsToo) {
    const std::string an = add("an");
    const std::string bo = add("bo");
    std::string cursor = desk->read().cursors.back();
    const auto follow = [&] {
        Reading reading = desk->read(ConnectedSystem::after(cursor));
        EXPECT_TRUE(reading.summary);
        cursor = reading.cursors.back();
        return reading;
    };
    EXPECT_EQ(follow().records.size(), 0U);
    server().ask("PUT", "/user/" + an, {{"CustomFields", {{"VAT", "BE0403019261"}}}});
    server().ask("PUT", "/user/" + bo, {{"City", "Gent"}});
    const Reading changed = follow();
    EXPECT_EQ(changed.records.size(), 2U);
    EXPECT_EQ(changed.text(an, "CF.{VAT}"), "BE0403019261");
    EXPECT_EQ(changed.text(bo, "City"), "Gent");

    server().ask("DELETE", "/user/" + an);
    const Reading gone = follow();
    ASSERT_EQ(gone.records.size(), 1U);
    EXPECT_EQ(gone.records[0].kind, Observation::Kind::Gone);
    EXPECT_EQ(desk->lookup({an})[0].kind, Observation::Kind::Gone);
    server().ask("PUT", "/user/" + an, {{"Disabled", 0}});
    const Reading back = follow();
    ASSERT_EQ(back.records.size(), 1U);
    EXPECT_EQ(back.records[0].kind, Observation::Kind::Present);
}

TEST_F(RequestTrackerReal, FollowsMoreChangesThanAPageHolds) {
    const std::string an = add("an");
    const std::string cursor = desk->read().cursors.back();
    nlohmann::json every;
    for (int i = 0; i < 12; ++i) {
        for (const char* column :
             {"RealName",
              "NickName",
              "Organization",
              "WorkPhone",
              "MobilePhone",
              "HomePhone",
              "PagerPhone",
              "Address1",
              "Address2",
              "State"})
            every[column] = std::to_string(i);
        server().ask("PUT", "/user/" + an, every);
    }
    const std::string bo = add("bo");
    const Reading changed = desk->read(ConnectedSystem::after(cursor));
    ASSERT_TRUE(changed.summary) << changed.error->detail;
    EXPECT_EQ(changed.records.size(), 2U);
    EXPECT_EQ(changed.text(an, "State"), "11");
    EXPECT_NE(changed.find(bo), nullptr);
    EXPECT_EQ(desk->read(ConnectedSystem::after(changed.cursors.back())).records.size(), 0U);
}

TEST_F(RequestTrackerReal, WritesNothingOverAnEdit) {
    const std::string an = add("an");
    const std::string before = desk->read().token(an);
    server().ask("PUT", "/user/" + an, {{"City", "Brugge"}});
    const Receipt stale = set(an, to("City", "Lost"), before);
    EXPECT_EQ(stale.outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(server().user(an).at("City"), "Brugge");
    const std::string now = desk->read().token(an);
    EXPECT_GT(std::stoll(now), std::stoll(before));
    RawFields patch = to("City", "Mons");
    patch["CF.{VAT}"] = RawValue::of_text("BE0403019261");
    const Receipt right = set(an, patch, now);
    EXPECT_EQ(right.outcome, Receipt::Outcome::Stored) << right.error.detail;
    const auto read = desk->lookup({an})[0];
    EXPECT_EQ(text_in(read.fields, "City"), "Mons");
    EXPECT_EQ(text_in(read.fields, "CF.{VAT}"), "BE0403019261");
    RawFields none;
    none["City"] = RawValue::null();
    none["CF.{VAT}"] = RawValue::null();
    EXPECT_EQ(set(an, none).outcome, Receipt::Outcome::Stored);
    const auto emptied = desk->lookup({an})[0];
    EXPECT_EQ(text_in(emptied.fields, "City"), "");
    EXPECT_EQ(text_in(emptied.fields, "CF.{VAT}"), "");
}

TEST_F(RequestTrackerReal, CreatesOnceHoweverOftenItTries) {
    const Delivery create = desk->creation(
        {{"EmailAddress", RawValue::of_text("bo@mees.example")},
         {"RealName", RawValue::of_text("Bo Mees")},
         {"CF.{VAT}", RawValue::of_text("BE0403019261")}}
    );
    EXPECT_TRUE((*desk)->lookup_created(create)->empty());
    const Receipt first = desk->write(create);
    ASSERT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    const nlohmann::json made = server().user(first.remote_id.text());
    EXPECT_EQ(made.at("RealName"), "Bo Mees");
    EXPECT_EQ(made.at("Privileged"), 0);
    const auto found = (*desk)->lookup_created(create);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().remote_id, first.remote_id);
    EXPECT_EQ(text_in(found->front().fields, "CF.{VAT}"), "BE0403019261");
    const Receipt again = desk->write(create);
    EXPECT_EQ(again.outcome, Receipt::Outcome::Duplicate);
}

TEST_F(RequestTrackerReal, ANameThatLooksLikeANumberIsNotAnothersNumber) {
    const std::string an = add("an");
    const Delivery create =
        desk->creation({{"Name", RawValue::of_text(an)}, {"RealName", RawValue::of_text("Bo Mees")}}
        );
    EXPECT_TRUE((*desk)->lookup_created(create)->empty()) << "that is An";
}

TEST_F(RequestTrackerReal, WhatItRefusesIsToldWithTheField) {
    const std::string an = add("an");
    add("bo");
    const Receipt taken = set(an, to("EmailAddress", "BO@mees.example"));
    EXPECT_EQ(taken.outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(taken.refused_field, "EmailAddress") << taken.error.detail;
    const Receipt no_address = set(an, to("EmailAddress", "ask Bo"));
    EXPECT_EQ(no_address.outcome, Receipt::Outcome::Refused) << "not stored, and not told so";
    EXPECT_EQ(no_address.refused_field, "EmailAddress");
    EXPECT_EQ(set(an, to("Name", "")).outcome, Receipt::Outcome::Refused);
    const Receipt odd = set(an, to("CF.{VAT}", "Name in use"));
    EXPECT_EQ(odd.outcome, Receipt::Outcome::Stored) << "a value is no refusal";
    EXPECT_EQ(set(an, to("City", "User x: Name in use")).outcome, Receipt::Outcome::Stored);

    const auto creation = [&](const std::string& email) {
        return desk->write(desk->creation({{"EmailAddress", RawValue::of_text(email)}})).outcome;
    };
    EXPECT_EQ(creation("AN@mees.example"), Receipt::Outcome::Duplicate);
    EXPECT_EQ(creation("ask Bo"), Receipt::Outcome::Refused);
}

TEST_F(RequestTrackerReal, CheckTellsWhatIsWrongBeforeAnythingIsRead) {
    EXPECT_TRUE((*desk)->check());
    connect(server().token(), Json::array({"Vat number"}));
    const auto unknown = (*desk)->check();
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().detail.find("no custom field \"Vat number\""), std::string::npos);
    connect(server().token(), Json::array({"Tags"}));
    ASSERT_FALSE((*desk)->check());
    connect("1-14-wrong");
    const auto stranger = (*desk)->check();
    ASSERT_FALSE(stranger);
    EXPECT_EQ(stranger.error().code, ErrorCode::RemoteUnauthorised);
}

TEST_F(RequestTrackerReal, ATokenWithoutTheRightIsToldWhichOneIsMissing) {
    add("an");
    connect(server().agent_token(), Json::array());
    const Reading none = desk->read();
    ASSERT_TRUE(none.error);
    EXPECT_NE(none.error->detail.find("AdminUsers"), std::string::npos) << none.error->detail;
    EXPECT_TRUE(none.records.empty());
}

}  // namespace
}  // namespace syncline::testing
