#include "codec/lookup_table.hpp"

#include "codec/export_configuration.hpp"
#include "codec/system_configuration.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using testing::write_file;

class LookupTableTest : public ::testing::Test {
protected:
    LookupTableTest() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~LookupTableTest() override { fs::remove_all(folder_); }

    Result<LookupTable> read(const std::string& text, const std::string& name = "terms.csv") {
        write_file(folder_ / name, text);
        return read_lookup_table(folder_ / name);
    }
    /// "terms.csv:3: what is wrong", or "" for a file that is read.
    std::string refusal(const std::string& text, const std::string& name = "terms.csv") {
        const auto table = read(text, name);
        if (table) return "";
        EXPECT_EQ(table.error().code, ErrorCode::ConfigInvalid);
        return table.error().where.substr(folder_.string().size() + 1) + ": " +
               table.error().detail;
    }

    const fs::path folder_ =  // of its own: tests run side by side
        fs::path(::testing::TempDir()) / "lookup_table" /
        ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LookupTableTest, CsvHasAHeaderAndARowForEachWord) {
    const LookupTable expected{{"Z030", "net 30"}, {"Z,1", "a \"b\""}, {"", "cash"}};
    EXPECT_EQ(
        read("\xEF\xBB\xBFremote,own\r\nZ030, net 30\r\n\r\n\"Z,1\",\"a \"\"b\"\"\"\r\n,cash")
            .value(),
        expected
    );
    EXPECT_EQ(
        refusal("Z030,net 30\n"),
        "terms.csv:1: the first line of the file of a lens lookup is \"remote,own\" or "
        "\"remote,own,primary\""
    );
    EXPECT_NE(refusal(""), "");
    EXPECT_NE(refusal("remote,own\n").find("has no rows"), std::string::npos);
    EXPECT_EQ(
        refusal("remote,own\na,b\na,b,c\n"),
        "terms.csv:3: this line has 3 cells, and the first one has 2"
    );
    EXPECT_NE(refusal("remote,own\na,\"b\n").find("terms.csv:2: the quotes"), std::string::npos);
    EXPECT_NE(refusal("remote,own\na,\"b\"c\n").find("terms.csv:2: the quotes"), std::string::npos);
    EXPECT_NE(refusal("remote,own\na,\xFF\n").find("well-formed UTF-8"), std::string::npos);
    EXPECT_NE(refusal("remote,own\na,\n").find("line 2 has no own text"), std::string::npos);
}

TEST_F(LookupTableTest, JsonIsAnObjectOfWords) {
    const LookupTable expected{{"Z2", "net30"}, {"Z1", "net30"}, {"Z3", "net60"}};
    EXPECT_EQ(
        read(
            R"({ "Z1": "net30", "Z2": { "own": "net30", "primary": true }, "Z3": "net60" } // done)",
            "terms.json"
        )
            .value(),
        expected
    );
    EXPECT_NE(refusal(R"(["a"])", "terms.json").find("an object of"), std::string::npos);
    EXPECT_NE(refusal(R"({"a": 1})", "terms.json").find("does not stand for"), std::string::npos);
    EXPECT_NE(refusal(R"({"a": "b", "a": "c"})", "terms.json"), "");
    EXPECT_NE(refusal(R"({"a": {"own": "b", "first": true}})", "terms.json"), "");
}

TEST_F(LookupTableTest, ADoubledWordIsRefusedAndADoubledMeaningNeedsAPrimary) {
    EXPECT_EQ(
        refusal("remote,own\nA,one\nB,two\nA,three\n"),
        "terms.csv: \"A\" stands in line 2 and again in line 4; keep one of them"
    );
    EXPECT_EQ(
        refusal("remote,own\nA,one\nB,one\n"),
        "terms.csv: \"one\" is the own text of line 2 and of line 3; mark as primary the one that "
        "the hub writes"
    );
    EXPECT_NE(refusal("remote,own,primary\nA,one,primary\nB,one,primary\n"), "");
    EXPECT_NE(refusal("remote,own,primary\nA,one,yes\n").find("terms.csv:2"), std::string::npos);
    const LookupTable expected{{"B", "one"}, {"A", "one"}, {"C", "two"}};
    EXPECT_EQ(read("remote,own,primary\nA,one\nB,one,primary\nC,two,\n").value(), expected);
}

TEST_F(LookupTableTest, TheFileStandsBesideTheSystemsFile) {
    const std::string lens = R"("lens": [{ "lookup": { "file": "tables/terms.csv" } }])";
    const auto system = [&](const std::string& body) {
        return R"({ "system": "erp", "connector": "sql", "mapping": { "customer": [
{ "field": "lifecycle_stage", "remote": "r", )" +
               body + " }] } }";
    };
    write_file(folder_ / "erp.json", system(lens));
    SettingFile missing(folder_ / "erp.json");
    read_system(missing, Catalogue::customer());
    ASSERT_EQ(missing.problems().size(), 1U);
    EXPECT_NE(missing.problems()[0].where.find("erp.json:2"), std::string::npos);
    EXPECT_TRUE(missing.problems()[0].detail.starts_with(
        (folder_ / "tables/terms.csv").string() +
        ": the file of a lens lookup cannot be read; its path starts at the folder of the system's "
        "file"
    )) << missing.problems()[0].detail;
    fs::create_directories(folder_ / "tables");
    write_file(folder_ / "tables/terms.csv", "remote,own\nZ1,net30\n");
    SettingFile file(folder_ / "erp.json");
    const SystemSetting setting = read_system(file, Catalogue::customer());
    EXPECT_TRUE(file.problems().empty());
    const LensSetting& read = setting.mapping.at(0).lenses.at(0);
    EXPECT_EQ(read.table, (LookupTable{{"Z1", "net30"}}));
    EXPECT_EQ(*read.options.find("file"), "tables/terms.csv");
    write_file(folder_ / "erp.json", system(R"("lens": [{ "lookup": { "unknown": "keep" } }])"));
    SettingFile without(folder_ / "erp.json");
    read_system(without, Catalogue::customer());
    ASSERT_EQ(without.problems().size(), 1U);
    EXPECT_NE(without.problems()[0].detail.find("needs option file"), std::string::npos);
}

TEST_F(LookupTableTest, AnExportedConfigurationNamesTheFileAndNotItsRows) {
    write_file(folder_ / "terms.csv", "remote,own\nZ1,net30\n");
    write_file(
        folder_ / "erp.json",
        R"({ "system": "erp", "connector": "sql", "mapping": { "customer": [
{ "field": "lifecycle_stage", "remote": "r", "lens": [{ "lookup": { "file": "terms.csv" } }] }] } })"
    );
    SettingFile file(folder_ / "erp.json");
    HubSetting hub;
    hub.systems.push_back(read_system(file, Catalogue::customer()));
    const std::string text = export_configuration(hub, folder_).at(1).document.dump();
    EXPECT_NE(text.find(R"({"lookup":{"file":"terms.csv"}})"), std::string::npos) << text;
}

}  // namespace
}  // namespace syncline::codec
