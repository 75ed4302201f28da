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

TEST_F(PostgresqlChanges, ATimeWithoutAZoneIsThatOfTheServersOtherPrograms) {
    ConnectedSystem feed(
        "sql", by({{"detect", "timestamp"}, {"changed_at", "naive"}, {"overlap", "1m"}})
    );
    std::string position = feed.read().cursors.front();
    const std::string now = "now() AT TIME ZONE 'Europe/Brussels'";
    run("UPDATE stamped SET naive = " + now + " WHERE id = 2");
    position = feed.read(ConnectedSystem::after(position)).cursors.front();
    EXPECT_EQ(ids(feed.read(ConnectedSystem::after(position))), "2");
    run("UPDATE stamped SET naive = " + now + " - interval '50 seconds' WHERE id = 3");
    EXPECT_EQ(ids(feed.read(ConnectedSystem::after(position))), "23");
}

TEST_F(PostgresqlChanges, APositionThatIsNoTimeIsGivenUp) {
    ConnectedSystem feed("sql", by({{"detect", "timestamp"}, {"changed_at", "seen"}}));
    const Json broken{{"v", 1}, {"of", "seen"}, {"since", "yesterday-ish"}};
    const Reading lost = feed.read(ConnectedSystem::after(broken.dump()));
    ASSERT_TRUE(lost.error);
    EXPECT_EQ(lost.error->code, ErrorCode::CursorLost) << lost.error->detail;
}

TEST_F(PostgresqlChanges, AJournalTellsOfAKeyThatChanged) {
    run("CREATE TABLE journal(seq bigserial PRIMARY KEY, id int, txid xid8 NOT NULL DEFAULT "
        "pg_current_xact_id());"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF TG_OP <> 'INSERT' THEN INSERT INTO journal(id) VALUES(OLD.id); END IF;"
        "IF TG_OP <> 'DELETE' THEN INSERT INTO journal(id) VALUES(NEW.id); END IF;"
        "RETURN NULL; END$$;"
        "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON stamped FOR EACH ROW EXECUTE "
        "FUNCTION note()");
    ConnectedSystem feed(
        "sql", by({{"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "txid"}}}})
    );
    const std::string position = feed.read().cursors.front();
    run("UPDATE stamped SET id = 7 WHERE id = 3");
    const Reading some = feed.read(ConnectedSystem::after(position));
    ASSERT_TRUE(some.summary) << some.error->detail;
    ASSERT_EQ(ids(some), "37");
    EXPECT_EQ(some.records[0].kind, Observation::Kind::Gone);
    EXPECT_EQ(some.records[1].kind, Observation::Kind::Present);
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
