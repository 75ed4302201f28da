// Files in which each value has its place in the line.

#include "connectors/files_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

class FilesFixedWidth : public FilesConnector {
protected:
    Json layout() const {
        Json made = settings();
        made.erase("csv");
        made["fixed_width"] = {
            {"encoding", "windows-1252"},
            {"columns",
             {{{"name", "CustNo"}, {"start", 1}, {"width", 5}, {"pad", "left"}, {"fill", "0"}},
              {{"name", "Name"}, {"start", 6}, {"width", 8}},
              {{"name", "Code"}, {"start", 15}, {"width", 3}, {"trim", false}}}}};
        return made;
    }
    Reading read_as(const Json& with, const std::string& bytes) {
        arrives("customers-1.csv", bytes);
        supplier_.emplace("files", with);
        Reading reading = supplier_->read();
        EXPECT_TRUE(reading.summary) << (reading.error ? reading.error->detail : "");
        return reading;
    }
};

TEST_F(FilesFixedWidth, CutsLinesAtCharacters) {
    const Reading all = read_as(
        layout(),
        "00017Zo\xEB      A1 \r\n"
        "00018An       \x80  \r\n"
        "\r\n"
        "00000  Bo     ---"
    );
    EXPECT_EQ(all.records.size(), 3U);
    EXPECT_EQ(all.text("17", "Name"), "Zoë");
    EXPECT_EQ(all.text("17", "CustNo"), "17");
    EXPECT_EQ(all.text("17", "Code"), "A1 ");
    EXPECT_EQ(all.text("18", "Code"), "€  ");
    EXPECT_EQ(all.text("0", "Name"), "  Bo");
}

TEST_F(FilesFixedWidth, BlanksAreNothingAndZerosAreTheNumber) {
    Json numbers = layout();
    numbers["fixed_width"]["columns"][1]["pad"] = "left";
    numbers["fixed_width"]["columns"][1]["fill"] = "0";
    const Reading all =
        read_as(numbers, "0001700000000 ABC\n00018         ABC\n0001900000120 ABC\n");
    EXPECT_EQ(all.text("17", "Name"), "0");
    EXPECT_EQ(all.text("18", "Name"), "");
    EXPECT_EQ(all.text("19", "Name"), "120");
    supplier().write(ConnectedSystem::change("18", "", {{"Name", RawValue::null()}}));
    EXPECT_EQ(
        file_bytes(folder_ / "in" / names_in(folder_ / "in").front()), "00018            \r\n"
    );
}

TEST_F(FilesFixedWidth, CountsCharactersOfUtf8) {
    Json utf8 = layout();
    utf8["fixed_width"]["encoding"] = "utf-8";
    const Reading all = read_as(
        utf8,
        "00017éééééééé ABC\n00018€       \xFF"
        "ABC\n"
    );
    EXPECT_EQ(all.text("17", "Name"), "éééééééé");
    EXPECT_EQ(
        problem_of(all, "customers-1.csv:2"),
        "customers-1.csv:2: byte 42 of the file begins no character of utf-8"
    );
}

TEST_F(FilesFixedWidth, ARecordOfAnotherLengthIsSetAsideWithItsLine) {
    const Reading all =
        read_as(layout(), "00017An      ABC\n00018Bo       ABC\n00019Cy       ABCD\n");
    EXPECT_EQ(
        problem_of(all, "customers-1.csv:1"),
        "customers-1.csv:1: it has 16 characters, a record has 17"
    );
    EXPECT_EQ(
        problem_of(all, "customers-1.csv:3"),
        "customers-1.csv:3: it has 18 characters, a record has 17"
    );
    EXPECT_EQ(all.text("18", "Name"), "Bo");
}

TEST_F(FilesFixedWidth, SkipsWhatIsNoRecord) {
    Json skipping = layout();
    skipping["fixed_width"]["skip_lines"] = 2;
    skipping["fixed_width"]["skip_prefixes"] = {"#", "H "};
    const Reading all = read_as(
        skipping, "List of customers\n\n# 2026\nH header\n00018Bo       ABC\n#\n00019Cy       ABC\n"
    );
    EXPECT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.text("19", "Name"), "Cy");
}

TEST_F(FilesFixedWidth, ATrailerThatIsMissingOrCountsOtherwiseHoldsTheFile) {
    Json counting = layout();
    counting["fixed_width"]["trailer"] = {{"prefix", "T"}, {"count", {{"start", 2}, {"width", 6}}}};
    const std::string rows = "00018Bo       ABC\n00019Cy       AB\n";
    EXPECT_EQ(read_as(counting, rows + "T000002\n").records.size(), 2U) << "a bad one counts too";
    const auto problem = [&](const std::string& end) {
        const Reading all = read_as(counting, rows + end);
        return all.records.size() == 1 ? all.records[0].problem : "(read)";
    };
    EXPECT_EQ(
        problem("T000003\n"), "customers-1.csv: its last line counts 3 records, and there are 2"
    );
    EXPECT_EQ(
        problem(""),
        "customers-1.csv: its last line does not begin with \"T\": the end of it is missing"
    );
    EXPECT_EQ(
        problem("T  many\n"), "customers-1.csv: its last line has no count where one is declared"
    );
    EXPECT_EQ(problem("T      \n"), problem("T  many\n"));
    EXPECT_EQ(read_as(counting, "T     0\n").records.size(), 0U);
    counting["fixed_width"]["trailer"].erase("count");
    EXPECT_EQ(read_as(counting, rows + "THE END\n").records.size(), 2U);
}

