// Files in every encoding, read and written.

#include "connectors/files_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using FilesEncoding = FilesConnector;

Json of(const std::string& encoding) {
    return {{"delimiter", ";"}, {"encoding", encoding}};
}

/// ASCII and the characters given as units, in UTF-16.
std::string utf16(const std::u16string& text, bool little) {
    std::string bytes;
    for (const char16_t unit : text) {
        const auto low = static_cast<char>(unit & 0xFFU);
        const auto high = static_cast<char>(unit >> 8U);
        bytes += little ? low : high;
        bytes += little ? high : low;
    }
    return bytes;
}

TEST_F(FilesEncoding, UnderstandsAByteOrderMarkAndOtherEncodings) {
    EXPECT_EQ(
        read("\xEF\xBB\xBF"
             "CustNo;Name\n1;Zoë\n")
            .text("1", "Name"),
        "Zoë"
    );
    const Reading windows = read(
        "CustNo;Name\n1;Zo\xEB \x80\n2;hole \x81\n",
        {{"delimiter", ";"}, {"encoding", "windows-1252"}}
    );
    EXPECT_EQ(windows.text("1", "Name"), "Zoë €");
    EXPECT_EQ(
        windows.text("2", "Name"), "hole \xC2\x81"
    );  // the byte that it can be written back as
    EXPECT_EQ(read("CustNo,Name\n1,\xA4\n", {{"encoding", "iso-8859-15"}}).text("1", "Name"), "€");
    EXPECT_EQ(read("CustNo,Name\n1,\xE9\n", {{"encoding", "iso-8859-1"}}).text("1", "Name"), "é");
}

TEST_F(FilesEncoding, ReadsUtf16InEitherOrder) {
    const std::u16string rows = u"CustNo;Name\r\n1;Zo\u00EB\u20AC\r\n2;\"a;\U0001F600\"\r\n";
    for (const bool little : {true, false}) {
        const Reading marked = read(utf16(u"\uFEFF" + rows, little), of("utf-16"));
        EXPECT_EQ(marked.text("1", "Name"), "Zoë€");
        EXPECT_EQ(marked.text("2", "Name"), "a;😀");
        const std::string name = little ? "utf-16le" : "utf-16be";
        EXPECT_EQ(read(utf16(rows, little), of(name)).text("2", "Name"), "a;😀");
        EXPECT_EQ(read(utf16(u"\uFEFF" + rows, little), of(name)).text("1", "Name"), "Zoë€");
    }
}

TEST_F(FilesEncoding, AFileInAnotherEncodingIsSetAsideAsAWhole) {
    const auto problem = [&](const std::string& bytes, const std::string& encoding) {
        const Reading all = read(bytes, of(encoding));
        return all.records.size() == 1 ? all.records[0].problem : "(read)";
    };
    const std::u16string rows = u"CustNo;Name\n1;An\n";
    EXPECT_EQ(
        problem(utf16(u"\uFEFF" + rows, true), "utf-8"),
        "customers-1.csv: it begins as UTF-16 does, and the settings say utf-8"
    );
    EXPECT_EQ(
        problem(utf16(rows, true), "utf-8"),
        "customers-1.csv: the header has NUL characters, as UTF-16 read as bytes has"
    );
    EXPECT_EQ(
        problem(utf16(rows, true), "utf-16"),
        "customers-1.csv: it has no byte order mark: say utf-16le or utf-16be"
    );
    EXPECT_EQ(
        problem(utf16(u"\uFEFF" + rows, false), "utf-16le"),
        "customers-1.csv: its byte order mark is that of utf-16be"
    );
    EXPECT_EQ(
        problem(utf16(rows, true) + "x", "utf-16le"),
        "customers-1.csv: it ends within a character of UTF-16"
    );
    EXPECT_EQ(
        problem("CustNo;N\xFFme\n1;An\n", "utf-8"),
        "customers-1.csv: the header is not in the encoding that is set"
    );
}

