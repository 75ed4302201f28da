// What the sql connector writes to a real PostgreSQL server, what is refused there, and what others
// do at the same time.

#include "servers/postgresql_fixture.hpp"

#include <chrono>
#include <thread>

namespace syncline::testing {
namespace {

using PostgresqlWrites = PostgresqlErp;
using Out = Receipt::Outcome;

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST_F(PostgresqlWrites, WritesWhenTheVersionIsRight) {
    add(1, "'An', 'an@mees.example', 1.5");
    const Receipt receipt = erp().write(ConnectedSystem::change(
        "1",
        erp().read().token("1"),
        {{"name", RawValue::of_text("Ann \"O'Mees\"; --")},
         {"email", RawValue::null()},
         {"credit", RawValue::of_number("1250.10")}}
    ));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "Ann \"O'Mees\"; --");
    EXPECT_EQ(run("SELECT email FROM customers"), "(null)");
    EXPECT_EQ(run("SELECT credit FROM customers"), "1250.1");
    EXPECT_EQ(run("SELECT now() - updated_at BETWEEN '0s' AND '1 minute' FROM customers"), "t");
    ASSERT_TRUE(receipt.stored);
    EXPECT_EQ(receipt.token, erp().read().token("1"));
}

TEST_F(PostgresqlWrites, ATimeWithoutAZoneIsThatOfTheServersOtherPrograms) {
    run("CREATE TABLE naive(id int PRIMARY KEY, name text, changed timestamp, day date);"
        "INSERT INTO naive VALUES(1, 'An')");
    ConnectedSystem system(
        "sql",
        of_table(
            {{"table", "naive"},
             {"key", "id"},
             {"columns", {"name"}},
             {"touch", {{"changed", "now"}, {"day", "now"}}}}
        )
    );
    const Receipt receipt =
        system.write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}}));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT localtimestamp - changed BETWEEN '0s' AND '1 minute' FROM naive"), "t");
    EXPECT_EQ(run("SELECT current_date - day <= 1 FROM naive"), "t");
}

TEST_F(PostgresqlWrites, WhatIsAnsweredIsDurable) {
    add(1, "'An', NULL, 1");
    run("CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN NEW.code := current_setting('synchronous_commit'); RETURN NEW; END$$;"
        "CREATE TRIGGER tell BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION tell()");
    run("ALTER DATABASE erp SET synchronous_commit = off");
    EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT code FROM customers"), "on");
}

TEST_F(PostgresqlWrites, WritesNothingOverAnEdit) {
    add(1, "'An', NULL, 1");
    const std::string stale = erp().read().token("1");
    run("UPDATE customers SET credit = 2");
    const auto change = ConnectedSystem::change("1", stale, {{"name", RawValue::of_text("Over")}});
    EXPECT_EQ(erp().write(change).outcome, Out::Conflict);
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1", stale)).outcome, Out::Conflict);
    EXPECT_EQ(run("SELECT name || credit FROM customers"), "An2");
    EXPECT_EQ(write("77", "name", RawValue::of_text("Nobody")).outcome, Out::Gone);
}

// The edit is not committed when the connector compares: the database has to compare again.
TEST_F(PostgresqlWrites, AnEditInFlightIsSeenWhenItIsCommitted) {
    add(1, "'An', NULL, 1");
    const std::string token = erp().read().token("1");
    for (const bool deletes : {false, true}) {
        run("BEGIN; UPDATE customers SET credit = credit + 1 WHERE id = 1");
        std::thread person([this] {
            const PostgresqlClient watching("postgres");
            while (watching.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                                "'Lock' AND application_name = 'syncline'") == "0")
                std::this_thread::yield();
            run("COMMIT");
        });
        const std::string seen = erp().read().token("1");
        const Receipt receipt = erp().write(
            deletes ? ConnectedSystem::deletion("1", seen)
                    : ConnectedSystem::change("1", token, {{"name", RawValue::of_text("Over")}})
        );
        person.join();
        EXPECT_EQ(receipt.outcome, Out::Conflict) << receipt.error.detail;
    }
    EXPECT_EQ(run("SELECT name || credit FROM customers"), "An3");
}

