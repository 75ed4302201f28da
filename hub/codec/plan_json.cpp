#include "codec/plan_json.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace syncline::codec {
namespace {

constexpr int kPlanVersion = 1;
constexpr std::array kKinds{
    PlannedOperation::Kind::Link,
    PlannedOperation::Kind::Record,
    PlannedOperation::Kind::Create,
    PlannedOperation::Kind::Update,
    PlannedOperation::Kind::Delete,
    PlannedOperation::Kind::Gone};

Json write_operation(const PlannedOperation& operation) {
    Json json{
        {"kind", std::string(name(operation.kind))},
        {"system", operation.system.text()},
        {"remote_id", operation.remote_id.text()},
        {"subject", operation.subject},
        {"reason", operation.reason}};
    if (!operation.token.empty()) json["version"] = operation.token;
    if (operation.fields.empty()) return json;
    Json fields = Json::array();
    for (const PlannedField& field : operation.fields) {
        Json item{{"field", field.path}, {"reason", field.reason}, {"digest", field.digest}};
        if (field.clears) item["clears"] = true;
        fields.push_back(std::move(item));
    }
    json["fields"] = std::move(fields);
    return json;
}

/// Nothing when its kind is unknown.
std::optional<PlannedOperation> read_operation(const Json& json) {
    PlannedOperation operation;
    const auto word = json.at("kind").get<std::string>();
    const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](auto known) {
        return name(known) == word;
    });
    if (kind == std::end(kKinds)) return std::nullopt;
    operation.kind = *kind;
    operation.system = SystemId{json.at("system").get<std::string>()};
    operation.remote_id = RemoteId{json.at("remote_id").get<std::string>()};
    operation.subject = json.at("subject").get<std::string>();
    operation.reason = json.value("reason", "");
    operation.token = json.value("version", "");
    for (const Json& item : json.value("fields", Json::array())) {
        PlannedField field;
        field.path = item.at("field").get<std::string>();
        field.reason = item.value("reason", "");
        field.digest = item.at("digest").get<std::string>();
        field.clears = item.value("clears", false);
        operation.fields.push_back(std::move(field));
    }
    return operation;
}

Json write_system(const PlannedSystem& system) {
    Json json{
        {"system", system.system.text()},
        {"read", system.read},
        {"linked", system.linked},
        {"creates", system.creates},
        {"updates", system.updates},
        {"clears", system.clears},
        {"deletes", system.deletes},
        {"gone", system.gone},
        {"calls", system.calls}};
    if (!system.stopped.empty()) json["stopped"] = system.stopped;
    if (system.trouble) json["error"] = std::string(name(*system.trouble));
    if (system.paused) json["paused"] = true;
    return json;
}

std::uint64_t count(const Json& json, const char* key) {
    return number_or(json, key, std::uint64_t{0});
}

PlannedSystem read_system_summary(const Json& json) {
    PlannedSystem system;
    system.system = SystemId{json.at("system").get<std::string>()};
    system.read = count(json, "read");
    system.linked = count(json, "linked");
    system.creates = count(json, "creates");
    system.updates = count(json, "updates");
    system.clears = count(json, "clears");
    system.deletes = count(json, "deletes");
    system.gone = count(json, "gone");
    system.calls = count(json, "calls");
    system.stopped = json.value("stopped", "");
    system.trouble = error_code(json.value("error", ""));
    system.paused = json.value("paused", false);
    return system;
}

}  // namespace

Json write_plan(const Plan& plan) {
    Json json{
        {"plan", kPlanVersion},
        {"hub", plan.hub_id},
        {"made_at", to_rfc3339(plan.made_at)},
        {"digest", plan.digest},
        {"new_records", plan.new_records},
        {"reviews", plan.reviews},
        {"conflicts", plan.conflicts},
        {"quarantined", plan.quarantined}};
    json["systems"] = Json::array();
    for (const PlannedSystem& system : plan.systems)
        json["systems"].push_back(write_system(system));
    json["operations"] = Json::array();
    for (const PlannedOperation& operation : plan.operations)
        json["operations"].push_back(write_operation(operation));
    return json;
}

Result<Plan> read_plan(std::string_view text) {
    const auto refused = [](std::string detail) {
        return Error{ErrorCode::PayloadMalformed, Remedy::Reject, "plan", std::move(detail)};
    };
    constexpr JsonLimits kLimits{std::size_t{256} << 20U, 16};
    auto parsed = parse_json(text, kLimits);
    if (!parsed) return refused("this is no plan: " + parsed.error().detail);
    try {
        const Json& json = *parsed;
        if (json.at("plan") != kPlanVersion)
            return refused("this plan was made by another version of syncline; make a new one");
        Plan plan;
        plan.hub_id = json.at("hub").get<std::string>();
        plan.digest = json.at("digest").get<std::string>();
        const auto made_at = from_rfc3339(json.at("made_at").get<std::string>());
        const Json& systems = json.at("systems");
        const Json& operations = json.at("operations");
        if (!made_at || !systems.is_array() || !operations.is_array())
            return refused("this is no plan: a key is missing or has the wrong type");
        plan.made_at = *made_at;
        plan.new_records = count(json, "new_records");
        plan.reviews = count(json, "reviews");
        plan.conflicts = count(json, "conflicts");
        plan.quarantined = count(json, "quarantined");
        for (const Json& system : systems)
            plan.systems.push_back(read_system_summary(system));
        for (const Json& operation : operations) {
            auto read = read_operation(operation);
            if (!read) return refused("the plan has an operation that this version does not know");
            plan.operations.push_back(*std::move(read));
        }
        return plan;
    } catch (const Json::exception&) {
        return refused("this is no plan: a key is missing or has the wrong type");
    }
}

}  // namespace syncline::codec
