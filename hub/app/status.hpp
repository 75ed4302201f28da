#pragma once

#include "app/wiring.hpp"
#include "app/workspace.hpp"
#include "codec/json.hpp"
#include "sync/core/rules.hpp"

#include <string>
#include <vector>

namespace syncline::app {

/// How each system stands, and what waits for a person: what `status -o json` prints.
codec::Json status_document(
    Workspace& workspace, const sync::Rules& rules, Environment& environment
);

/// Its systems as a table.
Listing status_listing(const codec::Json& document);

/// The same for people: the table, troubles, and counts. `command`: how this hub is called.
std::string status_text(const codec::Json& document, const std::string& command);

/// The systems of the document that a safety threshold holds.
std::vector<std::string> held_systems(const codec::Json& document);

}  // namespace syncline::app
