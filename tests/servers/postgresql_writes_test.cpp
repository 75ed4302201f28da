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

}  // namespace
}  // namespace syncline::testing
