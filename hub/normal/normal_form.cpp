#include "normal/normal_form.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "normal/country.hpp"
#include "normal/decimal.hpp"
#include "normal/phone.hpp"
#include "normal/unicode.hpp"
#include "normal/vat.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <unicode/uloc.h>

namespace syncline::normal {
namespace {

/// Above this a text is a mistake or an attack, whatever the schema says.
constexpr std::size_t kMaxBytes = 1U << 20U;

using Form = std::optional<std::string>;  ///< nothing: not of the type

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Form filled(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

Form email_form(std::string_view text) {
    const std::string address = single_line(text);
    const auto at = address.rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == address.size()) return std::nullopt;
    if (address.find('@') != at || address.find_first_of(" ,;<>") != std::string::npos)
        return std::nullopt;
    return nfc(address.substr(0, at + 1) + lower_case(address.substr(at + 1)));
}

Form language_form(std::string_view text) {
    const std::string tag(trimmed(text));
    std::array<char, 64> locale{};
    std::array<char, 64> canonical{};
    std::int32_t parsed = 0;
    UErrorCode status = U_ZERO_ERROR;
    uloc_forLanguageTag(
        tag.c_str(), locale.data(), static_cast<std::int32_t>(locale.size()), &parsed, &status
    );
    if (U_FAILURE(status) || parsed != static_cast<std::int32_t>(tag.size()) || tag.size() > 35)
        return std::nullopt;
    const std::int32_t length = uloc_toLanguageTag(
        locale.data(), canonical.data(), static_cast<std::int32_t>(canonical.size()), 1, &status
    );
    if (U_FAILURE(status) || length <= 0) return std::nullopt;
    return std::string(canonical.data(), static_cast<std::size_t>(length));
}

Form currency_form(std::string_view text) {
    std::string code = upper_case(trimmed(text));
    if (!currency_digits(code)) return std::nullopt;
    return code;
}

Form code_form(const LeafSpec& leaf, std::string_view text) {
    const std::string_view exact = trimmed(text);
    const std::string lowered = ascii_lower(exact);
    for (const std::string_view code : leaf.codes) {
        if (code == exact) return std::string(code);
    }
    for (const std::string_view code : leaf.codes) {
        if (ascii_lower(code) == lowered) return std::string(code);
    }
    return std::nullopt;
}

Form integer_form(std::string_view text) {
    Form plain = plain_decimal(text);
    if (plain && plain->find('.') != std::string::npos) return std::nullopt;
    return plain;
}

Form money_form(std::string_view text) {
    const std::string line = single_line(text);
    const auto gap = line.find(' ');
    if (gap == std::string::npos) return std::nullopt;
    // Minor units: a point or an exponent means that somebody wrote major ones.
    if (line.find_first_not_of("+-0123456789") != gap) return std::nullopt;
    const Form amount = integer_form(line.substr(0, gap));
    const Form currency = currency_form(line.substr(gap + 1));
    if (!amount || !currency) return std::nullopt;
    return *amount + " " + *currency;
}

/// "T00:00:00Z" or " 00:00:00.000 +02:00": what may follow a day.
bool is_time_of_day(std::string_view text) {
    if (text.size() < 6 || (text[0] != 'T' && text[0] != ' ')) return false;
    return is_digits(text.substr(1, 2)) && text[3] == ':' && is_digits(text.substr(4, 2)) &&
           text.find_first_not_of("0123456789:.,+- Zz", 6) == std::string_view::npos;
}

Form date_form(std::string_view text) {
    text = trimmed(text);
    const std::string_view day = text.substr(0, 10);
    // Databases hand out a date as midnight; the time of day is not part of it.
    if (text.size() > 10 && !is_time_of_day(text.substr(10))) return std::nullopt;
    if (day.size() != 10 || day[4] != '-' || day[7] != '-') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        for (const char c : day.substr(at, size))
            value = value * 10 + (c - '0');
        return value;
    };
    if (!is_digits(day.substr(0, 4)) || !is_digits(day.substr(5, 2)) ||
        !is_digits(day.substr(8, 2)))
        return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{number(0, 4)},
        std::chrono::month{static_cast<unsigned>(number(5, 2))},
        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok()) return std::nullopt;
    return std::string(day);
}

