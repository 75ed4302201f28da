#pragma once

// What holds with every database server. Include once in each program and instantiate for its
// kinds.

#include "servers/sql_server_database.hpp"
#include "servers/tcp_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace syncline::testing {

struct SqlServerKind {
    const char* name;  ///< as settings call it
    /// nullptr when it is not installed.
    std::unique_ptr<SqlServerDatabase> (*make)();
    const char* wrong_password;  ///< what is said of one, and of an unknown database
};

inline std::string server_name(const ::testing::TestParamInfo<SqlServerKind>& kind) {
    return kind.param.name;
}

/// An ERP with a table of customers in a real server, behind the sql connector.
class SqlServer : public ::testing::TestWithParam<SqlServerKind> {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        database_ = GetParam().make();
        if (!database_)
            GTEST_SKIP() << "the server of " << GetParam().name << " is not installed: NOT TESTED";
        run("CREATE TABLE customers(id integer PRIMARY KEY, name varchar(80) NOT NULL, "
            "email varchar(80) UNIQUE, credit numeric(12, 2), code varchar(5), updated_at " +
            database_->time_type() +
            " NULL DEFAULT NULL, CONSTRAINT credit_limit CHECK (credit >= 0))");
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    void add(int id, const std::string& rest) {
        run("INSERT INTO customers(id, name, email, credit) VALUES(" + std::to_string(id) + ", " +
            rest + ")");
    }
    /// The settings of the server itself.
    Json& server(Json& settings) const { return settings["database"][GetParam().name]; }
    Json settings() const {
        return of_table(
            {{"table", "customers"},
             {"key", "id"},
             {"columns", {"name", "email", "credit", "code"}},
             {"touch", {{"updated_at", "now"}}}}
        );
    }
    Json of_table(const Json& table) const {
        return {{"database", database_->settings()}, {"entities", {{"customer", table}}}};
    }
    ConnectedSystem& erp() { return erp_ ? *erp_ : erp(settings()); }
    ConnectedSystem& erp(const Json& settings) { return erp_.emplace("sql", settings); }
    std::string refusal(const Json& wrong, ErrorCode code = ErrorCode::ConfigInvalid) {
        const auto checked = erp(wrong)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    Receipt write(const std::string& id, const char* field, const RawValue& value) {
        return erp().write(ConnectedSystem::change(id, "", {{field, value}}));
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }
    static std::string ids(const Reading& reading) {
        std::string text;
        for (const Observation& seen : reading.records)
            text += seen.remote_id.text() + (seen.kind == Observation::Kind::Gone ? "-" : "");
        return text;
    }
    /// What was changed since a position, which moves on.
    std::string after(std::string& position) {
        const Reading some = erp().read(ConnectedSystem::after(position));
        EXPECT_TRUE(some.summary) << some.error->detail;
        if (some.summary) position = some.cursors.front();
        return ids(some);
    }
    /// Three rows, changed a day ago.
    Json stamped(const Json& more) {
        run("CREATE TABLE stamped(id int PRIMARY KEY, name varchar(20), seen " +
            database_->time_type() + " NULL, version int NOT NULL DEFAULT 1)");
        run("INSERT INTO stamped(id, name, seen) VALUES(1, 'n1', now() - interval '1' day), "
            "(2, 'n2', now() - interval '1' day), (3, 'n3', now() - interval '1' day)");
        Json table{{"table", "stamped"}, {"key", "id"}, {"columns", {"name"}}};
        table.update(more);
        return of_table(table);
    }

    std::unique_ptr<SqlServerDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_P(SqlServer, TellsWhatItCanDo) {
    ASSERT_TRUE(erp()->check());
    const auto can = erp()->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_EQ(can->version, connect::VersionKind::Opaque);
    EXPECT_TRUE(can->can_write && can->conditional_write && can->lookup_by_id);
    EXPECT_TRUE(can->listing_proves_absence && can->creates_need_planned_id && can->can_delete);
    EXPECT_FALSE(can->write_deferred || can->incremental);
    EXPECT_EQ(can->max_inflight_ms, 60'000U);
    ASSERT_EQ(can->fields.size(), 4U);
    EXPECT_EQ(can->fields[3].name, "code");
    EXPECT_EQ(can->fields[3].max_characters, 5U);
}

TEST_P(SqlServer, ReadsEveryRowOnceInPagesOfTwoHundred) {
    std::string rows;
    for (int i = 1; i <= 450; ++i)
        rows += (i > 1 ? ", (" : "(") + std::to_string(i) + ", 'Customer')";
    run("INSERT INTO customers(id, name) VALUES" + rows);
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_TRUE(all.summary->complete_listing);
    EXPECT_EQ(all.pages, (std::vector<std::size_t>{200, 200, 50}));
    ASSERT_EQ(all.records.size(), 450U);
    for (int i = 1; i <= 450; ++i)
        EXPECT_EQ(all.records[static_cast<std::size_t>(i - 1)].remote_id.text(), std::to_string(i));
    EXPECT_EQ(all.cursors.size(), 1U);
}

TEST_P(SqlServer, LooksRowsUpByTheirOneSpelling) {
    add(1, "'An', NULL, 1");
    const auto found = erp().lookup(
        {"1",
         "2",
         "",
         "01",
         "1 OR 1=1",
         "99999999999",
         "1a",
         "'; DROP TABLE customers --",
         "1\\' OR 1=1"}
    );
    ASSERT_EQ(found.size(), 9U);
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    EXPECT_EQ(found[0].token, erp().read().token("1"));
    for (std::size_t i = 1; i < found.size(); ++i)
        EXPECT_EQ(found[i].kind, Observation::Kind::Gone) << i;
    run("CREATE TABLE codes(code varchar(10) PRIMARY KEY, name varchar(10))");
    run("INSERT INTO codes VALUES('Ab', 'An')");
    erp(of_table({{"table", "codes"}, {"key", "code"}, {"columns", {"name"}}}));
    const auto spelt = erp().lookup({"Ab", "ab", "Ab "});
    EXPECT_EQ(spelt[0].kind, Observation::Kind::Present);
    EXPECT_EQ(spelt[1].kind, Observation::Kind::Gone);
    EXPECT_EQ(spelt[2].kind, Observation::Kind::Gone);
}

TEST_P(SqlServer, KeysOfSeveralColumnsAreOneId) {
    run("CREATE TABLE members(company varchar(4), number int, name varchar(10), "
        "PRIMARY KEY(company, number))");
    std::string rows;
    for (const std::string company : {"A/B", "Z%"}) {
        for (int i = 1; i <= 150; ++i)
            rows += (rows.empty() ? "('" : ", ('") + company + "', " + std::to_string(i) + ", 'n" +
                    std::to_string(i) + "')";
    }
    run("INSERT INTO members VALUES" + rows);
    erp(of_table({{"table", "members"}, {"key", {"company", "number"}}, {"columns", {"name"}}}));
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), 300U);
    EXPECT_EQ(all.text("A%2FB/150", "name"), "n150");
    const Receipt changed = erp().write(ConnectedSystem::change(
        "Z%25/7", all.token("Z%25/7"), {{"name", RawValue::of_text("seven")}}
    ));
    EXPECT_EQ(changed.outcome, Out::Stored) << changed.error.detail;
    EXPECT_EQ(run("SELECT count(*) FROM members WHERE name = 'seven'"), "1");
    EXPECT_EQ(run("SELECT number FROM members WHERE name = 'seven'"), "7");
    EXPECT_EQ(erp().write(ConnectedSystem::deletion("A%2FB/1")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT count(*) FROM members"), "299");
    for (const Observation& none : erp().lookup({"A%2FB/1", "A", "A/B/1", "A/x", "%zz/1"}))
        EXPECT_EQ(none.kind, Observation::Kind::Gone);
}

TEST_P(SqlServer, RowsWithoutAKeyAreSetAside) {
    run("CREATE TABLE loose(id varchar(5), name varchar(5))");
    run("INSERT INTO loose VALUES('a', 'An'), (NULL, 'x')");
    erp(of_table({{"table", "loose"}, {"key", "id"}, {"columns", {"name"}}}));
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.find("loose.id=")->problem, "1 rows have no key and were not read");
}

TEST_P(SqlServer, PeekingAndReadingChangeNothingAndKeepNobodyWaiting) {
    add(1, "'An', NULL, 1");
    run("BEGIN; UPDATE customers SET credit = 2");
    EXPECT_TRUE(erp().read(ConnectedSystem::peek()).text("1", "credit").starts_with("1."));
    run("COMMIT");
    EXPECT_TRUE(erp().read().text("1", "credit").starts_with("2."));
    run("DROP TABLE customers");
}

// Writes

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

// Changes

TEST_P(SqlServer, EveryEditIsANewVersion) {
    add(1, "'An', NULL, 1");
    EXPECT_EQ(erp().read().token("1"), erp().read().token("1"));
    for (const char* edit :
         {"name = 'Ann'",
          "name = 'ann'",
          "name = 'ann '",
          "email = ''",
          "credit = 1.5",
          "credit = NULL"}) {
        const std::string last = erp().read().token("1");
        run(std::string("UPDATE customers SET ") + edit);
        EXPECT_NE(erp().read().token("1"), last) << edit;
    }
}

TEST_P(SqlServer, ATimeColumnTellsWhatToRead) {
    erp(stamped({{"detect", "timestamp"}, {"changed_at", "seen"}, {"overlap", "1m"}}));
    EXPECT_TRUE(erp()->discover("customer")->incremental);
    const Reading all = erp().read();
    ASSERT_EQ(all.cursors.size(), 1U) << all.error->detail;
    EXPECT_EQ(ids(all), "123");
    std::string position = all.cursors.front();
    run("UPDATE stamped SET seen = now() WHERE id = 2");
    // Rows as old as the newest that was seen come again: another may have the same time.
    EXPECT_EQ(after(position), "123");
    std::string same = position;
    EXPECT_EQ(after(same), "2");
    // Committed late, with a time of before the last reading.
    run("UPDATE stamped SET seen = now() - interval '50' second WHERE id = 3");
    EXPECT_EQ(after(same = position), "23");
    // Nobody knows when.
    run("UPDATE stamped SET seen = NULL WHERE id = 1");
    EXPECT_EQ(after(same = position), "123");
    // A clock that is ahead hides nothing.
    run("UPDATE stamped SET seen = now() + interval '1' year WHERE id = 1");
    after(position);
    run("UPDATE stamped SET seen = now() WHERE id = 3");
    EXPECT_TRUE(has(after(position), "3"));
}

TEST_P(SqlServer, APositionOfOtherSettingsIsGivenUp) {
    const Json wanted = stamped({{"detect", "timestamp"}, {"changed_at", "seen"}});
    erp(wanted);
    for (const Json& cursor : {Json{{"v", 1}}, Json{{"v", 1}, {"of", "naive"}, {"since", ""}}}) {
        const Reading lost = erp().read(ConnectedSystem::after(cursor.dump()));
        ASSERT_TRUE(lost.error) << cursor.dump();
        EXPECT_EQ(lost.error->code, ErrorCode::CursorLost) << lost.error->detail;
    }
    Json wrong = wanted;
    wrong["entities"]["customer"]["changed_at"] = "gone";
    EXPECT_TRUE(refusal(wrong).ends_with("column \"gone\""));
    wrong["entities"]["customer"]["changed_at"] = "name";
    EXPECT_TRUE(has(erp(wrong).read().error->detail, "column \"name\" holds no times: its type is ")
    );
}

TEST_P(SqlServer, AJournalTellsWhatToReadAndWhatIsGone) {
    const Json wanted =
        stamped({{"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "seq"}}}});
    database_->keep_journal("stamped", "id", "journal", "id");
    erp(wanted);
    ASSERT_TRUE(erp()->check());
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(ids(all), "123");
    std::string position = all.cursors.front();
    EXPECT_EQ(after(position), "");
    run("UPDATE stamped SET name = 'x' WHERE id = 2");
    run("DELETE FROM stamped WHERE id = 1");
    EXPECT_EQ(after(position), "1-2");
    EXPECT_EQ(after(position), "");
    // One that began before others and is committed after them.
    run("BEGIN; UPDATE stamped SET name = 'late' WHERE id = 3");
    database_->run_elsewhere("UPDATE stamped SET name = 'early' WHERE id = 2");
    EXPECT_EQ(after(position), "2");
    run("COMMIT");
    EXPECT_TRUE(has(after(position), "3"));
    EXPECT_EQ(after(position), "");
    // One that was rolled back leaves nothing to wait for.
    run("BEGIN; UPDATE stamped SET name = 'never' WHERE id = 3; ROLLBACK");
    run("UPDATE stamped SET name = 'then' WHERE id = 2");
    EXPECT_EQ(after(position), "2");
    // A server that counts from the beginning again is another one.
    const Json future{{"v", 1}, {"of", "journal.seq"}, {"since", "99999999999"}};
    EXPECT_EQ(erp().read(ConnectedSystem::after(future.dump())).error->code, ErrorCode::CursorLost);
    Json wrong = wanted;
    wrong["entities"]["customer"]["journal"]["order"] = "moment";
    EXPECT_EQ(refusal(wrong), "table \"journal\" has no column \"moment\"");
}

TEST_P(SqlServer, AVersionColumnIsTheVersionAndIsComparedWhenARowIsWritten) {
    Json wanted = stamped({{"detect", "version"}, {"version", "version"}});
    erp(wanted);
    EXPECT_EQ(erp().read().token("1"), "1");
    const auto change = [](const std::string& token) {
        return ConnectedSystem::change("1", token, {{"name", RawValue::of_text("new")}});
    };
    const Receipt uncounted = erp().write(change("1"));
    EXPECT_EQ(uncounted.outcome, Out::NotSent);
    EXPECT_EQ(uncounted.error.code, ErrorCode::ConfigInvalid);
    EXPECT_TRUE(has(uncounted.error.detail, "increment"));
    EXPECT_EQ(run("SELECT name FROM stamped WHERE id = 1"), "n1");

    wanted["entities"]["customer"]["touch"]["version"] = "increment";
    erp(wanted);
    const Receipt counted = erp().write(change("1"));
    ASSERT_EQ(counted.outcome, Out::Stored) << counted.error.detail;
    EXPECT_EQ(counted.token, "2");
    EXPECT_EQ(erp().write(change("1")).outcome, Out::Conflict);
    const Receipt made = erp().write(erp().creation({{"name", RawValue::of_text("made")}}, "9"));
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(made.token, "1");
}

// The way to the server

TEST_P(SqlServer, AWrongPasswordIsUnauthorised) {
    Json wrong = settings();
    server(wrong)["password"] = "guessed";
    EXPECT_EQ(refusal(wrong, ErrorCode::RemoteUnauthorised), GetParam().wrong_password);
    wrong = settings();
    server(wrong)["database"] = "nowhere";
    EXPECT_TRUE(has(refusal(wrong), "no database of that name"));
}

TEST_P(SqlServer, SaysPreciselyWhatIsWrongWithItsSettings) {
    const std::string where = std::string("settings/database/") + GetParam().name;
    const auto with = [&](const char* key, const Json& value) {
        Json wrong = settings();
        server(wrong)[key] = value;
        return refusal(wrong);
    };
    EXPECT_EQ(with("host", ""), where + "/host is missing or not a text");
    EXPECT_EQ(with("port", "x"), where + "/port must be a port number");
    EXPECT_EQ(with("tls", "on"), where + "/tls can only be \"verify\", \"encrypt\" or \"off\"");
    EXPECT_EQ(with("timeout", "2m"), where + "/timeout must be at most \"1m\"");
    EXPECT_TRUE(has(with("socket", "/tmp"), " has no \"socket\""));
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
    const char* const begin = GetParam().name == std::string("mariadb") ? "START" : "BEGIN";
    for (const char* word : {begin, "UPDATE"}) {
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
