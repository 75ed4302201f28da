#pragma once

#include "sync/run/owed.hpp"
#include "sync/run/read_before_write.hpp"

namespace syncline::sync {

/// Makes the calls, batch by batch: attempts durable, call, settle what was answered, look where
/// the remote did not say what it stored.
void deliver(
    Workbench& bench,
    Station& station,
    Owed owed,
    SystemReport& report,
    Purpose purpose = Purpose::Owed
);

}  // namespace syncline::sync
