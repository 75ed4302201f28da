#include "app/command_line.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/examples.hpp"
#include "app/exit_code.hpp"
#include "app/output.hpp"
#include "app/session.hpp"
#include "base/fault.hpp"
#include "base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

constexpr const char* kAbout =
    "Syncline keeps one record of every customer and carries each edit between the systems that "
    "know them.\n\n"
    "Examples:\n"
    "  syncline demo run                     four systems with invented customers, in ./demo\n"
    "  syncline -C hub init                  a hub of your own, in ./hub\n"
    "  syncline -C hub systems add           connects a system to it\n"
    "  syncline -C demo/hub status           how each system stands\n"
    "  syncline -C demo/hub explain erp:17 phones.main.number\n"
    "  syncline -C demo/hub plan             what would be written, and why\n";

/// The command that lacks its next word.
const CLI::App& innermost(const CLI::App& app) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty())
        command = command->get_subcommands().back();
    return *command;
}

void tell_unknown_command(const CLI::App& app, const std::string& word) {
    std::vector<std::string> known;
    for (const CLI::App* command :
         innermost(app).get_subcommands([](const CLI::App*) { return true; }))
        known.push_back(command->get_name());
    const std::string near = nearest(word, known);
    print_note(
        "syncline: there is no command \"" + word + "\"" +
        (near.empty() ? "" : "; did you mean \"" + near + "\"?")
    );
}

int parse(CLI::App& app, int argc, char** argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
        if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !rest.empty() &&
            !rest.front().starts_with('-')) {
            tell_unknown_command(app, rest.front());
            print_note("Run with --help for more information.");
            return kUsage;
        }
        const int code = app.exit(error);
        return code == 0 ? kDone : kUsage;
    }
    return -1;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app(kAbout, "syncline");
    Environment environment;
    Session session;
    session.environment = &environment;
    app.add_option("-C,--hub", session.folder, "Folder of the hub (with hub.json)")
        ->type_name("DIR");
    app.add_flag("-q,--quiet", session.quiet, "No progress lines");
    app.add_flag("-v,--verbose", session.verbose, "More detail");
    app.set_version_flag("--version", std::string("syncline ") + SYNCLINE_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    add_hub_commands(app, session);
    add_plan_commands(app, session);
    add_verify_command(app, session);
    add_backup_commands(app, session);
    add_restore_command(app, session);
    add_record_commands(app, session);
    add_run_commands(app, session);
    add_conflict_commands(app, session);
    add_question_commands(app, session);
    add_error_commands(app, session);
    add_system_commands(app, session);
    add_map_commands(app, session);
    add_demo_commands(app, session);
    add_completion_command(app, session);
    put_examples_first(app);
    if (const int code = parse(app, argc, argv); code >= 0) return code;
    try {
        const int code = session.command ? session.command() : kUsage;
        std::fflush(stdout);
        return code;
    } catch (const Fault& fault) {
        print_note(std::string("syncline: ") + fault.what());
        return kFailed;
    } catch (const std::bad_alloc&) {
        print_note("syncline: out of memory");
        return kFailed;
    }
}

}  // namespace syncline::app
