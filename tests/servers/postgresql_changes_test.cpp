// How the sql connector finds what was changed in a real PostgreSQL server.

#include "servers/postgresql_fixture.hpp"

#include <chrono>
#include <thread>

namespace syncline::testing {
namespace {

class PostgresqlChanges : public PostgresqlErp {
protected:
    void SetUp() override {
        PostgresqlErp::SetUp();
        if (IsSkipped()) return;
        run("CREATE TABLE stamped(id int PRIMARY KEY, name text, seen timestamptz, naive "
            "timestamp, "
            "version int NOT NULL DEFAULT 1);"
            "INSERT INTO stamped SELECT i, 'n' || i, now() - interval '1 day', "
            "localtimestamp - interval '1 day' FROM generate_series(1, 3) i");
    }
    static Json by(const Json& more) {
        Json table{{"table", "stamped"}, {"key", "id"}, {"columns", {"name"}}};
        table.update(more);
        return of_table(table);
    }
    static std::string ids(const Reading& reading) {
        std::string text;
        for (const Observation& seen : reading.records)
            text += seen.remote_id.text();
        return text;
    }
};

TEST_F(PostgresqlChanges, ATimeColumnTellsWhatToRead) {
    for (const char* column : {"seen", "naive"}) {
        ConnectedSystem feed(
            "sql", by({{"detect", "timestamp"}, {"changed_at", column}, {"overlap", "1m"}})
        );
        const auto can = feed->discover("customer");
        ASSERT_TRUE(can) << can.error().detail;
        EXPECT_TRUE(can->incremental);
        const Reading all = feed.read();
        ASSERT_EQ(all.cursors.size(), 1U);
        EXPECT_EQ(ids(all), "123");
        const std::string now =
            std::string(column) == "seen" ? "now()" : "now() AT TIME ZONE 'Europe/Brussels'";
        const std::string set = "UPDATE stamped SET " + std::string(column) + " = ";
        run(set + now + " WHERE id = 2");
        const Reading first = feed.read(ConnectedSystem::after(all.cursors.front()));
        ASSERT_TRUE(first.summary) << first.error->detail;
        EXPECT_FALSE(first.summary->complete_listing);
        // Rows as old as the newest that was seen come again: another may have the same time.
        EXPECT_EQ(ids(first), "123");
        const std::string after = first.cursors.front();
        EXPECT_EQ(ids(feed.read(ConnectedSystem::after(after))), "2");
        // Committed late, with a time of before the last reading.
        run(set + now + " - interval '50 seconds' WHERE id = 3");
        EXPECT_EQ(ids(feed.read(ConnectedSystem::after(after))), "23");
        // Nobody knows when.
        run(set + "NULL WHERE id = 1");
        EXPECT_EQ(ids(feed.read(ConnectedSystem::after(after))), "123");
        // A clock that is ahead hides nothing.
        run(set + now + " + interval '1 year' WHERE id = 1");
        const Reading ahead = feed.read(ConnectedSystem::after(after));
        run(set + now + " WHERE id = 3");
        EXPECT_NE(
            ids(feed.read(ConnectedSystem::after(ahead.cursors.front()))).find('3'),
            std::string::npos
        );
        run("UPDATE stamped SET " + std::string(column) + " = " + now + " - interval '1 day'");
    }
}

TEST_F(PostgresqlChanges, APositionOfOtherSettingsIsGivenUp) {
    ConnectedSystem feed("sql", by({{"detect", "timestamp"}, {"changed_at", "seen"}}));
    const Json broken{{"v", 1}, {"of", "seen"}, {"since", "yesterday-ish"}};
    for (const Json& cursor :
         {Json{{"v", 1}}, Json{{"v", 1}, {"of", "naive"}, {"since", ""}}, broken}) {
        const Reading lost = feed.read(ConnectedSystem::after(cursor.dump()));
        ASSERT_TRUE(lost.error) << cursor.dump();
        EXPECT_EQ(lost.error->code, ErrorCode::CursorLost) << lost.error->detail;
    }
    EXPECT_TRUE(refusal(by({{"detect", "timestamp"}, {"changed_at", "gone"}})
    ).ends_with("column \"gone\""));
    ConnectedSystem wrong("sql", by({{"detect", "timestamp"}, {"changed_at", "name"}}));
    EXPECT_EQ(wrong.read().error->detail, "column \"name\" holds no times: its type is text");
}

TEST_F(PostgresqlChanges, AJournalTellsWhatToReadAndWhatIsGone) {
    run("CREATE TABLE journal(seq bigserial PRIMARY KEY, id int, txid xid8 NOT NULL DEFAULT "
        "pg_current_xact_id());"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF TG_OP <> 'INSERT' THEN INSERT INTO journal(id) VALUES(OLD.id); END IF;"
        "IF TG_OP <> 'DELETE' THEN INSERT INTO journal(id) VALUES(NEW.id); END IF;"
        "RETURN NULL; END$$;"
        "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON stamped FOR EACH ROW EXECUTE "
        "FUNCTION note()");
    const Json settings_of_it =
        by({{"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "txid"}}}});
    ConnectedSystem feed("sql", settings_of_it);
    ASSERT_TRUE(feed->check());
    const Reading all = feed.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(ids(all), "123");
    std::string position = all.cursors.front();
    const auto changed = [&] {
        const Reading some = feed.read(ConnectedSystem::after(position));
        EXPECT_TRUE(some.summary) << some.error->detail;
        position = some.cursors.front();
        std::string text;
        for (const Observation& seen : some.records)
            text += seen.remote_id.text() + (seen.kind == Observation::Kind::Gone ? "-" : "");
        return text;
    };
    EXPECT_EQ(changed(), "");
    run("UPDATE stamped SET name = 'x' WHERE id = 2; DELETE FROM stamped WHERE id = 1");
    EXPECT_EQ(changed(), "1-2");
    EXPECT_EQ(changed(), "");
    run("UPDATE stamped SET id = 7 WHERE id = 3");
    EXPECT_EQ(changed(), "3-7");
    // One that began before others and is committed after them.
    run("BEGIN; UPDATE stamped SET name = 'late' WHERE id = 7");
    const PostgresqlClient other("erp");
    other.run("UPDATE stamped SET name = 'early' WHERE id = 2");
    EXPECT_EQ(changed(), "2");
    run("COMMIT");
    EXPECT_EQ(changed(), "27");
    EXPECT_EQ(changed(), "");
    // A server that counts from the beginning again is another one.
    const Json future{{"v", 1}, {"of", "journal.txid"}, {"since", "99999999999"}};
    EXPECT_EQ(feed.read(ConnectedSystem::after(future.dump())).error->code, ErrorCode::CursorLost);
    Json wrong = settings_of_it;
    wrong["entities"]["customer"]["journal"]["order"] = "moment";
    EXPECT_EQ(refusal(wrong), "table \"journal\" has no column \"moment\"");
}

TEST_F(PostgresqlChanges, WhatAnotherSessionNotifiesIsToldAtOnce) {
    using namespace std::chrono_literals;
    run("CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "PERFORM pg_notify('news of \"ours\"', ''); RETURN NULL; END$$;"
        "CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON stamped FOR EACH STATEMENT "
        "EXECUTE FUNCTION tell()");
    ConnectedSystem silent("sql", by(Json::object()));
    EXPECT_FALSE(silent->discover("customer")->can_watch);
    ConnectedSystem feed("sql", by({{"listen", "news of \"ours\""}}));
    ASSERT_TRUE(feed->discover("customer")->can_watch);
    const auto told = [&](std::chrono::milliseconds patience) {
        const auto changed = feed->watch("customer", patience);
        EXPECT_TRUE(changed) << changed.error().detail;
        return changed && *changed;
    };
    EXPECT_TRUE(told(1min)) << "what was before, nobody knows";
    EXPECT_FALSE(told(50ms));
    run("UPDATE stamped SET name = 'm1' WHERE id = 1");
    const Reading seen = feed.read();
    EXPECT_TRUE(told(1min)) << "it may have come after the reading began";
    EXPECT_FALSE(told(50ms));
    const auto written = feed.write(
        ConnectedSystem::change("2", seen.token("2"), {{"name", RawValue::of_text("ours")}})
    );
    EXPECT_EQ(written.outcome, Receipt::Outcome::Stored) << written.error.detail;
    EXPECT_FALSE(told(50ms)) << "the hub knows what it wrote";
    std::thread other([&] {
        std::this_thread::sleep_for(50ms);
        run("DELETE FROM stamped WHERE id = 3");
    });
    EXPECT_TRUE(told(1min));
    other.join();
    run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
        "'syncline'");
    std::this_thread::sleep_for(100ms);
    const auto after = feed->watch("customer", 1min);
    EXPECT_TRUE(!after || *after) << "a new connection knows nothing of what was before";
}

}  // namespace
}  // namespace syncline::testing
