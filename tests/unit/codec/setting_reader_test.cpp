#include "codec/setting_reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

class SettingReaderTest : public ::testing::Test {
protected:
    SettingReaderTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        path_ = fs::path(::testing::TempDir()) / (std::string(test->name()) + "_settings.json");
    }
    ~SettingReaderTest() override { fs::remove(path_); }

    /// The root of a file with this text.
    SettingNode read(std::string_view text) {
        std::ofstream(path_, std::ios::binary) << text;
        file_ = std::make_unique<SettingFile>(path_);
        return {*file_, file_->root(), ""};
    }
    /// The member "x" of { "x": text }, on line 2.
    SettingNode read_x(const std::string& text) {
        return read("{\n\"x\": " + text + "\n}").find("x").value();
    }
    /// "line: what is wrong" of each problem.
    Strings problems() const {
        Strings problems;
        const std::string before = path_.string() + ":";
        for (const Error& problem : file_->problems()) {
            EXPECT_EQ(problem.code, ErrorCode::ConfigInvalid);
            EXPECT_EQ(problem.remedy, Remedy::Reconfigure);
            EXPECT_TRUE(problem.where.starts_with(before)) << problem.where;
            problems.push_back(problem.where.substr(before.size()) + ": " + problem.detail);
        }
        return problems;
    }

    fs::path path_;
    std::unique_ptr<SettingFile> file_;
};

