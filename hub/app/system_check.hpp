#pragma once

#include "base/error.hpp"
#include "connect/connection.hpp"
#include "model/settings.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace syncline::app {

/// Which edits of a system's people a write of the hub may replace unread: it depends on what the
/// system can do (docs/decisions/0010-unconditional-writers-and-stale-readers.md).
enum class EditsAtRisk : std::uint8_t {
    None,          ///< writes are conditional, or nothing is written at once
    OneRoundTrip,  ///< one made between the look at the record and the write
    StaleWindow,   ///< one made less than a stale window before the write
};
EditsAtRisk edits_at_risk(const connect::Capabilities& capabilities);
/// "none", "one_round_trip", "stale_window".
std::string_view name(EditsAtRisk risk) noexcept;

/// What a system and its connector say about their configuration.
struct SystemCheck {
    std::vector<Error> refused;                ///< what must be mended in the configuration
    std::optional<Error> trouble;              ///< it could not be asked: no answer, no right
    std::optional<EditsAtRisk> edits_at_risk;  ///< known once the system was asked
    std::vector<std::string> limits;           ///< what its connector does not promise
};

/// Asks the connector whether it takes its settings, and the system for its fields. Moves nothing.
SystemCheck check_system(const SystemSetting& system, connect::Connection& connection);

/// The mapped remote fields that the system does not have, with the nearest that it has. Nothing
/// when the connector does not know its fields.
std::vector<Error> fields_not_there(
    const SystemSetting& system, const connect::Capabilities& capabilities
);

/// What is wrong with the right to make records: the connector can make none, or a field that each
/// needs is mapped by nothing. Nothing where the right is not given.
std::optional<Error> creates_refused(
    const SystemSetting& system, const connect::Capabilities& capabilities
);

}  // namespace syncline::app
