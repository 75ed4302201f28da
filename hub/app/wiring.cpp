#include "app/wiring.hpp"

#include "app/failpoint.hpp"
#include "base/bytes.hpp"

#include <cstdlib>
#include <system_error>
#include <utility>

namespace syncline::app {

Environment::Environment() {
    std::error_code failed;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
    const auto folder = program.parent_path();
    installation.host = folder / "syncline-connector-host";
    installation.connectors = folder.parent_path() / "lib" / "connectors";
    if (const char* other = std::getenv("SYNCLINE_CONNECTORS"))
        installation.connectors = std::filesystem::absolute(other);
}

std::vector<std::unique_ptr<connect::Connection>> connect_systems(
    const HubSetting& hub, Environment& environment, Log& log
) {
    std::vector<std::unique_ptr<connect::Connection>> connections;
    for (const SystemSetting& system : hub.systems)
        connections.push_back(
            connect::open_connection(system, environment.installation, environment.clock, log)
        );
    return connections;
}

sync::EngineParts parts_over(
    Workspace& workspace,
    Environment& environment,
    Log& log,
    const std::vector<std::unique_ptr<connect::Connection>>& connections
) {
    sync::EngineParts parts;
    parts.hub = &workspace.hub();
    parts.fields = &workspace.fields();
    parts.store = &workspace.store();
    parts.clock = &environment.clock;
    parts.random = &environment.random;
    parts.log = &log;
    const vault::Vault& vault = workspace.vault();
    parts.digest = [&vault](std::string_view content) {
        return to_hex(vault.keyed_hash("plan", bytes_of(content)));
    };
    for (std::size_t i = 0; i < connections.size(); ++i)
        parts.systems.push_back({&workspace.hub().systems[i], connections[i].get()});
    return parts;
}

Result<std::unique_ptr<HubEngine>> HubEngine::create(
    Workspace& workspace, Environment& environment, Log& log, Listeners listeners
) {
    std::unique_ptr<HubEngine> made(new HubEngine);
    made->connections_ = connect_systems(workspace.hub(), environment, log);
    sync::EngineParts parts = parts_over(workspace, environment, log, made->connections_);
    parts.progress = std::move(listeners.progress);
    parts.stage = std::move(listeners.stage);
    parts.stop_requested = std::move(listeners.stop_requested);
    parts.turn = listeners.turn;
    parts.failpoint = failpoint_from_environment();
    SYNCLINE_TRY(made->engine_, sync::Engine::create(std::move(parts)));
    return made;
}

}  // namespace syncline::app
