#include "app/system_check.hpp"

#include "app/exit_code.hpp"
#include "base/text.hpp"
#include "codec/setting_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace syncline::app {
namespace {

constexpr std::size_t kFieldsNamed = 20;

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kFieldsNamed; ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kFieldsNamed) text += ", …";
    return text;
}

/// The configuration's fault, told where a person can mend it; else a trouble of the system.
void note(const SystemSetting& system, const Error& error, SystemCheck& check) {
    if (exit_code_of(error) != kInvalidConfiguration) {
        check.trouble = error;
        return;
    }
    const codec::SettingFile file(system.file);
    const bool is_connector = error.code == ErrorCode::PluginUnusable;
    Error refused = error;
    refused.where = file.where(is_connector ? "/connector" : "/settings");
    refused.detail = is_connector ? error.detail
                                  : "the connector of " + system.id.text() +
                                        " refuses its settings: " + error.detail;
    check.refused.push_back(std::move(refused));
}

/// The fields without which no record is made, and that no mapping writes.
std::vector<std::string> unmapped_when_created(
    const SystemSetting& system, const connect::Capabilities& capabilities
) {
    std::vector<std::string> missing;
    for (const auto& field : capabilities.fields) {
        const auto writes = [&](const MappedFieldSetting& mapped) {
            return mapped.direction != MappingDirection::In &&
                   std::find(mapped.remotes.begin(), mapped.remotes.end(), field.name) !=
                       mapped.remotes.end();
        };
        if (field.required_on_create &&
            std::none_of(system.mapping.begin(), system.mapping.end(), writes))
            missing.push_back('"' + field.name + '"');
    }
    return missing;
}

}  // namespace

EditsAtRisk edits_at_risk(const connect::Capabilities& capabilities) {
    if (!capabilities.can_write || capabilities.write_deferred || capabilities.conditional_write)
        return EditsAtRisk::None;
    return capabilities.stale_window_ms == 0 ? EditsAtRisk::OneRoundTrip : EditsAtRisk::StaleWindow;
}

std::string_view name(EditsAtRisk risk) noexcept {
    switch (risk) {
        case EditsAtRisk::None:
            return "none";
        case EditsAtRisk::OneRoundTrip:
            return "one_round_trip";
        case EditsAtRisk::StaleWindow:
            return "stale_window";
    }
    return "none";
}

std::vector<Error> fields_not_there(
    const SystemSetting& system, const connect::Capabilities& capabilities
) {
    std::vector<std::string> known;
    for (const auto& field : capabilities.fields)
        known.push_back(field.name);
    std::vector<Error> missing;
    if (known.empty()) return missing;
    for (const MappedFieldSetting& mapped : system.mapping) {
        for (const std::string& remote : mapped.remotes) {
            if (std::find(known.begin(), known.end(), remote) != known.end()) continue;
            const std::string near = nearest(remote, known);
            missing.push_back(
                {ErrorCode::ConfigInvalid,
                 Remedy::Reconfigure,
                 mapped.where,
                 system.id.text() + " has no field \"" + remote + "\"" +
                     (near.empty() ? "." : "; did you mean \"" + near + "\"?") +
                     " It has: " + list_of(known)}
            );
        }
    }
    return missing;
}

std::optional<Error> creates_refused(
    const SystemSetting& system, const connect::Capabilities& capabilities
) {
    if (!system.rights.create) return std::nullopt;
    std::string reason = capabilities.cannot_create;
    if (const auto missing = unmapped_when_created(system, capabilities);
        reason.empty() && !missing.empty())
        reason = "every new one needs a value in " + list_of(missing) +
                 ", and no mapping writes it: map it, without \"direction\": \"in\"";
    if (reason.empty()) return std::nullopt;
    return Error{
        ErrorCode::ConfigInvalid,
        Remedy::Reconfigure,
        codec::SettingFile(system.file).where("/rights"),
        system.id.text() + " cannot get new records: " + reason +
            "; or set \"rights\": { \"create\": false }"};
}

SystemCheck check_system(const SystemSetting& system, connect::Connection& connection) {
    SystemCheck check;
    if (const auto reached = connection.check(); !reached) {
        note(system, reached.error(), check);
        return check;
    }
    const auto can = connection.discover(system.entity);
    if (!can) {
        note(system, can.error(), check);
        return check;
    }
    check.refused = fields_not_there(system, *can);
    if (auto refused = creates_refused(system, *can)) check.refused.push_back(std::move(*refused));
    check.edits_at_risk = edits_at_risk(*can);
    check.limits = can->limits;
    return check;
}

}  // namespace syncline::app
