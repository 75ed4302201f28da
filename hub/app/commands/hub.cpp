#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/control_socket.hpp"
#include "app/error_tally.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/run_loop.hpp"
#include "app/system_health.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

int run(Session& session, bool once) {
    RunOptions options;
    if (once)
        options.until = RunOptions::Until::Converged;
    else
        options.ready_text = "The hub is running. Ctrl-C stops it.";
    const auto code = run_hub(session, options);
    return code ? *code : fail(code.error());
}

Json time_or_null(Timestamp at) {
    return at == Timestamp{} ? Json(nullptr) : Json(to_rfc3339(at));
}

std::string word_of(
    const store::SystemState& state,
    const SystemHealth& health,
    const sync::SystemStanding& standing
) {
    if (health.word() != "ok") return health.word();
    if (!standing.held_by.empty()) return "stopped";
    return state.last_pull == Timestamp{} ? "new" : "ok";
}

Json tally_json(const ErrorTally& tally) {
    return {
        {"system", tally.system.text()},
        {"code", name(tally.code)},
        {"field", tally.field},
        {"items", tally.items},
        {"text", text_of(tally)}};
}

Json status_document(Workspace& workspace, const sync::Rules& rules, Environment& environment) {
    Json document = Json::object();
    document["hub"] = workspace.hub().id;
    document["systems"] = Json::array();
    for (const sync::SystemStanding& standing :
         sync::standing_of_all(rules, workspace.store(), environment.clock, environment.random)) {
        const store::SystemState state = state_of(workspace.store(), standing.system);
        const SystemHealth health(state, environment.clock.now());
        Json system{
            {"id", standing.system.text()},
            {"state", word_of(state, health, standing)},
            {"in_sync", standing.in_sync},
            {"pending", standing.pending},
            {"failing", standing.failing},
            {"excluded", standing.excluded}};
        system["last_pull"] = time_or_null(state.last_pull);
        system["last_push"] = time_or_null(state.last_push);
        system["failures"] = health.failures();
        system["next_attempt"] = health.next_attempt();
        if (!state.last_error.empty()) system["last_error"] = state.last_error;
        const auto held = held_in(workspace.store(), standing.system);
        if (!held.empty()) system["held"] = held;
        if (!standing.held_by.empty()) system["stopped_by"] = standing.held_by;
        document["systems"].push_back(std::move(system));
    }
    for (const SystemId& system : workspace.observed()) {
        Json observed{{"id", system.text()}, {"state", "observed"}};
        for (const char* key : {"in_sync", "pending", "failing", "excluded"})
            observed[key] = 0;
        observed["last_pull"] = observed["last_push"] = nullptr;
        observed["failures"] = 0;
        observed["next_attempt"] = nullptr;
        document["systems"].push_back(std::move(observed));
    }
    const auto held = held_in(workspace.store(), SystemId{});
    if (!held.empty()) document["held"] = held;
    const store::Counts counts = workspace.store().counts();
    document["records"] = counts.records;
    document["links"] = counts.links;
    document["conflicts_open"] = counts.conflicts_open;
    document["reviews_open"] = counts.reviews_open;
    document["quarantined"] = counts.quarantined;
    const auto tallies = tally_errors(workspace.store().quarantine(), workspace.fields());
    document["most_frequent_error"] = tallies.empty() ? Json() : tally_json(tallies.front());
    return document;
}

Listing status_listing(const Json& document) {
    Listing listing;
    listing.noun = "systems";
    for (const auto& [key, title] : std::vector<std::pair<const char*, const char*>>{
             {"id", "SYSTEM"},
             {"state", "STATE"},
             {"in_sync", "IN SYNC"},
             {"pending", "PENDING"},
             {"failing", "FAILING"},
             {"excluded", "EXCLUDED"},
             {"last_pull", "LAST PULL"},
             {"last_push", "LAST PUSH"}})
        listing.columns.push_back({key, title});
    for (const Json& system : document["systems"]) {
        std::vector<Json> row;
        for (const Listing::Column& column : listing.columns)
            row.push_back(system.value(column.key, Json()));
        listing.rows.push_back(std::move(row));
    }
    return listing;
}

std::vector<std::string> held_systems(const Json& document) {
    std::vector<std::string> held;
    for (const Json& system : document["systems"]) {
        if (system["state"] == "stopped") held.push_back(system["id"].get<std::string>());
    }
    return held;
}

/// "erp cannot be used (retrying): no route to host; 3 failures, next attempt at …"
std::string trouble_line(const Json& system) {
    std::string line = system["id"].get<std::string>() + " cannot be used (" +
                       system["state"].get<std::string>() +
                       "): " + system["last_error"].get<std::string>();
    if (const auto failures = system["failures"].get<std::uint64_t>(); failures > 0)
        line += "; " + counted(failures, "failure");
    if (!system["next_attempt"].is_null())
        line += ", next attempt at " + system["next_attempt"].get<std::string>();
    return line;
}

std::string observed_line(const Session& session, const Json& system) {
    const std::string id = system["id"].get<std::string>();
    return id + " is only observed; `" + command_of(session) + " systems release " + id +
           "` shows what follows when it takes part, and asks";
}

int status(Session& session, bool fail_on_conflict) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        const Json document = status_document(workspace, rules->rules, *session.environment);
        if (format == Format::Json || format == Format::Ndjson)
            print(document, format, "");
        else
            print(status_listing(document), format);
        const auto count = [&](const char* key) { return document[key].get<std::uint64_t>(); };
        if (format == Format::Table) {
            print_line("");
            for (const Json& held : document.value("held", Json::array()))
                print_line("the hub stands still: " + held.get<std::string>());
            for (const Json& system : document["systems"]) {
                if (system["state"] == "observed") print_line(observed_line(session, system));
                if (system.contains("last_error")) print_line(trouble_line(system));
                for (const Json& held : system.value("held", Json::array()))
                    print_line(system["id"].get<std::string>() + ": " + held.get<std::string>());
                if (system["state"] == "stopped")
                    print_line(
                        system["id"].get<std::string>() +
                        " is not written to: " + system["stopped_by"].get<std::string>()
                    );
            }
            print_line(
                counted(count("records"), "record") + ", " + counted(count("links"), "link") +
                "; open: " + counted(count("conflicts_open"), "conflict") + ", " +
                counted(count("reviews_open"), "review") +
                "; in quarantine: " + std::to_string(count("quarantined"))
            );
            if (const Json& most = document["most_frequent_error"]; !most.is_null())
                print_line(
                    "most frequent: " + most["text"].get<std::string>() + "; `" +
                    command_of(session) + " quarantine list --group` has the rest"
                );
        }
        const std::vector<std::string> held = held_systems(document);
        if (!held.empty()) print_note(how_to_approve(command_of(session), held));
        if (!fail_on_conflict) return kDone;
        if (!held.empty()) return kThreshold;
        return count("conflicts_open") + count("reviews_open") > 0 ? kConflictsOpen : kDone;
    });
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
    run_command->add_flag("--once", *once, "End when nothing is left to do");
    run_command->callback([&session, once] {
        session.command = [&session, once] { return run(session, *once); };
    });

    CLI::App* status_command = app.add_subcommand("status", "How each system stands");
    const auto strict = std::make_shared<bool>(false);
    add_format(*status_command, session);
    status_command->add_flag(
        "--fail-on-conflict",
        *strict,
        "Exit 6 when a conflict or review is open, 9 when a threshold stops writes"
    );
    status_command->callback([&session, strict] {
        session.command = [&session, strict] { return status(session, *strict); };
    });
}

}  // namespace syncline::app
