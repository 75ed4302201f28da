// A hub of one's own: `init`, `systems add`, observing, `systems release`.

#include "scenarios/demo_hub.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

const char* const kTable =
    "CREATE TABLE clients (id INTEGER PRIMARY KEY, cust_name TEXT, street TEXT, plz TEXT, city "
    "TEXT,"
    " telefon TEXT, mail TEXT, vat_no TEXT, remarks TEXT);"
    "INSERT INTO clients (cust_name, street, plz, city, telefon, mail, vat_no) VALUES "
    "('Müller GmbH', 'Hauptstr. 5', '1010', 'Wien', '01 5123456', 'a@mueller.test', 'ATU12345675'),"
    "('Novak KG', 'Ring 1', '1020', 'Wien', '01 5129999', 'b@novak.test', '');";

/// A folder with two databases of customers, and no hub yet.
class NewHubScenario : public ::testing::Test {
protected:
    NewHubScenario() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / "new-hub" / test->name();
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        for (const char* name : {"crm.db", "shop.db"})
            query(name, kTable);
    }
    ~NewHubScenario() override { fs::remove_all(folder_); }

    fs::path hub() const { return folder_ / "hub"; }
    Words command(Words words) const {
        words.insert(
            words.begin(), {std::string(BUILD_ROOT) + "/bin/syncline", "-C", hub().string()}
        );
        return words;
    }
    Ended syncline(const Words& words, const Program::Variables& variables = {}) const {
        return run_program(command(words), folder_ / "scratch", variables);
    }
    Json json(Words words) const {
        words.insert(words.end(), {"-o", "json"});
        const Ended ended = syncline(words);
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        return Json::parse(ended.out, nullptr, false);
    }
    std::string query(const char* database, const std::string& sql) const {
        return run_program(
                   {"sqlite3", "-cmd", ".timeout 5000", (folder_ / database).string(), sql},
                   folder_ / "scratch"
        )
            .out;
    }
    /// Connects a table of one of the databases without being asked anything.
    Ended add(const std::string& system, const Words& more = {}) const {
        Words words{
            "systems",
            "add",
            system,
            "--connector",
            "sql",
            "--set",
            "database.sqlite=" + (folder_ / (system + ".db")).string(),
            "--set",
            "entities.customer.table=clients",
            "--set",
            "entities.customer.key=id",
            "--set",
            "entities.customer.columns=cust_name,street,plz,city,telefon,mail,vat_no",
            "--map-known"};
        words.insert(words.end(), more.begin(), more.end());
        return syncline(words);
    }
    std::string state_of(const std::string& system) const {
        const Json status = json({"status"});
        for (const Json& row : status["systems"]) {
            if (row["id"] == system) return row["state"];
        }
        return "none";
    }

    fs::path folder_;
};

