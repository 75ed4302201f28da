#pragma once

#include "app/session.hpp"
#include "base/result.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace syncline::app {

/// What a person sees of a hub at a glance: how each system stands and how much is written to it,
/// what waits for a person, and the last changes with their reasons, newest first; no values. At
/// most `height` lines of `width` characters.
struct ScreenSize {
    std::size_t width = 80;
    std::size_t height = 24;
    bool has_colour = false;
};
Result<std::string> screen_text(
    Workspace& workspace,
    Environment& environment,
    const std::string& command,
    const std::string& footer,
    const ScreenSize& size
);

/// Is standard output a terminal that a screen can be drawn on?
bool can_draw();
/// May it have colours? Not with NO_COLOR (https://no-color.org) or on a dumb terminal.
bool may_colour();

/// A screen that is drawn anew every second, or more rarely when that takes long, while it lives;
/// then the terminal is as it was. It reads the hub as `status` does, in a thread of its own.
class LiveScreen {
public:
    LiveScreen(Session& session, std::string footer);
    ~LiveScreen();
    LiveScreen(const LiveScreen&) = delete;
    LiveScreen& operator=(const LiveScreen&) = delete;

private:
    void draw_until_stopped();
    void draw();

    Session& session_;
    const std::string footer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace syncline::app
