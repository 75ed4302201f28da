#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace syncline {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Trimmed, TakesWhiteSpaceOffBothEndsOnly) {
    EXPECT_EQ(trimmed(" \t\r\n\f\va b\v\f\n\r\t "), "a b");
    EXPECT_EQ(trimmed("a"), "a");
    EXPECT_EQ(trimmed(" \n "), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Trimmed, LeavesSpacesBeyondAscii) {
    EXPECT_EQ(trimmed("\u00A0a\u00A0"), "\u00A0a\u00A0");
}

TEST(AsciiLower, LowersTheLettersAndNothingElse) {
    EXPECT_EQ(ascii_lower("AZaz09@[`{"), "azaz09@[`{");
    EXPECT_EQ(ascii_lower("\u00C9A"), "\u00C9a");
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_EQ(split("a.b", '.'), (Parts{"a", "b"}));
    EXPECT_EQ(split(".a..", '.'), (Parts{"", "a", "", ""}));
    EXPECT_EQ(split("a.b", ';'), (Parts{"a.b"}));
    EXPECT_EQ(split("", '.'), (Parts{""}));
}

TEST(IsUtf8, TakesTheFirstAndLastOfEachLength) {
    for (const std::string_view text :
         {"",
          "\x7F",
          "\xC2\x80",
          "\xDF\xBF",
          "\xE0\xA0\x80",
          "\xED\x9F\xBF",
          "\xEE\x80\x80",
          "\xEF\xBF\xBF",
          "\xF0\x90\x80\x80",
          "\xF4\x8F\xBF\xBF"})
        EXPECT_TRUE(is_utf8(text));
    EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(IsUtf8, RefusesWhatRfc3629Forbids) {
    for (const std::string_view text :
         {"\x80",              // a continuation alone
          "\xC0\xAF",          // over-long in two
          "\xC1\xBF",          // over-long in two
          "\xE0\x9F\xBF",      // over-long in three
          "\xF0\x8F\xBF\xBF",  // over-long in four
          "\xED\xA0\x80",      // the first surrogate
          "\xED\xBF\xBF",      // the last surrogate
          "\xF4\x90\x80\x80",  // above U+10FFFF
          "\xF5\x80\x80\x80",
          "\xFF"})
        EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(IsUtf8, RefusesASequenceThatEndsEarly) {
    for (const std::string_view text :
         {"\xC2", "\xE2\x82", "\xF0\x9F\x98", "\xC2x", "\xE2\x82x", "\xE2x\xAC", "\xF0\x9F\x98x"}) {
        EXPECT_FALSE(is_utf8(text)) << text;
        EXPECT_FALSE(is_utf8("a" + std::string(text))) << text;
    }
}

TEST(CountCharacters, CountsCodePoints) {
    EXPECT_EQ(count_characters(""), 0U);
    EXPECT_EQ(count_characters("a\u00E9\u20AC\U0001F600"), 4U);
}

TEST(FirstCharacters, CutsBetweenCodePoints) {
    const std::string_view text = "a\u00E9\u20AC\U0001F600";
    EXPECT_EQ(first_characters(text, 0), "");
    EXPECT_EQ(first_characters(text, 2), "a\u00E9");
    EXPECT_EQ(first_characters(text, 3), "a\u00E9\u20AC");
    EXPECT_EQ(first_characters(text, 4), text);
    EXPECT_EQ(first_characters(text, 5), text);
}

TEST(FirstBytes, NeverCutsACodePoint) {
    const std::string_view text = "a\u00E9\u20AC\U0001F600";  // 1, 2, 3 and 4 bytes
    EXPECT_EQ(first_bytes(text, 0), "");
    EXPECT_EQ(first_bytes(text, 1), "a");
    EXPECT_EQ(first_bytes(text, 2), "a");
    EXPECT_EQ(first_bytes(text, 3), "a\u00E9");
    EXPECT_EQ(first_bytes(text, 5), "a\u00E9");
    EXPECT_EQ(first_bytes(text, 9), "a\u00E9\u20AC");
    EXPECT_EQ(first_bytes(text, 10), text);
    EXPECT_EQ(first_bytes("\u20AC", 2), "");
}

TEST(Nearest, NamesTheCandidateWithTheFewestEdits) {
    const std::vector<std::string> words{"direction", "limit", "remote", "unique"};
    EXPECT_EQ(nearest("remte", words), "remote");         // a letter is missing
    EXPECT_EQ(nearest("limmit", words), "limit");         // one too many
    EXPECT_EQ(nearest("unikue", words), "unique");        // another one
    EXPECT_EQ(nearest("directoin", words), "direction");  // two in the wrong order
    EXPECT_EQ(nearest("lemote", {"demote_x", "remote"}), "remote");
}

TEST(Nearest, NamesNothingThatIsFar) {
    EXPECT_EQ(nearest("colour", {"remote", "limit"}), "");
    EXPECT_EQ(nearest("limit", {}), "");
}

TEST(Nearest, AllowsMoreEditsInALongWord) {
    EXPECT_EQ(nearest("abcdefghiXYZ", {"abcdefghijkl"}), "abcdefghijkl");
    EXPECT_EQ(nearest("abcXYZ", {"abcdef"}), "");
}

TEST(Nearest, PrefersTheFirstOfTwoEquals) {
    EXPECT_EQ(nearest("bat", {"cat", "rat"}), "cat");
}

}  // namespace
}  // namespace syncline