TEST_F(PostgresqlWrites, WaitsForALockAndThenSaysThatNothingWasSent) {
    add(1, "'An', NULL, 1");
    run("BEGIN; UPDATE customers SET credit = 2 WHERE id = 1");
    const Receipt receipt = write("1", "name", RawValue::of_text("Ann"));
    EXPECT_EQ(receipt.outcome, Out::NotSent);
    EXPECT_TRUE(has(receipt.error.detail, "locked by another program")) << receipt.error.detail;
    EXPECT_TRUE(erp().read().summary) << "readers wait for nobody";
    run("COMMIT");
    EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
}

TEST_F(PostgresqlWrites, NamesTheColumnThatIsRefusedAndNeverTheValue) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', 'bo@mees.example', 1");
    run("CREATE TABLE regions(code varchar(5) PRIMARY KEY);"
        "INSERT INTO regions VALUES('north');"
        "ALTER TABLE customers ADD CONSTRAINT region FOREIGN KEY(code) REFERENCES regions(code)");
    struct Case {
        const char* field;
        RawValue value;
        Out outcome;
    };
    for (const Case& refused : {
             Case{"email", RawValue::of_text("an@mees.example"), Out::Duplicate},
             Case{"name", RawValue::null(), Out::Refused},
             Case{"name", RawValue::of_text(std::string("a\0b", 3)), Out::Refused},
             Case{"credit", RawValue::of_number("-4242"), Out::Refused},
             Case{"credit", RawValue::of_text("plenty of it"), Out::Refused},
             Case{"code", RawValue::of_text("south-west"), Out::Refused},
             Case{"code", RawValue::of_text("south"), Out::Refused},
             Case{"shoe_size", RawValue::of_number("43"), Out::Refused},
         }) {
        const Receipt receipt = write("2", refused.field, refused.value);
        EXPECT_EQ(receipt.outcome, refused.outcome) << receipt.error.detail;
        EXPECT_EQ(receipt.refused_field, refused.field) << receipt.error.detail;
        if (refused.value.text.size() > 3)
            EXPECT_FALSE(has(receipt.error.detail, refused.value.text.c_str()))
                << receipt.error.detail;
    }
    EXPECT_EQ(
        run("SELECT name || email || credit FROM customers WHERE id = 2"), "Bobo@mees.example1"
    );
    EXPECT_EQ(write("2", "code", RawValue::of_text("north")).outcome, Out::Stored);
}

TEST_F(PostgresqlWrites, ADuplicateNamesTheRowThatIsInTheWay) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', NULL, 1");
    const Receipt taken = write("2", "email", RawValue::of_text("an@mees.example"));
    EXPECT_EQ(taken.outcome, Out::Duplicate);
    EXPECT_EQ(taken.duplicate_of.text(), "1");
    run("ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE UNIQUE INDEX one_mail ON customers(lower(email))");
    const Receipt folded = write("2", "email", RawValue::of_text("AN@mees.example"));
    EXPECT_EQ(folded.outcome, Out::Duplicate) << folded.error.detail;
    EXPECT_EQ(folded.refused_field, "email");
}

TEST_F(PostgresqlWrites, AReferenceKeepsARowAlsoWhenItIsCheckedAtTheEnd) {
    add(1, "'An', NULL, 1");
    add(2, "'Bo', NULL, 1");
    run("CREATE TABLE invoices(customer int REFERENCES customers(id));"
        "CREATE TABLE orders(customer int REFERENCES customers(id) DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO invoices VALUES(1); INSERT INTO orders VALUES(2)");
    for (const char* id : {"1", "2"}) {
        const Receipt receipt = erp().write(ConnectedSystem::deletion(id));
        EXPECT_EQ(receipt.outcome, Out::Refused) << receipt.error.detail;
        EXPECT_TRUE(has(receipt.error.detail, "violates foreign key")) << receipt.error.detail;
    }
    EXPECT_EQ(run("SELECT count(*) FROM customers"), "2");
    run("DELETE FROM invoices");
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1")).outcome, Out::Stored);
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1")).outcome, Out::Gone);
}

