// `systems test` and `map preview`: a system is looked at before a hub has keys.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

Json row(const Json& document, const std::string& list, const std::string& key, const char* value) {
    for (const Json& item : document[list]) {
        if (item[key] == value) return item;
    }
    return Json();
}

TEST(CommandLineScenario, ASystemIsTestedStepByStepBeforeThereAreKeys) {
    const DemoHub demo("cli-systems-test", DemoHub::From::Fresh);
    fs::remove(demo.hub() / "root.key");
    fs::remove_all(demo.hub() / "data");
    for (const char* system : {"accounting", "erp", "helpdesk", "supplier"}) {
        const Json steps = demo.json({"systems", "test", system});
        EXPECT_EQ(row(steps, "steps", "step", "reached")["state"], "ok") << system;
        EXPECT_EQ(row(steps, "steps", "step", "reading")["state"], "ok") << system;
    }
    EXPECT_FALSE(fs::exists(demo.hub() / "data")) << "nothing is made";
    const Ended unknown = demo.syncline({"systems", "test", "erpp"});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_TRUE(has(unknown.err, "no system has this name")) << unknown.err;
}

TEST(CommandLineScenario, ASystemThatIsAwayIsToldAndTheRestSkipped) {
    const DemoHub demo("cli-systems-test-away", DemoHub::From::Fresh);
    fs::remove(demo.folder() / "systems/erp/erp.sqlite");
    const Ended ended = demo.syncline({"systems", "test", "erp", "-o", "json"});
    EXPECT_NE(ended.exit_code, 0);
    const Json steps = Json::parse(ended.out);
    EXPECT_EQ(row(steps, "steps", "step", "reached")["state"], "failed");
    EXPECT_EQ(row(steps, "steps", "step", "reading")["state"], "skipped");
}

TEST(CommandLineScenario, ARecordIsSavedAsItWasToSeeWhetherItStaysSo) {
    const DemoHub demo("cli-systems-test-save", DemoHub::From::Fresh);
    const std::string before = demo.erp("SELECT name, street, phone FROM customers WHERE id = 17");
    Json steps = demo.json({"systems", "test", "erp", "--save-again", "17"});
    EXPECT_EQ(row(steps, "steps", "step", "saving again")["state"], "ok");
    EXPECT_EQ(demo.erp("SELECT name, street, phone FROM customers WHERE id = 17"), before);
    demo.erp(
        "CREATE TRIGGER shouting AFTER UPDATE ON customers WHEN new.name NOT LIKE '%!!!' BEGIN "
        "UPDATE customers SET name = new.name || '!' WHERE id = new.id; END"
    );
    const Ended refused =
        demo.syncline({"systems", "test", "erp", "--save-again", "17", "-o", "json"});
    EXPECT_EQ(refused.exit_code, 3);
    const Json step = row(Json::parse(refused.out), "steps", "step", "saving again");
    EXPECT_EQ(step["state"], "failed");
    EXPECT_TRUE(has(step["detail"].get<std::string>(), "name holds something else")) << step;
}

TEST(CommandLineScenario, APreviewShowsRealRecordsBeforeAndAfter) {
    const DemoHub demo("cli-map-preview", DemoHub::From::Fresh);
    const Json first = demo.json({"map", "preview", "erp"});
    EXPECT_EQ(first["fields"].size(), 5U * 7U) << "five records, seven fields";
    demo.erp("UPDATE customers SET phone = 'ask Piet' WHERE id = 17");
    const Json one = demo.json({"map", "preview", "erp", "--record", "17"});
    const Json phone = row(one, "fields", "field", "phones.main.number");
    EXPECT_EQ(phone["held"]["phone"], "ask Piet");
    EXPECT_TRUE(phone["value"].is_null());
    EXPECT_TRUE(has(phone["note"].get<std::string>(), "unreadable: ")) << phone;
    const Json credit = row(one, "fields", "field", "commercial.credit_limit");
    EXPECT_TRUE(has(credit["note"].get<std::string>(), "lossy: ")) << credit;
    const Ended missing = demo.syncline({"map", "preview", "erp", "--record", "99999"});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_TRUE(has(missing.err, "the system has no such record")) << missing.err;
}

}  // namespace
}  // namespace syncline::testing
