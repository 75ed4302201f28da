// Every command's help begins with examples, and every example is one that the program takes.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(BUILD_ROOT) + "/bin/syncline";

fs::path scratch() {
    return fs::path(::testing::TempDir()) / "cli-help-scratch";
}

std::string help_of(const std::string& path) {
    std::vector<std::string> command{kProgram};
    std::stringstream words(path);
    for (std::string word; words >> word;)
        command.push_back(word);
    command.emplace_back("--help");
    const Ended ended = run_program(command, scratch());
    EXPECT_EQ(ended.exit_code, 0) << path;
    return ended.out;
}

/// The commands that have no commands below them, by the completion of fish, which knows all.
std::set<std::string> commands() {
    std::set<std::string> paths, groups;
    std::stringstream lines(run_program({kProgram, "completion", "fish"}, scratch()).out);
    for (std::string line; std::getline(lines, line);) {
        const std::string begin = "complete -c syncline -n '__syncline_at ";
        const std::size_t command = line.find("' -f -a ");
        if (!line.starts_with(begin) || command == std::string::npos) continue;
        const std::string above = line.substr(begin.size(), command - begin.size());
        std::string word = line.substr(command + 8);
        word = word.substr(0, word.find(' '));
        paths.insert(above.empty() ? word : above + " " + word);
        if (above != "backup") groups.insert(above);  // which is a command, too
    }
    for (const std::string& group : groups)
        paths.erase(group);
    return paths;
}

/// "  syncline -C hub status   how each system stands" -> "-C hub status"
std::vector<std::string> examples_in(const std::string& help) {
    std::vector<std::string> examples;
    std::stringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        const std::string begin = "  syncline ";
        if (!line.starts_with(begin)) continue;
        const std::string rest = line.substr(begin.size());
        examples.push_back(rest.substr(0, rest.find("  ")));
    }
    return examples;
}

TEST(CommandLineScenario, HelpBeginsWithExamplesThatTheProgramTakes) {
    const std::set<std::string> all = commands();
    ASSERT_GT(all.size(), 50U);
    for (const std::string& path : all) {
        const std::string help = help_of(path);
        const std::size_t at = help.find("Examples:");
        ASSERT_NE(at, std::string::npos) << path << "\n" << help;
        EXPECT_LT(at, help.find("Usage:")) << path;
        const std::vector<std::string> examples = examples_in(help);
        EXPECT_FALSE(examples.empty()) << path;
        for (const std::string& example : examples) {
            EXPECT_TRUE(has(example, path)) << "of " << path << ": " << example;
            // What is taken comes as far as looking for the hub, which is not there.
            if (!example.starts_with("-C hub ") || path == "init") continue;
            const std::string words = "-C /nonexistent " + example.substr(7);
            const Ended ended = run_program(
                {"bash", "-c", "'" + kProgram + "' " + words + " </dev/null"}, scratch()
            );
            EXPECT_EQ(ended.exit_code, 3) << example << "\n" << ended.err;
            EXPECT_TRUE(has(ended.err, "there is no hub here")) << example << "\n" << ended.err;
        }
    }
}

}  // namespace
}  // namespace syncline::testing
