#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::normal {

/// The months of the Gregorian calendar as a language names them.
struct MonthNames {
    /// As written within a date, January first; the short ones without the dot of an abbreviation.
    std::array<std::string, 12> full, abbreviated;

    /// The month, from 1, that a text of letters names by any of them, within a date or alone. Case
    /// and accents do not count. 0: none.
    unsigned month_of(std::string_view text) const;

    /// Every spelling that is read, folded, with its month.
    std::vector<std::pair<std::string, unsigned>> spellings;
};

/// The names in a language ("nl"). Without any where ICU does not know the language, or where its
/// names are not words of letters that tell the months apart. Pure, any thread.
MonthNames month_names(const std::string& language);

}  // namespace syncline::normal
