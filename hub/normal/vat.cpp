#include "normal/vat.hpp"

#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace syncline::normal {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

/// A country's numbers as people write them without prefix: '9' a digit, 'A' a letter, '*' either.
struct Form {
    std::string_view country;
    std::string_view prefix;
    std::string_view shape;
    std::string_view fill;  ///< what the old, shorter form lacks
};
constexpr std::array kForms{
    Form{"AT", "AT", "A99999999", ""},
    Form{"BE", "BE", "9999999999", ""},
    Form{"BE", "BE", "999999999", "0"},
    Form{"CH", "", "AAA999999999", ""},
    Form{"DE", "DE", "999999999", ""},
    Form{"DK", "DK", "99999999", ""},
    Form{"ES", "ES", "*9999999*", ""},
    Form{"FI", "FI", "99999999", ""},
    Form{"FR", "FR", "99999999999", ""},
    Form{"GB", "GB", "999999999", ""},
    Form{"IT", "IT", "99999999999", ""},
    Form{"LU", "LU", "99999999", ""},
    Form{"NL", "NL", "999999999A99", ""},
    Form{"PL", "PL", "9999999999", ""},
    Form{"PT", "PT", "999999999", ""},
    Form{"SE", "SE", "999999999999", ""},
};

bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool fits = shape[i] == '9'   ? is_digit(text[i])
                          : shape[i] == 'A' ? is_letter(text[i])
                                            : is_digit(text[i]) || is_letter(text[i]);
        if (!fits) return false;
    }
    return true;
}

bool is_vat_shape(std::string_view text) {
    if (text.size() < 4 || text.size() > 15 || !is_letter(text[0]) || !is_letter(text[1]))
        return false;
    const std::string_view number = text.substr(2);
    return std::all_of(
               number.begin(), number.end(), [](char c) { return is_digit(c) || is_letter(c); }
           ) &&
           std::any_of(number.begin(), number.end(), is_digit);
}

/// "TVA BE 0123.456.749" is how invoices print it; "CHE-123.456.789 MWST" in Switzerland.
std::string without_words(std::string bare) {
    while (bare.starts_with("TVA") || bare.starts_with("BTW") || bare.starts_with("VAT"))
        bare.erase(0, 3);
    if (bare.starts_with("CHE") && bare.ends_with("MWST")) bare.resize(bare.size() - 4);
    return bare;
}

/// Belgium's old form had nine digits; today's has a zero before them.
std::string modern(std::string number) {
    if (number.starts_with("BE") && has_shape(std::string_view(number).substr(2), "999999999"))
        number.insert(2, 1, '0');
    return number;
}

}  // namespace

std::optional<std::string> vat_number(std::string_view text, std::string_view default_country) {
    const std::string bare = without_words(letters_and_digits(upper_case(text)));
    for (const Form& form : kForms) {
        if (form.country == default_country && has_shape(bare, form.shape))
            return std::string(form.prefix) + std::string(form.fill) + bare;
    }
    if (!is_vat_shape(bare)) return std::nullopt;
    return modern(std::move(bare));
}

}  // namespace syncline::normal
