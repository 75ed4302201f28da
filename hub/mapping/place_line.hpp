#pragma once

#include "mapping/lens.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::mapping {

/// A postal code and the city it is of, on one line of an address.
struct Place {
    Cell postcode;
    Cell city;
};
enum class PlaceOrder : std::uint8_t {
    PostcodeFirst,  ///< "1000 Brussels"
    CityFirst,      ///< "Springfield 62704"
};

/// What a line that holds a place says; one without a postcode is all city. A comma settles what is
/// what where the words alone would mislead: ", 100 Mile House".
Place place_of(std::string_view line, PlaceOrder order);
/// The line that says it, with `separator` between the two.
std::string line_of(const Place& place, PlaceOrder order, std::string_view separator);
/// A line that nobody said is a place, and that cannot well be another thing: neither "10 Downing
/// Street" nor "3rd floor".
bool is_surely_place(std::string_view line, PlaceOrder order);

}  // namespace syncline::mapping
