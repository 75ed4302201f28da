// Whether the configuration fits the systems: what `check` and `plan` find before a value is
// written.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

/// Puts `wrong` in the place of `right`, and tells where that is: file:line.
std::string misspell(
    const DemoHub& demo,
    const std::string& system,
    const std::string& right,
    const std::string& wrong
) {
    const fs::path file = demo.hub() / "systems" / (system + ".json");
    std::string text = read_file(file);
    const auto at = text.find(right);
    EXPECT_NE(at, std::string::npos) << right;
    if (at == std::string::npos) return file.string();
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    write_file(file, text.replace(at, right.size(), wrong));
    return file.string() + ":" + std::to_string(line);
}

Json document_of(const Ended& ended) {
    const auto parsed = codec::parse_json(ended.out);
    EXPECT_TRUE(parsed) << ended.out << ended.err;
    return parsed ? *parsed : Json::object();
}

TEST(CommandLineScenario, CheckAsksEverySystemAndSaysThatTheConfigurationFits) {
    const DemoHub demo("cli-check-fits", DemoHub::From::Fresh);
    const Ended checked = demo.syncline({"check"});
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_TRUE(has(checked.out, "The configuration is valid: 4 systems.\n")) << checked.out;
    EXPECT_EQ(checked.err, "");
    const Json document = demo.json({"check"});
    EXPECT_EQ(document["hub"], "demo");
    EXPECT_EQ(document["valid"], true);
    EXPECT_EQ(document["asked"], true);
    ASSERT_EQ(document["systems"].size(), 4U);
    const Json& erp = document["systems"][1];
    EXPECT_EQ(erp["id"], "erp");
    EXPECT_EQ(erp["connector"], "sql");
    EXPECT_EQ(erp["state"], "ok");
    EXPECT_EQ(erp["edits_at_risk"], "none");
    EXPECT_EQ(erp["lossy"][0]["field"], "commercial.credit_limit");
    EXPECT_TRUE(erp["problems"].empty());
    const Json offline = demo.json({"check", "--offline"});
    EXPECT_EQ(offline["asked"], false);
    EXPECT_EQ(offline["systems"][1]["state"], "not_asked");
}

TEST(CommandLineScenario, AMappedFieldThatTheSystemLacksIsNamedBeforeItIsWritten) {
    const DemoHub demo("cli-check-fields");
    const std::string erp = misspell(demo, "erp", "\"remote\": \"phone\"", "\"remote\": \"phon\"");
    const std::string book = misspell(demo, "accounting", "\"addr_email\"", "\"addr_e_mail\"");
    const std::string desk = misspell(demo, "helpdesk", "\"Zip\"", "\"Postcode\"");
    const Ended checked = demo.syncline({"check", "-o", "json"});
    EXPECT_EQ(checked.exit_code, 3);
    for (const std::string& part :
         {erp + ": erp has no field \"phon\"; did you mean \"phone\"? It has: name, street, ",
          book + ": accounting has no field \"addr_e_mail\"; did you mean \"addr_email\"?",
          desk + ": helpdesk has no field \"Postcode\". It has: ",
          std::string("[config_invalid]")})
        EXPECT_TRUE(has(checked.err, part)) << part << "\nis not in\n" << checked.err;
    const Json document = document_of(checked);
    EXPECT_EQ(document["valid"], false);
    EXPECT_EQ(document["systems"][1]["state"], "refused");
    EXPECT_EQ(document["systems"][1]["problems"][0]["where"], erp);
    EXPECT_EQ(document["systems"][1]["problems"][0]["error"], "config_invalid");
    EXPECT_EQ(document["systems"][3]["state"], "ok");

    const Ended planned = demo.syncline({"plan", "--detailed-exitcode"});
    EXPECT_EQ(planned.exit_code, 3) << planned.err;
    EXPECT_TRUE(has(planned.out, "SYSTEM ")) << "what can be planned is shown";
    for (const std::string& where : {erp, book, desk})
        EXPECT_TRUE(has(planned.err, where)) << planned.err;
}

TEST(CommandLineScenario, TheRightToMakeRecordsIsRefusedWhereNothingGivesTheirKey) {
    const DemoHub demo("cli-check-creates");
    const std::string rights = misspell(demo, "erp", "\"rights\"", "\"rights\"");
    misspell(demo, "erp", "\"key\": \"id\"", "\"key\": [\"id\", \"status\"]");
    const std::string refused =
        ": erp cannot get new records: nothing gives \"id\" of the key of table \"customers\": ";
    for (const char* command : {"check", "plan"}) {
        const Ended ended = demo.syncline({command});
        EXPECT_EQ(ended.exit_code, 3) << command;
        EXPECT_TRUE(has(ended.err, rights + refused)) << command << ended.err;
    }
    const Ended tried = demo.syncline({"systems", "test", "erp"});
    EXPECT_TRUE(has(tried.out + tried.err, "nothing gives \"id\" of the key")) << tried.out;
    EXPECT_NE(tried.exit_code, 0);
    misspell(demo, "erp", "\"create\": true", "\"create\": false");
    EXPECT_EQ(demo.syncline({"check"}).exit_code, 0) << "none shall be made";
}

