#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/plan.hpp"

#include <string_view>

namespace syncline::codec {

/// plan.json: ids, versions, operations and keyed digests; no value of any customer.
Json write_plan(const Plan& plan);

/// Reads a plan file. PayloadMalformed when it is not one, or is of another version.
Result<Plan> read_plan(std::string_view text);

}  // namespace syncline::codec
