// What is so with a real MariaDB server and not with others: its types, times, keys, engines and
// ways to connect.

#include "servers/mariadb_server.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {
namespace {

class Mariadb : public ::testing::Test {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        if (!MariadbServer::is_installed())
            GTEST_SKIP() << "the package mariadb-server is not installed: NOT TESTED";
        database_.emplace();
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    static Json table(const Json& more = Json::object()) {
        Json customer{{"table", "customers"}, {"key", "id"}, {"columns", {"name"}}};
        customer.update(more);
        return customer;
    }
    ConnectedSystem& erp(const Json& of_table, const Json& of_server = Json::object()) {
        Json settings{{"database", database_->settings()}, {"entities", {{"customer", of_table}}}};
        settings["database"]["mariadb"].update(of_server);
        return erp_.emplace("sql", settings);
    }
    Receipt write(const char* field, const RawValue& value) {
        return erp_->write(ConnectedSystem::change("1", "", {{field, value}}));
    }
    std::string refusal(ErrorCode code = ErrorCode::ConfigInvalid) {
        const auto checked = (*erp_)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    void one_customer(const std::string& more = "") {
        run("CREATE TABLE customers(id int PRIMARY KEY, name varchar(20)" + more + ")");
        run("INSERT INTO customers(id, name) VALUES(1, 'An')");
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }

    std::optional<MariadbDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_F(Mariadb, EveryTypeIsReadAsWhatItHolds) {
    run("CREATE TABLE customers(id int unsigned PRIMARY KEY, padded char(8), price decimal(24, 8), "
        "big bigint, ratio double, narrow float, active boolean, bits bit(1), flags bit(5), born "
        "date, seen datetime(1), met timestamp NULL, state enum('glad', 'cross'), latin "
        "varchar(20) "
        "CHARACTER SET latin1, photo blob, nothing text, empty text, twice bigint AS (big * 2) "
        "VIRTUAL)");
    run("SET time_zone = '+02:00'; INSERT INTO customers(id, padded, price, big, ratio, narrow, "
        "active, bits, "
        "flags, born, seen, met, state, latin, photo, empty) VALUES(4294967295, 'AB', "
        "1234567890123456.12345678, 9007199254740993, 0.1, 0.1, true, b'1', b'10100', "
        "'1970-02-28', '2026-03-01 12:30:00.5', '2026-03-01 12:30:00', 'glad', 'Zoë', x'ff00', '')"
    );
    const char* const id = "4294967295";
    ConnectedSystem& types = erp(table(
        {{"columns",
          {"padded",
           "price",
           "big",
           "ratio",
           "narrow",
           "active",
           "bits",
           "flags",
           "born",
           "seen",
           "met",
           "state",
           "latin",
           "photo",
           "nothing",
           "empty",
           "twice"}}}
    ));
    const auto can = types->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_FALSE(can->fields.back().writable);
    const Reading all = types.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    const auto kind = [&](const char* name) { return all.find(id)->fields.find(name)->kind; };
    EXPECT_EQ(all.text(id, "padded"), "AB");
    EXPECT_EQ(all.text(id, "price"), "1234567890123456.12345678") << "not through a double";
    EXPECT_EQ(all.text(id, "big"), "9007199254740993");
    EXPECT_EQ(all.text(id, "ratio"), "0.1");
    EXPECT_EQ(all.text(id, "narrow"), "0.1");
    EXPECT_EQ(all.text(id, "active"), "true");
    EXPECT_EQ(kind("active"), RawValue::Kind::Bool);
    EXPECT_EQ(all.text(id, "bits"), "true");
    EXPECT_EQ(all.text(id, "flags"), "20");
    EXPECT_EQ(all.text(id, "born"), "1970-02-28");
    EXPECT_EQ(all.text(id, "seen"), "2026-03-01 12:30:00.5");
    EXPECT_EQ(all.text(id, "met"), "2026-03-01 10:30:00") << "of UTC";
    EXPECT_EQ(all.text(id, "state"), "glad");
    EXPECT_EQ(all.text(id, "latin"), "Zoë");
    EXPECT_EQ(all.text(id, "photo"), "(absent)");
    EXPECT_EQ(all.text(id, "nothing"), "(null)");
    EXPECT_EQ(all.text(id, "empty"), "");
    const Receipt receipt = types.write(ConnectedSystem::change(
        id,
        all.token(id),
        {{"padded", RawValue::of_text("XY")},
         {"price", RawValue::of_number("9876543210987654.87654321")},
         {"active", RawValue::of_bool(false)},
         {"bits", RawValue::of_bool(false)},
         {"flags", RawValue::of_number("21")},
         {"born", RawValue::null()},
         {"empty", RawValue::of_text(std::string("a\0b\\", 4))},
         {"latin", RawValue::of_text("Chloé")}}
    ));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT price FROM customers"), "9876543210987654.87654321");
    EXPECT_EQ(run("SELECT active + bits + flags FROM customers"), "21");
    EXPECT_EQ(run("SELECT HEX(empty) FROM customers"), "6100625C");
    EXPECT_EQ(run("SELECT latin FROM customers"), "Chloé");
    EXPECT_EQ(receipt.token, types.read().token(id));
    for (const char* field : {"latin", "state"}) {
        const Receipt unfit =
            types.write(ConnectedSystem::change(id, "", {{field, RawValue::of_text("Łucja")}}));
        EXPECT_EQ(unfit.outcome, Out::Refused) << "nothing is cut or replaced in silence";
        EXPECT_EQ(unfit.refused_field, field);
        EXPECT_FALSE(has(unfit.error.detail, "ucja")) << unfit.error.detail;
    }
}

TEST_F(Mariadb, ATimeWithoutAZoneIsThatOfTheServersOtherPrograms) {
    one_customer(", changed datetime, day date, stamp timestamp NULL");
    run("UPDATE customers SET changed = now() - interval 1 day, stamp = now() - interval 1 day");
    erp(table({{"touch", {{"changed", "now"}, {"day", "now"}, {"stamp", "now"}}}}));
    const Receipt receipt = write("name", RawValue::of_text("Ann"));
    ASSERT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT ABS(TIMESTAMPDIFF(SECOND, changed, now())) < 60 FROM customers"), "1");
    EXPECT_EQ(run("SELECT ABS(TIMESTAMPDIFF(SECOND, stamp, now())) < 60 FROM customers"), "1");
    EXPECT_EQ(run("SELECT DATEDIFF(now(), day) <= 1 FROM customers"), "1");
    run("INSERT INTO customers(id, name, changed) VALUES(2, 'Bo', now() - interval 1 day)");
    ConnectedSystem& feed =
        erp(table({{"detect", "timestamp"}, {"changed_at", "changed"}, {"overlap", "1m"}}));
    const std::string position = feed.read().cursors.front();
    EXPECT_EQ(feed.read(ConnectedSystem::after(position)).records.size(), 1U);
}

TEST_F(Mariadb, NewKeysAreAboveEveryOneThatEverWas) {
    run("CREATE TABLE customers(id int AUTO_INCREMENT PRIMARY KEY, name varchar(20))");
    run("INSERT INTO customers(name) VALUES('An'), ('Bo'); DELETE FROM customers WHERE id = 2");
    ConnectedSystem& numbered = erp(table());
    const auto ids = numbered->plan_ids("customer", 2);
    ASSERT_TRUE(ids) << ids.error().detail;
    EXPECT_EQ(*ids, (std::vector<RemoteId>{RemoteId{"3"}, RemoteId{"4"}}));
    const Delivery create = numbered.creation({{"name", RawValue::of_text("Cy")}}, "3");
    EXPECT_TRUE(numbered->lookup_created(create)->empty());
    const Receipt made = numbered.write(create);
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(numbered.write(create).outcome, Out::Conflict);
    EXPECT_EQ(numbered->lookup_created(create)->front().token, made.token);
    EXPECT_EQ(run("INSERT INTO customers(name) VALUES('Di'); SELECT LAST_INSERT_ID()"), "4");
    run("CREATE SEQUENCE ours START 70; CREATE TABLE old(id int DEFAULT nextval(ours), name text)");
    EXPECT_EQ(erp(table({{"table", "old"}}))->plan_ids("customer", 1)->front().text(), "70");
    run("CREATE TABLE named(id varchar(9) PRIMARY KEY, name text)");
    const auto none = erp(table({{"table", "named"}}))->plan_ids("customer", 1);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::PluginUnsupported);
}

TEST_F(Mariadb, AnEngineWithoutTransactionsIsReadAndNotWritten) {
    one_customer();
    run("ALTER TABLE customers ENGINE = MyISAM");
    EXPECT_EQ(erp(table()).read().text("1", "name"), "An");
    const Receipt refused = write("name", RawValue::of_text("Ann"));
    EXPECT_EQ(refused.outcome, Out::NotSent);
    EXPECT_EQ(refused.error.code, ErrorCode::ConfigInvalid);
    EXPECT_TRUE(has(refused.error.detail, "engine without transactions")) << refused.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
}

TEST_F(Mariadb, WhatATriggerSaysIsARefusalAndWhatItUndoesIsSeen) {
    one_customer();
    run("CREATE TRIGGER guard BEFORE UPDATE ON customers FOR EACH ROW SIGNAL SQLSTATE '45000' "
        "SET MESSAGE_TEXT = 'no change here'");
    erp(table());
    const Receipt raised = write("name", RawValue::of_text("Ann"));
    EXPECT_EQ(raised.outcome, Out::Refused);
    EXPECT_TRUE(has(raised.error.detail, "no change here (error 1644)")) << raised.error.detail;
    run("DROP TRIGGER guard; CREATE TRIGGER reverting BEFORE UPDATE ON customers FOR EACH ROW SET "
        "NEW.name = OLD.name");
    const Receipt undone = write("name", RawValue::of_text("Ann"));
    EXPECT_EQ(undone.outcome, Out::Stored);
    EXPECT_EQ(text_in(undone.stored->fields, "name"), "An");
}

TEST_F(Mariadb, AStatementThatTakesTooLongIsEnded) {
    one_customer();
    run("CREATE TRIGGER slow BEFORE UPDATE ON customers FOR EACH ROW SET NEW.name = IF(SLEEP(20), "
        "'', NEW.name)");
    erp(table(), {{"timeout", "1s"}});
    const Receipt receipt = write("name", RawValue::of_text("Ann"));
    EXPECT_EQ(receipt.outcome, Out::NotSent);
    EXPECT_TRUE(has(receipt.error.detail, "longer than \"timeout\" allows"))
        << receipt.error.detail;
    EXPECT_EQ(run("SELECT name FROM customers"), "An");
}

TEST_F(Mariadb, AnotherDatabaseOfTheServerIsASchema) {
    run("CREATE OR REPLACE DATABASE sales; CREATE TABLE sales.kunden(nr int PRIMARY KEY, `na me` "
        "text);"
        "INSERT INTO sales.kunden VALUES(1, 'An')");
    erp({{"schema", "sales"}, {"table", "kunden"}, {"key", "nr"}, {"columns", {"na me"}}});
    EXPECT_EQ(erp_->read().text("1", "na me"), "An");
    EXPECT_EQ(write("na me", RawValue::of_text("Bo")).outcome, Out::Stored);
    EXPECT_EQ(run("SELECT `na me` FROM sales.kunden"), "Bo");
}

TEST_F(Mariadb, TheWayIsASocketOrEncryptedAsTold) {
    one_customer();
    erp(table(), {{"host", MariadbServer::instance().socket().string()}});
    EXPECT_EQ(erp_->read().text("1", "name"), "An");
    // Whether a session is encrypted is what its writes tell.
    run("CREATE TABLE seen(cipher varchar(80)); CREATE TRIGGER tell BEFORE UPDATE ON customers FOR "
        "EACH ROW INSERT INTO seen SELECT variable_value FROM information_schema.session_status "
        "WHERE variable_name = 'SSL_CIPHER'");
    const auto cipher = [&](const Json& server) {
        run("DELETE FROM seen");
        erp(table(), server);
        const Receipt receipt = write("name", RawValue::of_text("Ann"));
        EXPECT_EQ(receipt.outcome, Out::Stored) << receipt.error.detail;
        return run("SELECT cipher FROM seen");
    };
    EXPECT_EQ(cipher(Json::object()), "");
    EXPECT_NE(cipher({{"tls", "encrypt"}}), "");
    EXPECT_NE(
        cipher({{"tls", "verify"}, {"ca", MariadbServer::instance().authority().string()}}), ""
    );
    erp(table(), {{"tls", "verify"}});
    EXPECT_TRUE(has(refusal(), "the connection is not safe"));
}

}  // namespace
}  // namespace syncline::testing
