#pragma once

#include "model/settings.hpp"
#include "sync/run/workbench.hpp"

#include <string>

namespace syncline::sync {

/// What the configuration says of the part that a system takes in customers: its rights, its scope,
/// what follows when one is deleted, and in which direction each field goes. Two systems with equal
/// texts are owed the same of a customer whom they know equally well.
std::string terms_of(const SystemSetting& system);

/// What is owed of every customer is derived again, by the next delivery.
void derive_all_again(Workbench& bench);

}  // namespace syncline::sync
