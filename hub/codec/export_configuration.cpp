#include "codec/export_configuration.hpp"

#include "codec/line_index.hpp"
#include "codec/setting_reader.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;

/// In the largest unit that tells it exactly.
std::string duration_text(std::chrono::milliseconds duration) {
    struct Unit {
        std::int64_t milliseconds;
        const char* name;
    };
    static constexpr std::array<Unit, 4> kUnits{
        {{3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}, {1, "ms"}}};
    if (duration.count() == 0) return "0s";
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& candidate) {
        return duration.count() % candidate.milliseconds == 0;
    });
    return std::to_string(duration.count() / unit->milliseconds) + unit->name;
}

Json texts_of(const std::vector<std::string>& texts) {
    Json list = Json::array();
    for (const std::string& text : texts)
        list.push_back(text);
    return list;
}

Json texts_of(const std::vector<SystemId>& systems) {
    Json list = Json::array();
    for (const SystemId& system : systems)
        list.push_back(system.text());
    return list;
}

/// Relative to the folder when it lies inside it.
std::string place_in(const fs::path& folder, const fs::path& place) {
    const fs::path relative = place.lexically_relative(folder);
    const bool is_inside = !relative.empty() && *relative.begin() != "..";
    return (is_inside ? relative : place).string();
}

const char* word_of(PolicyKind kind) {
    switch (kind) {
        case PolicyKind::Authority:
            return "authority";
        case PolicyKind::Newest:
            return "newest";
        case PolicyKind::Keep:
            return "keep";
        case PolicyKind::Union:
            return "union";
        case PolicyKind::Review:
            return "review";
    }
    return "review";
}

Json policy_document(const PolicySetting& policy) {
    Json document{{"policy", word_of(policy.kind)}};
    if (!policy.systems.empty()) document["systems"] = texts_of(policy.systems);
    if (policy.otherwise) document["otherwise"] = policy_document(*policy.otherwise);
    if (policy.on_undecided)
        document["on_undecided"] = *policy.on_undecided == Undecided::Order ? "order" : "review";
    return document;
}

Json association_document(const std::vector<RungSetting>& rungs) {
    Json document = Json::array();
    for (const RungSetting& rung : rungs) {
        Json item{{"match", texts_of(rung.match)}};
        if (!rung.from.empty()) item["from"] = texts_of(rung.from);
        item["then"] = rung.then == RungSetting::Then::Link ? "link" : "review";
        document.push_back(std::move(item));
    }
    return document;
}

Json threshold_document(const ThresholdSetting& threshold) {
    return {{"count", threshold.count}, {"percent", threshold.percent}};
}

Json condition_document(const Condition& condition) {
    const auto operands = [&] {
        Json list = Json::array();
        for (const Condition& operand : condition.operands)
            list.push_back(condition_document(operand));
        return list;
    };
    switch (condition.op) {
        case Condition::Operator::Always:
            return Json::object();
        case Condition::Operator::Equal:
            return {{"eq", Json::array({condition.path, condition.values.at(0)})}};
        case Condition::Operator::In:
            return {{"in", Json::array({condition.path, texts_of(condition.values)})}};
        case Condition::Operator::Exists:
            return {{"exists", condition.path}};
        case Condition::Operator::And:
            return {{"and", operands()}};
        case Condition::Operator::Or:
            return {{"or", operands()}};
        case Condition::Operator::Not:
            return {{"not", condition_document(condition.operands.at(0))}};
    }
    return Json::object();
}

Json lens_document(const LensSetting& lens) {
    Json body = Json::object();
    const bool is_from_file = lens.name == "lookup";
    for (const auto& [remote, canonical] : lens.table) {
        if (!is_from_file) body[remote] = canonical;
    }
    for (const auto& [option, value] : lens.options)
        body[option] = value;
    const bool is_layout = lens.name == "address_lines" || lens.name == "name_parts";
    if (!lens.list.empty() && is_layout) body["layout"] = texts_of(lens.list);
    if (!lens.list.empty() && !is_layout) body = texts_of(lens.list);
    if (body.empty()) return lens.name;
    if (body.size() == 1 && body.contains("value") && lens.table.empty()) body = body["value"];
    return {{lens.name, std::move(body)}};
}

Json mapped_document(const MappedFieldSetting& mapped) {
    Json document{{"field", mapped.field}};
    document["remote"] =
        mapped.remotes.size() == 1 ? Json(mapped.remotes.front()) : texts_of(mapped.remotes);
    document["lens"] = Json::array();
    for (const LensSetting& lens : mapped.lenses)
        document["lens"].push_back(lens_document(lens));
    document["direction"] = mapped.direction == MappingDirection::In    ? "in"
                            : mapped.direction == MappingDirection::Out ? "out"
                                                                        : "both";
    if (mapped.limit_characters != 0) document["limit"]["characters"] = mapped.limit_characters;
    if (mapped.limit_bytes != 0) document["limit"]["bytes"] = mapped.limit_bytes;
    document["unique"] = mapped.unique;
    return document;
}

