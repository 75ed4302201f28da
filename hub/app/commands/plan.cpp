#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/exit_code.hpp"
#include "app/progress_bar.hpp"
#include "app/release.hpp"
#include "app/system_check.hpp"
#include "codec/configuration.hpp"
#include "codec/plan_json.hpp"
#include "model/catalogue.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

struct PlanOptions {
    std::string output = "table";  ///< a format, or a file
    bool detailed_exit_code = false;
    bool all = false;
    std::string release;  ///< an observed system that is looked at as if it took part
};

struct ApplyOptions {
    std::string file;
    bool yes = false;
};

Result<int> write_plan_file(const Plan& plan, const std::string& file) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << codec::to_pretty(codec::write_plan(plan)) << '\n';
    out.close();
    if (!out) {
        return Error{
            ErrorCode::UsageInvalid, Remedy::Reject, file, "the plan cannot be written there"};
    }
    return kDone;
}

/// The format of the plan on standard output, or nothing when `word` names a file.
Result<std::optional<Format>> format_or_file(const std::string& word) {
    auto format = read_format(word);
    if (format && *format != Format::Csv) return std::optional<Format>(*format);
    if (!format && word.find_first_of("./") != std::string::npos) return std::optional<Format>();
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        "-o",
        "\"" + word +
            "\" is no format of a plan (table, json, ndjson), and a file needs a dot or a "
            "slash in its name, as in plan.json"};
}

/// Remarks beside the plan: where it is, and how to approve what a threshold holds.
void tell_what_next(const Session& session, const Plan& plan, const std::string& file) {
    const std::string command = command_of(session);
    if (!file.empty())
        print_note(
            "The plan is in " + file + "; `" + command + " apply " + as_shell_word(file) +
            "` does exactly this."
        );
    const std::vector<std::string> held = held_systems(plan);
    if (held.empty()) return;
    print_note(file.empty() ? how_to_approve(command, held) : how_to_approve(command, held, file));
}

int plan(Session& session, const PlanOptions& options) {
    const auto format = format_or_file(options.output);
    if (!format) return fail(format.error());
    if (!*format && !options.release.empty())
        return fail(
            {ErrorCode::UsageInvalid,
             Remedy::Reject,
             "-o",
             "a plan with --release is only shown; `" + command_of(session) + " systems release " +
                 options.release + "` shows it again and carries it out"}
        );
    std::vector<Error> misfits;
    const auto made = make_plan_of(session, options.release, &misfits);
    if (!made) return fail(made.error());
    if (*format && **format != Format::Table) {
        print(codec::write_plan(*made), **format, "");
    } else {
        print_plan(*made, options.all || session.verbose, command_of(session));
    }
    if (!*format) {
        if (const auto written = write_plan_file(*made, options.output); !written)
            return fail(written.error());
    }
    tell_what_next(session, *made, *format ? "" : options.output);
    for (const Error& misfit : misfits)
        print_error(misfit);
    if (const int code = exit_code_of_plan(*made); code != kDone) return code;
    if (!misfits.empty()) return exit_code_of(misfits.front());
    return options.detailed_exit_code && !made->is_empty() ? kChangesPending : kDone;
}

