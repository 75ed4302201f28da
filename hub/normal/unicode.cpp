#include "normal/unicode.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>

namespace syncline::normal {
namespace {

icu::UnicodeString utf16(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))
    );
}

std::string utf8(const icu::UnicodeString& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<std::uint8_t>(c) < 0x80U;
    });
}

/// ICU's own tables; nullptr only when the installed ICU is broken.
const icu::Normalizer2& normalizer(const icu::Normalizer2* (*instance)(UErrorCode&)) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found = instance(status);
    SYNCLINE_ASSERT(U_SUCCESS(status) != 0 && found != nullptr);
    return *found;
}

icu::UnicodeString
normalized(const icu::UnicodeString& text, const icu::Normalizer2* (*instance)(UErrorCode&)) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString result = normalizer(instance).normalize(text, status);
    SYNCLINE_ASSERT(U_SUCCESS(status) != 0);
    return result;
}

icu::UnicodeString nfc16(std::string_view text) {
    return normalized(utf16(text), &icu::Normalizer2::getNFCInstance);
}

bool is_space(UChar32 c) {
    return u_isUWhiteSpace(c) != 0 || u_charType(c) == U_CONTROL_CHAR || c == 0x200B || c == 0xFEFF;
}

/// Letters that Unicode does not take apart, but people type without their stroke.
std::string_view plain_letter(UChar32 c) {
    switch (c) {
        case 0x00F8:
            return "o";  // ø
        case 0x00E6:
            return "ae";  // æ
        case 0x0153:
            return "oe";  // œ
        case 0x0142:
            return "l";  // ł
        case 0x0111:
            return "d";  // đ
        case 0x00F0:
            return "d";  // ð
        case 0x00FE:
            return "th";  // þ
        case 0x0131:
            return "i";  // ı
        default:
            return {};
    }
}

/// Marks that people leave out when they type: accents of European letters, vowel signs of Arabic,
/// points of Hebrew. In other scripts a mark makes another letter: か and が.
bool is_left_out(UChar32 c) {
    const auto within = [c](UChar32 first, UChar32 last) { return first <= c && c <= last; };
    const bool hebrew = within(0x0591, 0x05BD) || c == 0x05BF || within(0x05C1, 0x05C2) ||
                        within(0x05C4, 0x05C5) || c == 0x05C7;
    return within(0x0300, 0x036F) || within(0x064B, 0x065F) || c == 0x0670 || hebrew;
}

bool is_letter_or_digit(UChar32 c) {
    return u_isalnum(c) != 0;
}
/// A vowel sign, an accent: part of the letter before it.
bool is_mark(UChar32 c) {
    return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

template <class Visit>
void each_character(const icu::UnicodeString& text, Visit visit) {
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
        visit(text.char32At(i));
}

void append_words(icu::UnicodeString& words, const icu::UnicodeString& text) {
    bool gap = true;
    each_character(text, [&](UChar32 c) {
        if (c == '.' || c == '\'' || c == 0x2019) return;
        if (!is_letter_or_digit(c) && (gap || !is_mark(c))) {
            gap = true;
            return;
        }
        if (gap && !words.isEmpty()) words.append(u' ');
        gap = false;
        words.append(c);
    });
}

}  // namespace

std::string nfc(std::string_view text) {
    return is_ascii(text) ? std::string(text) : utf8(nfc16(text));
}

namespace {

/// The same as for any text, without a detour by UTF-16: nearly all texts are of this kind.
std::string single_ascii_line(std::string_view text) {
    constexpr char kDelete = 0x7F;
    std::string line;
    bool gap = false;
    for (const char c : text) {
        if (c <= ' ' || c == kDelete) {
            gap = true;
            continue;
        }
        if (gap && !line.empty()) line += ' ';
        gap = false;
        line += c;
    }
    return line;
}

/// As of several_lines().
std::string ascii_lines(std::string_view text) {
    constexpr char kDelete = 0x7F;
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' && i > 0 && text[i - 1] == '\r') continue;
        if (c == '\r' || c == '\n')
            lines += '\n';
        else if (c == '\t' || (c >= ' ' && c != kDelete))
            lines += c;
    }
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    const auto end = std::find_if_not(lines.rbegin(), lines.rend(), is_blank).base();
    lines.erase(end, lines.end());
    lines.erase(lines.begin(), std::find_if_not(lines.begin(), lines.end(), is_blank));
    return lines;
}

bool is_ascii_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string ascii_upper(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return upper;
}

std::string ascii_words(std::string_view text) {
    std::string words;
    bool gap = true;
    for (const char c : text) {
        if (c == '.' || c == '\'') continue;
        if (!is_ascii_letter_or_digit(c)) {
            gap = true;
            continue;
        }
        if (gap && !words.empty()) words += ' ';
        gap = false;
        words += c;
    }
    return words;
}

}  // namespace

