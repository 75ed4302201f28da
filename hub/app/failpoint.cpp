#include "app/failpoint.hpp"

#include <charconv>
#include <cstdlib>
#include <memory>
#include <signal.h>
#include <string>

namespace syncline::app {

std::function<void(std::string_view)> failpoint_from_environment() {
    const char* setting = std::getenv("SYNCLINE_FAILPOINT");
    if (setting == nullptr) return {};
    const std::string text = setting;
    const auto colon = text.find(':');
    int passes = 1;
    if (colon != std::string::npos)
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), passes);
    auto left = std::make_shared<int>(passes);
    return [name = text.substr(0, colon), left](std::string_view point) {
        if (point == name && --*left == 0) ::raise(SIGKILL);
    };
}

}  // namespace syncline::app
