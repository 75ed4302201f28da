#pragma once

#include <string>
#include <vector>

namespace syncline::app {

/// How a person approves what a safety threshold holds, as commands to type. `command` is
/// command_of(session), `systems` are those that wait.
std::string how_to_approve(const std::string& command, const std::vector<std::string>& systems);

/// The same when the plan is in a file already.
std::string how_to_approve(
    const std::string& command, const std::vector<std::string>& systems, const std::string& file
);

/// "erp, helpdesk".
std::string listed(const std::vector<std::string>& words);

}  // namespace syncline::app
