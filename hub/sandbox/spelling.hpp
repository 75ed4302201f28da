#pragma once

#include "sandbox/people.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::sandbox {

/// The ways in which different programs and people write the same thing.

/// Without accents: "Gérard" -> "Gerard".
std::string plain_letters(std::string_view text);
/// The same in lower case.
std::string lower_plain(std::string_view text);
/// As a program that knows capitals only prints it: "GERARD".
std::string capitals(std::string_view text);
/// "NV" -> "N.V."; "B.V." -> "BV".
std::string other_form(std::string_view legal_form);
/// "Kerkstraat 12" -> "Kerkstr. 12"; a street without a usual abbreviation stays.
std::string short_street(std::string_view street);
/// Two letters in the middle of the last word change places: a typist's slip.
std::string slip(std::string_view name);

/// "+3292234567"
std::string e164(const PhoneNumber& phone);
enum class PhoneStyle : std::uint8_t {
    International,  ///< +32 9 223 45 67
    DoubleZero,     ///< 0032 9 2234567
    Slash,          ///< 09/223.45.67
    Spaces,         ///< 09 223 45 67
    Digits,         ///< 092234567
};
/// "" for no number.
std::string written(const PhoneNumber& phone, PhoneStyle style);

/// "BE0456712325" -> "BE 0456.712.325"; other countries' numbers with a space behind the prefix.
std::string printed_vat(std::string_view vat);
/// "BE" -> "Belgium". @pre one of the demo's countries
std::string_view english_country(std::string_view code);

}  // namespace syncline::sandbox