TEST_F(PostgresqlWrites, WhatATriggerOrARightKeepsIsNoConflict) {
    add(1, "'An', NULL, 1");
    run("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION "
        "keep()");
    const Receipt kept = write("1", "name", RawValue::of_text("Ann"));
    EXPECT_EQ(kept.outcome, Out::Refused);
    EXPECT_TRUE(has(kept.error.detail, "left the row as it was")) << kept.error.detail;
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1")).outcome, Out::Refused);
    run("DROP TRIGGER keep ON customers;"
        "CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'no % here', NEW.name; END$$;"
        "CREATE TRIGGER keep BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION keep()");
    const Receipt raised = write("1", "name", RawValue::of_text("Ann Mees"));
    EXPECT_EQ(raised.outcome, Out::Refused);
    EXPECT_TRUE(has(raised.error.detail, "no … here (SQLSTATE P0001)")) << raised.error.detail;
}

TEST_F(PostgresqlWrites, ASerializationFailureIsTriedAgain) {
    add(1, "'An', NULL, 1");
    run("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'later' USING ERRCODE = TG_ARGV[0]; END$$");
    for (const char* state : {"40001", "40P01", "53100", "57014"}) {
        run("CREATE OR REPLACE TRIGGER fail BEFORE UPDATE ON customers FOR EACH ROW EXECUTE "
            "FUNCTION fail('" +
            std::string(state) + "')");
        EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::NotSent) << state;
    }
}

TEST_F(PostgresqlWrites, AnswersEachOfSeveralWrites) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', 'bo@mees.example', 1");
    std::vector<Delivery> several;
    several.push_back(
        ConnectedSystem::change("2", "", {{"email", RawValue::of_text("an@mees.example")}})
    );
    several.push_back(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}}));
    several.push_back(ConnectedSystem::change("1", "stale", {{"name", RawValue::of_text("Anna")}}));
    for (std::size_t i = 0; i < several.size(); ++i)
        several[i].attempt.id = AttemptId{AttemptId::Raw{static_cast<std::uint8_t>(i + 1)}};
    const auto receipts = erp()->write("customer", several);
    ASSERT_EQ(receipts.size(), 3U);
    EXPECT_EQ(receipts[0].outcome, Out::Duplicate);
    EXPECT_EQ(receipts[1].outcome, Out::Stored);
    EXPECT_EQ(receipts[2].outcome, Out::Conflict);
}

TEST_F(PostgresqlWrites, AViewIsWrittenThroughAndAMissingRightIsNamed) {
    add(1, "'An', NULL, 1");
    run("CREATE VIEW people AS SELECT id, name FROM customers");
    ConnectedSystem people(
        "sql", of_table({{"table", "people"}, {"key", "id"}, {"columns", {"name"}}})
    );
    const Receipt written =
        people.write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}}));
    EXPECT_EQ(written.outcome, Out::Stored) << written.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "Ann");
    run("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'r34d-only';"
        "GRANT SELECT ON customers TO reader");
    Json wanted = settings();
    wanted["database"]["postgresql"]["user"] = "reader";
    wanted["database"]["postgresql"]["password"] = "r34d-only";
    ConnectedSystem reader("sql", wanted);
    EXPECT_EQ(reader.read().records.size(), 1U);
    const Receipt refused =
        reader.write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Bo")}}));
    EXPECT_EQ(refused.outcome, Out::NotSent);
    EXPECT_EQ(refused.error.code, ErrorCode::RemoteUnauthorised);
    EXPECT_TRUE(has(refused.error.detail, "permission denied")) << refused.error.detail;
}

}  // namespace
}  // namespace syncline::testing
