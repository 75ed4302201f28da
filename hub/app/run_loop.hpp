#pragma once

#include "app/session.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace syncline::app {

struct RunOptions {
    enum class Until : std::uint8_t { Stopped, Converged } until = Until::Stopped;
    std::string ready_text;  ///< printed when the hub has started; "" = nothing
    bool on_screen = false;  ///< a live screen instead of lines, where there is a terminal
};

/// Runs the hub of the session's folder: takes the lock, listens on the control socket, reads each
/// system at its own interval and carries what changed to the others, until Ctrl-C or until nothing
/// is left to do. Returns the exit code; an error when the hub could not start.
Result<int> run_hub(Session& session, const RunOptions& options);

}  // namespace syncline::app
