#pragma once

#include "base/result.hpp"
#include "normal/month_names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::mapping {

/// How a system writes a day: docs/reference/lenses.md, date. Immutable, any thread.
class DateFormat {
public:
    /// `first_year`: the first of the hundred years that two digits stand for; 0 = not said.
    /// `language`: of the names of months; "" = not said. ConfigInvalid, without `where`, for a
    /// format in which a day could not be told from its text.
    static Result<DateFormat> make(
        std::string text, unsigned first_year, const std::string& language
    );

    /// "31/12/2026" by "DD/MM/YYYY" is "2026-12-31". Nothing for a text that is not of the format;
    /// whether the calendar has the day is not looked at.
    std::optional<std::string> read(std::string_view text) const;
    /// The text of a day given as "2026-12-31". MappingFailed when the format cannot hold it.
    Result<std::string> write(std::string_view day) const;

    const std::string& text() const noexcept { return text_; }
    /// What the format cannot hold, in words; "" = nothing.
    std::string loss() const;

private:
    struct Token {
        enum class Kind : std::uint8_t { Literal, Year, Month, MonthName, Day };
        Kind kind = Kind::Literal;
        unsigned width = 0;  ///< digits at most; of names: 3 short, 4 in full
        bool exact = false;  ///< as many digits as `width`
        std::string literal = {};
    };

    Result<void> check() const;
    Result<void> add_unit(char letter, unsigned width);
    bool take(const Token& token, std::string_view& text, std::string& part) const;

    std::string text_;
    unsigned first_year_ = 0;
    std::string language_;
    normal::MonthNames names_;
    std::vector<Token> tokens_;
};

}  // namespace syncline::mapping
