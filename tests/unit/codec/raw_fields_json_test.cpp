#include "codec/raw_fields_json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace syncline::codec {
namespace {

std::string problem_of(std::string_view json) {
    const auto fields = read_raw_fields(json);
    if (fields) return "accepted: " + write_raw_fields(*fields);
    EXPECT_EQ(fields.error().code, ErrorCode::PayloadMalformed);
    EXPECT_EQ(fields.error().remedy, Remedy::Quarantine);
    return fields.error().detail;
}

/// The digits of {"n": number} after reading.
std::string digits_of(const std::string& number) {
    const auto fields = read_raw_fields("{\"n\":" + number + "}");
    const RawValue* value = fields ? fields->find("n") : nullptr;
    if (value == nullptr) return "refused";
    EXPECT_EQ(value->kind, RawValue::Kind::Number) << number;
    return value->text;
}

TEST(ReadRawFields, TakesALargeRecordInAnyOrder) {
    constexpr int kMany = 100'000;
    std::string json = "{";
    for (int i = 2 * kMany; i > kMany; --i)
        json += '"' + std::to_string(i) + "\":1,";
    json.back() = '}';
    const auto fields = read_raw_fields(json);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->size(), std::size_t{kMany});
    EXPECT_EQ(fields->begin()->first, std::to_string(kMany + 1));
}

TEST(ReadRawFields, KnowsEachKindOfScalar) {
    const auto fields =
        read_raw_fields(R"({"text": "a", "number": 5, "yes": true, "no": false, "null": null})");
    ASSERT_TRUE(fields);
    const RawFields expected{
        {"text", RawValue::of_text("a")},
        {"number", RawValue::of_number("5")},
        {"yes", RawValue::of_bool(true)},
        {"no", RawValue::of_bool(false)},
        {"null", RawValue::null()}};
    EXPECT_EQ(*fields, expected);
}

TEST(ReadRawFields, AnEmptyTextIsNotNull) {
    const auto fields = read_raw_fields(R"({"empty": ""})");
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields, (RawFields{{"empty", RawValue::of_text("")}}));
    EXPECT_TRUE(read_raw_fields("{}")->empty());
}

TEST(ReadRawFields, ANumberKeepsItsDigits) {
    for (const std::string digits :
         {"0",
          "0.10",
          "1.0",
          "-0.0",
          "1E5",
          "1e+05",
          "12345.678900000000000000001",
          "9007199254740993",
          "18446744073709551615",
          "18446744073709551616",
          "-9223372036854775808",
          "-9223372036854775809",
          "123456789012345678901234567890"})
        EXPECT_EQ(digits_of(digits), digits);
}

TEST(ReadRawFields, ATextOfDigitsStaysAText) {
    const auto fields = read_raw_fields(R"({"zip": "01000"})");
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields->find("zip"), RawValue::of_text("01000"));
}

TEST(ReadRawFields, ReadsEscapes) {
    const auto fields = read_raw_fields(R"({"\u0061": "x\u0000\n\ud83d\ude00"})");
    ASSERT_TRUE(fields);
    ASSERT_TRUE(fields->contains("a"));
    EXPECT_EQ(fields->find("a")->text, std::string("x\0\n\xF0\x9F\x98\x80", 7));
}

TEST(ReadRawFields, ARecordIsAnObject) {
    for (const std::string_view json : {"[]", "[1]", "5", "\"a\"", "null", "true", "1.5"})
        EXPECT_EQ(problem_of(json), "the record is not an object") << json;
}

TEST(ReadRawFields, ARecordIsFlatAndTheFieldIsNamed) {
    EXPECT_EQ(
        problem_of(R"({"ok": 1, "tags": ["x"]})"), "field \"tags\" is a list; a record is flat"
    );
    EXPECT_EQ(
        problem_of(R"({"address": {"city": "x"}})"),
        "field \"address\" is an object; a record is flat"
    );
    EXPECT_EQ(problem_of(R"({"a": {}})"), "field \"a\" is an object; a record is flat");
}

TEST(ReadRawFields, AFieldOccursOnce) {
    EXPECT_EQ(problem_of(R"({"a": 1, "b": 2, "a": 1})"), "field \"a\" occurs twice");
    EXPECT_EQ(problem_of(R"({"a": null, "\u0061": null})"), "field \"a\" occurs twice");
    EXPECT_EQ(problem_of(R"({"": 1, "": 2})"), "occurs twice");
}

