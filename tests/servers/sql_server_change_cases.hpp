#pragma once

// How changes are found in every database server. Include once in each program and instantiate for
// its kinds.

#include "servers/sql_server_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {

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

TEST_P(SqlServerJournal, AJournalTellsWhatToReadAndWhatIsGone) {
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

}  // namespace syncline::testing
