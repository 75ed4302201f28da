#pragma once

#include "postgresql_connection.hpp"
#include "step.hpp"

namespace sql {

/// What an error means for the hub. `statement`, if any: its values are taken out of the message.
syncline::sdk::Failure failure_of(
    const PostgresqlError& error, Step step, const Statement* statement = nullptr
);

/// Is it about a value: one that its column cannot take?
inline bool is_about_value(const PostgresqlError& error) {
    return error.is_of_class("22");
}

}  // namespace sql
