#include "app/new_policy.hpp"

#include "app/policy_json.hpp"
#include "codec/edit_json.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

/// In front of those who have a say already; nobody of them: what decided so far.
PolicySetting authority_of(const SystemId& system, const PolicySetting& before) {
    PolicySetting policy;
    policy.kind = PolicyKind::Authority;
    policy.systems.push_back(system);
    if (before.kind == PolicyKind::Authority) {
        for (const SystemId& other : before.systems) {
            if (other != system) policy.systems.push_back(other);
        }
        policy.otherwise = before.otherwise;
        return policy;
    }
    PolicySetting otherwise = before;
    otherwise.pattern.clear();
    policy.otherwise = std::make_shared<const PolicySetting>(std::move(otherwise));
    return policy;
}

}  // namespace

Result<PolicySetting> policy_from(
    const HubSetting& hub,
    const Field& field,
    const std::string& pattern,
    const sync::ValueAnswer& answer
) {
    const PolicySetting& before = sync::policy_of(field, hub.policies);
    PolicySetting policy;
    switch (answer.kind) {
        case sync::ValueAnswer::Kind::System:
            policy = authority_of(answer.system, before);
            break;
        case sync::ValueAnswer::Kind::Standing:
            policy.kind = PolicyKind::Keep;
            break;
        case sync::ValueAnswer::Kind::Policy:
            policy = answer.policy;
            break;
        case sync::ValueAnswer::Kind::Value:
            return Error{
                ErrorCode::UsageInvalid,
                Remedy::Reject,
                "--make-rule",
                "a value is the answer to one question and no rule; use --take SYSTEM, --newest or "
                "--standing"};
    }
    policy.pattern = pattern;
    const auto policies = with_policy(hub, policy);
    const PolicySetting& deciding = sync::policy_of(field, policies);
    if (deciding.pattern != pattern)
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "--for " + pattern,
            "it would not decide " + field.path +
                (deciding.pattern.empty() ? "" : ", which \"" + deciding.pattern + "\" names") +
                "; use --for " + (deciding.pattern.empty() ? field.path : deciding.pattern)};
    return policy;
}

std::vector<PolicySetting> with_policy(const HubSetting& hub, const PolicySetting& policy) {
    std::vector<PolicySetting> policies;
    for (const PolicySetting& other : hub.policies) {
        if (other.pattern != policy.pattern) policies.push_back(other);
    }
    policies.push_back(policy);
    return policies;
}

Result<std::string> with_policy(const std::string& hub_file, const PolicySetting& policy) {
    SYNCLINE_TRY(const Json document, codec::parse_json_with_comments(hub_file));
    std::string text = hub_file;
    if (!document.contains("policies")) {
        SYNCLINE_TRY(text, codec::set_member(text, "", "policies", Json::object()));
    }
    return codec::set_member(text, "/policies", policy.pattern, policy_json(policy));
}

}  // namespace syncline::app
