#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "sync/run/engine.hpp"

#include <string>
#include <vector>

namespace syncline::app {

/// Carries out one change, by name, as the command line and the control socket ask for it: "apply",
/// "undo_run", "restore", "resolve_conflict", "resolve_conflicts", "answer_review",
/// "retry_quarantined", "pause", "resume", "resync". Parameters and result are documents because
/// they cross the socket. UsageInvalid for an unknown name or a wrong parameter.
Result<codec::Json> perform(
    sync::Engine& engine,
    Workspace& workspace,
    const std::string& operation,
    const codec::Json& params
);

/// What an operation touches of the systems.
struct Reach {
    bool calls_systems = false;     ///< it waits for them itself
    std::vector<SystemId> systems;  ///< empty: all
};
Reach reach_of(const std::string& operation, const codec::Json& params);

/// What a pass did, as `run`, `apply` and the socket report it.
codec::Json report_json(const sync::PassReport& report);

}  // namespace syncline::app
