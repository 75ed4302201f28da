#pragma once

#include "odbc_session.hpp"
#include "statement.hpp"
#include "step.hpp"
#include "syncline/connector.hpp"

namespace sql {

/// What an error means for the hub. `statement`, if any: its values are taken out of the message,
/// of which the first line is told, without what stands in quotation marks: drivers quote rows.
syncline::sdk::Failure failure_of(
    const OdbcError& error, Step step, const Statement* statement = nullptr
);

}  // namespace sql
