// The way to a real PostgreSQL server: refused, lost, slow, and settings that are wrong.

#include "servers/postgresql_fixture.hpp"
#include "servers/tcp_gate.hpp"

namespace syncline::testing {
namespace {

using PostgresqlConnection = PostgresqlErp;
using Out = Receipt::Outcome;

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST_F(PostgresqlConnection, AWrongPasswordIsUnauthorised) {
    Json wrong = settings();
    wrong["database"]["postgresql"]["password"] = "guessed";
    EXPECT_EQ(
        refusal(wrong, ErrorCode::RemoteUnauthorised),
        "the server refuses the user or the password (SQLSTATE 28P01)"
    );
    wrong["database"]["postgresql"].erase("password");
    EXPECT_TRUE(has(refusal(wrong, ErrorCode::RemoteUnauthorised), "wants a password"));
    wrong = settings();
    wrong["database"]["postgresql"]["database"] = "nowhere";
    EXPECT_TRUE(has(refusal(wrong), "no database of that name"));
    wrong = settings();
    wrong["database"]["postgresql"]["tls"] = "encrypt";
    EXPECT_TRUE(has(refusal(wrong), "is not safe"));
}

TEST_F(PostgresqlConnection, SaysPreciselyWhatIsWrongWithItsSettings) {
    const auto with = [](const char* key, const Json& value) {
        Json wrong = settings();
        wrong["database"]["postgresql"][key] = value;
        return wrong;
    };
    EXPECT_EQ(
        refusal(with("host", "")), "settings/database/postgresql/host is missing or not a text"
    );
    EXPECT_EQ(
        refusal(with("port", "x")), "settings/database/postgresql/port must be a port number"
    );
    EXPECT_EQ(
        refusal(with("tls", "on")),
        "settings/database/postgresql/tls can only be \"verify\", \"encrypt\" or \"off\""
    );
    EXPECT_EQ(
        refusal(with("timeout", "2m")),
        "settings/database/postgresql/timeout must be at most \"1m\""
    );
    EXPECT_TRUE(has(refusal(with("socket", "/tmp")), "/database/postgresql has no \"socket\""));
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

TEST_F(PostgresqlConnection, WhileTheServerIsAwayNothingIsSentAndThenItGoesOn) {
    add(1, "'An', NULL, 1");
    ASSERT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
    client_.reset();
    PostgresqlServer::instance().stop();
    const Reading none = erp().read();
    ASSERT_TRUE(none.error);
    EXPECT_EQ(none.error->code, ErrorCode::RemoteUnavailable);
    const Receipt unsent = write("1", "name", RawValue::of_text("Anna"));
    EXPECT_EQ(unsent.outcome, Out::NotSent) << unsent.error.detail;
    PostgresqlServer::instance().start();
    client_.emplace("erp");
    EXPECT_EQ(write("1", "name", RawValue::of_text("Anna")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT name FROM customers"), "Anna");
}

TEST_F(PostgresqlConnection, OneThatTheServerClosedIsMadeAnew) {
    add(1, "'An', NULL, 1");
    ASSERT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
    run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = "
        "'syncline'");
    EXPECT_EQ(write("1", "name", RawValue::of_text("Anna")).outcome, Out::Stored);
}

class PostgresqlGate : public PostgresqlErp {
protected:
    void SetUp() override {
        PostgresqlErp::SetUp();
        if (IsSkipped()) return;
        gate_.emplace(PostgresqlServer::instance().port());
        Json through = settings();
        through["database"]["postgresql"]["port"] = gate_->port();
        through["database"]["postgresql"]["timeout"] = "1s";
        erp_.emplace("sql", through);
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

TEST_F(PostgresqlGate, LostBeforeTheCommitNothingWasSent) {
    for (const char* word : {"BEGIN", "UPDATE"}) {
        for (const auto cut : {TcpGate::Cut::BeforeItArrives, TcpGate::Cut::BeforeTheAnswer}) {
            const Receipt receipt = write_cut_at(word, cut);
            EXPECT_EQ(receipt.outcome, Out::NotSent) << word << receipt.error.detail;
            EXPECT_EQ(name(), "An");
        }
    }
    EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
}

TEST_F(PostgresqlGate, LostAtTheCommitItIsInDoubt) {
    const Receipt unarrived = write_cut_at("COMMIT", TcpGate::Cut::BeforeItArrives);
    EXPECT_EQ(unarrived.outcome, Out::InDoubt) << unarrived.error.detail;
    EXPECT_EQ(name(), "An");
    const Receipt unanswered = write_cut_at("COMMIT", TcpGate::Cut::BeforeTheAnswer);
    EXPECT_EQ(unanswered.outcome, Out::InDoubt) << unanswered.error.detail;
    EXPECT_EQ(name(), "Ann");
    EXPECT_EQ(text_in(erp().lookup({"1"}).front().fields, "name"), "Ann");
}

TEST_F(PostgresqlGate, AServerThatSaysNothingIsNotWaitedForForEver) {
    const Receipt silent = write_cut_at("COMMIT", TcpGate::Cut::Silently);
    EXPECT_EQ(silent.outcome, Out::InDoubt) << silent.error.detail;
    EXPECT_TRUE(has(silent.error.detail, "did not answer")) << silent.error.detail;
    EXPECT_TRUE(erp().read().summary);
}

TEST_F(PostgresqlGate, AStatementThatTakesTooLongIsEnded) {
    run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN PERFORM pg_sleep(20); RETURN NEW; END$$;"
        "CREATE TRIGGER slow BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION slow()");
    const Receipt receipt = write("1", "name", RawValue::of_text("Ann"));
    EXPECT_EQ(receipt.outcome, Out::NotSent);
    EXPECT_TRUE(has(receipt.error.detail, "longer than \"timeout\" allows"))
        << receipt.error.detail;
    EXPECT_EQ(name(), "An");
}

}  // namespace
}  // namespace syncline::testing
