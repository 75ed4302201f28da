// `syncline config`: looked at before there are keys, every value with its origin, exported.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

TEST(CommandLineScenario, AConfigurationIsValidatedBeforeThereAreKeys) {
    const DemoHub demo("cli-config-validate", DemoHub::From::Fresh);
    fs::remove(demo.hub() / "root.key");
    fs::remove_all(demo.hub() / "data");
    EXPECT_EQ(demo.json({"config", "validate"})["valid"], true);
    const fs::path file = demo.hub() / "systems/erp.json";
    const std::string text = read_file(file);
    write_file(file, std::string(text).replace(text.find("\"poll\""), 6, "\"pol\""));
    const Ended refused = demo.syncline({"config", "validate"});
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_EQ(refused.out, "");
    EXPECT_TRUE(has(refused.err, "unknown key \"pol\"; did you mean \"poll\"?")) << refused.err;
    EXPECT_FALSE(fs::exists(demo.hub() / "data")) << "nothing is made";
}

TEST(CommandLineScenario, EverySettingNamesWhereItsValueComesFrom) {
    const DemoHub demo("cli-config-show", DemoHub::From::Fresh);
    const Json all = demo.json({"config", "show", "--effective"});
    const auto find = [](const Json& document, const std::string& setting) {
        for (const Json& item : document["settings"]) {
            if (item["file"] == "systems/erp.json" && item["setting"] == setting) return item;
        }
        return Json();
    };
    const Json only = find(all, "/scope/linked_only");
    EXPECT_EQ(only["value"], false);
    EXPECT_EQ(only["from"], "default");
    EXPECT_TRUE(has(find(all, "/poll")["from"].get<std::string>(), "systems/erp.json:"));
    const Json written = demo.json({"config", "show"});
    EXPECT_TRUE(find(written, "/scope/linked_only").is_null()) << "nobody wrote it";
    EXPECT_FALSE(find(written, "/poll").is_null());
    EXPECT_LT(written["settings"].size(), all["settings"].size());
}

TEST(CommandLineScenario, UsingAnExportChangesNothing) {
    const DemoHub demo("cli-config-export");
    demo.converge();
    const fs::path to = demo.folder() / "exported";
    const Json written = demo.json({"config", "export", "--to", to.string()});
    EXPECT_EQ(written["files"].size(), 5U);
    const Json before = demo.json({"config", "show", "--effective"});
    for (const Json& file : written["files"]) {
        const std::string name = file.get<std::string>();
        fs::copy_file(to / name, demo.hub() / name, fs::copy_options::overwrite_existing);
    }
    Json after = demo.json({"config", "show", "--effective"});
    ASSERT_EQ(before["settings"].size(), after["settings"].size());
    for (std::size_t i = 0; i < before["settings"].size(); ++i) {
        EXPECT_EQ(before["settings"][i]["setting"], after["settings"][i]["setting"]);
        EXPECT_EQ(before["settings"][i]["value"], after["settings"][i]["value"]);
        EXPECT_NE(after["settings"][i]["from"], "default");
    }
    EXPECT_TRUE(demo.json({"plan"})["operations"].empty());
    demo.converge();
    EXPECT_EQ(demo.differences(), "");
    const Ended again = demo.syncline({"config", "export", "--to", to.string()});
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_TRUE(has(again.err, "this file exists")) << again.err;
}

}  // namespace
}  // namespace syncline::testing
