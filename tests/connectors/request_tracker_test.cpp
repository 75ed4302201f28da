// The request-tracker connector against the imitated helpdesk, over HTTP on the loopback.

#include "sandbox/request_tracker.hpp"

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {
namespace {

using sandbox::Misbehaviour;
using sandbox::RtFields;

class RequestTrackerConnector : public ::testing::Test {
protected:
    void SetUp() override {
        sandbox::RequestTrackerSettings settings;
        settings.folder = fresh_folder();
        settings.token = "1-22-secret";
        server_.emplace(settings, clock_);
        helpdesk_.emplace("request-tracker", settings_with(server_->token()));
    }
    Json settings_with(const std::string& token) const {
        return {{"url", server_->url()}, {"token", token}};
    }
    std::string add(const std::string& email, const std::string& real_name = "An Mees") {
        const auto made = server_->desk().create(
            RtFields{
                {"Name", email},
                {"EmailAddress", email},
                {"RealName", real_name},
                {"City", "Gent"},
                {"Privileged", "0"}},
            "root"
        );
        EXPECT_TRUE(made.id) << made.message;
        return made.id ? std::to_string(*made.id) : "";
    }
    void edit(const std::string& id, const RtFields& fields) {
        server_->desk().update(std::stoll(id), fields, "root");
    }
    std::string held(const std::string& id, const std::string& column) {
        const auto user = server_->desk().find(id);
        return user ? user->values.at(column) : "(none)";
    }
    Receipt set(const std::string& id, const RawFields& patch, const std::string& version = {}) {
        return helpdesk_->write(ConnectedSystem::change(id, version, patch));
    }
    Delivery creation(const std::string& email) {
        return helpdesk_->creation(
            {{"EmailAddress", RawValue::of_text(email)}, {"RealName", RawValue::of_text("Bo Mees")}}
        );
    }
    /// The position after everything there is.
    std::string position() { return helpdesk_->read().cursors.back(); }
    Reading follow(const std::string& cursor) {
        return helpdesk_->read(ConnectedSystem::after(cursor));
    }

    FakeClock clock_;
    std::optional<sandbox::RequestTracker> server_;
    std::optional<ConnectedSystem> helpdesk_;
};

TEST_F(RequestTrackerConnector, TellsWhatItCanDo) {
    const auto checked = (*helpdesk_)->check();
    EXPECT_TRUE(checked) << checked.error().detail;
    const auto can = (*helpdesk_)->discover("customer");
    ASSERT_TRUE(can);
    EXPECT_EQ(can->version, connect::VersionKind::Ordered);
    EXPECT_TRUE(can->incremental && can->listing_proves_absence && can->conditional_write);
    const auto zip = std::find_if(can->fields.begin(), can->fields.end(), [](const auto& field) {
        return field.name == "Zip";
    });
    ASSERT_NE(zip, can->fields.end());
    EXPECT_EQ(zip->max_characters, 16U);
}

TEST_F(RequestTrackerConnector, ListsCustomersAndNobodyElse) {
    std::vector<std::string> ids;
    for (int i = 0; i < 230; ++i)
        ids.push_back(add("user" + std::to_string(i) + "@mees.example"));
    server_->desk().create({{"Name", "agent2"}, {"Privileged", "1"}});
    const std::string odd = add("o'neil..+tag;100%&x=1#@mees.example");
    const std::string slash = add("a/slash@mees.example");
    const std::string left = add("left@mees.example");
    edit(left, {{"Disabled", "1"}});
    const Reading all = helpdesk_->read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_TRUE(all.summary->complete_listing);
    EXPECT_EQ(all.records.size(), 232U);
    EXPECT_EQ(all.text(slash, "EmailAddress"), "a/slash@mees.example");
    for (const std::string& id : ids)
        EXPECT_NE(all.find(id), nullptr) << id;
    EXPECT_EQ(all.text(odd, "RealName"), "An Mees");
    EXPECT_EQ(all.text(ids[0], "City"), "Gent");
    EXPECT_EQ(all.find(ids[0])->changed_by, "root");
    EXPECT_EQ(all.find(left), nullptr);
    EXPECT_EQ(all.cursors.size(), 1U);
}

TEST_F(RequestTrackerConnector, FollowsTheFeed) {
    const std::string an = add("an@mees.example");
    const std::string bo = add("bo@mees.example");
    std::string cursor = position();
    Reading quiet = follow(cursor);
    ASSERT_TRUE(quiet.summary) << quiet.error->detail;
    EXPECT_EQ(quiet.records.size(), 0U);
    EXPECT_FALSE(quiet.summary->complete_listing);

    edit(an, {{"City", "Brugge"}});
    const Receipt own = set(bo, {{"City", RawValue::of_text("Mons")}});
    EXPECT_EQ(own.outcome, Receipt::Outcome::Stored);
    const std::string cy = add("cy@mees.example");
    const Reading changed = follow(cursor);
    ASSERT_TRUE(changed.summary);
    EXPECT_EQ(changed.records.size(), 3U);
    EXPECT_EQ(changed.text(an, "City"), "Brugge");
    EXPECT_EQ(changed.find(an)->changed_by, "root");
    EXPECT_EQ(changed.text(bo, "City"), "Mons");
    EXPECT_EQ(changed.find(bo)->changed_by, "hub");
    EXPECT_EQ(changed.text(cy, "City"), "Gent");
    cursor = changed.cursors.back();
    EXPECT_EQ(follow(cursor).records.size(), 0U);

    edit(an, {{"Disabled", "1"}});
    const Reading gone = follow(cursor);
    ASSERT_EQ(gone.records.size(), 1U);
    EXPECT_EQ(gone.records[0].kind, Observation::Kind::Gone);
    EXPECT_EQ(gone.records[0].remote_id.text(), an);
}

TEST_F(RequestTrackerConnector, FollowsMoreChangesThanAPageHolds) {
    const std::string an = add("an@mees.example");
    const std::string cursor = position();
    for (int i = 0; i < 250; ++i)
        edit(an, {{"City", "City " + std::to_string(i)}});
    const std::string bo = add("bo@mees.example");
    const Reading changed = follow(cursor);
    EXPECT_EQ(changed.records.size(), 2U);
    EXPECT_EQ(changed.text(an, "City"), "City 249");
    EXPECT_NE(changed.find(bo), nullptr);
    EXPECT_LT(changed.cursors.back().size(), 4096U);
}

TEST_F(RequestTrackerConnector, APositionItCannotReadIsLost) {
    const Reading lost = follow("{\"v\":2,\"transaction\":1}");
    ASSERT_TRUE(lost.error);
    EXPECT_EQ(lost.error->code, ErrorCode::CursorLost);
}

TEST_F(RequestTrackerConnector, LooksUsersUp) {
    const std::string an = add("an@mees.example");
    const std::string left = add("left@mees.example");
    edit(left, {{"Disabled", "1"}});
    const auto found = helpdesk_->lookup({an, left, "99999", "../rt"});
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    EXPECT_EQ(found[0].token, helpdesk_->read().token(an));
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_EQ(found[i].kind, Observation::Kind::Gone) << i;
}

TEST_F(RequestTrackerConnector, WritesNothingOverAnEdit) {
    const std::string an = add("an@mees.example");
    const std::string token = helpdesk_->read().token(an);
    const Receipt right = set(an, {{"City", RawValue::of_text("Mons")}}, token);
    EXPECT_EQ(right.outcome, Receipt::Outcome::Stored) << right.error.detail;
    const Receipt stale = set(an, {{"City", RawValue::of_text("Lost")}}, token);
    EXPECT_EQ(stale.outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(held(an, "City"), "Mons");
    const std::string newer = helpdesk_->read().token(an);
    EXPECT_GT(std::stoll(newer), std::stoll(token));
    EXPECT_EQ(set(an, {{"City", RawValue::null()}}, newer).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(held(an, "City"), "");
    EXPECT_EQ(set("99999", {{"City", RawValue::of_text("Mons")}}).outcome, Receipt::Outcome::Gone);
}

TEST_F(RequestTrackerConnector, DeletesNobodyAndTakesADeletionForNoUpdate) {
    const std::string an = add("an@mees.example");
    EXPECT_FALSE((*helpdesk_)->discover("customer")->can_delete);
    const std::string token = helpdesk_->read().token(an);
    const Receipt receipt = helpdesk_->write(ConnectedSystem::deletion(an, token));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(receipt.error.code, ErrorCode::PluginUnsupported);
    EXPECT_EQ(helpdesk_->read().token(an), token);
}

TEST_F(RequestTrackerConnector, NeverClaimsToKnowWhatWasStored) {
    const std::string an = add("an@mees.example");
    const Receipt receipt = set(an, {{"Zip", RawValue::of_text("B-9000 and something else")}});
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Stored);
    EXPECT_FALSE(receipt.stored);
    EXPECT_EQ(receipt.token, "");
    EXPECT_EQ(text_in(helpdesk_->lookup({an})[0].fields, "Zip"), "B-9000 and somet");
}

TEST_F(RequestTrackerConnector, CreatesOnceHoweverOftenItTries) {
    const Delivery create = creation("bo@mees.example");
    EXPECT_TRUE((*helpdesk_)->lookup_created(create)->empty());
    const Receipt first = helpdesk_->write(create);
    ASSERT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    EXPECT_EQ(held(first.remote_id.text(), "RealName"), "Bo Mees");
    EXPECT_FALSE(server_->desk().find(first.remote_id.text())->privileged);
    const auto made = (*helpdesk_)->lookup_created(create);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), 1U);
    EXPECT_EQ(made->front().remote_id, first.remote_id);
    EXPECT_EQ(helpdesk_->write(create).outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(helpdesk_->read().records.size(), 1U);

    const Delivery nameless = helpdesk_->creation({{"RealName", RawValue::of_text("Cy Mees")}});
    const Receipt cy = helpdesk_->write(nameless);
    ASSERT_EQ(cy.outcome, Receipt::Outcome::Stored) << cy.error.detail;
    EXPECT_TRUE(held(cy.remote_id.text(), "Name").starts_with("syncline-"));
    EXPECT_EQ((*helpdesk_)->lookup_created(nameless)->front().remote_id, cy.remote_id);
}

TEST_F(RequestTrackerConnector, ATakenAddressIsADuplicateOfThatField) {
    add("an@mees.example");
    const std::string bo = add("bo@mees.example");
    const Receipt update =
        set(bo,
            {{"EmailAddress", RawValue::of_text("AN@mees.example")},
             {"City", RawValue::of_text("Mons")}});
    EXPECT_EQ(update.outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(update.refused_field, "EmailAddress");
    EXPECT_EQ(update.error.detail.find("mees.example"), std::string::npos);
    EXPECT_EQ(held(bo, "EmailAddress"), "bo@mees.example");
    Delivery create = creation("an@mees.example");
    create.whole["Name"] = RawValue::of_text("somebody-else");
    const Receipt second = helpdesk_->write(create);
    EXPECT_EQ(second.outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(second.refused_field, "EmailAddress");
}

TEST_F(RequestTrackerConnector, AWrongTokenIsUnauthorisedAndStaysOutOfEveryMessage) {
    ConnectedSystem stranger("request-tracker", settings_with("1-22-wrong"));
    const auto checked = stranger->check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::RemoteUnauthorised);
    EXPECT_EQ(checked.error().remedy, Remedy::Reauthorise);
    EXPECT_EQ(checked.error().detail.find("1-22-wrong"), std::string::npos);
    EXPECT_EQ(stranger.read().error->code, ErrorCode::RemoteUnauthorised);
    EXPECT_EQ(stranger.write(creation("x@mees.example")).outcome, Receipt::Outcome::NotSent);
}

TEST_F(RequestTrackerConnector, AFailedReadIsUnavailableWhateverItsMethod) {
    add("an@mees.example");
    const std::string cursor = position();
    for (const auto& fault :
         {&Misbehaviour::server_error_every, &Misbehaviour::reset_before_every}) {
        Misbehaviour bad;
        bad.*fault = 1;
        server_->misbehave(bad);
        EXPECT_EQ(helpdesk_->read().error->code, ErrorCode::RemoteUnavailable);
        EXPECT_EQ(follow(cursor).error->code, ErrorCode::RemoteUnavailable);
        EXPECT_EQ((*helpdesk_)->check().error().code, ErrorCode::RemoteUnavailable);
        EXPECT_EQ(
            (*helpdesk_)->lookup_created(creation("x@mees.example")).error().code,
            ErrorCode::RemoteUnavailable
        );
    }
    Misbehaviour busy;
    busy.rate_limit_every = 1;
    server_->misbehave(busy);
    EXPECT_EQ(helpdesk_->read().error->code, ErrorCode::RemoteRateLimited);
    // The listing itself, after the first request was answered.
    Misbehaviour second;
    second.reset_before_every = 2;
    server_->misbehave(second);
    EXPECT_EQ(helpdesk_->read().error->code, ErrorCode::RemoteUnavailable);
    server_->misbehave({});
    EXPECT_TRUE(helpdesk_->read().summary);
}

TEST_F(RequestTrackerConnector, AWriteWithoutAnAnswerIsInDoubtAndSentOnce) {
    const std::string an = add("an@mees.example");
    struct Case {
        std::uint32_t Misbehaviour::*fault;
        Receipt::Outcome outcome;
        bool written;
    };
    const std::vector<Case> cases{
        {&Misbehaviour::rate_limit_every, Receipt::Outcome::NotSent, false},
        {&Misbehaviour::server_error_every, Receipt::Outcome::InDoubt, false},
        {&Misbehaviour::reset_before_every, Receipt::Outcome::InDoubt, false},
        {&Misbehaviour::reset_after_write_every, Receipt::Outcome::InDoubt, true},
        {&Misbehaviour::server_error_after_write_every, Receipt::Outcome::InDoubt, true}};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Misbehaviour bad;
        bad.*(cases[i].fault) = 1;
        bad.times = 1;  // a blind retry would succeed
        const std::string city = "City " + std::to_string(i);
        server_->misbehave(bad);
        EXPECT_EQ(set(an, {{"City", RawValue::of_text(city)}}).outcome, cases[i].outcome) << i;
        EXPECT_EQ(held(an, "City") == city, cases[i].written) << i;

        server_->misbehave(bad);
        const Delivery create = creation("new" + std::to_string(i) + "@mees.example");
        EXPECT_EQ(helpdesk_->write(create).outcome, cases[i].outcome) << i;
        EXPECT_EQ((*helpdesk_)->lookup_created(create)->size(), cases[i].written ? 1U : 0U) << i;
        server_->misbehave({});
    }
}

TEST_F(RequestTrackerConnector, NoServerMeansNotSent) {
    Json nowhere = settings_with("1-22-0");
    server_.reset();
    ConnectedSystem system("request-tracker", nowhere);
    EXPECT_EQ(system->check().error().code, ErrorCode::RemoteUnavailable);
    const Receipt receipt = system.write(creation("x@mees.example"));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent) << receipt.error.detail;
}

TEST_F(RequestTrackerConnector, FindsARenewedTokenAndAddressWithoutARestart) {
    const auto folder = fresh_folder();
    place_file(folder / "token", "1-22-wrong\n");
    place_file(folder / "url", server_->url() + "\n");
    const Json settings{
        {"url", {{"$file", (folder / "url").string()}}},
        {"token", {{"$secret", "file:" + (folder / "token").string()}}}};
    ConnectedSystem system("request-tracker", settings);
    EXPECT_EQ(system->check().error().code, ErrorCode::RemoteUnauthorised);
    place_file(folder / "token", server_->token() + "\n");
    EXPECT_TRUE(system->check());
}

TEST_F(RequestTrackerConnector, SaysPreciselyWhatIsWrongWithItsSettings) {
    const auto refusal = [&](const Json& wrong) {
        ConnectedSystem system("request-tracker", wrong);
        const auto checked = system->check();
        EXPECT_FALSE(checked);
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid);
        return checked.error().where + ": " + checked.error().detail;
    };
    EXPECT_EQ(refusal({{"url", server_->url()}}), "/token: this setting is missing");
    Json wrong = settings_with("t");
    wrong["tokn"] = "x";
    EXPECT_TRUE(refusal(wrong).starts_with("tested: settings has no \"tokn\"; there are url, token")
    );
}

}  // namespace
}  // namespace syncline::testing
