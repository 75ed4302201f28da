// The daily life of a hub with real systems: edits made with each system's own tool arrive in the
// others.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <signal.h>
#include <thread>

namespace syncline::testing {
namespace {

using codec::Json;

TEST(SyncScenario, NothingIsLeftToDoAfterTheFirstAssociation) {
    const DemoHub demo("nothing-left");
    const Json status = demo.json({"status"});
    ASSERT_EQ(status["systems"].size(), 4U);
    for (const Json& system : status["systems"]) {
        EXPECT_EQ(system["pending"], 0) << system;
        EXPECT_EQ(system["failing"], 0) << system;
        EXPECT_EQ(system["state"], "ok") << system;
        EXPECT_GT(system["in_sync"].get<int>(), 100) << system;
        EXPECT_TRUE(
            system.contains("excluded") && system.contains("last_pull") &&
            system.contains("last_push")
        );
    }
    for (const char* key : {"records", "links", "conflicts_open", "reviews_open", "quarantined"})
        EXPECT_TRUE(status.contains(key)) << key;
    EXPECT_EQ(demo.syncline({"plan", "--detailed-exitcode"}).exit_code, 0);
    EXPECT_EQ(demo.differences(), "");
}

TEST(SyncScenario, AnEditInTheErpArrivesEverywhere) {
    DemoHub demo("erp-edit");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const Ended plan = demo.syncline({"plan", "--detailed-exitcode"});
    EXPECT_EQ(plan.exit_code, 5) << plan.out;
    demo.converge();
    EXPECT_EQ(
        demo.accounting(
            "SELECT addr_phone FROM customers WHERE guid = '" + std::string(kTutorialGuid) + "'"
        ),
        "+32 2 555 12 34"
    );
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    EXPECT_NE(demo.corrections().find("02 555 12 34"), std::string::npos);
    // What people wrote stays as they wrote it.
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "02 555 12 34");
    EXPECT_EQ(demo.syncline({"plan", "--detailed-exitcode"}).exit_code, 0);
}

TEST(SyncScenario, AnEditInTheHelpdeskArrivesEverywhere) {
    DemoHub demo("helpdesk-edit");
    demo.edit_helpdesk("24", "EmailAddress", "balie@guldenreiger.example");
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT email FROM customers WHERE id = 17"), "balie@guldenreiger.example");
    EXPECT_EQ(
        demo.accounting(
            "SELECT addr_email FROM customers WHERE guid = '" + std::string(kTutorialGuid) + "'"
        ),
        "balie@guldenreiger.example"
    );
}

TEST(SyncScenario, AnEditInTheBookArrivesEverywhere) {
    DemoHub demo("book-edit");
    demo.accounting(
        "UPDATE customers SET addr_name = 'Brouwerij De Grijze Reiger NV' WHERE guid = '" +
        std::string(kTutorialGuid) + "'"
    );
    demo.converge();
    EXPECT_EQ(
        demo.erp("SELECT name FROM customers WHERE id = 17"), "Brouwerij De Grijze Reiger NV"
    );
    EXPECT_EQ(demo.helpdesk("24", "RealName"), "Brouwerij De Grijze Reiger NV");
}

TEST(SyncScenario, ASnapshotOfTheSupplierArrivesEverywhere) {
    DemoHub demo("supplier-edit");
    demo.supplier_sends("K-1017", "Tel", "015 99 88 77");
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "+3215998877");
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 15 99 88 77");
}

TEST(SyncScenario, EditsOfDifferentFieldsMeet) {
    DemoHub demo("fields-meet");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.edit_helpdesk("24", "MobilePhone", "0479 11 22 33");
    demo.accounting(
        "UPDATE customers SET addr_email = 'boekhouding@guldenreiger.example' WHERE "
        "guid = '" +
        std::string(kTutorialGuid) + "'"
    );
    demo.converge();
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    EXPECT_EQ(demo.helpdesk("24", "EmailAddress"), "boekhouding@guldenreiger.example");
    EXPECT_EQ(
        demo.erp("SELECT phone || ' ' || email FROM customers WHERE id = 17"),
        "02 555 12 34 boekhouding@guldenreiger.example"
    );
    const Json record = demo.json({"records", "show", "erp:17"});
    EXPECT_EQ(record["record"]["phones"]["mobile"]["number"], "+32479112233");
}

