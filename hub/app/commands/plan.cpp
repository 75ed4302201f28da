#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/exit_code.hpp"
#include "codec/plan_json.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <unistd.h>

namespace syncline::app {
namespace {

using codec::Json;

struct PlanOptions {
    std::string output = "table";  ///< a format, or a file
    bool detailed_exit_code = false;
    bool all = false;
};

struct ApplyOptions {
    std::string file;
    bool yes = false;
};

/// A plan changes nothing, so it writes no log either.
class NoLog final : public Log {
public:
    void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
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

int plan(Session& session, const PlanOptions& options) {
    const auto format = format_or_file(options.output);
    if (!format) return fail(format.error());
    const auto made = make_plan_of(session);
    if (!made) return fail(made.error());
    if (*format && **format != Format::Table) {
        print(codec::write_plan(*made), **format, "");
    } else {
        print_plan(*made, options.all || session.verbose);
    }
    if (!*format) {
        if (const auto written = write_plan_file(*made, options.output); !written)
            return fail(written.error());
        print_note(
            "The plan is in " + options.output + "; `syncline apply " + options.output +
            "` does exactly this."
        );
    }
    if (const int code = exit_code_of_plan(*made); code != kDone) return code;
    return options.detailed_exit_code && !made->is_empty() ? kChangesPending : kDone;
}

/// Asks on a terminal; elsewhere --yes is needed.
bool is_confirmed(const ApplyOptions& options, const Plan& plan) {
    if (options.yes || plan.is_empty()) return true;
    if (::isatty(STDIN_FILENO) == 0) {
        print_note("syncline: nobody to ask here; add --yes to apply the plan");
        return false;
    }
    print_plan(plan, false);
    std::fputs("Apply this plan? [y/N] ", stdout);
    std::fflush(stdout);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

int apply(Session& session, const ApplyOptions& options) {
    std::ifstream in(options.file, std::ios::binary);
    if (!in)
        return fail({ErrorCode::NotFound, Remedy::Reject, options.file, "this plan cannot be read"}
        );
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto plan = codec::read_plan(text);
    if (!plan) return fail(plan.error());
    const auto format = session.format();
    if (!format) return fail(format.error());
    if (!is_confirmed(options, *plan)) return kUsage;
    int code = kDone;
    const auto report = change_hub(session, "apply", Json{{"plan", text}}, code);
    if (!report) return code;
    print(*report, *format, report_text(*report));
    return exit_code_of_report(*report);
}

}  // namespace

Result<Plan> make_plan_of(Session& session) {
    Environment& environment = *session.environment;
    SYNCLINE_TRY(
        const auto workspace, Workspace::open(session.places(), Opening::Overlay, environment.clock)
    );
    NoLog log;
    SYNCLINE_TRY(const auto hub, HubEngine::create(*workspace, environment, log, {}));
    return hub->engine().plan();
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
