// The catalogue of errors against its page and against the commands that it tells people to type.

#include "tidy/error_page.hpp"

#include "base/error_catalogue.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::tidy {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> code_spans(std::string_view text) {
    std::vector<std::string> spans;
    for (auto begin = text.find('`'); begin != text.npos;) {
        const auto end = text.find('`', begin + 1);
        if (end == text.npos) break;
        spans.emplace_back(text.substr(begin + 1, end - begin - 1));
        begin = text.find('`', end + 1);
    }
    return spans;
}

/// The words before the first that is an argument or an option: "quarantine retry ITEM" -> two.
std::string words_of_command(const std::string& text) {
    std::istringstream in(text);
    std::string command;
    for (std::string word; in >> word;) {
        const bool is_word = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == word.npos;
        if (!is_word) break;
        command += (command.empty() ? "" : " ") + word;
    }
    return command;
}

/// Commands by the first column of the table on their reference page.
std::set<std::string> known_commands() {
    std::set<std::string> known;
    std::istringstream page(text_of(fs::path(REPO_ROOT) / "docs/reference/command-line.md"));
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| [`")) continue;
        const auto spans = code_spans(line);
        known.insert(words_of_command(spans.front()));
    }
    return known;
}

/// Commands that the text tells people to type and that do not exist.
std::vector<std::string> unknown_commands(std::string_view text) {
    static const std::set<std::string> known = known_commands();
    constexpr std::string_view kProgram = "syncline ";
    std::vector<std::string> unknown;
    for (const std::string& span : code_spans(text)) {
        if (!span.starts_with(kProgram)) continue;
        const std::string command = words_of_command(span.substr(kProgram.size()));
        if (!known.contains(command)) unknown.push_back(command);
    }
    return unknown;
}

TEST(ErrorPage, IsMadeOfTheCatalogue) {
    EXPECT_EQ(text_of(fs::path(REPO_ROOT) / "docs/reference/errors.md"), error_page())
        << "run ./dev docs";
}

TEST(ErrorPage, EveryCommandItNamesExists) {
    for (const ErrorEntry& entry : error_catalogue()) {
        for (const auto& list : {entry.causes, entry.fixes}) {
            for (const std::string_view text : list)
                EXPECT_EQ(unknown_commands(text), std::vector<std::string>{}) << entry.name;
        }
    }
    EXPECT_EQ(
        unknown_commands("call `syncline quarantine mend ITEM`, then `syncline status`"),
        std::vector<std::string>{"quarantine mend"}
    );
}

}  // namespace
}  // namespace syncline::tidy
