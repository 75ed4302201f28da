// A hub whose machine's clock cannot be believed: what it says, and how a person lets it go on.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

using codec::Json;

TEST(CommandLineScenario, AHubWhoseClockIsImplausibleStandsStillUntilAPersonSaysThatItIsRight) {
    const DemoHub demo("cli-clock");
    demo.query(
        demo.hub() / "data" / "hub.db",
        "UPDATE hub_state SET committed_at = committed_at + 2 * 366 * 86400000"
    );
    demo.erp("UPDATE customers SET phone = '+3215550199' WHERE id = 17");
    const auto in_the_book = [&] {
        return demo.accounting("SELECT addr_phone FROM customers WHERE id = '000017'");
    };
    const std::string before = in_the_book();

    const Ended run = demo.syncline({"run", "--once"});
    EXPECT_EQ(run.exit_code, 9) << run.err;
    EXPECT_TRUE(has(run.out, "the hub cannot be used now: the hub's clock says 20")) << run.out;
    EXPECT_EQ(in_the_book(), before);
    const Json status = demo.json({"status"});
    ASSERT_EQ(status["held"].size(), 1U) << status;
    const auto held = status["held"][0].get<std::string>();
    EXPECT_TRUE(has(held, "and the hub's last commit was at 20")) << held;
    EXPECT_TRUE(has(demo.syncline({"status"}).out, "the hub stands still: " + held));
    const Ended decided = demo.syncline({"records", "delete", "erp:18", "--yes"});
    EXPECT_EQ(decided.exit_code, 9);
    EXPECT_TRUE(has(decided.err, "[clock_implausible]")) << decided.err;

    const Json item = demo.json({"quarantine", "list"})["quarantined"].at(0);
    const std::string id = item["id"].dump();
    EXPECT_TRUE(has(held, "(quarantine " + id + ")")) << held;
    EXPECT_TRUE(has(demo.syncline({"quarantine", "show", id}).out, "of the hub (clock_implausible)")
    );
    EXPECT_EQ(demo.syncline({"quarantine", "retry", id}).exit_code, 0);
    demo.converge();
    EXPECT_EQ(in_the_book(), "+32 15 55 01 99");
    EXPECT_FALSE(demo.json({"status"}).contains("held"));
}

}  // namespace
}  // namespace syncline::testing
