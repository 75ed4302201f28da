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

Result<std::unique_ptr<HubEngine>> HubEngine::create(
    Workspace& workspace, Environment& environment, Log& log, Listeners listeners
) {
    std::unique_ptr<HubEngine> made(new HubEngine);
    sync::EngineParts parts;
    parts.hub = &workspace.hub();
    parts.fields = &workspace.fields();
    parts.store = &workspace.store();
    parts.clock = &environment.clock;
    parts.random = &environment.random;
    parts.log = &log;
    parts.progress = std::move(listeners.progress);
    parts.stop_requested = std::move(listeners.stop_requested);
    parts.turn = listeners.turn;
    parts.failpoint = failpoint_from_environment();
    const vault::Vault& vault = workspace.vault();
    parts.digest = [&vault](std::string_view content) {
        return to_hex(vault.keyed_hash("plan", bytes_of(content)));
    };
    for (const SystemSetting& system : workspace.hub().systems) {
        made->connections_.push_back(
            connect::open_connection(system, environment.installation, environment.clock, log)
        );
        parts.systems.push_back({&system, made->connections_.back().get()});
    }
    SYNCLINE_TRY(made->engine_, sync::Engine::create(std::move(parts)));
    return made;
}

}  // namespace syncline::app
