#include "base/text.hpp"
#include "normal/comparison_key.hpp"
#include "normal/country.hpp"
#include "normal/decimal.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

std::size_t below(std::size_t limit) {
    return *rc::gen::inRange<std::size_t>(0, limit);
}
bool any_bool() {
    return *rc::gen::arbitrary<bool>();
}
std::string digits(std::size_t count) {
    std::string text;
    for (; count > 0; --count)
        text += static_cast<char>('0' + below(10));
    return text;
}
std::string pick(std::initializer_list<std::string_view> texts) {
    return std::string(texts.begin()[below(texts.size())]);
}
template <class List>
const auto& one_of(const List& list) {
    return list[below(list.size())];
}

const LeafSpec& any_leaf() {
    const LeafSpec& leaf = one_of(Catalogue::customer().leaves());
    RC_LOG() << leaf.pattern << '\n';
    return leaf;
}

void append_utf8(std::string& text, std::uint32_t c) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80U) {
        add(c);
    } else if (c < 0x800U) {
        add(0xC0U | c >> 6U);
        add(0x80U | (c & 0x3FU));
    } else if (c < 0x10000U) {
        add(0xE0U | c >> 12U);
        add(0x80U | (c >> 6U & 0x3FU));
        add(0x80U | (c & 0x3FU));
    } else {
        add(0xF0U | c >> 18U);
        add(0x80U | (c >> 12U & 0x3FU));
        add(0x80U | (c >> 6U & 0x3FU));
        add(0x80U | (c & 0x3FU));
    }
}

/// Code points of every plane, those that are hard to treat more often than chance would have it.
std::string any_text() {
    static const std::vector<std::string_view> hard{
        "e\u0301", "\u0301", "\u0323", "ß",  "ẞ",      "İ",      "ı",      "Σ",  "ς",      "ﬁ",
        "\u212B",  "\u200D", "\u200B", " ",  "\u00A0", "\u3000", "\uFEFF", "\t", "\r\n",   "\u2028",
        "\u0085",  "\u0001", "🙂",   "🇧🇪", "\u200F", "\u05E9", "한",     "Ａ", "\u0345", "ŉ",
        "ǰ",       "Ǆ",      "٣",      "@",  ".",      "-",      "'",      "’",  "+",      "12"};
    std::string text;
    for (std::size_t i = below(9); i > 0; --i) {
        if (any_bool()) {
            text += one_of(hard);
            continue;
        }
        const auto c = static_cast<std::uint32_t>(below(any_bool() ? 0x250U : 0x110000U));
        append_utf8(text, c >= 0xD800U && c < 0xE000U ? 'x' : c);
    }
    return text;
}

std::string any_word() {
    return pick({"Kerk", "Café", "Łódź", "straße", "O'Neill", "NV", "12", "東京", "Müller", "S.A."}
    );
}

std::string any_words() {
    std::string text = any_word();
    for (std::size_t i = below(4); i > 0; --i)
        text += " " + any_word();
    return text;
}

std::string any_email() {
    return pick({"info", "Anna.De-Smet", "a+b", "é"}) + "@" +
           pick({"example.com", "post.example", "é.example"});
}

std::string any_phone() {
    struct Range {
        std::string_view start;
        std::size_t open;  ///< digits that follow
    };
    static const std::array<Range, 6> ranges{
        {{"+3225", 6}, {"+32475", 6}, {"+31205", 6}, {"+4930", 8}, {"+3906", 8}, {"+1202555", 4}}};
    const Range range = one_of(ranges);
    return std::string(range.start) + digits(range.open);
}

/// A value in normal form, or a text that nearly is one.
std::string any_value(ValueType type) {
    const std::string sign = any_bool() ? "" : "-";
    switch (type) {
        case ValueType::Text:
        case ValueType::PersonOrOrganisationName:
            return any_words();
        case ValueType::LongText:
            return any_words() + "\n" + any_words();
        case ValueType::Email:
            return any_email();
        case ValueType::Phone:
            return any_phone();
        case ValueType::Country:
            return pick({"BE", "NL", "GB", "CI", "HK"});
        case ValueType::Language:
            return pick({"nl", "fr-BE", "zh-Hant-TW", "en"});
        case ValueType::Currency:
            return pick({"EUR", "JPY", "BHD"});
        case ValueType::VatNumber:
            return pick({"BE0123456749", "DE123456789", "ATU12345678"});
        case ValueType::Identifier:
            return "AB" + digits(1 + below(8));
        case ValueType::Code:
            return "active";
        case ValueType::Integer:
            return sign + std::to_string(1 + below(99999));
        case ValueType::Decimal:
            return sign + std::to_string(below(99)) + "." + digits(1 + below(6)) + "1";
        case ValueType::Money:
            return sign + std::to_string(1 + below(99999)) + " " + pick({"EUR", "JPY", "BHD"});
        case ValueType::Date:
            return "20" + digits(2) + "-0" + std::to_string(1 + below(9)) + "-1" + digits(1);
        case ValueType::DateTime:
            return "2026-03-0" + std::to_string(1 + below(9)) + "T0" + digits(1) + ":30:00." +
                   digits(3) + "Z";
        case ValueType::Boolean:
            return any_bool() ? "true" : "false";
    }
    return {};
}

