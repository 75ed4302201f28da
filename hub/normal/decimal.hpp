#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::normal {

/// Decimal numbers as text: no digit ever passes through a double. Pure; any thread.

/// Plain digits with '.', no exponent, no needless zero: "+01.50" and "15e-1" are "1.5", "-0" is
/// "0". Nothing when `text` is not a number of at most 40 digits on either side of the point.
std::optional<std::string> plain_decimal(std::string_view text);
/// Whole units of 10^-digits, rounded half away from zero: ("19.99", 2) -> "1999". `decimal` is
/// plain.
std::string scaled_up(std::string_view decimal, unsigned digits);
/// The reverse, always with `digits` decimals: ("1999", 2) -> "19.99". `units` is a plain integer.
std::string scaled_down(std::string_view units, unsigned digits);
/// Decimals of a currency (ISO 4217): 2 for EUR, 0 for JPY; nothing when it is no currency code.
std::optional<unsigned> currency_digits(std::string_view currency);

}  // namespace syncline::normal