TEST_F(SettingReaderTest, AMissingFileIsAProblemOfIts) {
    const SettingFile file(path_);
    ASSERT_EQ(file.problems().size(), 1U);
    EXPECT_EQ(file.problems()[0].where, path_.string());
    EXPECT_EQ(file.problems()[0].code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(file.problems()[0].detail, "this configuration file cannot be read");
}

TEST_F(SettingReaderTest, AParseErrorTellsTheLine) {
    const std::string what = "not JSON with comments: ";
    read("{\n  \"a\": 1\n  \"b\": 2\n}");
    EXPECT_EQ(problems(), (Strings{"3:3: " + what + "expected \",\" or \"}\", found a text"}));
    read("{\n  \"a\": 1,\n}\n");
    EXPECT_EQ(problems(), (Strings{"3:1: " + what + "expected a key in quotes, found \"}\""}));
    read("");
    EXPECT_EQ(problems(), (Strings{"1:1: " + what + "the file ends where a value should be"}));
}

TEST_F(SettingReaderTest, AByteOrderMarkMovesNoLine) {
    read("\xEF\xBB\xBF{\n  \"a\": 1\n}");
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(file_->where("/a"), path_.string() + ":2");
    read("\xEF\xBB\xBF{\n  \"a\": 1,\n  \"a\": 2 }");
    EXPECT_EQ(
        problems(),
        (Strings{"3:3: not JSON with comments: the key \"a\" occurs twice in one object"})
    );
}

TEST_F(SettingReaderTest, AFolderIsNoFile) {
    const SettingFile folder(path_.parent_path());
    ASSERT_EQ(folder.problems().size(), 1U);
    EXPECT_EQ(
        folder.problems()[0].detail, "this is a folder, and a configuration file is expected"
    );
}

TEST_F(SettingReaderTest, AFileBeyondTheLimitIsNamedWithoutALine) {
    const std::string text = "[\"" + std::string(std::size_t{5} << 20U, 'a') + "\"]";
    std::ofstream(path_, std::ios::binary) << text;
    const SettingFile file(path_);
    ASSERT_EQ(file.problems().size(), 1U);
    EXPECT_EQ(file.problems()[0].where, path_.string());
    EXPECT_EQ(file.problems()[0].detail, "not JSON with comments: longer than 4194304 bytes");
}

TEST_F(SettingReaderTest, TakesCommentsButNoDoubleKeyAndNoDeepNesting) {
    read("// a hub\n{ /* empty */ }");
    EXPECT_EQ(problems(), Strings{});
    read("{\"a\": 1, \"a\": 2}");
    ASSERT_EQ(problems().size(), 1U);
    EXPECT_NE(problems()[0].find("the key \"a\" occurs twice"), std::string::npos);
    read(std::string(33, '[') + std::string(33, ']'));
    ASSERT_EQ(problems().size(), 1U);
    EXPECT_NE(problems()[0].find("nested deeper than 32 levels"), std::string::npos);
}

TEST_F(SettingReaderTest, TellsLineAndPointerOfAProblem) {
    const SettingNode root = read("{\n\"a\": {\n\"b/c\": [\n1,\n2]}}");
    const auto items = root.find("a")->find("b/c")->items();
    ASSERT_EQ(items.size(), 2U);
    items[1].refuse("is two");
    root.find("a")->refuse("is a");
    root.refuse("is all");
    EXPECT_EQ(problems(), (Strings{"5: is two (at /a/b~1c/1)", "2: is a (at /a)", "1: is all"}));
}

TEST_F(SettingReaderTest, APointerWithoutALineHasThatOfTheValueAround) {
    read("{\n\"a\": {\n\"b\": 1}}");
    EXPECT_EQ(file_->where("/a/b/nothing/here"), path_.string() + ":3");
    EXPECT_EQ(file_->where("/a/x"), path_.string() + ":2");
    EXPECT_EQ(file_->where("/x"), path_.string() + ":1");
}

TEST_F(SettingReaderTest, AnUnknownKeyIsRefusedWithTheNearest) {
    const SettingNode root = read("{\n\"maping\": 1,\n\"title\": 2,\n\"colour\": 3\n}");
    EXPECT_TRUE(root.check_keys({"mapping", "title"}));
    const Strings expected{
        "2: unknown key \"maping\"; did you mean \"mapping\"? (at /maping)",
        "4: unknown key \"colour\" (at /colour)"};
    EXPECT_EQ(problems(), expected);
}

TEST_F(SettingReaderTest, KeysOfWhatIsNoObjectAreRefused) {
    EXPECT_FALSE(read("[1]").check_keys({"a"}));
    EXPECT_EQ(problems(), (Strings{"1: expected an object, found a list"}));
}

TEST_F(SettingReaderTest, FindsMembersOfObjectsOnly) {
    EXPECT_TRUE(read("{\"a\": null}").find("a"));
    EXPECT_FALSE(read("{\"a\": 1}").find("b"));
    EXPECT_FALSE(read("[\"a\"]").find("a"));
    EXPECT_FALSE(read("\"a\"").find("a"));
}

TEST_F(SettingReaderTest, MembersAndItemsKeepTheOrder) {
    Strings keys;
    for (const auto& [key, node] : read("{\"z\": \"1\", \"a\": \"2\"}").members())
        keys.push_back(key + node.text());
    EXPECT_EQ(keys, (Strings{"z1", "a2"}));
    EXPECT_EQ(read("[\"z\", \"a\"]").texts(), (Strings{"z", "a"}));
    EXPECT_EQ(problems(), Strings{});
}

TEST_F(SettingReaderTest, SaysWhatItFoundInstead) {
    const std::vector<std::pair<std::string, std::string>> kinds{
        {"{}", "an object"},
        {"[]", "a list"},
        {"true", "true or false"},
        {"5", "a number"},
        {"null", "null"}};
    for (const auto& [text, kind] : kinds) {
        EXPECT_EQ(read_x(text).text(), "");
        EXPECT_EQ(problems(), (Strings{"2: expected a text, found " + kind + " (at /x)"}));
    }
    EXPECT_FALSE(read_x("\"true\"").boolean());
    EXPECT_EQ(problems(), (Strings{"2: expected true or false, found a text (at /x)"}));
    EXPECT_TRUE(read_x("\"a\"").items().empty());
    EXPECT_EQ(problems(), (Strings{"2: expected a list, found a text (at /x)"}));
    EXPECT_TRUE(read_x("\"a\"").members().empty());
    EXPECT_EQ(problems(), (Strings{"2: expected an object, found a text (at /x)"}));
    EXPECT_EQ(read_x("[\"a\", 1]").texts(), (Strings{"a", ""}));
    EXPECT_EQ(problems(), (Strings{"2: expected a text, found a number (at /x/1)"}));
}

TEST_F(SettingReaderTest, ReadsWholeNumbersOfThirtyTwoBits) {
    EXPECT_EQ(read_x("0").number(), 0U);
    EXPECT_EQ(read_x("4294967295").number(), 4'294'967'295U);
    EXPECT_EQ(problems(), Strings{});
    for (const std::string text : {"4294967296", "-1", "5.0", "\"5\"", "1e2", "null", "true"}) {
        EXPECT_EQ(read_x(text).number(), 0U) << text;
        EXPECT_EQ(problems(), (Strings{"2: expected a whole number from 0 to 4294967295 (at /x)"}))
            << text;
    }
}

TEST_F(SettingReaderTest, ReadsDurations) {
    using std::chrono::milliseconds;
    EXPECT_EQ(read_x("\"500ms\"").duration(), milliseconds{500});
    EXPECT_EQ(read_x("\"5s\"").duration(), milliseconds{5'000});
    EXPECT_EQ(read_x("\"2m\"").duration(), milliseconds{120'000});
    EXPECT_EQ(read_x("\"1000000h\"").duration(), milliseconds{3'600'000'000'000});
    EXPECT_EQ(problems(), Strings{});
    for (const std::string text :
         {"\"\"",
          "\"5\"",
          "\"s\"",
          "\"5 s\"",
          "\"-5s\"",
          "\"+5s\"",
          "\"1.5s\"",
          "\"5d\"",
          "\"5S\"",
          "\"5sec\"",
          "\" 5s\"",
          "\"1000001s\"",
          "\"99999999999999999999s\"",
          "5",
          "null"}) {
        EXPECT_EQ(read_x(text).duration(), milliseconds{0}) << text;
        const Strings expected{
            "2: expected a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\" (at /x)"};
        EXPECT_EQ(problems(), expected) << text;
    }
}

TEST_F(SettingReaderTest, ReadsAScalarAsText) {
    EXPECT_EQ(read_x("\"a\"").scalar(), "a");
    EXPECT_EQ(read_x("5").scalar(), "5");
    EXPECT_EQ(read_x("-2.5").scalar(), "-2.5");
    EXPECT_EQ(read_x("false").scalar(), "false");
    EXPECT_EQ(problems(), Strings{});
    for (const std::string text : {"null", "[]", "{}"}) {
        EXPECT_EQ(read_x(text).scalar(), "");
        const Strings expected{"2: expected a text, a number or true or false (at /x)"};
        EXPECT_EQ(problems(), expected) << text;
    }
}

TEST_F(SettingReaderTest, ARequiredTextIsThereAndNotEmpty) {
    EXPECT_EQ(read("{\n\"a\": \"b\"}").required("a"), "b");
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(read("{\n\"a\": \"b\"}").required("c"), "");
    EXPECT_EQ(problems(), (Strings{"1: the key \"c\" is missing"}));
    EXPECT_EQ(read("{\n\"a\": \"\"}").required("a"), "");
    EXPECT_EQ(problems(), (Strings{"2: must not be empty (at /a)"}));
    EXPECT_EQ(read("{\n\"a\": 5}").required("a"), "");
    EXPECT_EQ(problems(), (Strings{"2: expected a text, found a number (at /a)"}));
}

TEST_F(SettingReaderTest, AnOptionalTextHasADefault) {
    EXPECT_EQ(read("{\"a\": \"b\"}").text_or("a", "x"), "b");
    EXPECT_EQ(read("{}").text_or("a", "x"), "x");
    EXPECT_EQ(problems(), Strings{});
    EXPECT_EQ(read("{\"a\": 1}").text_or("a", "x"), "");
    EXPECT_EQ(problems().size(), 1U);
}

TEST_F(SettingReaderTest, GoesOnAfterAMistake) {
    const SettingNode root = read("{\n\"a\": 1,\n\"b\": 2,\n\"c\": \"x\"}");
    EXPECT_EQ(root.required("a") + root.required("b") + root.required("c"), "x");
    EXPECT_EQ(problems().size(), 2U);
}

}  // namespace
}  // namespace syncline::codec
