// Files that hold only what changed.

#include "connectors/files_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

class FilesDelta : public FilesConnector {
protected:
    Json delta() const {
        Json made = settings();
        made["read"]["kind"] = "delta";
        made["read"]["operation"] = {{"column", "Op"}, {"delete", {"D", "X"}}};
        return made;
    }
    ConnectedSystem& changes() {
        if (!changes_) changes_.emplace("files", delta());
        return *changes_;
    }
    std::optional<ConnectedSystem> changes_;
};

TEST_F(FilesDelta, RowsAreChangesAndDeletions) {
    arrives("customers-1.csv", "Op;CustNo;Name\nI;1;An\nU;2;Bo\nD;3;\nX;4;Di\n?;5;Ed\n;6;Flo\n");
    const Reading all = changes().read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), 6U);
    EXPECT_EQ(all.text("1", "Name"), "An");
    EXPECT_EQ(all.text("2", "Op"), "(absent)") << "it is no field of a customer";
    for (const char* id : {"3", "4"})
        EXPECT_EQ(all.find(id)->kind, Observation::Kind::Gone) << id;
    for (const char* place : {"customers-1.csv:6", "customers-1.csv:7"}) {
        ASSERT_NE(all.find(place), nullptr) << place;
        EXPECT_EQ(
            problem_of(all, place),
            std::string(place) + ": the column Op has none of the words that are set"
        );
    }
}

TEST_F(FilesDelta, WithoutAnOperationEveryRowIsAChange) {
    Json plain = delta();
    plain["read"].erase("operation");
    arrives("customers-1.csv", "CustNo;Name\n1;An\n1;Ann\n");
    ConnectedSystem system("files", plain);
    const Reading all = system.read();
    ASSERT_EQ(all.records.size(), 1U) << "the last row of a key counts";
    EXPECT_EQ(all.text("1", "Name"), "Ann");
    EXPECT_FALSE(system->discover("customer")->listing_proves_absence);
}

TEST_F(FilesDelta, TheLastRowOfAKeyCounts) {
    arrives("customers-1.csv", "Op;CustNo;Name\nI;1;An\nD;1;\nD;2;\nI;2;Bo\nU;2;Bob\nU;3;C\nU;3\n");
    const Reading all = changes().read();
    EXPECT_EQ(all.records.size(), 4U);
    EXPECT_EQ(all.find("1")->kind, Observation::Kind::Gone);
    EXPECT_EQ(all.text("2", "Name"), "Bob");
    EXPECT_EQ(all.text("3", "Name"), "C") << "a row that cannot be read takes nothing back";
    EXPECT_NE(all.find("customers-1.csv:8"), nullptr);
}

TEST_F(FilesDelta, OneThatIsOlderThanWhatWasTakenInIsSetAside) {
    arrives("customers-03.csv", "Op;CustNo;Name\nU;1;An\n");
    const Reading first = changes().read();
    ASSERT_TRUE(first.summary);
    const std::string position = first.cursors.back();
    arrives("customers-02.csv", "Op;CustNo;Name\nU;1;older\n");
    arrives("customers-03.csv", "Op;CustNo;Name\nU;1;again\n");
    arrives("customers-04.csv", "Op;CustNo;Name\nU;1;newer\n");
    changes_.reset();  // what it needs to know is in the position
    const Reading second = changes().read(ConnectedSystem::after(position));
    ASSERT_TRUE(second.summary) << second.error->detail;
    ASSERT_EQ(second.records.size(), 3U);
    EXPECT_EQ(
        second.records[0].problem,
        "customers-02.csv: customers-03.csv, which comes after it, was taken in already; if its "
        "changes still hold, put it back under a later name"
    );
    EXPECT_EQ(text_in(second.records[1].fields, "Name"), "again");
    EXPECT_EQ(text_in(second.records[2].fields, "Name"), "newer");
    EXPECT_EQ(names_in(folder_ / "out" / "done").size(), 4U);
}

