#include "sync/run/verify.hpp"

#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/verify_text.hpp"
#include "app/exit_code.hpp"
#include "app/verify_progress.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

struct Options {
    std::vector<std::string> systems;
    std::uint32_t rate = 0;
    bool resume = false;
    bool all = false;
    bool values = false;
};

/// The systems to look at: those named, or all.
Result<std::vector<SystemId>> chosen_systems(const HubSetting& hub, const Options& options) {
    std::vector<SystemId> all;
    std::vector<std::string> names;
    for (const SystemSetting& system : hub.systems) {
        all.push_back(system.id);
        names.push_back(system.id.text());
    }
    if (options.systems.empty()) return all;
    std::vector<SystemId> chosen;
    for (const std::string& name : options.systems) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                name,
                "no system has this name; there are " + listed(names)};
        }
        const SystemId id{name};
        if (std::find(chosen.begin(), chosen.end(), id) == chosen.end()) chosen.push_back(id);
    }
    return chosen;
}

/// Verifies one system, after what was proved before.
sync::SystemParity verify_system(
    sync::Verifier& verifier,
    const SystemId& system,
    const Options& options,
    VerifyProgress& progress,
    VerifyOutput& output
) {
    sync::VerifyOptions how;
    std::vector<sync::RecordVerdict> before;
    for (const auto& [id, record] : progress.proved_in(system)) {
        how.finished.insert(id);
        before.push_back(record);
    }
    output.add(system, before);
    how.records_per_second = options.rate;
    how.wait = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
    how.page = [&](std::span<const sync::RecordVerdict> page) {
        progress.add(system, page);
        output.add(system, page);
    };
    sync::SystemParity parity = verifier.verify(system, how);
    for (const sync::RecordVerdict& record : before)
        parity.add(record);
    return parity;
}

int exit_code_after(const Verified& verified) {
    if (!verified.breaches.empty()) return kRecordsInError;
    bool differs = false;
    for (const sync::SystemParity& system : verified.systems) {
        if (system.error) return exit_code_of(*system.error);
        differs = differs || system.differs();
    }
    return differs ? kChangesPending : kDone;
}

int verify(Session& session, const Options& options) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const std::vector<SystemId> systems, chosen_systems(workspace.hub(), options));
        Environment& environment = *session.environment;
        NoLog log;
        const auto connections = connect_systems(workspace.hub(), environment, log);
        SYNCLINE_TRY(
            const auto verifier,
            sync::Verifier::create(parts_over(workspace, environment, log, connections))
        );
        VerifyProgress progress(workspace, verifier->rules(), options.resume);
        if (!progress.is_kept())
            print_note("syncline: verify.progress cannot be written; --resume will not work");
        if (options.resume)
            print_note(
                progress.count() == 0
                    ? "syncline: nothing to resume; beginning anew"
                    : "syncline: " + counted(progress.count(), "record") + " proved equal before"
            );
        VerifyOutput output(workspace, format, {options.all || session.verbose, options.values});
        Verified verified;
        bool is_whole = true;
        for (const SystemId& system : systems) {
            verified.systems.push_back(verify_system(*verifier, system, options, progress, output));
            is_whole = is_whole && !verified.systems.back().error;
        }
        verified.breaches = verifier->check_invariants();
        if (is_whole) progress.remove();
        output.finish(verified, command_of(session));
        return exit_code_after(verified);
    });
}

}  // namespace

void add_verify_command(CLI::App& app, Session& session) {
    CLI::App* command = app.add_subcommand(
        "verify", "Compare what the systems hold with the hub, and the hub with its own rules"
    );
    const auto options = std::make_shared<Options>();
    command->add_option("systems", options->systems, "Only these systems");
    command->add_option("--rate", options->rate, "At most so many records a second")
        ->check(CLI::Range(1, 1'000'000));
    command->add_flag("--resume", options->resume, "Go on where the last one was cut off");
    command->add_flag("--all", options->all, "List every difference");
    command->add_flag("--values", options->values, "Show the values that differ");
    add_format(*command, session);
    command->callback([&session, options] {
        session.command = [&session, options] { return verify(session, *options); };
    });
}

}  // namespace syncline::app
