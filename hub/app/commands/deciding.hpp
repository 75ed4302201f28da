#pragma once

#include "app/session.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace syncline::app {

/// Adds --if-version: what the decision is about must be as it was at that version.
void add_if_version(CLI::App& command, std::optional<std::uint64_t>& version);

/// Whose record a decision is about.
using RecordOf = std::function<Result<CustomerId>(Workspace& workspace)>;

/// `change_and_tell` for a decision about values. Where it is refused because a value changed since
/// it was shown, the value now is told too: an error itself holds no customer's data.
int decide_and_tell(
    Session& session,
    const std::string& operation,
    const codec::Json& params,
    const RecordOf& record,
    const std::function<std::string(const codec::Json& result)>& sentence
);

}  // namespace syncline::app
