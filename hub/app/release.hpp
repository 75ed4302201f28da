#pragma once

#include "app/wiring.hpp"
#include "app/workspace.hpp"
#include "codec/json.hpp"
#include "model/plan.hpp"

#include <string>

namespace syncline::app {

/// The configuration in which an observed system takes part. NotFound when no system has the name;
/// UsageInvalid when it takes part already.
Result<HubSetting> with_released(HubSetting hub, const std::string& system);

/// Makes an observed system take part: does exactly what `plan` says, which was made with the
/// system released, and then says in its file that it is. Returns report_json() with the system.
/// Where it is an error, nothing was written and the system is observed as before (StalePlan says
/// what changed meanwhile), except when only the file could not be changed: that is said.
/// @pre the lock of the folder is held by this process, and no engine of it is at work
Result<codec::Json> release_system(
    const Places& places,
    Environment& environment,
    Log& log,
    const std::string& system,
    const Plan& plan,
    HubEngine::Listeners listeners
);

}  // namespace syncline::app