TEST(SyncScenario, ConcurrentEditsOfOneFieldAreDecidedAndTheLoserIsKept) {
    DemoHub demo("concurrent");
    demo.erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
    demo.edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
    demo.converge();
    const Json conflicts = demo.json({"conflicts", "list"});
    ASSERT_EQ(conflicts["conflicts"].size(), 1U);
    const std::string id = conflicts["conflicts"][0]["id"].get<std::string>();
    EXPECT_EQ(conflicts["conflicts"][0]["field"], "emails.main.address");
    // Neither side is written over before a person has decided.
    EXPECT_EQ(demo.erp("SELECT email FROM customers WHERE id = 17"), "erp@guldenreiger.example");
    EXPECT_EQ(demo.helpdesk("24", "EmailAddress"), "desk@guldenreiger.example");
    EXPECT_EQ(demo.syncline({"status", "--fail-on-conflict"}).exit_code, 6);

    EXPECT_EQ(demo.syncline({"conflicts", "resolve", id, "--take", "helpdesk"}).exit_code, 0);
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT email FROM customers WHERE id = 17"), "desk@guldenreiger.example");
    const Json why = demo.json({"explain", "erp:17", "emails.main.address"});
    EXPECT_EQ(why["value"], "desk@guldenreiger.example");
    EXPECT_NE(why["losing"].dump().find("erp@guldenreiger.example"), std::string::npos) << why;
    for (const Json& system : why["systems"]) {
        if (system["system"] != "supplier") {
            EXPECT_EQ(system["standing"], "in_sync") << system;
        }
    }
}

TEST(SyncScenario, ANewCustomerIsCreatedWhereItBelongs) {
    DemoHub demo("new-customer");
    demo.erp(
        "INSERT INTO customers(id, name, street, postcode, city, country, phone, email, vat_id, "
        "credit_limit, status) VALUES (9001, 'Nieuwe Klant BV', 'Kade 1', '9000', 'Gent', 'BE', "
        "'09 222 33 44', 'info@nieuweklant.example', NULL, 1000, 'A')"
    );
    demo.converge();
    EXPECT_EQ(
        demo.accounting(
            "SELECT count(*) FROM customers WHERE addr_email = 'info@nieuweklant.example'"
        ),
        "1"
    );
    EXPECT_EQ(demo.helpdesk("info@nieuweklant.example", "RealName"), "Nieuwe Klant BV");
    demo.converge();
    EXPECT_EQ(
        demo.accounting(
            "SELECT count(*) FROM customers WHERE addr_email = 'info@nieuweklant.example'"
        ),
        "1"
    );
}

TEST(SyncScenario, ARowThatCannotBeReadIsSetAsideAndTheRestGoesOn) {
    DemoHub demo("bad-row");
    const auto file = demo.folder() / "systems" / "supplier" / "out" / "customers-2026-03-01.csv";
    const std::string header = "CustNo;Name;Street;Zip;Town;Ctry;Tel;VAT\r\n";
    write_file(file, header + "K-1017;Only three;cells\r\n");
    demo.erp("UPDATE customers SET phone = 'call Jan' WHERE id = 18");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.converge(4);
    const Json items = demo.json({"quarantine", "list"});
    ASSERT_EQ(items["quarantined"].size(), 2U) << items;
    EXPECT_NE(items.dump().find("customers-2026-03-01.csv:2"), std::string::npos) << items;
    EXPECT_NE(items.dump().find("phones.main.number"), std::string::npos) << items;
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");

    // Wanted again, and still as bad as it was.
    demo.erp("UPDATE customers SET phone = '02 555 77 88' WHERE id = 18");
    write_file(file, header + "K-1017;Only three;cells\r\n");
    EXPECT_EQ(demo.syncline({"quarantine", "retry", "--all"}).exit_code, 0);
    demo.converge(4);
    const Json still = demo.json({"quarantine", "list"});
    ASSERT_EQ(still["quarantined"].size(), 1U) << still;
    EXPECT_NE(still.dump().find("customers-2026-03-01.csv:2"), std::string::npos) << still;

    // Corrected.
    write_file(file, header + "K-1017;Brouwerij De Gulden Reiger NV;;;;;;\r\n");
    EXPECT_EQ(demo.syncline({"quarantine", "retry", "--all"}).exit_code, 0);
    demo.converge();
    EXPECT_EQ(demo.json({"quarantine", "list"})["quarantined"].size(), 0U);
}

