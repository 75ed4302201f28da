#pragma once

#include "connect/connection.hpp"

#include <memory>

namespace syncline::sync {

class Workbench;

/// A connection of an engine that several threads share: whoever waits for the system gives up the
/// turn (EngineParts::turn), and has it again before a sink is called and before the call returns.
/// So no system's slowness holds another's work, and every decision still has the engine to itself.
///
/// What was loaded before a call may be out of date after it. Workbench::interruptions tells.
/// @pre the calling thread has the turn; at most one call at a time
std::unique_ptr<connect::Connection> yielding(connect::Connection& inner, Workbench& bench);

}  // namespace syncline::sync
