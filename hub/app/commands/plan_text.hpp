#pragma once

#include "app/session.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace syncline::app {

/// What a pass over the session's hub would do now, with one observed system taking part when
/// `released` names it; changes nothing. Adds to `misfits`, if not null, the mapped fields that a
/// system does not have. NotFound and UsageInvalid as with_released().
Result<Plan> make_plan_of(
    Session& session, const std::string& released = "", std::vector<Error>* misfits = nullptr
);

/// Prints a plan for people: a table of the systems, then operations (the first few, or all) with
/// their reasons, and what stays open. `command` is command_of(session).
void print_plan(const Plan& plan, bool all, const std::string& command);

/// kDone, or the trouble of the first system that has some, as `run --once` tells it.
int exit_code_of_plan(const Plan& plan);

/// The systems that a safety threshold holds.
std::vector<std::string> held_systems(const Plan& plan);

/// What an apply did, for people; and its exit code. `report` as operations.hpp's report_json.
std::string report_text(const codec::Json& report);
int exit_code_of_report(const codec::Json& report);

}  // namespace syncline::app
