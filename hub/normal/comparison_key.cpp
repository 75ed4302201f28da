#include "normal/comparison_key.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "normal/decimal.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"
#include "normal/vat.hpp"

namespace syncline::normal {
namespace {

/// A leading plus and the digits: the spelling apart, it is the number.
std::string phone_key(std::string_view text) {
    std::string key = text.find('+') == std::string_view::npos ? "" : "+";
    for (const char c : text) {
        if (c >= '0' && c <= '9') key += c;
    }
    return key;
}

std::string money_key(std::string_view text) {
    const auto gap = text.find(' ');
    const std::string_view amount = text.substr(0, gap);
    const std::string_view currency = gap == std::string_view::npos ? "" : text.substr(gap + 1);
    return plain_decimal(amount).value_or(std::string(amount)) + " " + upper_case(currency);
}

std::string moment_key(std::string_view text) {
    const auto at = from_rfc3339(text);
    return at ? to_rfc3339(*at) : std::string(text);
}

}  // namespace

std::string comparison_key(const LeafSpec& leaf, std::string_view text) {
    if (!is_utf8(text)) return std::string(text);
    switch (leaf.type) {
        case ValueType::Text:
            return single_line(text);
        case ValueType::LongText:
            return several_lines(text);
        case ValueType::PersonOrOrganisationName:
            return single_line(folded(text));
        case ValueType::Email:
            return lower_case(single_line(text));
        case ValueType::Phone:
            return phone_key(text);
        case ValueType::Country:
        case ValueType::Currency:
            return upper_case(trimmed(text));
        case ValueType::Language:
            return ascii_lower(trimmed(text));
        case ValueType::VatNumber:
            return vat_characters(text);
        case ValueType::Identifier:
            return identifier(text);
        case ValueType::Integer:
        case ValueType::Decimal:
            return plain_decimal(text).value_or(std::string(text));
        case ValueType::Money:
            return money_key(text);
        case ValueType::DateTime:
            return moment_key(text);
        case ValueType::Code:
        case ValueType::Date:
        case ValueType::Boolean:
            return std::string(trimmed(text));
    }
    return std::string(text);
}

bool equivalent(const LeafSpec& leaf, std::string_view a, std::string_view b) {
    return a == b || comparison_key(leaf, a) == comparison_key(leaf, b);
}

bool equivalent(const Field& field, const FieldValue& a, const FieldValue& b) {
    const auto part = [](const FieldValue& value, std::size_t i) {
        return i < value.parts.size() ? value.parts[i] : std::nullopt;
    };
    for (std::size_t i = 0; i < field.parts.size(); ++i) {
        const std::optional<std::string> left = part(a, i);
        const std::optional<std::string> right = part(b, i);
        if (left.has_value() != right.has_value()) return false;
        if (left && !equivalent(*field.parts[i].spec, *left, *right)) return false;
    }
    return true;
}

}  // namespace syncline::normal
