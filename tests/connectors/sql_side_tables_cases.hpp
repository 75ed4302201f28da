#pragma once

// A customer whose fields stand in several tables, with every kind of database. Include once in
// each program and instantiate for its kinds.

#include "support/sql_database.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>

namespace syncline::testing {

class SqlSideTables : public ::testing::TestWithParam<SqlKind> {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        database_ = GetParam().make();
        if (!database_) GTEST_SKIP() << GetParam().name << " is not installed: NOT TESTED";
        const std::string moment = database_->time_type() + " NULL DEFAULT NULL";
        run("CREATE TABLE customers(id INTEGER PRIMARY KEY, name VARCHAR(80), "
            "version INTEGER NOT NULL DEFAULT 1, changed " +
            moment + ")");
        run("CREATE TABLE address(customer_id INTEGER REFERENCES customers(id), "
            "kind VARCHAR(10) NOT NULL, street VARCHAR(80), postcode VARCHAR(12), note "
            "VARCHAR(80), "
            "changed " +
            moment + ")");
        run("CREATE TABLE contact(customer_id INTEGER, type VARCHAR(10), value VARCHAR(80) NOT "
            "NULL, changed " +
            moment + ")");
        run("INSERT INTO customers(id, name) VALUES(1, 'An'), (2, 'Bo'), (3, 'Cy')");
        run("INSERT INTO address(customer_id, kind, street, postcode) VALUES"
            "(1, 'billing', 'Kerkstraat 1', '9000'), (1, 'shipping', 'Depot 5', '1000'), "
            "(2, 'billing', NULL, '8000')");
        run("INSERT INTO contact(customer_id, type, value) VALUES(1, 'email', 'an@mees.example'), "
            "(1, 'fax', '02 1'), (3, 'email', 'cy@mees.example')");
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    /// Settings with more in the entity and in each table beside its main one.
    Json settings(const Json& main = Json::object(), const Json& beside = Json::object()) const {
        Json billing{
            {"table", "address"},
            {"key", "customer_id"},
            {"where", {{"kind", "billing"}}},
            {"columns", {"street", "postcode"}}};
        Json mail{
            {"table", "contact"},
            {"key", "customer_id"},
            {"where", {{"type", "email"}}},
            {"columns", {"value"}},
            {"when_empty", "delete"}};
        billing.update(beside);
        mail.update(beside);
        Json customer{
            {"table", "customers"},
            {"key", "id"},
            {"columns", {"name"}},
            {"side_tables", {{"billing", billing}, {"mail", mail}}}};
        customer.update(main);
        return {{"database", database_->settings()}, {"entities", {{"customer", customer}}}};
    }
    ConnectedSystem& erp() { return erp_ ? *erp_ : erp(settings()); }
    ConnectedSystem& erp(const Json& of) { return erp_.emplace("sql", of); }
    Receipt change(const std::string& id, const std::string& token, const RawFields& patch) {
        return erp().write(ConnectedSystem::change(id, token, patch));
    }
    std::string refusal(const Json& wrong) {
        const auto checked = erp(wrong)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid) << checked.error().detail;
        return checked.error().detail;
    }
    std::string count(const std::string& from) { return run("SELECT count(*) FROM " + from); }
    /// The ids that come after a position, sorted; those of records that are gone with a "-".
    std::string after(std::string& position) {
        const Reading some = erp().read(ConnectedSystem::after(position));
        EXPECT_TRUE(some.summary) << some.error->detail;
        position = some.cursors.front();
        std::set<std::string> ids;
        for (const Observation& seen : some.records)
            ids.insert(seen.remote_id.text() + (seen.kind == Observation::Kind::Gone ? "-" : ""));
        std::string text;
        for (const std::string& id : ids)
            text += id;
        return text;
    }
    static RawValue text(const char* of) { return RawValue::of_text(of); }

    std::unique_ptr<SqlDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

/// Of databases whose journals can be followed.
class SqlSideTableJournals : public SqlSideTables {};

TEST_P(SqlSideTables, EachFieldIsReadFromItsTable) {
    ASSERT_TRUE(erp()->check());
    const auto can = erp()->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    std::vector<std::string> names;
    for (const auto& field : can->fields)
        names.push_back(field.name);
    EXPECT_EQ(
        names,
        (std::vector<std::string>{"name", "billing.street", "billing.postcode", "mail.value"})
    );
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), 3U);
    EXPECT_EQ(all.text("1", "name"), "An");
    EXPECT_EQ(all.text("1", "billing.street"), "Kerkstraat 1");
    EXPECT_EQ(all.text("1", "mail.value"), "an@mees.example");
    EXPECT_EQ(all.text("2", "billing.street"), "(null)");
    EXPECT_EQ(all.text("2", "billing.postcode"), "8000");
    EXPECT_EQ(all.text("2", "mail.value"), "(null)");
    EXPECT_EQ(all.text("3", "billing.street"), "(null)");
    const auto found = erp().lookup({"1", "4"});
    EXPECT_EQ(text_in(found[0].fields, "billing.postcode"), "9000");
    EXPECT_EQ(found[0].token, all.token("1"));
    EXPECT_EQ(found[1].kind, Observation::Kind::Gone);
}