Form moment_form(std::string_view text) {
    const auto at = from_rfc3339(trimmed(text));
    if (!at) return std::nullopt;
    return to_rfc3339(*at);
}

Form boolean_form(std::string_view text) {
    const std::string word = ascii_lower(trimmed(text));
    if (word == "true" || word == "1" || word == "yes") return "true";
    if (word == "false" || word == "0" || word == "no") return "false";
    return std::nullopt;
}

Form form_of(const LeafSpec& leaf, std::string_view text, std::string_view default_country) {
    switch (leaf.type) {
        case ValueType::Text:
        case ValueType::PersonOrOrganisationName:
            return single_line(text);
        case ValueType::LongText:
            return several_lines(text);
        case ValueType::Email:
            return email_form(text);
        case ValueType::Phone:
            return phone_e164(nfc(text), default_country);
        case ValueType::Country:
            return country_code(text, "en");
        case ValueType::Language:
            return language_form(text);
        case ValueType::Currency:
            return currency_form(text);
        case ValueType::VatNumber:
            return vat_number(text, default_country);
        case ValueType::Identifier:
            return filled(identifier(text));
        case ValueType::Code:
            return code_form(leaf, text);
        case ValueType::Integer:
            return integer_form(text);
        case ValueType::Decimal:
            return plain_decimal(text);
        case ValueType::Money:
            return money_form(text);
        case ValueType::Date:
            return date_form(text);
        case ValueType::DateTime:
            return moment_form(text);
        case ValueType::Boolean:
            return boolean_form(text);
    }
    return std::nullopt;
}

std::string_view wanted(ValueType type) {
    switch (type) {
        case ValueType::Text:
        case ValueType::PersonOrOrganisationName:
            return "a line of text";
        case ValueType::LongText:
            return "text";
        case ValueType::Email:
            return "an e-mail address";
        case ValueType::Phone:
            return "a phone number";
        case ValueType::Country:
            return "a country";
        case ValueType::Language:
            return "a language tag (BCP 47)";
        case ValueType::Currency:
            return "a currency code (ISO 4217)";
        case ValueType::VatNumber:
            return "a VAT number";
        case ValueType::Identifier:
            return "an identifier of letters and digits";
        case ValueType::Code:
            return "one of the field's codes";
        case ValueType::Integer:
            return "a whole number";
        case ValueType::Decimal:
            return "a number";
        case ValueType::Money:
            return "an amount in minor units with its currency";
        case ValueType::Date:
            return "a date (YYYY-MM-DD)";
        case ValueType::DateTime:
            return "a moment of the years 0000 to 9999 (RFC 3339)";
        case ValueType::Boolean:
            return "true or false";
    }
    return "a value";
}

Error mismatch(const LeafSpec& leaf, std::string detail) {
    return {
        ErrorCode::FieldTypeMismatch,
        Remedy::Quarantine,
        std::string(leaf.pattern),
        std::move(detail)};
}

}  // namespace

Result<std::optional<std::string>> normal_form(
    const LeafSpec& leaf, std::string_view text, std::string_view default_country
) {
    if (text.size() > kMaxBytes) return mismatch(leaf, "the text is longer than 1 MiB");
    if (!is_utf8(text)) return mismatch(leaf, "the text is not well-formed UTF-8");
    if (several_lines(text).empty()) return std::optional<std::string>{};
    Form form = form_of(leaf, text, default_country);
    if (!form) return mismatch(leaf, "the text is not " + std::string(wanted(leaf.type)));
    if (form->empty()) return std::optional<std::string>{};
    if (leaf.max_characters != 0 && count_characters(*form) > leaf.max_characters)
        return mismatch(
            leaf, "the text is longer than " + std::to_string(leaf.max_characters) + " characters"
        );
    return form;
}

}  // namespace syncline::normal
