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

TEST_F(PostgresqlConnection, AMissingPasswordAndAnUnsafeServerAreNamed) {
    Json wrong = settings();
    wrong["database"]["postgresql"].erase("password");
    EXPECT_TRUE(has(refusal(wrong, ErrorCode::RemoteUnauthorised), "wants a password"));
    wrong = settings();
    wrong["database"]["postgresql"]["tls"] = "encrypt";
    EXPECT_TRUE(has(refusal(wrong), "is not safe"));
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
