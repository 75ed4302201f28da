#include "mapping/date_format.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace syncline::mapping {
namespace {

constexpr unsigned kFullName = 4;

Error invalid(std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, {}, std::move(detail)};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Of a word: a letter of ASCII, or a byte of another letter.
bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) > 0x7F;
}

bool is_unit(char c) {
    return c == 'Y' || c == 'M' || c == 'D';
}

unsigned number_of(std::string_view digits) {
    unsigned number = 0;
    for (const char c : digits)
        number = number * 10 + static_cast<unsigned>(c - '0');
    return number;
}

std::string padded(unsigned number, std::size_t width) {
    std::string digits = std::to_string(number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
}

}  // namespace

Result<void> DateFormat::add_unit(char letter, unsigned width) {
    const std::string unit(width, letter);
    const unsigned most = letter == 'D' ? 2 : 4;
    if (width > most || (letter == 'Y' && width % 2 != 0))
        return invalid(
            "option format of lens date has \"" + unit +
            "\"; its units are YYYY, YY, MMMM, MMM, MM, M, DD and D"
        );
    Token token;
    token.kind = letter == 'Y'   ? Token::Kind::Year
                 : letter == 'D' ? Token::Kind::Day
                 : width > 2     ? Token::Kind::MonthName
                                 : Token::Kind::Month;
    token.width = width;
    token.exact = letter == 'Y';
    tokens_.push_back(std::move(token));
    return {};
}

Result<void> DateFormat::check() const {
    const auto count = [&](auto... kinds) {
        return std::count_if(tokens_.begin(), tokens_.end(), [&](const Token& token) {
            return ((token.kind == kinds) || ...);
        });
    };
    using Kind = Token::Kind;
    if (count(Kind::Year) != 1 || count(Kind::Month, Kind::MonthName) != 1 || count(Kind::Day) != 1)
        return invalid(
            "option format of lens date has a year, a month and a day once each, or a date could "
            "not be read back: \"DD/MM/YYYY\""
        );
    const bool two_digits = std::any_of(tokens_.begin(), tokens_.end(), [](const Token& token) {
        return token.kind == Kind::Year && token.width == 2;
    });
    if (two_digits && first_year_ == 0)
        return invalid(
            "a year of two digits needs option first_year of lens date: with 1930, 30 to 99 are "
            "1930 to 1999 and 00 to 29 are 2000 to 2029"
        );
    if (!two_digits && first_year_ != 0)
        return invalid("option first_year of lens date belongs to a year of two digits, YY");
    const bool named = count(Kind::MonthName) == 1;
    if (named && language_.empty())
        return invalid("a month's name needs option language of lens date, such as \"nl\"");
    if (named && names_.spellings.empty())
        return invalid(
            "no names of months are known in the language \"" + language_ +
            "\" of lens date; it is a code such as \"en\", \"de\", \"fr\" or \"nl\""
        );
    if (!named && !language_.empty())
        return invalid("option language of lens date belongs to a month's name, MMM or MMMM");
    return {};
}

Result<DateFormat> DateFormat::make(
    std::string text, unsigned first_year, const std::string& language
) {
    DateFormat format;
    format.text_ = std::move(text);
    format.first_year_ = first_year;
    format.language_ = language;
    if (!language.empty()) format.names_ = normal::month_names(language);
    const std::string& letters = format.text_;
    for (std::size_t i = 0; i < letters.size();) {
        std::size_t end = i + 1;
        if (!is_unit(letters[i])) {
            while (end < letters.size() && !is_unit(letters[end]))
                ++end;
            Token token;
            token.literal = letters.substr(i, end - i);
            format.tokens_.push_back(std::move(token));
        } else {
            while (end < letters.size() && letters[end] == letters[i])
                ++end;
            const auto width = static_cast<unsigned>(end - i);
            if (auto added = format.add_unit(letters[i], width); !added) return added.error();
        }
        i = end;
    }
    if (auto checked = format.check(); !checked) return checked.error();
    // Where nothing stands between two figures, each needs all its digits: 2026111 is two days.
    using Kind = Token::Kind;
    for (std::size_t i = 0; i < format.tokens_.size(); ++i) {
        Token& token = format.tokens_[i];
        const Token* next = i + 1 < format.tokens_.size() ? &format.tokens_[i + 1] : nullptr;
        const Token* before = i > 0 ? &format.tokens_[i - 1] : nullptr;
        const auto touches = [](const Token* other, char edge) {
            if (other == nullptr || other->kind == Kind::MonthName) return false;
            return other->kind != Kind::Literal || is_digit(edge);
        };
        if (token.kind == Kind::MonthName) {
            if (next != nullptr && next->kind == Kind::Literal && is_of_word(next->literal.front()))
                return invalid(
                    "in option format of lens date a letter follows the month's name, so its end "
                    "could not be told; put a space or a sign between them"
                );
            continue;
        }
        if (token.kind == Kind::Literal) continue;
        const bool crowded =
            touches(next, next == nullptr || next->literal.empty() ? ' ' : next->literal.front()) ||
            touches(
                before, before == nullptr || before->literal.empty() ? ' ' : before->literal.back()
            );
        if (crowded && token.width == 1)
            return invalid(
                "in option format of lens date nothing stands between figures, so each has a fixed "
                "number of digits: MM and DD instead of M and D"
            );
        token.exact = token.exact || crowded;
    }
    return format;
}