TEST_P(SqlSideTables, EveryPageHasItsRowsBesideIt) {
    run("DELETE FROM address");
    run("DELETE FROM contact");
    run("DELETE FROM customers");
    std::string customers, addresses;
    for (int i = 1; i <= 450; ++i) {
        const std::string id = std::to_string(i);
        customers += (i > 1 ? ", (" : "(") + id + ", 'c" + id + "')";
        addresses += (i > 1 ? ", (" : "(") + id + ", 'billing', 's" + id + "')";
    }
    run("INSERT INTO customers(id, name) VALUES" + customers);
    run("INSERT INTO address(customer_id, kind, street) VALUES" + addresses);
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    ASSERT_EQ(all.pages, (std::vector<std::size_t>{200, 200, 50}));
    for (int i = 1; i <= 450; ++i) {
        const std::string id = std::to_string(i);
        ASSERT_EQ(all.text(id, "name"), "c" + id);
        ASSERT_EQ(all.text(id, "billing.street"), "s" + id);
    }
}

TEST_P(SqlSideTables, AWriteChangesAndMakesRowsInEachTable) {
    const std::string token = erp().read().token("1");
    const Receipt changed =
        change("1", token, {{"name", text("Ann")}, {"billing.street", text("Nieuwstraat 2")}});
    ASSERT_EQ(changed.outcome, Out::Stored) << changed.error.detail;
    EXPECT_EQ(changed.token, erp().read().token("1"));
    EXPECT_EQ(changed.stored->fields, erp().read().find("1")->fields);
    EXPECT_EQ(run("SELECT name FROM customers WHERE id = 1"), "Ann");
    EXPECT_EQ(count("address WHERE customer_id = 1"), "2");
    EXPECT_EQ(run("SELECT street FROM address WHERE kind = 'shipping'"), "Depot 5");
    EXPECT_EQ(
        run("SELECT postcode FROM address WHERE kind = 'billing' AND street = 'Nieuwstraat 2'"),
        "9000"
    );
    const Receipt made = change(
        "3",
        erp().read().token("3"),
        {{"billing.street", text("Markt 3")}, {"mail.value", text("c@y.example")}}
    );
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(
        run("SELECT street FROM address WHERE customer_id = 3 AND kind = 'billing'"), "Markt 3"
    );
    EXPECT_EQ(run("SELECT postcode FROM address WHERE customer_id = 3"), "(null)");
    EXPECT_EQ(run("SELECT value FROM contact WHERE customer_id = 3"), "c@y.example");
    // Nothing is made to hold nothing.
    const Receipt none = change("2", "", {{"mail.value", RawValue::null()}});
    EXPECT_EQ(none.outcome, Out::Stored) << none.error.detail;
    EXPECT_EQ(count("contact WHERE customer_id = 2"), "0");
}

TEST_P(SqlSideTables, WhatOneTableRefusesIsWrittenToNone) {
    Json keeping = settings();
    keeping["entities"]["customer"]["side_tables"]["mail"]["when_empty"] = "keep";
    erp(keeping);
    const Receipt refused = change(
        "1",
        "",
        {{"name", text("Ann")},
         {"billing.street", text("Elders 1")},
         {"mail.value", RawValue::null()}}
    );
    EXPECT_EQ(refused.outcome, Out::Refused) << refused.error.detail;
    EXPECT_EQ(refused.refused_field, "mail.value");
    EXPECT_EQ(run("SELECT name FROM customers WHERE id = 1"), "An");
    EXPECT_EQ(
        run("SELECT street FROM address WHERE kind = 'billing' AND customer_id = 1"), "Kerkstraat 1"
    );
    const Receipt unknown = change("1", "", {{"billing.country", text("BE")}});
    EXPECT_EQ(unknown.outcome, Out::Refused);
    EXPECT_EQ(unknown.refused_field, "billing.country");
}

