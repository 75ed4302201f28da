#pragma once

#include "app/system_trial.hpp"
#include "app/wiring.hpp"
#include "app/workspace.hpp"
#include "base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace syncline::app {

/// What was found out about one thing that a hub needs.
struct Finding {
    using State = TrialStep::State;
    std::string subject;  ///< "configuration", "root key", "system erp", …
    State state = State::Skipped;
    std::string detail;          ///< for people: what was found
    std::string remedy;          ///< what to do; "" = nothing
    std::optional<Error> error;  ///< of a failed one
};

struct Examination {
    bool asks_systems = true;
    std::string command;  ///< how this hub is called, for remedies
};

/// Looks at everything that a hub needs to run well: configuration, files and who may read them,
/// keys, database, disk, clock, backups, connectors, systems, and what waits for a person. Changes
/// nothing, and nothing is asked of systems that a plan would not ask. In order of dependence: what
/// cannot be looked at is skipped.
std::vector<Finding> examine(
    const Places& places, Environment& environment, const Examination& examination
);

}  // namespace syncline::app
