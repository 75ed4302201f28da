#include "app/commands/commands.hpp"
#include "app/configured_hub.hpp"
#include "app/control_socket.hpp"
#include "app/exit_code.hpp"
#include "codec/configuration.hpp"
#include "codec/export_configuration.hpp"
#include "model/catalogue.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

/// The configuration of the session's hub. Neither keys nor store are needed, so that it can be
/// looked at before there are any.
Result<HubSetting> read_setting(const Session& session) {
    return codec::read_configuration(session.places().folder, Catalogue::customer());
}

int validate(Session& session) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto hub = ConfiguredHub::read(session.places());
    if (!hub) return fail(hub.error());
    const std::size_t systems = (*hub)->setting().systems.size();
    print(
        Json{{"hub", (*hub)->setting().id}, {"valid", true}, {"systems", systems}},
        *format,
        "The configuration is valid: " + counted(systems, "system") +
            ". No connector and no system was asked; `" + command_of(session) + " check` does.\n"
    );
    return kDone;
}

int show(Session& session, bool effective) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto hub = read_setting(session);
    if (!hub) return fail(hub.error());
    const fs::path folder = session.places().folder;
    Listing listing;
    listing.noun = "settings";
    listing.columns = {
        {"file", "FILE"}, {"setting", "SETTING"}, {"value", "VALUE"}, {"from", "FROM"}};
    for (codec::EffectiveSetting& setting :
         codec::effective_settings(codec::export_configuration(*hub, folder), folder)) {
        if (!effective && setting.from == "default") continue;
        listing.rows.push_back(
            {std::move(setting.file),
             std::move(setting.pointer),
             std::move(setting.value),
             std::move(setting.from)}
        );
    }
    print(listing, *format);
    return kDone;
}

Error not_exported(const fs::path& place, std::string why) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, place.string(), std::move(why)};
}

/// Nothing that is there is written over.
Result<void> write_files(const std::vector<codec::ExportedFile>& files, const fs::path& folder) {
    for (const codec::ExportedFile& file : files) {
        const fs::path place = folder / file.name;
        std::error_code failed;
        if (fs::exists(place, failed))
            return not_exported(place, "this file exists; name a folder that has no configuration");
        fs::create_directories(place.parent_path(), failed);
        std::ofstream out(place);
        out << file.document.dump(2) << "\n";
        out.close();
        if (!out) return not_exported(place, "this file cannot be written");
    }
    return {};
}

int export_to(Session& session, const std::string& to) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto hub = read_setting(session);
    if (!hub) return fail(hub.error());
    const auto files = codec::export_configuration(*hub, session.places().folder);
    Json document = Json::object();
    for (const codec::ExportedFile& file : files)
        document[file.name] = file.document;
    if (to.empty()) {
        print(document, *format, document.dump(2) + "\n");
        return kDone;
    }
    const fs::path folder = fs::absolute(to).lexically_normal();
    if (const auto written = write_files(files, folder); !written) return fail(written.error());
    Json names = Json::array();
    for (const codec::ExportedFile& file : files)
        names.push_back(file.name);
    print(
        Json{{"folder", folder.string()}, {"files", names}},
        *format,
        counted(files.size(), "file") + " in " + folder.string() + ".\n"
    );
    return kDone;
}

int reload(Session& session) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    if (const auto there = expect_hub(session.places()); !there) return fail(there.error());
    auto done = ask_running_hub(session.places().control_socket(), "reload", Json::object());
    if (!done && done.error().code == ErrorCode::NotFound)
        done = Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            session.places().folder.string(),
            "no hub runs here; the next `run` reads the configuration"};
    if (!done) return fail(done.error());
    print(
        *done,
        *format,
        "The hub goes on with the configuration as it is now: " +
            counted((*done)["systems"].get<std::size_t>(), "system") + ".\n"
    );
    return kDone;
}

}  // namespace

void add_config_commands(CLI::App& app, Session& session) {
    CLI::App* config = app.add_subcommand("config", "The configuration of the hub");
    config->require_subcommand(1);

    CLI::App* command = config->add_subcommand(
        "validate", "Check the configuration and that mappings round-trip; asks nobody"
    );
    add_format(*command, session);
    command->callback([&session] { session.command = [&session] { return validate(session); }; });

    command = config->add_subcommand("show", "Every setting, and which line gave it its value");
    const auto effective = std::make_shared<bool>(false);
    add_format(*command, session);
    command->add_flag("--effective", *effective, "Settings that nobody wrote too: the defaults");
    command->callback([&session, effective] {
        session.command = [&session, effective] { return show(session, *effective); };
    });

    command = config->add_subcommand(
        "export", "The configuration with every setting written out; using it changes nothing"
    );
    const auto to = std::make_shared<std::string>();
    add_format(*command, session);
    command->add_option("--to", *to, "Write the files into this folder")->type_name("DIR");
    command->callback([&session, to] {
        session.command = [&session, to] { return export_to(session, *to); };
    });

    command = config->add_subcommand(
        "reload", "Make the running hub go on with the configuration as it is now"
    );
    add_format(*command, session);
    command->callback([&session] { session.command = [&session] { return reload(session); }; });
}

}  // namespace syncline::app
