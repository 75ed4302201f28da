// Decisions as the command line and the control socket ask for them, over a real hub folder.

#include "app/operations.hpp"

#include "app/record_reference.hpp"
#include "app/wiring.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

constexpr const char* kHub =
    R"({ "hub": { "id": "test", "default_country": "BE" }, "systems": ["erp.json"] })";
constexpr const char* kErp =
    R"({ "system": "erp", "connector": "sql",
         "mapping": { "customer": [{ "field": "name", "remote": "name" }] } })";

/// A hub whose system is never reached.
class OperationsTest : public ::testing::Test {
protected:
    OperationsTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / (std::string("operations_") + test->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        testing::write_file(folder_ / "hub.json", kHub);
        testing::write_file(folder_ / "erp.json", kErp);
        const Places places(folder_);
        const auto made = initialise_workspace(places, environment_.clock);
        EXPECT_TRUE(made) << made.error().detail;
        workspace_ = Workspace::open(places, Opening::Writer, environment_.clock).value();
        hub_ = HubEngine::create(*workspace_, environment_, log_, {}).value();
    }
    ~OperationsTest() override { fs::remove_all(folder_); }

    CaseId store_case(CaseKind kind, std::vector<Candidate> candidates) {
        Case item;
        item.id = mint<CaseId>(environment_.clock.now(), environment_.random);
        item.kind = kind;
        item.candidates = std::move(candidates);
        item.opened_at = environment_.clock.now();
        store::CommitBatch batch;
        batch.cases.push_back(item);
        workspace_->store().commit(batch);
        return item.id;
    }
    Candidate candidate() {
        return {mint<CustomerId>(environment_.clock.now(), environment_.random), {}, "same name"};
    }
    Error refusal(const std::string& operation, const Json& params) {
        const auto done = perform(hub_->engine(), *workspace_, operation, params);
        EXPECT_FALSE(done);
        return done ? Error{} : done.error();
    }
    Error link_refusal(const CaseId& review) {
        return refusal("answer_review", {{"review", to_text(review)}, {"answer", "link"}});
    }

    fs::path folder_;
    Environment environment_;
    NoLog log_;
    std::unique_ptr<Workspace> workspace_;
    std::unique_ptr<HubEngine> hub_;
};

TEST_F(OperationsTest, ALinkWithoutACandidateSaysWhatToDo) {
    const CaseId review = store_case(CaseKind::Association, {});
    const Error error = link_refusal(review);
    const std::string id = short_text(review);
    EXPECT_EQ(error.code, ErrorCode::UsageInvalid);
    EXPECT_EQ(
        error.detail,
        "this review proposes no customer; name one with `syncline reviews link " + id +
            " RECORD`, or make it a customer of its own with `syncline reviews new " + id + "`"
    );
}

TEST_F(OperationsTest, ALinkWithSeveralCandidatesAsksForOne) {
    const CaseId review = store_case(CaseKind::Association, {candidate(), candidate()});
    const Error error = link_refusal(review);
    EXPECT_EQ(error.code, ErrorCode::UsageInvalid);
    EXPECT_TRUE(error.detail.starts_with("several customers are possible; ")) << error.detail;
    EXPECT_NE(error.detail.find("`syncline reviews show " + short_text(review)), std::string::npos);
}

TEST_F(OperationsTest, ALinkOfAReviewThatAsksForNoCustomerSaysWhatItIsAbout) {
    for (const auto& [kind, word] :
         {std::pair(CaseKind::Gone, "gone"), std::pair(CaseKind::Duplicate, "duplicate")}) {
        const Error error = link_refusal(store_case(kind, {candidate()}));
        EXPECT_EQ(error.code, ErrorCode::UsageInvalid);
        EXPECT_NE(
            error.detail.find("this review is about a " + std::string(word) + " record"),
            std::string::npos
        ) << error.detail;
        EXPECT_NE(error.detail.find("`reviews dismiss`"), std::string::npos);
    }
}

TEST_F(OperationsTest, WhatIsNoOperationOrLacksAParameterIsRefused) {
    EXPECT_EQ(refusal("paint", Json::object()).code, ErrorCode::UsageInvalid);
    EXPECT_EQ(refusal("pause", Json::object()).code, ErrorCode::UsageInvalid);
    EXPECT_EQ(refusal("pause", {{"system", 7}}).code, ErrorCode::UsageInvalid);
    EXPECT_EQ(refusal("pause", {{"system", "crm"}}).code, ErrorCode::NotFound);
}

TEST_F(OperationsTest, AGroupOfQuarantinedItemsIsTriedAgain) {
    store::CommitBatch batch;
    for (int i = 0; i < 3; ++i) {
        QuarantineItem item;
        item.system = SystemId{i < 2 ? "erp" : "books"};
        item.remote_id = RemoteId{std::to_string(i)};
        item.code = i == 0 ? ErrorCode::MappingFailed : ErrorCode::RemoteRefused;
        batch.quarantined.push_back(std::move(item));
    }
    workspace_->store().commit(batch);
    const auto retried = [&](const Json& params) {
        const auto done = perform(hub_->engine(), *workspace_, "retry_quarantined", params);
        return done ? (*done)["retried"].get<int>() : -1;
    };
    EXPECT_EQ(retried({{"system", "erp"}, {"code", "remote_refused"}}), 1);
    for (const QuarantineItem& item : workspace_->store().quarantine())
        EXPECT_EQ(item.retry_requested, item.remote_id == RemoteId{"1"}) << item.remote_id.text();
    EXPECT_EQ(retried({{"code", "remote_refused"}}), 2);
    EXPECT_EQ(retried({{"system", "erp"}}), 2);
    EXPECT_EQ(retried({{"system", "nobody"}}), 0);
    EXPECT_EQ(refusal("retry_quarantined", {{"code", "bad"}}).code, ErrorCode::UsageInvalid);
}

TEST_F(OperationsTest, AResyncIsRememberedUntilTheNextReading) {
    ASSERT_TRUE(perform(hub_->engine(), *workspace_, "resync", {{"system", "erp"}}));
    const auto states = workspace_->store().system_states();
    ASSERT_EQ(states.size(), 1U);
    EXPECT_NE(states[0].listing_wanted_at, Timestamp{});
    EXPECT_EQ(refusal("resync", {{"system", "books"}}).code, ErrorCode::NotFound);
}

TEST(Reach, OfOperationsThatCallSystemsThemselves) {
    EXPECT_TRUE(reach_of("apply", Json::object()).calls_systems);
    EXPECT_TRUE(reach_of("apply", Json::object()).systems.empty());
    const Reach one = reach_of("resync", {{"system", "erp"}, {"record", "17"}});
    EXPECT_TRUE(one.calls_systems);
    EXPECT_EQ(one.systems, std::vector{SystemId{"erp"}});
    EXPECT_FALSE(reach_of("resync", {{"system", "erp"}}).calls_systems);
    EXPECT_FALSE(reach_of("resolve_conflict", Json::object()).calls_systems);
}

}  // namespace
}  // namespace syncline::app