bool DateFormat::take(const Token& token, std::string_view& text, std::string& part) const {
    using Kind = Token::Kind;
    if (token.kind == Kind::Literal) {
        if (!text.starts_with(token.literal)) return false;
        text.remove_prefix(token.literal.size());
        return true;
    }
    std::size_t size = 0;
    if (token.kind == Kind::MonthName) {
        while (size < text.size() && is_of_word(text[size]))
            ++size;
        const unsigned month = names_.month_of(text.substr(0, size));
        text.remove_prefix(size);
        part = padded(month, 2);
        return month != 0;
    }
    const std::size_t most = std::max(token.width, token.kind == Kind::Year ? 0U : 2U);
    while (size < most && size < text.size() && is_digit(text[size]))
        ++size;
    if (size == 0 || (token.exact && size != token.width)) return false;
    unsigned number = number_of(text.substr(0, size));
    text.remove_prefix(size);
    if (token.kind == Kind::Year && token.width == 2) {
        const unsigned century = first_year_ - first_year_ % 100;
        number += number < first_year_ % 100 ? century + 100 : century;
    }
    part = padded(number, token.kind == Kind::Year ? 4 : 2);
    return true;
}

std::optional<std::string> DateFormat::read(std::string_view text) const {
    std::string year;
    std::string month;
    std::string day;
    std::string none;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        const Token& token = tokens_[i];
        const bool after_name = i > 0 && tokens_[i - 1].kind == Token::Kind::MonthName;
        // An abbreviation may have its dot.
        if (after_name && text.starts_with('.') && !token.literal.starts_with('.'))
            text.remove_prefix(1);
        std::string& part = token.kind == Token::Kind::Year      ? year
                            : token.kind == Token::Kind::Day     ? day
                            : token.kind == Token::Kind::Literal ? none
                                                                 : month;
        if (!take(token, text, part)) return std::nullopt;
    }
    if (tokens_.back().kind == Token::Kind::MonthName && text == ".") text = {};
    if (!text.empty()) return std::nullopt;
    return year + "-" + month + "-" + day;
}

Result<std::string> DateFormat::write(std::string_view day) const {
    const auto failed = [](std::string detail) {
        return Error{ErrorCode::MappingFailed, Remedy::Quarantine, {}, std::move(detail)};
    };
    const bool is_day = day.size() == 10 && day[4] == '-' && day[7] == '-' &&
                        std::count_if(day.begin(), day.end(), is_digit) == 8;
    // A lens before this one may have written something else: a constant, a word for null.
    if (!is_day) return failed("the value is not a date");
    const unsigned year = number_of(day.substr(0, 4));
    const unsigned month = number_of(day.substr(5, 2));
    if (month < 1 || month > 12) return failed("the value is not a date");
    if (first_year_ != 0 && (year < first_year_ || year > first_year_ + 99))
        return failed(
            "the year does not fit: in two digits the system keeps " + std::to_string(first_year_) +
            " to " + std::to_string(first_year_ + 99) + " only"
        );
    std::string text;
    for (const Token& token : tokens_) {
        switch (token.kind) {
            case Token::Kind::Literal:
                text += token.literal;
                break;
            case Token::Kind::Year:
                text += padded(token.width == 2 ? year % 100 : year, token.width);
                break;
            case Token::Kind::Month:
                text += padded(month, token.width);
                break;
            case Token::Kind::MonthName:
                text += (token.width == kFullName ? names_.full : names_.abbreviated)[month - 1];
                break;
            case Token::Kind::Day:
                text += padded(number_of(day.substr(8, 2)), token.width);
                break;
        }
    }
    return text;
}

std::string DateFormat::loss() const {
    if (first_year_ == 0) return "";
    return "only the years " + std::to_string(first_year_) + " to " +
           std::to_string(first_year_ + 99) + " fit";
}

}  // namespace syncline::mapping
