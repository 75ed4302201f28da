#pragma once

// Numbers whose digits must not pass through a double.

#include "syncline/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace syncline::sdk {

/// Does a double keep these digits, whatever they are? Up to 15 of them; also one that is written
/// with an exponent, which comes from a double.
inline bool fits_double(std::string_view number) noexcept {
    constexpr std::size_t kDigits = 15;
    const auto first = number.find_first_of("123456789");
    if (first == std::string_view::npos) return true;
    if (number.find_first_of("eE") != std::string_view::npos) return true;
    std::size_t digits = 0;
    for (const char c : number.substr(first))
        digits += c != '.' ? 1U : 0U;
    return digits <= kDigits;
}

/// Takes a number that is not whole, and has more digits than a double keeps, as a text.
class ExactNumbers : public nlohmann::detail::json_sax_dom_parser<Json> {
public:
    explicit ExactNumbers(Json& out) : json_sax_dom_parser(out, /*allow_exceptions=*/false) {}
    bool number_float(double value, const std::string& digits) {
        if (fits_double(digits)) return json_sax_dom_parser::number_float(value, digits);
        std::string text = digits;
        return string(text);
    }
};

/// JSON from the host; discarded when it is none.
inline Json parse_exact(std::string_view text) {
    Json root;
    ExactNumbers numbers(root);
    if (!Json::sax_parse(text, &numbers)) return Json(Json::value_t::discarded);
    return root;
}

}  // namespace syncline::sdk