TEST_F(NewHubScenario, IsMadeByOptions) {
    const Ended made = syncline({"init", "--id", "acme", "--country", "AT"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(has(made.out, "systems add` connects the first system")) << made.out;
    EXPECT_EQ(json({"config", "validate"})["hub"], "acme");
    EXPECT_EQ(json({"status"})["systems"].size(), 0U);
    const Ended again = syncline({"init"});
    EXPECT_EQ(again.exit_code, 3);
    EXPECT_TRUE(has(again.err, "never overwritten")) << again.err;
    const Ended other = syncline({"init", "--id", "other"});
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_TRUE(has(other.err, "described here already")) << other.err;
}

TEST_F(NewHubScenario, WithoutAnybodyToAskSaysWhatIsMissing) {
    const Program::Variables nowhere{{"LANG", "C"}, {"LC_ALL", "C"}};
    const Ended refused = syncline({"init"}, nowhere);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(has(refused.err, "add --country")) << refused.err;
    EXPECT_FALSE(fs::exists(hub() / "hub.json"));
    const Ended wrong = syncline({"init", "--country", "Austria"}, nowhere);
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_TRUE(has(wrong.err, "two-letter code")) << wrong.err;
    const Ended local = syncline({"init"}, {{"LC_ALL", "de_AT.UTF-8"}});
    ASSERT_EQ(local.exit_code, 0) << local.err;
    EXPECT_TRUE(has(read_file(hub() / "hub.json"), "\"default_country\": \"AT\""));
}

TEST_F(NewHubScenario, OpensWithItsPassphraseOnly) {
    const Program::Variables right{{"HUB_PASS", "correct horse battery"}};
    const Ended brief = syncline(
        {"init", "--country", "AT", "--passphrase", "env:HUB_PASS"}, {{"HUB_PASS", "short"}}
    );
    EXPECT_EQ(brief.exit_code, 3);
    EXPECT_FALSE(fs::exists(hub() / "hub.json")) << "it can be tried again";
    const Ended made = syncline({"init", "--country", "AT", "--passphrase", "env:HUB_PASS"}, right);
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_FALSE(fs::exists(hub() / "root.key"));
    EXPECT_EQ(syncline({"status"}, right).exit_code, 0);
    const Ended without = syncline({"status"});
    EXPECT_EQ(without.exit_code, 3);
    EXPECT_TRUE(has(without.err, "HUB_PASS is not set")) << without.err;
    const Ended wrong = syncline({"status"}, {{"HUB_PASS", "correct horse batter"}});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_TRUE(has(wrong.err, "not the passphrase of this hub")) << wrong.err;
}

TEST_F(NewHubScenario, AsksThePersonAtTheTerminal) {
    Terminal terminal(command({"init"}), {{"LC_ALL", "C"}});
    ASSERT_TRUE(terminal.shows("Name of the hub")) << terminal.screen();
    terminal.type("");
    ASSERT_TRUE(terminal.shows("Country of"));
    terminal.type("austria");
    ASSERT_TRUE(terminal.shows("two-letter code"));
    ASSERT_TRUE(terminal.shows("Country of"));
    terminal.type("AT");
    ASSERT_TRUE(terminal.shows("What opens the encrypted fields?"));
    terminal.type("passphrase");
    ASSERT_TRUE(terminal.shows("Passphrase of the hub \"hub\": "));
    terminal.type("five words that nobody knows");
    ASSERT_TRUE(terminal.shows("once more: "));
    terminal.type("five words that nobody knew");
    ASSERT_TRUE(terminal.shows("the two differ"));
    for (const char* question : {"Passphrase of", "once more"}) {
        ASSERT_TRUE(terminal.shows(question));
        terminal.type("five words that nobody knows");
    }
    ASSERT_TRUE(terminal.shows("is ready.")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_FALSE(has(terminal.screen(), "nobody knows")) << "what is typed is not shown";

    Terminal later(command({"status"}));
    ASSERT_TRUE(later.shows("Passphrase of the hub"));
    later.type("five words that nobody knows");
    ASSERT_TRUE(later.shows("no systems")) << later.screen();
    EXPECT_EQ(later.wait(), 0);
    const Ended nobody = syncline({"status"});
    EXPECT_TRUE(has(nobody.err, "nobody is there")) << nobody.err;
}

TEST_F(NewHubScenario, EndedInputMakesNothing) {
    Terminal terminal(command({"init"}), {{"LC_ALL", "C"}});
    ASSERT_TRUE(terminal.shows("Name of the hub"));
    terminal.end_input();
    ASSERT_TRUE(terminal.shows("nothing was changed")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 2);
    EXPECT_FALSE(fs::exists(hub() / "hub.json"));
}

TEST_F(NewHubScenario, ANewSystemIsTestedAndOnlyObserved) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    const Ended added = add("crm", {"--update", "--map", "notes=remarks", "--title", "Our CRM"});
    EXPECT_EQ(added.exit_code, 3) << "remarks is no column of the settings";
    EXPECT_TRUE(has(added.err, "✗ fields")) << added.err;
    fs::remove(hub() / "systems/crm.json");
    const Ended right = add("crm", {"--update", "--title", "Our CRM"});
    ASSERT_EQ(right.exit_code, 0) << right.err;
    for (const char* step : {"reached", "fields", "rights", "writes", "reading"})
        EXPECT_TRUE(has(right.err, std::string("✓ ") + step)) << right.err;
    EXPECT_EQ(state_of("crm"), "observed");
    // It is as if it were not there, but for whoever asks.
    ASSERT_EQ(syncline({"run", "--once"}).exit_code, 0);
    EXPECT_EQ(json({"status"})["records"], 0);
    EXPECT_EQ(json({"plan"})["operations"].size(), 0U);
    const Json plan = json({"plan", "--release", "crm"});
    EXPECT_EQ(plan["operations"].size(), 2U) << plan;
    EXPECT_EQ(json({"map", "preview", "crm", "--record", "1"})["fields"].size(), 5U);
    EXPECT_EQ(json({"systems", "list"})["systems"][0]["state"], "observed");
    EXPECT_EQ(json({"systems", "show", "crm"})["state"], "observed");
    EXPECT_TRUE(json({"check"})["valid"]);
}

TEST_F(NewHubScenario, WhatCannotBeReachedIsNotConfigured) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    fs::remove(folder_ / "crm.db");
    const Ended refused = add("crm");
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_TRUE(has(refused.err, "no database file")) << refused.err;
    EXPECT_TRUE(fs::is_empty(hub() / "systems"));
    const Ended slip =
        syncline({"systems", "add", "crm", "--connector", "sqll", "--set", "x=y", "--map-known"});
    EXPECT_TRUE(has(slip.err, "did you mean \"sql\"?")) << slip.err;
}

/// What the hub does not take is kept as a draft, and hub.json is as before.
TEST_F(NewHubScenario, WhatTheHubDoesNotTakeChangesNothing) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    const std::string before = read_file(hub() / "hub.json");
    const Ended refused =
        add("crm", {"--update", "--map", "website=plz", "--map", "notes=plz", "--owns", "name"});
    EXPECT_EQ(refused.exit_code, 3) << "two fields would write one column: " << refused.err;
    EXPECT_TRUE(has(refused.err, "crm.json.draft")) << refused.err;
    EXPECT_TRUE(fs::exists(hub() / "systems/crm.json.draft"));
    EXPECT_FALSE(fs::exists(hub() / "systems/crm.json"));
    EXPECT_EQ(read_file(hub() / "hub.json"), before);
}

