#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace syncline::normal {

/// Unicode text operations over ICU. All take well-formed UTF-8; pure, any thread.

/// Normalisation form C: one spelling of an accented letter.
std::string nfc(std::string_view text);
/// One line: NFC, control characters and white space of every script as single spaces, none at the
/// ends.
std::string single_line(std::string_view text);
/// Several lines: NFC, line ends as '\n', no other control characters but tabs, no white space at
/// the ends.
std::string several_lines(std::string_view text);
/// Upper case of the root locale.
std::string upper_case(std::string_view text);
/// Lower case of the root locale.
std::string lower_case(std::string_view text);
/// Without case, accents and width: two spellings that differ only in these become equal. Of the
/// marks of other scripts only those go that people leave out (vowel signs of Arabic and Hebrew).
std::string folded(std::string_view text);
/// Letters with their marks and digits of every script, NFC; the rest is dropped.
std::string letters_and_digits(std::string_view text);
/// `letters_and_digits` in capitals: the same for every spelling of an identifier.
std::string identifier(std::string_view text);
/// `folded` as words of letters and digits, one space between them. Dots and apostrophes join
/// ("S.A." is one word), everything else separates.
std::string folded_words(std::string_view text);
/// The longest prefix of at most `bytes` bytes that does not cut a character as people see it: a
/// letter stays with its accents.
std::string_view whole_characters(std::string_view text, std::size_t bytes);

}  // namespace syncline::normal
