#include "app/status.hpp"

#include "app/error_tally.hpp"
#include "app/system_health.hpp"
#include "sync/run/engine.hpp"

#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

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

std::string observed_line(const std::string& command, const Json& system) {
    const std::string id = system["id"].get<std::string>();
    return id + " is only observed; `" + command + " systems release " + id +
           "` shows what follows when it takes part, and asks";
}

}  // namespace

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

std::string status_text(const Json& document, const std::string& command) {
    const auto count = [&](const char* key) { return document[key].get<std::uint64_t>(); };
    std::string text = table_text(status_listing(document)) + "\n";
    for (const Json& held : document.value("held", Json::array()))
        text += "the hub stands still: " + held.get<std::string>() + "\n";
    for (const Json& system : document["systems"]) {
        const std::string id = system["id"].get<std::string>();
        if (system["state"] == "observed") text += observed_line(command, system) + "\n";
        if (system.contains("last_error")) text += trouble_line(system) + "\n";
        for (const Json& held : system.value("held", Json::array()))
            text += id + ": " + held.get<std::string>() + "\n";
        if (system["state"] == "stopped")
            text += id + " is not written to: " + system["stopped_by"].get<std::string>() + "\n";
    }
    text += counted(count("records"), "record") + ", " + counted(count("links"), "link") +
            "; open: " + counted(count("conflicts_open"), "conflict") + ", " +
            counted(count("reviews_open"), "review") +
            "; in quarantine: " + std::to_string(count("quarantined"));
    if (const Json& most = document["most_frequent_error"]; !most.is_null())
        text += "\nmost frequent: " + most["text"].get<std::string>() + "; `" + command +
                " quarantine list --group` has the rest";
    return text;
}

}  // namespace syncline::app
