#pragma once

#include "sandbox/dice.hpp"

#include <string>
#include <string_view>

namespace syncline::sandbox {

/// An invented VAT number of BE, NL, FR or DE with its prefix and right check digits.
/// @pre `country` is one of these
std::string invent_vat_number(std::string_view country, Dice& dice);
/// The Belgian number with these eight digits ("04567123" -> "BE0456712325").
std::string belgian_vat_number(std::string_view eight_digits);

}  // namespace syncline::sandbox
