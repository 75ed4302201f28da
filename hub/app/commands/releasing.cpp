#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/control_socket.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/log_file.hpp"
#include "app/progress_bar.hpp"
#include "app/release.hpp"
#include "app/stop_signal.hpp"
#include "codec/configuration.hpp"
#include "codec/plan_json.hpp"
#include "model/catalogue.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

struct Options {
    std::string system;
    bool yes = false;
};

Result<Json> carry_out(Session& session, const std::string& system, const Plan& plan) {
    const Places places = session.places();
    Environment& environment = *session.environment;
    if (const auto lock = HubLock::take(places.lock())) {
        SYNCLINE_TRY(
            const HubSetting hub, codec::read_configuration(places.folder, Catalogue::customer())
        );
        LogFile log(places.log(), hub.log, environment.clock);
        const StopSignal stop(StopSignal::Tells::Person);
        ProgressBar bar(session.quiet);
        HubEngine::Listeners listeners;
        listeners.stop_requested = [&] { return stop.is_requested(); };
        listeners.stage = [&](const sync::Stage& stage) { bar.show(stage); };
        return release_system(places, environment, log, system, plan, std::move(listeners));
    }
    const Json params{{"system", system}, {"plan", codec::to_line(codec::write_plan(plan))}};
    return ask_running_hub(places.control_socket(), "release", params);
}

/// Asks on a terminal; elsewhere --yes is needed.
Result<bool> is_confirmed(const Session& session, const Options& options) {
    if (options.yes) return true;
    if (Dialog::has_person())
        return Dialog().confirm("Do this, and keep " + options.system + " in sync?", false);
    print_note(
        "syncline: nobody to ask here; `" + command_of(session) + " systems release " +
        options.system + " --yes` does this"
    );
    return false;
}

int release(Session& session, const Options& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto plan = make_plan_of(session, options.system);
    if (!plan) return fail(plan.error());
    if (*format == Format::Table) print_plan(*plan, session.verbose, command_of(session));
    if (const int code = exit_code_of_plan(*plan); code != kDone) {
        print_note("syncline: " + options.system + " stays observed; mend that first");
        return code;
    }
    const auto confirmed = is_confirmed(session, options);
    if (!confirmed) return fail(confirmed.error());
    if (!*confirmed) return kUsage;
    const auto done = carry_out(session, options.system, *plan);
    if (!done) return fail(done.error());
    print(*done, *format, report_text(*done) + options.system + " takes part from now on.\n");
    return exit_code_of_report(*done);
}

}  // namespace

void add_release_command(CLI::App& systems, Session& session) {
    CLI::App* command = systems.add_subcommand(
        "release", "A system that was only observed takes part: shows what follows, and asks"
    );
    const auto options = std::make_shared<Options>();
    command->add_option("system", options->system)->required();
    command->add_flag("-y,--yes", options->yes, "Do not ask");
    add_format(*command, session);
    command->callback([&session, options] {
        session.command = [&session, options] { return release(session, *options); };
    });
}

}  // namespace syncline::app