TEST_P(SqlSideTables, AnEditInAnyTableIsNotWrittenOver) {
    for (const char* edit :
         {"UPDATE address SET postcode = '9001' WHERE customer_id = 1 AND kind = 'billing'",
          "DELETE FROM contact WHERE customer_id = 1 AND type = 'email'",
          "INSERT INTO contact(customer_id, type, value) VALUES(1, 'email', 'new@mees.example')",
          "UPDATE customers SET name = 'Other' WHERE id = 1"}) {
        const std::string stale = erp().read().token("1");
        run(edit);
        EXPECT_NE(erp().read().token("1"), stale) << edit;
        EXPECT_EQ(change("1", stale, {{"name", text("Over")}}).outcome, Out::Conflict) << edit;
        EXPECT_EQ(erp().write(ConnectedSystem::deletion("1", stale)).outcome, Out::Conflict)
            << edit;
    }
    const std::string token = erp().read().token("1");
    run("UPDATE address SET note = 'ring twice', street = street");
    run("UPDATE address SET street = 'Depot 6' WHERE kind = 'shipping'");
    EXPECT_EQ(erp().read().token("1"), token) << "what is not read is no edit";
    EXPECT_EQ(change("1", token, {{"name", text("Ann")}}).outcome, Out::Stored);
}

TEST_P(SqlSideTables, ARowThatIsClearedIsKeptOrDeletedAsToldAndOneThatHoldsSomethingStays) {
    EXPECT_EQ(
        change(
            "1", "", {{"billing.street", RawValue::null()}, {"billing.postcode", RawValue::null()}}
        ).outcome,
        Out::Stored
    );
    EXPECT_EQ(count("address WHERE kind = 'billing' AND customer_id = 1 AND street IS NULL"), "1");
    EXPECT_EQ(change("1", "", {{"mail.value", RawValue::null()}}).outcome, Out::Stored);
    EXPECT_EQ(count("contact WHERE type = 'email' AND customer_id = 1"), "0");
    EXPECT_EQ(count("contact WHERE type = 'fax'"), "1");
    Json deleting = settings();
    deleting["entities"]["customer"]["side_tables"]["billing"]["when_empty"] = "delete";
    erp(deleting);
    run("UPDATE address SET street = 'Markt 3' WHERE customer_id = 2");
    EXPECT_EQ(change("2", "", {{"billing.street", text("")}}).outcome, Out::Stored);
    EXPECT_EQ(count("address WHERE customer_id = 2"), "1");
    EXPECT_EQ(change("2", "", {{"billing.postcode", RawValue::null()}}).outcome, Out::Stored);
    EXPECT_EQ(count("address WHERE customer_id = 2"), "0");
    EXPECT_EQ(erp().read().text("2", "billing.postcode"), "(null)");
}

TEST_P(SqlSideTables, TwoRowsWhereOneIsExpectedAreAnErrorOfThatRecord) {
    run("INSERT INTO address(customer_id, kind, street) VALUES(1, 'billing', 'Elders 9')");
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    ASSERT_NE(all.find("1"), nullptr);
    EXPECT_EQ(
        all.find("1")->problem,
        "2 rows of table \"address\" with kind = \"billing\" belong to this record, where one is "
        "expected"
    );
    EXPECT_EQ(all.text("2", "billing.postcode"), "8000");
    const Receipt refused = change("1", "", {{"name", text("Ann")}});
    EXPECT_EQ(refused.outcome, Out::Refused);
    EXPECT_NE(refused.error.detail.find("where one is expected"), std::string::npos);
    EXPECT_EQ(run("SELECT name FROM customers WHERE id = 1"), "An");
    run("DELETE FROM address WHERE street = 'Elders 9'");
    EXPECT_EQ(change("1", "", {{"name", text("Ann")}}).outcome, Out::Stored);
}

