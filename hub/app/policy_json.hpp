#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/settings.hpp"

namespace syncline::app {

/// A policy as hub.json has it: an object, its `otherwise` as short as it can be.
codec::Json policy_json(const PolicySetting& policy);

/// The same back, without its pattern: for requests to a running hub. UsageInvalid.
Result<PolicySetting> read_policy(const codec::Json& json);

}  // namespace syncline::app