/// Asks on a terminal; elsewhere --yes is needed.
bool is_confirmed(const Session& session, const ApplyOptions& options, const Plan& plan) {
    if (options.yes || plan.is_empty()) return true;
    const std::string command = command_of(session);
    const std::vector<std::string> held = held_systems(plan);
    if (::isatty(STDIN_FILENO) == 0) {
        print_note(
            "syncline: nobody to ask here; add --yes to apply the plan without being asked: `" +
            command + " apply " + as_shell_word(options.file) + " --yes`" +
            (held.empty() ? "" : ". That approves what a safety threshold holds: " + listed(held))
        );
        return false;
    }
    print_plan(plan, false, command);
    if (!held.empty())
        print_line("Applying it writes to " + listed(held) + " over a safety threshold.");
    std::fputs("Apply this plan? [y/N] ", stdout);
    std::fflush(stdout);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

int apply(Session& session, const ApplyOptions& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    if (const auto there = expect_hub(session.places()); !there) return fail(there.error());
    std::ifstream in(options.file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(options.file, ignored))
        return fail({ErrorCode::NotFound, Remedy::Reject, options.file, "this plan cannot be read"}
        );
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto plan = codec::read_plan(text);
    if (!plan) {
        Error refused = plan.error();
        refused.where = options.file;
        refused.detail += "; `" + command_of(session) + " plan -o plan.json` makes one";
        return fail(refused);
    }
    if (!is_confirmed(session, options, *plan)) return kUsage;
    int code = kDone;
    const auto report = change_hub(session, "apply", Json{{"plan", text}}, code);
    if (!report) return code;
    print(*report, *format, report_text(*report));
    return exit_code_of_report(*report);
}

}  // namespace

Result<Plan> make_plan_of(
    Session& session, const std::string& released, std::vector<Error>* misfits
) {
    Environment& environment = *session.environment;
    SYNCLINE_TRY(
        HubSetting setting,
        codec::read_configuration(session.places().folder, Catalogue::customer())
    );
    if (!released.empty()) {
        SYNCLINE_TRY(setting, with_released(std::move(setting), released));
    }
    SYNCLINE_TRY(
        const auto workspace,
        Workspace::open(session.places(), std::move(setting), Opening::Overlay, environment.clock)
    );
    NoLog log;
    ProgressBar bar(session.quiet);
    HubEngine::Listeners listeners;
    listeners.stage = [&](const sync::Stage& stage) { bar.show(stage); };
    SYNCLINE_TRY(
        const auto hub, HubEngine::create(*workspace, environment, log, std::move(listeners))
    );
    Plan plan = hub->engine().plan();
    bar.clear();
    for (std::size_t i = 0; misfits != nullptr && i < plan.systems.size(); ++i) {
        const PlannedSystem& planned = plan.systems[i];
        if (planned.trouble || planned.paused) continue;
        const SystemSetting& system = workspace->hub().systems[i];
        const auto can = hub->connections()[i]->discover(system.entity);
        if (!can) continue;
        for (Error& misfit : fields_not_there(system, *can))
            misfits->push_back(std::move(misfit));
        if (auto refused = creates_refused(system, *can)) misfits->push_back(std::move(*refused));
    }
    return plan;
}

void add_plan_commands(CLI::App& app, Session& session) {
    CLI::App* plan_command =
        app.add_subcommand("plan", "Show what would be linked, created and updated, and why");
    const auto plan_options = std::make_shared<PlanOptions>();
    plan_command->add_option(
        "-o,--output", plan_options->output, "A file for `apply`, or table, json, ndjson"
    );
    plan_command->add_flag(
        "--detailed-exitcode", plan_options->detailed_exit_code, "Exit 5 when changes are pending"
    );
    plan_command
        ->add_option("--release", plan_options->release, "As if this observed system took part")
        ->type_name("SYSTEM");
    plan_command->add_flag("--all", plan_options->all, "List every operation");
    plan_command->callback([&session, plan_options] {
        session.command = [&session, plan_options] { return plan(session, *plan_options); };
    });

    CLI::App* apply_command =
        app.add_subcommand("apply", "Do exactly what a plan says, or refuse and say what changed");
    const auto apply_options = std::make_shared<ApplyOptions>();
    apply_command->add_option("plan", apply_options->file, "plan.json of `syncline plan -o`")
        ->required();
    apply_command->add_flag("-y,--yes", apply_options->yes, "Do not ask");
    add_format(*apply_command, session);
    apply_command->callback([&session, apply_options] {
        session.command = [&session, apply_options] { return apply(session, *apply_options); };
    });
}

}  // namespace syncline::app
