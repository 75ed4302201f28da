// Making a hub and a demo; configurations and connectors that are refused.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <signal.h>
#include <thread>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

/// `syncline` without a hub.
Ended syncline(Words words, const Program::Variables& variables = {}) {
    words.insert(words.begin(), std::string(BUILD_ROOT) + "/bin/syncline");
    return run_program(words, fs::path(::testing::TempDir()) / "cli-setup-scratch", variables);
}

fs::path empty_folder(const std::string& name) {
    const fs::path folder = fs::path(::testing::TempDir()) / "syncline-scenarios" / name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

std::map<std::string, std::string> bytes_below(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    return files;
}

struct Slip {
    const char* file;
    const char* right;
    const char* wrong;
    const char* message;
};

constexpr Slip kSlips[] = {
    {"systems/erp.json", "\"poll\"", "\"pol\"", "unknown key \"pol\"; did you mean \"poll\"?"},
    {"systems/erp.json",
     "\"phones.main.number\"",
     "\"phones.main.numbr\"",
     "no field \"phones.main.numbr\"; did you mean \"phones.main.number\"?"},
    {"systems/erp.json", "[\"phone\"]", "[\"fone\"]", "no lens is called \"fone\""},
    {"systems/helpdesk.json", "\"poll\": \"5s\"", "\"poll\": 5", "(at /poll)"},
    {"hub.json", "\"percent\": 25", "\"percent\": 125", "a percentage is at most 100"},
    {"hub.json", "\"count\": 50,", "\"count\": 50;", "not JSON with comments: expected"}};

TEST(CommandLineScenario, AnInvalidConfigurationExitsWith3AndNamesFileAndLine) {
    const DemoHub demo("cli-configuration", DemoHub::From::Fresh);
    EXPECT_EQ(demo.syncline({"check"}).exit_code, 0);
    for (const Slip& slip : kSlips) {
        SCOPED_TRACE(slip.wrong);
        const fs::path file = demo.hub() / slip.file;
        const std::string text = read_file(file);
        const auto at = text.find(slip.right);
        ASSERT_NE(at, std::string::npos);
        write_file(file, std::string(text).replace(at, std::string(slip.right).size(), slip.wrong));
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
        // With the column where it is the text that is off.
        const bool is_text = has(slip.message, "not JSON");
        const std::string where =
            file.string() + ":" + std::to_string(line) + (is_text ? ":29: " : ": ");
        const Ended checked = demo.syncline({"check"});
        EXPECT_EQ(checked.exit_code, 3);
        EXPECT_EQ(checked.out, "");
        EXPECT_TRUE(has(checked.err, where)) << where << " is not in " << checked.err;
        EXPECT_TRUE(has(checked.err, slip.message)) << checked.err;
        EXPECT_TRUE(has(checked.err, "[config_invalid]")) << checked.err;
        write_file(file, text);
    }
    const fs::path file = demo.hub() / "hub.json";
    write_file(file, read_file(file) + "}");
    for (const Words& words :
         {Words{"status"},
          Words{"status", "-o", "json"},
          Words{"plan"},
          Words{"run", "--once"},
          Words{"systems", "pause", "erp"},
          Words{"records", "list"},
          Words{"init"}}) {
        const Ended ended = demo.syncline(words);
        EXPECT_EQ(ended.exit_code, 3) << words[0] << ": " << ended.err;
        EXPECT_EQ(ended.out, "");
    }
}

TEST(CommandLineScenario, TwoMistakesAreToldAtOnce) {
    const DemoHub demo("cli-two-mistakes", DemoHub::From::Fresh);
    const fs::path file = demo.hub() / "systems" / "erp.json";
    std::string text = read_file(file);
    text.replace(text.find("\"poll\""), 6, "\"pol\"");
    text.replace(text.find("\"title\""), 7, "\"titel\"");
    write_file(file, text);
    const Ended checked = demo.syncline({"check"});
    EXPECT_TRUE(has(checked.err, "did you mean \"poll\"?")) << checked.err;
    EXPECT_TRUE(has(checked.err, "did you mean \"title\"?")) << checked.err;
}

TEST(CommandLineScenario, CheckOfflineNamesWhatAMappingLosesAndTouchesNoSystem) {
    const DemoHub demo("cli-check", DemoHub::From::Fresh);
    fs::remove_all(demo.folder() / "systems" / "erp");
    const Ended checked = demo.syncline({"check", "--offline"});
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_TRUE(has(checked.out, "helpdesk: name is lossy: only 120 bytes are kept"));
    EXPECT_TRUE(has(checked.out, "The configuration is valid: 4 systems."));
}

TEST(CommandLineScenario, InitMakesKeysOnceAndNeverOverThem) {
    const DemoHub demo("cli-init", DemoHub::From::Fresh);
    fs::remove_all(demo.hub() / "data");
    fs::remove(demo.hub() / "root.key");
    const Ended without = demo.syncline({"status"});
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_TRUE(has(without.err, "[key_missing]")) << without.err;
    const Ended made = demo.syncline({"init"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(has(made.out, "Keep a copy of its root key somewhere else"));
    EXPECT_EQ(demo.syncline({"status"}).exit_code, 0);
    const auto before = bytes_below(demo.hub());
    const Ended again = demo.syncline({"init"});
    EXPECT_EQ(again.exit_code, 3);
    EXPECT_TRUE(has(again.err, "keys are never overwritten")) << again.err;
    EXPECT_TRUE(bytes_below(demo.hub()) == before);
}

TEST(CommandLineScenario, AFolderWithoutAHubIsNamed) {
    const fs::path folder = empty_folder("cli-no-hub");
    for (const Words& words :
         {Words{"status"},
          Words{"check"},
          Words{"plan"},
          Words{"run"},
          Words{"run", "--once"},
          Words{"apply", "/nowhere/plan.json"},
          Words{"systems", "pause", "erp"},
          Words{"records", "list"}}) {
        Words command{"-C", folder.string()};
        command.insert(command.end(), words.begin(), words.end());
        const Ended ended = syncline(command);
        EXPECT_EQ(ended.exit_code, 3) << words[0];
        EXPECT_TRUE(has(ended.err, (folder / "hub.json").string() + ": there is no hub here"))
            << ended.err;
        EXPECT_TRUE(has(ended.err, "`syncline init` makes one")) << ended.err;
        EXPECT_EQ(ended.out, "");
        EXPECT_TRUE(fs::is_empty(folder)) << words[0] << " leaves nothing behind";
        command[1] = (folder / "not" / "there").string();
        EXPECT_EQ(syncline(command).exit_code, 3) << words[0];
    }
    fs::remove_all(folder);
}

/// A folder with the installed connectors, for a test to spoil.
fs::path connectors_copy(const DemoHub& demo) {
    const fs::path folder = demo.folder() / "connectors";
    fs::remove_all(folder);
    fs::copy(fs::path(BUILD_ROOT) / "lib" / "connectors", folder);
    return folder;
}

void replace(const fs::path& file, const fs::path& by) {
    fs::copy_file(by, file, fs::copy_options::overwrite_existing);
}

TEST(CommandLineScenario, AConnectorThatCannotBeUsedIsRefusedWithTheReason) {
    const DemoHub demo("cli-connectors");
    for (const char* other : {"accounting", "helpdesk", "supplier"})
        EXPECT_EQ(demo.syncline({"systems", "pause", other}).exit_code, 0);
    const fs::path folder = connectors_copy(demo);
    const fs::path broken = fs::path(BUILD_ROOT) / "tests" / "connectors";
    const Program::Variables use{{"SYNCLINE_CONNECTORS", folder.string()}};
    const auto expect_refused = [&](const std::string& reason) {
        const Ended ended = demo.syncline({"run", "--once"}, use);
        EXPECT_EQ(ended.exit_code, 3) << ended.out << ended.err;
        EXPECT_TRUE(has(ended.out, "erp cannot be used now: ")) << ended.out;
        EXPECT_TRUE(has(ended.out, reason)) << reason << " is not in " << ended.out;
        const Json erp = demo.json({"status"})["systems"][1];
        EXPECT_EQ(erp["state"], "retrying");
        EXPECT_TRUE(has(erp.value("last_error", ""), reason)) << erp;
    };
    const std::pair<const char*, const char*> kinds[] = {
        {"wrong_major", "it was built for connector ABI 2, this hub speaks 1"},
        {"newer_minor", "it needs a hub with connector ABI 1.7 or later, this one has 1."},
        {"no_symbol", "it is no Syncline connector: it has no syncline_connector_v1"}};
    for (const auto& [kind, reason] : kinds) {
        SCOPED_TRACE(kind);
        replace(folder / "sql.so", broken / ("broken_" + std::string(kind) + ".so"));
        expect_refused(reason);
    }
    write_file(folder / "sql.so", "not a library");
    expect_refused("it cannot be loaded: ");
    fs::remove(folder / "sql.so");
    expect_refused("there is no such connector library");
    write_file(folder / "sql.json", "{");
    expect_refused("sql.json: the manifest is not a JSON object");
    fs::remove(folder / "sql.json");
    expect_refused("no connector is called \"sql\" in " + folder.string());

    EXPECT_EQ(demo.syncline({"run", "--once"}).exit_code, 0);
    const Json mended = demo.json({"status"})["systems"][1];
    EXPECT_EQ(mended["state"], "ok");
    EXPECT_FALSE(mended.contains("last_error")) << mended;
}

TEST(CommandLineScenario, AMissingConnectorKeepsOnlyItsOwnSystemFromSyncing) {
    DemoHub demo("cli-connector-missing");
    const fs::path folder = connectors_copy(demo);
    fs::remove(folder / "request-tracker.json");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const Ended ended =
        demo.syncline({"run", "--once"}, {{"SYNCLINE_CONNECTORS", folder.string()}});
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(
        demo.accounting("SELECT addr_phone FROM customers WHERE id = '000017'"), "+32 2 555 12 34"
    );
    EXPECT_NE(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
}

TEST(CommandLineScenario, ConnectorsListShowsTheRestBesideABrokenManifest) {
    const fs::path folder = empty_folder("cli-connectors-list");
    fs::copy(fs::path(BUILD_ROOT) / "lib" / "connectors", folder);
    write_file(folder / "files.json", "[]");
    const Ended ended =
        syncline({"connectors", "list", "-o", "json"}, {{"SYNCLINE_CONNECTORS", folder.string()}});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_EQ(codec::parse_json(ended.out).value()["connectors"].size(), 3U);
    EXPECT_TRUE(has(ended.err, "files.json: the manifest is not a JSON object")) << ended.err;
    fs::remove_all(folder);
}

TEST(CommandLineScenario, ADemoIsMadeAnewOnlyWhenAskedAndItsSeedDecidesWho) {
    const fs::path folder = empty_folder("cli-demo-create");
    const auto people = [&] {
        return run_program(
                   {"sqlite3",
                    (folder / "systems/erp/erp.sqlite").string(),
                    "SELECT * FROM customers"},
                   folder / "scratch"
        )
            .out;
    };
    const Words create{"demo", "create", "--dir", folder.string()};
    const auto create_with = [&](const Words& more) {
        Words words = create;
        words.insert(words.end(), more.begin(), more.end());
        return syncline(words);
    };
    const Ended made = syncline(create);
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(
        has(made.out,
            "accounting and ERP with 400 customers each, a helpdesk with 310, a "
            "supplier's list of 111")
    ) << made.out;
    const std::string first = people();
    EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 400);
    const auto before = bytes_below(folder / "hub");
    const Ended again = syncline(create);
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_TRUE(
        has(again.err,
            folder.string() + ": there is a demo here already; --reset makes a "
                              "new one")
    ) << again.err;
    EXPECT_TRUE(bytes_below(folder / "hub") == before);
    EXPECT_EQ(create_with({"--reset", "--seed", "2"}).exit_code, 0);
    EXPECT_NE(people(), first);
    EXPECT_EQ(create_with({"--reset"}).exit_code, 0);
    EXPECT_EQ(people(), first) << "the same seed invents the same customers";
    EXPECT_NE(read_file(folder / "hub/root.key"), before.at("root.key")) << "but never a key";
    const auto run_with = [&](const char* seed) {
        return syncline({"demo", "run", "--once", "--dir", folder.string(), "--seed", seed});
    };
    const Ended other = run_with("7");
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_TRUE(has(other.err, "there is a demo here already, made with seed 1, not 7; "))
        << other.err;
    EXPECT_TRUE(has(other.err, "--reset") && has(other.err, "--dir")) << other.err;
    EXPECT_EQ(run_with("-1").exit_code, 2);
    EXPECT_EQ(people(), first);
    EXPECT_EQ(run_with("1").exit_code, 0);
    fs::remove(folder / "seed");  // a demo of an older version
    EXPECT_TRUE(has(run_with("1").err, "made with an unknown seed"));
    fs::remove_all(folder);
}

TEST(CommandLineScenario, ResetReplacesADemoAndNothingElse) {
    const fs::path folder = empty_folder("cli-no-demo");
    fs::create_directories(folder / "hub");
    write_file(folder / "hub" / "main.c", "int main;");
    const Ended refused = syncline({"demo", "create", "--reset", "--dir", folder.string()});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(has(refused.err, "something else than a demo")) << refused.err;
    EXPECT_EQ(read_file(folder / "hub" / "main.c"), "int main;");

    DemoHub demo("cli-reset-running");
    const auto hub = demo.start({"run"});
    for (int i = 0; i < 1'000 && !fs::exists(demo.hub() / "control.sock"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto key = read_file(demo.hub() / "root.key");
    const Words reset{"demo", "run", "--once", "--reset", "--dir", demo.folder().string()};
    const Ended busy = syncline(reset);
    EXPECT_EQ(busy.exit_code, 1);
    EXPECT_TRUE(has(busy.err, "[already_running]")) << busy.err;
    EXPECT_EQ(read_file(demo.hub() / "root.key"), key);
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, DemoRunShowsThePlanOfTheFirstContactBeforeItWrites) {
    const fs::path folder = empty_folder("cli-demo-first");
    // Line by line, as on a terminal.
    Program first(
        {"stdbuf",
         "-oL",
         std::string(BUILD_ROOT) + "/bin/syncline",
         "demo",
         "run",
         "--dir",
         folder.string()},
        folder / "scratch"
    );
    for (int i = 0; i < 3'000 && !has(first.out(), "Applying it."); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    first.signal(SIGKILL);
    const Ended killed = first.wait();
    for (const char* part :
         {"Made a demo in ",
          "The helpdesk listens on http://127.0.0.1:",
          "First association: what the hub would do.",
          "Records that join a customer: 820",
          "Records to create: 8",
          "Records to update: 163",
          "Applying it."})
        EXPECT_TRUE(has(killed.out, part)) << part << " is not in " << killed.out;
    EXPECT_LT(killed.out.find("Records to update: "), killed.out.find("Applying it."));
    fs::remove_all(folder);
}

/// Every system's content and what the hub knows.
std::map<std::string, std::string> everything(const DemoHub& demo) {
    auto files = bytes_below(demo.folder() / "systems");
    // The server of the helpdesk tidies its own files when it starts; its users stay.
    for (const char* own : {"rt.sqlite", "rt.sqlite-wal", "rt.sqlite-shm", "url"})
        files.erase("helpdesk/" + std::string(own));
    files["users"] =
        run_program(
            {"sqlite3", (demo.folder() / "systems/helpdesk/rt.sqlite").string(), ".dump users"},
            demo.folder() / "scratch"
        )
            .out;
    EXPECT_GT(files["users"].size(), 10'000U);
    files["records"] = demo.syncline({"records", "list", "--limit", "999"}).out;
    return files;
}

TEST(CommandLineScenario, DemoRunOnceContinuesAnOldDemoAndChangesNothing) {
    const DemoHub demo("cli-demo-again");
    const auto before = everything(demo);
    const Ended second = syncline({"demo", "run", "--once", "--dir", demo.folder().string()});
    EXPECT_EQ(second.exit_code, 0) << second.err;
    EXPECT_FALSE(has(second.out, "Made a demo")) << second.out;
    EXPECT_FALSE(has(second.out, "First association")) << second.out;
    EXPECT_EQ(std::count(second.out.begin(), second.out.end(), '\n'), 1) << second.out;
    const auto after = everything(demo);
    EXPECT_EQ(after.size(), before.size());
    for (const auto& [name, bytes] : before) {
        const auto found = after.find(name);
        EXPECT_TRUE(found != after.end() && found->second == bytes) << name << " changed";
    }
}

}  // namespace
}  // namespace syncline::testing