TEST_P(SqlSideTables, ANewRecordGetsItsRowsAndADeletedOneTakesThemAlong) {
    const auto ids = erp()->plan_ids("customer", 1);
    ASSERT_TRUE(ids) << ids.error().detail;
    const std::string id = ids->front().text();
    const Delivery create = erp().creation(
        {{"name", text("Di")},
         {"billing.street", text("Plein 4")},
         {"billing.postcode", RawValue::null()},
         {"mail.value", RawValue::null()}},
        id
    );
    const Receipt made = erp().write(create);
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(made.token, erp().read().token(id));
    EXPECT_EQ(
        run("SELECT street FROM address WHERE kind = 'billing' AND customer_id = " + id), "Plein 4"
    );
    EXPECT_EQ(count("contact WHERE customer_id = " + id), "0");
    EXPECT_EQ(erp().write(create).outcome, Out::Conflict);
    EXPECT_EQ(count("address WHERE customer_id = " + id), "1");
    const Receipt gone = erp().write(ConnectedSystem::deletion(id, made.token));
    EXPECT_EQ(gone.outcome, Out::Stored) << gone.error.detail;
    EXPECT_EQ(count("address WHERE customer_id = " + id), "0");
    // What settings do not name is kept, and keeps all else.
    const Receipt kept = erp().write(ConnectedSystem::deletion("1"));
    EXPECT_EQ(kept.outcome, Out::Refused) << kept.error.detail;
    EXPECT_EQ(count("address WHERE customer_id = 1"), "2");
    EXPECT_EQ(count("contact WHERE customer_id = 1"), "2");
}

TEST_P(SqlSideTables, AVersionColumnIsJoinedByWhatStandsBesideIt) {
    erp(settings(
        {{"detect", "version"}, {"version", "version"}, {"touch", {{"version", "increment"}}}}
    ));
    const std::string first = erp().read().token("1");
    EXPECT_TRUE(first.starts_with("1.")) << first;
    run("UPDATE address SET street = 'Elders 1' WHERE customer_id = 1 AND kind = 'billing'");
    const std::string second = erp().read().token("1");
    EXPECT_NE(second, first);
    EXPECT_EQ(change("1", first, {{"mail.value", text("x@y.example")}}).outcome, Out::Conflict);
    const Receipt counted = change("1", second, {{"mail.value", text("x@y.example")}});
    ASSERT_EQ(counted.outcome, Out::Stored) << counted.error.detail;
    EXPECT_EQ(run("SELECT version FROM customers WHERE id = 1"), "2");
    // Without a count by the hub, edits beside the main row need none.
    erp(settings({{"detect", "version"}, {"version", "version"}}));
    EXPECT_EQ(change("1", "", {{"mail.value", text("y@y.example")}}).outcome, Out::Stored);
    EXPECT_EQ(change("1", "", {{"name", text("Ann")}}).error.code, ErrorCode::ConfigInvalid);
}

TEST_P(SqlSideTables, TimesOfEachTableTellWhatToRead) {
    for (const char* table : {"customers", "address", "contact"})
        run(std::string("UPDATE ") + table + " SET changed = '2020-01-01 00:00:00'");
    erp(settings(
        {{"detect", "timestamp"}, {"changed_at", "changed"}, {"overlap", "1m"}},
        {{"changed_at", "changed"}}
    ));
    run("UPDATE customers SET changed = CURRENT_TIMESTAMP WHERE id = 2");
    run("UPDATE address SET changed = CURRENT_TIMESTAMP WHERE customer_id = 2");
    run("UPDATE contact SET changed = CURRENT_TIMESTAMP WHERE customer_id = 3 ");
    std::string position = erp().read().cursors.front();
    EXPECT_EQ(after(position), "23");
    run("UPDATE contact SET value = 'new@mees.example', changed = CURRENT_TIMESTAMP WHERE "
        "customer_id = 1 AND type = 'email'");
    EXPECT_EQ(after(position), "123");
    // Another row of the same table is none of the record.
    run("UPDATE contact SET changed = '2020-01-01 00:00:00' WHERE customer_id = 1");
    EXPECT_EQ(after(position), "23");
    run("UPDATE contact SET changed = CURRENT_TIMESTAMP WHERE type = 'fax'");
    EXPECT_EQ(after(position), "23");
    const Json without{{"v", 1}, {"of", "changed"}, {"since", ""}};
    EXPECT_EQ(
        erp().read(ConnectedSystem::after(without.dump())).error->code, ErrorCode::CursorLost
    );
}

