// Which files are read: whole ones.

#include "connectors/files_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>

namespace syncline::testing {
namespace {

class FilesArrival : public FilesConnector {
protected:
    Json with(const char* key, const Json& value) const {
        Json made = settings();
        made["read"]["settle"] = "0s";
        made["read"][key] = value;
        return made;
    }
    void grows(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / "out" / name, std::ios::app | std::ios::binary) << bytes;
    }
    std::vector<std::string> waiting() const {
        auto names = names_in(folder_ / "out");
        std::erase(names, "done");
        return names;
    }
};

using Names = std::vector<std::string>;

TEST_F(FilesArrival, AFileThatIsStillGrowingIsReadWhenItIsWhole) {
    ConnectedSystem system("files", with("settle", "600ms"));
    arrives("customers-1.csv", "CustNo;Name\n1;A");
    std::thread writer([this] {
        for (int i = 0; i < 8; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            grows("customers-1.csv", "n");
        }
    });
    EXPECT_TRUE(system.read().records.empty()) << "it grew meanwhile";
    writer.join();
    EXPECT_EQ(waiting(), Names{"customers-1.csv"});
    const Reading whole = system.read();
    EXPECT_EQ(whole.text("1", "Name"), "Annnnnnnn");
    EXPECT_TRUE(waiting().empty());
}

TEST_F(FilesArrival, AFileThatStaysAsItIsIsReadByTheFirstReading) {
    ConnectedSystem system("files", with("settle", "50ms"));
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    EXPECT_EQ(system.read().text("1", "Name"), "An");
}

TEST_F(FilesArrival, AGrowingFileHoldsThoseAfterItAndNotThoseBefore) {
    ConnectedSystem system("files", with("settle", "500ms"));
    for (const char* name : {"customers-1.csv", "customers-2.csv", "customers-3.csv"})
        arrives(name, "CustNo;Name\n1;An\n");
    std::thread writer([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(250));
        grows("customers-2.csv", "2;Bo\n");
    });
    EXPECT_EQ(system.read().records.size(), 1U);
    writer.join();
    EXPECT_EQ(waiting(), (Names{"customers-2.csv", "customers-3.csv"}));
    EXPECT_EQ(system.read().records.size(), 3U);
}

TEST_F(FilesArrival, AFileIsReadWhenItsMarkerIsThere) {
    ConnectedSystem system("files", with("marker", "{name}.done"));
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    EXPECT_TRUE(system.read().records.empty());
    EXPECT_EQ(waiting(), Names{"customers-1.csv"});
    arrives("customers-1.csv.done", "");
    EXPECT_EQ(system.read().text("1", "Name"), "An");
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(
        names_in(folder_ / "out" / "done"), (Names{"customers-1.csv", "customers-1.csv.done"})
    );
    arrives("customers-1.csv", "CustNo;Name\n1;Ann\n");
    EXPECT_TRUE(system.read().records.empty()) << "the old marker does not vouch for it";
}

TEST_F(FilesArrival, AMarkerIsNoFileOfCustomers) {
    Json wide = with("marker", "{stem}.ok");
    wide["read"]["pattern"] = "customers-*";
    ConnectedSystem system("files", wide);
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    arrives("customers-1.ok", "");
    arrives("customers-2.ok", "no file of its own");
    EXPECT_EQ(system.read().records.size(), 1U);
    EXPECT_TRUE(system.read().records.empty());
    EXPECT_EQ(waiting(), Names{"customers-2.ok"});
}

TEST_F(FilesArrival, AFileWithoutItsMarkerHoldsThoseAfterItAndTheLogSaysSo) {
    ConnectedSystem system("files", with("marker", "{name}.done"));
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    arrives("customers-2.csv", "CustNo;Name\n2;Bo\n");
    arrives("customers-2.csv.done", "");
    EXPECT_TRUE(system.read().records.empty());
    EXPECT_TRUE(system.log().mentions("files wait for the marker of one before them"));
    arrives("customers-1.csv.done", "");
    EXPECT_EQ(system.read().records.size(), 2U);
}

TEST_F(FilesArrival, NamesOfFilesThatAreBeingWrittenAreLeftAlone) {
    Json wide = with("settle", "0s");
    wide["read"]["pattern"] = "*";
    ConnectedSystem system("files", wide);
    const Names names{
        ".customers.csv", "a.csv.filepart", "a.csv.part", "a.csv.tmp", "line\nend.csv"};
    for (const std::string& name : names)
        arrives(name, "CustNo;Name\n1;An\n");
    EXPECT_TRUE(system.read().records.empty());
    EXPECT_EQ(waiting(), names);
}

TEST_F(FilesArrival, WhatIsNoPlainFileIsLeftAlone) {
    place_file(folder_ / "secret", "CustNo;Name\n1;An\n");
    fs::create_hard_link(folder_ / "secret", folder_ / "out" / "customers-1.csv");
    ASSERT_EQ(::mkfifo((folder_ / "out" / "customers-2.csv").c_str(), 0600), 0);
    const Reading all = supplier().read();
    ASSERT_TRUE(all.summary);
    EXPECT_TRUE(all.records.empty());
    EXPECT_EQ(waiting(), (Names{"customers-1.csv", "customers-2.csv"}));
}

TEST_F(FilesArrival, AFileThatWasReplacedWhileItWasReadStays) {
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    connect::ReadSink sink;
    std::size_t records = 0;
    sink.records = [&](std::vector<Observation> page) {
        records += page.size();
        arrives("new", "CustNo;Name\n1;Bo\n");
        fs::rename(folder_ / "out" / "new", folder_ / "out" / "customers-1.csv");
        return true;
    };
    sink.checkpoint = [&](const std::string&) { return true; };
    EXPECT_TRUE(supplier()->read(ConnectedSystem::full(), sink));
    EXPECT_EQ(records, 1U);
    EXPECT_EQ(waiting(), Names{"customers-1.csv"});
    EXPECT_EQ(supplier().read().text("1", "Name"), "Bo");
}

TEST_F(FilesArrival, FilesCanBeOrderedByTheirTime) {
    arrives("customers-b.csv", "CustNo;Name\n1;earlier\n");
    arrives("customers-a.csv", "CustNo;Name\n1;later\n");
    const auto now = fs::file_time_type::clock::now();
    fs::last_write_time(folder_ / "out" / "customers-b.csv", now - std::chrono::seconds(2));
    fs::last_write_time(folder_ / "out" / "customers-a.csv", now);
    ConnectedSystem system("files", with("order", "time"));
    const Reading all = system.read();
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(text_in(all.records[1].fields, "Name"), "later");
}

TEST_F(FilesArrival, SaysPreciselyWhatIsWrongWithItsSettings) {
    EXPECT_EQ(
        refusal(with("order", "size")), "settings/read/order can only be \"name\" or \"time\""
    );
    EXPECT_EQ(refusal(with("settle", "2h")), "settings/settle must be a duration such as \"30s\"");
    EXPECT_EQ(refusal(with("settle", "90s")), "settings/read/settle is at most \"1m\"");
    EXPECT_EQ(
        refusal(with("marker", "ready")),
        "settings/read/marker says how a file's marker is called: \"{name}.done\" or "
        "\"{stem}.ok\""
    );
    EXPECT_EQ(
        refusal(with("marker", "ok/{name}")),
        "settings/read/marker is another name in the same folder"
    );
}

}  // namespace
}  // namespace syncline::testing
