#pragma once

#include "sync/run/workbench.hpp"

#include <vector>

namespace syncline::sync {

/// Leaves of deliveries those that are owed as they are by what is stored now. To be asked when
/// others had their turn since they were derived; what is left out is derived anew by the next
/// pass, and counted in `report`.
std::vector<Delivery> still_owed(
    Workbench& bench, const Station& station, std::vector<Delivery> deliveries, SystemReport& report
);

}  // namespace syncline::sync
