#pragma once

#include "codec/setting_reader.hpp"
#include "model/catalogue.hpp"
#include "model/settings.hpp"

namespace syncline::codec {

/// Reads one system file. Problems are noted in `file`.
SystemSetting read_system(SettingFile& file, const Catalogue& catalogue);

/// Refuses a path that the catalogue does not know, with the nearest one. `node` holds the path.
void check_path(const SettingNode& node, const std::string& path, const Catalogue& catalogue);

/// Refuses what is no ISO 3166-1 alpha-2 code in its form.
void check_country(const SettingNode& node, const std::string& code);

}  // namespace syncline::codec
