#include "connect/plugin_library.hpp"

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

namespace syncline::connect {
namespace {

namespace fs = std::filesystem;

fs::path broken(const std::string& fault) {
    return testing::test_connectors().connectors / ("broken_" + fault + ".so");
}

std::string refusal(const fs::path& file) {
    const auto loaded = PluginLibrary::load(file);
    if (loaded) return "(loaded)";
    EXPECT_EQ(loaded.error().code, ErrorCode::PluginUnusable);
    EXPECT_EQ(loaded.error().where, file.string());
    return loaded.error().detail;
}

TEST(PluginLibrary, LoadsAWholeOne) {
    const auto loaded = PluginLibrary::load(testing::shipped_connectors().connectors / "sql.so");
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_NE(loaded->manifest().find("\"org.syncline.sql\""), std::string::npos);
    EXPECT_NE(loaded->table().read, nullptr);
}

TEST(PluginLibrary, SaysPreciselyWhatIsWrong) {
    const fs::path folder = testing::fresh_folder();
    EXPECT_EQ(refusal(folder / "none.so"), "there is no such connector library");
    testing::place_file(folder / "text.so", "not a library");
    EXPECT_NE(refusal(folder / "text.so").find("it cannot be loaded: "), std::string::npos);
    EXPECT_EQ(
        refusal(broken("no_symbol")), "it is no Syncline connector: it has no syncline_connector_v1"
    );
    EXPECT_EQ(refusal(broken("wrong_magic")), "its table does not begin with the magic number");
    EXPECT_EQ(refusal(broken("null_table")), "its table does not begin with the magic number");
    EXPECT_EQ(
        refusal(broken("wrong_major")), "it was built for connector ABI 2, this hub speaks 1"
    );
    EXPECT_EQ(
        refusal(broken("newer_minor")),
        "it needs a hub with connector ABI 1.7 or later, this one has 1.1"
    );
    EXPECT_EQ(refusal(broken("short_table")), "its table is too short to hold create and destroy");
    EXPECT_EQ(refusal(broken("no_create")), "its table has no create or no destroy");
}

TEST(PluginLibrary, ABrokenOneIsAnErrorOfItsSystem) {
    for (const char* fault : {"no_symbol", "wrong_magic", "wrong_major", "newer_minor"}) {
        testing::ConnectedSystem system(
            std::string("broken_") + fault, testing::Json::object(), testing::test_connectors()
        );
        const auto checked = system->check();
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, ErrorCode::PluginUnusable);
        EXPECT_EQ(checked.error().remedy, Remedy::Reconfigure);
        EXPECT_EQ(checked.error().where, broken(fault).string());
        EXPECT_EQ(checked.error().detail, refusal(broken(fault)));
    }
}

TEST(PluginLibrary, AnUnknownConnectorIsNamedWithTheNearest) {
    testing::ConnectedSystem system("gnucahs", testing::Json::object());
    const auto checked = system->check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::PluginUnusable);
    EXPECT_NE(checked.error().detail.find("did you mean \"gnucash\"?"), std::string::npos);
}

}  // namespace
}  // namespace syncline::connect
