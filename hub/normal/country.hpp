#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {

/// A code of ISO 3166-1 alpha-2 that a country has, in capitals (Kosovo's XK too). Not those of
/// unions ("EU") or of nothing ("ZZ").
bool is_country_code(std::string_view code);
/// All of them.
const std::vector<std::string>& country_codes();
/// The ISO 3166-1 alpha-2 code of a code or of a country's name in `language` (also accepts English
/// and the country's own common names); nothing when unknown. Case and accents do not count.
std::optional<std::string> country_code(std::string_view text, std::string_view language);
/// The name of a country in a language: ("BE", "en") -> "Belgium". Empty when the code is unknown.
std::string country_name(std::string_view code, std::string_view language);

}  // namespace syncline::normal
