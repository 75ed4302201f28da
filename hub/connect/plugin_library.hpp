#pragma once

#include "base/result.hpp"
#include "syncline/connector.h"

#include <filesystem>
#include <string>

namespace syncline::connect {

/// A connector's shared library, loaded and checked. Never unloaded: thread-local and static
/// destructors of a library crash when it goes away before the process does.
class PluginLibrary {
public:
    /// PluginUnusable, saying precisely what is wrong: no file, not a library, no symbol, another
    /// ABI major, needs a newer host, broken table.
    static Result<PluginLibrary> load(const std::filesystem::path& file);

    /// The host's own copy of the connector's table: members the connector does not know are zero.
    const syncline_plugin& table() const noexcept { return table_; }
    std::string manifest() const;

private:
    PluginLibrary() = default;
    syncline_plugin table_{};
};

}  // namespace syncline::connect
