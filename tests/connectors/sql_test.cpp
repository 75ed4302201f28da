// The sql connector against SQLite files, as the hub runs it.

#include "sandbox/demo_world.hpp"
#include "sandbox/sqlite.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {
namespace {

using sandbox::Database;

class SqlConnector : public ::testing::Test {
protected:
    void SetUp() override {
        file_ = fresh_folder() / "erp.sqlite";
        database_.emplace(file_);
        database_->run(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, "
            "credit NUMERIC CHECK (typeof(credit) = 'text' OR credit IS NULL OR credit >= 0), "
            "updated_at TEXT)"
        );
    }
    void add(int id, const std::string& rest) {
        database_->run(
            "INSERT INTO customers(id, name, email, credit) VALUES(" + std::to_string(id) + ", " +
            rest + ")"
        );
    }
    Json settings() const {
        return {
            {"database", {{"sqlite", file_.string()}}},
            {"entities",
             {{"customer",
               {{"table", "customers"},
                {"key", "id"},
                {"columns", {"name", "email", "credit"}},
                {"touch", {{"updated_at", "now"}}}}}}}};
    }
    ConnectedSystem& erp() {
        if (!erp_) erp_.emplace("sql", settings());
        return *erp_;
    }
    std::string cell(const std::string& sql) {
        sandbox::Statement select = database_->prepare(sql);
        return select.step() ? select.text(0) : "(no row)";
    }
    /// Why these settings are refused.
    std::string refusal(const Json& wrong) {
        ConnectedSystem system("sql", wrong);
        const auto checked = system->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid) << checked.error().detail;
        return checked.error().detail;
    }

    std::filesystem::path file_;
    std::optional<Database> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_F(SqlConnector, TellsWhatItCanDo) {
    EXPECT_TRUE(erp()->check());
    const auto can = erp()->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_EQ(can->connector, "org.syncline.sql 0.1") << "a patch means the same";
    EXPECT_EQ(can->version, connect::VersionKind::Opaque);
    EXPECT_TRUE(can->can_write && can->conditional_write && can->lookup_by_id);
    EXPECT_TRUE(can->listing_proves_absence && can->creates_need_planned_id && can->can_delete);
    EXPECT_FALSE(can->write_deferred || can->incremental);
    ASSERT_EQ(can->fields.size(), 3U);
    EXPECT_EQ(can->fields[2].name, "credit");
    const auto other = erp()->discover("supplier");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::PluginUnusable);
    EXPECT_EQ(other.error().detail, "it has no entity \"supplier\"");
}

TEST_F(SqlConnector, ReadsEveryRowOnceInPagesOfTwoHundred) {
    database_->run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450) "
        "INSERT INTO customers(id, name) SELECT i, 'Customer ' || i FROM n"
    );
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_TRUE(all.summary->complete_listing);
    EXPECT_EQ(all.summary->records, 450U);
    EXPECT_EQ(all.pages, (std::vector<std::size_t>{200, 200, 50}));
    ASSERT_EQ(all.records.size(), 450U);
    for (int i = 1; i <= 450; ++i)
        EXPECT_EQ(all.records[static_cast<std::size_t>(i - 1)].remote_id.text(), std::to_string(i));
    EXPECT_EQ(all.cursors.size(), 1U);
}

TEST_F(SqlConnector, ReadsAnEmptyTable) {
    const Reading none = erp().read();
    ASSERT_TRUE(none.summary);
    EXPECT_TRUE(none.summary->complete_listing);
    EXPECT_EQ(none.records.size(), 0U);
    EXPECT_EQ(none.cursors.size(), 1U);
}

