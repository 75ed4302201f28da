#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"
#include "store/store.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/core/rules.hpp"

#include <string>

namespace syncline::app {

/// Why a field of a customer has its value: source, time, rule, what lost, and how it stands in
/// each system. As a document and as text for people.
struct Explanation {
    codec::Json document;
    std::string text;
};

/// NotFound, with the nearest path, when no system maps the field.
Result<Explanation> explain_field(
    const sync::Rules& rules,
    const sync::Aggregate& aggregate,
    store::Store& store,
    const std::string& path
);

}  // namespace syncline::app
