#include "codec/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace syncline::codec {
namespace {

std::string problem_of(const Result<Json>& result) {
    if (result) return "accepted: " + to_line(*result);
    EXPECT_EQ(result.error().code, ErrorCode::PayloadMalformed);
    EXPECT_EQ(result.error().remedy, Remedy::Quarantine);
    return result.error().detail;
}
std::string problem_of(std::string_view text) {
    return problem_of(parse_json(text));
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(ParseJson, KeepsTheOrderOfKeys) {
    const auto json = parse_json(R"({"z": 1, "a": {"y": [true, null], "b": "x"}})");
    ASSERT_TRUE(json);
    EXPECT_EQ(to_line(*json), R"({"z":1,"a":{"y":[true,null],"b":"x"}})");
}

TEST(ParseJson, TakesAnyValueAtTheTop) {
    for (const std::string_view text : {"1", "\"a\"", "null", "true", "[]", " {} \r\n\t"})
        EXPECT_TRUE(parse_json(text)) << text;
}

TEST(ParseJson, RefusesAKeyThatOccursTwiceInOneObject) {
    const std::string twice = "the key \"a\" occurs twice in one object";
    EXPECT_EQ(problem_of(R"({"a": 1, "a": 1})"), twice);
    EXPECT_EQ(problem_of(R"({"a": 1, "b": 2, "a": 3})"), twice);
    EXPECT_EQ(problem_of(R"([{"x": {"a": 1, "a": 2}}])"), twice);
    EXPECT_EQ(problem_of(R"({"a": {"a": 1}, "a": 2})"), twice);
    EXPECT_EQ(problem_of(R"({"a": 1, "b": {}, "a": 2})"), twice);
}

TEST(ParseJson, KnowsAKeyThatIsEscapedTheSecondTime) {
    EXPECT_EQ(
        problem_of(R"({"key": 1, "\u006bey": 2})"), "the key \"key\" occurs twice in one object"
    );
}

TEST(ParseJson, TheSameKeyInTwoObjectsIsFine) {
    EXPECT_TRUE(parse_json(R"({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]})"));
    EXPECT_TRUE(parse_json(R"({"b": {"a": 1}, "a": 2})"));
}

TEST(ParseJson, RefusesWhatFollowsTheDocument) {
    EXPECT_EQ(problem_of("[1] x"), "invalid at byte 5");
    EXPECT_EQ(problem_of("{}{}"), "invalid at byte 3");
    EXPECT_EQ(problem_of("{}]"), "invalid at byte 3");
    EXPECT_EQ(problem_of("1,"), "invalid at byte 2");
}

TEST(ParseJson, RefusesWhatEndsEarly) {
    const std::string whole = R"({"a": [1, "x\n", {"b": true}], "c": null})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_json(std::string_view(whole).substr(0, size))) << size;
    EXPECT_TRUE(parse_json(whole));
}

TEST(ParseJson, RefusesOtherDialects) {
    for (const std::string_view text :
         {"{'a': 1}",
          "{a: 1}",
          "[1,]",
          R"({"a": 1,})",
          "[NaN]",
          "[Infinity]",
          "[+1]",
          "[.5]",
          "[1.]",
          "[01]",
          "[0x1]",
          "[1e]",
          "[True]",
          "[\"a\tb\"]",
          R"(["\x41"])",
          R"(["\u12"])"})
        EXPECT_FALSE(parse_json(text)) << text;
}

TEST(ParseJson, RefusesMalformedUtf8WhereverItStands) {
    const std::string problem = "not well-formed UTF-8";
    for (const std::string_view text :
         {"[\"\xFF\"]", "{\"\xC3\": 1}", "[\"\xED\xA0\x80\"]", "[\"\xC0\xAF\"]", "[1] \x80"})
        EXPECT_EQ(problem_of(text), problem);
    EXPECT_TRUE(parse_json("[\"\u00E9\u20AC\U0001F600\"]"));
}

TEST(ParseJson, ReadsPairsOfSurrogatesAndRefusesOneAlone) {
    const auto pair = parse_json(R"(["\ud83d\ude00"])");
    ASSERT_TRUE(pair);
    EXPECT_EQ((*pair)[0].get<std::string>(), "\U0001F600");
    EXPECT_FALSE(parse_json(R"(["\ud83d"])"));
    EXPECT_FALSE(parse_json(R"(["\ude00"])"));
    EXPECT_FALSE(parse_json(R"(["\ud83d\u0041"])"));
}

// RFC 8259, section 8.1: a parser may ignore it.
TEST(ParseJson, IgnoresAByteOrderMarkAtTheStartOnly) {
    EXPECT_EQ(problem_of("\xEF\xBB\xBF{\"a\": 1}"), "accepted: {\"a\":1}");
    EXPECT_FALSE(parse_json("{\"a\": 1}\xEF\xBB\xBF"));
    EXPECT_FALSE(parse_json("[\xEF\xBB\xBF 1]"));
}

TEST(ParseJson, KeepsWholeNumbersOfSixtyFourBits) {
    const std::string text = "[18446744073709551615,-9223372036854775808,9007199254740993]";
    EXPECT_EQ(problem_of(text), "accepted: " + text);
}

TEST(ParseJson, RefusesANumberThatNoDoubleHolds) {
    EXPECT_EQ(problem_of("[1e999]"), "a number is out of range");
    EXPECT_EQ(problem_of("{\"a\": -1e999}"), "a number is out of range");
    EXPECT_TRUE(parse_json("[1e308]"));
}

TEST(ParseJson, NestsToTheLimitAndNoDeeper) {
    EXPECT_TRUE(parse_json(nested(64)));
    EXPECT_EQ(problem_of(nested(65)), "nested deeper than 64 levels");
    const JsonLimits three{100, 3};
    EXPECT_TRUE(parse_json(R"([{"a": [1]}, {"b": [2]}])", three));
    EXPECT_EQ(problem_of(parse_json(R"([{"a": [{}]}])", three)), "nested deeper than 3 levels");
}

TEST(ParseJson, SurvivesAMillionBrackets) {
    EXPECT_EQ(problem_of(std::string(1'000'000, '[')), "nested deeper than 64 levels");
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    EXPECT_EQ(problem_of(objects), "nested deeper than 64 levels");
}

TEST(ParseJson, BracketsInTextsDoNotNest) {
    const std::string brackets(100, '{');
    EXPECT_TRUE(parse_json("[\"" + brackets + "\"]"));
    EXPECT_TRUE(parse_json("[\"\\\"" + brackets + "\"]"));  // after an escaped quote
    EXPECT_EQ(
        problem_of("[\"\\\\\"," + nested(64) + "]"), "nested deeper than 64 levels"
    );  // the quote after an escaped backslash ends the text
}

TEST(ParseJson, TakesNoMoreBytesThanTheLimit) {
    const JsonLimits ten{10, 64};
    EXPECT_TRUE(parse_json("[12345678]", ten));
    EXPECT_EQ(problem_of(parse_json("[123456789]", ten)), "longer than 10 bytes");
}

TEST(ParseJson, ReportsNoContentOfTheDocument) {
    const std::string problem = problem_of(R"({"email": "jane@doe.example" "x"})");
    EXPECT_EQ(problem.find("jane"), std::string::npos) << problem;
}

TEST(ParseJson, AllowsCommentsOnlyWhereTheyAreAskedFor) {
    for (const std::string_view text :
         {"// a\n[1]", "/* a */[1]", "[1] // a", "[1 /* a */]", "[/* \n\n */ 1]"}) {
        EXPECT_FALSE(parse_json(text)) << text;
        EXPECT_EQ(problem_of(parse_json_with_comments(text)), "accepted: [1]") << text;
    }
}

TEST(ParseJson, WithCommentsIsAsStrictOtherwise) {
    for (const std::string_view text :
         {"[1,]",
          "# a\n[1]",
          "/* a",
          "[1] x // a",
          R"({"a": 1, /* again */ "a": 2})",
          "// \xFF\n1"})
        EXPECT_FALSE(parse_json_with_comments(text)) << text;
    EXPECT_FALSE(parse_json_with_comments(nested(65)));
    const auto in_text = parse_json_with_comments(R"(["// no comment", "/* nor this */"])");
    ASSERT_TRUE(in_text);
    EXPECT_EQ((*in_text)[0].get<std::string>(), "// no comment");
}

TEST(ParseJsonWithComments, ACommentEndsWithEitherLineEndAndHidesNoDepth) {
    const auto json = parse_json_with_comments("// a\r[1]");
    ASSERT_TRUE(json);
    EXPECT_EQ(to_line(*json), "[1]");
    EXPECT_EQ(
        problem_of(parse_json_with_comments("// a\r" + nested(65))), "nested deeper than 64 levels"
    );
}

TEST(NumberOr, TakesWholeNumbersInRangeAndNothingElse) {
    const Json json{{"n", 7}, {"minus", -7}, {"huge", 1e300}, {"half", 0.5}, {"yes", true}};
    EXPECT_EQ(number_or(json, "n", 0U), 7U);
    EXPECT_EQ(number_or(json, "minus", 0), -7);
    EXPECT_EQ(number_or(json, "none", 9U), 9U);
    EXPECT_THROW(number_or(json, "minus", 0U), Json::exception);
    EXPECT_THROW(number_or(Json{{"n", 300}}, "n", std::uint8_t{0}), Json::exception);
    EXPECT_THROW(number_or(Json::array(), "n", 0), Json::exception);
    for (const char* key : {"huge", "half", "yes"})
        EXPECT_THROW(number_or(json, key, 0), Json::exception) << key;
}

TEST(WriteJson, ALineHasNoLineBreak) {
    const Json json{{"text", "a\nb\"c\\"}, {"list", {1, 2}}, {"letter", "\u00E9"}};
    EXPECT_EQ(to_line(json), "{\"text\":\"a\\nb\\\"c\\\\\",\"list\":[1,2],\"letter\":\"\u00E9\"}");
}

TEST(WriteJson, PrettyIndentsByTwo) {
    EXPECT_EQ(to_pretty(Json{{"a", {1}}}), "{\n  \"a\": [\n    1\n  ]\n}");
}

TEST(WriteJson, ReplacesMalformedUtf8) {
    EXPECT_EQ(to_line(Json("a\xFF")), "\"a\uFFFD\"");
    EXPECT_EQ(to_pretty(Json("a\xFF")), "\"a\uFFFD\"");
}

}  // namespace
}  // namespace syncline::codec
