#pragma once

// What is written to every database server. Include once in each program and instantiate for
// its kinds.

#include "servers/sql_server_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {

TEST_P(SqlServer, WritesWhenTheVersionIsRight) {
    add(1, "'An', 'an@mees.example', 1.5");
    const Receipt receipt = erp().write(ConnectedSystem::change(
        "1",
        erp().read().token("1"),
        {{"name", RawValue::of_text("Ann \"O'Mees\"; -- \\' 🙂")},
         {"email", RawValue::null()},
         {"credit", RawValue::of_number("1250.10")}}
    ));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "Ann \"O'Mees\"; -- \\' 🙂");
    EXPECT_EQ(run("SELECT email FROM customers"), "(null)");
    EXPECT_EQ(run("SELECT credit FROM customers"), "1250.10");
    EXPECT_EQ(
        run("SELECT count(*) FROM customers WHERE updated_at BETWEEN now() - interval '1' minute "
            "AND "
            "now() + interval '1' minute"),
        "1"
    );
    ASSERT_TRUE(receipt.stored);
    EXPECT_EQ(receipt.token, erp().read().token("1"));
    // The same values once more: the row is there, though nothing changes in it.
    EXPECT_EQ(write("1", "credit", RawValue::of_number("1250.10")).outcome, Out::Stored);
}

TEST_P(SqlServer, WritesNothingOverAnEdit) {
    add(1, "'An', NULL, 1");
    const std::string stale = erp().read().token("1");
    run("UPDATE customers SET credit = 2");
    const auto change = ConnectedSystem::change("1", stale, {{"name", RawValue::of_text("Over")}});
    EXPECT_EQ(erp().write(change).outcome, Out::Conflict);
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1", stale)).outcome, Out::Conflict);
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
    EXPECT_EQ(write("77", "name", RawValue::of_text("Nobody")).outcome, Out::Gone);
}

// The edit is not committed when the connector compares: the database has to compare again.
TEST_P(SqlServer, AnEditInFlightIsSeenWhenItIsCommitted) {
    add(1, "'An', NULL, 1");
    const std::string token = erp().read().token("1");
    for (const bool deletes : {false, true}) {
        run("BEGIN; UPDATE customers SET credit = credit + 1 WHERE id = 1");
        std::thread person([this] {
            const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
            while (std::chrono::steady_clock::now() < until && !database_->hub_waits())
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
    EXPECT_EQ(run("SELECT name FROM customers WHERE credit = 3"), "An");
}

TEST_P(SqlServer, WaitsForALockAndThenSaysThatNothingWasSent) {
    add(1, "'An', NULL, 1");
    run("BEGIN; UPDATE customers SET credit = 2 WHERE id = 1");
    const Receipt receipt = write("1", "name", RawValue::of_text("Ann"));
    EXPECT_EQ(receipt.outcome, Out::NotSent);
    EXPECT_TRUE(has(receipt.error.detail, "locked by another program")) << receipt.error.detail;
    EXPECT_TRUE(erp().read().summary) << "readers wait for nobody";
    run("COMMIT");
    EXPECT_EQ(write("1", "name", RawValue::of_text("Ann")).outcome, Out::Stored);
}

TEST_P(SqlServer, NamesTheColumnThatIsRefusedAndNeverTheValue) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', 'bo@mees.example', 1");
    run("CREATE TABLE regions(code varchar(5) PRIMARY KEY)");
    run("INSERT INTO regions VALUES('north')");
    run("ALTER TABLE customers ADD CONSTRAINT region FOREIGN KEY(code) REFERENCES regions(code)");
    struct Case {
        const char* field;
        RawValue value;
        Out outcome;
    };
    for (const Case& refused : {
             Case{"email", RawValue::of_text("an@mees.example"), Out::Duplicate},
             Case{"name", RawValue::null(), Out::Refused},
             Case{"credit", RawValue::of_number("-4242"), Out::Refused},
             Case{"credit", RawValue::of_text("plenty of it"), Out::Refused},
             Case{"credit", RawValue::of_number("12345678901234.5"), Out::Refused},
             Case{"code", RawValue::of_text("south-west"), Out::Refused},
             Case{"code", RawValue::of_text("south"), Out::Refused},
             Case{"shoe_size", RawValue::of_number("43"), Out::Refused},
         }) {
        const Receipt receipt = write("2", refused.field, refused.value);
        EXPECT_EQ(receipt.outcome, refused.outcome) << receipt.error.detail;
        EXPECT_EQ(receipt.refused_field, refused.field) << receipt.error.detail;
        if (refused.value.text.size() > 3) {
            EXPECT_FALSE(has(receipt.error.detail, refused.value.text.c_str()))
                << receipt.error.detail;
        }
    }
    EXPECT_EQ(
        run("SELECT count(*) FROM customers WHERE name = 'Bo' AND email = 'bo@mees.example' AND "
            "credit = 1"),
        "1"
    );
    EXPECT_EQ(write("2", "code", RawValue::of_text("north")).outcome, Out::Stored);
}

TEST_P(SqlServer, ADuplicateNamesTheRowThatIsInTheWay) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', NULL, 1");
    const Receipt taken = write("2", "email", RawValue::of_text("an@mees.example"));
    EXPECT_EQ(taken.outcome, Out::Duplicate);
    EXPECT_EQ(taken.duplicate_of.text(), "1");
}

TEST_P(SqlServer, AReferenceKeepsARow) {
    add(1, "'An', NULL, 1");
    run("CREATE TABLE invoices(customer int REFERENCES customers(id))");
    run("INSERT INTO invoices VALUES(1)");
    const Receipt kept = erp().write(ConnectedSystem::deletion("1"));
    EXPECT_EQ(kept.outcome, Out::Refused) << kept.error.detail;
    EXPECT_TRUE(has(kept.error.detail, "foreign key")) << kept.error.detail;
    EXPECT_EQ(run("SELECT count(*) FROM customers"), "1");
    run("DELETE FROM invoices");
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1")).outcome, Out::Stored);
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("1")).outcome, Out::Gone);
}

TEST_P(SqlServer, AnswersEachOfSeveralWrites) {
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

TEST_P(SqlServer, AViewIsWrittenThroughAndAMissingRightIsNamed) {
    add(1, "'An', NULL, 1");
    run("CREATE VIEW people AS SELECT id, name FROM customers");
    erp(of_table({{"table", "people"}, {"key", "id"}, {"columns", {"name"}}}));
    const Receipt written = write("1", "name", RawValue::of_text("Ann"));
    EXPECT_EQ(written.outcome, Out::Stored) << written.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "Ann");
    database_->make_reader("reader", "r34d-only");
    Json wanted = settings();
    server(wanted)["user"] = "reader";
    server(wanted)["password"] = "r34d-only";
    erp(wanted);
    EXPECT_EQ(erp().read().records.size(), 1U);
    const Receipt refused = write("1", "name", RawValue::of_text("Bo"));
    EXPECT_EQ(refused.outcome, Out::NotSent);
    EXPECT_EQ(refused.error.code, ErrorCode::RemoteUnauthorised);
    EXPECT_TRUE(has(refused.error.detail, "denied")) << refused.error.detail;
}

}  // namespace syncline::testing
