#pragma once

#include "app/workspace.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "connect/open_connection.hpp"
#include "sync/run/engine.hpp"
#include "vault/vault.hpp"

#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace syncline::app {

/// What the program needs from outside, made once in main.
struct Environment {
    SystemClock clock;
    vault::SecureRandom random;
    connect::Installation installation;

    /// Finds the connector host and the connectors beside the running program; SYNCLINE_CONNECTORS
    /// names another folder of connectors.
    Environment();
};

/// The log of commands that only look.
class NoLog final : public Log {
public:
    void write(LogLevel, LogWord, std::initializer_list<LogField>) override {}
};

/// The connections of a hub's systems, in the order of its systems; they start nothing before they
/// are used.
std::vector<std::unique_ptr<connect::Connection>> connect_systems(
    const HubSetting& hub, Environment& environment, Log& log
);
/// What an engine, or a verifier, works with. The workspace, the log and the connections outlive
/// it.
sync::EngineParts parts_over(
    Workspace& workspace,
    Environment& environment,
    Log& log,
    const std::vector<std::unique_ptr<connect::Connection>>& connections
);

/// An engine with the connections of its systems, over an open workspace.
class HubEngine {
public:
    struct Listeners {
        std::function<void(const sync::Progress&)> progress;
        std::function<void(const sync::Stage&)> stage;
        std::function<bool()> stop_requested;
        std::mutex* turn = nullptr;  ///< sync::EngineParts::turn
    };
    /// ConfigInvalid when a mapping does not hold its laws.
    static Result<std::unique_ptr<HubEngine>> create(
        Workspace& workspace, Environment& environment, Log& log, Listeners listeners
    );
    sync::Engine& engine() noexcept { return *engine_; }
    /// In the order of the hub's systems.
    const std::vector<std::unique_ptr<connect::Connection>>& connections() const noexcept {
        return connections_;
    }

private:
    HubEngine() = default;
    std::vector<std::unique_ptr<connect::Connection>> connections_;
    std::unique_ptr<sync::Engine> engine_;
};

}  // namespace syncline::app
