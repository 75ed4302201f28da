// Tables for people, and CSV, JSON and lines of JSON for programs.

#include "app/output.hpp"

#include <gtest/gtest.h>

namespace syncline::app {
namespace {

using codec::Json;

Listing two_rows() {
    Listing listing;
    listing.noun = "systems";
    listing.columns = {{"id", "SYSTEM"}, {"count", "COUNT"}, {"note", "NOTE"}};
    listing.rows = {{"erp", 7, "plain"}, {"café", 12'345, Json(nullptr)}};
    return listing;
}

template <class... Arguments>
std::string printed(const Arguments&... arguments) {
    ::testing::internal::CaptureStdout();
    print(arguments...);
    std::fflush(stdout);
    return ::testing::internal::GetCapturedStdout();
}

std::string printed_error(const Error& error) {
    ::testing::internal::CaptureStderr();
    print_error(error);
    return ::testing::internal::GetCapturedStderr();
}

TEST(Output, FormatsAreNamedInFull) {
    EXPECT_EQ(read_format("table").value(), Format::Table);
    EXPECT_EQ(read_format("json").value(), Format::Json);
    EXPECT_EQ(read_format("ndjson").value(), Format::Ndjson);
    EXPECT_EQ(read_format("csv").value(), Format::Csv);
    for (const char* word : {"", "JSON", "jso", "yaml"}) {
        const auto refused = read_format(word);
        ASSERT_FALSE(refused) << word;
        EXPECT_EQ(refused.error().code, ErrorCode::UsageInvalid);
        EXPECT_NE(refused.error().detail.find("table, json, ndjson and csv"), std::string::npos);
    }
}

TEST(Output, ATableAlignsCharactersNotBytes) {
    EXPECT_EQ(
        printed(two_rows(), Format::Table),
        "SYSTEM  COUNT  NOTE\n"
        "erp     7      plain\n"
        "café    12345  \n"
    );
}

TEST(Output, ATableOfNothingSaysSo) {
    Listing listing = two_rows();
    listing.rows.clear();
    EXPECT_EQ(printed(listing, Format::Table), "no systems\n");
    EXPECT_EQ(printed(listing, Format::Csv), "id,count,note\n");
    EXPECT_EQ(printed(listing, Format::Ndjson), "");
    EXPECT_EQ(codec::parse_json(printed(listing, Format::Json)).value().dump(), "{\"systems\":[]}");
}

TEST(Output, AValueCannotRewriteTheTerminalOrBreakARow) {
    Listing listing = two_rows();
    listing.rows = {{"erp", 1, "\x1B[2Jgone\nnext\tcell\x7F"}};
    EXPECT_EQ(
        printed(listing, Format::Table),
        "SYSTEM  COUNT  NOTE\n"
        "erp     1       [2Jgone next cell \n"
    );
}

TEST(Output, CsvQuotesWhatNeedsIt) {
    Listing listing = two_rows();
    listing.rows = {{"a,b", 1, "he said \"no\""}, {"plain", 2, "two\nlines"}, {"x", 3, ""}};
    EXPECT_EQ(
        printed(listing, Format::Csv),
        "id,count,note\n"
        "\"a,b\",1,\"he said \"\"no\"\"\"\n"
        "plain,2,\"two\nlines\"\n"
        "x,3,\n"
    );
}

TEST(Output, JsonKeepsTypesAndTheOrderOfColumns) {
    const auto document = codec::parse_json(printed(two_rows(), Format::Json)).value();
    EXPECT_EQ(
        document.dump(),
        "{\"systems\":[{\"id\":\"erp\",\"count\":7,\"note\":\"plain\"},"
        "{\"id\":\"café\",\"count\":12345,\"note\":null}]}"
    );
    EXPECT_EQ(
        printed(two_rows(), Format::Ndjson),
        "{\"id\":\"erp\",\"count\":7,\"note\":\"plain\"}\n"
        "{\"id\":\"café\",\"count\":12345,\"note\":null}\n"
    );
}

TEST(Output, ADocumentIsTextForPeopleAndOneLineForNdjson) {
    const Json document{{"id", "erp"}, {"n", 1}};
    EXPECT_EQ(printed(document, Format::Table, std::string("the ERP\n")), "the ERP\n");
    EXPECT_EQ(printed(document, Format::Ndjson, std::string("x")), "{\"id\":\"erp\",\"n\":1}\n");
    EXPECT_EQ(
        codec::parse_json(printed(document, Format::Json, std::string("x"))).value(), document
    );
}

TEST(Output, AnErrorSaysWhereWhatAndItsName) {
    EXPECT_EQ(
        printed_error({ErrorCode::NotFound, Remedy::Reject, "erp:9", "there is no such record"}),
        "syncline: erp:9: there is no such record [not_found]\n"
    );
    EXPECT_EQ(
        printed_error({ErrorCode::StalePlan, Remedy::Reject, "", "make a new plan"}),
        "syncline: make a new plan [stale_plan]\n"
    );
}

TEST(Output, AWordIsQuotedWhereAShellNeedsIt) {
    EXPECT_EQ(as_shell_word("demo/hub-1_a.json"), "demo/hub-1_a.json");
    EXPECT_EQ(as_shell_word("my hub"), "'my hub'");
    EXPECT_EQ(as_shell_word("a$b;c"), "'a$b;c'");
    EXPECT_EQ(as_shell_word("Ann's"), "'Ann'\\''s'");
    EXPECT_EQ(as_shell_word(""), "''");
}

TEST(Output, CountsAgreeWithTheirNouns) {
    EXPECT_EQ(counted(0, "record"), "0 records");
    EXPECT_EQ(counted(1, "record"), "1 record");
    EXPECT_EQ(counted(2, "record"), "2 records");
    EXPECT_EQ(counted(1, "entry"), "1 entry");
    EXPECT_EQ(counted(3, "entry"), "3 entries");
}

}  // namespace
}  // namespace syncline::app
