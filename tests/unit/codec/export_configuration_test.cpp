// A configuration with every setting written out says the same as what was written, and names the
// line that each value comes from.

#include "codec/export_configuration.hpp"

#include "codec/configuration.hpp"
#include "codec/line_index.hpp"
#include "support/program.hpp"
#include "unit/codec/full_configuration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using testing::write_file;

class Exporting : public ::testing::Test {
protected:
    Exporting() {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "systems");
    }
    ~Exporting() override { fs::remove_all(folder_); }

    std::vector<ExportedFile> exported(const std::string& hub, const std::string& system) {
        write_file(folder_ / "hub.json", hub);
        write_file(folder_ / "systems/erp.json", system);
        const auto read = read_configuration(folder_, Catalogue::customer());
        EXPECT_TRUE(read.has_value()) << read.error().where << ": " << read.error().detail;
        if (!read) return {};
        return export_configuration(*read, folder_);
    }
    std::vector<ExportedFile> exported_again(const std::vector<ExportedFile>& files) {
        return exported(files.at(0).document.dump(2), files.at(1).document.dump(2));
    }
    /// "file#pointer" -> where its value comes from.
    std::map<std::string, std::string> origins(const std::string& hub, const std::string& system) {
        std::map<std::string, std::string> origins;
        for (const EffectiveSetting& setting : effective_settings(exported(hub, system), folder_))
            origins[setting.file + "#" + setting.pointer] = setting.from;
        return origins;
    }

    const fs::path folder_ =  // of its own: tests run side by side
        fs::path(::testing::TempDir()) / "export_configuration" /
        ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

constexpr const char* kSmallHub = R"({
  "hub": { "id": "demo", "default_country": "BE" },
  "systems": ["systems/*.json"],
  "policies": { "*": "newest" },
  "thresholds": { "creates": { "count": 50 } }
})";
constexpr const char* kSmallSystem = R"({
  "system": "erp",
  "connector": "sql",
  "mapping": { "customer": [ { "field": "name", "remote": "n" } ] }
})";

/// The scalars of a document and where they stand.
void flatten(const Json& json, const std::string& pointer, std::map<std::string, Json>& leaves) {
    if (!json.is_structured()) {
        leaves[pointer] = json;
        return;
    }
    for (const auto& [key, value] : json.items())
        flatten(value, pointer + "/" + pointer_step(key), leaves);
}

/// Does the export have the value, there or in a longer form below?
bool has_value(
    const std::map<std::string, Json>& leaves, const std::string& pointer, const Json& value
) {
    return std::any_of(leaves.begin(), leaves.end(), [&](const auto& leaf) {
        const bool is_there = leaf.first == pointer || leaf.first.starts_with(pointer + "/");
        return is_there && leaf.second == value;
    });
}

TEST_F(Exporting, EverySettingIsWrittenOut) {
    const auto files = exported(kFullHub, kFullSystem);
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[1].name, "systems/erp.json");
    for (const auto& [source, file] : {std::pair{kFullHub, files[0]}, {kFullSystem, files[1]}}) {
        std::map<std::string, Json> wanted, leaves;
        flatten(Json::parse(source), "", wanted);
        flatten(file.document, "", leaves);
        wanted.erase("/$schema");
        wanted.erase("/systems/0");  // a pattern; the files are named
        for (const auto& [pointer, value] : wanted)
            EXPECT_TRUE(has_value(leaves, pointer, value)) << pointer << " = " << value;
    }
}

TEST_F(Exporting, WhatIsReadFromAnExportIsExportedTheSame) {
    for (const auto& [hub, system] :
         {std::pair{kFullHub, kFullSystem}, {kSmallHub, kSmallSystem}}) {
        const auto once = exported(hub, system);
        const auto twice = exported_again(once);
        ASSERT_EQ(once.size(), twice.size());
        for (std::size_t i = 0; i < once.size(); ++i)
            EXPECT_EQ(once[i].document.dump(2), twice[i].document.dump(2));
    }
}

TEST_F(Exporting, DefaultsAreWrittenOut) {
    const auto files = exported(kSmallHub, kSmallSystem);
    EXPECT_EQ(files[0].document["thresholds"]["deletes"]["percent"], 20);
    EXPECT_EQ(files[0].document["hub"]["time_zone"], "UTC");
    EXPECT_EQ(files[0].document["log"], (Json{{"format", "text"}, {"level", "info"}}));
    EXPECT_EQ(files[0].document["store"]["sqlite"]["folder"], "data");
    EXPECT_EQ(files[1].document["poll"], "5s");
    EXPECT_EQ(files[1].document["full_listing"], "24h");
    EXPECT_EQ(files[1].document["rights"]["create"], false);
    EXPECT_EQ(files[1].document["mapping"]["customer"][0]["direction"], "both");
    EXPECT_FALSE(files[1].document.contains("settle")) << "there is no word for none";
}

TEST_F(Exporting, ADurationIsToldExactly) {
    const std::map<std::string, std::string> told{
        {"1500ms", "1500ms"}, {"90s", "90s"}, {"120s", "2m"}, {"60m", "1h"}, {"2000ms", "2s"}};
    for (const auto& [written, exact] : told) {
        Json system = Json::parse(kSmallSystem);
        system["poll"] = written;
        EXPECT_EQ(exported(kSmallHub, system.dump())[1].document["poll"], exact);
    }
    Json system = Json::parse(kSmallSystem);
    system["full_listing"] = "0s";
    EXPECT_EQ(exported(kSmallHub, system.dump())[1].document["full_listing"], "0s");
}

TEST_F(Exporting, APlaceOutsideTheFolderStaysWhereItIs) {
    Json hub = Json::parse(kSmallHub);
    hub["store"]["sqlite"]["folder"] = "/var/lib/syncline";
    hub["keys"]["root"]["file"] = "../root.key";
    const auto files = exported(hub.dump(), kSmallSystem);
    EXPECT_EQ(files[0].document["store"]["sqlite"]["folder"], "/var/lib/syncline");
    EXPECT_EQ(
        files[0].document["keys"]["root"]["file"], (folder_.parent_path() / "root.key").string()
    );
}

TEST_F(Exporting, AReferenceToASecretStaysOne) {
    Json system = Json::parse(kSmallSystem);
    system["settings"]["password"]["$secret"] = "env:ERP_PASSWORD";
    const auto files = exported(kSmallHub, system.dump());
    EXPECT_EQ(files[1].document["settings"], system["settings"]);
}

TEST_F(Exporting, EachValueNamesItsLineOrThatNobodyWroteIt) {
    auto from = origins(kSmallHub, kSmallSystem);
    EXPECT_EQ(from["hub.json#/hub/id"], "hub.json:2");
    EXPECT_EQ(from["hub.json#/hub/time_zone"], "default");
    EXPECT_EQ(from["hub.json#/systems"], "hub.json:3");
    EXPECT_EQ(from["hub.json#/order"], "default");
    EXPECT_EQ(from["hub.json#/policies/*/policy"], "hub.json:4") << "the short form of it";
    EXPECT_EQ(from["hub.json#/thresholds/creates/count"], "hub.json:5");
    EXPECT_EQ(from["hub.json#/thresholds/creates/percent"], "default");
    EXPECT_EQ(from["systems/erp.json#/system"], "systems/erp.json:2");
    EXPECT_EQ(from["systems/erp.json#/title"], "default");
    EXPECT_EQ(from["systems/erp.json#/mapping/customer/0/remote"], "systems/erp.json:4");
    EXPECT_EQ(from["systems/erp.json#/mapping/customer/0/unique"], "default");
}

}  // namespace
}  // namespace syncline::codec
