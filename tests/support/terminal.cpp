#include "support/terminal.hpp"

#include <array>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace syncline::testing {

Terminal::Terminal(const std::vector<std::string>& command, const Program::Variables& variables) {
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    winsize wide{};
    wide.ws_row = 50;
    wide.ws_col = 200;
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &wide);
    if (pid_ < 0) throw std::runtime_error("cannot make a terminal");
    if (pid_ > 0) return;
    for (const auto& [name, value] : variables)
        ::setenv(name.c_str(), value.c_str(), 1);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
}

Terminal::~Terminal() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
}

/// The end of the program shows as an error of its terminal.
bool Terminal::read_more(std::chrono::milliseconds patience) {
    pollfd waiting{terminal_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(terminal_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    for (ssize_t i = 0; i < count; ++i) {
        if (buffer[static_cast<std::size_t>(i)] != '\r')
            screen_ += buffer[static_cast<std::size_t>(i)];
    }
    return true;
}

bool Terminal::shows(const std::string& text, std::chrono::seconds patience) {
    for (;;) {
        if (const std::size_t at = screen_.find(text, seen_); at != std::string::npos) {
            seen_ = at + text.size();
            return true;
        }
        if (!read_more(patience)) return false;
    }
}

void Terminal::type(const std::string& line) {
    const std::string typed = line + "\n";
    if (::write(terminal_, typed.data(), typed.size()) != static_cast<ssize_t>(typed.size()))
        throw std::runtime_error("cannot type");
}

void Terminal::press(char key) {
    if (::write(terminal_, &key, 1) != 1) throw std::runtime_error("cannot type");
}

void Terminal::interrupt() {
    constexpr char kCtrlC = 3;
    press(kCtrlC);
}

void Terminal::end_input() {
    constexpr char kCtrlD = 4;
    press(kCtrlD);
}

int Terminal::wait() {
    constexpr std::chrono::seconds kPatience{60};
    while (read_more(kPatience)) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace syncline::testing
