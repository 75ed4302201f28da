// What the command line refuses: with which exit code, on which stream, and whether the message
// says what to do.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>

namespace syncline::testing {
namespace {

using Words = std::vector<std::string>;

/// A hub with an open conflict and an open review. The tests of this file change nothing in it.
const DemoHub& shared() {
    static const std::unique_ptr<DemoHub> hub = [] {
        auto demo = std::make_unique<DemoHub>("cli-refusals");
        demo->erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
        demo->edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
        demo->converge();
        return demo;
    }();
    return *hub;
}

std::string conflict() {
    return shared().json({"conflicts", "list"})["conflicts"].at(0)["id"].get<std::string>();
}
std::string review() {
    return shared().json({"reviews", "list"})["reviews"].at(0)["id"].get<std::string>();
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Words lines_of(const std::string& text) {
    Words lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// The commands below `path` that have none below them, as `--help` lists them.
void add_leaves(const Words& path, std::set<std::string>& leaves) {
    const Ended help = shared().syncline(with(path, {"--help"}));
    EXPECT_EQ(help.exit_code, 0) << joined(path);
    EXPECT_EQ(help.err, "") << joined(path);
    bool is_list = false, is_leaf = true;
    for (const std::string& line : lines_of(help.out)) {
        if (line == "Subcommands:") {
            is_list = true;
            is_leaf = false;
        } else if (is_list && line.starts_with("  ") && line[2] != ' ') {
            add_leaves(with(path, {line.substr(2, line.find(' ', 2) - 2)}), leaves);
        }
    }
    if (is_leaf) leaves.insert(joined(path));
}

// Whoever adds a command adds its tests, and then its name here.
TEST(CommandLineScenario, HelpListsExactlyTheCommandsThatAreTested) {
    std::set<std::string> leaves;
    add_leaves({}, leaves);
    const std::set<std::string> tested{
        "init",
        "check",
        "doctor",
        "systems add",
        "systems release",
        "config validate",
        "completion",
        "systems test",
        "map preview",
        "config show",
        "config export",
        "config reload",
        "run",
        "status",
        "plan",
        "apply",
        "verify",
        "backup verify",
        "restore",
        "explain",
        "records list",
        "records find",
        "records show",
        "records history",
        "records restore",
        "records merge",
        "records unmerge",
        "records link",
        "records unlink",
        "records delete",
        "records undelete",
        "runs list",
        "runs show",
        "runs undo",
        "conflicts list",
        "conflicts show",
        "conflicts resolve",
        "conflicts decide",
        "reviews list",
        "reviews show",
        "reviews link",
        "reviews new",
        "reviews recreate",
        "reviews delete",
        "reviews dismiss",
        "reviews decide",
        "quarantine list",
        "quarantine show",
        "quarantine retry",
        "errors list",
        "errors explain",
        "systems list",
        "systems show",
        "systems pause",
        "systems resume",
        "systems resync",
        "connectors list",
        "demo create",
        "demo run",
        "sandbox request-tracker"};
    EXPECT_EQ(leaves, tested);
    const std::string help = shared().syncline({"--help"}).out;
    ASSERT_TRUE(has(help, "Examples:") && has(help, "Options:"));
    EXPECT_LT(help.find("Examples:"), help.find("Options:"));
    EXPECT_TRUE(shared().syncline({"--version"}).out.starts_with("syncline "));
}

struct Refusal {
    Words words;
    int code;
    std::string message;
};

void expect_refused(const std::vector<Refusal>& refusals) {
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(joined(refusal.words));
        const Ended ended = shared().syncline(refusal.words);
        EXPECT_EQ(ended.exit_code, refusal.code) << ended.err;
        EXPECT_TRUE(has(ended.err, refusal.message)) << ended.err;
        EXPECT_EQ(ended.out, "");
    }
}

TEST(CommandLineScenario, WhatIsNotThereIsNamedAndExitsWith1) {
    expect_refused(
        {{{"records", "show", "erp:99999"}, 1, "erp:99999: there is no such record [not_found]"},
         {{"records", "show", "erp:99999", "-o", "json"}, 1, "erp:99999: there is no such record"},
         {{"records", "history", "ffffffff"}, 1, "ffffffff: there is no such record [not_found]"},
         {{"records", "show", "erp:41"}, 1, "waits for a review; see `syncline reviews list`"},
         {{"explain", "erp:99999", "name"}, 1, "erp:99999: there is no such record"},
         {{"explain", "ERP:17", "name"},
          1,
          "no system is called \"ERP\"; there are accounting, erp"},
         {{"records", "history", "crm:17"},
          1,
          "crm:17: no system is called \"crm\"; there are accounting, erp, helpdesk, supplier"},
         {{"explain", "erp:17", "phones.man.number"}, 1, "did you mean phones.main.number?"},
         {{"conflicts", "show", "ffffffff"}, 1, "ffffffff: there is no such conflict [not_found]"},
         {{"conflicts", "show", review()},
          1,
          "there is no such conflict: it is a review; see `syncline reviews show " + review()},
         {{"conflicts", "resolve", review(), "--clear"}, 1, "it is a review"},
         {{"reviews", "show", conflict()},
          1,
          "there is no such review: it is a conflict; see `syncline conflicts show " + conflict()},
         {{"reviews", "link", conflict()}, 1, "it is a conflict; see `syncline conflicts show"},
         {{"reviews", "new", conflict()}, 1, "it is a conflict"},
         {{"reviews", "dismiss", conflict()}, 1, "it is a conflict"},
         {{"conflicts", "resolve", "ffffffff", "--clear"}, 1, "there is no such conflict"},
         {{"conflicts", "resolve", conflict(), "--take", "supplier"},
          1,
          "supplier says nothing about this field; choose another system or give a value"},
         {{"conflicts", "resolve", conflict(), "--value", "no address"},
          1,
          "not an e-mail address"},
         {{"reviews", "show", "ffffffff"}, 1, "ffffffff: there is no such review [not_found]"},
         {{"reviews", "link", review(), "erp:99999"}, 1, "erp:99999: there is no such record"},
         {{"quarantine", "show", "77"}, 1, "77: there is no such item [not_found]"},
         {{"quarantine", "retry", "77"}, 1, "see `syncline quarantine list`"},
         {{"systems", "show", "crm"}, 1, "no system has this name; see `syncline systems list`"},
         {{"systems", "pause", "crm"}, 1, "no system has this name; see `syncline systems list`"},
         {{"systems", "resume", "crm"}, 1, "no system has this name"},
         {{"systems", "resync", "crm"}, 1, "no system has this name"},
         {{"apply", "/nowhere/plan.json", "--yes"},
          1,
          "/nowhere/plan.json: this plan cannot be read"},
         {{"apply", "/tmp", "--yes"}, 1, "/tmp: this plan cannot be read"},
         {{"backup", "verify", "/nowhere.db"}, 1, "/nowhere.db: there is no such file [not_found]"},
         {{"backup", "/nowhere/hub.db"}, 1, "/nowhere: there is no such folder; make it first"},
         {{"restore", "/nowhere.db", "--yes"}, 1, "/nowhere.db: there is no such file [not_found]"},
         {{"restore", (shared().hub() / "hub.json").string(), "--yes"},
          1,
          "this is no whole database"},
         {{"restore", (shared().hub() / "data" / "hub.db").string(), "--yes"},
          1,
          "this database is no backup that `syncline backup` made [payload_malformed]"},
         {{"apply", "/dev/null", "--yes"}, 1, "/dev/null: this is no plan: "}}
    );
}

TEST(CommandLineScenario, WordsThatAreOffExitWith2) {
    const std::string more = "Run with --help for more information";
    expect_refused(
        {{{}, 2, more},
         {{"reboot"}, 2, more},
         {{"staus"},
          2,
          "syncline: there is no command \"staus\"; did you mean \"status\"?\nRun with --help"},
         {{"records"}, 2, more},
         {{"records", "paint"}, 2, more},
         {{"status", "--bright"}, 2, "--bright"},
         {{"status", "-o"}, 2, "--output"},
         {{"status", "-o", "xml"},
          2,
          "\"xml\" is no output format; there are table, json, ndjson and csv"},
         {{"explain"}, 2, "record is required"},
         {{"explain", "erp:17"}, 2, "field is required"},
         {{"records", "find"}, 2, "words is required"},
         {{"records", "find", " "}, 2, "say what to look for"},
         {{"conflicts", "resolve", conflict(), "--value", ""},
          2,
          "--clear says that there is none"},
         {{"records", "list", "--limit", "many"}, 2, "many"},
         {{"records", "list", "--limit", "-1"}, 2, "--limit: Value -1 not in range 1 to 1000000"},
         {{"records", "list", "--limit", "0"}, 2, "--limit: Value 0 not in range"},
         {{"records", "find", "x", "--limit", "99999999999999999999"}, 2, "not in range"},
         {{"quarantine", "show", "-1"}, 2, "-1"},
         {{"quarantine", "retry", "0"}, 2, "0"},
         {{"reviews", "show", "41"}, 2, "`syncline reviews list` shows them"},
         {{"conflicts", "show", "erp:17"}, 2, "`syncline conflicts list` shows them"},
         {{"systems", "pause", "erp", "-o", "xml"}, 2, "\"xml\" is no output format"},
         {{"demo", "create", "--seed", "-1"}, 2, "--seed"},
         {{"records", "show", "123"}, 2, "at least 8 characters"},
         {{"records", "show", "not-a-record"}, 2, "as in erp:17"},
         {{"backup", "-o", "xml"}, 2, "\"xml\" is no output format"},
         {{"backup", "verify"}, 2, "file is required"},
         {{"restore"}, 2, "name a backup; or, with --keys alone, a copy of the keys"},
         {{"apply"}, 2, "plan is required"},
         {{"quarantine", "show", "one"}, 2, "one"},
         {{"quarantine", "retry"}, 2, "name items, or a group"},
         {{"quarantine", "retry", "--all", "1"}, 2, "name items, or a group"},
         {{"conflicts", "resolve", conflict()}, 2, "one of --take SYSTEM, --value TEXT, --clear"},
         {{"conflicts", "resolve", conflict(), "--take", "erp", "--clear"}, 2, "one of --take"},
         {{"conflicts", "resolve", conflict(), "--standing", "--clear"}, 2, "one of --take"},
         {{"conflicts", "resolve", "--standing"}, 2, "choose them with --field"},
         {{"conflicts", "resolve", conflict(), "--field", "name", "--standing"}, 2, "not both"},
         {{"conflicts", "resolve", conflict(), "--standing", "--for", "name"}, 2, "--make-rule"},
         {{"conflicts", "resolve", "--field", "name", "--standing", "--make-rule"},
          2,
          "it is about one conflict"},
         {{"conflicts", "resolve", conflict(), "--newest"}, 2, "cannot be known"},
         {{"conflicts", "decide"}, 2, "nobody is at a terminal"},
         {{"reviews", "decide"}, 2, "nobody is at a terminal"},
         {{"conflicts", "resolve", conflict(), "--part", "Gent"}, 2, "write it as NAME=TEXT"},
         {{"conflicts", "resolve", conflict(), "--part", "city=Gent"},
          2,
          "this field has no parts: give its value"},
         {{"reviews", "dismiss", review()}, 2, "needs an answer: `reviews link` or `reviews new`"},
         {{"demo", "create", "--seed", "x"}, 2, "--seed"}}
    );
    EXPECT_EQ(shared().json({"status"})["conflicts_open"], 1) << "nothing was decided";
}

}  // namespace
}  // namespace syncline::testing
