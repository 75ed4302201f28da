#pragma once

#include "syncline/connector.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::sdk {

/// Refuses (CONFIG) settings that are no object or have a key the connector does not know: a
/// misspelt setting must not pass in silence. `where` is the JSON Pointer of the object, for the
/// message.
inline void check_keys(
    const Json& settings, const std::string& where, std::initializer_list<std::string_view> known
) {
    if (!settings.is_object())
        throw Failure(SYNCLINE_E_CONFIG, "settings" + where + " must be an object");
    for (const auto& [key, value] : settings.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::string names;
        for (const std::string_view name : known)
            names += (names.empty() ? "" : ", ") + std::string(name);
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + " has no \"" + key + "\"; there are " + names
        );
    }
}

/// A required text setting.
inline std::string required_text(const Json& settings, const std::string& where, const char* key) {
    const auto found = settings.find(key);
    const std::string* const text =
        found == settings.end() ? nullptr : found->get_ptr<const std::string*>();
    if (text == nullptr || text->empty())
        throw Failure(
            SYNCLINE_E_CONFIG, "settings" + where + "/" + key + " is missing or not a text"
        );
    return *text;
}

/// A text setting that may be left out.
inline std::string text_or(const Json& settings, const char* key, std::string otherwise) {
    const auto found = settings.find(key);
    if (found == settings.end()) return otherwise;
    if (!found->is_string())
        throw Failure(SYNCLINE_E_CONFIG, std::string("settings/") + key + " must be a text");
    return found->get<std::string>();
}

/// A duration such as "500ms", "30s" or "2m", in milliseconds.
inline std::uint32_t milliseconds_or(
    const Json& settings, const char* key, std::uint32_t otherwise
) {
    const std::string text = text_or(settings, key, "");
    if (text.empty()) return otherwise;
    const auto digits = text.find_first_not_of("0123456789");
    const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
    const std::uint32_t scale = unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : 0;
    if (digits == 0 || digits > 6 || scale == 0)
        throw Failure(
            SYNCLINE_E_CONFIG,
            std::string("settings/") + key + " must be a duration such as \"30s\""
        );
    return static_cast<std::uint32_t>(std::stoul(text.substr(0, digits))) * scale;
}

}  // namespace syncline::sdk
