#include "connect/manifest.hpp"

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace syncline::connect {
namespace {

using codec::Json;
namespace fs = std::filesystem;

class Settings : public ::testing::Test {
protected:
    void SetUp() override { folder_ = testing::fresh_folder(); }
    std::string resolved(const std::string& settings, const Manifest& manifest = {}) {
        const auto json = resolve_settings(settings, manifest, folder_);
        if (json) return codec::to_line(*json);
        EXPECT_EQ(json.error().code, ErrorCode::ConfigInvalid);
        return json.error().where + ": " + json.error().detail;
    }
    fs::path folder_;
};

TEST_F(Settings, ReferencesBecomeTheirTexts) {
    testing::place_file(folder_ / "secrets/token", "  1-22-3\n");
    ::setenv("SYNCLINE_TEST_TOKEN", "from-env", 1);
    EXPECT_EQ(resolved(R"({"a":{"$secret":"file:secrets/token"}})"), R"({"a":"1-22-3"})");
    EXPECT_EQ(resolved(R"({"a":[{"$file":"secrets/token"}]})"), R"({"a":["1-22-3"]})");
    EXPECT_EQ(
        resolved(R"({"a":{"b":{"$secret":"env:SYNCLINE_TEST_TOKEN"}}})"),
        R"({"a":{"b":"from-env"}})"
    );
    ::setenv("CREDENTIALS_DIRECTORY", (folder_ / "secrets").c_str(), 1);
    EXPECT_EQ(resolved(R"({"a":{"$secret":"credential:token"}})"), R"({"a":"1-22-3"})");
    ::unsetenv("CREDENTIALS_DIRECTORY");
    ::unsetenv("SYNCLINE_TEST_TOKEN");
}

TEST_F(Settings, AReferenceThatLeadsNowhereNamesItsSetting) {
    EXPECT_EQ(
        resolved(R"({"api":{"token":{"$secret":"file:none"}}})"),
        (folder_ / "none").string() +
            ": this file, which a setting refers to, cannot be read (setting /api/token)"
    );
    testing::place_file(folder_ / "empty", "\n");
    EXPECT_NE(resolved(R"({"t":{"$secret":"file:empty"}})").find("is empty"), std::string::npos);
    EXPECT_NE(resolved(R"({"t":{"$file":"."}})").find("cannot be read"), std::string::npos);
    EXPECT_EQ(
        resolved(R"({"t":{"$secret":"env:SYNCLINE_NOT_SET"}})"),
        "$secret: the environment variable SYNCLINE_NOT_SET is not set (setting /t)"
    );
    EXPECT_NE(
        resolved(R"({"t":{"$secret":"credential:x"}})").find("no systemd credential"),
        std::string::npos
    );
    EXPECT_EQ(
        resolved(R"({"t":{"$secret":"1-22-3"}})"),
        "$secret: a secret begins with file:, env: or credential: (setting /t)"
    );
    EXPECT_EQ(resolved(R"({"t":{"$file":7}})"), "/t: a reference is a text");
}

TEST_F(Settings, AFileThatHasNoEndIsNotReadToTheEnd) {
    EXPECT_NE(resolved(R"({"t":{"$file":"/dev/zero"}})").find("cannot be read"), std::string::npos);
}

TEST_F(Settings, PathsBecomeAbsolute) {
    Manifest manifest;
    manifest.path_settings = {"/read/folder", "/absolute", "/missing"};
    EXPECT_EQ(
        resolved(R"({"read":{"folder":"../out"},"absolute":"/x","other":"../out"})", manifest),
        R"({"read":{"folder":")" + (folder_.parent_path() / "out").string() +
            R"("},"absolute":"/x","other":"../out"})"
    );
}

TEST_F(Settings, TemplatesTakeSettings) {
    const Json settings{{"token", "1-22-3"}, {"user", {{"name", "hub"}}}};
    EXPECT_EQ(*fill_template("token {/token}", settings), "token 1-22-3");
    EXPECT_EQ(*fill_template("{/user/name}:{/token}", settings), "hub:1-22-3");
    const auto missing = fill_template("{/password}", settings);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().where, "/password");
}

TEST_F(Settings, AnIndexThatNoListHasNamesNoSetting) {
    const Json settings{{"list", {"a", "b"}}};
    EXPECT_EQ(fill_template("{/list/1}", settings).value(), "b");
    for (const char* pointer : {"/list/2", "/list/-", "/list/01", "/list/99999999999999999999"}) {
        const auto filled = fill_template("{" + std::string(pointer) + "}", settings);
        ASSERT_FALSE(filled) << pointer;
        EXPECT_EQ(filled.error().where, pointer);
    }
}

TEST_F(Settings, BrokenManifestsAreNamedAndSkipped) {
    testing::place_file(folder_ / "a.json", "{");
    testing::place_file(folder_ / "b.json", R"({"id":"x.b"})");
    testing::place_file(
        folder_ / "c.json", R"({"id":"x.c","version":"1","path_settings":["file"]})"
    );
    testing::place_file(
        folder_ / "d.json",
        R"({"id":"x.d","version":"1","http":{"base_url":"/url","headers":{"A":"{token}"}}})"
    );
    testing::place_file(folder_ / "e.json", R"({"id":"x.e","alias":"e","version":"1"})");
    std::vector<Error> problems;
    const auto manifests = list_connectors(folder_, problems);
    ASSERT_EQ(manifests.size(), 1U);
    EXPECT_EQ(manifests[0].library, folder_ / "e.so");
    EXPECT_EQ(problems.size(), 4U);
    EXPECT_TRUE(find_connector(folder_, "x.e"));
    const auto unknown = find_connector(folder_, "ee");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().detail.find("did you mean \"e\"?"), std::string::npos);
    EXPECT_NE(unknown.error().detail.find("; installed: e;"), std::string::npos);
    EXPECT_NE(unknown.error().detail.find("a.json"), std::string::npos);
    const auto nowhere = find_connector(folder_ / "nowhere", "e");
    ASSERT_FALSE(nowhere);
    EXPECT_NE(nowhere.error().detail.find("none is installed there"), std::string::npos);
}

// The unruly connector answers a check with the settings it was given.
TEST_F(Settings, TheSecretOfAMediatedConnectorNeverReachesTheChild) {
    fs::copy_file(testing::test_connectors().connectors / "unruly.so", folder_ / "spy.so");
    testing::place_file(
        folder_ / "spy.json",
        R"({"id":"test.spy","alias":"spy","version":"1",
            "http":{"base_url":"/url","headers":{"Authorization":"token {/login/token}"}}})"
    );
    Installation installation = testing::test_connectors();
    installation.connectors = folder_;
    testing::place_file(folder_ / "token", "canary-1-22-3");
    testing::ConnectedSystem system(
        "spy",
        {{"url", "http://127.0.0.1:1"},
         {"login", {{"token", {{"$secret", "file:" + (folder_ / "token").string()}}}}},
         {"tell", "settings"}},
        installation
    );
    const auto told = system->check();
    ASSERT_FALSE(told);
    EXPECT_EQ(
        told.error().detail,
        R"({"url":"http://127.0.0.1:1","login":{"token":null},"tell":"settings"})"
    );
}

}  // namespace
}  // namespace syncline::connect
