#pragma once

// What is read from every database server. Include once in each program and instantiate for
// its kinds.

#include "servers/sql_server_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace syncline::testing {

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

}  // namespace syncline::testing
