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

TEST_F(PostgresqlWrites, ATextWithANulIsRefused) {
    add(1, "'An', NULL, 1");
    const Receipt receipt = write("1", "name", RawValue::of_text(std::string("a\0b", 3)));
    EXPECT_EQ(receipt.outcome, Out::Refused) << receipt.error.detail;
    EXPECT_EQ(receipt.refused_field, "name");
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
}

TEST_F(PostgresqlWrites, AnIndexOfAnExpressionNamesTheColumnWithinIt) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', NULL, 1");
    run("ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE UNIQUE INDEX one_mail ON customers(lower(email))");
    const Receipt folded = write("2", "email", RawValue::of_text("AN@mees.example"));
    EXPECT_EQ(folded.outcome, Out::Duplicate) << folded.error.detail;
    EXPECT_EQ(folded.refused_field, "email");
}

TEST_F(PostgresqlWrites, AReferenceThatIsCheckedAtTheEndKeepsARow) {
    add(1, "'An', NULL, 1");
    run("CREATE TABLE orders(customer int REFERENCES customers(id) DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO orders VALUES(1)");
    const Receipt receipt = erp().write(ConnectedSystem::deletion("1"));
    EXPECT_EQ(receipt.outcome, Out::Refused) << receipt.error.detail;
    EXPECT_TRUE(has(receipt.error.detail, "violates foreign key")) << receipt.error.detail;
    EXPECT_EQ(run("SELECT count(*) FROM customers"), "1");
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
