#include "app/stop_signal.hpp"

#include "base/fault.hpp"

#include <array>
#include <atomic>
#include <fcntl.h>
#include <signal.h>
#include <string_view>
#include <unistd.h>

namespace syncline::app {
namespace {

// What a signal handler may touch has static storage.
std::atomic<int> stop_requested = 0;  ///< lock-free: a handler may touch it
std::atomic<bool> is_told = false;
std::array<int, 2> wake_pipe{-1, -1};

constexpr std::string_view kEnding =
    "\nsyncline: ending as soon as what was begun is done; Ctrl-C again ends at once\n";

void on_signal(int number) {
    constexpr int kSignalled = 128;
    if (stop_requested != 0) ::_exit(kSignalled + number);
    stop_requested = 1;
    if (is_told)  // standard output is what the command prints
        static_cast<void>(!::write(STDERR_FILENO, kEnding.data(), kEnding.size()));
    const char byte = 0;
    static_cast<void>(!::write(wake_pipe[1], &byte, 1));
}

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal(Tells tells) {
    stop_requested = 0;
    is_told = tells == Tells::Person;
    if (::pipe2(wake_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw Fault("no pipe can be made");
    handle(on_signal);
}

StopSignal::~StopSignal() {
    handle(SIG_DFL);
    for (int& end : wake_pipe) {
        ::close(end);
        end = -1;
    }
}

bool StopSignal::is_requested() const noexcept {
    return stop_requested != 0;
}

int StopSignal::descriptor() const noexcept {
    return wake_pipe[0];
}

}  // namespace syncline::app