std::string single_line(std::string_view text) {
    if (is_ascii(text)) return single_ascii_line(text);
    icu::UnicodeString line;
    bool gap = false;
    each_character(nfc16(text), [&](UChar32 c) {
        if (is_space(c)) {
            gap = true;
            return;
        }
        if (gap && !line.isEmpty()) line.append(u' ');
        gap = false;
        line.append(c);
    });
    // Dropping a zero-width space can bring a letter and its accent together.
    return utf8(normalized(line, &icu::Normalizer2::getNFCInstance));
}

std::string several_lines(std::string_view text) {
    if (is_ascii(text)) return ascii_lines(text);
    icu::UnicodeString lines;
    bool after_return = false;
    each_character(nfc16(text), [&](UChar32 c) {
        const bool second_half = after_return && c == '\n';
        after_return = c == '\r';
        if (second_half) return;
        const bool is_end = c == '\r' || c == '\n' || c == 0x2028 || c == 0x2029 || c == 0x85;
        if (is_end) {
            lines.append(u'\n');
        } else if (c == '\t' || u_charType(c) != U_CONTROL_CHAR) {
            lines.append(c);
        }
    });
    std::int32_t begin = 0;
    std::int32_t end = lines.length();
    while (begin < end && is_space(lines.char32At(begin)))
        begin = lines.moveIndex32(begin, 1);
    while (end > begin && is_space(lines.char32At(lines.moveIndex32(end, -1))))
        end = lines.moveIndex32(end, -1);
    const icu::UnicodeString body = lines.tempSubStringBetween(begin, end);
    return utf8(normalized(body, &icu::Normalizer2::getNFCInstance));
}

std::string upper_case(std::string_view text) {
    if (is_ascii(text)) return ascii_upper(text);
    return utf8(utf16(text).toUpper(icu::Locale::getRoot()));
}

std::string lower_case(std::string_view text) {
    if (is_ascii(text)) return ascii_lower(text);
    return utf8(utf16(text).toLower(icu::Locale::getRoot()));
}

std::string folded(std::string_view text) {
    if (is_ascii(text)) return ascii_lower(text);
    icu::UnicodeString plain;
    const auto append_plain = [&](UChar32 c) {
        const std::string_view letter = plain_letter(c);
        if (!letter.empty()) {
            plain.append(utf16(letter));
        } else if (!is_left_out(c)) {
            plain.append(c);
        }
    };
    const icu::UnicodeString cased =
        normalized(utf16(text), &icu::Normalizer2::getNFKCCasefoldInstance);
    each_character(normalized(cased, &icu::Normalizer2::getNFDInstance), append_plain);
    return utf8(normalized(plain, &icu::Normalizer2::getNFCInstance));
}

std::string letters_and_digits(std::string_view text) {
    if (is_ascii(text)) {
        std::string plain;
        std::copy_if(text.begin(), text.end(), std::back_inserter(plain), is_ascii_letter_or_digit);
        return plain;
    }
    icu::UnicodeString kept;
    bool in_letter = false;
    each_character(nfc16(text), [&](UChar32 c) {
        in_letter = is_letter_or_digit(c) || (in_letter && is_mark(c));
        if (in_letter) kept.append(c);
    });
    return utf8(normalized(kept, &icu::Normalizer2::getNFCInstance));
}

std::string identifier(std::string_view text) {
    if (is_ascii(text)) return letters_and_digits(ascii_upper(text));
    // Upper case can need composing again and the other way round; three rounds settle every
    // script.
    std::string form(text);
    for (int round = 0; round < 3; ++round)
        form = letters_and_digits(upper_case(form));
    return form;
}

std::string folded_words(std::string_view text) {
    const std::string plain = folded(text);
    if (is_ascii(plain)) return ascii_words(plain);
    icu::UnicodeString words;
    append_words(words, utf16(plain));
    return utf8(words);
}

std::string_view whole_characters(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    UErrorCode status = U_ZERO_ERROR;
    UText* source =
        utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status);
    const std::unique_ptr<icu::BreakIterator> breaks(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)
    );
    SYNCLINE_ASSERT(U_SUCCESS(status) != 0);
    breaks->setText(source, status);
    SYNCLINE_ASSERT(U_SUCCESS(status) != 0);
    const auto limit = static_cast<std::int32_t>(bytes);
    const std::int32_t end = breaks->isBoundary(limit) != 0 ? limit : breaks->preceding(limit);
    utext_close(source);
    return text.substr(0, end < 0 ? 0 : static_cast<std::size_t>(end));
}

}  // namespace syncline::normal
