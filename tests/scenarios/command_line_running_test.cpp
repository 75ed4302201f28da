// The same commands beside a hub that runs: those that read answer as before, those that change
// something hand it to the hub.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

/// A hub in the background that has read every system once.
std::unique_ptr<Program> running(const DemoHub& demo) {
    demo.poll_every_second();
    const Json before = demo.json({"status"});
    auto hub = demo.start({"run"});
    EXPECT_TRUE(comes_true([&] { return has(hub->out(), "The hub is running"); }));
    EXPECT_TRUE(comes_true([&] {  // its first pass is over
        const Json now = demo.json({"status"});
        return now["systems"][3]["last_pull"] != before["systems"][3]["last_pull"];
    }));
    return hub;
}

void expect_done(const DemoHub& demo, const Words& words, const std::string& says) {
    const Ended ended = demo.syncline(words);
    EXPECT_EQ(ended.exit_code, 0) << words[0] << ": " << ended.err;
    EXPECT_TRUE(has(ended.out, says)) << ended.out;
    EXPECT_EQ(ended.err, "");
}

std::string phone_in_the_book(const DemoHub& demo) {
    return demo.accounting("SELECT addr_phone FROM customers WHERE id = '000017'");
}

TEST(CommandLineScenario, WhatReadsAnswersTheSameBesideARunningHub) {
    const DemoHub demo("cli-beside");
    const std::vector<Words> reading{
        {"records", "list", "--limit", "400"},
        {"records", "find", "reiger"},
        {"records", "history", "erp:17"},
        {"explain", "erp:17", "phones.main.number"},
        {"conflicts", "list"},
        {"reviews", "list"},
        {"quarantine", "list"},
        {"systems", "list"},
        {"systems", "show", "erp"}};
    const auto answers = [&] {
        std::vector<Json> documents;
        for (const Words& words : reading)
            documents.push_back(demo.json(words));
        Json status = demo.json({"status"});
        for (Json& system : status["systems"])
            system.erase("last_pull");
        documents.push_back(status);
        Json record = demo.json({"records", "show", "erp:17"});
        for (Json& link : record["links"])
            link.erase("read_at");
        documents.push_back(record);
        return documents;
    };
    demo.poll_every_second();
    const std::vector<Json> before = answers();
    const auto hub = running(demo);
    const std::vector<Json> beside = answers();
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_TRUE(beside[i] == before[i]) << "answer " << i << " differs";
    EXPECT_EQ(demo.syncline({"plan", "--detailed-exitcode"}).exit_code, 0);
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
    EXPECT_FALSE(fs::exists(demo.hub() / "control.sock"));
}

TEST(CommandLineScenario, ASecondHubIsRefusedAndNamesTheFirst) {
    const DemoHub demo("cli-second");
    const auto hub = running(demo);
    std::string pid = read_file(demo.hub() / "hub.lock");
    pid = pid.substr(0, pid.find('\n'));
    EXPECT_EQ(fs::read_symlink("/proc/" + pid + "/exe").filename(), "syncline")
        << "the lock holds the number of the process";
    for (const Words& words : {Words{"run"}, Words{"run", "--once"}}) {
        const Ended second = demo.syncline(words);
        EXPECT_EQ(second.exit_code, 1);
        EXPECT_TRUE(
            has(second.err,
                (demo.hub() / "hub.lock").string() +
                    ": another syncline uses this hub "
                    "(process " +
                    pid + ") [already_running]")
        ) << second.err;
    }
    hub->signal(SIGTERM);
    EXPECT_EQ(hub->wait().exit_code, 0);
    expect_done(demo, {"systems", "resume", "erp"}, "erp is running.");  // the lock is free again
}