TEST_F(NewHubScenario, IsAskedStepByStep) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    Terminal terminal(command({"systems", "add"}));
    const auto answer = [&](const std::string& question, const std::string& line) {
        ASSERT_TRUE(terminal.shows(question)) << question << "\n" << terminal.screen();
        terminal.type(line);
    };
    answer("Name of the system", "CRM");
    answer("small letters", "crm");
    answer("What people call it", "");
    ASSERT_TRUE(terminal.shows("SQL database"));
    answer("Name or number", "sql");
    ASSERT_TRUE(terminal.shows("sqlite — SQLite file"));
    answer("Name or number", "sqlite");
    answer("(database.sqlite)", (folder_ / "missing.db").string());
    answer("(entities.customer.table)", "clients");
    answer("(entities.customer.key)", "id");
    answer("(entities.customer.columns)", "cust_name, telefon, mail");
    answer("More settings of entities.customer", "n");
    answer("Try other settings?", "y");
    ASSERT_TRUE(terminal.shows("sqlite — SQLite file"));
    answer("Name or number", "sqlite");
    answer("(database.sqlite)", (folder_ / "crm.db").string());
    answer("(entities.customer.table)", "clients");
    answer("(entities.customer.key)", "id");
    answer("(entities.customer.columns)", "cust_name, telefon, mail");
    answer("More settings of entities.customer", "n");
    answer("cust_name [name]", "");
    answer("telefon [phones.main.number]", "phones.main.nummer");
    answer("did you mean \"phones.main.number\"?", "");
    answer("mail [emails.main.address]", "-");
    answer("change its records?", "");
    answer("make records there", "n");
    ASSERT_TRUE(terminal.shows("✓ reading")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("Records that begin a customer: 2")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    const auto file = codec::parse_json_with_comments(read_file(hub() / "systems/crm.json"));
    ASSERT_TRUE(file);
    EXPECT_EQ((*file)["mapping"]["customer"].size(), 2U);
    EXPECT_EQ((*file)["rights"]["update"], true);
    EXPECT_EQ((*file)["scope"]["linked_only"], true);
}

