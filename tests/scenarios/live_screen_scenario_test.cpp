// `status --watch`, and `run` on a terminal: one screen that is always fresh.

#include "scenarios/demo_hub.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Words = std::vector<std::string>;

const Program::Variables kTerminal{{"TERM", "xterm"}};
const Program::Variables kWithoutColour{{"TERM", "xterm"}, {"NO_COLOR", "1"}};
const char* const kLeaves =
    "\033[?25h\033[?1049l";  // what shows the old screen and the cursor again

Words command(const DemoHub& demo, Words words) {
    words.insert(
        words.begin(), {std::string(BUILD_ROOT) + "/bin/syncline", "-C", demo.hub().string()}
    );
    return words;
}

TEST(LiveScreenScenario, WatchingShowsWhatHappensAndLeavesTheTerminalAsItWas) {
    const DemoHub demo("live-watch");
    Terminal terminal(command(demo, {"status", "--watch"}), kWithoutColour);
    ASSERT_TRUE(terminal.shows("WRITES/MIN")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("400 records")) << terminal.screen();
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.converge();
    const std::string name = std::string("accounting:") + kTutorialGuid;
    EXPECT_TRUE(terminal.shows(name)) << terminal.screen();
    EXPECT_TRUE(terminal.shows("phones.main.number")) << terminal.screen();
    EXPECT_TRUE(terminal.shows("from erp")) << terminal.screen();
    EXPECT_FALSE(has(terminal.screen(), "555 12 34")) << "no values";
    terminal.interrupt();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_TRUE(terminal.screen().ends_with(kLeaves));
    EXPECT_FALSE(has(terminal.screen(), "\033[3")) << "no colours";
}

TEST(LiveScreenScenario, ASystemInTroubleIsColouredUnlessNobodyWantsColours) {
    const DemoHub demo("live-colour");
    ASSERT_EQ(demo.syncline({"systems", "pause", "erp"}).exit_code, 0);
    Terminal terminal(command(demo, {"status", "--watch"}), kTerminal);
    ASSERT_TRUE(terminal.shows("\033[33merp ")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("Ctrl-C ends this")) << terminal.screen();
    terminal.interrupt();
    EXPECT_EQ(terminal.wait(), 0);
}

TEST(LiveScreenScenario, WatchingNeedsATerminalAndAHub) {
    const DemoHub demo("live-refused");
    const Ended refused = demo.syncline({"status", "--watch"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(has(refused.err, "a screen needs a terminal")) << refused.err;
    Terminal terminal(
        {std::string(BUILD_ROOT) + "/bin/syncline", "-C", "/nonexistent", "status", "--watch"},
        kTerminal
    );
    EXPECT_TRUE(terminal.shows("there is no hub here"));
    EXPECT_EQ(terminal.wait(), 3);
}

TEST(LiveScreenScenario, ARunningHubDrawsItsOwnAndCtrlCEndsIt) {
    const DemoHub demo("live-run");
    demo.poll_every_second();
    Terminal terminal(command(demo, {"run"}), kWithoutColour);
    ASSERT_TRUE(terminal.shows("WRITES/MIN")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("The hub is running.")) << terminal.screen();
    demo.erp("UPDATE customers SET phone = '02 555 12 35' WHERE id = 17");
    EXPECT_TRUE(terminal.shows("phones.main.number")) << terminal.screen();
    EXPECT_FALSE(has(terminal.screen(), "erp:17 changed")) << "lines and a screen do not mix";
    terminal.interrupt();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_TRUE(terminal.screen().ends_with(kLeaves));
}

TEST(LiveScreenScenario, LinesForWhoWantsLines) {
    const DemoHub demo("live-plain");
    demo.poll_every_second();
    Terminal terminal(command(demo, {"run", "--plain"}), kTerminal);
    ASSERT_TRUE(terminal.shows("The hub is running.")) << terminal.screen();
    demo.erp("UPDATE customers SET phone = '02 555 12 36' WHERE id = 17");
    EXPECT_TRUE(terminal.shows("erp:17 changed phones.main.number")) << terminal.screen();
    terminal.interrupt();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_FALSE(has(terminal.screen(), "\033[")) << terminal.screen();
}

/// Long work says how far it is, and the bar is gone when the answer comes.
TEST(LiveScreenScenario, LongWorkHasABar) {
    DemoHub demo("live-bar", DemoHub::From::Fresh);
    sandbox::Misbehaviour slow;
    slow.latency = std::chrono::milliseconds{10};
    demo.tracker().misbehave(slow);
    Terminal terminal(command(demo, {"plan"}), kTerminal);
    ASSERT_TRUE(terminal.shows("\033[Kreading helpdesk: ")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("\033[KSYSTEM ")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    Terminal quiet(command(demo, {"plan", "-q"}), kTerminal);
    ASSERT_TRUE(quiet.shows("SYSTEM ")) << quiet.screen();
    quiet.wait();
    EXPECT_FALSE(has(quiet.screen(), "reading helpdesk")) << quiet.screen();
}

}  // namespace
}  // namespace syncline::testing
