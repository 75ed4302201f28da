#pragma once

#include "model/delivery.hpp"
#include "sync/run/workbench.hpp"

#include <utility>
#include <vector>

namespace syncline::sync {

/// Creates that were refused because of a record that the system named. One that the hub does not
/// know is looked up: the next association takes it when it fits the customer, and only when it
/// does not is the create refused again. One that it knows is somebody else's: the create is set
/// aside, and a person is asked.
void look_at_duplicates(
    Workbench& bench,
    const Station& station,
    const std::vector<std::pair<Delivery, Receipt>>& refused,
    SystemReport& report
);

}  // namespace syncline::sync
