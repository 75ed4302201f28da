#pragma once

#include "support/program.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace syncline::testing {

/// A program on a terminal of its own, with somebody who reads and types. Killed when it goes out
/// of scope.
class Terminal {
public:
    explicit Terminal(
        const std::vector<std::string>& command, const Program::Variables& variables = {}
    );
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Waits until the text appears after what was waited for before. False when the program ends
    /// or is silent for too long.
    bool shows(const std::string& text, std::chrono::seconds patience = std::chrono::seconds{60});
    /// Types a line and Enter.
    void type(const std::string& line);
    /// Ctrl-C.
    void interrupt();
    /// Ctrl-D.
    void end_input();
    /// Waits for the end; the exit code, or -1 when a signal ended it.
    int wait();

    /// Everything that was on the screen.
    const std::string& screen() const { return screen_; }

private:
    void press(char key);
    bool read_more(std::chrono::milliseconds patience);

    pid_t pid_ = -1;
    int terminal_ = -1;
    std::string screen_;
    std::size_t seen_ = 0;
};

}  // namespace syncline::testing
