#pragma once

#include <functional>
#include <string_view>

namespace syncline::app {

/// For crash tests: with SYNCLINE_FAILPOINT="call.after:3" in the environment, the process kills
/// itself (SIGKILL) the third time the engine passes that point. Empty without it. The points are
/// listed in docs/testing.md.
std::function<void(std::string_view)> failpoint_from_environment();

}  // namespace syncline::app
