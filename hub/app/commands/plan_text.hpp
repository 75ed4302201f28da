#pragma once

#include "app/session.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/plan.hpp"

#include <cstdint>
#include <string>

namespace syncline::app {

/// What a pass over the session's hub would do now; changes nothing.
Result<Plan> make_plan_of(Session& session);

/// Prints a plan for people: a table of the systems, then operations (the first few, or all) with
/// their reasons.
void print_plan(const Plan& plan, bool all);

/// kDone, or why some system could not be planned.
int exit_code_of_plan(const Plan& plan);

/// What an apply did, for people; and its exit code. `report` as operations.hpp's report_json.
std::string report_text(const codec::Json& report);
int exit_code_of_report(const codec::Json& report);

}  // namespace syncline::app