TEST(SyncScenario, AThresholdStopsBeforeTheFirstWriteAndAPlanApproves) {
    DemoHub demo("threshold");
    const std::string before = demo.accounting("SELECT group_concat(addr_phone) FROM customers");
    demo.erp("UPDATE customers SET phone = '02 555 ' || printf('%04d', id)");
    const Ended stopped = demo.syncline({"run", "--once"});
    EXPECT_EQ(stopped.exit_code, 9) << stopped.out;
    EXPECT_NE(stopped.err.find("apply"), std::string::npos) << "it says how to approve";
    EXPECT_EQ(demo.accounting("SELECT group_concat(addr_phone) FROM customers"), before);

    const std::string plan = (demo.folder() / "plan.json").string();
    EXPECT_EQ(demo.syncline({"plan", "-o", plan}).exit_code, 0);
    EXPECT_EQ(read_file(plan).find("555 "), std::string::npos) << "a plan holds no values";
    EXPECT_EQ(demo.syncline({"apply", plan}).exit_code, 2) << "nobody to ask";
    const Ended applied = demo.syncline({"apply", plan, "--yes"});
    EXPECT_EQ(applied.exit_code, 0) << applied.err << applied.out;
    EXPECT_NE(demo.accounting("SELECT group_concat(addr_phone) FROM customers"), before);
    demo.converge();
}

TEST(SyncScenario, AStalePlanIsRefusedAndSaysWhatChanged) {
    DemoHub demo("stale");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const std::string plan = (demo.folder() / "plan.json").string();
    EXPECT_EQ(demo.syncline({"plan", "-o", plan}).exit_code, 0);
    demo.erp("UPDATE customers SET phone = '02 555 12 35' WHERE id = 17");
    const Ended refused = demo.syncline({"apply", plan, "--yes"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("stale_plan"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("now also"), std::string::npos) << refused.err;
    EXPECT_NE(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 35");
}

TEST(SyncScenario, CommandsReachARunningHub) {
    DemoHub demo("running");
    const auto hub = demo.start({"run"});
    for (int i = 0; i < 200 && hub->out().find("running") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const Ended second = demo.syncline({"run"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_NE(second.err.find("another syncline uses this hub"), std::string::npos) << second.err;
    EXPECT_EQ(demo.syncline({"systems", "pause", "erp"}).exit_code, 0);
    EXPECT_EQ(demo.json({"systems", "show", "erp"})["state"], "paused");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    EXPECT_EQ(demo.syncline({"systems", "resume", "erp"}).exit_code, 0);
    for (int i = 0; i < 400 && demo.helpdesk("24", "WorkPhone") != "+32 2 555 12 34"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    EXPECT_EQ(demo.json({"status"})["records"], 400);
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST(SyncScenario, TheReviewOfTheContradictionIsAnswered) {
    DemoHub demo("review");
    const Json reviews = demo.json({"reviews", "list"});
    ASSERT_EQ(reviews["reviews"].size(), 1U) << reviews;
    const std::string id = reviews["reviews"][0]["id"].get<std::string>();
    const Json shown = demo.json({"reviews", "show", id});
    EXPECT_EQ(shown["candidates"].size(), 1U);
    EXPECT_EQ(shown["record"]["remote_id"], "41");
    EXPECT_EQ(demo.syncline({"reviews", "link", id}).exit_code, 0);
    demo.converge();
    EXPECT_EQ(demo.json({"reviews", "list"})["reviews"].size(), 0U);
    EXPECT_EQ(demo.json({"records", "show", "erp:41"})["links"].size(), 2U);
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers"), "400");
}

}  // namespace
}  // namespace syncline::testing
