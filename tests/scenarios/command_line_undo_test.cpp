// Runs, their undo, and records as they were, with the real program over the demo's systems.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {
namespace {

using codec::Json;
using Words = std::vector<std::string>;

std::string phone_in_the_book(const DemoHub& demo) {
    return demo.accounting("SELECT addr_phone FROM customers WHERE id = '000017'");
}

void change_phone_in_erp(const DemoHub& demo) {
    demo.erp("UPDATE customers SET phone = '015 99 88 77' WHERE id = 17");
}

/// The last run that wrote something.
std::string last_writing_run(const DemoHub& demo) {
    const Json listed = demo.json({"runs", "list"});
    for (const Json& run : listed["runs"]) {
        if (run["kind"] == "run" && run["updated"].get<int>() > 0)
            return run["id"].get<std::string>();
    }
    ADD_FAILURE() << "no run wrote anything";
    return {};
}

TEST(CommandLineScenario, ARunIsTakenBackInEverySystem) {
    const DemoHub demo("cli-undo");
    const std::string book = phone_in_the_book(demo);
    change_phone_in_erp(demo);
    demo.converge();
    ASSERT_NE(phone_in_the_book(demo), book);
    const std::string run = last_writing_run(demo);

    const Ended shown = demo.syncline({"runs", "show", run});
    EXPECT_TRUE(has(shown.out, "written accounting phones.main.number")) << shown.out;
    EXPECT_FALSE(has(shown.out, "+3215998877")) << "values only where they are asked for";
    EXPECT_TRUE(has(demo.syncline({"runs", "show", run, "--values"}).out, "+3215998877"));

    const Ended unasked = demo.syncline({"runs", "undo", run});
    EXPECT_EQ(unasked.exit_code, 2);
    EXPECT_TRUE(has(unasked.err, "--yes")) << unasked.err;
    const Json preview = demo.json({"runs", "undo", run, "--dry-run"});
    EXPECT_TRUE(std::any_of(preview["items"].begin(), preview["items"].end(), [](const Json& item) {
        return item["what"] == "write" && item["state"] == "due" && item["system"] == "accounting";
    })) << preview.dump();
    ASSERT_NE(phone_in_the_book(demo), book) << "a preview writes nothing";

    const Ended undone = demo.syncline({"runs", "undo", run, "--yes"});
    EXPECT_EQ(undone.exit_code, 0) << undone.err << undone.out;
    EXPECT_TRUE(has(undone.out, "Undone: run " + run)) << undone.out;
    EXPECT_EQ(phone_in_the_book(demo), book);
    demo.converge();
    EXPECT_EQ(phone_in_the_book(demo), book) << "nothing is written over";
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "015 99 88 77");
    EXPECT_EQ(demo.json({"conflicts", "list"})["conflicts"].size(), 1U);

    const Ended twice = demo.syncline({"runs", "undo", run, "--yes"});
    EXPECT_EQ(twice.exit_code, 2);
    EXPECT_TRUE(has(twice.err, "undone already, by run")) << twice.err;
}

TEST(CommandLineScenario, ARunningHubTakesARunBack) {
    const DemoHub demo("cli-undo-running");
    const std::string book = phone_in_the_book(demo);
    change_phone_in_erp(demo);
    demo.converge();
    const std::string run = last_writing_run(demo);
    const auto hub = demo.start({"run"});
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!has(hub->out(), "The hub is running") && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const Ended undone = demo.syncline({"runs", "undo", run.substr(run.size() - 12), "--yes"});
    EXPECT_EQ(undone.exit_code, 0) << undone.err << undone.out;
    EXPECT_EQ(phone_in_the_book(demo), book);
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(CommandLineScenario, ARecordIsShownAndRestoredAsItWas) {
    const DemoHub demo("cli-past");
    const std::string before = demo.json({"records", "history", "erp:17"})["changes"][0]["at"];
    const std::string book = phone_in_the_book(demo);
    change_phone_in_erp(demo);
    demo.converge();

    const Ended past = demo.syncline({"records", "show", "erp:17", "--as-of", before});
    EXPECT_EQ(past.exit_code, 0) << past.err;
    EXPECT_FALSE(has(past.out, "+3215998877")) << past.out;
    const Ended earlier = demo.syncline({"records", "show", "erp:17", "--as-of", "2001-01-01"});
    EXPECT_EQ(earlier.exit_code, 1);
    EXPECT_TRUE(has(earlier.err, "there was no such record")) << earlier.err;
    EXPECT_EQ(demo.syncline({"records", "show", "erp:17", "--as-of", "soon"}).exit_code, 2);

    const Words restore{
        "records", "restore", "erp:17", "--as-of", before, "--field", "phones.main.number"};
    EXPECT_EQ(demo.syncline(restore).exit_code, 2) << "nobody to ask here";
    Words confirmed = restore;
    confirmed.emplace_back("--yes");
    const Ended restored = demo.syncline(confirmed);
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
    demo.converge();
    EXPECT_EQ(phone_in_the_book(demo), book);
    const Json history =
        demo.json({"records", "history", "erp:17", "--field", "phones.main.number"});
    EXPECT_TRUE(std::any_of(
        history["changes"].begin(),
        history["changes"].end(),
        [](const Json& change) {
            return change["rule"] == "restore" && !change["run"].get<std::string>().empty();
        }
    )) << history.dump();
}

}  // namespace
}  // namespace syncline::testing
