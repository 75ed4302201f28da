#pragma once

#include <span>
#include <string_view>

namespace syncline::sandbox {

/// A town with what its addresses and phone numbers begin with.
struct Town {
    std::string_view name;
    std::string_view postcode;
    std::string_view area_code;  ///< without the trunk zero; "" where numbers have none
};

/// Where people share a country, a language and the words on their shop signs.
struct Region {
    std::string_view country;
    std::string_view dialling_code;
    std::string_view mobile_code;
    unsigned mobile_digits = 0;  ///< behind the mobile code
    unsigned phone_digits = 0;   ///< of a whole number without the trunk zero
    unsigned share = 0;          ///< customers in a hundred
    std::span<const std::string_view> trades;
    std::span<const std::string_view> surnames;
    std::span<const std::string_view> first_names;
    std::span<const std::string_view> streets;  ///< "#" stands for the house number
    std::span<const std::string_view> legal_forms;
    std::span<const Town> towns;
};

/// The regions of the demo. Their shares add up to 100.
std::span<const Region> regions();

}  // namespace syncline::sandbox