TEST(ReadRawFields, RefusesWhatIsNoJson) {
    EXPECT_EQ(problem_of(""), "invalid JSON at byte 1");
    EXPECT_EQ(problem_of("{} x"), "invalid JSON at byte 4");
    EXPECT_EQ(problem_of("{}{}"), "invalid JSON at byte 3");
    EXPECT_EQ(problem_of(R"({"a": 1,})"), "invalid JSON at byte 9");
    for (const std::string_view json :
         {"{'a': 1}",
          R"({"a": 01})",
          R"({"a": NaN})",
          R"({"a": +1})",
          R"({"a": .5})",
          R"({"a" 1})",
          R"({"a": 1 "b": 2})",
          "{\"a\": 1} // b",
          "/* a */ {}",
          "{\"a\": \"\n\"}"})
        EXPECT_NE(problem_of(json).find("invalid JSON at byte "), std::string::npos) << json;
}

TEST(ReadRawFields, RefusesWhatEndsEarly) {
    const std::string whole = R"({"a": "x\n", "b": 1.50, "c": null})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_raw_fields(std::string_view(whole).substr(0, size))) << size;
    EXPECT_TRUE(read_raw_fields(whole));
}

TEST(ReadRawFields, RefusesMalformedUtf8InNamesAndValues) {
    EXPECT_EQ(problem_of("{\"a\": \"\xFF\"}"), "not well-formed UTF-8");
    EXPECT_EQ(problem_of("{\"\xC3\": 1}"), "not well-formed UTF-8");
    EXPECT_FALSE(read_raw_fields(R"({"a": "\ud800"})"));
}

TEST(ReadRawFields, SurvivesAMillionBrackets) {
    EXPECT_EQ(problem_of(std::string(1'000'000, '[')), "the record is not an object");
    EXPECT_EQ(
        problem_of("{\"a\":" + std::string(1'000'000, '[')),
        "field \"a\" is a list; a record is flat"
    );
}

TEST(ReadRawFields, AProblemNeverHoldsAValue) {
    for (const std::string_view json :
         {R"({"email": "jane@doe.example", "email": "jane@doe.example"})",
          R"({"email": "jane@doe.example" "x": 1})",
          R"({"email": "jane@doe.example\q"})",
          R"({"email": ["jane@doe.example"]})",
          R"("jane@doe.example")",
          "{\"email\": \"jane@doe.example\xFF\"}"}) {
        const auto fields = read_raw_fields(json);
        ASSERT_FALSE(fields) << json;
        EXPECT_EQ(fields.error().detail.find("jane"), std::string::npos) << fields.error().detail;
        EXPECT_EQ(fields.error().where.find("jane"), std::string::npos) << fields.error().where;
    }
}

TEST(WriteRawFields, WritesTheKeysInOrderWithoutSpaces) {
    const RawFields fields{
        {"b", RawValue::of_text("x")},
        {"a", RawValue::of_number("0.10")},
        {"d", RawValue::null()},
        {"c", RawValue::of_bool(true)}};
    EXPECT_EQ(write_raw_fields(fields), R"({"a":0.10,"b":"x","c":true,"d":null})");
    EXPECT_EQ(write_raw_fields({}), "{}");
}

TEST(WriteRawFields, EscapesNamesAndTexts) {
    const RawFields fields{{"a\"b\n", RawValue::of_text("c\\d\"e\n\x01\u00E9")}};
    EXPECT_EQ(write_raw_fields(fields), "{\"a\\\"b\\n\":\"c\\\\d\\\"e\\n\\u0001\u00E9\"}");
    const auto read = read_raw_fields(write_raw_fields(fields));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, fields);
}

// A connector of ours may hold "NaN" or "01" as a number; the line must stay JSON.
TEST(WriteRawFields, WritesANumberThatJsonDoesNotKnowAsAText) {
    for (const std::string digits :
         {"NaN",
          "",
          "01",
          "+1",
          ".5",
          "1.",
          "1,5",
          " 1",
          "1 ",
          "true",
          "null",
          "\"a\"",
          "[1]",
          "1,\"b\":2",
          "0x10",
          "-"}) {
        const std::string json = write_raw_fields({{"n", RawValue::of_number(digits)}});
        const auto read = read_raw_fields(json);
        ASSERT_TRUE(read) << json;
        EXPECT_EQ(*read, (RawFields{{"n", RawValue::of_text(digits)}})) << json;
    }
}

TEST(WriteRawFields, ReplacesMalformedUtf8) {
    EXPECT_EQ(write_raw_fields({{"a", RawValue::of_text("x\xFF")}}), "{\"a\":\"x\uFFFD\"}");
}

}  // namespace
}  // namespace syncline::codec
