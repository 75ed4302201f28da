#include "normal/phone.hpp"

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
