#pragma once

#include "codec/json.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::codec {

/// One file of a configuration, with every setting written out, those left to their default too.
struct ExportedFile {
    std::string name;              ///< "hub.json", "systems/erp.json": from the folder of the hub
    std::filesystem::path source;  ///< the file it was read from
    Json document;
};

/// The files that say what `hub` says: read_configuration() of them, in the same folder, gives an
/// equal setting. References to secrets stay references; comments are lost. `folder` holds the
/// hub.json that `hub` was read from; places inside it are told relative to it. The first file is
/// hub.json.
std::vector<ExportedFile> export_configuration(
    const HubSetting& hub, const std::filesystem::path& folder
);

/// One setting of a configuration, and who gave it its value.
struct EffectiveSetting {
    std::string file;     ///< ExportedFile::name
    std::string pointer;  ///< JSON Pointer (RFC 6901) in it
    Json value;           ///< a scalar, or a list of scalars
    std::string from;     ///< "systems/erp.json:12"; "default"
};

/// Every setting of the exported files, in their order. The files they were read from are read once
/// more for the lines; one that does not parse any more names no lines.
std::vector<EffectiveSetting> effective_settings(
    const std::vector<ExportedFile>& files, const std::filesystem::path& folder
);

}  // namespace syncline::codec
