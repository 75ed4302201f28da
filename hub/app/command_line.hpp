#pragma once

namespace syncline::app {

/// The whole program: parses the command line, runs the command, prints what went wrong. Returns
/// the exit code (docs/reference/exit-codes.md).
int run_command_line(int argc, char** argv);

}  // namespace syncline::app