TEST_F(FilesFixedWidth, WritesWhatItReads) {
    Json counting = layout();
    counting["fixed_width"]["length"] = 20;
    counting["fixed_width"]["trailer"] = {{"prefix", "T"}, {"count", {{"start", 2}, {"width", 6}}}};
    ConnectedSystem system("files", counting);
    const Delivery change = ConnectedSystem::change(
        "17", "", {}, {{"Name", RawValue::of_text("Zoë")}, {"Code", RawValue::of_text("A")}}
    );
    ASSERT_EQ(system.write(change).outcome, Receipt::Outcome::Stored);
    const std::string bytes = file_bytes(folder_ / "in" / names_in(folder_ / "in").front());
    EXPECT_EQ(bytes, "00017Zo\xEB      A     \r\nT000001             \r\n");
    const Reading again = read_as(counting, bytes);
    EXPECT_EQ(again.text("17", "Name"), "Zoë");
}

TEST_F(FilesFixedWidth, AValueThatDoesNotFitIsRefusedWithItsField) {
    ConnectedSystem system("files", layout());
    const auto refused = [&](const std::string& id, const std::string& name) {
        const Receipt receipt =
            system.write(ConnectedSystem::change(id, "", {{"Name", RawValue::of_text(name)}}));
        EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
        return receipt.refused_field + ": " + receipt.error.detail;
    };
    EXPECT_NE(
        refused("17", "123456789").find("Name: it has 9 characters, and the column has 8"),
        std::string::npos
    ) << refused("17", "123456789");
    EXPECT_NE(refused("17", "a\nb").find("no line ends"), std::string::npos);
    EXPECT_NE(refused("007", "An").find("CustNo: it would be read back"), std::string::npos);
    EXPECT_TRUE(names_in(folder_ / "in").empty());
}

TEST_F(FilesFixedWidth, TellsItsColumns) {
    ConnectedSystem system("files", layout());
    const auto can = system->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    ASSERT_EQ(can->fields.size(), 3U);
    EXPECT_EQ(can->fields[1].name, "Name");
    EXPECT_EQ(can->fields[1].max_characters, 8U);
}

TEST_F(FilesFixedWidth, SaysPreciselyWhatIsWrongWithItsSettings) {
    const auto with = [&](const char* key, const Json& value) {
        Json wrong = layout();
        wrong["fixed_width"][key] = value;
        return refusal(wrong);
    };
    const auto column = [&](const char* key, const Json& value) {
        Json wrong = layout();
        wrong["fixed_width"]["columns"][1][key] = value;
        return refusal(wrong);
    };
    EXPECT_EQ(
        column("start", 0), "settings/fixed_width/columns/1/start is a number from 1 to 16384"
    );
    EXPECT_EQ(
        column("start", 5),
        "settings/fixed_width/columns: \"Name\" begins within the column before it"
    );
    EXPECT_EQ(
        column("name", "CustNo"), "settings/fixed_width/columns has two of the name \"CustNo\""
    );
    EXPECT_EQ(
        column("pad", "both"),
        "settings/fixed_width/columns/1/pad can only be \"right\" or \"left\""
    );
    EXPECT_EQ(column("fill", "é"), "settings/fixed_width/columns/1/fill is one character of ASCII");
    EXPECT_EQ(column("trim", 1), "settings/fixed_width/columns/1/trim is true or false");
    EXPECT_EQ(with("length", 16), "settings/fixed_width/length is a number from 17 to 16384");
    EXPECT_EQ(with("columns", Json::array()), "settings/fixed_width/columns is a list of columns");
    EXPECT_EQ(with("skip_prefixes", 7), "settings/fixed_width/skip_prefixes is a list of texts");
    EXPECT_EQ(
        with("skip_prefixes", Json::array({""})),
        "settings/fixed_width/skip_prefixes holds an empty text, which begins every line"
    );
    EXPECT_EQ(
        with("trailer", {{"prefix", "TT"}, {"count", {{"start", 2}, {"width", 6}}}}),
        "settings/fixed_width/trailer/count begins within the prefix"
    );
    Json wrong = layout();
    wrong["key"] = "Number";
    EXPECT_EQ(refusal(wrong), "settings/fixed_width/columns has no \"Number\", the key");
    wrong = layout();
    wrong["csv"] = Json::object();
    EXPECT_EQ(refusal(wrong), "settings/fixed_width stands alone, without csv and columns");
}

}  // namespace
}  // namespace syncline::testing
