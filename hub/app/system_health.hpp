#pragma once

#include "codec/json.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace syncline::app {

/// What is remembered about a system; a fresh state when nothing is.
store::SystemState state_of(store::Store& store, const SystemId& system);

/// What is wrong with a system, or with a field of it in all records, in words; empty = nothing. Of
/// no system: with the hub itself.
std::vector<std::string> held_in(store::Store& store, const SystemId& system);

/// How a system stands with the scheduler, in words for people and documents.
class SystemHealth {
public:
    SystemHealth(store::SystemState state, Timestamp now);

    /// "ok", "retrying", "circuit_open", "rate_limited" or "paused".
    std::string word() const;
    const std::string& last_error() const { return state_.last_error; }
    std::uint32_t failures() const { return state_.failures; }
    /// A time, or null: at its poll interval.
    codec::Json next_attempt() const;
    /// All of it, one line each.
    std::string text() const;

private:
    store::SystemState state_;
    Timestamp now_;
};

}  // namespace syncline::app
