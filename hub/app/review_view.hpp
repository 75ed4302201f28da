#pragma once

#include "app/workspace.hpp"
#include "codec/json.hpp"
#include "model/case.hpp"

#include <string>
#include <vector>

namespace syncline::app {

/// What a person decides a review on.
struct ReviewView {
    codec::Json document;               ///< as `reviews show` gives it
    std::string text;                   ///< the record and each candidate, field by field
    std::vector<CustomerId> customers;  ///< whom it may be: number 1 first
};

ReviewView view_of(Workspace& workspace, const Case& review);

}  // namespace syncline::app
