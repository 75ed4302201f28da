#pragma once

// Shipped connectors in this process, as their host sees them.

#include "base/assert.hpp"
#include "connect/plugin_library.hpp"
#include "fuzz/fuzz.hpp"
#include "syncline/connector.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace syncline::fuzz {

inline syncline_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string_view view(syncline_str text) {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

inline syncline_plugin load_connector(const std::string& name) {
    const auto folder = std::filesystem::path(BUILD_ROOT) / "lib/connectors";
    const auto library = connect::PluginLibrary::load(folder / (name + ".so"));
    SYNCLINE_ASSERT(library.has_value());
    return library->table();
}

/// An error as a connector gets it to fill in.
inline syncline_error empty_error() {
    syncline_error error{};
    error.struct_size = sizeof error;
    return error;
}

/// What a connector answers is an outcome with a reason; INTERNAL would be a mistake in its code.
inline void expect_outcome(syncline_status status, const syncline_error& error) {
    if (status == SYNCLINE_OK) return;
    SYNCLINE_ASSERT(status != SYNCLINE_E_INTERNAL);
    SYNCLINE_ASSERT(error.status == status);
    SYNCLINE_ASSERT(error.message[0] != '\0');
    SYNCLINE_ASSERT(is_utf8(error.message));
}

}  // namespace syncline::fuzz