/// The same letters, each in a case of its own.
std::string recased(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        const bool lower = c >= 'a' && c <= 'z';
        const bool upper = c >= 'A' && c <= 'Z';
        if ((lower || upper) && any_bool()) c = static_cast<char>(c ^ 0x20);
    }
    return result;
}

/// With marks between the characters, which all are one byte.
std::string interspersed(std::string_view text, std::string_view marks) {
    std::string result;
    for (const char c : text) {
        result += c;
        if (below(4) == 0) result += one_of(marks);
    }
    return result;
}

std::string spaced(std::string_view text) {
    std::string result = any_bool() ? " " : "";
    for (const char c : text)
        result += c == ' ' ? pick({" ", "  ", "\t", "\u00A0"}) : std::string(1, c);
    return result + (any_bool() ? "" : "\n");
}

/// Another spelling of a value in normal form that people and systems use for it.
std::string respelled(ValueType type, const std::string& value) {
    switch (type) {
        case ValueType::Text:
            return spaced(value);
        case ValueType::PersonOrOrganisationName:
            return spaced(any_bool() ? folded(value) : recased(value));
        case ValueType::LongText:
            return value + (any_bool() ? "\r\n" : "  ");
        case ValueType::Email:
            return " " + value.substr(0, value.find('@')) +
                   upper_case(value.substr(value.find('@')));
        case ValueType::Phone:
            return value.substr(0, 3) + interspersed(value.substr(3), " ./-");
        case ValueType::Country:
            return any_bool() ? recased(value) : country_name(value, any_bool() ? "en" : "nl");
        case ValueType::Language:
        case ValueType::Currency:
        case ValueType::Code:
            return " " + recased(value) + " ";
        case ValueType::VatNumber:
        case ValueType::Identifier:
            return interspersed(recased(value), " .-/");
        case ValueType::Integer:
            return value.starts_with('-') ? value + ".0" : "+0" + value;
        case ValueType::Decimal:
            return value + "00";
        case ValueType::Money:
            return " " + recased(value);
        case ValueType::Date:
            return value + (any_bool() ? "T00:00:00Z" : " 00:00:00");
        case ValueType::DateTime:
            return value.substr(0, value.size() - 1) + (any_bool() ? "+00:00" : "z");
        case ValueType::Boolean:
            return value == "true" ? (any_bool() ? "1" : "Yes") : (any_bool() ? "0" : "NO");
    }
    return value;
}

std::optional<std::string> form(const LeafSpec& leaf, std::string_view text) {
    auto result = normal_form(leaf, text, "BE");
    return result ? std::move(result).value() : std::nullopt;
}

/// A generated value of the leaf in normal form.
std::string any_form(const LeafSpec& leaf) {
    const std::string text = any_value(leaf.type);
    const std::size_t longest = leaf.max_characters == 0 ? text.size() : leaf.max_characters;
    const auto value = form(leaf, first_characters(text, longest));
    if (value) return *value;
    // Of the codes, not every field has the one that was tried.
    RC_ASSERT(leaf.type == ValueType::Code);
    return std::string(one_of(leaf.codes));
}

RC_GTEST_PROP(NormalFormProperty, AnyBytesAreReadOrRefused, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string bytes = any_bool() ? *rc::gen::arbitrary<std::string>() : any_text();
    const auto result = normal_form(leaf, bytes, any_bool() ? "BE" : bytes);
    if (result && *result) {
        RC_ASSERT(is_utf8(**result));
        RC_ASSERT(!(*result)->empty());
        RC_ASSERT((leaf.max_characters == 0 || count_characters(**result) <= leaf.max_characters));
    }
    RC_ASSERT(equivalent(leaf, bytes, bytes));
    if (is_utf8(bytes)) RC_ASSERT(is_utf8(comparison_key(leaf, bytes)));
    RC_ASSERT(is_utf8(match_key(leaf, bytes)));
}

RC_GTEST_PROP(NormalFormProperty, UnicodeOperationsTakeAnyBytes, ()) {
    const std::string bytes = any_bool() ? *rc::gen::arbitrary<std::string>() : any_text();
    for (auto* operation :
         {nfc,
          single_line,
          several_lines,
          upper_case,
          lower_case,
          folded,
          letters_and_digits,
          folded_words}) {
        const std::string result = operation(bytes);
        if (is_utf8(bytes)) RC_ASSERT(is_utf8(result));
    }
    for (auto* operation : {nfc, single_line, several_lines, folded_words}) {
        const std::string once = operation(bytes);
        if (is_utf8(bytes)) RC_ASSERT(operation(once) == once);
    }
}