// A key column that declares no type holds numbers that are equal to no text and smaller than each.
TEST_F(SqlConnector, PagesAndFindsKeysOfAnUndeclaredType) {
    database_->run(
        "CREATE TABLE loose(id, name TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) "
        "INSERT INTO loose SELECT i, 'n' FROM n;"
        "INSERT INTO loose VALUES ('x1', 'text'), (NULL, 'keyless'), (2.5, 'real')"
    );
    Json wanted = settings();
    wanted["entities"]["customer"] = {{"table", "loose"}, {"key", "id"}, {"columns", {"name"}}};
    ConnectedSystem loose("sql", wanted);
    const Reading all = loose.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), 253U);
    EXPECT_EQ(all.text("250", "name"), "n");
    EXPECT_EQ(all.text("x1", "name"), "text");
    EXPECT_NE(all.find("loose.id=")->problem, "");
    EXPECT_NE(all.find("loose.id=2.5")->problem, "");
    const auto found = loose.lookup({"7", "x1", "07"});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    EXPECT_EQ(found[1].kind, Observation::Kind::Present);
    EXPECT_EQ(found[2].kind, Observation::Kind::Gone);
    const Receipt changed = loose.write(
        ConnectedSystem::change("7", found[0].token, {{"name", RawValue::of_text("seven")}})
    );
    EXPECT_EQ(changed.outcome, Receipt::Outcome::Stored) << changed.error.detail;
    EXPECT_EQ(cell("SELECT name FROM loose WHERE id = 7"), "seven");
}

TEST_F(SqlConnector, KeepsTheTypesOfValues) {
    add(1, "'Text', NULL, 'n/a'");
    add(2, "'Whole', '', 1500");
    add(3, "'Real', NULL, 99.95");
    add(4, "'No limit', NULL, NULL");
    add(5, "42, NULL, 9007199254740993");
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    const auto kind = [&](const char* id, const char* name) {
        return all.find(id)->fields.find(name)->kind;
    };
    EXPECT_EQ(kind("1", "credit"), RawValue::Kind::Text);
    EXPECT_EQ(all.text("1", "credit"), "n/a");
    EXPECT_EQ(all.text("1", "email"), "(null)");
    EXPECT_EQ(kind("2", "credit"), RawValue::Kind::Number);
    EXPECT_EQ(all.text("2", "credit"), "1500");
    EXPECT_EQ(kind("2", "email"), RawValue::Kind::Text);
    EXPECT_EQ(all.text("2", "email"), "");
    EXPECT_EQ(all.text("3", "credit"), "99.95");
    EXPECT_EQ(all.text("4", "credit"), "(null)");
    EXPECT_EQ(kind("5", "name"), RawValue::Kind::Text);
    EXPECT_EQ(all.text("5", "credit"), "9007199254740993");
}

TEST_F(SqlConnector, LeavesOutWhatIsNoText) {
    add(1, "'An' || CAST(x'FF' AS TEXT), 'an@mees.example', 1");
    add(2, "'An' || char(0) || 'Mees', NULL, 2");
    add(3, "x'00FF10', NULL, 3");
    add(4, "'Zoë 🙂', NULL, 4");
    erp().map("name");
    const Reading all = erp().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    for (const char* id : {"1", "2", "3"}) {
        EXPECT_EQ(all.text(id, "name"), "(absent)");
        EXPECT_EQ(all.text(id, "credit"), id);
    }
    EXPECT_EQ(all.text("4", "name"), "Zoë 🙂");
    EXPECT_TRUE(erp().log().mentions("row …: column name is no UTF-8 text and was not read"));
    EXPECT_FALSE(erp().log().mentions("Mees"));
}

TEST_F(SqlConnector, SeesEveryEditAsANewVersion) {
    add(1, "'An', NULL, 1");
    const std::string before = erp().read().token("1");
    EXPECT_EQ(erp().read().token("1"), before);
    for (const char* edit :
         {"name = 'Ann'", "email = ''", "credit = 'n/a'", "credit = 1.5", "credit = NULL"}) {
        const std::string last = erp().read().token("1");
        database_->run(std::string("UPDATE customers SET ") + edit);
        EXPECT_NE(erp().read().token("1"), last) << edit;
    }
}

