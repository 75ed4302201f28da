#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "model/settings.hpp"
#include "vault/vault.hpp"

#include <filesystem>

namespace syncline::app {

/// What backups need of a hub: its configuration and its keys. hub.db is not opened.
struct HubKeys {
    HubSetting hub;
    vault::Vault vault;
};

/// Opens the keys of a hub; with a name in `copy`, those of a copy of the keys instead.
/// ConfigInvalid, KeyMissing, … as the parts say.
Result<HubKeys> open_keys(const Places& places, const std::filesystem::path& copy, Clock& clock);

}  // namespace syncline::app
