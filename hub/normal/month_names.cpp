#include "normal/month_names.hpp"

#include "normal/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

namespace syncline::normal {
namespace {

constexpr std::int32_t kMonths = 12;

bool is_known(const std::string& language) {
    for (std::int32_t i = 0; i < uloc_countAvailable(); ++i) {
        if (language == uloc_getAvailable(i)) return true;
    }
    return false;
}

/// "févr." is read as "févr": whether a dot follows is the writer's choice.
std::string without_dot(const icu::UnicodeString& name) {
    std::string text;
    name.toUTF8String(text);
    if (text.ends_with('.')) text.pop_back();
    return nfc(text);
}

bool is_word(const std::string& name) {
    return !name.empty() && letters_and_digits(name) == name &&
           name.find_first_of("0123456789") == std::string::npos;
}

}  // namespace

unsigned MonthNames::month_of(std::string_view text) const {
    const std::string wanted = folded(text);
    for (const auto& [spelling, month] : spellings) {
        if (spelling == wanted) return month;
    }
    return 0;
}

MonthNames month_names(const std::string& language) {
    MonthNames names;
    if (!is_known(language)) return names;
    UErrorCode status = U_ZERO_ERROR;
    const icu::DateFormatSymbols symbols(icu::Locale(language.c_str()), status);
    if (U_FAILURE(status) != 0) return names;
    using Symbols = icu::DateFormatSymbols;
    for (const auto context : {Symbols::FORMAT, Symbols::STANDALONE}) {
        for (const auto width : {Symbols::WIDE, Symbols::ABBREVIATED}) {
            std::int32_t count = 0;
            const icu::UnicodeString* list = symbols.getMonths(count, context, width);
            for (std::int32_t i = 0; i < std::min(count, kMonths); ++i) {
                const std::string name = without_dot(list[i]);
                const auto month = static_cast<std::size_t>(i);
                if (context == Symbols::FORMAT)
                    (width == Symbols::WIDE ? names.full : names.abbreviated)[month] = name;
                if (is_word(name))
                    names.spellings.emplace_back(folded(name), static_cast<unsigned>(i) + 1);
            }
        }
    }
    const auto tells = [&](const std::array<std::string, kMonths>& list) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!is_word(list[i]) || names.month_of(list[i]) != i + 1) return false;
        }
        return true;
    };
    if (!tells(names.full) || !tells(names.abbreviated)) return {};
    return names;
}

}  // namespace syncline::normal