TEST_F(NewHubScenario, ReleasingDoesWhatItShowed) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    ASSERT_EQ(add("crm", {"--update", "--create"}).exit_code, 0);
    ASSERT_EQ(syncline({"systems", "release", "crm", "--yes"}).exit_code, 0);
    EXPECT_TRUE(has(read_file(hub() / "systems/crm.json"), "\"observe\": false,  // only"));
    EXPECT_EQ(state_of("crm"), "ok");
    query(
        "shop.db",
        "UPDATE clients SET telefon = NULL WHERE id = 1; DELETE FROM clients WHERE id = 2"
    );
    ASSERT_EQ(
        add("shop", {"--update", "--create", "--owns", "addresses.billing.city"}).exit_code, 0
    );
    ASSERT_EQ(syncline({"run", "--once"}).exit_code, 0);
    EXPECT_EQ(query("shop.db", "SELECT count(*) FROM clients"), "1\n") << "observed";
    const Ended unasked = syncline({"systems", "release", "shop"});
    EXPECT_EQ(unasked.exit_code, 2);
    EXPECT_TRUE(has(unasked.err, "nobody to ask here")) << unasked.err;
    EXPECT_EQ(query("shop.db", "SELECT count(*) FROM clients"), "1\n");

    Terminal terminal(command({"systems", "release", "shop"}));
    ASSERT_TRUE(terminal.shows("Records to create: 1")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("[y/N]"));
    terminal.type("y");
    ASSERT_TRUE(terminal.shows("shop takes part from now on.")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_EQ(query("shop.db", "SELECT telefon FROM clients WHERE id = 1"), "+4315123456\n");
    EXPECT_EQ(query("shop.db", "SELECT cust_name FROM clients WHERE id = 2"), "Novak KG\n");
    EXPECT_EQ(syncline({"systems", "release", "shop", "--yes"}).exit_code, 2) << "it is already";
    EXPECT_EQ(json({"plan"})["operations"].size(), 0U);
}

/// The hub goes on with the system that was released, and carries its edits.
TEST_F(NewHubScenario, IsReleasedIntoARunningHub) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    ASSERT_EQ(add("crm", {"--update"}).exit_code, 0);
    ASSERT_EQ(syncline({"systems", "release", "crm", "--yes"}).exit_code, 0);
    const Program running(command({"run"}), folder_ / "scratch");
    ASSERT_TRUE(comes_true([&] { return fs::exists(hub() / "control.sock"); }));
    ASSERT_EQ(add("shop", {"--update"}).exit_code, 0);
    const Ended released = syncline({"systems", "release", "shop", "--yes"});
    ASSERT_EQ(released.exit_code, 0) << released.err << released.out;
    EXPECT_TRUE(has(released.out, "linked 2")) << released.out;
    query("shop.db", "UPDATE clients SET telefon = '01 7777777' WHERE id = 2");
    EXPECT_TRUE(comes_true([&] {
        return query("crm.db", "SELECT telefon FROM clients WHERE id = 2") == "+4317777777\n" ||
               query("crm.db", "SELECT telefon FROM clients WHERE id = 2") == "01 7777777\n";
    })) << query("crm.db", "SELECT telefon FROM clients");
    running.signal(SIGINT);
}

TEST_F(NewHubScenario, AFileThatCannotBeChangedIsToldAfterwards) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    ASSERT_EQ(add("crm").exit_code, 0);
    const fs::path file = hub() / "systems/crm.json";
    write_file(file, "{ \"system\": \"crm\", \"observe\": true, \"connector\": ");
    const Ended refused = syncline({"systems", "release", "crm", "--yes"});
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_EQ(syncline({"systems", "release", "nobody", "--yes"}).exit_code, 3);
}

