#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/catalogue.hpp"
#include "model/settings.hpp"

#include <filesystem>

namespace syncline::codec {

/// Reads `folder`/hub.json and the system files it names (docs/reference/configuration.md).
///
/// Refuses (ConfigInvalid) unknown keys, wrong types, unknown canonical paths and names of systems,
/// two systems of one name. `where` and `detail` tell the first mistake as file:line with its JSON
/// Pointer; further ones follow in `detail`, one a line. Relative paths are made absolute against
/// the folder of the file that has them; a connector's own settings stay as they are.
Result<HubSetting> read_configuration(
    const std::filesystem::path& folder, const Catalogue& catalogue
);

}  // namespace syncline::codec
