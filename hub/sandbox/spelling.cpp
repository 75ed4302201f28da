#include "sandbox/spelling.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace syncline::sandbox {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 21> kAccents{{
    {"à", "a"},  {"â", "a"}, {"ä", "a"}, {"ç", "c"}, {"é", "e"}, {"è", "e"}, {"ê", "e"},
    {"ë", "e"},  {"î", "i"}, {"ï", "i"}, {"ô", "o"}, {"ö", "o"}, {"û", "u"}, {"ü", "u"},
    {"ß", "ss"}, {"À", "A"}, {"É", "E"}, {"È", "E"}, {"Ö", "O"}, {"Ü", "U"}, {"Ä", "A"},
}};
constexpr std::array<Pair, 5> kStreetWords{{
    {"straat", "str."},
    {"straße", "str."},
    {"Avenue", "Av."},
    {"avenue", "av."},
    {"Boulevard", "Bd"},
}};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

/// "2234567" -> "223 45 67": pairs from the right, a group of three when one digit is left over.
std::string grouped(std::string_view digits, char separator) {
    std::string text;
    while (digits.size() > 3) {
        text.insert(0, separator + std::string(digits.substr(digits.size() - 2)));
        digits.remove_suffix(2);
    }
    return std::string(digits) + text;
}

}  // namespace

std::string plain_letters(std::string_view text) {
    std::string result(text);
    for (const auto& [accented, plain] : kAccents)
        result = replaced(std::move(result), accented, plain);
    return result;
}

std::string lower_plain(std::string_view text) {
    return ascii_lower(plain_letters(text));
}

std::string capitals(std::string_view text) {
    std::string result = plain_letters(text);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

std::string other_form(std::string_view legal_form) {
    if (legal_form.find('.') != std::string_view::npos)
        return replaced(std::string(legal_form), ".", "");
    std::string dotted;
    for (const char c : legal_form) {
        if (c < 'A' || c > 'Z') return std::string(legal_form);  // "GmbH" has no other spelling
        dotted += c;
        dotted += '.';
    }
    return dotted;
}

std::string short_street(std::string_view street) {
    for (const auto& [whole, shortened] : kStreetWords) {
        if (street.find(whole) != std::string_view::npos)
            return replaced(std::string(street), whole, shortened);
    }
    return std::string(street);
}

std::string slip(std::string_view name) {
    const std::string plain = plain_letters(name);
    const std::size_t word = plain.rfind(' ') + 1;
    const std::size_t middle = word + (plain.size() - word) / 2;
    std::string result = plain;
    if (middle > word) std::swap(result[middle - 1], result[middle]);
    return result;
}

std::string e164(const PhoneNumber& phone) {
    return '+' + phone.dialling_code + phone.area_code + phone.rest;
}

std::string written(const PhoneNumber& phone, PhoneStyle style) {
    if (phone.empty()) return {};
    const std::string national = '0' + phone.area_code;
    const std::string abroad = phone.dialling_code + ' ' + phone.area_code + ' ';
    switch (style) {
        case PhoneStyle::International:
            return '+' + abroad + grouped(phone.rest, ' ');
        case PhoneStyle::DoubleZero:
            return "00" + abroad + phone.rest;
        case PhoneStyle::Slash:
            return national + '/' + grouped(phone.rest, '.');
        case PhoneStyle::Spaces:
            return national + ' ' + grouped(phone.rest, ' ');
        case PhoneStyle::Digits:
            return national + phone.rest;
    }
    SYNCLINE_ASSERT(false);
}

std::string printed_vat(std::string_view vat) {
    if (vat.size() < 3) return std::string(vat);
    const std::string prefix = std::string(vat.substr(0, 2)) + ' ';
    if (!vat.starts_with("BE") || vat.size() != 12) return prefix + std::string(vat.substr(2));
    return prefix + std::string(vat.substr(2, 4)) + '.' + std::string(vat.substr(6, 3)) + '.' +
           std::string(vat.substr(9));
}

std::string_view english_country(std::string_view code) {
    if (code == "BE") return "Belgium";
    if (code == "NL") return "Netherlands";
    if (code == "FR") return "France";
    SYNCLINE_ASSERT(code == "DE");
    return "Germany";
}

}  // namespace syncline::sandbox
