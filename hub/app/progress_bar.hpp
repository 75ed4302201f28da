#pragma once

#include "sync/run/engine.hpp"

#include <chrono>
#include <string>

namespace syncline::app {

/// "writing helpdesk  [######------]  4200 of 12000, 310/s, 25 s left", in at most `width` columns;
/// without a total "reading erp: 12300, 1250/s". `elapsed`: since the stage began.
std::string bar_text(
    const sync::Stage& stage, std::chrono::milliseconds elapsed, std::size_t width
);

/// Shows on standard error how far long work is: on a terminal a bar that is drawn again in its
/// place, at most ten times a second; elsewhere one line every ten seconds. What is over within
/// half a second is not shown. One thread at a time.
class ProgressBar {
public:
    /// `quiet`: shows nothing.
    explicit ProgressBar(bool quiet);
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(const sync::Stage& stage);
    /// Takes the bar off the screen, before something else is printed.
    void clear();

private:
    using Steady = std::chrono::steady_clock;

    const bool quiet_;
    const bool has_terminal_;
    sync::Stage stage_;
    Steady::time_point began_{};
    Steady::time_point shown_{};
    bool is_drawn_ = false;
};

}  // namespace syncline::app
