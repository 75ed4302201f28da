#include "app/progress_bar.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace syncline::app {
namespace {

using std::chrono::milliseconds;
using sync::Stage;

constexpr milliseconds kNotWorthABar{500};
constexpr milliseconds kBetweenBars{100};
constexpr milliseconds kBetweenLines{10'000};
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kUsualWidth = 80;

std::string name_of(const Stage& stage) {
    switch (stage.doing) {
        case Stage::Doing::Reading:
            return "reading " + stage.system.text();
        case Stage::Doing::Associating:
            return "associating";
        case Stage::Doing::Writing:
            return "writing " + stage.system.text();
    }
    return "";
}

std::string time_text(std::uint64_t seconds) {
    constexpr std::uint64_t kMinute = 60, kHour = 3600;
    if (seconds < kMinute) return std::to_string(seconds) + " s";
    if (seconds < kHour) return std::to_string(seconds / kMinute) + " min";
    return std::to_string(seconds / kHour) + " h " + std::to_string(seconds % kHour / kMinute) +
           " min";
}

std::size_t width_of_terminal() {
    winsize size{};
    const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : kUsualWidth;
}

}  // namespace

std::string bar_text(const Stage& stage, milliseconds elapsed, std::size_t width) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed.count(), 1));
    const std::uint64_t rate = stage.done * 1'000 / ms;
    std::string text = name_of(stage);
    std::string numbers = std::to_string(stage.done);
    if (stage.total > 0) numbers += " of " + std::to_string(stage.total);
    if (rate > 0) numbers += ", " + std::to_string(rate) + "/s";
    if (stage.total > stage.done && rate > 0)
        numbers += ", " + time_text((stage.total - stage.done) / rate) + " left";
    const bool has_room = text.size() + numbers.size() + kBarWidth + 6 <= width;
    if (stage.total > 0 && has_room) {
        const std::uint64_t full = std::min(stage.done, stage.total) * kBarWidth / stage.total;
        text += "  [" + std::string(full, '#') + std::string(kBarWidth - full, '-') + "]  ";
    } else {
        text += ": ";
    }
    return (text + numbers).substr(0, width);
}

ProgressBar::ProgressBar(bool quiet) : quiet_(quiet), has_terminal_(::isatty(STDERR_FILENO) != 0) {}

void ProgressBar::show(const Stage& stage) {
    if (quiet_) return;
    const Steady::time_point now = Steady::now();
    const bool is_another = stage.doing != stage_.doing || stage.system != stage_.system ||
                            stage.done < stage_.done || began_ == Steady::time_point{};
    if (is_another) began_ = shown_ = now;
    stage_ = stage;
    const milliseconds pause = has_terminal_ ? kBetweenBars : kBetweenLines;
    const bool is_worth_it = now - began_ >= (has_terminal_ ? kNotWorthABar : kBetweenLines);
    if (!is_worth_it || now - shown_ < pause) return;
    shown_ = now;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
    if (!has_terminal_) {
        std::fprintf(stderr, "%s\n", bar_text(stage, elapsed, SIZE_MAX).c_str());
        return;
    }
    // The last column stays free: some terminals go to the next line when it is written.
    std::fprintf(stderr, "\r\033[K%s", bar_text(stage, elapsed, width_of_terminal() - 1).c_str());
    std::fflush(stderr);
    is_drawn_ = true;
}

void ProgressBar::clear() {
    if (!is_drawn_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    is_drawn_ = false;
}

}  // namespace syncline::app
