// How the sql connector finds changes in a SQLite file by a column, and keys of several columns.

#include "sandbox/sqlite.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>

namespace syncline::testing {
namespace {

class SqlDetection : public ::testing::Test {
protected:
    void SetUp() override {
        file_ = fresh_folder() / "erp.sqlite";
        database_.emplace(file_);
        database_->run(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, changed TEXT, version "
            "INTEGER DEFAULT 1);"
            "INSERT INTO customers(id, name, changed) VALUES (1, 'An', datetime('now', '-1 day')), "
            "(2, 'Bo', datetime('now', '-1 day'))"
        );
    }
    ConnectedSystem& erp(const Json& more) {
        Json table{{"table", "customers"}, {"key", "id"}, {"columns", {"name"}}};
        table.update(more);
        return erp_.emplace(
            "sql",
            Json{{"database", {{"sqlite", file_.string()}}}, {"entities", {{"customer", table}}}}
        );
    }
    std::string refusal(const Json& more) {
        const auto checked = erp(more)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid);
        return checked.error().detail;
    }
    std::string cell(const std::string& sql) {
        sandbox::Statement select = database_->prepare(sql);
        return select.step() ? select.text(0) : "(no row)";
    }

    std::filesystem::path file_;
    std::optional<sandbox::Database> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_F(SqlDetection, ATimeColumnTellsWhatToRead) {
    ConnectedSystem& feed =
        erp({{"detect", "timestamp"}, {"changed_at", "changed"}, {"overlap", "1m"}});
    EXPECT_TRUE(feed->discover("customer")->incremental);
    database_->run("UPDATE customers SET changed = datetime('now') WHERE id = 1");
    const Reading all = feed.read();
    EXPECT_EQ(all.records.size(), 2U);
    const auto changed = [&] {
        std::string ids;
        for (const Observation& seen : feed.read(ConnectedSystem::after(all.cursors[0])).records)
            ids += seen.remote_id.text();
        return ids;
    };
    EXPECT_EQ(changed(), "1");
    database_->run("UPDATE customers SET changed = NULL WHERE id = 2");
    EXPECT_EQ(changed(), "12");
    database_->run(
        "UPDATE customers SET changed = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
        "WHERE id = 2"
    );
    EXPECT_EQ(changed(), "12");
}

TEST_F(SqlDetection, AJournalTellsWhatToReadAndWhatIsGone) {
    database_->run(
        "CREATE TABLE journal(seq INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER);"
        "CREATE TRIGGER changed AFTER UPDATE ON customers BEGIN "
        "INSERT INTO journal(id) VALUES (OLD.id), (NEW.id); END;"
        "CREATE TRIGGER gone AFTER DELETE ON customers BEGIN "
        "INSERT INTO journal(id) VALUES (OLD.id); END"
    );
    ConnectedSystem& feed =
        erp({{"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "seq"}}}});
    ASSERT_TRUE(feed->check());
    std::string position = feed.read().cursors.front();
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
    database_->run("UPDATE customers SET name = 'x' WHERE id = 2");
    database_->run("DELETE FROM customers WHERE id = 1");
    EXPECT_EQ(changed(), "1-2");
    EXPECT_EQ(changed(), "");
    database_->run("DELETE FROM journal WHERE seq < 2");
    const Reading again = feed.read(ConnectedSystem::after(position));
    EXPECT_TRUE(again.summary) << again.error->detail;
    database_->run("DELETE FROM journal");
    EXPECT_EQ(feed.read(ConnectedSystem::after(position)).error->code, ErrorCode::CursorLost)
        << "an emptied journal tells nothing of what was in it";
}

TEST_F(SqlDetection, AVersionColumnIsTheVersion) {
    ConnectedSystem& erp_of_version =
        erp({{"detect", "version"}, {"version", "version"}, {"touch", {{"version", "increment"}}}});
    EXPECT_EQ(erp_of_version.read().token("1"), "1");
    const Delivery change = ConnectedSystem::change("1", "1", {{"name", RawValue::of_text("Ann")}});
    const Receipt counted = erp_of_version.write(change);
    EXPECT_EQ(counted.outcome, Receipt::Outcome::Stored) << counted.error.detail;
    EXPECT_EQ(counted.token, "2");
    EXPECT_EQ(erp_of_version.write(change).outcome, Receipt::Outcome::Conflict);
    database_->run("UPDATE customers SET version = NULL WHERE id = 2");
    EXPECT_NE(erp_of_version.read().find("2")->problem, "");
}

TEST_F(SqlDetection, AVersionThatAWriteDoesNotChangeIsNoVersion) {
    const Receipt silent = erp({{"detect", "version"}, {"version", "version"}}
    ).write(ConnectedSystem::change("1", "1", {{"name", RawValue::of_text("Ann")}}));
    EXPECT_EQ(silent.outcome, Receipt::Outcome::NotSent);
    EXPECT_EQ(cell("SELECT name FROM customers WHERE id = 1"), "An");
}

TEST_F(SqlDetection, KeysOfSeveralColumnsAreOneId) {
    database_->run(
        "CREATE TABLE members(company TEXT, number INTEGER, name TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) "
        "INSERT INTO members SELECT c, i, c || i FROM n, (SELECT 'A/B' c UNION SELECT 'Z%');"
        "INSERT INTO members VALUES (NULL, 7, 'no company')"
    );
    ConnectedSystem& members = erp({{"table", "members"}, {"key", {"company", "number"}}});
    const Reading all = members.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), 301U);
    EXPECT_EQ(all.text("A%2FB/150", "name"), "A/B150");
    EXPECT_NE(all.find("members.company,number=")->problem, "");
    const Receipt changed = members.write(ConnectedSystem::change(
        "Z%25/7", all.token("Z%25/7"), {{"name", RawValue::of_text("seven")}}
    ));
    EXPECT_EQ(changed.outcome, Receipt::Outcome::Stored) << changed.error.detail;
    EXPECT_EQ(cell("SELECT company || number FROM members WHERE name = 'seven'"), "Z%7");
    EXPECT_EQ(members.lookup({"A/B/1"}).front().kind, Observation::Kind::Gone);
}

TEST_F(SqlDetection, SaysPreciselyWhatIsWrongWithItsSettings) {
    EXPECT_EQ(
        refusal({{"detect", "guess"}}),
        "settings/entities/customer/detect can only be \"row_hash\", \"version\", \"timestamp\" or "
        "\"journal\""
    );
    EXPECT_EQ(
        refusal({{"detect", "version"}}),
        "settings/entities/customer/version is missing or not a text"
    );
    EXPECT_EQ(
        refusal({{"changed_at", "changed"}}),
        "settings/entities/customer/changed_at needs \"detect\": \"timestamp\""
    );
    EXPECT_EQ(
        refusal({{"key", Json::array()}}),
        "settings/entities/customer/key must be a column or a list of columns"
    );
    EXPECT_EQ(
        refusal({{"touch", {{"name", "increment"}}}}),
        "settings/entities/customer/touch/name can only be \"now\"; \"increment\" is for the "
        "version column"
    );
    EXPECT_EQ(
        refusal({{"schema", "main"}}),
        "settings/entities/customer/schema: a SQLite file has no schemas"
    );
    EXPECT_EQ(
        refusal({{"detect", "timestamp"}, {"changed_at", "gone"}}),
        "table \"customers\" has no column \"gone\""
    );
}

TEST_F(SqlDetection, AChangeOfTheFileIsToldAtOnce) {
    using namespace std::chrono_literals;
    for (const char* mode : {"wal", "delete"}) {
        database_->run(std::string("PRAGMA journal_mode = ") + mode);
        ConnectedSystem& system = erp(Json::object());
        ASSERT_TRUE(system->discover("customer")->can_watch);
        const auto told = [&](std::chrono::milliseconds patience) {
            const auto changed = system->watch("customer", patience);
            EXPECT_TRUE(changed) << changed.error().detail;
            return changed && *changed;
        };
        EXPECT_TRUE(told(1min)) << "what was before, nobody knows";
        system.read();
        while (told(50ms)) {  // opening and closing may have tidied up
        }
        system.read();
        EXPECT_FALSE(told(50ms)) << mode << ": reading changes nothing";
        database_->run(std::string("UPDATE customers SET name = 'Anna ") + mode + "' WHERE id = 1");
        EXPECT_TRUE(told(1min)) << mode;
        std::thread writer([&] {
            std::this_thread::sleep_for(50ms);
            database_->run(
                std::string("UPDATE customers SET name = 'Bob ") + mode + "' WHERE id = 2"
            );
        });
        EXPECT_TRUE(told(1min)) << mode;
        writer.join();
    }
}

TEST_F(SqlDetection, WaitingForAChangeEndsWhenItIsStopped) {
    using namespace std::chrono_literals;
    ConnectedSystem& system = erp(Json::object());
    ASSERT_TRUE(system->watch("customer", 1min));
    std::thread other([&] {
        std::this_thread::sleep_for(50ms);
        system->stop_watching();
    });
    const auto begun = std::chrono::steady_clock::now();
    const auto changed = system->watch("customer", 1min);
    other.join();
    ASSERT_TRUE(changed) << changed.error().detail;
    EXPECT_FALSE(*changed);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
    EXPECT_EQ(system.read().records.size(), 2U);
    system->stop_watching();  // before the next one begins
    ASSERT_TRUE(system->watch("customer", 1min));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
}

TEST_F(SqlDetection, OnlyPostgresqlNotifies) {
    EXPECT_EQ(
        refusal({{"listen", "customers"}}),
        "settings/entities/customer/listen: only PostgreSQL notifies; changes of a SQLite file are "
        "seen anyway"
    );
}

}  // namespace
}  // namespace syncline::testing
