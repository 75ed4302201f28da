#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {

/// Questions to the person at the terminal. They go to standard error, so that standard output is
/// what a command was asked for. Whoever ends the input (Ctrl-D) ends the command: UsageInvalid.
class Dialog {
public:
    /// Is there somebody to ask? Standard input and standard error are a terminal.
    static bool has_person();

    /// An answer, or `otherwise` for an empty line. Asked again, with the reason, until `refuse`
    /// finds nothing wrong with it ("").
    using Refuse = std::function<std::string(const std::string& answer)>;
    Result<std::string> ask(
        const std::string& question, const std::string& otherwise = "", const Refuse& refuse = {}
    );
    Result<bool> confirm(const std::string& question, bool otherwise);
    /// One of several, by number or name; the first of each pair is the name, the second what it
    /// means. `otherwise` is a name, or "" to insist.
    Result<std::string> choose(
        const std::string& question,
        const std::vector<std::pair<std::string, std::string>>& options,
        const std::string& otherwise = ""
    );
    /// Typed without being shown.
    Result<std::string> ask_secret(const std::string& question);

private:
    Result<std::string> read_line(const std::string& prompt);
};

}  // namespace syncline::app
