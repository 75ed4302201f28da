#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/exit_code.hpp"
#include "app/live_screen.hpp"
#include "app/run_loop.hpp"
#include "app/status.hpp"
#include "app/stop_signal.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <poll.h>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

int run(Session& session, bool once, bool plain) {
    RunOptions options;
    options.on_screen = !plain;
    if (once)
        options.until = RunOptions::Until::Converged;
    else
        options.ready_text = "The hub is running. Ctrl-C stops it.";
    const auto code = run_hub(session, options);
    return code ? *code : fail(code.error());
}

int status(Session& session, bool fail_on_conflict) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        const Json document = status_document(workspace, rules->rules, *session.environment);
        if (format == Format::Json || format == Format::Ndjson)
            print(document, format, "");
        else if (format == Format::Csv)
            print(status_listing(document), format);
        else
            print_line(status_text(document, command_of(session)));
        const auto count = [&](const char* key) { return document[key].get<std::uint64_t>(); };
        const std::vector<std::string> held = held_systems(document);
        if (!held.empty()) print_note(how_to_approve(command_of(session), held));
        if (!fail_on_conflict) return kDone;
        if (!held.empty()) return kThreshold;
        return count("conflicts_open") + count("reviews_open") > 0 ? kConflictsOpen : kDone;
    });
}

/// Until Ctrl-C.
int watch(Session& session) {
    // What keeps the hub from being read is told here, and not on the screen.
    if (const int code = read_hub(session, [](Workspace&, Format) { return kDone; }); code != kDone)
        return code;
    if (!can_draw())
        return fail(
            {ErrorCode::UsageInvalid,
             Remedy::Reject,
             "--watch",
             "a screen needs a terminal; call `" + command_of(session) +
                 " status` again and again instead"}
        );
    const StopSignal stop;
    const LiveScreen screen(session, "Ctrl-C ends this; the hub goes on.");
    pollfd waiting{stop.descriptor(), POLLIN, 0};
    constexpr int kForever = -1;
    while (!stop.is_requested())
        ::poll(&waiting, 1, kForever);
    return kDone;
}

}  // namespace

void add_format(CLI::App& command, Session& session) {
    command.add_option("-o,--output", session.format_word, "table, json, ndjson or csv")
        ->type_name("FORMAT");
}

void add_hub_commands(CLI::App& app, Session& session) {
    add_init_command(app, session);
    add_check_command(app, session);
    add_doctor_command(app, session);
    add_config_commands(app, session);

    CLI::App* run_command = app.add_subcommand("run", "Run the hub until Ctrl-C");
    const auto once = std::make_shared<bool>(false);
    const auto plain = std::make_shared<bool>(false);
    run_command->add_flag("--once", *once, "End when nothing is left to do");
    run_command->add_flag("--plain", *plain, "Lines instead of a live screen, on a terminal too");
    run_command->callback([&session, once, plain] {
        session.command = [&session, once, plain] { return run(session, *once, *plain); };
    });

    CLI::App* status_command = app.add_subcommand("status", "How each system stands");
    const auto strict = std::make_shared<bool>(false);
    const auto watches = std::make_shared<bool>(false);
    status_command->add_flag("--watch", *watches, "A live screen, until Ctrl-C");
    add_format(*status_command, session);
    status_command->add_flag(
        "--fail-on-conflict",
        *strict,
        "Exit 6 when a conflict or review is open, 9 when a threshold stops writes"
    );
    status_command->callback([&session, strict, watches] {
        session.command = [&session, strict, watches] {
            return *watches ? watch(session) : status(session, *strict);
        };
    });
}

}  // namespace syncline::app
