// Where a configuration file stops being JSON with comments, as its author looks for it.

#include "codec/json_flaw.hpp"

#include "codec/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace syncline::codec {
namespace {

constexpr std::size_t kDepth = 32;

std::string flaw_in(std::string_view text) {
    const auto flaw = find_flaw(text, kDepth);
    if (!flaw) return "none";
    return std::to_string(flaw->line) + ":" + std::to_string(flaw->column) + " " + flaw->detail;
}

TEST(JsonFlaw, ThereIsNoneInWhatTheParserTakes) {
    for (const std::string_view text :
         {"{}",
          "\xEF\xBB\xBF// a\n[1, -2.5e3, true, null, \"\\u00e9\\\"\"] /* b */ // c",
          "{ \"a\": { \"b\": [] }, \"c\": {}, /* , */ \"d\": \"// no comment\" }\n"})
        EXPECT_EQ(flaw_in(text), "none") << text;
}

TEST(JsonFlaw, AKeyThatOccursTwiceIsWhereItOccursAgain) {
    const std::string twice = "the key \"a\" occurs twice in one object";
    EXPECT_EQ(flaw_in("{\n  \"a\": 1,\n  \"b\": 2,\n  \"a\": 3\n}"), "4:3 " + twice);
    EXPECT_EQ(flaw_in("{ \"b\": [\n{ \"a\": 1, \"\\u0061\": 2 }] }"), "2:11 " + twice);
    EXPECT_EQ(flaw_in("{ \"a\": { \"a\": 1 },\n\"a\": 2 }"), "2:1 " + twice);
}

TEST(JsonFlaw, ATextOrACommentWithoutEndIsWhereItBegins) {
    const std::string open_text = "this text has no closing quote in its line";
    EXPECT_EQ(flaw_in("{\n  \"a\": \"x,\n  \"b\": 2\n}\n"), "2:8 " + open_text);
    EXPECT_EQ(flaw_in("{\r\n  \"a: 1\r\n}"), "2:3 " + open_text);
    EXPECT_EQ(flaw_in("[\n\"a"), "2:1 " + open_text);
    EXPECT_EQ(flaw_in("[\n\"a\\"), "2:1 " + open_text);
    EXPECT_EQ(flaw_in("{\n  /* a\n  \"b\": 1\n}\n\n"), "2:3 this comment has no end");
    EXPECT_EQ(flaw_in("{}\n/* a *"), "2:1 this comment has no end");
}

TEST(JsonFlaw, AByteThatNoTextHasIsWhereItStands) {
    using namespace std::string_literals;
    EXPECT_EQ(flaw_in("{\n\"a\": 1\0}"s), "2:7 a NUL byte");
    EXPECT_EQ(flaw_in("{}\n\n\0"s), "3:1 a NUL byte");
    EXPECT_EQ(flaw_in("[\n\"a\0b\"]"s), "2:3 a NUL byte");
    EXPECT_EQ(flaw_in("[] // a\n/* b \0 */"s), "2:6 a NUL byte");
    const std::string broken = "a byte that is not well-formed UTF-8";
    EXPECT_EQ(flaw_in("[\n\"\u00E9\xFF\"]"), "2:3 " + broken);
    EXPECT_EQ(flaw_in("// \xC3\n1"), "1:4 " + broken);
    EXPECT_EQ(
        flaw_in("[1]\n\xEF\xBB\xBF"),
        "2:1 expected the end of the file, found a character "
        "that needs quotes around it"
    );
}

TEST(JsonFlaw, WhatFollowsTheDocumentIsNamed) {
    EXPECT_EQ(flaw_in("{}\n  }\n"), "2:3 expected the end of the file, found \"}\"");
    EXPECT_EQ(
        flaw_in("{}\n// a\nfoo"), "3:1 expected the end of the file, found a word without quotes"
    );
    EXPECT_EQ(flaw_in("[1] 2"), "1:5 expected the end of the file, found a number");
}

TEST(JsonFlaw, WhatIsMissingIsNamedWhereItShouldBe) {
    EXPECT_EQ(flaw_in("{ \"a\": 1\n  \"b\": 2 }"), "2:3 expected \",\" or \"}\", found a text");
    EXPECT_EQ(flaw_in("[1\n2]"), "2:1 expected \",\" or \"]\", found a number");
    EXPECT_EQ(flaw_in("{\n\"a\" 1 }"), "2:5 expected \":\", found a number");
    EXPECT_EQ(flaw_in("{ \"a\": 1,\n}"), "2:1 expected a key in quotes, found \"}\"");
    EXPECT_EQ(flaw_in("[1,\n]"), "2:1 expected a value, found \"]\"");
    EXPECT_EQ(flaw_in("{ 'a': 1 }"), "1:3 expected a key in quotes or \"}\", found \"'\"");
    EXPECT_EQ(flaw_in("{\n"), "2:1 the file ends where a key in quotes or \"}\" should be");
    EXPECT_EQ(flaw_in(""), "1:1 the file ends where a value should be");
    EXPECT_EQ(flaw_in("# a\n{}"), "1:1 expected a value, found \"#\"");
}

TEST(JsonFlaw, AWordANumberAndAnEscapeThatJsonDoesNotKnowAreNamed) {
    EXPECT_EQ(
        flaw_in("{ \"a\":\n yes }"),
        "2:2 a word without quotes; only true, false and null stand without"
    );
    const std::string no_number = "this is no number of JSON, or one out of range";
    EXPECT_EQ(flaw_in("[\n0x1]"), "2:1 " + no_number);
    EXPECT_EQ(flaw_in("[\n 1e999]"), "2:2 " + no_number);
    EXPECT_EQ(flaw_in("[.5]"), "1:2 " + no_number);
    const std::string escape =
        "this text has an escape that JSON does not know; a backslash is \\\\";
    EXPECT_EQ(flaw_in("[\n\"C:\\path\"]"), "2:1 " + escape);
    EXPECT_EQ(flaw_in("[\"\\ud83d\"]"), "1:2 " + escape);
    EXPECT_EQ(
        flaw_in("[\"a\tb\"]"),
        "1:4 a control character in a text; write it as an escape, such as \\t"
    );
}

TEST(JsonFlaw, TheLevelThatIsTooDeepIsNamed) {
    EXPECT_EQ(flaw_in("[\n" + std::string(40, '[')), "2:32 nested deeper than 32 levels");
    EXPECT_EQ(flaw_in(std::string(32, '[') + std::string(32, ']')), "none");
    EXPECT_EQ(flaw_in("[[[[1]]], [[2]], [[3]]]"), "none");
}

TEST(JsonFlaw, ColumnsAreCharacters) {
    EXPECT_EQ(
        flaw_in("[\"\u00E9\u20AC\" x]"), "1:7 expected \",\" or \"]\", found a word without quotes"
    );
}

// Each edit of one character: the parser refuses exactly what has a flaw.
TEST(JsonFlaw, IsFoundExactlyWhereTheParserRefuses) {
    const std::string whole =
        "\xEF\xBB\xBF{ // a\n \"a\": [1, -2.5e3, true, null],\n /* b */ \"b\\n\": "
        "{\"c\": \"\\u00e9\u00E9\", \"d\": {}} }\n";
    std::size_t refused = 0;
    const auto agree = [&](const std::string& text) {
        const bool is_taken = static_cast<bool>(parse_json_with_comments(text, {1'000, kDepth}));
        EXPECT_EQ(flaw_in(text) == "none", is_taken) << text << "\n" << flaw_in(text);
        refused += is_taken ? 0 : 1;
    };
    const std::string others("\0\n\t\"\\{}[],:/*-1eEtx'\xC3\xA9", 22);
    for (std::size_t at = 0; at <= whole.size(); ++at) {
        agree(whole.substr(0, at));
        if (at < whole.size()) agree(whole.substr(0, at) + whole.substr(at + 1));
        for (const char other : others) {
            std::string text = whole;
            agree(text.insert(at, 1, other));
            if (at == whole.size()) continue;
            text = whole;
            text[at] = other;
            agree(text);
        }
    }
    EXPECT_GT(refused, 2'000U);
}

}  // namespace
}  // namespace syncline::codec
