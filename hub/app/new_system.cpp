#include "app/new_system.hpp"

#include "app/approval.hpp"
#include "codec/edit_json.hpp"
#include "model/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <fnmatch.h>

namespace syncline::app {
namespace {

using codec::Json;

std::string text_of(const Json& json) {
    return codec::to_line(json);
}

/// Is the field mapped, by itself or as a part of it?
bool is_mapped(const std::vector<ProposedField>& mapping, const std::string& path) {
    return std::any_of(mapping.begin(), mapping.end(), [&](const ProposedField& entry) {
        return entry.field == path || path.starts_with(entry.field + ".");
    });
}

/// An address is decided as a whole.
std::string decided_as(const std::string& path) {
    const auto whole = Catalogue::customer().composite_of(path);
    return whole ? *whole : path;
}

Json names_of(const std::vector<SystemId>& systems) {
    Json list = Json::array();
    for (const SystemId& system : systems)
        list.push_back(system.text());
    return list;
}

}  // namespace

std::string what_is_wrong_with_system(const HubSetting& hub, const std::string& answer) {
    const bool is_well_formed =
        !answer.empty() && std::all_of(answer.begin(), answer.end(), [](unsigned char c) {
            return (std::isalnum(c) != 0 && std::isupper(c) == 0 && c < 0x80) || c == '_';
        });
    if (!is_well_formed) return "a system's name has small letters, digits and underscores only";
    const bool is_taken =
        std::any_of(hub.systems.begin(), hub.systems.end(), [&](const SystemSetting& system) {
            return system.id.text() == answer;
        });
    return is_taken ? "there is a system of this name already" : "";
}

std::string system_file_text(const NewSystem& system) {
    const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
    std::string text =
        "// Every key: docs/reference/configuration.md; lenses: docs/reference/lenses.md. "
        "`syncline "
        "map preview " +
        system.id + "`\n// shows what this mapping makes of real records.\n{\n";
    text += "  \"system\": " + text_of(Json(system.id)) +
            ", \"title\": " + text_of(Json(system.title)) + ",\n";
    text += "  \"observe\": true,  // only plans look at it, until `syncline systems release " +
            system.id + "`\n";
    text += "  \"connector\": " + text_of(Json(system.connector)) + ",\n";
    text += "  \"settings\": " + codec::to_spaced_line(system.settings) + ",\n";
    text += "  \"rights\": { \"create\": " + word(system.rights.create) +
            ", \"update\": " + word(system.rights.update) + ", \"delete\": false },\n";
    if (system.linked_only) text += "  \"scope\": { \"linked_only\": true },\n";
    text += "  \"mapping\": { \"customer\": [\n";
    for (const ProposedField& entry : system.mapping) {
        text += "    { \"field\": " + text_of(Json(entry.field)) +
                ", \"remote\": " + text_of(Json(entry.remote));
        if (!entry.lens.empty()) text += ", \"lens\": " + codec::to_spaced_line(entry.lens);
        if (!entry.is_writable) text += ", \"direction\": \"in\"";
        text += &entry == &system.mapping.back() ? " }\n" : " },\n";
    }
    return text + "  ] }\n}\n";
}

Result<std::string> with_system(
    const std::string& hub_file,
    const HubSetting& hub,
    const std::string& system,
    const std::string& file_name,
    const std::vector<std::string>& owned
) {
    SYNCLINE_TRY(const Json document, codec::parse_json_with_comments(hub_file));
    std::string text = hub_file;
    const Json systems = document.value("systems", Json::array());
    const bool is_named = std::any_of(systems.begin(), systems.end(), [&](const Json& pattern) {
        return pattern.is_string() &&
               ::fnmatch(
                   pattern.get<std::string>().c_str(), file_name.c_str(), FNM_PATHNAME | FNM_PERIOD
               ) == 0;
    });
    if (!is_named) {
        SYNCLINE_TRY(text, codec::append_item(text, "/systems", file_name));
    }
    if (!owned.empty() && !document.contains("policies")) {
        SYNCLINE_TRY(text, codec::set_member(text, "", "policies", Json::object()));
    }
    for (const std::string& path : owned) {
        const std::string decided = decided_as(path);
        Json policy{{"policy", "authority"}, {"systems", {system}}, {"otherwise", "newest"}};
        for (const PolicySetting& own : hub.policies) {
            if (own.pattern != decided || own.kind != PolicyKind::Authority) continue;
            Json names = names_of(own.systems);
            names.insert(names.begin(), system);
            policy = document["policies"][decided];
            policy["systems"] = std::move(names);
        }
        SYNCLINE_TRY(text, codec::set_member(text, "/policies", decided, policy));
    }
    return text;
}

std::string rung_for(const HubSetting& hub, const std::vector<ProposedField>& mapping) {
    for (const RungSetting& rung : hub.association) {
        const bool has_all =
            std::all_of(rung.match.begin(), rung.match.end(), [&](const std::string& path) {
                return is_mapped(mapping, path);
            });
        if (has_all && rung.from.empty()) return listed(rung.match);
    }
    return "";
}

}  // namespace syncline::app
