#include "base/text.hpp"
#include "normal/comparison_key.hpp"
#include "normal/legal_form.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace syncline::normal {
namespace {

constexpr std::array<std::string_view, 4> kAnd{"and", "en", "et", "und"};

/// Words of a street that people shorten, and what they are compared as.
constexpr std::array<std::pair<std::string_view, std::string_view>, 27> kStreetWords{{
    {"avenue", "av"},  {"ave", "av"},      {"boulevard", "bd"},  {"bld", "bd"},
    {"blvd", "bd"},    {"chaussee", "ch"}, {"chee", "ch"},       {"place", "pl"},
    {"plaats", "pl"},  {"plein", "pl"},    {"platz", "pl"},      {"square", "sq"},
    {"street", "st"},  {"road", "rd"},     {"lane", "ln"},       {"drive", "dr"},
    {"straat", "str"}, {"strasse", "str"}, {"steenweg", "stwg"}, {"stw", "stwg"},
    {"bus", "box"},    {"bte", "box"},     {"boite", "box"},     {"saint", "st"},
    {"sint", "st"},    {"sainte", "st"},   {"allee", "al"},
}};
/// The same as the end of a compound: "Kerkstraat", "Hauptstraße", "Leuvensesteenweg".
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kStreetEnds{{
    {"straat", "str"},
    {"strasse", "str"},
    {"steenweg", "stwg"},
    {"plein", "pl"},
    {"platz", "pl"},
}};
constexpr std::array<std::string_view, 4> kNumberWords{"no", "nr", "num", "numero"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    const std::string folded = folded_words(text);  // split() borrows from it
    for (const std::string_view word : split(folded, ' ')) {
        if (!word.empty()) words.emplace_back(word);
    }
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

/// "S A" is "SA": initials written apart.
std::vector<std::string> with_initials_joined(const std::vector<std::string>& words) {
    std::vector<std::string> result;
    bool in_initials = false;
    for (const std::string& word : words) {
        const bool initial = word.size() == 1 && word[0] >= 'a' && word[0] <= 'z';
        if (initial && in_initials) {
            result.back() += word;
        } else {
            result.push_back(word);
        }
        in_initials = initial;
    }
    return result;
}

std::string name_key(std::string_view text) {
    const std::vector<std::string> words = with_initials_joined(words_of(text));
    std::vector<std::string> telling;
    for (const std::string& word : words) {
        if (!is_legal_form(word) && !is_one_of(kAnd, word)) telling.push_back(word);
    }
    if (telling.empty()) telling = words;  // "SA" alone is somebody's name after all
    std::sort(telling.begin(), telling.end());
    return joined(telling);
}

bool is_number(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string street_word(const std::string& word) {
    for (const auto& [whole, shortened] : kStreetWords) {
        if (word == whole) return std::string(shortened);
    }
    for (const auto& [end, shortened] : kStreetEnds) {
        if (word.ends_with(end))
            return word.substr(0, word.size() - end.size()) + std::string(shortened);
    }
    return word;
}

std::string street_key(std::string_view text) {
    std::vector<std::string> kept;
    for (const std::string& word : words_of(text)) {
        if (is_one_of(kNumberWords, word)) continue;
        // "12 A" is "12A".
        const bool suffix = word.size() == 1 && word[0] >= 'a' && word[0] <= 'z';
        if (suffix && !kept.empty() && is_number(kept.back())) {
            kept.back() += word;
        } else {
            kept.push_back(street_word(word));
        }
    }
    std::sort(kept.begin(), kept.end());  // "12 Main Street" is "Main Street 12"
    return joined(kept);
}

/// "B-1000" is "1000": one or two letters and a dash before a code of digits are its country, as
/// envelopes have it. Digits before a dash are the code's own: "00-950".
std::string postcode_key(std::string_view text) {
    const std::string line = folded(text);
    const std::string key = letters_and_digits(line);
    const auto dash = line.find('-');
    if (dash == std::string::npos) return key;
    const std::string before = letters_and_digits(line.substr(0, dash));
    const bool is_country = !before.empty() && before.size() <= 2 &&
                            before.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == before.npos;
    const std::string code = letters_and_digits(line.substr(dash + 1));
    const bool begins_with_digit = !code.empty() && is_number(code.substr(0, 1));
    return is_country && begins_with_digit ? code : key;
}

std::string email_key(std::string_view text) {
    const std::string key = lower_case(single_line(text));
    return key.find('@') == std::string::npos ? std::string{} : key;
}

/// A phone number shorter than this is an extension of some office.
constexpr std::size_t kMinPhoneDigits = 6;

}  // namespace

std::string match_key(const LeafSpec& leaf, std::string_view text) {
    if (!is_utf8(text)) return {};
    switch (leaf.type) {
        case ValueType::PersonOrOrganisationName:
            return name_key(text);
        case ValueType::Text:
            if (leaf.pattern.ends_with(".street")) return street_key(text);
            if (leaf.pattern.ends_with(".postcode")) return postcode_key(text);
            return folded_words(text);
        case ValueType::LongText:
            return folded_words(text);
        case ValueType::Email:
            return email_key(text);
        case ValueType::Phone: {
            const std::string key = comparison_key(leaf, text);
            return key.size() < kMinPhoneDigits ? std::string{} : key;
        }
        case ValueType::Country:
        case ValueType::Language:
        case ValueType::Currency:
        case ValueType::VatNumber:
        case ValueType::Identifier:
        case ValueType::Code:
        case ValueType::Integer:
        case ValueType::Decimal:
        case ValueType::Money:
        case ValueType::Date:
        case ValueType::DateTime:
        case ValueType::Boolean:
            return comparison_key(leaf, text);
    }
    return {};
}

}  // namespace syncline::normal
