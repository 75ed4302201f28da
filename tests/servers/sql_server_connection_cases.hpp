#pragma once

// The way to every database server. Include once in each program and instantiate for
// its kinds.

#include "servers/sql_server_fixture.hpp"
#include "servers/tcp_gate.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace syncline::testing {

TEST_P(SqlServer, AWrongPasswordIsUnauthorised) {
    Json wrong = settings();
    server(wrong)["password"] = "guessed";
    EXPECT_EQ(refusal(wrong, ErrorCode::RemoteUnauthorised), GetParam().wrong_password);
}

TEST_P(SqlServerPlace, SaysPreciselyWhatIsWrongWithItsPlace) {
    const std::string where = std::string("settings/database/") + GetParam().name;
    EXPECT_EQ(refusal(with("host", "")), where + "/host is missing or not a text");
    EXPECT_EQ(refusal(with("port", "x")), where + "/port must be a port number");
    EXPECT_EQ(
        refusal(with("tls", "on")), where + "/tls can only be \"verify\", \"encrypt\" or \"off\""
    );
    EXPECT_TRUE(has(refusal(with("socket", "/tmp")), " has no \"socket\""));
    EXPECT_TRUE(has(refusal(with("database", "nowhere")), "no database of that name"));
}

TEST_P(SqlServer, SaysPreciselyWhatIsWrongWithItsSettings) {
    const std::string where = std::string("settings/database/") + GetParam().name;
    EXPECT_EQ(refusal(with("timeout", "2m")), where + "/timeout must be at most \"1m\"");
    Json wrong = settings();
    wrong["database"]["sqlite"] = "erp.sqlite";
    EXPECT_EQ(refusal(wrong), "settings/database must name one database");
    wrong = settings();
    wrong["entities"]["customer"]["table"] = "clients";
    EXPECT_EQ(refusal(wrong), "the database has no table or view \"clients\"");
    wrong = settings();
    wrong["entities"]["customer"]["columns"].push_back("fax");
    EXPECT_EQ(refusal(wrong), "table \"customers\" has no column \"fax\"");
}

TEST_P(SqlServer, WhileTheServerIsAwayNothingIsSentAndThenItGoesOn) {
    add(1, "'An', NULL, 1");
    ASSERT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
    database_->stop();
    const Reading none = erp().read();
    ASSERT_TRUE(none.error);
    EXPECT_EQ(none.error->code, ErrorCode::RemoteUnavailable) << none.error->detail;
    const Receipt unsent = write("1", "name", RawValue::of_text("Anna"));
    EXPECT_EQ(unsent.outcome, Out::NotSent) << unsent.error.detail;
    database_->start();
    EXPECT_EQ(write("1", "name", RawValue::of_text("Anna")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT name FROM customers"), "Anna");
}

TEST_P(SqlServer, OneThatTheServerClosedIsMadeAnew) {
    add(1, "'An', NULL, 1");
    ASSERT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
    database_->end_sessions_of_hub();
    EXPECT_EQ(write("1", "name", RawValue::of_text("Anna")).outcome, Out::Stored);
}

class SqlServerGate : public SqlServer {
protected:
    void SetUp() override {
        SqlServer::SetUp();
        if (IsSkipped()) return;
        gate_.emplace(database_->port());
        Json through = settings();
        through["database"] = database_->settings_at(gate_->port());
        server(through)["timeout"] = "1s";
        erp(through);
        add(1, "'An', NULL, 1");
        ASSERT_TRUE(erp().read().summary);
    }
    Receipt write_cut_at(const std::string& word, TcpGate::Cut cut) {
        gate_->cut_at(word, cut);
        const Receipt receipt = write("1", "name", RawValue::of_text("Ann"));
        EXPECT_TRUE(gate_->has_cut());
        return receipt;
    }
    std::string name() { return run("SELECT name FROM customers"); }

    std::optional<TcpGate> gate_;
};

TEST_P(SqlServerGate, LostBeforeTheCommitNothingWasSent) {
    for (const char* word : {GetParam().first, "UPDATE"}) {
        for (const auto cut : {TcpGate::Cut::BeforeItArrives, TcpGate::Cut::BeforeTheAnswer}) {
            const Receipt receipt = write_cut_at(word, cut);
            EXPECT_EQ(receipt.outcome, Out::NotSent) << word << receipt.error.detail;
            EXPECT_EQ(name(), "An");
        }
    }
    EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
}

TEST_P(SqlServerGate, LostAtTheCommitItIsInDoubt) {
    const Receipt unarrived = write_cut_at("COMMIT", TcpGate::Cut::BeforeItArrives);
    EXPECT_EQ(unarrived.outcome, Out::InDoubt) << unarrived.error.detail;
    EXPECT_EQ(name(), "An");
    const Receipt unanswered = write_cut_at("COMMIT", TcpGate::Cut::BeforeTheAnswer);
    EXPECT_EQ(unanswered.outcome, Out::InDoubt) << unanswered.error.detail;
    EXPECT_EQ(name(), "Ann");
    EXPECT_EQ(text_in(erp().lookup({"1"}).front().fields, "name"), "Ann");
}

TEST_P(SqlServerGate, AServerThatSaysNothingIsNotWaitedForForEver) {
    const Receipt silent = write_cut_at("COMMIT", TcpGate::Cut::Silently);
    EXPECT_EQ(silent.outcome, Out::InDoubt) << silent.error.detail;
    EXPECT_TRUE(has(silent.error.detail, "did not answer")) << silent.error.detail;
    EXPECT_TRUE(erp().read().summary);
}

}  // namespace syncline::testing
