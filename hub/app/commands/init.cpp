#include "app/commands/commands.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/new_hub.hpp"
#include "app/setting_files.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

/// As given; what is missing is asked for, or has its default.
struct Options {
    std::optional<std::string> id, country, time_zone, root_key, passphrase;

    bool describe_a_hub() const { return id || country || time_zone || root_key || passphrase; }
};

Error misused(std::string where, std::string detail) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, std::move(where), std::move(detail)};
}

Result<NewHub> hub_of(const Options& options, const fs::path& folder) {
    if (options.root_key && options.passphrase)
        return misused("--passphrase", "a root key comes from a file or from a passphrase");
    NewHub hub;
    hub.id = options.id.value_or(id_for(folder));
    hub.country = options.country.value_or(country_of_locale());
    hub.time_zone = options.time_zone.value_or(time_zone_of_machine());
    hub.root_key_file = options.root_key.value_or("root.key");
    hub.passphrase = options.passphrase.value_or("");
    if (const auto wrong = what_is_wrong_with_id(hub.id); !wrong.empty())
        return misused("--id", wrong);
    if (options.country) {
        if (const auto wrong = what_is_wrong_with_country(hub.country); !wrong.empty())
            return misused("--country", wrong);
    }
    if (options.passphrase) {
        if (const auto wrong = what_is_wrong_with_passphrase(hub.passphrase); !wrong.empty())
            return misused("--passphrase", wrong);
    }
    return hub;
}

/// Asks for whatever no option said.
Result<void> ask_about(NewHub& hub, const Options& options) {
    Dialog dialog;
    if (!options.id) {
        SYNCLINE_TRY(
            hub.id,
            dialog.ask("Name of the hub; it can never change", hub.id, what_is_wrong_with_id)
        );
    }
    if (!options.country) {
        SYNCLINE_TRY(
            hub.country,
            dialog.ask(
                "Country of phone numbers and addresses that name none",
                hub.country,
                what_is_wrong_with_country
            )
        );
    }
    if (options.root_key || options.passphrase) return {};
    SYNCLINE_TRY(
        const std::string source,
        dialog.choose(
            "What opens the encrypted fields?",
            {{"file", "a key file that only this user can read; the hub starts by itself"},
             {"passphrase", "whoever starts the hub or a command types it"}},
            "file"
        )
    );
    if (source == "passphrase") hub.passphrase = "ask";
    return {};
}

Result<void> write_configuration(const Session& session, const Options& options) {
    const Places places = session.places();
    std::error_code failed;
    if (fs::exists(places.folder / "hub" / "hub.json", failed))
        return expect_hub(places);  // says that the hub is there
    SYNCLINE_TRY(NewHub hub, hub_of(options, places.folder));
    if (Dialog::has_person()) {
        if (auto asked = ask_about(hub, options); !asked) return asked.error();
    } else if (hub.country.empty()) {
        return misused(
            "--country",
            "nobody to ask here, and the machine's locale names no country; add --country, the "
            "two-letter code for phone numbers and addresses that name none"
        );
    }
    if (auto written = write_new_file(places.folder / "hub.json", hub_file_text(hub)); !written)
        return written.error();
    fs::create_directories(places.folder / "systems", failed);
    return {};
}

std::string keep_text(const HubSetting& hub) {
    if (hub.root_key.passphrase.empty())
        return "Keep a copy of its root key somewhere else: without it every encrypted field is "
               "lost.\n";
    return "Keep its passphrase somewhere else: without it every encrypted field is lost.\n";
}

int init(Session& session, const Options& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const Places places = session.places();
    std::error_code failed;
    const bool is_configured = fs::exists(places.folder / "hub.json", failed);
    if (is_configured && options.describe_a_hub())
        return fail(misused(
            (places.folder / "hub.json").string(),
            "the hub is described here already; leave the options out, or change the file"
        ));
    if (!is_configured) {
        if (const auto written = write_configuration(session, options); !written)
            return fail(written.error());
    }
    const auto made = initialise_workspace(places, session.environment->clock);
    if (!made) {
        if (!is_configured) fs::remove(places.folder / "hub.json", failed);  // try again
        return fail(made.error());
    }
    const Json root = made->root_key.file.empty() ? Json() : Json(made->root_key.file);
    const Json document{
        {"hub", made->id},
        {"folder", places.folder.string()},
        {"root_key", root},
        {"systems", made->systems.size()},
        {"state", "ready"}};
    std::string text = "The hub in " + places.folder.string() + " is ready.\n" + keep_text(*made);
    if (made->systems.empty())
        text += "Next: `" + command_of(session) + " systems add` connects the first system.\n";
    print(document, *format, text);
    return kDone;
}

}  // namespace

void add_init_command(CLI::App& app, Session& session) {
    CLI::App* command = app.add_subcommand(
        "init", "Make a hub: its configuration, where there is none, its keys and an empty store"
    );
    const auto options = std::make_shared<Options>();
    command->add_option("--id", options->id, "Its name, for ever; without it, the folder's")
        ->type_name("NAME");
    command
        ->add_option("--country", options->country, "Of numbers and addresses that name none: BE")
        ->type_name("CODE");
    command->add_option("--time-zone", options->time_zone, "Without it, the machine's")
        ->type_name("ZONE");
    command->add_option("--root-key", options->root_key, "File of the root key that is made")
        ->type_name("FILE");
    command
        ->add_option(
            "--passphrase",
            options->passphrase,
            "Root key of a passphrase instead: ask, env:NAME, file:PATH or credential:NAME"
        )
        ->type_name("PLACE");
    add_format(*command, session);
    command->callback([&session, options] {
        session.command = [&session, options] { return init(session, *options); };
    });
}

}  // namespace syncline::app
