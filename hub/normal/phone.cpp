#include "normal/phone.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <phonenumbers/phonenumberutil.h>
#include <string>
#include <unordered_map>
#include <utility>

namespace syncline::normal {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/// Long enough for any way of writing a number; beyond it the text is something else.
constexpr std::size_t kMaxBytes = 60;
constexpr int kMaxTrunkPrefixes = 4;

/// The library's only instance; its const operations are safe from any thread.
const PhoneNumberUtil& numbers() {
    return *PhoneNumberUtil::GetInstance();
}

/// Possible, not valid: real systems hold numbers of ranges that the library has not heard of.
std::optional<PhoneNumber> possible_number(const std::string& text, const std::string& region) {
    PhoneNumber number;
    if (numbers().Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        numbers().IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
        return std::nullopt;
    return number;
}

std::string e164_of(const PhoneNumber& number) {
    std::string e164;
    numbers().Format(number, PhoneNumberUtil::E164, &e164);
    return e164;
}

std::string formatted(std::string_view e164, PhoneNumberUtil::PhoneNumberFormat format) {
    PhoneNumber number;
    if (numbers().Parse(std::string(e164), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
        return std::string(e164);
    std::string text;
    numbers().Format(number, format, &text);
    return text;
}

std::optional<std::string> parsed(const std::string& text, const std::string& region) {
    std::optional<PhoneNumber> number = possible_number(text, region);
    // A trunk prefix typed twice ("+32 00 2 …") goes one at a time. Where the rest is no number of
    // the country, it was no trunk prefix, and nobody knows what was meant.
    for (int round = 0; number && round < kMaxTrunkPrefixes; ++round) {
        std::string e164 = e164_of(*number);
        number = possible_number(e164, region);
        if (number && e164_of(*number) == e164) return e164;
        if (number && !numbers().IsValidNumber(*number)) return std::nullopt;
    }
    return std::nullopt;
}

/// Countries whose only trunk prefix is a single 0, or that have none: what follows their code and
/// begins with another digit is the whole number. The unit test holds them against the library.
constexpr std::array<std::string_view, 21> kPlainCountries{
    "30", "31", "32",  "33",  "34", "351", "353", "356", "357", "358", "386",
    "40", "41", "420", "421", "43", "44",  "45",  "46",  "47",  "49"};
constexpr std::size_t kMostDigits = 15;  ///< of E.164

/// A number written with its country code and nothing but digits and gaps, of one of these
/// countries: the library would come to the same, by way of a dozen regular expressions.
std::optional<std::string> plainly_written(std::string_view text) {
    if (!text.starts_with('+')) return std::nullopt;
    std::string e164 = "+";
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_gap = c == ' ' && i > 1 && text[i - 1] != ' ' && i + 1 < text.size();
        if (c >= '0' && c <= '9')
            e164 += c;
        else if (!is_gap)
            return std::nullopt;
    }
    const std::string_view digits = std::string_view(e164).substr(1);
    if (digits.size() > kMostDigits) return std::nullopt;
    const auto* const country =
        std::find_if(kPlainCountries.begin(), kPlainCountries.end(), [&](std::string_view code) {
            return digits.starts_with(code);
        });
    if (country == kPlainCountries.end()) return std::nullopt;
    const std::string_view rest = digits.substr(country->size());
    if (rest.empty() || rest.front() == '0') return std::nullopt;
    PhoneNumber number;
    number.set_country_code(std::stoi(std::string(*country)));
    number.set_national_number(std::stoull(std::string(rest)));
    if (numbers().IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
        return std::nullopt;
    return e164;
}

/// A number is read several times on its way: as typed, as compared, as an image of what is to be
/// written; and parsing it costs more than all else that is done with it.
class Parsed {
public:
    const std::optional<std::string>& of(std::string_view text, const std::string& region) {
        std::string key = region;
        key.append(1, '\0').append(text);
        const auto known = known_.find(key);
        if (known != known_.end()) return known->second;
        if (known_.size() == kMost) known_.clear();
        auto form = parsed(std::string(text), region);
        return known_.emplace(std::move(key), std::move(form)).first->second;
    }

private:
    static constexpr std::size_t kMost = 4'096;
    std::unordered_map<std::string, std::optional<std::string>> known_;
};

}  // namespace

std::optional<std::string> phone_e164(std::string_view text, std::string_view default_country) {
    if (text.size() > kMaxBytes) return std::nullopt;
    if (auto plain = plainly_written(text)) return plain;
    thread_local Parsed numbers_parsed;
    return numbers_parsed.of(text, std::string(default_country.empty() ? "ZZ" : default_country));
}

std::string phone_national(std::string_view e164) {
    return formatted(e164, PhoneNumberUtil::NATIONAL);
}

std::string phone_international(std::string_view e164) {
    return formatted(e164, PhoneNumberUtil::INTERNATIONAL);
}

}  // namespace syncline::normal
