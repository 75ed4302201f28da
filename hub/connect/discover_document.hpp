#pragma once

#include "base/result.hpp"
#include "connect/connection.hpp"

#include <string>
#include <string_view>

namespace syncline::connect {

/// What a connector's discover document (docs/reference/connector-discover.md) says about one
/// entity. PluginUnusable for a document of the wrong shape or without that entity.
Result<Capabilities> read_discover_document(
    std::string_view document, const std::string& entity, const std::string& where
);

}  // namespace syncline::connect
