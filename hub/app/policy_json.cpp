#include "app/policy_json.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::array<std::pair<PolicyKind, std::string_view>, 5> kWords{
    {{PolicyKind::Authority, "authority"},
     {PolicyKind::Newest, "newest"},
     {PolicyKind::Keep, "keep"},
     {PolicyKind::Union, "union"},
     {PolicyKind::Review, "review"}}};

}  // namespace

Json policy_json(const PolicySetting& policy) {
    Json json = Json::object();
    for (const auto& [kind, word] : kWords) {
        if (kind == policy.kind) json["policy"] = word;
    }
    for (const SystemId& system : policy.systems)
        json["systems"].push_back(system.text());
    if (policy.otherwise) {
        const Json otherwise = policy_json(*policy.otherwise);
        json["otherwise"] = otherwise.size() == 1 ? otherwise["policy"] : otherwise;
    }
    if (policy.on_undecided)
        json["on_undecided"] = *policy.on_undecided == Undecided::Order ? "order" : "review";
    return json;
}

Result<PolicySetting> read_policy(const Json& json) {
    const Json words = json.is_string() ? Json{{"policy", json}} : json;
    PolicySetting policy;
    const auto named = words.at("policy").get<std::string>();
    bool is_known = false;
    for (const auto& [kind, word] : kWords) {
        if (word != named) continue;
        policy.kind = kind;
        is_known = true;
    }
    if (!is_known)
        return Error{
            ErrorCode::UsageInvalid, Remedy::Reject, "policy", "there is no policy " + named};
    if (words.contains("systems")) {
        for (const Json& system : words["systems"])
            policy.systems.emplace_back(system.get<std::string>());
    }
    if (words.contains("otherwise")) {
        SYNCLINE_TRY(PolicySetting otherwise, read_policy(words["otherwise"]));
        policy.otherwise = std::make_shared<const PolicySetting>(std::move(otherwise));
    }
    if (words.contains("on_undecided"))
        policy.on_undecided =
            words["on_undecided"] == "order" ? Undecided::Order : Undecided::Review;
    return policy;
}

}  // namespace syncline::app
