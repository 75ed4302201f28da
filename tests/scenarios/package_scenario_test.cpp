// What is installed works from where it was put, and the unit that runs it is sound.

#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

class PackageScenario : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        fs::remove_all(folder());
        fs::create_directories(folder());
        const Ended installed = run_program(
            {"/usr/bin/cmake", "--install", BUILD_ROOT, "--prefix", (folder() / "usr").string()},
            folder()
        );
        ASSERT_EQ(installed.exit_code, 0) << installed.err;
    }
    static void TearDownTestSuite() { fs::remove_all(folder()); }
    static fs::path folder() { return fs::path(::testing::TempDir()) / "package"; }

    static Ended syncline(std::vector<std::string> words) {
        words.insert(words.begin(), (folder() / "usr/bin/syncline").string());
        return run_program(words, folder() / "scratch");
    }
    static Ended analyze(std::vector<std::string> words) {
        words.insert(words.begin(), "/usr/bin/systemd-analyze");
        return run_program(words, folder() / "scratch");
    }
    /// The unit of one hub.
    static std::string unit() {
        const fs::path file = folder() / "syncline@erp.service";
        fs::copy_file(
            folder() / "usr/lib/systemd/system/syncline@.service",
            file,
            fs::copy_options::overwrite_existing
        );
        return file.string();
    }
};

TEST_F(PackageScenario, WhatIsInstalledFindsItsConnectorsAndItsDemo) {
    const Ended connectors = syncline({"connectors", "list", "-o", "csv"});
    EXPECT_EQ(connectors.exit_code, 0) << connectors.err;
    for (const char* connector : {"files,", "gnucash,", "request-tracker,", "sql,"})
        EXPECT_NE(connectors.out.find(connector), std::string::npos) << connectors.out;
    const Ended ran = syncline({"demo", "run", "--once", "--dir", (folder() / "demo").string()});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
}

TEST_F(PackageScenario, TheUnitIsSoundAndShutOff) {
    if (!fs::exists("/usr/bin/systemd-analyze"))
        GTEST_SKIP() << "systemd is not installed: the unit is NOT TESTED";
    const Ended verified = analyze({"verify", unit()});
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    EXPECT_EQ(verified.err.find("syncline"), std::string::npos) << verified.err;
    // In tenths; "medium" begins at 50.
    const Ended exposure = analyze({"security", "--offline=true", "--threshold=15", unit()});
    EXPECT_EQ(exposure.exit_code, 0) << exposure.out;
}

}  // namespace
}  // namespace syncline::testing
