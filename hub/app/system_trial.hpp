#pragma once

#include "connect/connection.hpp"
#include "model/field.hpp"
#include "sync/core/rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::app {

/// One question that a trial asks of a system, and the answer.
struct TrialStep {
    enum class State : std::uint8_t {
        Ok,
        Warning,  ///< works, and somebody should know
        Failed,   ///< must be mended
        Skipped,  ///< could not be asked, because an earlier one failed
    };
    std::string name;  ///< "reached", "fields", "reading", …
    State state = State::Skipped;
    std::string detail;          ///< for people: what was found and what to do; no personal data
    std::optional<Error> error;  ///< of a failed one
};
std::string_view name(TrialStep::State state) noexcept;

/// Asks a system everything that the hub will rely on, without the hub's keys or store: whether it
/// is reached, has the mapped fields, may do what the rights say, and what share of its first
/// records the mapping can read. Nothing is written or moved. Always the same steps, in order.
std::vector<TrialStep> try_system(
    const sync::SystemRules& rules, const FieldTable& fields, connect::Connection& connection
);

/// Writes a record as it was read and reads it once more. A field that holds something else then
/// would change with every write, for ever, and cannot go both ways. This writes to the system:
/// @pre its people know.
TrialStep save_again(
    const sync::SystemRules& rules,
    const FieldTable& fields,
    connect::Connection& connection,
    const RemoteId& record
);

/// The first records of a system, at most `count`; of an unreadable one `problem` says why. Reads
/// without side effects. The system's error when it gave none.
Result<std::vector<Observation>> first_records(
    const sync::SystemRules& rules, connect::Connection& connection, std::size_t count
);
/// Records by their ids. NotFound when one of them is not there; PluginUnsupported when the system
/// cannot be asked for single records.
Result<std::vector<Observation>> records_by_id(
    const sync::SystemRules& rules,
    connect::Connection& connection,
    const std::vector<RemoteId>& ids
);

}  // namespace syncline::app
