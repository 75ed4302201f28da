// What is so over ODBC and not with databases of their own: what a source does not tell, its
// drivers, its words for names. The source is SQLite's driver.

#include "connectors/sqlite_database.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {
namespace {

class SqlOdbc : public ::testing::Test {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        if (!OdbcSqliteDatabase::is_installed())
            GTEST_SKIP() << "the package libsqliteodbc is not installed: NOT TESTED";
        database_.emplace();
        run("CREATE TABLE customers(id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, "
            "email VARCHAR(80) UNIQUE, credit NUMERIC, code VARCHAR(5), \"born on\" DATE, "
            "ok BOOLEAN, big BIGINT, note TEXT, photo BLOB, updated_at TIMESTAMP)");
        run("INSERT INTO customers(id, name, email, credit) VALUES(1, 'An', 'an@mees.example', 1.5)"
        );
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    Json settings(const Json& more = Json::object()) const {
        Json customer{
            {"table", "customers"},
            {"key", "id"},
            {"columns",
             {"name", "email", "credit", "code", "born on", "ok", "big", "note", "photo"}}};
        customer.update(more);
        return {{"database", database_->settings()}, {"entities", {{"customer", customer}}}};
    }
    ConnectedSystem& erp(const Json& more = Json::object()) {
        return erp_.emplace("sql", settings(more));
    }
    std::string refusal(const Json& wrong, ErrorCode code = ErrorCode::ConfigInvalid) {
        const auto checked = erp_.emplace("sql", wrong)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    std::optional<OdbcSqliteDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_F(SqlOdbc, SaysWhatItDoesNotPromise) {
    ASSERT_TRUE(erp()->check());
    const auto can = (*erp_)->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_TRUE(can->can_write && can->conditional_write && can->lookup_by_id && can->can_delete);
    EXPECT_FALSE(can->can_watch || can->incremental);
    EXPECT_EQ(can->cannot_create, "");
    ASSERT_EQ(can->limits.size(), 3U);
    EXPECT_TRUE(has(can->limits[0], "which columns the source fills itself"));
    EXPECT_TRUE(has(can->limits[1], "nobody tells of changes"));
    EXPECT_TRUE(has(can->limits[2], "which keys were used before"));
    EXPECT_EQ(can->fields[3].max_characters, 5U);
    EXPECT_EQ(can->fields[7].max_characters, 0U);
    Json journaled =
        settings({{"detect", "journal"}, {"journal", {{"table", "journal"}, {"order", "seq"}}}});
    EXPECT_TRUE(has(refusal(journaled), "/detect: no journal can be followed over ODBC"));
    EXPECT_TRUE(has(refusal(settings({{"listen", "x"}})), "only PostgreSQL notifies"));
}

TEST_F(SqlOdbc, EveryTypeAndCharacterGoesThereAndBack) {
    run("UPDATE customers SET name = 'Zoë 🙂 \"q\"', credit = 12345678.25, \"born on\" = "
        "'1970-02-28', ok = 1, big = 9007199254740993, note = '', photo = x'ff00'");
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text("1", "name"), "Zoë 🙂 \"q\"");
    EXPECT_EQ(all.text("1", "credit"), "12345678.25");
    EXPECT_EQ(all.text("1", "born on"), "1970-02-28");
    EXPECT_EQ(all.text("1", "ok"), "true");
    EXPECT_EQ(all.find("1")->fields.find("ok")->kind, RawValue::Kind::Bool);
    EXPECT_EQ(all.text("1", "big"), "9007199254740993");
    EXPECT_EQ(all.text("1", "note"), "");
    EXPECT_EQ(all.text("1", "code"), "(null)");
    EXPECT_EQ(all.text("1", "photo"), "(absent)");
    const std::string longer(5'000, 'x');
    const Receipt receipt = erp_->write(ConnectedSystem::change(
        "1",
        all.token("1"),
        {{"name", RawValue::of_text("O'Mees 🙂 ?")},
         {"credit", RawValue::of_number("0.1")},
         {"ok", RawValue::of_bool(false)},
         {"big", RawValue::of_number("-9007199254740993")},
         {"born on", RawValue::null()},
         {"note", RawValue::of_text(longer + "ë")}}
    ));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT replace(name, '''', '\"') FROM customers"), "O\"Mees 🙂 ?");
    EXPECT_EQ(run("SELECT credit FROM customers"), "0.1");
    EXPECT_EQ(run("SELECT ok FROM customers"), "0");
    EXPECT_EQ(run("SELECT big FROM customers"), "-9007199254740993");
    EXPECT_EQ(run("SELECT \"born on\" FROM customers"), "(null)");
    EXPECT_EQ(run("SELECT note FROM customers"), longer + "ë");
    EXPECT_EQ(receipt.token, erp_->read().token("1"));
    const Receipt unfit = erp_->write(
        ConnectedSystem::change("1", "", {{"name", RawValue::of_text(std::string("a\0b", 3))}})
    );
    EXPECT_EQ(unfit.outcome, Out::Refused) << "drivers would cut it";
    EXPECT_EQ(unfit.refused_field, "name");
}

TEST_F(SqlOdbc, EveryRowIsReadOnceInPages) {
    for (int i = 2; i <= 450; ++i)
        run("INSERT INTO customers(id, name) VALUES(" + std::to_string(i) + ", 'n')");
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.pages, (std::vector<std::size_t>{200, 200, 50}));
    EXPECT_EQ(all.records.size(), 450U);
}

TEST_F(SqlOdbc, LooksRowsUpByTheirOneSpelling) {
    const auto found = erp().lookup({"1", "01", "1 OR 1=1", "", "99999999999999999999", "1a"});
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    for (std::size_t i = 1; i < found.size(); ++i)
        EXPECT_EQ(found[i].kind, Observation::Kind::Gone) << i;
    run("CREATE TABLE codes(code VARCHAR(10) COLLATE NOCASE PRIMARY KEY, name VARCHAR(10))");
    run("INSERT INTO codes VALUES('Ab', 'An')");
    erp({{"table", "codes"}, {"key", "code"}, {"columns", {"name"}}});
    EXPECT_EQ(erp_->lookup({"Ab"}).front().kind, Observation::Kind::Present);
    EXPECT_EQ(erp_->lookup({"ab"}).front().kind, Observation::Kind::Gone);
}

TEST_F(SqlOdbc, ARefusalSaysWhyThoughTheDriverTellsNoState) {
    run("INSERT INTO customers(id, name, email) VALUES(2, 'Bo', 'bo@mees.example')");
    run("CREATE TRIGGER lasting BEFORE UPDATE OF code ON customers WHEN NEW.code = 'no' "
        "BEGIN SELECT RAISE(ABORT, 'the code stays'); END");
    erp();
    const auto write = [&](const char* field, const RawValue& value) {
        return erp_->write(ConnectedSystem::change("2", "", {{field, value}}));
    };
    const Receipt taken = write("email", RawValue::of_text("an@mees.example"));
    EXPECT_EQ(taken.outcome, Out::Duplicate) << taken.error.detail;
    EXPECT_EQ(taken.refused_field, "email");
    EXPECT_EQ(taken.duplicate_of.text(), "1");
    EXPECT_FALSE(has(taken.error.detail, "an@mees.example"));
    EXPECT_EQ(write("email", RawValue::of_text("bo@mees.example")).outcome, Out::Stored)
        << "its own is no duplicate";
    const Receipt empty = write("name", RawValue::null());
    EXPECT_EQ(empty.outcome, Out::Refused);
    EXPECT_EQ(empty.refused_field, "name");
    const Receipt kept = write("code", RawValue::of_text("no"));
    EXPECT_EQ(kept.outcome, Out::Refused);
    EXPECT_EQ(kept.refused_field, "code");
    EXPECT_TRUE(has(kept.error.detail, "the code stays")) << kept.error.detail;
}

TEST_F(SqlOdbc, AnEditIsNotWrittenOverAndALockIsWaitedFor) {
    const std::string token = erp().read().token("1");
    run("UPDATE customers SET credit = 2");
    const auto change = ConnectedSystem::change("1", token, {{"name", RawValue::of_text("Over")}});
    EXPECT_EQ(erp_->write(change).outcome, Out::Conflict);
    EXPECT_EQ(erp_->write(ConnectedSystem::deletion("1", token)).outcome, Out::Conflict);
    run("BEGIN IMMEDIATE");
    run("UPDATE customers SET credit = 3");
    const auto any = ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}});
    const Receipt locked = erp_->write(any);
    EXPECT_EQ(locked.outcome, Out::NotSent) << locked.error.detail;
    EXPECT_TRUE(has(locked.error.detail, "locked by another program")) << locked.error.detail;
    run("COMMIT");
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
    EXPECT_EQ(erp_->write(any).outcome, Out::Stored);
    EXPECT_EQ(erp_->write(ConnectedSystem::deletion("1")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT count(*) FROM customers"), "0");
}

TEST_F(SqlOdbc, TimesOfChangeTellWhatToRead) {
    run("UPDATE customers SET updated_at = datetime('now', '-1 day')");
    run("INSERT INTO customers(id, name, updated_at) VALUES(2, 'Bo', datetime('now', '-2 hours'))");
    erp(
        {{"detect", "timestamp"},
         {"changed_at", "updated_at"},
         {"overlap", "1m"},
         {"touch", {{"updated_at", "now"}}}}
    );
    const Reading all = erp_->read();
    ASSERT_EQ(all.records.size(), 2U) << all.error->detail;
    const auto after = ConnectedSystem::after(all.cursors.front());
    EXPECT_EQ(erp_->read(after).records.size(), 1U);
    EXPECT_EQ(
        erp_->write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}})).outcome,
        Out::Stored
    );
    EXPECT_EQ(erp_->read(after).records.size(), 2U);
    const std::string cursor = R"({"v":1,"of":"updated_at","since":"yesterday"})";
    const Reading lost = erp_->read(ConnectedSystem::after(cursor));
    ASSERT_TRUE(lost.error);
    EXPECT_EQ(lost.error->code, ErrorCode::CursorLost);
}

/// A source that says little of itself.
class SqlOdbcModest : public SqlOdbc {
protected:
    ConnectedSystem& erp_over(const std::string& driver) {
        Json other = settings({{"columns", {"name", "email", "born on"}}});
        other["database"] =
            database_->settings_over(std::string(BUILD_ROOT "/tests/connectors/") + driver);
        return erp_.emplace("sql", other);
    }
};

TEST_F(SqlOdbcModest, NamesAreQuotedAsTheSourceDoesAndPagesNeedNoWordsOfIt) {
    for (int i = 2; i <= 250; ++i)
        run("INSERT INTO customers(id, name) VALUES(" + std::to_string(i) + ", 'n')");
    const Reading all = erp_over("odbc_modest.so").read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.pages, (std::vector<std::size_t>{200, 50}));
    const Receipt receipt =
        erp_->write(ConnectedSystem::change("1", "", {{"born on", RawValue::of_text("1970-02-28")}})
        );
    EXPECT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT \"born on\" FROM customers WHERE id = 1"), "1970-02-28");
    const Receipt taken = erp_->write(
        ConnectedSystem::change("2", "", {{"email", RawValue::of_text("an@mees.example")}})
    );
    EXPECT_EQ(taken.outcome, Out::Duplicate) << taken.error.detail;
    EXPECT_EQ(taken.duplicate_of.text(), "1");
}

TEST_F(SqlOdbcModest, WithoutSerializableTransactionsASourceIsOnlyRead) {
    ConnectedSystem& read_only = erp_over("odbc_read_only.so");
    const auto can = read_only->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_FALSE(can->can_write || can->can_delete || can->conditional_write);
    EXPECT_TRUE(has(can->cannot_create, "offers no serializable transactions"))
        << can->cannot_create;
    EXPECT_EQ(read_only.read().text("1", "name"), "An");
    const auto change = ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Over")}});
    EXPECT_NE(read_only.write(change).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
}

TEST_F(SqlOdbc, SaysPreciselyWhatIsWrongWithItsSettings) {
    const std::string where = "settings/database/odbc";
    const auto with = [&](const Json& odbc) {
        Json wrong = settings();
        wrong["database"]["odbc"] = odbc;
        return refusal(wrong);
    };
    EXPECT_EQ(with(Json::object()), where + " needs either \"dsn\" or \"connection\"");
    EXPECT_EQ(
        with({{"dsn", "erp"}, {"connection", "Driver=x"}}),
        where + " needs either \"dsn\" or \"connection\""
    );
    for (const char* word : {"PWD", "pwd ", "Password"})
        EXPECT_EQ(
            with({{"connection", std::string("Driver={x;y};") + word + "=s3cret"}}),
            where + "/connection must hold no password: give it as \"password\", a secret"
        );
    EXPECT_EQ(with({{"dsn", "erp"}, {"timeout", "2m"}}), where + "/timeout must be at most \"1m\"");
    EXPECT_TRUE(has(with({{"dsn", "erp"}, {"host", "x"}}), " has no \"host\""));
    EXPECT_EQ(
        with({{"dsn", "erp"}, {"session", "x"}}), where + "/session must be a list of statements"
    );
    const std::string unknown = with({{"dsn", "nobody knows it"}, {"password", "s3cret"}});
    EXPECT_TRUE(has(unknown, "no such driver or data source: ")) << unknown;
    EXPECT_FALSE(has(unknown, "s3cret"));
    Json wrong = settings({{"table", "clients"}});
    EXPECT_EQ(refusal(wrong), "the database has no table or view \"clients\"");
    wrong = settings({{"columns", {"fax"}}});
    EXPECT_EQ(refusal(wrong), "table \"customers\" has no column \"fax\"");
    wrong = settings();
    wrong["database"]["odbc"]["session"] = {"SELECT nonsense FROM nowhere"};
    EXPECT_TRUE(has(refusal(wrong, ErrorCode::RemoteUnavailable), "no such table"));
}

}  // namespace
}  // namespace syncline::testing
