// What others do at the same time to customers that stand in several tables of a real PostgreSQL
// server.

#include "servers/postgresql_fixture.hpp"

#include <chrono>
#include <thread>

namespace syncline::testing {
namespace {

class PostgresqlSideTables : public PostgresqlErp {
protected:
    void SetUp() override {
        PostgresqlErp::SetUp();
        if (IsSkipped()) return;
        run("CREATE TABLE contact(customer_id int REFERENCES customers(id), value varchar(20) "
            "UNIQUE)");
    }
    void add_customers() {
        add(1, "'An', NULL, 1");
        add(2, "'Bo', NULL, 1");
    }
    static Json several() {
        Json wanted = settings();
        wanted["entities"]["customer"]["side_tables"] = {
            {"mail", {{"table", "contact"}, {"key", "customer_id"}, {"columns", {"value"}}}}};
        return wanted;
    }
    /// Writes while another's transaction is open, which is committed when the hub waits for it.
    Receipt write_during(const std::string& edit, const RawFields& patch) {
        const std::string token = erp_->read().token("1");
        run("BEGIN; " + edit);
        std::thread person([this] {
            const PostgresqlClient watching("postgres");
            const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
            while (std::chrono::steady_clock::now() < until &&
                   watching.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                                "'Lock' AND application_name = 'syncline'") == "0")
                std::this_thread::yield();
            run("COMMIT");
        });
        const Receipt receipt = erp_->write(ConnectedSystem::change("1", token, patch));
        person.join();
        return receipt;
    }
};

TEST_F(PostgresqlSideTables, AnEditInFlightBesideTheMainRowIsSeenWhenItIsCommitted) {
    add_customers();
    run("INSERT INTO contact VALUES(1, 'an@mees.example')");
    erp_.emplace("sql", several());
    const Receipt changed = write_during(
        "UPDATE contact SET value = 'a@b.example'",
        {{"mail.value", RawValue::of_text("over@x.example")}}
    );
    EXPECT_EQ(changed.outcome, Receipt::Outcome::Conflict) << changed.error.detail;
    run("DELETE FROM contact");
    const Receipt made = write_during(
        "INSERT INTO contact VALUES(1, 'late@x.example')",
        {{"mail.value", RawValue::of_text("over@x.example")}}
    );
    EXPECT_EQ(made.outcome, Receipt::Outcome::Conflict) << made.error.detail;
    EXPECT_EQ(run("SELECT string_agg(value, ',') FROM contact"), "late@x.example");
}

TEST_F(PostgresqlSideTables, ARefusedValueBesideTheMainRowIsNamedWithItsTable) {
    add_customers();
    run("INSERT INTO contact VALUES(1, 'an@mees.example')");
    erp_.emplace("sql", several());
    EXPECT_EQ(erp()->discover("customer")->fields.back().max_characters, 20U);
    const Receipt taken = write("2", "mail.value", RawValue::of_text("an@mees.example"));
    EXPECT_EQ(taken.outcome, Receipt::Outcome::Duplicate) << taken.error.detail;
    EXPECT_EQ(taken.refused_field, "mail.value");
    EXPECT_EQ(taken.duplicate_of.text(), "1");
    const Receipt unfit =
        write("2", "mail.value", RawValue::of_text("a.very.long.address@mees.example"));
    EXPECT_EQ(unfit.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(unfit.refused_field, "mail.value") << unfit.error.detail;
    // A row of the customer that settings do not mean stands in the way.
    run("ALTER TABLE contact ADD type text; ALTER TABLE contact ADD UNIQUE (customer_id)");
    Json chosen = several();
    chosen["entities"]["customer"]["side_tables"]["mail"]["where"] = {{"type", "email"}};
    erp_.emplace("sql", chosen);
    const Receipt other = write("1", "mail.value", RawValue::of_text("new@mees.example"));
    EXPECT_EQ(other.outcome, Receipt::Outcome::Duplicate) << other.error.detail;
    EXPECT_EQ(other.refused_field, "");
}

TEST_F(PostgresqlSideTables, ARecordIsReadAsOfOneMoment) {
    add_customers();
    // Reading the first customer's main row changes what stands beside it: a later statement of
    // the same transaction does not see it.
    run("INSERT INTO contact VALUES(1, 'before@x.example'); CREATE EXTENSION IF NOT EXISTS dblink;"
        "CREATE FUNCTION meddle(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM "
        "dblink_exec('host=127.0.0.1 port=" +
        std::to_string(PostgresqlServer::instance().port()) +
        " dbname=erp user=postgres password=" + PostgresqlServer::kPassword +
        "', 'UPDATE contact SET value = ''after@x.example'''); RETURN $1; END$$;"
        "CREATE VIEW meddling AS SELECT id, meddle(name) AS name FROM customers WHERE id = 1");
    Json wanted = several();
    wanted["entities"]["customer"]["table"] = "meddling";
    wanted["entities"]["customer"]["columns"] = {"name"};
    wanted["entities"]["customer"].erase("touch");
    erp_.emplace("sql", wanted);
    EXPECT_EQ(erp().lookup({"1"}).size(), 1U);
    EXPECT_EQ(run("SELECT value FROM contact"), "after@x.example");
    run("UPDATE contact SET value = 'before@x.example'");
    EXPECT_EQ(erp().read().text("1", "mail.value"), "before@x.example");
}

}  // namespace
}  // namespace syncline::testing
