// What commands that change something say to scripts: an object with stable names.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

Words keys_of(const Json& object) {
    Words keys;
    for (const auto& [key, value] : object.items())
        keys.push_back(key);
    return keys;
}

/// The id of the first open conflict or review.
std::string first(const DemoHub& demo, const std::string& noun) {
    return demo.json({noun, "list"})[noun].at(0)["id"].get<std::string>();
}

TEST(CommandLineScenario, WhatStandsIsAnAnswerToAConflict) {
    DemoHub demo("cli-standing");
    demo.erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
    demo.edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
    demo.converge();
    const std::string conflict = first(demo, "conflicts");
    const Json standing = demo.json({"conflicts", "show", conflict})["standing"];
    EXPECT_EQ(standing, "erp@guldenreiger.example");
    EXPECT_EQ(demo.json({"conflicts", "resolve", conflict, "--standing"})["state"], "resolved");
    demo.converge();
    EXPECT_EQ(demo.helpdesk("24", "EmailAddress"), "erp@guldenreiger.example");
    EXPECT_EQ(demo.json({"status"})["conflicts_open"], 0);
}

TEST(CommandLineScenario, DecisionsAnswerWithWhatWasDone) {
    DemoHub demo("cli-json-decisions");
    demo.erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
    demo.edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
    demo.erp("UPDATE customers SET phone = 'call Jan' WHERE id = 18");
    demo.converge(4);

    const std::string conflict = first(demo, "conflicts");
    const std::string record = demo.json({"records", "show", "erp:17"})["record"]["id"];
    const Json resolved = demo.json({"conflicts", "resolve", conflict, "--take", "erp"});
    EXPECT_EQ(keys_of(resolved), (Words{"conflict", "record", "field", "state", "by"}));
    EXPECT_EQ(resolved["conflict"], conflict);
    EXPECT_EQ(resolved["record"], record);
    EXPECT_EQ(resolved["field"], "emails.main.address");
    EXPECT_EQ(resolved["state"], "resolved");

    const Json retried = demo.json({"quarantine", "retry", "--all"});
    EXPECT_EQ(retried, (Json{{"retried", 1}, {"state", "waiting"}}));

    const std::string review = first(demo, "reviews");
    const Json shown = demo.json({"reviews", "show", review});
    const Json linked = demo.json({"reviews", "link", review.substr(review.size() - 12)});
    EXPECT_EQ(keys_of(linked), (Words{"review", "state", "by", "record"}));
    EXPECT_EQ(linked["review"], review);
    EXPECT_EQ(linked["state"], "linked");
    EXPECT_EQ(linked["record"], shown["candidates"][0]["record"]);

    const Ended again = demo.syncline({"reviews", "link", review, "-o", "json"});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_EQ(again.out, "");
    EXPECT_TRUE(has(again.err, "it may be settled already")) << again.err;
}

TEST(CommandLineScenario, ADecisionOnWhatIsNoLongerSoIsRefusedWithWhatIsNow) {
    DemoHub demo("cli-outdated");
    demo.erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
    demo.edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
    demo.converge();
    const std::string conflict = first(demo, "conflicts");
    const Json shown = demo.json({"conflicts", "show", conflict});
    EXPECT_EQ(demo.json({"conflicts", "list"})["conflicts"][0]["version"], shown["version"]);
    EXPECT_GE(demo.json({"records", "show", "erp:17"})["version"], shown["version"]);
    const std::string version = shown["version"].dump();
    EXPECT_TRUE(has(demo.syncline({"conflicts", "show", conflict}).out, "--if-version " + version));

    const Words take_helpdesk{
        "conflicts", "resolve", conflict, "--take", "helpdesk", "--if-version", version};
    EXPECT_EQ(demo.syncline(take_helpdesk).exit_code, 0);
    const Ended second =
        demo.syncline({"conflicts", "resolve", conflict, "--take", "erp", "--if-version", version});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_EQ(second.out, "");
    EXPECT_TRUE(has(second.err, "emails.main.address: it changed since it was shown, by user "))
        << second.err;
    EXPECT_TRUE(has(second.err, "[outdated]\n  stands now: desk@guldenreiger.example (user "))
        << second.err;

    const Ended restore = demo.syncline(
        {"records", "restore", "erp:17", "--as-of", "0s", "--yes", "--if-version", version}
    );
    EXPECT_EQ(restore.exit_code, 0)
        << "nothing is restored, so nothing is outdated: " << restore.err;
    const Ended merge =
        demo.syncline({"records", "merge", "erp:17", "erp:18", "--yes", "--if-version", version});
    EXPECT_EQ(merge.exit_code, 1);
    EXPECT_TRUE(has(merge.err, "[outdated]")) << merge.err;
    EXPECT_EQ(
        demo.syncline({"conflicts", "resolve", conflict, "--if-version", "soon"}).exit_code, 2
    );
}

TEST(CommandLineScenario, AReviewThatBecomesACustomerAndOneThatIsClosedAnswerToo) {
    DemoHub demo("cli-json-reviews");
    const std::string review = first(demo, "reviews");
    const Json made = demo.json({"reviews", "new", review});
    EXPECT_EQ(keys_of(made), (Words{"review", "state", "by"}));
    EXPECT_EQ(made["state"], "new");

    demo.erp("DELETE FROM customers WHERE id = 55");
    demo.converge();
    const std::string gone = first(demo, "reviews");
    const Ended link = demo.syncline({"reviews", "link", gone});
    EXPECT_EQ(link.exit_code, 2);
    EXPECT_TRUE(has(link.err, "this review is about a gone record; ")) << link.err;
    const Json closed = demo.json({"reviews", "dismiss", gone});
    EXPECT_EQ(closed["review"], gone);
    EXPECT_EQ(closed["state"], "dismissed");
}

TEST(CommandLineScenario, PauseAndInitAnswerToo) {
    const DemoHub demo("cli-json-setup", DemoHub::From::Fresh);
    EXPECT_EQ(
        demo.json({"systems", "pause", "erp"}), (Json{{"system", "erp"}, {"state", "paused"}})
    );
    EXPECT_EQ(
        demo.json({"systems", "resume", "erp"}), (Json{{"system", "erp"}, {"state", "running"}})
    );
    const Ended line = demo.syncline({"systems", "pause", "erp", "-o", "ndjson"});
    EXPECT_EQ(line.out, "{\"system\":\"erp\",\"state\":\"paused\"}\n");
    fs::remove_all(demo.hub() / "data");
    fs::remove(demo.hub() / "root.key");
    const Json ready = demo.json({"init"});
    EXPECT_EQ(
        ready,
        (Json{
            {"hub", "demo"},
            {"folder", demo.hub().string()},
            {"root_key", (demo.hub() / "root.key").string()},
            {"systems", 4},
            {"state", "ready"}})
    );
    const Ended again = demo.syncline({"init", "-o", "json"});
    EXPECT_EQ(again.exit_code, 3);
    EXPECT_EQ(again.out, "");
}

// A wrong format is refused before anything is changed.
TEST(CommandLineScenario, AWrongFormatChangesNothing) {
    const DemoHub demo("cli-json-format");
    for (const Words& words :
         {Words{"systems", "pause", "erp", "-o", "xml"},
          Words{"reviews", "new", first(demo, "reviews"), "-o", "yaml"}})
        EXPECT_EQ(demo.syncline(words).exit_code, 2);
    EXPECT_EQ(demo.json({"status"})["systems"][1]["state"], "ok");
    EXPECT_EQ(demo.json({"status"})["reviews_open"], 1);
}

}  // namespace
}  // namespace syncline::testing
