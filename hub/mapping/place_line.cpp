#include "mapping/place_line.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace syncline::mapping {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

Cell cell(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

bool is_digit(char c) {
    return kDigits.find(c) != std::string_view::npos;
}

bool has_digit(std::string_view text) {
    return text.find_first_of(kDigits) != std::string_view::npos;
}

bool is_capitals(std::string_view text) {
    return text.find_first_not_of(kCapitals) == std::string_view::npos;
}

/// A word that can belong to a postcode: "1000", "SW1A", the "AB" of "1011 AB".
bool is_postcode_word(std::string_view word) {
    return has_digit(word) || (!word.empty() && word.size() <= 3 && is_capitals(word));
}

/// "New York, NY" has none, nor has "SPA, Liège": no postcode is without a digit.
bool is_postcode(std::string_view text) {
    if (!has_digit(text) || text.size() > 12) return false;
    const auto words = split(text, ' ');
    return std::all_of(words.begin(), words.end(), is_postcode_word);
}

std::string joined(const std::vector<std::string_view>& words, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        if (!text.empty()) text += ' ';
        text += words[i];
    }
    return text;
}

/// "25 de Mayo" and "Dublin 4" are cities: a number this short is no postcode unless a comma says
/// so.
bool is_long_enough(std::string_view code) {
    constexpr std::size_t kShortest = 3;
    return code.size() >= kShortest;
}

/// Words of the postcode that `words` begin with: words with digits, and after four digits the two
/// letters of the Netherlands.
std::size_t words_of_code_in_front(const std::vector<std::string_view>& words) {
    std::size_t count = 0;
    while (count < words.size() && has_digit(words[count]))
        ++count;
    const bool dutch = count == 1 && words[0].size() == 4 && words.size() > 2 &&
                       words[1].size() == 2 && is_capitals(words[1]);
    if (dutch) return 2;
    return is_long_enough(joined(words, 0, count)) ? count : 0;
}

std::size_t words_of_code_at_end(const std::vector<std::string_view>& words) {
    std::size_t begin = words.size();
    while (begin > 0 && has_digit(words[begin - 1]))
        --begin;
    return is_long_enough(joined(words, begin, words.size())) ? words.size() - begin : 0;
}

}  // namespace

Place place_of(std::string_view line, PlaceOrder order) {
    const bool code_first = order == PlaceOrder::PostcodeFirst;
    const auto comma = code_first ? line.find(',') : line.rfind(',');
    if (comma != std::string_view::npos) {
        const std::string_view left = trimmed(line.substr(0, comma));
        const std::string_view right = trimmed(line.substr(comma + 1));
        const std::string_view code = code_first ? left : right;
        const std::string_view town = code_first ? right : left;
        if (code.empty() || is_postcode(code)) return {cell(code), cell(town)};
    }
    const std::vector<std::string_view> words = split(line, ' ');
    const std::size_t all = words.size();
    if (code_first) {
        const std::size_t code = words_of_code_in_front(words);
        return {cell(joined(words, 0, code)), cell(joined(words, code, all))};
    }
    const std::size_t city = all - words_of_code_at_end(words);
    return {cell(joined(words, city, all)), cell(joined(words, 0, city))};
}

std::string line_of(const Place& place, PlaceOrder order, std::string_view separator) {
    const bool code_first = order == PlaceOrder::PostcodeFirst;
    const Cell& first = code_first ? place.postcode : place.city;
    const Cell& second = code_first ? place.city : place.postcode;
    return std::string(trimmed(first.value_or("") + std::string(separator) + second.value_or("")));
}

bool is_surely_place(std::string_view line, PlaceOrder order) {
    const Place place = place_of(line, order);
    if (!place.postcode || !place.city) return false;
    const std::string& code = *place.postcode;
    constexpr std::ptrdiff_t kEnoughDigits = 3;
    if (std::count_if(code.begin(), code.end(), is_digit) >= kEnoughDigits) return true;
    // "M1 1AA": of two words, without a small letter.
    constexpr std::size_t kShortest = 6;
    return code.size() >= kShortest && code.find(' ') != std::string::npos &&
           code.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

}  // namespace syncline::mapping
