#pragma once

#include "sync/run/workbench.hpp"

#include <functional>
#include <string>

namespace syncline::sync {

/// What an operator tells the hub to do with one system or with what is set aside. Each is one
/// commit; the next pass acts on it.

Result<void> set_paused(
    Workbench& bench, const SystemId& system, bool paused, const std::string& by
);

/// Has everything of a system read again.
Result<void> ask_for_listing(Workbench& bench, const SystemId& system);

/// Reads one record again by its id and absorbs it.
Result<SystemReport> read_again(Workbench& bench, const SystemId& system, const RemoteId& record);

/// The items in quarantine that are `chosen`.
std::vector<QuarantineItem> quarantined(
    Workbench& bench, const std::function<bool(const QuarantineItem&)>& chosen
);

/// Marks them for another try.
void retry(Workbench& bench, std::vector<QuarantineItem> items);

}  // namespace syncline::sync
