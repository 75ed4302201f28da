// `syncline errors`, and errors in quarantine by what they have in common.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

using codec::Json;

TEST(CommandLineScenario, ThePrintedNameOfAnErrorIsExplained) {
    const DemoHub demo("cli-errors-explain", DemoHub::From::Fresh);
    const Ended refused = demo.syncline({"records", "show", "erp:99999"});
    const auto bracket = refused.err.rfind('[');
    ASSERT_NE(bracket, std::string::npos) << refused.err;
    const std::string printed = refused.err.substr(bracket, refused.err.rfind(']') + 1 - bracket);
    const Ended explained = demo.syncline({"errors", "explain", printed});
    EXPECT_EQ(explained.exit_code, 0);
    EXPECT_TRUE(explained.out.starts_with("not_found (402)\nThere is no such record")) << printed;
    EXPECT_TRUE(has(explained.out, "`syncline -C " + demo.hub().string() + " records find WORDS`"))
        << explained.out;
    EXPECT_TRUE(has(explained.out, "who: the operator of the hub\nexit code: 1\nmore: docs/"))
        << explained.out;

    const Json document = demo.json({"errors", "explain", "203"});
    EXPECT_EQ(document["code"], "remote_refused");
    EXPECT_EQ(document["who"], (Json{"system_administrator", "operator"}));
    EXPECT_GE(document["causes"].size(), 2U);
    EXPECT_GE(document["fixes"].size(), 2U);
}

TEST(CommandLineScenario, AnUnknownErrorIsAnsweredWithTheNearest) {
    const DemoHub demo("cli-errors-unknown", DemoHub::From::Fresh);
    const Ended near = demo.syncline({"errors", "explain", "maping_failed"});
    EXPECT_EQ(near.exit_code, 2);
    EXPECT_EQ(near.out, "");
    EXPECT_TRUE(has(near.err, "did you mean \"mapping_failed\"?")) << near.err;
    const Ended far = demo.syncline({"errors", "explain", "999"});
    EXPECT_EQ(far.exit_code, 2);
    EXPECT_TRUE(has(far.err, "errors list")) << far.err;
    EXPECT_EQ(demo.json({"errors", "list"})["errors"].size(), 30U);
}

TEST(CommandLineScenario, ErrorsAreGroupedBySystemCodeAndField) {
    const DemoHub demo("cli-errors-group");
    EXPECT_EQ(demo.json({"status"})["most_frequent_error"], nullptr);
    EXPECT_EQ(demo.syncline({"quarantine", "list", "--group"}).out, "nothing in quarantine\n");
    demo.erp("UPDATE customers SET phone = 'call Jan' WHERE id IN (18, 19, 20)");
    demo.erp("UPDATE customers SET vat_id = 'none yet' WHERE id = 21");
    demo.converge(4);

    const Json groups = demo.json({"quarantine", "list", "--group"})["groups"];
    ASSERT_EQ(groups.size(), 2U) << groups;
    EXPECT_EQ(groups[0]["items"], 3);
    EXPECT_EQ(groups[0]["system"], "erp");
    EXPECT_EQ(groups[0]["code"], "mapping_failed");
    EXPECT_EQ(groups[0]["field"], "phones.main.number");
    EXPECT_LE(groups[0]["first_at"], groups[0]["last_at"]);
    EXPECT_EQ(groups[0]["reasons"], 1);
    EXPECT_TRUE(has(groups[0]["hint"].get<std::string>(), "quarantine show ITEM"));
    EXPECT_EQ(groups[1]["items"], 1);

    const Json most = demo.json({"status"})["most_frequent_error"];
    EXPECT_EQ(most["code"], "mapping_failed");
    EXPECT_EQ(most["items"], 3);
    EXPECT_TRUE(
        has(demo.syncline({"status"}).out,
            "\nmost frequent: 3 mapping_failed in erp (phones.main.number); `syncline -C ")
    );
    const std::string table = demo.syncline({"quarantine", "list", "--group"}).out;
    EXPECT_TRUE(has(table, "errors explain mapping_failed")) << table;
    EXPECT_EQ(table.find("mapping_failed: "), table.rfind("mapping_failed: ")) << "said once";
}

}  // namespace
}  // namespace syncline::testing
