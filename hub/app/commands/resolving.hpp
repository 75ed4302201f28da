#pragma once

#include "app/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace syncline::app {

/// What a person decides about conflicts: which, and with which answer.
struct Resolution {
    std::vector<std::string> conflicts;
    std::string field, system, rule;  ///< which, when none is named

    std::string take;
    std::optional<std::string> value;
    std::vector<std::string> parts;
    bool stands = false;
    bool clears = false;
    bool newest = false;

    std::optional<std::uint64_t> if_version;
    bool makes_rule = false;
    std::string pattern;  ///< of the rule; "" = the conflict's own field
    bool is_dry_run = false;
    bool yes = false;
};

/// Decides and tells what was done; several are shown and asked about before. Returns the exit
/// code.
int resolve(Session& session, const Resolution& resolution);

/// `conflicts resolve`
void add_resolve_command(CLI::App& conflicts, Session& session);

}  // namespace syncline::app
