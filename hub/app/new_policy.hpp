#pragma once

#include "base/result.hpp"
#include "model/field.hpp"
#include "model/settings.hpp"
#include "sync/core/decide_by_hand.hpp"

#include <string>

namespace syncline::app {

/// The policy that makes an answer to one conflict the rule for all fields of `pattern` (a path, or
/// "phones.*"): a system's value makes it the first authority, what stands `keep`, a policy itself.
/// What decided the field before goes on deciding where the rule says nothing. UsageInvalid for a
/// value that was typed, and where another policy names the field more exactly.
Result<PolicySetting> policy_from(
    const HubSetting& hub,
    const Field& field,
    const std::string& pattern,
    const sync::ValueAnswer& answer
);

/// The policies of a hub with this one, in the place of one for the same pattern.
std::vector<PolicySetting> with_policy(const HubSetting& hub, const PolicySetting& policy);

/// The text of hub.json with the policy, everything else as its author left it.
Result<std::string> with_policy(const std::string& hub_file, const PolicySetting& policy);

}  // namespace syncline::app
