// How the sql connector writes several rows of a PostgreSQL table at once.

#include "servers/postgresql_fixture.hpp"
#include "servers/tcp_gate.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Out = Receipt::Outcome;

class PostgresqlBatch : public PostgresqlErp {
protected:
    void SetUp() override {
        PostgresqlErp::SetUp();
        if (IsSkipped()) return;
        for (const char* row : {"'An', 'an@mees.example', 1", "'Bo', NULL, 1", "'Cy', NULL, 1"})
            add(++rows_, row);
        // Which rows were written in one transaction.
        run("CREATE TABLE written(id int, txid xid8 DEFAULT pg_current_xact_id());"
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "INSERT INTO written(id) VALUES(NEW.id); RETURN NULL; END$$;"
            "CREATE TRIGGER note AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION note()");
    }
    std::string transactions() const { return run("SELECT count(DISTINCT txid) FROM written"); }
    std::string names() const {
        return run("SELECT string_agg(name, ',' ORDER BY id) FROM customers");
    }
    using Edits = std::vector<std::pair<std::string, std::string>>;  ///< ids and new values

    std::vector<Receipt> write_all(const char* field, const Edits& edits) {
        std::vector<Delivery> deliveries;
        for (const auto& [id, value] : edits)
            deliveries.push_back(
                ConnectedSystem::change(id, seen_.token(id), {{field, RawValue::of_text(value)}})
            );
        return write_all(std::move(deliveries));
    }
    /// In one call; what became of each, in their order.
    std::vector<Receipt> write_all(std::vector<Delivery> deliveries) {
        for (Delivery& delivery : deliveries)
            delivery.attempt.id = mint<AttemptId>(Timestamp{}, random_);
        const std::vector<Receipt> given = erp()->write("customer", deliveries);
        std::vector<Receipt> ordered;
        for (const Delivery& delivery : deliveries) {
            const auto is_it = [&](const Receipt& receipt) {
                return receipt.attempt == delivery.attempt.id;
            };
            ordered.push_back(*std::find_if(given.begin(), given.end(), is_it));
        }
        return ordered;
    }
    void read() { seen_ = erp().read(); }
    void sleep_when_written(int id, const std::string& seconds) const {
        const std::string name = "slow" + std::to_string(id);
        run("CREATE FUNCTION " + name +
            "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(" + seconds +
            "); RETURN NEW; END$$; CREATE TRIGGER " + name +
            " BEFORE UPDATE ON customers FOR EACH ROW WHEN (NEW.id = " + std::to_string(id) +
            ") EXECUTE FUNCTION " + name + "()");
    }
    static void wait_until_the_hub_sleeps() {
        const PostgresqlClient watching("erp");
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < until &&
               watching.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
                            "AND application_name = 'syncline'") == "0")
            std::this_thread::yield();
    }

    int rows_ = 0;
    Reading seen_;
    SeededRandom random_;
};

TEST_F(PostgresqlBatch, RowsOfOneCallAreWrittenInOneTransaction) {
    read();
    run("UPDATE customers SET name = 'Bob' WHERE id = 2; DELETE FROM written");
    const auto receipts = write_all("name", {{"1", "Anna"}, {"2", "Over"}, {"3", "Cyril"}});
    EXPECT_EQ(receipts[0].outcome, Out::Stored);
    EXPECT_EQ(receipts[1].outcome, Out::Conflict);
    EXPECT_EQ(receipts[2].outcome, Out::Stored);
    EXPECT_EQ(names(), "Anna,Bob,Cyril");
    EXPECT_EQ(transactions(), "1") << "an edit in one row is no reason to write the others alone";
    EXPECT_EQ(receipts[2].token, erp().read().token("3"));
}

TEST_F(PostgresqlBatch, ARefusedRowLeavesTheOthers) {
    read();
    const auto receipts = write_all(
        "email", {{"2", "bo@mees.example"}, {"3", "an@mees.example"}, {"1", "x@y.example"}}
    );
    EXPECT_EQ(receipts[0].outcome, Out::Stored);
    EXPECT_EQ(receipts[1].outcome, Out::Duplicate);
    EXPECT_EQ(receipts[1].refused_field, "email");
    EXPECT_EQ(receipts[1].duplicate_of.text(), "1");
    EXPECT_EQ(receipts[2].outcome, Out::Stored);
    EXPECT_EQ(
        run("SELECT string_agg(COALESCE(email, '-'), ',' ORDER BY id) FROM customers"),
        "x@y.example,bo@mees.example,-"
    );
}