TEST_F(SqlConnector, LooksRowsUp) {
    add(1, "'An', NULL, 1");
    const auto found = erp().lookup({"1", "2", "", "1 OR 1=1"});
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    EXPECT_EQ(text_in(found[0].fields, "name"), "An");
    EXPECT_EQ(found[0].token, erp().read().token("1"));
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_EQ(found[i].kind, Observation::Kind::Gone);
    EXPECT_EQ(found[1].remote_id.text(), "2");
}

TEST_F(SqlConnector, WritesWhenTheVersionIsRight) {
    add(1, "'An', 'an@mees.example', 1.5");
    Receipt receipt = erp().write(ConnectedSystem::change(
        "1",
        erp().read().token("1"),
        {{"name", RawValue::of_text("Ann \"O'Mees\"; --")},
         {"email", RawValue::null()},
         {"credit", RawValue::of_number("1250.10")}}
    ));
    ASSERT_EQ(receipt.outcome, Receipt::Outcome::Stored) << receipt.error.detail;
    EXPECT_EQ(cell("SELECT name FROM customers"), "Ann \"O'Mees\"; --");
    EXPECT_EQ(cell("SELECT email IS NULL FROM customers"), "1");
    EXPECT_EQ(cell("SELECT typeof(credit) || credit FROM customers"), "real1250.1");
    EXPECT_EQ(cell("SELECT length(updated_at) FROM customers"), "19");
    ASSERT_TRUE(receipt.stored);
    EXPECT_EQ(receipt.token, erp().read().token("1"));
    EXPECT_EQ(receipt.stored->fields, erp().read().find("1")->fields);
}

TEST_F(SqlConnector, WritesNothingOverAnEdit) {
    add(1, "'An', NULL, 1");
    const std::string stale = erp().read().token("1");
    database_->run("UPDATE customers SET credit = 2");
    const Receipt receipt = erp().write(
        ConnectedSystem::change("1", stale, {{"name", RawValue::of_text("Overwritten")}})
    );
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(cell("SELECT name || credit FROM customers"), "An2");
    EXPECT_EQ(cell("SELECT updated_at IS NULL FROM customers"), "1");
    const Receipt gone =
        erp().write(ConnectedSystem::change("77", "", {{"name", RawValue::of_text("Nobody")}}));
    EXPECT_EQ(gone.outcome, Receipt::Outcome::Gone);
}

TEST_F(SqlConnector, PlansIdsThatNoRowBearsOrBore) {
    add(41, "'An', NULL, 1");
    auto ids = erp()->plan_ids("customer", 3);
    ASSERT_TRUE(ids) << ids.error().detail;
    EXPECT_EQ(*ids, (std::vector<RemoteId>{RemoteId{"42"}, RemoteId{"43"}, RemoteId{"44"}}));
    database_->run(
        "CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"
        "INSERT INTO counted(id, name) VALUES (900, 'was here'); DELETE FROM counted"
    );
    Json wanted = settings();
    wanted["entities"]["customer"] = {{"table", "counted"}, {"key", "id"}, {"columns", {"name"}}};
    ConnectedSystem counted("sql", wanted);
    ids = counted->plan_ids("customer", 1);
    ASSERT_TRUE(ids) << ids.error().detail;
    EXPECT_EQ(ids->front().text(), "901");
    database_->run(
        "CREATE TABLE named(code TEXT PRIMARY KEY, name TEXT);"
        "INSERT INTO named VALUES ('A', 'An')"
    );
    wanted["entities"]["customer"] = {{"table", "named"}, {"key", "code"}, {"columns", {"name"}}};
    ConnectedSystem named("sql", wanted);
    ids = named->plan_ids("customer", 1);
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::PluginUnsupported);
}

