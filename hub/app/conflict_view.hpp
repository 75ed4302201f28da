#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/case.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace syncline::app {

/// What a person decides a conflict on.
struct ConflictView {
    codec::Json document;          ///< as `conflicts show` gives it
    std::string text;              ///< side by side, with a number for each system
    std::vector<SystemId> voices;  ///< systems that say something: number 1 first
    std::uint64_t version = 0;     ///< of what is shown
    const Field* field = nullptr;  ///< borrowed from the workspace
    sync::Aggregate aggregate;     ///< the customer
};

/// NotFound where the conflict's record or field is gone.
Result<ConflictView> view_of(Workspace& workspace, const sync::Rules& rules, const Case& conflict);

/// The version of what is shown of a conflict.
std::uint64_t version_of(Workspace& workspace, const Case& conflict);

}  // namespace syncline::app