TEST_F(FilesDelta, ByTimeOneThatIsOlderIsSetAsideWhateverItsName) {
    Json timed = delta();
    timed["read"]["order"] = "time";
    const auto now = fs::file_time_type::clock::now();
    ConnectedSystem system("files", timed);
    arrives("customers-b.csv", "Op;CustNo;Name\nU;1;An\n");
    fs::last_write_time(folder_ / "out" / "customers-b.csv", now);
    const std::string position = system.read().cursors.back();
    arrives("customers-a.csv", "Op;CustNo;Name\nU;1;newer\n");
    arrives("customers-c.csv", "Op;CustNo;Name\nU;1;older\n");
    fs::last_write_time(folder_ / "out" / "customers-a.csv", now + std::chrono::seconds(1));
    fs::last_write_time(folder_ / "out" / "customers-c.csv", now - std::chrono::seconds(1));
    const Reading second = system.read(ConnectedSystem::after(position));
    EXPECT_EQ(second.text("1", "Name"), "newer");
    EXPECT_NE(second.find("customers-c.csv"), nullptr);
}

TEST_F(FilesDelta, ARecordThatComesBackIsReadAfterItsEnd) {
    arrives("customers-1.csv", "Op;CustNo;Name\nD;1;\n");
    arrives("customers-2.csv", "Op;CustNo;Name\nI;1;back\n");
    arrives("customers-3.csv", "Op;CustNo;Name\nI;2;Bo\n");
    const Reading first = changes().read();
    ASSERT_EQ(first.records.size(), 1U) << "in one reading its end would be the later word";
    EXPECT_EQ(first.records[0].kind, Observation::Kind::Gone);
    const Reading second = changes().read(ConnectedSystem::after(first.cursors.back()));
    EXPECT_EQ(second.records.size(), 2U);
    EXPECT_EQ(second.text("1", "Name"), "back");
}

TEST_F(FilesDelta, CorrectionsBearTheWordForAnUpdateWhereTheLayoutHasAPlaceForIt) {
    Json fixed = delta();
    fixed.erase("csv");
    fixed["fixed_width"] = {
        {"columns",
         {{{"name", "Op"}, {"start", 1}, {"width", 1}},
          {{"name", "CustNo"}, {"start", 2}, {"width", 3}},
          {{"name", "Name"}, {"start", 5}, {"width", 5}}}}};
    ConnectedSystem system("files", fixed);
    system.write(ConnectedSystem::change("7", "", {{"Name", RawValue::of_text("An")}}));
    EXPECT_EQ(file_bytes(folder_ / "in" / names_in(folder_ / "in").front()), "U7  An   \r\n");
    EXPECT_EQ(system->discover("customer")->fields.size(), 2U) << "the operation is none";
}

TEST_F(FilesDelta, SaysPreciselyWhatIsWrongWithItsSettings) {
    const auto operation = [&](const Json& value) {
        Json wrong = delta();
        wrong["read"]["operation"] = value;
        return refusal(wrong);
    };
    EXPECT_EQ(operation(Json::object()), "settings/read/operation/column is missing or not a text");
    EXPECT_EQ(
        operation({{"column", "Op"}, {"delete", Json::array()}}),
        "settings/read/operation/delete is a word, or a list of words"
    );
    EXPECT_EQ(
        operation({{"column", "Op"}, {"insert", {1}}}), "settings/read/operation/insert holds texts"
    );
    EXPECT_EQ(
        operation({{"column", "Op"}, {"update", "D"}}),
        "settings/read/operation: \"D\" cannot mean two things"
    );
    EXPECT_EQ(operation({{"column", "CustNo"}}), "settings/read/operation/column is the key");
    Json wrong = delta();
    wrong["read"]["kind"] = "snapshot";
    EXPECT_EQ(refusal(wrong), "settings/read/operation is for \"kind\": \"delta\"");
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    EXPECT_EQ(
        problem_of(changes().read(), "customers-1.csv"),
        "customers-1.csv: there is no column \"Op\""
    );
}

}  // namespace
}  // namespace syncline::testing