TEST_F(PostgresqlBatch, WhatIsRefusedAtTheCommitLeavesTheOthers) {
    run("CREATE TABLE orders(customer int REFERENCES customers(id) DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO orders VALUES(2)");
    read();
    std::vector<Delivery> deletions;
    for (const char* id : {"1", "2", "3"})
        deletions.push_back(ConnectedSystem::deletion(id));
    const auto receipts = write_all(std::move(deletions));
    EXPECT_EQ(receipts[0].outcome, Out::Stored);
    EXPECT_EQ(receipts[1].outcome, Out::Refused);
    EXPECT_EQ(receipts[2].outcome, Out::Stored);
    EXPECT_EQ(names(), "Bo");
}

// Another program waits for what the batch holds, and holds what it wants then. Who has waited for
// longer is the one whom the server would end.
TEST_F(PostgresqlBatch, NobodyElsesTransactionEndsInADeadlock) {
    sleep_when_written(2, "0.02");
    read();
    run("BEGIN; UPDATE customers SET credit = 3 WHERE id = 3");
    std::thread person([this] {
        wait_until_the_hub_sleeps();
        EXPECT_NO_THROW(run("UPDATE customers SET credit = 3 WHERE id = 1"));
        EXPECT_NO_THROW(run("COMMIT"));
    });
    const auto receipts = write_all("name", {{"1", "Anna"}, {"2", "Bob"}, {"3", "Cyril"}});
    person.join();
    EXPECT_EQ(receipts[1].outcome, Out::Stored);
    EXPECT_EQ(receipts[2].outcome, Out::Conflict);
    EXPECT_EQ(run("SELECT string_agg(credit::text, ',' ORDER BY id) FROM customers"), "3,1,3");
}

TEST_F(PostgresqlBatch, AnEditAfterTheRowsWereReadIsNotWrittenOver) {
    sleep_when_written(1, "0.05");
    read();
    std::thread person([this] {
        wait_until_the_hub_sleeps();
        run("UPDATE customers SET name = 'Bea' WHERE id = 2");
    });
    const auto receipts = write_all("name", {{"1", "Anna"}, {"2", "Over"}, {"3", "Cyril"}});
    person.join();
    EXPECT_EQ(receipts[0].outcome, Out::Stored);
    EXPECT_EQ(receipts[1].outcome, Out::Conflict);
    EXPECT_EQ(receipts[2].outcome, Out::Stored);
    EXPECT_EQ(names(), "Anna,Bea,Cyril");
}

TEST_F(PostgresqlBatch, RowsAreNotKeptFromOthersForLong) {
    for (const int id : {1, 2, 3})
        sleep_when_written(id, "0.12");
    read();
    for (const Receipt& receipt : write_all("name", {{"1", "Anna"}, {"2", "Bob"}, {"3", "Cyril"}}))
        EXPECT_EQ(receipt.outcome, Out::Stored);
    EXPECT_EQ(transactions(), "3");
}

TEST_F(PostgresqlBatch, ATableThatIsAlteredMeanwhileIsWrittenAsItIsNow) {
    for (const char* name : {"An1", "An2", "An3"})
        ASSERT_EQ(write("1", "name", RawValue::of_text(name)).outcome, Out::Stored);
    run("ALTER TABLE customers ALTER COLUMN name TYPE integer USING 7");
    const Receipt altered = write("1", "name", RawValue::of_number("8"));
    EXPECT_EQ(altered.outcome, Out::NotSent) << altered.error.detail;
    EXPECT_EQ(write("1", "name", RawValue::of_number("8")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT name FROM customers WHERE id = 1"), "8");
}

TEST_F(PostgresqlBatch, LostBeforeItsCommitItIsWrittenAgainAndAtItsCommitAllIsInDoubt) {
    TcpGate gate(PostgresqlServer::instance().port());
    Json through = settings();
    through["database"]["postgresql"]["port"] = gate.port();
    erp_.emplace("sql", through);
    read();
    gate.cut_at("UPDATE", TcpGate::Cut::BeforeTheAnswer);
    for (const Receipt& receipt : write_all("name", {{"1", "Anna"}, {"2", "Bob"}}))
        EXPECT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_TRUE(gate.has_cut());
    read();
    gate.cut_at("COMMIT", TcpGate::Cut::BeforeTheAnswer);
    for (const Receipt& receipt : write_all("name", {{"1", "Anne"}, {"3", "Cyd"}}))
        EXPECT_EQ(receipt.outcome, Out::InDoubt) << receipt.error.detail;
    EXPECT_EQ(names(), "Anne,Bob,Cyd");
}

}  // namespace
}  // namespace syncline::testing
