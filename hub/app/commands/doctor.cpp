#include "app/doctor.hpp"

#include "app/commands/commands.hpp"
#include "app/exit_code.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

namespace syncline::app {
namespace {

int doctor(Session& session, bool offline) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    if (const auto there = expect_hub(session.places());
        !there && !std::filesystem::exists(session.places().folder / "hub.json"))
        return fail(there.error());
    Examination examination;
    examination.asks_systems = !offline;
    examination.command = command_of(session);
    Listing listing;
    listing.noun = "findings";
    listing.columns = {
        {"subject", "SUBJECT"}, {"state", "STATE"}, {"detail", "DETAIL"}, {"remedy", "TO DO"}};
    int exit_code = kDone;
    for (const Finding& found : examine(session.places(), *session.environment, examination)) {
        listing.rows.push_back(
            {found.subject, std::string(name(found.state)), found.detail, found.remedy}
        );
        if (found.error && exit_code == kDone) exit_code = exit_code_of(*found.error);
    }
    print(listing, *format);
    return exit_code;
}

}  // namespace

void add_doctor_command(CLI::App& app, Session& session) {
    CLI::App* command =
        app.add_subcommand("doctor", "Look at everything that the hub needs, and say what to do");
    const auto offline = std::make_shared<bool>(false);
    command->add_flag("--offline", *offline, "Ask no system");
    add_format(*command, session);
    command->callback([&session, offline] {
        session.command = [&session, offline] { return doctor(session, *offline); };
    });
}

}  // namespace syncline::app