TEST(CommandLineScenario, PauseAndResumeReachTheRunningHub) {
    DemoHub demo("cli-pause");
    const auto hub = running(demo);
    expect_done(demo, {"systems", "pause", "erp"}, "erp is paused.");
    const Json status = demo.json({"status"});
    EXPECT_EQ(status["systems"][1]["state"], "paused");
    EXPECT_EQ(status["systems"][0]["state"], "ok");
    EXPECT_TRUE(has(demo.syncline({"systems", "show", "erp"}).out, "paused by "));
    const Json pulled = status["systems"][0]["last_pull"];
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const std::string before = phone_in_the_book(demo);
    // A pass over the other systems goes by; the paused one is not read.
    EXPECT_TRUE(comes_true([&] {
        return demo.json({"status"})["systems"][0]["last_pull"] != pulled;
    }));
    EXPECT_EQ(phone_in_the_book(demo), before);
    EXPECT_EQ(demo.json({"status"})["systems"][1]["last_pull"], status["systems"][1]["last_pull"]);
    expect_done(demo, {"systems", "resume", "erp"}, "erp is running.");
    EXPECT_TRUE(comes_true([&] { return phone_in_the_book(demo) == "+32 2 555 12 34"; }));
    EXPECT_EQ(demo.json({"systems", "show", "erp"})["state"], "ok");
    const Ended unknown = demo.syncline({"systems", "pause", "crm"});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_TRUE(has(unknown.err, "see `syncline systems list` [not_found]")) << unknown.err;
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, DecisionsAreCarriedOutByTheRunningHubAtOnce) {
    DemoHub demo("cli-decisions");
    demo.erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
    demo.edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
    demo.erp("UPDATE customers SET phone = 'call Jan' WHERE id = 18");
    demo.converge(4);
    const auto hub = running(demo);
    const auto only = [&](const char* command, const char* noun) {
        const Json listed = demo.json({command, "list"});
        EXPECT_EQ(listed[noun].size(), 1U) << listed;
        const Json& id = listed[noun].at(0)["id"];
        return id.is_string() ? id.get<std::string>() : id.dump();
    };
    const std::string conflict = only("conflicts", "conflicts");
    expect_done(
        demo,
        {"conflicts", "resolve", conflict.substr(conflict.size() - 12), "--take", "helpdesk"},
        "Resolved."
    );
    EXPECT_TRUE(comes_true([&] {
        return demo.erp("SELECT email FROM customers WHERE id = 17") == "desk@guldenreiger.example";
    }));
    const Ended again = demo.syncline({"conflicts", "resolve", conflict, "--take", "erp"});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_TRUE(has(again.err, "it may be settled already [not_found]")) << again.err;
    EXPECT_EQ(demo.json({"conflicts", "show", conflict})["state"], "resolved");

    expect_done(demo, {"reviews", "link", only("reviews", "reviews")}, "Settled: linked.");
    EXPECT_EQ(demo.json({"records", "show", "erp:41"})["links"].size(), 2U);

    const std::string item = only("quarantine", "quarantined");
    const Json tried = demo.json({"quarantine", "show", item});
    expect_done(
        demo, {"quarantine", "retry", item}, "1 item will be tried again with the next run."
    );
    EXPECT_TRUE(comes_true([&] {
        return demo.json({"quarantine", "show", item})["tries"] > tried["tries"];
    }));
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, ASystemOrARecordIsReadAgainBesideARunningHubAndWithoutOne) {
    DemoHub demo("cli-resync");
    const auto ask = [&] {
        expect_done(
            demo,
            {"systems", "resync", "erp"},
            "Everything of erp is read again with its next reading."
        );
        expect_done(
            demo, {"systems", "resync", "erp", "17"}, "erp:17 was read again; nothing had changed."
        );
        const Ended unknown = demo.syncline({"systems", "resync", "erp", "4711"});
        EXPECT_EQ(unknown.exit_code, 1);
        EXPECT_TRUE(has(unknown.err, "erp:4711")) << unknown.err;
    };
    ask();
    const auto hub = running(demo);
    ask();
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, APlanIsAppliedByTheRunningHub) {
    DemoHub demo("cli-apply-running");
    const auto hub = running(demo);
    expect_done(demo, {"systems", "pause", "helpdesk"}, "helpdesk is paused.");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    EXPECT_TRUE(comes_true([&] { return phone_in_the_book(demo) == "+32 2 555 12 34"; }));
    expect_done(demo, {"systems", "pause", "supplier"}, "supplier is paused.");
    const std::string file = (demo.folder() / "plan.json").string();
    EXPECT_EQ(demo.syncline({"plan", "-o", file}).exit_code, 0);
    const Json report = demo.json({"apply", file, "--yes"});
    ASSERT_EQ(report["systems"].size(), 2U) << report;
    EXPECT_EQ(report["systems"][0]["system"], "accounting");
    EXPECT_EQ(report["systems"][1]["system"], "erp");
    EXPECT_NE(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34")
        << "paused systems are left alone";
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

void put_right(const DemoHub& demo, const std::string& right, bool to) {
    const fs::path file = demo.hub() / "systems/erp.json";
    std::string text = read_file(file);
    const std::string was = "\"" + right + "\": " + (to ? "false" : "true");
    const auto at = text.find(was);
    ASSERT_NE(at, std::string::npos);
    write_file(file, text.replace(at, was.size(), "\"" + right + "\": " + (to ? "true" : "false")));
}

TEST(CommandLineScenario, AChangedConfigurationIsTakenIntoUseWithoutARestart) {
    const DemoHub demo("cli-reload");
    put_right(demo, "update", false);
    const auto hub = running(demo);
    const std::string before = demo.erp("SELECT phone FROM customers WHERE id = 17");
    demo.accounting("UPDATE customers SET addr_phone = '+3215550199' WHERE id = '000017'");
    EXPECT_TRUE(comes_true([&] { return has(demo.helpdesk("24", "WorkPhone"), "99"); }));
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), before) << "read only";
    put_right(demo, "update", true);
    expect_done(demo, {"config", "reload"}, "goes on with the configuration as it is now: 4");
    EXPECT_TRUE(comes_true([&] {
        return has(demo.erp("SELECT phone FROM customers WHERE id = 17"), "99");
    }));
    EXPECT_TRUE(has(hub->out(), "The hub goes on with the configuration"));
    expect_done(demo, {"systems", "pause", "erp"}, "erp is paused.");
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, AConfigurationThatCannotBeUsedIsRefusedAndTheHubGoesOn) {
    const DemoHub demo("cli-reload-refused");
    const Ended nobody = demo.syncline({"config", "reload"});
    EXPECT_EQ(nobody.exit_code, 1);
    EXPECT_TRUE(has(nobody.err, "no hub runs here")) << nobody.err;
    const auto hub = running(demo);
    const fs::path file = demo.hub() / "hub.json";
    const std::string text = read_file(file);
    const auto refused = [&](const std::string& right, const std::string& wrong) {
        std::string changed = text;
        write_file(file, changed.replace(changed.find(right), right.size(), wrong));
        const Ended ended = demo.syncline({"config", "reload"});
        EXPECT_EQ(ended.exit_code, 3);
        EXPECT_EQ(ended.out, "");
        return ended.err;
    };
    EXPECT_TRUE(has(refused("\"percent\": 25", "\"percent\": 125"), "a percentage is at most 100"));
    EXPECT_TRUE(
        has(refused("\"id\": \"demo\"", "\"id\": \"other\""), "the hub's id cannot change while")
    );
    write_file(file, text);
    demo.erp("UPDATE customers SET phone = '+3215550188' WHERE id = 17");
    EXPECT_TRUE(comes_true([&] { return has(phone_in_the_book(demo), "88"); }));
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, AHubThatWasKilledStandsInNobodysWay) {
    const DemoHub demo("cli-killed");
    const auto hub = running(demo);
    hub->signal(SIGKILL);
    EXPECT_EQ(hub->wait().signal, SIGKILL);
    EXPECT_TRUE(fs::exists(demo.hub() / "control.sock"));
    expect_done(demo, {"systems", "pause", "erp"}, "erp is paused.");
    expect_done(demo, {"systems", "resume", "erp"}, "erp is running.");
    EXPECT_EQ(demo.syncline({"run", "--once"}).exit_code, 0);
}

TEST(CommandLineScenario, AFolderThatIsLockedWithoutAHubIsSaidToBeInUse) {
    const DemoHub demo("cli-locked");
    const int lock = ::open((demo.hub() / "hub.lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(lock, 0);
    ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
    const Ended ended = demo.syncline({"systems", "pause", "erp"});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_TRUE(has(ended.err, "another syncline uses this hub")) << ended.err;
    EXPECT_EQ(demo.json({"status"})["systems"][1]["state"], "ok") << "reading needs no lock";
    ::close(lock);
}

}  // namespace
}  // namespace syncline::testing
