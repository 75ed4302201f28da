#pragma once

#include "app/output.hpp"
#include "app/wiring.hpp"
#include "app/workspace.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace syncline::app {

/// One invocation of the program: its global options, and the command that was chosen.
struct Session {
    std::filesystem::path folder = ".";
    std::string format_word = "table";
    bool quiet = false;
    bool verbose = false;
    std::function<int()> command;  ///< set by the parser; returns the exit code
    Environment* environment = nullptr;

    Places places() const { return Places(folder); }
    Result<Format> format() const { return read_format(format_word); }
};

/// Runs a command that only reads: opens the hub beside whatever runs, prints an error if there is
/// one. `action` returns the exit code or an error.
int read_hub(
    Session& session, const std::function<Result<int>(Workspace& workspace, Format format)>& action
);

/// Carries out a change: in the running hub if there is one, else in this process.
Result<codec::Json> try_change(
    Session& session, const std::string& operation, const codec::Json& params
);
/// The same. Prints an error and returns nothing when it failed; `exit_code` then tells how.
std::optional<codec::Json> change_hub(
    Session& session, const std::string& operation, const codec::Json& params, int& exit_code
);

/// Carries out a change and prints what was done: the result as a document, or `sentence` of it for
/// people. Returns the exit code.
int change_and_tell(
    Session& session,
    const std::string& operation,
    const codec::Json& params,
    const std::function<std::string(const codec::Json& result)>& sentence
);

/// A hub that runs goes on with what hub.json says now; where it cannot, the reason is printed.
void reload_running_hub(const Session& session);

/// Who decides: the name that history and explain show.
std::string current_user();

/// How the person calls this hub: "syncline -C demo/hub", for advice that can be typed as it is.
std::string command_of(const Session& session);

/// Prints an error and returns its exit code.
int fail(const Error& error);

}  // namespace syncline::app