TEST_F(FilesEncoding, ACharacterThatCannotBeDecodedSpoilsItsRowOnly) {
    std::u16string rows = u"CustNo;Name\n1;An\n2;B?\n3;C?;\n4;Di\n";
    rows[19] = 0xD83D;  // half a character
    rows[24] = 0xDE00;
    const Reading wide = read(utf16(rows, true), of("utf-16le"));
    EXPECT_EQ(
        problem_of(wide, "customers-1.csv:3"),
        "customers-1.csv:3: byte 39 of the file begins no character of utf-16le"
    );
    EXPECT_EQ(
        problem_of(wide, "customers-1.csv:4"),
        "customers-1.csv:4: byte 49 of the file begins no character of utf-16le"
    );
    EXPECT_EQ(wide.text("1", "Name"), "An");
    EXPECT_EQ(wide.text("4", "Name"), "Di");

    const Reading narrow = read(
        "\xEF\xBB\xBF"
        "CustNo;Name\n1;\xE9\n2;\xC3\xA9\n3;\xE2\x82\n"
    );
    EXPECT_EQ(
        problem_of(narrow, "customers-1.csv:2"),
        "customers-1.csv:2: byte 18 of the file begins no character of utf-8"
    );
    EXPECT_EQ(narrow.text("2", "Name"), "é");
    EXPECT_EQ(
        problem_of(narrow, "customers-1.csv:4"),
        "customers-1.csv:4: byte 27 of the file begins no character of utf-8"
    );
}

TEST_F(FilesEncoding, WritesTheEncodingItReadsAndRefusesWhatThatLacks) {
    supplier_.emplace("files", settings({{"delimiter", ";"}, {"encoding", "windows-1252"}}));
    std::vector<Delivery> batch;
    batch.push_back(ConnectedSystem::change("1", "", {{"Name", RawValue::of_text("Zoë €")}}));
    batch.push_back(ConnectedSystem::change("2", "", {{"Name", RawValue::of_text("王")}}));
    batch[1].attempt.id = AttemptId{AttemptId::Raw{9}};
    const auto receipts = supplier()->write("customer", batch);
    const auto of = [&](std::size_t i) {
        return *std::find_if(receipts.begin(), receipts.end(), [&](const Receipt& receipt) {
            return receipt.attempt == batch[i].attempt.id;
        });
    };
    EXPECT_EQ(of(0).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(of(1).outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(of(1).refused_field, "Name");
    EXPECT_EQ(of(1).error.detail.find("王"), std::string::npos);
    EXPECT_EQ(
        file_bytes(folder_ / "in" / names_in(folder_ / "in").front()),
        "CustNo;Name\r\n1;Zo\xEB \x80\r\n"
    );
}

TEST_F(FilesEncoding, WritesUtf16) {
    const Delivery change =
        ConnectedSystem::change("1", "", {{"Name", RawValue::of_text("é\xF0\x9F\x98\x80")}});
    const std::u16string rows = u"CustNo;Name\r\n1;\u00E9\U0001F600\r\n";
    const auto written = [&](const std::string& encoding) {
        ConnectedSystem system("files", settings(of(encoding)));
        EXPECT_EQ(system.write(change).outcome, Receipt::Outcome::Stored);
        return file_bytes(folder_ / "in" / names_in(folder_ / "in").back());
    };
    EXPECT_EQ(written("utf-16"), utf16(u"\uFEFF" + rows, true));
    EXPECT_EQ(written("utf-16le"), utf16(rows, true));
    EXPECT_EQ(written("utf-16be"), utf16(rows, false));
}

TEST_F(FilesEncoding, TheEuroSignIsInOneLatinAlphabetAndNotInTheOther) {
    const Delivery change = ConnectedSystem::change("1", "", {{"Name", RawValue::of_text("€ œ")}});
    ConnectedSystem with("files", settings(of("iso-8859-15")));
    EXPECT_EQ(with.write(change).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(
        file_bytes(folder_ / "in" / names_in(folder_ / "in").front()),
        "CustNo;Name\r\n1;\xA4 \xBD\r\n"
    );
    ConnectedSystem without("files", settings(of("iso-8859-1")));
    const Receipt refused = without.write(change);
    EXPECT_EQ(refused.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(refused.refused_field, "Name");
    EXPECT_NE(refused.error.detail.find("iso-8859-1 lacks"), std::string::npos);
}

}  // namespace
}  // namespace syncline::testing
