// `verify`: the systems beside the hub, as a person or a timer asks.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <signal.h>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

std::map<std::string, std::string> stored(const DemoHub& demo) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(demo.hub() / "data")) {
        if (entry.path().extension() != ".db-shm")
            files[entry.path().filename()] = read_file(entry.path());
    }
    return files;
}

TEST(CommandLineScenario, VerifyProvesEqualAndNamesWhatASystemChangedBehindTheHub) {
    DemoHub demo("cli-verify");
    demo.converge();
    const auto before = stored(demo);
    const Ended equal = demo.syncline({"verify"});
    EXPECT_EQ(equal.exit_code, 0) << equal.out << equal.err;
    EXPECT_TRUE(has(equal.out, "Nothing differs unexplained")) << equal.out;

    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const Ended changed = demo.syncline({"verify", "erp"});
    EXPECT_EQ(changed.exit_code, 5) << changed.err;
    EXPECT_TRUE(
        has(changed.out,
            "erp:17  phones.main.number  differs: the system changed it since the hub read it\n")
    ) << changed.out;
    EXPECT_FALSE(has(changed.out, "555")) << "values are shown when asked for";
    const Ended shown = demo.syncline({"verify", "erp", "--values"});
    EXPECT_TRUE(has(shown.out, "there: \"+3225551234\"")) << shown.out;

    const Ended json = demo.syncline({"verify", "erp", "-o", "json"});
    EXPECT_EQ(json.exit_code, 5);
    const Json document = codec::parse_json(json.out).value();
    EXPECT_EQ(document["systems"][0]["different"], 1);
    EXPECT_EQ(document["broken"], Json::array());
    const Json& field = document["fields"][0];
    EXPECT_EQ(field["parity"], "equal");
    EXPECT_TRUE(has(field["at"].get<std::string>(), "T"));
    const Ended csv = demo.syncline({"verify", "erp", "-o", "csv"});
    EXPECT_TRUE(has(csv.out, "erp,17,phones.main.number,drift,")) << csv.err;
    EXPECT_TRUE(stored(demo) == before) << "looking changed a byte";
    EXPECT_EQ(demo.syncline({"verify", "er"}).exit_code, 1);
}

TEST(CommandLineScenario, AVerificationThatWasCutOffGoesOn) {
    DemoHub demo("cli-verify-resume");
    demo.converge();
    const auto slow = demo.start({"verify", "erp", "--rate", "50"});
    const fs::path progress = demo.hub() / "verify.progress";
    for (int i = 0; i < 500 && (!fs::exists(progress) || fs::file_size(progress) < 2'000); ++i)
        ::usleep(20'000);
    slow->signal(SIGKILL);
    slow->wait();
    ASSERT_TRUE(fs::exists(progress));
    const Ended resumed = demo.syncline({"verify", "erp", "--resume"});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_TRUE(has(resumed.err, "records proved equal before")) << resumed.err;
    EXPECT_TRUE(has(resumed.out, "erp     400       ")) << resumed.out;
    EXPECT_FALSE(fs::exists(progress));
    const Ended anew = demo.syncline({"verify", "erp", "--resume"});
    EXPECT_TRUE(has(anew.err, "nothing to resume")) << anew.err;
}

TEST(CommandLineScenario, VerifyWorksBesideARunningHubAndSaysWhenASystemDoesNotAnswer) {
    DemoHub demo("cli-verify-running");
    demo.converge();
    const auto hub = demo.start({"run"});
    const Ended beside = demo.syncline({"verify", "erp", "accounting"});
    EXPECT_EQ(beside.exit_code, 0) << beside.out << beside.err;
    hub->signal(SIGTERM);
    hub->wait();
    write_file(demo.folder() / "systems" / "helpdesk" / "url", "http://127.0.0.1:1");
    const Ended down = demo.syncline({"verify"});
    EXPECT_EQ(down.exit_code, 8) << down.out << down.err;
    EXPECT_TRUE(has(down.err, "remote_unavailable")) << down.err;
    EXPECT_TRUE(fs::exists(demo.hub() / "verify.progress")) << "--resume goes on";
}

}  // namespace
}  // namespace syncline::testing
