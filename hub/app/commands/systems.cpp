#include "app/commands/commands.hpp"
#include "app/configured_hub.hpp"
#include "app/exit_code.hpp"
#include "app/system_health.hpp"
#include "connect/manifest.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

std::string rights_text(const RightsSetting& rights) {
    std::string text = "read";
    if (rights.update) text += ", update";
    if (rights.create) text += ", create";
    return text;
}

int list(Session& session) {
    const Timestamp now = session.environment->clock.now();
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const auto configured, ConfiguredHub::read(session.places()));
        Listing listing;
        listing.noun = "systems";
        listing.columns = {
            {"id", "SYSTEM"},
            {"title", "TITLE"},
            {"connector", "CONNECTOR"},
            {"state", "STATE"},
            {"rights", "RIGHTS"},
            {"poll_ms", "POLL MS"},
            {"failures", "FAILURES"},
            {"next_attempt", "NEXT ATTEMPT"},
            {"last_error", "LAST ERROR"}};
        for (const SystemSetting& system : configured->setting().systems) {
            const SystemHealth health(state_of(workspace.store(), system.id), now);
            listing.rows.push_back(
                {system.id.text(),
                 system.title,
                 system.connector,
                 system.observe ? "observed" : health.word(),
                 rights_text(system.rights),
                 system.poll.count(),
                 health.failures(),
                 health.next_attempt(),
                 health.last_error()}
            );
        }
        print(listing, format);
        return kDone;
    });
}

std::string direction_text(MappingDirection direction) {
    switch (direction) {
        case MappingDirection::Both:
            return "both";
        case MappingDirection::In:
            return "in";
        case MappingDirection::Out:
            return "out";
    }
    return "both";
}

Json mapping_json(const FieldTable& table, const sync::SystemRules& system, std::string& text) {
    Json fields = Json::array();
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const std::string& path = table.at(mapped.field).path;
        std::string remotes;
        for (const std::string& remote : mapped.remotes)
            remotes += (remotes.empty() ? "" : ", ") + remote;
        Json field{{"field", path}, {"remote", mapped.remotes}};
        field["direction"] = direction_text(mapped.direction);
        text += "  " + path + " <-> " + remotes;
        if (mapped.direction != MappingDirection::Both)
            text += " (" + direction_text(mapped.direction) + " only)";
        if (!mapped.lossy.empty()) {
            field["lossy"] = mapped.lossy;
            text += "; lossy: " + mapped.lossy;
        }
        text += "\n";
        fields.push_back(std::move(field));
    }
    return fields;
}

int show(Session& session, const std::string& id) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const auto configured, ConfiguredHub::read(session.places()));
        SYNCLINE_TRY(const sync::SystemRules* system, configured->system(id));
        const SystemHealth health(
            state_of(workspace.store(), system->id()), session.environment->clock.now()
        );
        std::string text = system->setting->title + " (" + id + ", connector " +
                           system->setting->connector + ")\n";
        if (system->setting->observe)
            text += "only observed: `" + command_of(session) + " systems release " + id +
                    "` shows what follows when it takes part, and asks\n";
        else
            text += health.text();
        const auto held = held_in(workspace.store(), system->id());
        for (const std::string& one : held)
            text += "held: " + one + "\n";
        text += "may: " + rights_text(system->setting->rights) + "\n";
        Json document{
            {"id", id},
            {"title", system->setting->title},
            {"connector", system->setting->connector},
            {"state", system->setting->observe ? "observed" : health.word()},
            {"last_error", health.last_error()},
            {"failures", health.failures()},
            {"next_attempt", health.next_attempt()},
            {"poll_ms", system->setting->poll.count()}};
        document["held"] = held;
        document["mapping"] = mapping_json(configured->fields(), *system, text);
        print(document, format, text);
        return kDone;
    });
}

int set_state(Session& session, const char* operation, const std::string& id) {
    const Json params{{"system", id}, {"user", current_user()}};
    return change_and_tell(session, operation, params, [&](const Json& done) {
        return id + " is " + done["state"].get<std::string>() + ".";
    });
}

int resync(Session& session, const std::string& id, const std::string& record) {
    Json params{{"system", id}, {"user", current_user()}};
    if (!record.empty()) params["record"] = record;
    return change_and_tell(session, "resync", params, [&](const Json& done) {
        if (record.empty()) return "Everything of " + id + " is read again with its next reading.";
        const bool changed = done["changed"].get<std::uint64_t>() > 0;
        return id + ":" + record + " was read again; " +
               (changed ? "it had changed." : "nothing had changed.");
    });
}

int list_connectors(Session& session) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    std::vector<Error> problems;
    Listing listing;
    listing.noun = "connectors";
    listing.columns = {
        {"alias", "CONNECTOR"}, {"id", "ID"}, {"version", "VERSION"}, {"title", "TITLE"}};
    for (const connect::Manifest& manifest :
         connect::list_connectors(session.environment->installation.connectors, problems))
        listing.rows.push_back({manifest.alias, manifest.id, manifest.version, manifest.title});
    print(listing, *format);
    for (const Error& problem : problems)
        print_error(problem);
    return problems.empty() ? kDone : kFailed;
}

}  // namespace

void add_system_commands(CLI::App& app, Session& session) {
    CLI::App* systems = app.add_subcommand("systems", "The connected systems");
    systems->require_subcommand(1);
    CLI::App* list_command = systems->add_subcommand("list", "All systems");
    add_format(*list_command, session);
    list_command->callback([&] { session.command = [&] { return list(session); }; });
    const auto id = std::make_shared<std::string>();
    CLI::App* show_command =
        systems->add_subcommand("show", "One system: state, rights and mapping");
    show_command->add_option("system", *id)->required();
    add_format(*show_command, session);
    show_command->callback([&session, id] {
        session.command = [&session, id] { return show(session, *id); };
    });
    for (const auto& [verb, help] :
         {std::pair("pause", "Leave it alone until it is resumed"),
          std::pair("resume", "Read and write it again")}) {
        CLI::App* command = systems->add_subcommand(verb, help);
        command->add_option("system", *id)->required();
        add_format(*command, session);
        const char* operation = verb;
        command->callback([&session, id, operation] {
            session.command = [&session, id, operation] {
                return set_state(session, operation, *id);
            };
        });
    }
    const auto record = std::make_shared<std::string>();
    CLI::App* resync_command =
        systems->add_subcommand("resync", "Read one record again, or everything");
    resync_command->add_option("system", *id)->required();
    resync_command->add_option("record", *record, "Its id in that system");
    add_format(*resync_command, session);
    resync_command->callback([&session, id, record] {
        session.command = [&session, id, record] { return resync(session, *id, *record); };
    });
    add_system_add_command(*systems, session);
    add_release_command(*systems, session);
    add_system_test_command(*systems, session);
    CLI::App* connectors = app.add_subcommand("connectors", "The installed connectors");
    connectors->require_subcommand(1);
    CLI::App* connector_list = connectors->add_subcommand("list", "All connectors");
    add_format(*connector_list, session);
    connector_list->callback([&] { session.command = [&] { return list_connectors(session); }; });
}

}  // namespace syncline::app
