#include "codec/line_index.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

namespace syncline::codec {
namespace {

using Lines = std::map<std::string, std::size_t>;

TEST(IndexLines, TellsTheLineOfEachMember) {
    const Lines expected{{"", 1}, {"/a", 2}, {"/b", 3}, {"/b/c", 4}, {"/b/d", 5}, {"/e", 7}};
    EXPECT_EQ(
        index_lines("{\n"
                    "  \"a\": 1,\n"
                    "  \"b\": {\n"
                    "    \"c\": true,\n"
                    "    \"d\": null\n"
                    "  },\n"
                    "  \"e\": \"x\" }\n"),
        expected
    );
}

TEST(IndexLines, TellsTheLineOfEachItem) {
    const Lines expected{
        {"", 1}, {"/0", 1}, {"/1", 2}, {"/2", 3}, {"/2/0", 3}, {"/2/1", 4}, {"/3", 6}};
    EXPECT_EQ(index_lines("[1,\n\"x\",\n[2,\n3]\n,\n{}]"), expected);
}

TEST(IndexLines, AMemberIsWhereItsKeyIs) {
    const Lines expected{{"", 1}, {"/a", 2}, {"/a/0", 5}};
    EXPECT_EQ(index_lines("{\n\"a\"\n:\n[\n1]}"), expected);
}

TEST(IndexLines, CountsTheLinesOfComments) {
    const Lines expected{{"", 4}, {"/a", 6}, {"/b", 9}};
    EXPECT_EQ(
        index_lines("// one { \"x\": 1\n"
                    "/* two\n"
                    "   three */\n"
                    "{ // \"no\": 1\n"
                    "  /* \"nor\": 2 */\n"
                    "  \"a\" /* here */ : 1// and there\n"
                    "  /* [ */\n"
                    "  , // ]\n"
                    "  \"b\": 2\n"
                    "}\n"),
        expected
    );
}

TEST(IndexLines, TakesTextsForTexts) {
    const Lines expected{{"", 1}, {"/a", 1}, {"/b", 2}, {"/c", 3}};
    EXPECT_EQ(
        index_lines("{\"a\": \"// { \\\" [ /*\",\n\"b\": \"\\\\\",\n\"c\": \"}\"}"), expected
    );
}

TEST(IndexLines, EscapesThePointerAndReadsEscapesOfTheKey) {
    const Lines expected{{"", 1}, {"/a~1b", 2}, {"/c~0d", 3}, {"/\u00E9", 4}, {"/", 5}};
    EXPECT_EQ(index_lines("{\n\"a/b\": 1,\n\"c~d\": 2,\n\"\\u00e9\": 3,\n\"\": 4}"), expected);
}

TEST(IndexLines, TakesWindowsLineEnds) {
    const Lines expected{{"", 1}, {"/a", 2}, {"/b", 3}};
    EXPECT_EQ(index_lines("{\r\n\"a\": 1,\r\n\"b\": 2\r\n}\r\n"), expected);
}

TEST(IndexLines, ACommentEndsWithACarriageReturnToo) {
    EXPECT_EQ(index_lines("// a\r{\"a\": 1}"), (Lines{{"", 1}, {"/a", 1}}));
}

TEST(IndexLines, ACommentThatBeginsWithASlashIsNotOverWithIt) {
    EXPECT_EQ(index_lines("/*/ {\n */ {\"a\": 1}"), (Lines{{"", 2}, {"/a", 2}}));
}

TEST(IndexLines, PassesOverAByteOrderMark) {
    EXPECT_EQ(index_lines("\xEF\xBB\xBF{\n\"a\": 1}"), (Lines{{"", 1}, {"/a", 2}}));
}

TEST(IndexLines, KnowsAScalarDocument) {
    EXPECT_EQ(index_lines("\n\n5"), (Lines{{"", 3}}));
    EXPECT_EQ(index_lines("\"a\""), (Lines{{"", 1}}));
}

TEST(PointerStep, EscapesTildeAndSlash) {
    EXPECT_EQ(pointer_step("a~b/c"), "a~0b~1c");
    EXPECT_EQ(pointer_step("~1"), "~01");
    EXPECT_EQ(pointer_step("plain"), "plain");
    EXPECT_EQ(pointer_step(""), "");
}

}  // namespace
}  // namespace syncline::codec
