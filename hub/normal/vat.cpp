#include "normal/vat.hpp"

#include "normal/country.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace syncline::normal {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

/// What follows the prefix in a country's numbers: '9' is a digit, '@' a letter, '#' either,
/// '~' a letter or one of Ireland's marks, '?' a digit that may lack; the rest is itself.
struct Form {
    std::string_view country;  ///< whose people leave the prefix out; "" = nobody does
    std::string_view prefix;
    std::string_view shape;
    std::string_view fill = "";  ///< what the old, shorter form lacks
};
constexpr std::array kForms{
    Form{"AT", "AT", "U99999999"},
    Form{"BE", "BE", "9999999999"},
    Form{"BE", "BE", "999999999", "0"},
    Form{"BG", "BG", "999999999?"},
    Form{"CH", "CHE", "999999999"},
    Form{"CY", "CY", "99999999@"},
    Form{"CZ", "CZ", "99999999??"},
    Form{"DE", "DE", "999999999"},
    Form{"DK", "DK", "99999999"},
    Form{"EE", "EE", "999999999"},
    Form{"ES", "ES", "#9999999#"},
    Form{"", "EU", "999999999"},
    Form{"FI", "FI", "99999999"},
    Form{"FR", "FR", "99999999999"},
    Form{"", "FR", "##999999999"},
    Form{"GB", "GB", "999999999"},
    Form{"GB", "GB", "999999999999"},
    Form{"GB", "GB", "GD999"},
    Form{"GB", "GB", "HA999"},
    Form{"GR", "EL", "999999999"},
    Form{"HR", "HR", "99999999999"},
    Form{"HU", "HU", "99999999"},
    Form{"IE", "IE", "9999999@"},
    Form{"IE", "IE", "9999999@@"},
    Form{"IE", "IE", "9~99999@"},
    Form{"IT", "IT", "99999999999"},
    Form{"LT", "LT", "999999999"},
    Form{"LT", "LT", "999999999999"},
    Form{"LU", "LU", "99999999"},
    Form{"LV", "LV", "99999999999"},
    Form{"MT", "MT", "99999999"},
    Form{"NL", "NL", "999999999@99"},
    Form{"NO", "NO", "999999999"},
    Form{"PL", "PL", "9999999999"},
    Form{"PT", "PT", "999999999"},
    Form{"RO", "RO", "99????????"},
    Form{"SE", "SE", "999999999999"},
    Form{"SI", "SI", "99999999"},
    Form{"SK", "SK", "9999999999"},
    Form{"", "XI", "999999999"},
    Form{"", "XI", "999999999999"},
    Form{"", "XI", "GD999"},
    Form{"", "XI", "HA999"},
};

/// What people write before a number, and after those words: "USt-IdNr.", "VAT No", "BTW-nummer".
constexpr std::array<std::string_view, 11> kTaxWords{
    "PARTITAIVA", "PIVA", "MWST", "BTW", "CIF", "IVA", "NIF", "TVA", "UID", "UST", "VAT"};
constexpr std::array<std::string_view, 5> kNumberWords{"NUMMER", "NUMBER", "ID", "NR", "NO"};
/// What Switzerland and Norway print after it.
constexpr std::array<std::string_view, 4> kEndWords{"MWST", "TVA", "IVA", "MVA"};

bool fits(char c, char wanted) {
    switch (wanted) {
        case '9':
            return is_digit(c);
        case '@':
            return is_letter(c);
        case '#':
            return is_digit(c) || is_letter(c);
        case '~':
            return is_letter(c) || c == '+' || c == '*';
        case '?':
            return is_digit(c);
        default:
            return c == wanted;
    }
}

bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() > shape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!fits(text[i], shape[i])) return false;
    }
    return shape.substr(text.size()).find_first_not_of('?') == std::string_view::npos;
}

bool drop_start(std::string_view& text, std::span<const std::string_view> words) {
    for (const std::string_view word : words) {
        if (!text.starts_with(word)) continue;
        text.remove_prefix(word.size());
        return true;
    }
    return false;
}

std::string_view without_words_before(std::string_view text) {
    while (drop_start(text, kTaxWords)) {
        while (drop_start(text, kNumberWords)) {
        }
    }
    return text;
}

std::string_view without_word_after(std::string_view text) {
    for (const std::string_view word : kEndWords) {
        if (text.ends_with(word)) return text.substr(0, text.size() - word.size());
    }
    return text;
}

/// The number that has the form of a country we know.
std::optional<std::string> known(std::string_view bare, std::string_view default_country) {
    for (const Form& form : kForms) {
        std::string_view number = bare;
        const bool has_prefix =
            bare.starts_with(form.prefix) && has_shape(bare.substr(form.prefix.size()), form.shape);
        if (has_prefix) number.remove_prefix(form.prefix.size());
        const bool at_home = !form.country.empty() && form.country == default_country;
        if (has_prefix || (at_home && has_shape(bare, form.shape)))
            return std::string(form.prefix) + std::string(form.fill) + std::string(number);
    }
    return std::nullopt;
}

bool has_word(std::string_view text) {
    constexpr std::size_t kLongest = 4;  ///< letters in a row: Mexico's numbers begin so
    std::size_t letters = 0;
    for (const char c : text) {
        letters = is_letter(c) ? letters + 1 : 0;
        if (letters > kLongest) return true;
    }
    return false;
}

/// Of another country's numbers no more is asked than that they look like one and not like words.
bool is_foreign(std::string_view text) {
    if (text.size() < 4 || text.size() > 15 || !is_country_code(text.substr(0, 2))) return false;
    const bool has_form = std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) {
        return form.prefix.substr(0, 2) == text.substr(0, 2);
    });
    const std::string_view number = text.substr(2);
    const auto digits = std::count_if(number.begin(), number.end(), is_digit);
    const auto letters = std::count_if(number.begin(), number.end(), is_letter);
    constexpr std::ptrdiff_t kFewest = 5;
    return !has_form && digits + letters == static_cast<std::ptrdiff_t>(number.size()) &&
           digits >= kFewest && digits > letters && !has_word(number);
}

}  // namespace

std::string vat_characters(std::string_view text) {
    const std::string upper = upper_case(text);
    std::string kept;
    for (std::string_view rest = upper; !rest.empty();) {
        const auto mark = rest.find_first_of("+*");
        kept += letters_and_digits(rest.substr(0, mark));
        if (mark == std::string_view::npos) break;
        // "IE9+99999A": Ireland's marks stand after one digit.
        const bool after_digit = !kept.empty() && is_digit(kept.back()) &&
                                 (kept.size() == 1 || is_letter(kept[kept.size() - 2]));
        if (after_digit) kept += rest[mark];
        rest.remove_prefix(mark + 1);
    }
    return kept;
}

std::optional<std::string> vat_number(std::string_view text, std::string_view default_country) {
    const std::string characters = vat_characters(text);
    std::string bare(without_words_before(characters));
    // Greece has another prefix for taxes than its code.
    if (bare.starts_with("GR")) bare.replace(0, 2, "EL");
    if (auto number = known(bare, default_country)) return number;
    if (auto number = known(without_word_after(bare), default_country)) return number;
    if (is_foreign(bare)) return bare;
    return std::nullopt;
}

}  // namespace syncline::normal
