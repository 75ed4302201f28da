#include "normal/decimal.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

namespace syncline::normal {
namespace {

constexpr std::size_t kMaxDigits = 40;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_digit);
}

/// The exponent after an 'e', cut from `text`. Nothing when it is malformed or absurd.
std::optional<int> take_exponent(std::string_view& text) {
    const auto at = text.find_first_of("eE");
    if (at == std::string_view::npos) return 0;
    std::string_view digits = text.substr(at + 1);
    text = text.substr(0, at);
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 2 || !all_digits(digits)) return std::nullopt;
    int exponent = 0;
    for (const char c : digits)
        exponent = exponent * 10 + (c - '0');
    return negative ? -exponent : exponent;
}

/// Moves the point of whole.fraction by `exponent` places to the right.
void move_point(std::string& whole, std::string& fraction, int exponent) {
    for (; exponent > 0; --exponent) {
        whole += fraction.empty() ? '0' : fraction.front();
        if (!fraction.empty()) fraction.erase(0, 1);
    }
    for (; exponent < 0; ++exponent) {
        fraction.insert(0, 1, whole.empty() ? '0' : whole.back());
        if (!whole.empty()) whole.pop_back();
    }
}

std::string without_leading_zeros(std::string_view digits) {
    const auto first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

std::string with_sign(bool negative, std::string magnitude) {
    return negative && magnitude != "0" ? "-" + magnitude : magnitude;
}

std::string plus_one(std::string digits) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        if (digits[i] != '9') {
            ++digits[i];
            return digits;
        }
        digits[i] = '0';
    }
    return "1" + digits;
}

}  // namespace

std::optional<std::string> plain_decimal(std::string_view text) {
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::optional<int> exponent = take_exponent(text);
    if (!exponent) return std::nullopt;
    const auto point = text.find('.');
    std::string whole(text.substr(0, point));
    std::string fraction(point == std::string_view::npos ? "" : text.substr(point + 1));
    if (whole.empty() && fraction.empty()) return std::nullopt;
    if (!all_digits(whole) || !all_digits(fraction)) return std::nullopt;
    if (whole.size() > kMaxDigits || fraction.size() > kMaxDigits) return std::nullopt;
    move_point(whole, fraction, *exponent);
    whole = without_leading_zeros(whole);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (whole.size() > kMaxDigits || fraction.size() > kMaxDigits) return std::nullopt;
    if (!fraction.empty()) whole += "." + fraction;
    return with_sign(negative, std::move(whole));
}

std::string scaled_up(std::string_view decimal, unsigned digits) {
    const bool negative = decimal.starts_with('-');
    if (negative) decimal.remove_prefix(1);
    const auto point = decimal.find('.');
    std::string units(decimal.substr(0, point));
    std::string fraction(point == std::string_view::npos ? "" : decimal.substr(point + 1));
    const bool rounds_up = fraction.size() > digits && fraction[digits] >= '5';
    fraction.resize(digits, '0');
    units = without_leading_zeros(units + fraction);
    return with_sign(negative, rounds_up ? plus_one(std::move(units)) : std::move(units));
}

std::string scaled_down(std::string_view units, unsigned digits) {
    const bool negative = units.starts_with('-');
    if (negative) units.remove_prefix(1);
    std::string text(units);
    if (digits == 0) return with_sign(negative, std::move(text));
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    text.insert(text.size() - digits, ".");
    return with_sign(negative, std::move(text));
}

std::optional<unsigned> currency_digits(std::string_view currency) {
    const bool is_code =
        currency.size() == 3 &&
        std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!is_code) return std::nullopt;
    icu::UnicodeString code = icu::UnicodeString::fromUTF8(icu::StringPiece(currency.data(), 3));
    UErrorCode status = U_ZERO_ERROR;
    // ICU answers 2 for any three letters, so whether it is a currency is asked apart.
    const std::int32_t number = ucurr_getNumericCode(code.getTerminatedBuffer());
    const std::int32_t digits = ucurr_getDefaultFractionDigits(code.getTerminatedBuffer(), &status);
    if (number == 0 || U_FAILURE(status) || digits < 0) return std::nullopt;
    return static_cast<unsigned>(digits);
}

}  // namespace syncline::normal
