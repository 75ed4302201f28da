#include "normal/unicode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

struct Case {
    std::string_view text;
    std::string_view expected;
};

void expect_all(std::string (*form)(std::string_view), const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        EXPECT_EQ(form(each.text), each.expected) << "of \"" << each.text << '"';
        EXPECT_EQ(form(each.expected), each.expected) << "again of \"" << each.expected << '"';
    }
}

TEST(Unicode, NfcIsOneSpellingOfAnAccentedLetter) {
    expect_all(
        nfc,
        {
            {"", ""},
            {"plain", "plain"},
            {"Cafe\u0301", "Café"},
            {"Café", "Café"},
            {"\u1112\u1161\u11AB", "한"},
            {"\u212B", "Å"},         // the sign for ångström
            {"e\u0323\u0302", "ệ"},  // marks in either order
            {"e\u0302\u0323", "ệ"},
            {"🙂", "🙂"},
        }
    );
}

TEST(Unicode, OneLineHasSingleSpacesAndNoneAtTheEnds) {
    expect_all(
        single_line,
        {
            {"  De   Smet  ", "De Smet"},
            {"De\tSmet\r\nNV", "De Smet NV"},
            {"De\u00A0Smet\u2003NV\u3000", "De Smet NV"},
            {"\uFEFFAcme\u200B", "Acme"},
            {"a\u0001b", "a b"},
            {std::string_view("a\0b", 3), "a b"},
            {" \t\u00A0\u200B\n", ""},
            {"Cafe\u0301", "Café"},
            {"\u200F\u05E9\u05DC\u05D5\u05DD", "\u200F\u05E9\u05DC\u05D5\u05DD"},  // right to left
            {"👨\u200D👩\u200D👧 🇧🇪", "👨\u200D👩\u200D👧 🇧🇪"},  // joiners hold a family together
        }
    );
}

TEST(Unicode, SeveralLinesKeepTheirLinesAndTabs) {
    expect_all(
        several_lines,
        {
            {"a\r\nb\rc\nd", "a\nb\nc\nd"},
            {"a\n\nb", "a\n\nb"},
            {"a\r\n\r\nb", "a\n\nb"},
            {"a\u2028b\u2029c\u0085"
             "d",
             "a\nb\nc\nd"},
            {"a\tb  c", "a\tb  c"},
            {"a\u0007b", "ab"},
            {"\n  a \n b \n\u00A0\t", "a \n b"},
            {" \r\n\u2003", ""},
            {"Cafe\u0301\nE\u0301", "Café\nÉ"},
            {"e\u0007\u0301", "é"},  // the bell between a letter and its accent goes
        }
    );
}

TEST(Unicode, CaseIsThatOfNoLanguageInParticular) {
    EXPECT_EQ(upper_case("straße, éÅ łi"), "STRASSE, ÉÅ ŁI");
    EXPECT_EQ(lower_case("ÉÅŁ I"), "éåł i");
    EXPECT_EQ(lower_case("ΟΔΟΣ"), "οδος");
    EXPECT_EQ(upper_case("東京 12"), "東京 12");
}

TEST(Unicode, FoldedTextsDifferInMoreThanCaseAccentsAndWidth) {
    const std::vector<std::vector<std::string_view>> same{
        {"Müller", "MULLER", "muller", "mu\u0308ller"},
        {"Straße", "STRASSE", "strasse"},
        {"Łódź", "LODZ", "lodz"},
        {"Ørsted", "ORSTED", "orsted"},
        {"Ægir", "aegir"},
        {"Œuvre", "oeuvre"},
        {"Đorđe", "dorde"},
        {"ısı", "ISI"},
        {"Þór", "thor"},
        {"ＡＢＣ１２", "abc12"},
        {"ΟΔΟΣ", "οδος", "οδός"},
        {"ﬁnance", "finance"},
    };
    for (const auto& spellings : same) {
        for (const std::string_view spelling : spellings)
            EXPECT_EQ(folded(spelling), folded(spellings.front())) << spelling;
    }
    EXPECT_EQ(folded("Müller"), "muller");
    EXPECT_NE(folded("Muller"), folded("Mueller"));
    EXPECT_NE(folded("a b"), folded("ab"));
    EXPECT_EQ(folded("🙂 A"), "🙂 a");
}

TEST(Unicode, OnlyMarksThatPeopleLeaveOutFold) {
    EXPECT_EQ(folded("مُحَمَّد"), "محمد");
    EXPECT_EQ(folded("שָׁלוֹם"), "שלום");
    EXPECT_EQ(folded("\u0625\u0633"), folded("\u0625\u0650\u0633"));
    // In other scripts a mark makes another letter, so other words.
    EXPECT_NE(folded("か"), folded("が"));
    EXPECT_NE(folded("ハハ"), folded("パパ"));
    EXPECT_NE(folded("टोगो"), folded("टोंगा"));
    EXPECT_NE(folded("กา"), folded("ก้า"));
    EXPECT_EQ(folded("が"), folded("か\u3099"));
    EXPECT_EQ(folded("한국"), folded("\u1112\u1161\u11AB국"));
}

TEST(Unicode, LettersAndDigitsOfEveryScriptStay) {
    expect_all(
        letters_and_digits,
        {
            {"BE 0123.456-749", "BE0123456749"},
            {"東京 12/٣", "東京12٣"},
            {"é_ß!", "éß"},
            {"\u200F\u05D0-\u05D1", "\u05D0\u05D1"},
            {"🙂 -", ""},
            {"e\u0301-1", "é1"},
            {"x\u0302 -\u0302y", "x\u0302y"},  // a mark is of the letter before it, or of nothing
            {"टोंगा १२", "टोंगा१२"},
        }
    );
}

TEST(Unicode, AnIdentifierHasOneSpelling) {
    expect_all(
        identifier,
        {{"hrb 12-b", "HRB12B"}, {"é-1", "É1"}, {"e\u0301-1", "É1"}, {"straße", "STRASSE"}}
    );
}

TEST(Unicode, DotsAndApostrophesJoinAndTheRestSeparates) {
    expect_all(
        folded_words,
        {
            {"S.A. Dupont & Fils", "sa dupont fils"},
            {"O'Neill", "oneill"},
            {"O’Neill", "oneill"},
            {"Rue-Haute, 12/3", "rue haute 12 3"},
            {"  --Café--  ", "cafe"},
            {"...", ""},
            {"東京-商事", "東京 商事"},
            {"टोंगा-टोगो", "टोंगा टोगो"},
        }
    );
}

TEST(Unicode, CutsWhereAPersonSeesACharacterEnd) {
    struct Cut {
        std::string_view text;
        std::size_t bytes;
        std::string_view expected;
    };
    const std::string_view family = "👨\u200D👩\u200D👧";
    const std::vector<Cut> cuts{
        {"abc", 3, "abc"},
        {"abc", 99, "abc"},
        {"abc", 2, "ab"},
        {"abc", 0, ""},
        {"Café", 5, "Café"},
        {"Cafe\u0301!", 4, "Caf"},  // between e and its accent
        {"Cafe\u0301!", 6, "Cafe\u0301"},
        {"a🙂b", 1, "a"},
        {"a🙂b", 5, "a🙂"},
        {family, family.size() - 1, ""},
        {"🇧🇪🇫🇷", 12, "🇧🇪"},
        {"a\r\nb", 2, "a"},
    };
    for (const Cut& cut : cuts)
        EXPECT_EQ(whole_characters(cut.text, cut.bytes), cut.expected)
            << cut.bytes << " bytes of " << cut.text;
}

}  // namespace
}  // namespace syncline::normal
