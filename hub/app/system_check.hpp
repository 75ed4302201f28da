#pragma once

#include "base/error.hpp"
#include "connect/connection.hpp"
#include "model/settings.hpp"

#include <optional>
#include <vector>

namespace syncline::app {

/// What a system and its connector say about their configuration.
struct SystemCheck {
    std::vector<Error> refused;    ///< what must be mended in the configuration
    std::optional<Error> trouble;  ///< it could not be asked: no answer, no right
};

/// Asks the connector whether it takes its settings, and the system for its fields. Moves nothing.
SystemCheck check_system(const SystemSetting& system, connect::Connection& connection);

/// The mapped remote fields that the system does not have, with the nearest that it has. Nothing
/// when the connector does not know its fields.
std::vector<Error> fields_not_there(
    const SystemSetting& system, const connect::Capabilities& capabilities
);

}  // namespace syncline::app
