// Executes every command of the tutorials, and of how-to pages like them, and compares what it
// prints.

#include "support/followed_page.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

TEST(TutorialScenario, EveryCommandOfThePageDoesWhatItSays) {
    const fs::path place = place_with_program("tutorial");
    Program hub(
        {std::string(BUILD_ROOT) + "/bin/syncline",
         "demo",
         "run",
         "--dir",
         (place / "demo").string()},
        place / "hub-output"
    );
    for (int i = 0; i < 1'200 && hub.out().find("The hub is running") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_NE(hub.out().find("The hub is running"), std::string::npos) << hub.out();
    // The hub reads its systems every few seconds: what it must bring may take a moment.
    follow("docs/tutorials/first-five-minutes.md", place, std::chrono::seconds{40});
    hub.signal(SIGINT);
    EXPECT_EQ(hub.wait().exit_code, 0);
    if (!HasFailure()) fs::remove_all(place);
}

TEST(TutorialScenario, TwoSystemsOfOnesOwnAreConnectedAsThePageSays) {
    const fs::path place = place_with_program("tutorial-two");
    follow("docs/tutorials/connect-two-systems.md", place, std::chrono::seconds{0});
    if (!HasFailure()) fs::remove_all(place);
}

TEST(TutorialScenario, AMessIsMovedInAsThePageSays) {
    const fs::path place = place_with_program("tutorial-mess");
    follow("docs/how-to/move-a-mess-in.md", place, std::chrono::seconds{0});
    if (!HasFailure()) fs::remove_all(place);
}

TEST(TutorialScenario, ConflictsAndReviewsAreDecidedAsThePageSays) {
    const fs::path place = place_with_program("tutorial-decide");
    follow("docs/how-to/decide-conflicts.md", place, std::chrono::seconds{0});
    if (!HasFailure()) fs::remove_all(place);
}

TEST(TutorialScenario, TheComparisonCanFail) {
    const auto output_fits = [](const std::vector<std::string>& expected, const char* printed) {
        return PageOutput().fits(expected, printed);
    };
    EXPECT_TRUE(output_fits({"a…c", "…"}, "abc\nmore\n"));
    EXPECT_FALSE(output_fits({"a…c"}, "abc\nmore\n"));
    EXPECT_FALSE(output_fits({"abd"}, "abc\n"));
    EXPECT_FALSE(output_fits({"a…d"}, "abc\n"));
    EXPECT_FALSE(output_fits({"a.c"}, "abc\n"));
    EXPECT_FALSE(output_fits({}, "abc\n"));
    EXPECT_EQ(steps_of("```console\n$ one\nprints\n$ two\n```\n$ no\n").size(), 2U);
    EXPECT_EQ(steps_of("```console\n$ cat <<'END'\n$ in\nEND\nout\n```\n").size(), 1U);
    PageOutput ids;
    EXPECT_TRUE(ids.fits({"…-aaaaaaaaaaaa … x"}, "0-0123456789ab y x\n"));
    EXPECT_EQ(ids.in_life("show aaaaaaaaaaaa"), "show 0123456789ab");
    EXPECT_TRUE(ids.fits({"aaaaaaaaaaaa"}, "0123456789ab\n"));
    EXPECT_FALSE(ids.fits({"aaaaaaaaaaaa"}, "ba9876543210\n")) << "an id stays the same";
}

}  // namespace
}  // namespace syncline::testing