Json finding(const Json& document, const std::string& subject) {
    for (const Json& found : document["findings"]) {
        if (found["subject"] == subject) return found;
    }
    return Json::object();
}

TEST_F(NewHubScenario, TheDoctorFindsWhatIsWrong) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    ASSERT_EQ(add("crm").exit_code, 0);
    Json healthy = json({"doctor"});
    for (const char* subject :
         {"connectors",
          "configuration",
          "secrets",
          "disk",
          "keys",
          "database",
          "clock",
          "waiting",
          "system crm"})
        EXPECT_EQ(finding(healthy, subject)["state"], "ok") << subject << healthy;
    EXPECT_EQ(finding(healthy, "backups")["state"], "warning");
    EXPECT_EQ(finding(healthy, "process")["state"], "warning");
    ASSERT_EQ(syncline({"backup"}).exit_code, 0);
    ::chmod((hub() / "data").c_str(), 0755);
    fs::remove(folder_ / "crm.db");
    const Ended ill = syncline({"doctor", "-o", "json"});
    EXPECT_EQ(ill.exit_code, 3);
    const Json found = Json::parse(ill.out);
    EXPECT_EQ(finding(found, "backups")["state"], "ok") << found;
    EXPECT_EQ(finding(found, "files")["state"], "warning");
    EXPECT_TRUE(has(finding(found, "files")["remedy"], "chmod 700"));
    EXPECT_EQ(finding(found, "system crm")["state"], "failed");
    EXPECT_EQ(syncline({"doctor", "--offline"}).exit_code, 0);

    ::chmod((hub() / "root.key").c_str(), 0644);
    const Json keys = Json::parse(syncline({"doctor", "--offline", "-o", "json"}).out);
    EXPECT_EQ(finding(keys, "keys")["state"], "failed");
    EXPECT_EQ(finding(keys, "database")["state"], "skipped");
    ::chmod((hub() / "root.key").c_str(), 0400);

    write_file(hub() / "hub.json", "{ \"hub\": ");
    const Ended broken = syncline({"doctor", "-o", "json"});
    EXPECT_EQ(broken.exit_code, 3);
    EXPECT_EQ(finding(Json::parse(broken.out), "configuration")["state"], "failed");
    EXPECT_EQ(finding(Json::parse(broken.out), "keys")["state"], "skipped");
}

/// A page in the middle of hub.db holds something else: whole to those who do not look at it.
TEST_F(NewHubScenario, TheDoctorReadsTheWholeDatabase) {
    ASSERT_EQ(syncline({"init", "--country", "AT"}).exit_code, 0);
    ASSERT_EQ(add("crm").exit_code, 0);
    ASSERT_EQ(syncline({"systems", "release", "crm", "--yes"}).exit_code, 0);
    const fs::path database = hub() / "data/hub.db";
    const std::string whole = read_file(database);
    constexpr std::size_t kPage = 4096;
    const std::size_t pages = whole.size() / kPage;
    ASSERT_GT(pages, 12U);
    std::size_t damaged = 0;
    for (std::size_t page = 0; page < pages; page += 5) {
        std::string bytes = whole;
        bytes.replace(page * kPage, kPage, kPage, '\x5a');
        write_file(database, bytes);
        const Json found = Json::parse(syncline({"doctor", "--offline", "-o", "json"}).out);
        const Json about = finding(found, "database");
        if (about["state"] != "failed") continue;  // a page that holds nothing any more
        EXPECT_TRUE(has(about["remedy"], "restore FILE")) << page;
        ++damaged;
        if (page == 0) EXPECT_TRUE(has(about["detail"], "damaged")) << about;
    }
    EXPECT_GT(damaged, pages / 5 / 2);
    write_file(database, whole);
    const Json healthy = Json::parse(syncline({"doctor", "--offline", "-o", "json"}).out);
    EXPECT_EQ(finding(healthy, "database")["state"], "ok");
}

}  // namespace
}  // namespace syncline::testing
