#include "app/dialog.hpp"

#include "app/output.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <termios.h>
#include <unistd.h>

namespace syncline::app {
namespace {

/// While it exists, the terminal does not show what is typed.
class HiddenTyping {
public:
    HiddenTyping() : is_changed_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_changed_) return;
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    HiddenTyping(const HiddenTyping&) = delete;
    HiddenTyping& operator=(const HiddenTyping&) = delete;
    ~HiddenTyping() {
        if (is_changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }

private:
    termios before_{};
    bool is_changed_;
};

}  // namespace

bool Dialog::has_person() {
    return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
}

Result<std::string> Dialog::read_line(const std::string& prompt) {
    std::fflush(stdout);
    std::fputs(prompt.c_str(), stderr);
    std::fflush(stderr);
    std::string line;
    int c = std::fgetc(stdin);
    for (; c != EOF && c != '\n'; c = std::fgetc(stdin))
        line += static_cast<char>(c);
    if (c == EOF) {
        std::fputs("\n", stderr);
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "standard input",
            "it ended before every question was answered; nothing was changed"};
    }
    return std::string(trimmed(line));
}

Result<std::string> Dialog::ask(
    const std::string& question, const std::string& otherwise, const Refuse& refuse
) {
    for (;;) {
        SYNCLINE_TRY(
            std::string answer,
            read_line(question + (otherwise.empty() ? "" : " [" + otherwise + "]") + ": ")
        );
        if (answer.empty()) answer = otherwise;
        const std::string why = refuse ? refuse(answer) : "";
        if (why.empty()) return answer;
        print_note("  " + why);
    }
}

Result<bool> Dialog::confirm(const std::string& question, bool otherwise) {
    for (;;) {
        SYNCLINE_TRY(
            const std::string answer, read_line(question + (otherwise ? " [Y/n] " : " [y/N] "))
        );
        if (answer.empty()) return otherwise;
        if (answer == "y" || answer == "Y" || answer == "yes") return true;
        if (answer == "n" || answer == "N" || answer == "no") return false;
        print_note("  y for yes, n for no");
    }
}

Result<std::string> Dialog::choose(
    const std::string& question,
    const std::vector<std::pair<std::string, std::string>>& options,
    const std::string& otherwise
) {
    std::string list = question + "\n";
    for (std::size_t i = 0; i < options.size(); ++i) {
        const auto& [name, meaning] = options[i];
        list += "  " + std::to_string(i + 1) + "  " + name;
        list += meaning.empty() ? "\n" : " — " + meaning + "\n";
    }
    print_note(list.substr(0, list.size() - 1));
    const auto chosen = [&](const std::string& answer) {
        return std::find_if(options.begin(), options.end(), [&](const auto& option) {
            const auto number = static_cast<std::size_t>(&option - options.data()) + 1;
            return answer == option.first || answer == std::to_string(number);
        });
    };
    SYNCLINE_TRY(
        const std::string answer,
        ask("Name or number",
            otherwise,
            [&](const std::string& given) {
                return chosen(given) == options.end() ? "one of the list is meant" : "";
            })
    );
    return chosen(answer)->first;
}

Result<std::string> Dialog::ask_secret(const std::string& question) {
    const HiddenTyping hidden;
    auto secret = read_line(question + ": ");
    std::fputs("\n", stderr);
    return secret;
}

}  // namespace syncline::app
