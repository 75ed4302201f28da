#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Pages of the documentation whose commands are executed.
namespace syncline::testing {

/// A command of a page, with the lines it prints.
struct PageStep {
    std::size_t line = 0;
    std::string command;
    std::vector<std::string> expected;
    bool is_at_terminal = false;
};

/// The commands of all ```console and ```terminal blocks: "$ " lines. A command that ends in
/// "<<'END'" goes on until a line END.
std::vector<PageStep> steps_of(const std::string& page);

/// The ```LANGUAGE blocks of a page.
std::vector<std::string> blocks_of(const std::string& page, const std::string& language);

/// Does a program print what a page says? "…" stands for anything within a line, and as the last
/// line for any further ones.
class PageOutput {
public:
    /// Ids of 12 hexadecimal digits are others on the page than in life: the first that stands
    /// where the page has one is taken for it from then on.
    bool fits(const std::vector<std::string>& expected, const std::string& output);
    /// The command with the ids of this life.
    std::string in_life(std::string command) const;

private:
    bool line_fits(std::string_view pattern, std::string_view line);

    std::map<std::string, std::string> ids_;  ///< on the page -> in life
};

/// A folder in which the program is where the pages say.
std::filesystem::path place_with_program(const std::string& name);

/// What a page calls otherwise than the test: "https://rt.example.com" -> "http://127.0.0.1:4711".
using Replacements = std::map<std::string, std::string>;

/// Runs every command of a page, each until it prints what the page says or `patience` is over.
/// Those in ```terminal blocks are run at a terminal: their lines appear one after the other, and
/// what stands behind "?: " is typed.
void follow(
    const std::string& page,
    const std::filesystem::path& place,
    std::chrono::seconds patience,
    const Replacements& replacements = {}
);

}  // namespace syncline::testing
