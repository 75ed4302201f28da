#include "support/followed_page.hpp"

#include "support/program.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <thread>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIdDigits = 12;

bool is_id(const std::string& text, std::size_t at) {
    const auto is_digit = [&](std::size_t i) {
        return i < text.size() &&
               std::string("0123456789abcdef").find(text[i]) != std::string::npos;
    };
    if (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0) return false;
    for (std::size_t i = 0; i < kIdDigits; ++i) {
        if (!is_digit(at + i)) return false;
    }
    return at + kIdDigits == text.size() ||
           std::isalnum(static_cast<unsigned char>(text[at + kIdDigits])) == 0;
}

std::string without_trailing_spaces(std::string line) {
    while (line.ends_with(' '))
        line.pop_back();
    return line;
}

std::string replaced(std::string text, const Replacements& replacements) {
    for (const auto& [what, with] : replacements) {
        for (auto at = text.find(what); at != std::string::npos;
             at = text.find(what, at + with.size()))
            text.replace(at, what.size(), with);
    }
    return text;
}

/// The longest piece of a line that stands as it is on the screen.
std::string fixed_part(const std::string& line) {
    static const std::string kAnything = "…";
    std::string longest;
    for (std::size_t at = 0; at <= line.size();) {
        const auto end = std::min(line.find(kAnything, at), line.size());
        if (end - at > longest.size()) longest = line.substr(at, end - at);
        at = end + kAnything.size();
    }
    return without_trailing_spaces(longest);
}

/// Somebody sits at the terminal and does what the page says.
void follow_at_terminal(const PageStep& step, const std::vector<std::string>& shell) {
    static const std::string kPrompt = "?: ";
    Terminal terminal(shell);
    for (const std::string& line : step.expected) {
        const auto prompt = line.find(kPrompt);
        const std::string shown =
            prompt == std::string::npos ? fixed_part(line) : line.substr(0, prompt + 2);
        if (!shown.empty() && !terminal.shows(shown))
            FAIL() << "line " << step.line << ": no \"" << shown << "\" in\n" << terminal.screen();
        if (prompt != std::string::npos) terminal.type(line.substr(prompt + kPrompt.size()));
    }
    ASSERT_EQ(terminal.wait(), 0) << "line " << step.line << ":\n" << terminal.screen();
}

}  // namespace

std::vector<PageStep> steps_of(const std::string& page) {
    std::vector<PageStep> steps;
    std::stringstream lines(page);
    bool inside = false;
    bool is_terminal = false;
    bool goes_on = false;
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (goes_on) {
            steps.back().command += "\n" + line;
            goes_on = line != "END";
        } else if (line.starts_with("```")) {
            is_terminal = line == "```terminal";
            inside = is_terminal || line == "```console";
        } else if (inside && line.starts_with("$ ")) {
            steps.push_back({number, line.substr(2), {}, is_terminal});
            goes_on = line.ends_with("<<'END'");
        } else if (inside && !steps.empty()) {
            steps.back().expected.push_back(line);
        }
    }
    return steps;
}

bool PageOutput::line_fits(const std::string& pattern, const std::string& line) {
    static const std::string kAnything = "…";
    std::string expression;
    std::vector<std::string> unknown;
    for (std::size_t at = 0; at < pattern.size();) {
        if (pattern.compare(at, kAnything.size(), kAnything) == 0) {
            expression += ".*?";
            at += kAnything.size();
        } else if (is_id(pattern, at)) {
            const std::string id = pattern.substr(at, kIdDigits);
            const auto known = ids_.find(id);
            if (known == ids_.end()) unknown.push_back(id);
            expression += known == ids_.end() ? "([0-9a-f]{12})" : known->second;
            at += kIdDigits;
        } else {
            if (std::string("\\^$.|?*+()[]{}").find(pattern[at]) != std::string::npos)
                expression += '\\';
            expression += pattern[at++];
        }
    }
    std::smatch match;
    if (!std::regex_match(line, match, std::regex(expression))) return false;
    for (std::size_t i = 0; i < unknown.size(); ++i)
        ids_[unknown[i]] = match[i + 1];
    return true;
}

bool PageOutput::fits(const std::vector<std::string>& expected, const std::string& output) {
    std::vector<std::string> lines;
    std::stringstream stream(output);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(without_trailing_spaces(line));
    const bool open_end = !expected.empty() && expected.back() == "…";
    const std::size_t fixed = expected.size() - (open_end ? 1 : 0);
    if (lines.size() < fixed || (!open_end && lines.size() != fixed)) return false;
    const auto before = ids_;
    for (std::size_t i = 0; i < fixed; ++i) {
        if (line_fits(without_trailing_spaces(expected[i]), lines[i])) continue;
        ids_ = before;
        return false;
    }
    return true;
}

std::string PageOutput::in_life(std::string command) const {
    for (const auto& [page, life] : ids_) {
        for (auto at = command.find(page); at != std::string::npos; at = command.find(page))
            command.replace(at, kIdDigits, life);
    }
    return command;
}

fs::path place_with_program(const std::string& name) {
    const fs::path place = fs::path(::testing::TempDir()) / name;
    fs::remove_all(place);
    fs::create_directories(place / "build" / "dev");
    fs::create_directory_symlink(fs::path(BUILD_ROOT) / "bin", place / "build" / "dev" / "bin");
    fs::create_directory_symlink(fs::path(BUILD_ROOT) / "lib", place / "build" / "dev" / "lib");
    return place;
}

void follow(
    const std::string& page,
    const fs::path& place,
    std::chrono::seconds patience,
    const Replacements& replacements
) {
    const std::vector<PageStep> steps =
        steps_of(replaced(read_file(fs::path(REPO_ROOT) / page), replacements));
    ASSERT_GT(steps.size(), 10U);
    std::string settings;  // exports of earlier commands
    PageOutput output;
    for (const PageStep& step : steps) {
        const std::string command = output.in_life(step.command);
        if (command.starts_with("export ")) settings += command + "; ";
        const std::vector<std::string> shell{
            "bash", "-c", "cd '" + place.string() + "'; " + settings + command};
        if (step.is_at_terminal) {
            follow_at_terminal(step, shell);
            if (::testing::Test::HasFatalFailure()) return;
            continue;
        }
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const Ended ended = run_program(shell, place / "output");
            // sqlite3 does not wait while the hub reads or writes the file, and says that it is
            // locked.
            if (ended.exit_code == 0 && output.fits(step.expected, ended.out)) break;
            if (std::chrono::steady_clock::now() > until) {
                FAIL() << "line " << step.line << ": " << command << "\nexit code "
                       << ended.exit_code << ", printed:\n"
                       << ended.out << ended.err;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }
}

}  // namespace syncline::testing