TEST(CommandLineScenario, CheckSaysWhatASystemDoesNotPromise) {
    const fs::path driver = "/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so";
    if (!fs::exists(driver))
        GTEST_SKIP() << "the package libsqliteodbc is not installed: NOT TESTED";
    const DemoHub demo("cli-check-limits");
    const std::string before = demo.syncline({"plan", "-o", "json"}).out;
    const fs::path file = demo.hub() / "systems" / "../../systems/erp/erp.sqlite";
    misspell(
        demo,
        "erp",
        R"("sqlite": "../../systems/erp/erp.sqlite")",
        R"("odbc": { "connection": "Driver=)" + driver.string() +
            ";Database=" + file.lexically_normal().string() + R"(" })"
    );
    const Ended checked = demo.syncline({"check"});
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_TRUE(has(checked.out, "erp: over ODBC nobody tells of changes: ")) << checked.out;
    const Json document = demo.json({"check"});
    EXPECT_EQ(document["systems"][1]["limits"].size(), 3U);
    EXPECT_FALSE(document["systems"][0].contains("limits"));
    const Ended planned = demo.syncline({"plan", "-o", "json"});
    EXPECT_EQ(planned.exit_code, 0) << planned.err;
    EXPECT_EQ(
        document_of(planned)["systems"][1]["read"],
        codec::parse_json(before)->at("systems")[1]["read"]
    );
}

TEST(CommandLineScenario, CheckNamesAConnectorThatIsNotInstalledAndThoseThatAre) {
    const DemoHub demo("cli-check-connector", DemoHub::From::Fresh);
    const std::string where =
        misspell(demo, "erp", "\"connector\": \"sql\"", "\"connector\": \"sqll\"");
    const Ended checked = demo.syncline({"check"});
    EXPECT_EQ(checked.exit_code, 3);
    EXPECT_TRUE(has(checked.err, where + ": no connector is called \"sqll\" in ")) << checked.err;
    EXPECT_TRUE(
        has(checked.err,
            "; did you mean \"sql\"?; installed: files, gnucash, request-tracker, sql "
            "[plugin_unusable]")
    ) << checked.err;
    EXPECT_FALSE(has(checked.out, "is valid")) << checked.out;
}

TEST(CommandLineScenario, CheckNamesASettingThatTheConnectorRefuses) {
    struct Slip {
        const char* system;
        const char* right;
        const char* wrong;
        const char* reason;
    };
    const Slip slips[] = {
        {"accounting", "\"currency\"", "\"currenci\"", "currenci"},
        {"erp", "erp/erp.sqlite", "erp/none.sqlite", "there is no database file "},
        {"erp", "\"columns\": [\"name\"", "\"columns\": [\"nam\"", "has no column \"nam\""},
        {"helpdesk", "file:../../systems/helpdesk/token", "env:SYNCLINE_NO_TOKEN", "is not set"}};
    for (const Slip& slip : slips) {
        SCOPED_TRACE(slip.wrong);
        const DemoHub demo("cli-check-settings", DemoHub::From::Fresh);
        misspell(demo, slip.system, slip.right, slip.wrong);
        const Ended checked = demo.syncline({"check"});
        EXPECT_EQ(checked.exit_code, 3);
        const std::string file = (demo.hub() / "systems" / slip.system).string() + ".json:";
        EXPECT_TRUE(has(checked.err, file)) << checked.err;
        EXPECT_TRUE(has(
            checked.err, "the connector of " + std::string(slip.system) + " refuses its settings: "
        )) << checked.err;
        EXPECT_TRUE(has(checked.err, slip.reason)) << checked.err;
    }
}

TEST(CommandLineScenario, CheckSaysWhichSystemCouldNotBeCompared) {
    const DemoHub demo("cli-check-down");
    write_file(demo.folder() / "systems" / "helpdesk" / "url", "http://127.0.0.1:1");
    const Ended checked = demo.syncline({"check"});
    EXPECT_EQ(checked.exit_code, 8);
    EXPECT_TRUE(has(checked.out, "is valid: 4 systems. Not compared with helpdesk.\n"))
        << checked.out;
    EXPECT_TRUE(has(checked.err, "syncline: helpdesk: ")) << checked.err;
    EXPECT_TRUE(has(checked.err, "[remote_unavailable]")) << checked.err;
    const Ended as_json = demo.syncline({"check", "-o", "json"});
    EXPECT_EQ(document_of(as_json)["systems"][2]["state"], "unreachable");
}

}  // namespace
}  // namespace syncline::testing
