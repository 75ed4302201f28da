#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncline::normal {

/// E.164 of a number as people write it ("02/501 02 11", "0032 2 5010211"), or nothing when it
/// cannot be a number. `default_country` reads numbers without a country prefix.
std::optional<std::string> phone_e164(std::string_view text, std::string_view default_country);
/// How people in its own country write an E.164 number: "02 501 02 11".
std::string phone_national(std::string_view e164);
/// How people abroad write it: "+32 2 501 02 11".
std::string phone_international(std::string_view e164);

}  // namespace syncline::normal
