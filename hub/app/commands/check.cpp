#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/configured_hub.hpp"
#include "app/exit_code.hpp"
#include "app/system_check.hpp"
#include "connect/open_connection.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

/// What is found out about one system: its part of the document, and what to tell people.
struct Finding {
    Json document;
    SystemCheck check;
};

Json error_json(const Error& error) {
    return Json{
        {"error", std::string(name(error.code))},
        {"where", error.where},
        {"error_detail", error.detail}};
}

Json lossy_fields(const sync::SystemRules& system, const FieldTable& fields) {
    Json lossy = Json::array();
    for (const mapping::MappedField& field : system.mapping->fields()) {
        if (!field.lossy.empty())
            lossy.push_back(Json{{"field", fields.at(field.field).path}, {"reason", field.lossy}});
    }
    return lossy;
}

const char* state_of(const SystemCheck& check, bool offline) {
    if (!check.refused.empty()) return "refused";
    if (check.trouble) return "unreachable";
    return offline ? "not_asked" : "ok";
}

Finding look_at(
    const sync::SystemRules& system,
    const FieldTable& fields,
    const Environment& environment,
    bool offline
) {
    Finding finding;
    if (!offline) {
        SystemClock clock;
        NoLog log;
        const auto connection =
            connect::open_connection(*system.setting, environment.installation, clock, log);
        finding.check = check_system(*system.setting, *connection);
    }
    finding.document = Json{
        {"id", system.id().text()},
        {"connector", system.setting->connector},
        {"state", state_of(finding.check, offline)}};
    if (finding.check.edits_at_risk)
        finding.document["edits_at_risk"] = std::string(name(*finding.check.edits_at_risk));
    if (!finding.check.limits.empty()) finding.document["limits"] = finding.check.limits;
    finding.document["lossy"] = lossy_fields(system, fields);
    finding.document["problems"] = Json::array();
    for (const Error& error : finding.check.refused)
        finding.document["problems"].push_back(error_json(error));
    if (finding.check.trouble)
        finding.document["problems"].push_back(error_json(*finding.check.trouble));
    return finding;
}

/// What a write may replace in this system, where that is anything.
std::string risk_text(const Json& system) {
    const std::string risk = system.value("edits_at_risk", "none");
    if (risk == "none") return {};
    return system["id"].get<std::string>() +
           ": its writes cannot depend on a version; an edit made there " +
           (risk == "one_round_trip" ? "between the hub's last look and its write"
                                     : "less than its stale window before a write") +
           " may be written over\n";
}

/// For people: what mappings lose, what may be written over, and the verdict.
std::string text_of(const Json& document, const std::vector<std::string>& unreachable) {
    std::string text;
    for (const Json& system : document["systems"]) {
        for (const Json& field : system["lossy"])
            text += system["id"].get<std::string>() + ": " + field["field"].get<std::string>() +
                    " is lossy: " + field["reason"].get<std::string>() + "\n";
        text += risk_text(system);
        for (const Json& limit : system.value("limits", Json::array()))
            text += system["id"].get<std::string>() + ": " + limit.get<std::string>() + "\n";
    }
    if (!document["valid"].get<bool>()) return text;
    text += "The configuration is valid: " + counted(document["systems"].size(), "system") + ".";
    if (!document["asked"].get<bool>())
        text += " None of them was asked.";
    else if (!unreachable.empty())
        text += " Not compared with " + listed(unreachable) + ".";
    return text + "\n";
}

/// Configuration and mappings, and whether connectors and systems take them.
int check(Session& session, bool offline) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const auto configured, ConfiguredHub::read(session.places()));
        Json document{{"hub", workspace.hub().id}, {"valid", true}, {"asked", !offline}};
        document["systems"] = Json::array();
        std::vector<Error> refused, troubles;
        std::vector<std::string> unreachable;
        for (const sync::SystemRules& system : configured->systems()) {
            Finding finding = look_at(system, configured->fields(), *session.environment, offline);
            document["systems"].push_back(std::move(finding.document));
            const auto& found = finding.check.refused;
            refused.insert(refused.end(), found.begin(), found.end());
            if (!finding.check.trouble) continue;
            unreachable.push_back(system.id().text());
            troubles.push_back(*finding.check.trouble);
        }
        document["valid"] = refused.empty();
        print(document, format, text_of(document, unreachable));
        for (const auto* errors : {&refused, &troubles}) {
            for (const Error& error : *errors)
                print_error(error);
        }
        if (!refused.empty()) return kInvalidConfiguration;
        return troubles.empty() ? kDone : exit_code_of(troubles.front());
    });
}

}  // namespace

void add_check_command(CLI::App& app, Session& session) {
    CLI::App* command = app.add_subcommand(
        "check", "Check the configuration, that mappings round-trip, and that systems fit it"
    );
    const auto offline = std::make_shared<bool>(false);
    add_format(*command, session);
    command->add_flag("--offline", *offline, "Ask no connector and no system");
    command->callback([&session, offline] {
        session.command = [&session, offline] { return check(session, *offline); };
    });
}

}  // namespace syncline::app