// Text without accents takes a shorter way, which must end where the longer one does.
RC_GTEST_PROP(NormalFormProperty, ALineOfAsciiIsOneLineAsAnyTextIs, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::map(rc::gen::inRange(0, 0x80), [](int byte) { return static_cast<char>(byte); })
    );
    const std::string line = single_line(text);
    RC_ASSERT(single_line(text + " \xC3\xA9") == line + (line.empty() ? "" : " ") + "\xC3\xA9");
}

RC_GTEST_PROP(NormalFormProperty, TheFormOfAFormIsItself, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string value = any_value(leaf.type);
    const auto first = form(leaf, any_bool() ? value : respelled(leaf.type, value));
    RC_PRE(first.has_value());
    RC_ASSERT(form(leaf, *first) == first);
}

RC_GTEST_PROP(NormalFormProperty, TheFormOfAFormOfAnyTextIsItself, ()) {
    const LeafSpec& leaf = any_leaf();
    const auto first = form(leaf, any_text());
    if (first) RC_ASSERT(form(leaf, *first) == first);
}

RC_GTEST_PROP(NormalFormProperty, AValueEqualsItsRespelling, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string value = any_form(leaf);
    const std::string other = respelled(leaf.type, value);
    const auto back = form(leaf, other);
    RC_ASSERT(back.has_value());
    RC_ASSERT(equivalent(leaf, *back, value));
    // Letter case and accents of a name are kept, though they do not count.
    if (leaf.type != ValueType::PersonOrOrganisationName) RC_ASSERT(*back == value);
}

RC_GTEST_PROP(NormalFormProperty, ADifferentValueIsNotEquivalent, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string a = any_form(leaf);
    const std::string b = any_form(leaf);
    // Of names and e-mail addresses, more than one form is the same to a person.
    RC_PRE((leaf.type != ValueType::PersonOrOrganisationName && leaf.type != ValueType::Email));
    RC_ASSERT(equivalent(leaf, a, b) == (a == b));
}

RC_GTEST_PROP(NormalFormProperty, EquivalenceIsAnEquivalenceRelation, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string value = any_value(leaf.type);
    const std::vector<std::string> texts{
        value,
        respelled(leaf.type, value),
        any_bool() ? recased(value) : any_text(),
        spaced(value)};
    for (const std::string& a : texts) {
        RC_ASSERT(equivalent(leaf, a, a));
        for (const std::string& b : texts) {
            const bool same = equivalent(leaf, a, b);
            RC_ASSERT(same == equivalent(leaf, b, a));
            RC_ASSERT(same == (comparison_key(leaf, a) == comparison_key(leaf, b)));
            for (const std::string& c : texts)
                RC_ASSERT((!same || !equivalent(leaf, b, c) || equivalent(leaf, a, c)));
        }
    }
}

RC_GTEST_PROP(NormalFormProperty, WhatIsEquivalentMatches, ()) {
    const LeafSpec& leaf = any_leaf();
    const std::string value = any_form(leaf);
    const auto other = form(leaf, respelled(leaf.type, value));
    RC_ASSERT(other.has_value());
    RC_ASSERT(match_key(leaf, *other) == match_key(leaf, value));
    RC_ASSERT(!match_key(leaf, value).empty());
}

RC_GTEST_PROP(NormalFormProperty, ACutTextIsABeginningOfWholeCharacters, ()) {
    const std::string text = any_text();
    const std::size_t limit = first_bytes(text, below(text.size() + 2)).size();
    const std::string_view kept = whole_characters(text, limit);
    RC_ASSERT(kept.size() <= limit);
    RC_ASSERT(is_utf8(kept));
    RC_ASSERT(std::string_view(text).starts_with(kept));
    RC_ASSERT(whole_characters(text, kept.size()) == kept);
    if (limit == text.size()) RC_ASSERT(kept == text);
}

RC_GTEST_PROP(DecimalProperty, AmountsSurviveBothScales, ()) {
    const auto units = *rc::gen::arbitrary<std::int64_t>();
    const auto decimals = static_cast<unsigned>(below(6));
    const std::string text = std::to_string(units);
    const std::string decimal = scaled_down(text, decimals);
    RC_ASSERT(plain_decimal(decimal).has_value());
    RC_ASSERT(scaled_up(*plain_decimal(decimal), decimals) == text);
    RC_ASSERT(plain_decimal(text + "e-" + std::to_string(decimals)) == plain_decimal(decimal));
}

RC_GTEST_PROP(DecimalProperty, AnyTextIsReadOrRefused, ()) {
    static const std::array<std::string_view, 12> pieces{
        "-", "+", ".", "e", "E", "0", "00", "9", "12", " ", ",", "99999999999999999999"};
    std::string text;
    for (std::size_t i = below(8); i > 0; --i)
        text += one_of(pieces);
    const auto plain = plain_decimal(text);
    if (!plain) return;
    RC_ASSERT(plain_decimal(*plain) == plain);
    RC_ASSERT(plain->find_first_not_of("-.0123456789") == std::string::npos);
    RC_ASSERT((plain->find('.') == std::string::npos || !plain->ends_with('0')));
}

}  // namespace
}  // namespace syncline::normal
