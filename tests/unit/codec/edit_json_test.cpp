#include "codec/edit_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::codec {
namespace {

std::string set(const std::string& text, const std::string& object, const char* key, Json value) {
    const auto edited = set_member(text, object, key, value);
    EXPECT_TRUE(edited) << edited.error().detail;
    return edited ? *edited : "";
}

TEST(SetMember, ReplacesAValueAndNothingElse) {
    EXPECT_EQ(
        set("// mine\n{ \"a\": 1, /* two */ \"b\" : [1, 2] , \"c\": {} } // end\n", "", "b", "x"),
        "// mine\n{ \"a\": 1, /* two */ \"b\" : \"x\" , \"c\": {} } // end\n"
    );
}

TEST(SetMember, ANewOneComesLastOnALineOfItsOwn) {
    EXPECT_EQ(
        set("{\n  \"a\": 1,\n  \"b\": { \"c\": 2 }\n}\n", "", "d", true),
        "{\n  \"a\": 1,\n  \"b\": { \"c\": 2 },\n  \"d\": true\n}\n"
    );
}

TEST(SetMember, StaysOnTheLineThatTheOthersShare) {
    EXPECT_EQ(set("{ \"a\": { \"b\": 1 } }", "/a", "c", 2), "{ \"a\": { \"b\": 1, \"c\": 2 } }");
    EXPECT_EQ(
        set("{\n  \"a\": { \"b\": 1 },  // of a\n  \"d\": 0\n}", "/a", "c", 2),
        "{\n  \"a\": { \"b\": 1, \"c\": 2 },  // of a\n  \"d\": 0\n}"
    );
}

TEST(SetMember, ACommentStaysWithTheMemberItIsAbout) {
    EXPECT_EQ(set("{\n  \"a\": 1  // one\n}", "", "b", 2), "{\n  \"a\": 1,  // one\n  \"b\": 2\n}");
    EXPECT_EQ(
        set("{\n  \"a\": 1 /* one */\n  // none\n}", "", "b", 2),
        "{\n  \"a\": 1, /* one */\n  \"b\": 2\n  // none\n}"
    );
}

TEST(SetMember, FillsAnEmptyObject) {
    EXPECT_EQ(set("{}", "", "a", 1), "{ \"a\": 1 }");
    EXPECT_EQ(set("{ \"a\": {\n} }", "/a", "b", 1), "{ \"a\": { \"b\": 1 } }");
}

TEST(SetMember, TakesKeysAsTheyAreEscaped) {
    EXPECT_EQ(set("{ \"a/b\": 1, \"c~d\": 2 }", "", "a/b", 3), "{ \"a/b\": 3, \"c~d\": 2 }");
    EXPECT_EQ(set("{ \"\\u00e9\": 1 }", "", "é", 2), "{ \"\\u00e9\": 2 }");
}

TEST(SetMember, WritesStructuresWithRoom) {
    const Json policy{{"policy", "authority"}, {"systems", {"erp"}}, {"none", Json::array()}};
    EXPECT_EQ(
        set("{ \"p\": {} }", "/p", "name", policy),
        "{ \"p\": { \"name\": { \"policy\": \"authority\", \"systems\": [\"erp\"], \"none\": [] } "
        "} }"
    );
}

TEST(SetMember, IsNotMisledByTextsAndComments) {
    EXPECT_EQ(
        set("{ // \"b\": {\n  \"a\": \"}, // {\",\n  /* } */ \"b\": { \"c\": \"\\\"\" } }",
            "/b",
            "d",
            1),
        "{ // \"b\": {\n  \"a\": \"}, // {\",\n  /* } */ \"b\": { \"c\": \"\\\"\", \"d\": 1 } }"
    );
}

TEST(SetMember, RefusesWhatIsNotThere) {
    EXPECT_EQ(set_member("{ \"a\": 1 }", "/b", "c", 1).error().code, ErrorCode::NotFound);
    EXPECT_EQ(set_member("{ \"a\": 1 }", "/a", "c", 1).error().code, ErrorCode::NotFound);
    EXPECT_EQ(set_member("{ \"a\": ", "", "c", 1).error().code, ErrorCode::PayloadMalformed);
}

TEST(AppendItem, AddsAtTheEnd) {
    EXPECT_EQ(*append_item("{ \"a\": [1, 2] }", "/a", 3), "{ \"a\": [1, 2, 3] }");
    EXPECT_EQ(*append_item("{ \"a\": [] }", "/a", "x"), "{ \"a\": [\"x\"] }");
    EXPECT_EQ(
        *append_item("{ \"a\": [\n  1, // one\n  2 // two\n] }", "/a", 3),
        "{ \"a\": [\n  1, // one\n  2, // two\n  3\n] }"
    );
    EXPECT_EQ(append_item("{ \"a\": {} }", "/a", 1).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace syncline::codec
