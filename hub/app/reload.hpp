#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "model/settings.hpp"

namespace syncline::app {

/// Reads the configuration that a running hub is to go on with instead of `now`, and checks it as
/// `config validate` does. ConfigInvalid where it cannot be used, or changes what a hub has open:
/// its name, store or root key.
Result<HubSetting> read_successor(const Places& places, const HubSetting& now);

}  // namespace syncline::app
