#include "support/followed_page.hpp"

#include "support/program.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <thread>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIdDigits = 12;

/// Does the text begin with an id? Such as a longer number contains are none.
bool is_id(std::string_view text) {
    const auto end = text.find_first_not_of("0123456789abcdef");
    return std::min(end, text.size()) == kIdDigits;
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

std::vector<std::string> blocks_of(const std::string& page, const std::string& language) {
    std::vector<std::string> found;
    const std::string fence = "\n```" + language + "\n";
    for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
        const auto begin = at + fence.size();
        found.push_back(page.substr(begin, page.find("\n```", begin) + 1 - begin));
    }
    return found;
}

bool PageOutput::line_fits(std::string_view pattern, std::string_view line) {
    static constexpr std::string_view kAnything = "…";
    if (pattern.empty()) return line.empty();
    if (pattern.starts_with(kAnything)) {
        for (std::size_t skipped = 0; skipped <= line.size(); ++skipped) {
            if (line_fits(pattern.substr(kAnything.size()), line.substr(skipped))) return true;
        }
        return false;
    }
    if (is_id(pattern)) {
        if (!is_id(line)) return false;
        const std::string id(pattern.substr(0, kIdDigits));
        const std::string here(line.substr(0, kIdDigits));
        const auto [known, is_new] = ids_.emplace(id, here);
        if (known->second == here && line_fits(pattern.substr(kIdDigits), line.substr(kIdDigits)))
            return true;
        if (is_new) ids_.erase(id);
        return false;
    }
    return !line.empty() && pattern.front() == line.front() &&
           line_fits(pattern.substr(1), line.substr(1));
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
    ASSERT_GE(steps.size(), 3U);
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
