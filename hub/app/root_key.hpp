#pragma once

#include "base/result.hpp"
#include "model/settings.hpp"
#include "vault/root_key.hpp"

#include <cstdint>
#include <string>

namespace syncline::app {

enum class RootKeyUse : std::uint8_t {
    First,  ///< keys are made under it: a typed passphrase is asked for twice
    Again,
};

/// What the keys of a hub are opened with: its root key file, or its passphrase, read where the
/// configuration says. Where that is not set, and for "ask", the person at the terminal is asked,
/// once in the life of the process. KeyMissing when there is no person; ConfigInvalid when the
/// place of the passphrase cannot be read.
Result<vault::RootKeySource> root_key_of(const HubSetting& hub, RootKeyUse use = RootKeyUse::Again);

/// "/srv/hub/root.key", "its passphrase": for sentences about what opens a hub.
std::string root_key_text(const HubSetting& hub);

}  // namespace syncline::app