TEST_F(SqlConnector, CreatesOnceHoweverOftenItTries) {
    const auto ids = erp()->plan_ids("customer", 1);
    ASSERT_TRUE(ids);
    const Delivery create = erp().creation(
        {{"name", RawValue::of_text("An")}, {"credit", RawValue::null()}}, ids->front().text()
    );
    EXPECT_TRUE(erp()->lookup_created(create)->empty());
    const Receipt first = erp().write(create);
    ASSERT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    EXPECT_EQ(first.remote_id, ids->front());
    const auto made = erp()->lookup_created(create);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), 1U);
    EXPECT_EQ(made->front().token, first.token);
    EXPECT_EQ(erp().write(create).outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(cell("SELECT count(*) FROM customers"), "1");
}

TEST_F(SqlConnector, SaysWhichConstraintRefusedAValueAndNeverTheValue) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', 'bo@mees.example', 1");
    const auto write = [&](const char* field, const RawValue& value) {
        return erp().write(ConnectedSystem::change("2", "", {{field, value}}));
    };
    const Receipt taken = write("email", RawValue::of_text("an@mees.example"));
    EXPECT_EQ(taken.outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(taken.refused_field, "email");
    EXPECT_NE(
        taken.error.detail.find("UNIQUE constraint failed: customers.email"), std::string::npos
    );
    EXPECT_EQ(taken.error.detail.find("an@mees"), std::string::npos);
    const Receipt empty = write("name", RawValue::null());
    EXPECT_EQ(empty.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(empty.refused_field, "name");
    const Receipt negative = write("credit", RawValue::of_number("-4242"));
    EXPECT_EQ(negative.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(negative.error.detail.find("4242"), std::string::npos);
    const Receipt unknown = write("shoe_size", RawValue::of_number("43"));
    EXPECT_EQ(unknown.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(unknown.refused_field, "shoe_size");
    EXPECT_EQ(
        cell("SELECT name || email || credit FROM customers WHERE id = 2"), "Bobo@mees.example1"
    );
}

TEST_F(SqlConnector, AnswersEachOfSeveralWrites) {
    add(1, "'An', 'an@mees.example', 1");
    add(2, "'Bo', 'bo@mees.example', 1");
    std::vector<Delivery> several;
    several.push_back(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Ann")}}));
    several.push_back(ConnectedSystem::change("1", "stale", {{"name", RawValue::of_text("Anna")}}));
    several.push_back(
        ConnectedSystem::change("2", "", {{"email", RawValue::of_text("an@mees.example")}})
    );
    for (std::size_t i = 0; i < several.size(); ++i)
        several[i].attempt.id = AttemptId{AttemptId::Raw{static_cast<std::uint8_t>(i + 1)}};
    const auto receipts = erp()->write("customer", several);
    ASSERT_EQ(receipts.size(), 3U);
    EXPECT_EQ(receipts[0].outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(receipts[1].outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(receipts[2].outcome, Receipt::Outcome::Duplicate);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(receipts[i].attempt, several[i].attempt.id);
}

TEST_F(SqlConnector, WaitsForAnotherProgramAndThenSaysThatNothingWasSent) {
    add(1, "'An', NULL, 1");
    const std::string token = erp().read().token("1");
    database_->run("BEGIN EXCLUSIVE");
    const Receipt receipt =
        erp().write(ConnectedSystem::change("1", token, {{"name", RawValue::of_text("Ann")}}));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent);
    EXPECT_NE(receipt.error.detail.find("locked by another program"), std::string::npos);
    const Reading reading = erp().read();
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(reading.error->code, ErrorCode::RemoteUnavailable);
    database_->run("ROLLBACK");
    EXPECT_EQ(cell("SELECT name FROM customers"), "An");
    EXPECT_TRUE(erp().read().summary);
}

TEST_F(SqlConnector, NeverKeepsOthersFromWritingWhileTheHubIsBusy) {
    database_->run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) "
        "INSERT INTO customers(id, name) SELECT i, 'c' FROM n"
    );
    connect::ReadSink sink;
    sink.records = [&](std::vector<Observation>) {
        database_->run("UPDATE customers SET credit = 1");  // throws when the table is locked
        return true;
    };
    sink.checkpoint = [](const std::string&) { return true; };
    EXPECT_TRUE(erp()->read(ConnectedSystem::full(), sink));
}

TEST_F(SqlConnector, PeekingAndReadingChangeNothing) {
    add(1, "'An', NULL, 1");
    database_.reset();
    const std::string before = file_bytes(file_);
    EXPECT_TRUE(erp()->check());
    EXPECT_TRUE(erp().read(ConnectedSystem::peek()).summary);
    EXPECT_TRUE(erp().read().summary);
    EXPECT_EQ(file_bytes(file_), before);
    EXPECT_FALSE(std::filesystem::exists(file_.string() + "-journal"));
}

TEST_F(SqlConnector, SaysPreciselyWhatIsWrongWithItsSettings) {
    Json wrong = settings();
    wrong["database"]["sqlite"] = (file_.parent_path() / "missing.sqlite").string();
    EXPECT_EQ(
        refusal(wrong),
        "there is no database file " + wrong["database"]["sqlite"].get<std::string>()
    );
    EXPECT_FALSE(std::filesystem::exists(file_.parent_path() / "missing.sqlite"));
    wrong = settings();
    wrong["entities"]["customer"]["table"] = "clients";
    EXPECT_EQ(refusal(wrong), "the database has no table or view \"clients\"");
    wrong = settings();
    wrong["entities"]["customer"]["columns"].push_back("fax");
    EXPECT_EQ(refusal(wrong), "table \"customers\" has no column \"fax\"");
    wrong = settings();
    wrong["entities"]["customer"]["key"] = "number";
    EXPECT_EQ(refusal(wrong), "table \"customers\" has no column \"number\"");
    wrong = settings();
    wrong["entities"]["customer"]["colums"] = Json::array();
    EXPECT_NE(
        refusal(wrong).find("settings/entities/customer has no \"colums\""), std::string::npos
    );
    wrong = settings();
    wrong["entities"]["customer"]["detect"] = 5;
    EXPECT_EQ(refusal(wrong), "settings/detect must be a text");
    wrong = settings();
    wrong["entities"]["customer"]["touch"]["updated_at"] = "yesterday";
    EXPECT_EQ(refusal(wrong), "settings/entities/customer/touch/updated_at can only be \"now\"");
    wrong = settings();
    wrong.erase("database");
    EXPECT_EQ(refusal(wrong), "settings/database/sqlite is missing or not a text");
    wrong = settings();
    wrong["database"] = "erp.sqlite";
    EXPECT_EQ(refusal(wrong), "settings/database must be an object");
    wrong = settings();
    wrong["entities"]["customer"]["columns"] = "name";
    EXPECT_NE(
        refusal(wrong).find("settings/entities/customer needs \"columns\""), std::string::npos
    );
}

TEST_F(SqlConnector, SaysWhenTheFileIsNoDatabase) {
    const auto other = file_.parent_path() / "letter.txt";
    place_file(other, std::string(4096, 'x'));
    Json wrong = settings();
    wrong["database"]["sqlite"] = other.string();
    EXPECT_NE(refusal(wrong).find("is no SQLite database"), std::string::npos);
}

TEST_F(SqlConnector, ReadsTheDemosErp) {
    const auto folder = file_.parent_path();
    const auto demo = sandbox::create_demo(folder, 1);
    Json real = settings();
    real["database"]["sqlite"] = (folder / "systems/erp/erp.sqlite").string();
    real["entities"]["customer"]["columns"] = {
        "name",
        "street",
        "postcode",
        "city",
        "country",
        "phone",
        "email",
        "vat_id",
        "credit_limit",
        "status"};
    ConnectedSystem system("sql", real);
    const Reading all = system.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), demo.customers);
    EXPECT_NE(all.find(demo.tutorial.erp), nullptr);
}

}  // namespace
}  // namespace syncline::testing
