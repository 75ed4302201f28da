#pragma once

#include "sandbox/rt_desk.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::sandbox {

/// The tail of a SELECT ("WHERE … ORDER BY … LIMIT …") and the values of its parameters.
struct RtSql {
    std::string where;
    std::string order_and_page;
    std::vector<std::string> values;
};

/// What a collection lets clients search and order by. Names of columns, not of aliases.
struct RtSearchable {
    std::span<const std::string_view> searched;  ///< conditions on others are ignored in silence
    std::span<const std::string_view> ordered;
    std::string_view default_order;
    std::string_view always;  ///< a condition that each search has; "" = none
};

/// Translates a search as Request Tracker does: several conditions on one field are alternatives
/// unless they say otherwise, fields among each other must all hold, an operator that SQL does not
/// know finds nothing.
RtSql translate(const RtSearch& search, const RtSearchable& collection);

}  // namespace syncline::sandbox