TEST_P(SqlSideTableJournals, AJournalOfEachTableTellsWhatToReadAndWhatIsGone) {
    database_->keep_journal("customers", "id", "customers_journal", "id");
    database_->keep_journal("address", "customer_id", "address_journal", "customer_id");
    // Triggers on a table beside it may as well write the main table's journal.
    Json journaled = settings(
        {{"detect", "journal"}, {"journal", {{"table", "customers_journal"}, {"order", "seq"}}}},
        {{"marks_main", true}}
    );
    Json& billing = journaled["entities"]["customer"]["side_tables"]["billing"];
    billing.erase("marks_main");
    billing["journal"] = {{"table", "address_journal"}, {"order", "seq"}};
    erp(journaled);
    ASSERT_TRUE(erp()->check());
    std::string position = erp().read().cursors.front();
    EXPECT_EQ(after(position), "");
    run("UPDATE address SET street = 'Elders 1' WHERE customer_id = 1 AND kind = 'billing'");
    EXPECT_EQ(after(position), "1");
    EXPECT_EQ(after(position), "");
    run("DELETE FROM address WHERE customer_id = 2");
    run("INSERT INTO address(customer_id, kind, street) VALUES(3, 'billing', 'Markt 3')");
    EXPECT_EQ(after(position), "23");
    run("DELETE FROM customers WHERE id = 2");
    EXPECT_EQ(after(position), "2-");
    billing["journal"]["order"] = "moment";
    EXPECT_EQ(refusal(journaled), "table \"address_journal\" has no column \"moment\"");
}

TEST_P(SqlSideTables, KeysOfSeveralColumnsJoinTheTables) {
    run("CREATE TABLE members(company VARCHAR(4), number INTEGER, name VARCHAR(20), "
        "PRIMARY KEY(company, number))");
    run("CREATE TABLE homes(firm VARCHAR(4), no INTEGER, street VARCHAR(40))");
    run("INSERT INTO members VALUES('A/B', 1, 'An'), ('A/B', 2, 'Bo'), ('Z', 1, 'Cy')");
    run("INSERT INTO homes VALUES('A/B', 1, 'Markt 1'), ('Z', 1, 'Plein 1')");
    erp(settings(
        {{"table", "members"},
         {"key", {"company", "number"}},
         {"side_tables",
          {{"home", {{"table", "homes"}, {"key", {"firm", "no"}}, {"columns", {"street"}}}}}}}
    ));
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text("A%2FB/1", "home.street"), "Markt 1");
    EXPECT_EQ(all.text("A%2FB/2", "home.street"), "(null)");
    EXPECT_EQ(all.text("Z/1", "home.street"), "Plein 1");
    const Receipt made = change("A%2FB/2", all.token("A%2FB/2"), {{"home.street", text("Kaai 2")}});
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(run("SELECT street FROM homes WHERE firm = 'A/B' AND no = 2"), "Kaai 2");
}

TEST_P(SqlSideTables, WhatCannotBeSeenOrIsNotMeantIsRefused) {
    const auto beside = [&](const Json& main, const Json& more) {
        return refusal(settings(main, more));
    };
    const std::string where = "settings/entities/customer/side_tables/billing";
    EXPECT_EQ(
        beside({{"detect", "timestamp"}, {"changed_at", "changed"}}, Json::object()),
        where +
            ": edits of this table would not be seen: name its \"changed_at\", or say "
            "\"marks_main\": true where triggers on it write the time of the main table"
    );
    const Json journal{
        {"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "seq"}}}};
    EXPECT_EQ(
        beside(journal, Json::object()),
        where +
            ": edits of this table would not be seen: name its \"journal\", or say "
            "\"marks_main\": true where triggers on it write the journal of the main table"
    );
    EXPECT_EQ(
        beside(Json::object(), {{"changed_at", "changed"}}),
        where + "/changed_at does not go with the \"detect\" of the main table"
    );
    EXPECT_EQ(
        beside(Json::object(), {{"key", {"customer_id", "kind"}}}),
        where + "/key must name as many columns as the key of the main table, in the same order"
    );
    EXPECT_EQ(
        beside(Json::object(), {{"where", {{"kind", nullptr}}}}),
        where + "/where/kind must be a text, number or true or false"
    );
    EXPECT_EQ(
        beside(Json::object(), {{"when_empty", "ask"}}),
        where + "/when_empty can only be \"keep\" or \"delete\""
    );
    EXPECT_EQ(
        beside(Json::object(), {{"where", {{"street", "x"}}}}),
        where + "/columns must name columns other than the key and those in \"where\""
    );
    Json wrong = settings();
    wrong["entities"]["customer"]["side_tables"]["billing"]["where"] = {{"sort", "billing"}};
    EXPECT_EQ(refusal(wrong), "table \"address\" has no column \"sort\"");
    wrong = settings();
    wrong["entities"]["customer"]["side_tables"]["billing"]["table"] = "addresses";
    EXPECT_EQ(refusal(wrong), "the database has no table or view \"addresses\"");
    wrong = settings({{"columns", {"name", "mail.value"}}});
    EXPECT_EQ(refusal(wrong), "settings/entities/customer names \"mail.value\" more than once");
}

}  // namespace syncline::testing