Json system_document(const SystemSetting& system) {
    Json document{
        {"system", system.id.text()},
        {"title", system.title},
        {"observe", system.observe},
        {"connector", system.connector},
        {"settings", Json::parse(system.settings_json)},
        {"default_country", system.default_country},
        {"poll", duration_text(system.poll)},
        {"full_listing", duration_text(system.full_listing)}};
    if (system.settle.count() != 0) document["settle"] = duration_text(system.settle);
    if (system.calls_per_minute != 0)
        document["rate"] = {{"calls_per_minute", system.calls_per_minute}};
    document["scope"] = {
        {"where", condition_document(system.scope.where)},
        {"linked_only", system.scope.linked_only}};
    document["rights"] = {
        {"create", system.rights.create},
        {"update", system.rights.update},
        {"delete", system.rights.remove}};
    document["when_gone"] = std::string(name(system.when_gone));
    document["on_delete"] = std::string(name(system.on_delete));
    Json mapping = Json::array();
    for (const MappedFieldSetting& mapped : system.mapping)
        mapping.push_back(mapped_document(mapped));
    document["mapping"] = {{"customer", std::move(mapping)}};
    return document;
}

Json root_key_document(const RootKeySetting& key, const fs::path& folder) {
    constexpr std::string_view kFile = "file:";
    if (key.passphrase.empty()) return {{"file", place_in(folder, key.file)}};
    if (key.passphrase == "ask") return {{"passphrase", "ask"}};
    const bool is_file = key.passphrase.starts_with(kFile);
    const std::string reference =
        is_file ? std::string(kFile) + place_in(folder, key.passphrase.substr(kFile.size()))
                : key.passphrase;
    return {{"passphrase", {{"$secret", reference}}}};
}

Json hub_document(
    const HubSetting& hub, const fs::path& folder, const std::vector<std::string>& system_files
) {
    Json document{
        {"hub",
         {{"id", hub.id}, {"default_country", hub.default_country}, {"time_zone", hub.time_zone}}},
        {"store", {{"sqlite", {{"folder", place_in(folder, hub.store_folder)}}}}},
        {"keys", {{"root", root_key_document(hub.root_key, folder)}}},
        {"systems", texts_of(system_files)},
        {"order", texts_of(hub.order)}};
    document["policies"] = Json::object();
    for (const PolicySetting& policy : hub.policies)
        document["policies"][policy.pattern] = policy_document(policy);
    document["association"] = association_document(hub.association);
    document["thresholds"] = {
        {"creates", threshold_document(hub.creates)},
        {"updates", threshold_document(hub.updates)},
        {"clears", threshold_document(hub.clears)},
        {"deletes", threshold_document(hub.deletes)},
        {"same_value", threshold_document(hub.same_value)}};
    document["encryption"] = {{"off", texts_of(hub.clear_text_fields)}};
    document["log"] = {
        {"format", hub.log.format == LogFormat::Json ? "json" : "text"},
        {"level", std::string(name(hub.log.level))}};
    return document;
}

bool is_setting(const Json& json) {
    return !json.is_structured() || json.empty() ||
           (json.is_array() && std::none_of(json.begin(), json.end(), [](const Json& item) {
                return item.is_structured();
            }));
}

/// The settings of one file, walked in order.
class Walk {
public:
    Walk(const ExportedFile& file, const fs::path& folder, std::vector<EffectiveSetting>& settings)
        : file_(file), folder_(folder), source_(file.source), settings_(settings) {}

    void over(const Json& json, const std::string& pointer) {
        if (is_setting(json)) {
            settings_.push_back({file_.name, pointer, json, origin_of(pointer)});
        } else if (json.is_object()) {
            for (const auto& [key, value] : json.items())
                over(value, pointer + "/" + pointer_step(key));
        } else {
            for (std::size_t i = 0; i < json.size(); ++i)
                over(json[i], pointer + "/" + std::to_string(i));
        }
    }

private:
    /// What was not written in this form may stand in a shorter one: "newest" for a whole policy.
    std::string origin_of(const std::string& pointer) const {
        for (std::string around = pointer; !around.empty(); around.resize(around.rfind('/'))) {
            const Json::json_pointer place(around);
            if (!source_.root().contains(place)) continue;
            if (around != pointer && source_.root().at(place).is_object()) break;
            return relative(source_.where(around));
        }
        return "default";
    }

    std::string relative(const std::string& where) const {
        const std::string prefix = folder_.string() + "/";
        return where.starts_with(prefix) ? where.substr(prefix.size()) : where;
    }

    const ExportedFile& file_;
    const fs::path& folder_;
    const SettingFile source_;
    std::vector<EffectiveSetting>& settings_;
};

}  // namespace

std::vector<ExportedFile> export_configuration(const HubSetting& hub, const fs::path& folder) {
    std::vector<ExportedFile> files;
    std::vector<std::string> names;
    files.push_back({"hub.json", folder / "hub.json", {}});
    for (const SystemSetting& system : hub.systems) {
        const std::string name = place_in(folder, system.file);
        names.push_back(
            fs::path(name).is_relative() ? name : "systems/" + system.id.text() + ".json"
        );
        files.push_back({names.back(), system.file, system_document(system)});
    }
    files.front().document = hub_document(hub, folder, names);
    return files;
}

std::vector<EffectiveSetting> effective_settings(
    const std::vector<ExportedFile>& files, const fs::path& folder
) {
    std::vector<EffectiveSetting> settings;
    for (const ExportedFile& file : files)
        Walk(file, folder, settings).over(file.document, "");
    return settings;
}

}  // namespace syncline::codec
