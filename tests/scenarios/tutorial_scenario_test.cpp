// Executes every command of the tutorials, and of how-to pages like them, and compares what it
// prints.

#include "support/program.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <signal.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

struct Step {
    std::size_t line = 0;
    std::string command;
    std::vector<std::string> expected;
};

/// The commands of all ```console blocks: "$ " lines, each with the lines it prints.
std::vector<Step> steps_of(const std::string& page) {
    std::vector<Step> steps;
    std::stringstream lines(page);
    bool inside = false;
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.starts_with("```"))
            inside = line == "```console";
        else if (inside && line.starts_with("$ "))
            steps.push_back({number, line.substr(2), {}});
        else if (inside && !steps.empty())
            steps.back().expected.push_back(line);
    }
    return steps;
}

std::string without_trailing_spaces(std::string line) {
    while (line.ends_with(' '))
        line.pop_back();
    return line;
}

/// "…" stands for anything within a line.
bool line_fits(const std::string& pattern, const std::string& line) {
    static const std::string kAnything = "…";
    const auto gap = pattern.find(kAnything);
    if (gap == std::string::npos)
        return without_trailing_spaces(pattern) == without_trailing_spaces(line);
    if (!line.starts_with(pattern.substr(0, gap))) return false;
    const std::string rest = pattern.substr(gap + kAnything.size());
    for (std::size_t at = gap; at <= line.size(); ++at) {
        if (line_fits(rest, line.substr(at))) return true;
    }
    return false;
}

/// A last line "…" stands for any further lines.
bool output_fits(const std::vector<std::string>& expected, const std::string& output) {
    std::vector<std::string> lines;
    std::stringstream stream(output);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    const bool open_end = !expected.empty() && expected.back() == "…";
    const std::size_t fixed = expected.size() - (open_end ? 1 : 0);
    if (lines.size() < fixed || (!open_end && lines.size() != fixed)) return false;
    for (std::size_t i = 0; i < fixed; ++i) {
        if (!line_fits(expected[i], lines[i])) return false;
    }
    return true;
}

/// A folder in which the program is where the pages say.
fs::path place_with_program(const std::string& name) {
    const fs::path place = fs::path(::testing::TempDir()) / name;
    fs::remove_all(place);
    fs::create_directories(place / "build" / "dev");
    fs::create_directory_symlink(fs::path(BUILD_ROOT) / "bin", place / "build" / "dev" / "bin");
    fs::create_directory_symlink(fs::path(BUILD_ROOT) / "lib", place / "build" / "dev" / "lib");
    return place;
}

/// Runs every command of a page, each until it prints what the page says or `patience` is over.
void follow(const std::string& page, const fs::path& place, std::chrono::seconds patience) {
    const std::vector<Step> steps = steps_of(read_file(fs::path(REPO_ROOT) / page));
    ASSERT_GT(steps.size(), 15U);
    std::string settings;  // exports of earlier commands
    for (const Step& step : steps) {
        if (step.command.starts_with("export ")) settings += step.command + "; ";
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const Ended ended = run_program(
                {"bash", "-c", "cd '" + place.string() + "'; " + settings + step.command},
                place / "output"
            );
            // sqlite3 does not wait while the hub reads or writes the file, and says that it is
            // locked.
            if (ended.exit_code == 0 && output_fits(step.expected, ended.out)) break;
            if (std::chrono::steady_clock::now() > until) {
                FAIL() << "line " << step.line << ": " << step.command << "\nprinted:\n"
                       << ended.out << ended.err;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }
}

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

TEST(TutorialScenario, TheComparisonCanFail) {
    EXPECT_TRUE(output_fits({"a…c", "…"}, "abc\nmore\n"));
    EXPECT_FALSE(output_fits({"a…c"}, "abc\nmore\n"));
    EXPECT_FALSE(output_fits({"abd"}, "abc\n"));
    EXPECT_FALSE(output_fits({"a…d"}, "abc\n"));
    EXPECT_FALSE(output_fits({}, "abc\n"));
    EXPECT_EQ(steps_of("```console\n$ one\nprints\n$ two\n```\n$ no\n").size(), 2U);
}

}  // namespace
}  // namespace syncline::testing
