// The files connector on folders as a supplier fills them.

#include "connectors/files_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace syncline::testing {
namespace {

TEST_F(FilesConnector, TellsWhatItCanDo) {
    EXPECT_TRUE(supplier()->check());
    const auto can = supplier()->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_TRUE(can->can_write && can->write_deferred);
    EXPECT_FALSE(can->listing_proves_absence || can->lookup_by_id || can->conditional_write);
    Json read_only = settings();
    read_only.erase("write");
    ConnectedSystem deaf("files", read_only);
    EXPECT_FALSE(deaf->discover("customer")->can_write);
    const Receipt refused =
        deaf.write(ConnectedSystem::change("7", "", {{"Name", RawValue::of_text("An")}}));
    EXPECT_EQ(refused.error.code, ErrorCode::PluginUnsupported);
}

TEST_F(FilesConnector, ReadsRfc4180) {
    const Reading all = read(
        "CustNo;Name;Town\r\n"
        "1;plain;Gent\r\n"
        "2;\"semi;colon\";Gent\r\n"
        "3;\"two\r\nlines\";Gent\r\n"
        "4;\"a \"\"quoted\"\" word\";Gent\r\n"
        "5;;\r\n"
        "\r\n"
        "6;\"\";\" spaces \"\n"
        "7;no line end;Gent"
    );
    EXPECT_EQ(all.records.size(), 7U);
    EXPECT_EQ(all.text("2", "Name"), "semi;colon");
    EXPECT_EQ(all.text("3", "Name"), "two\r\nlines");
    EXPECT_EQ(all.text("4", "Name"), "a \"quoted\" word");
    EXPECT_EQ(all.text("5", "Town"), "");
    EXPECT_EQ(all.text("6", "Name"), "");
    EXPECT_EQ(all.text("6", "Town"), " spaces ");
    EXPECT_EQ(all.text("7", "Town"), "Gent");
    EXPECT_EQ(all.text("7", "CustNo"), "7");
    for (const Observation& seen : all.records)
        EXPECT_EQ(seen.problem, "");
    EXPECT_FALSE(
        all.summary->complete_listing && supplier()->discover("customer")->listing_proves_absence
    );
}

TEST_F(FilesConnector, TakesFormulasAndOtherBaitAsTheyAre) {
    const Reading all = read("CustNo;Name\n1;=HYPERLINK(1)\n2;+1\n3;@x\n4;a\tb\n5;a\rb\n");
    EXPECT_EQ(all.text("1", "Name"), "=HYPERLINK(1)");
    EXPECT_EQ(all.text("2", "Name"), "+1");
    EXPECT_EQ(all.text("3", "Name"), "@x");
    EXPECT_EQ(all.text("4", "Name"), "a\tb");
    EXPECT_EQ(all.text("5", "Name"), "a\rb");
}

TEST_F(FilesConnector, ABadRowIsSetAsideWithItsLineAndTheFileIsNot) {
    const Reading all = read(
        "CustNo;Name\n"
        "1;fine\n"
        "2;too;many\n"
        "3\n"
        "4;\"lost quote\n"
        "5;fine\n"
        "6;\"two\nlines\"\n"
        "7;\"text\" after\n"
        "8;in\"side\n"
        ";no number\n"
        "1;again\n"
        "9;\xFF\xFE\n"
        "10;fine\n"
    );
    for (const char* id : {"1", "5", "6", "10"}) {
        ASSERT_NE(all.find(id), nullptr) << id;
        EXPECT_EQ(all.find(id)->problem, "") << id;
    }
    EXPECT_EQ(all.text("6", "Name"), "two\nlines");
    const auto problem = [&](int line) -> std::string {
        const Observation* seen = all.find("customers-1.csv:" + std::to_string(line));
        return seen == nullptr ? "(none)" : seen->problem;
    };
    EXPECT_EQ(problem(3), "customers-1.csv:3: it has 3 cells, the header has 2");
    EXPECT_EQ(problem(4), "customers-1.csv:4: it has 1 cells, the header has 2");
    EXPECT_EQ(problem(5), "customers-1.csv:5: there is text after a closing quote");
    EXPECT_EQ(problem(9), "customers-1.csv:9: there is text after a closing quote");
    EXPECT_NE(problem(10).find("a quote inside a cell"), std::string::npos);
    EXPECT_EQ(problem(11), "customers-1.csv:11: the column CustNo is empty");
    EXPECT_EQ(problem(12), "customers-1.csv:12: another row of this file has the same CustNo");
    EXPECT_EQ(problem(13), "customers-1.csv:13: byte 114 of the file begins no character of utf-8");
    EXPECT_EQ(all.records.size(), 12U);
    EXPECT_EQ(names_in(folder_ / "out" / "done"), (std::vector<std::string>{"customers-1.csv"}));
}

TEST_F(FilesConnector, AQuoteThatIsNeverClosedCostsOneRow) {
    std::string text = "CustNo;Name\n1;\"never closed\n";
    for (int i = 2; i <= 500; ++i)
        text += std::to_string(i) + ";name\n";
    const Reading all = read(text);
    EXPECT_EQ(all.records.size(), 500U);
    EXPECT_EQ(problem_of(all, "customers-1.csv:2"), "customers-1.csv:2: a quote is never closed");
    EXPECT_EQ(all.text("500", "Name"), "name");
    EXPECT_EQ(all.pages, (std::vector<std::size_t>{200, 200, 100}));
}

TEST_F(FilesConnector, ALostQuoteThatFindsAnotherRowsQuoteCostsOneRow) {
    const Reading all = read(
        "CustNo;Name\n"
        "1;\"lost\n"
        "2;swallowed?\n"
        "3;its \"; end\n"
        "4;name\n"
        "5;\"lost\n"
        "6;swallowed?\n"
        "7;end\";x\n"
    );
    const auto problem = [&](int line) {
        const Observation* seen = all.find("customers-1.csv:" + std::to_string(line));
        return seen == nullptr ? "(none)" : seen->problem.substr(seen->problem.find(' ') + 1);
    };
    EXPECT_EQ(problem(2), "it has 3 cells, the header has 2");
    EXPECT_EQ(all.text("2", "Name"), "swallowed?");
    EXPECT_EQ(problem(4), "there is a quote inside a cell that does not begin with one");
    EXPECT_EQ(all.text("4", "Name"), "name");
    EXPECT_EQ(problem(6), "it has 3 cells, the header has 2");
    EXPECT_EQ(all.text("6", "Name"), "swallowed?");
    EXPECT_NE(problem(8), "(none)");
    EXPECT_EQ(all.records.size(), 7U);
}

TEST_F(FilesConnector, RowsAndFilesAndHeadersHaveLimits) {
    Json limited = settings();
    limited["limits"] = {{"file", "1MB"}, {"row", "1KB"}, {"columns", 3}};
    arrives("customers-1.csv", "CustNo;a;b;c\n");
    arrives("customers-2.csv", "CustNo;Name\n1;" + std::string(1'100'000, 'x') + "\n");
    arrives(
        "customers-3.csv",
        "CustNo;Name\n1;" + std::string(2'000, 'x') + "\n2;\"" + std::string(2'000, '\n') +
            "\"\n3;An\n"
    );
    ConnectedSystem system("files", limited);
    const Reading all = system.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(
        problem_of(all, "customers-1.csv"), "customers-1.csv: it has 4 columns; 3 are the limit"
    );
    EXPECT_EQ(
        problem_of(all, "customers-2.csv"),
        "customers-2.csv: it has 1100015 bytes, and settings/limits/file allows 1048576"
    );
    EXPECT_EQ(
        problem_of(all, "customers-3.csv:2"),
        "customers-3.csv:2: it is longer than 1024 bytes, the limit; a quote that is never closed "
        "looks so too"
    );
    EXPECT_NE(problem_of(all, "customers-3.csv:3").find("1024 bytes"), std::string::npos);
    EXPECT_EQ(all.text("3", "Name"), "An");
}

TEST_F(FilesConnector, ALostQuoteInALargeFileCostsOneRow) {
    std::string text = "CustNo;Name\n";
    for (int i = 1; i <= 3'000; ++i)
        text += std::to_string(i) + (i == 2 ? ";\"" : ";") + std::string(50, 'n') + "\n";
    const Reading all = read(text);
    EXPECT_EQ(all.records.size(), 3'000U);
    ASSERT_NE(all.find("customers-1.csv:3"), nullptr);
    EXPECT_NE(problem_of(all, "customers-1.csv:3").find("longer than 65536"), std::string::npos)
        << "it is not looked for its end through the whole file";
    EXPECT_EQ(all.text("3000", "Name"), std::string(50, 'n'));
}

TEST_F(FilesConnector, AFileWithCarriageReturnsAloneHasRows) {
    const Reading all = read("CustNo;Name\r1;An\r2;\"B\ro\"\r\r3;Cy");
    EXPECT_EQ(all.records.size(), 3U);
    EXPECT_EQ(all.text("2", "Name"), "B\ro");
    EXPECT_EQ(all.text("3", "Name"), "Cy");
}

TEST_F(FilesConnector, ANulCharacterSpoilsItsRowOnly) {
    const Reading all = read(std::string("CustNo;Name\n1;A\0n\n2;Bo\n", 24));
    EXPECT_EQ(problem_of(all, "customers-1.csv:2"), "customers-1.csv:2: it has a NUL character");
    EXPECT_EQ(all.text("2", "Name"), "Bo");
}

TEST_F(FilesConnector, ACarriageReturnAloneEndsNoRow) {
    const Reading all = read("CustNo;Name\r\n1;\"An\"\r2;Bo\r\n\r3;C\ri\r\n");
    EXPECT_EQ(all.records.size(), 2U);
    EXPECT_EQ(
        problem_of(all, "customers-1.csv:2"),
        "customers-1.csv:2: there is text after a closing quote"
    );
    EXPECT_EQ(all.text("\r3", "Name"), "C\ri");
}

TEST_F(FilesConnector, AFileThatIsNoTableIsSetAsideAndTheNextIsRead) {
    arrives("customers-1.csv", "Number;Name\n1;An\n");
    arrives("customers-2.csv", "CustNo;Name;Name\n1;An;An\n");
    arrives("customers-3.csv", "");
    arrives("customers-4.csv", "CustNo;Name\n4;An\n");
    const Reading all = supplier().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(problem_of(all, "customers-1.csv"), "customers-1.csv: there is no column \"CustNo\"");
    EXPECT_EQ(
        problem_of(all, "customers-2.csv"), "customers-2.csv: two columns have the same name"
    );
    EXPECT_EQ(problem_of(all, "customers-3.csv"), "customers-3.csv: the first line is no header");
    EXPECT_EQ(all.text("4", "Name"), "An");
}

TEST_F(FilesConnector, ReadsFilesWithoutAHeaderAndWithOtherQuotes) {
    Json headless = settings({{"delimiter", "\t"}, {"quote", "'"}, {"header", false}});
    headless["columns"] = {"CustNo", "Name"};
    arrives("customers-1.csv", "1\t'An\t\"M\"'\n");
    ConnectedSystem system("files", headless);
    EXPECT_EQ(system.read().text("1", "Name"), "An\t\"M\"");
    ASSERT_EQ(system->discover("customer")->fields.size(), 2U);
    system.write(ConnectedSystem::change("1", "", {{"Name", RawValue::of_text("An's")}}));
    EXPECT_EQ(file_bytes(folder_ / "in" / names_in(folder_ / "in").front()), "1\t'An''s'\r\n");
}

TEST_F(FilesConnector, ReadsSnapshotsInTheOrderOfTheirNames) {
    arrives("customers-2026-02.csv", "CustNo;Name\n1;later\n");
    arrives("customers-2026-01.csv", "CustNo;Name\n1;earlier\n2;other\n");
    arrives("customers-2026-03.csv.part", "CustNo;Name\n1;unfinished\n");
    arrives("prices-2026.csv", "a;b\n");
    fs::create_symlink("/etc/passwd", folder_ / "out" / "customers-0.csv");
    fs::create_directories(folder_ / "out" / "customers-folder.csv");
    const Reading all = supplier().read();
    ASSERT_EQ(all.records.size(), 3U);
    EXPECT_EQ(text_in(all.records[0].fields, "Name"), "earlier");
    EXPECT_EQ(text_in(all.records[2].fields, "Name"), "later");
    EXPECT_EQ(all.cursors.size(), 3U);
    EXPECT_EQ(
        names_in(folder_ / "out" / "done"),
        (std::vector<std::string>{"customers-2026-01.csv", "customers-2026-02.csv"})
    );
    EXPECT_TRUE(fs::exists(folder_ / "out" / "prices-2026.csv"));
    EXPECT_TRUE(supplier().read().records.empty());
    arrives("customers-2026-01.csv", "CustNo;Name\n1;resent\n");
    EXPECT_EQ(supplier().read().records.size(), 1U);
    EXPECT_EQ(names_in(folder_ / "out" / "done").size(), 3U);
}

TEST_F(FilesConnector, AFileIsMovedOnlyAfterItsRowsAreDurable) {
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    arrives("customers-2.csv", "CustNo;Name\n1;Ann\n");
    connect::ReadSink sink;
    sink.records = [](std::vector<Observation>) { return true; };
    sink.checkpoint = [&](const std::string&) {
        EXPECT_TRUE(fs::exists(folder_ / "out" / "customers-1.csv"));
        return false;
    };
    EXPECT_FALSE(supplier()->read(ConnectedSystem::full(), sink));
    EXPECT_TRUE(fs::exists(folder_ / "out" / "customers-1.csv"));
    EXPECT_FALSE(fs::exists(folder_ / "out" / "done"));
    EXPECT_EQ(supplier().read().records.size(), 2U);
}

TEST_F(FilesConnector, PeekingMovesNothing) {
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    const Reading peeked = supplier().read(ConnectedSystem::peek());
    EXPECT_EQ(peeked.records.size(), 1U);
    EXPECT_EQ(names_in(folder_ / "out"), (std::vector<std::string>{"customers-1.csv"}));
    EXPECT_EQ(supplier().read().records.size(), 1U);
}

TEST_F(FilesConnector, LeavesOneFileOfCorrectionsForABatch) {
    std::vector<Delivery> batch;
    batch.push_back(ConnectedSystem::change(
        "7",
        "",
        {{"Name", RawValue::of_text("An;Mees")}},
        {{"Name", RawValue::of_text("An;Mees")}, {"Town", RawValue::of_text("say \"Gent\"")}}
    ));
    batch.push_back(ConnectedSystem::change(
        "9", "", {}, {{"CustNo", RawValue::of_text("9")}, {"Zip", RawValue::null()}}
    ));
    batch.push_back(supplier().creation({{"Name", RawValue::of_text("New")}}));
    batch[1].attempt.id = AttemptId{AttemptId::Raw{9}};
    const auto receipts = supplier()->write("customer", batch);
    ASSERT_EQ(receipts.size(), 3U);
    EXPECT_EQ(receipts[0].outcome, Receipt::Outcome::Stored) << receipts[0].error.detail;
    EXPECT_FALSE(receipts[0].stored);
    EXPECT_EQ(receipts[1].outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(receipts[2].outcome, Receipt::Outcome::Refused);
    const auto names = names_in(folder_ / "in");
    EXPECT_EQ(names, (std::vector<std::string>{"corrections-20260921T141320Z-1.csv"}));
    EXPECT_EQ(
        file_bytes(folder_ / "in" / names[0]),
        "CustNo;Name;Town;Zip\r\n7;\"An;Mees\";\"say \"\"Gent\"\"\";\r\n9;;;\r\n"
    );
    supplier().write(batch[0]);
    EXPECT_EQ(names_in(folder_ / "in").back(), "corrections-20260921T141320Z-2.csv");
}

TEST_F(FilesConnector, ACorrectionThatCannotBeWrittenWasNotSent) {
    ASSERT_TRUE(supplier()->check());
    fs::remove_all(folder_ / "in");
    const Receipt receipt =
        supplier().write(ConnectedSystem::change("7", "", {{"Name", RawValue::of_text("An")}}));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent);
    EXPECT_NE(receipt.error.detail.find("cannot be written"), std::string::npos);
}

TEST_F(FilesConnector, ADeletionIsNoCorrection) {
    const Receipt receipt = supplier().write(ConnectedSystem::deletion("7"));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(receipt.error.code, ErrorCode::PluginUnsupported);
    EXPECT_TRUE(names_in(folder_ / "in").empty());
}

TEST_F(FilesConnector, AFixedNameWaitsUntilItsFileWasTaken) {
    Json fixed = settings();
    fixed["write"]["name"] = "corrections.csv";
    ConnectedSystem system("files", fixed);
    const Delivery change = ConnectedSystem::change("7", "", {{"Name", RawValue::of_text("An")}});
    EXPECT_EQ(system.write(change).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(system.write(change).outcome, Receipt::Outcome::NotSent);
    fs::remove(folder_ / "in" / "corrections.csv");
    EXPECT_EQ(system.write(change).outcome, Receipt::Outcome::Stored);
}

TEST_F(FilesConnector, SaysPreciselyWhatIsWrongWithItsSettings) {
    Json wrong = settings();
    wrong["read"]["folder"] = (folder_ / "nowhere").string();
    EXPECT_EQ(
        refusal(wrong),
        "folder " + (folder_ / "nowhere").string() + " cannot be read: No such file or directory"
    );
    wrong = settings();
    wrong["write"]["folder"] = (folder_ / "nowhere").string();
    EXPECT_NE(refusal(wrong).find("cannot be read"), std::string::npos);
    wrong = settings();
    wrong["csv"]["delimeter"] = ";";
    EXPECT_EQ(
        refusal(wrong),
        "settings/csv has no \"delimeter\"; there are delimiter, quote, encoding, header"
    );
    EXPECT_EQ(refusal(settings({{"delimiter", ";;"}})), "settings/csv/delimiter is one character");
    for (const Json& csv :
         {Json{{"delimiter", "\n"}}, Json{{"quote", "\r"}}, Json{{"delimiter", "\""}}}) {
        EXPECT_EQ(
            refusal(settings(csv)),
            "settings/csv/delimiter and settings/csv/quote are two different characters, and no "
            "line ends"
        );
    }
    EXPECT_NE(
        refusal(settings({{"encoding", "utf-7"}})).find("has no \"utf-7\""), std::string::npos
    );
    EXPECT_EQ(
        refusal(settings({{"header", false}})), "files without a header need settings/columns"
    );
    EXPECT_NE(refusal(settings({{"header", "no"}})).find("true or false"), std::string::npos);
    wrong = settings();
    wrong["limits"] = {{"row", "64"}};
    EXPECT_EQ(refusal(wrong), "settings/limits/row is a size such as \"64KB\" or \"256MB\"");
    wrong["limits"] = {{"row", "2MB"}};
    EXPECT_EQ(refusal(wrong), "settings/limits/row is at most \"1MB\"");
    wrong["limits"] = {{"columns", 0}};
    EXPECT_EQ(refusal(wrong), "settings/limits/columns is a number");
    wrong = settings();
    wrong["read"]["done"] = "../elsewhere";
    EXPECT_EQ(refusal(wrong), "settings/read/done is the name of a folder");
    wrong = settings();
    wrong.erase("key");
    EXPECT_EQ(refusal(wrong), "settings/key is missing or not a text");
    wrong = settings();
    wrong["read"]["kind"] = "changes";
    EXPECT_EQ(refusal(wrong), "settings/read/kind can only be \"snapshot\" or \"delta\"");
}

}  // namespace
}  // namespace syncline::testing
