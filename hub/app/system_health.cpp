#include "app/system_health.hpp"

#include "app/output.hpp"
#include "base/time.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/schedule.hpp"

#include <utility>

namespace syncline::app {

store::SystemState state_of(store::Store& store, const SystemId& system) {
    for (store::SystemState& state : store.system_states()) {
        if (state.system == system) return std::move(state);
    }
    store::SystemState fresh;
    fresh.system = system;
    return fresh;
}

std::vector<std::string> held_in(store::Store& store, const SystemId& system) {
    std::vector<std::string> texts;
    for (const QuarantineItem& item : sync::holds(store)) {
        if (item.system == system)
            texts.push_back(item.reason + " (quarantine " + std::to_string(item.id) + ")");
    }
    return texts;
}

SystemHealth::SystemHealth(store::SystemState state, Timestamp now)
    : state_(std::move(state)), now_(now) {}

std::string SystemHealth::word() const {
    return std::string(sync::name(sync::condition_of(state_, now_)));
}

codec::Json SystemHealth::next_attempt() const {
    if (state_.paused || state_.retry_at == Timestamp{}) return nullptr;
    return to_rfc3339(state_.retry_at);
}

std::string SystemHealth::text() const {
    std::string text = state_.paused ? "paused by " + state_.paused_by + "\n" : word() + "\n";
    if (!state_.last_error.empty()) text += "last error: " + state_.last_error + "\n";
    if (state_.failures > 0) text += counted(state_.failures, "failure") + " in a row\n";
    if (const codec::Json at = next_attempt(); !at.is_null())
        text += "next attempt: " + at.get<std::string>() + "\n";
    return text;
}

}  // namespace syncline::app
