// What people decide about whole records, with the real program over the demo's systems: merge,
// unmerge, link, unlink, delete, undelete, and a record that was deleted behind the hub.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <signal.h>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

void configure(const fs::path& file, const std::string& from, const std::string& to) {
    std::string text = read_file(file);
    if (const auto at = text.find(from); at != std::string::npos)
        write_file(file, text.replace(at, from.size(), to));
}

/// Lets the hub delete rows of the ERP when their customer is deleted.
void let_erp_rows_be_deleted(const DemoHub& demo) {
    configure(
        demo.hub() / "systems" / "erp.json",
        "\"delete\": false }, \"when_gone\": \"review\"",
        "\"delete\": true }, \"when_gone\": \"review\", \"on_delete\": \"delete\""
    );
}

std::unique_ptr<Program> running(const DemoHub& demo) {
    for (const auto& entry : fs::directory_iterator(demo.hub() / "systems"))
        configure(entry.path(), "\"poll\": \"5s\"", "\"poll\": \"1s\"");
    auto hub = demo.start({"run"});
    EXPECT_TRUE(comes_true([&] { return has(hub->out(), "The hub is running"); }));
    return hub;
}

void end(Program& hub) {
    hub.signal(SIGINT);
    EXPECT_EQ(hub.wait().exit_code, 0);
}

std::string done(const DemoHub& demo, const Words& words) {
    const Ended ended = demo.syncline(words);
    EXPECT_EQ(ended.exit_code, 0) << words[1] << ": " << ended.err;
    EXPECT_EQ(ended.err, "");
    return ended.out;
}

Json shown(const DemoHub& demo, const std::string& record) {
    return demo.json({"records", "show", record});
}
std::string id_of(const DemoHub& demo, const std::string& record) {
    return shown(demo, record)["record"]["id"].get<std::string>();
}
/// The end of an id, as people type it.
std::string short_form(const std::string& id) {
    return id.substr(id.size() - 12);
}
std::size_t count(const DemoHub& demo) {
    return demo.json({"status"})["records"].get<std::size_t>();
}

/// The link of a record in a system; null when there is none.
Json link_in(const Json& document, const std::string& system) {
    for (const Json& link : document["links"]) {
        if (link["system"] == system) return link;
    }
    return nullptr;
}

/// The two customers that are merged, as the ERP and the books have them.
std::string both_in_the_systems(const DemoHub& demo) {
    return demo.erp(
               "SELECT id, name, street, phone, email, vat_id, credit_limit, status "
               "FROM customers WHERE id IN (60, 61)"
           ) +
           demo.accounting(
               "SELECT id, addr_name, addr_addr1, addr_phone, addr_email "
               "FROM customers WHERE id IN ('000060', '000061')"
           );
}

Json reviews(const DemoHub& demo, const std::string& kind) {
    Json found = Json::array();
    const Json listed = demo.json({"reviews", "list"});
    for (const Json& review : listed["reviews"]) {
        if (review["kind"] == kind) found.push_back(review);
    }
    return found;
}

TEST(CommandLineScenario, AMergeIsShownBeforeItIsDone) {
    const DemoHub demo("cli-merge-preview");
    const std::string before = both_in_the_systems(demo);
    const std::size_t records = count(demo);
    const std::string one = shown(demo, "erp:60")["record"]["name"];
    const std::string other = shown(demo, "erp:61")["record"]["name"];

    const std::string text = done(demo, {"records", "merge", "erp:60", "erp:61", "--dry-run"});
    EXPECT_TRUE(has(text, "stays: " + one + ", " + id_of(demo, "erp:60"))) << text;
    EXPECT_TRUE(has(text, "merged into it: " + other + ", " + id_of(demo, "erp:61"))) << text;
    EXPECT_TRUE(has(text, "erp:61 (only read)")) << text;
    EXPECT_TRUE(has(text, "name: " + one + ", not " + other)) << text;

    const Json preview =
        demo.json({"records", "merge", "erp:60", "erp:61", "--take-second", "name", "--dry-run"});
    EXPECT_EQ(preview["record"]["name"], one);
    EXPECT_EQ(preview["other"]["name"], other);
    const auto name_field =
        std::find_if(preview["fields"].begin(), preview["fields"].end(), [](const Json& field) {
            return field["field"] == "name";
        });
    ASSERT_NE(name_field, preview["fields"].end()) << preview.dump();
    EXPECT_EQ((*name_field)["stands"], "theirs");
    EXPECT_EQ((*name_field)["rule"], "user");
    EXPECT_FALSE(preview["writes"].empty());

    const Ended unasked = demo.syncline({"records", "merge", "erp:60", "erp:61"});
    EXPECT_EQ(unasked.exit_code, 2);
    EXPECT_EQ(unasked.out, "");
    EXPECT_TRUE(has(unasked.err, other) && has(unasked.err, "--yes")) << unasked.err;

    demo.converge();
    EXPECT_EQ(count(demo), records);
    EXPECT_EQ(both_in_the_systems(demo), before);
}

TEST(CommandLineScenario, AMergeIsDoneAndTakenBack) {
    const DemoHub demo("cli-merge");
    const std::string before = both_in_the_systems(demo);
    const std::size_t records = count(demo);
    const std::string stays = id_of(demo, "erp:60");
    const std::string merged = id_of(demo, "erp:61");

    const Json report = demo.json({"records", "merge", "erp:60", "erp:61", "--yes"});
    EXPECT_EQ(report["record"]["id"], stays);
    EXPECT_EQ(report["other"]["id"], merged);
    demo.converge();
    EXPECT_EQ(count(demo), records - 1);
    EXPECT_EQ(id_of(demo, "erp:61"), stays);
    EXPECT_FALSE(reviews(demo, "duplicate").empty()) << "the ERP has two of them";
    const std::string text = done(demo, {"records", "show", "erp:60"});
    EXPECT_TRUE(has(text, "in erp: 61 (active, only read)")) << text;

    // Whoever has the old id at hand is told who it is now.
    for (const std::string& old : {merged, short_form(merged)}) {
        const Json now = shown(demo, old);
        EXPECT_EQ(now["asked_for"], merged);
        EXPECT_EQ(now["record"]["id"], stays);
    }
    EXPECT_TRUE(has(done(demo, {"records", "show", merged}), "was merged into:\nrecord " + stays));
    const Ended explained = demo.syncline({"explain", merged, "name"});
    EXPECT_EQ(explained.exit_code, 0);
    EXPECT_TRUE(has(explained.err, merged + " was merged into " + stays)) << explained.err;
    const Ended again = demo.syncline({"records", "merge", "erp:17", merged, "--yes"});
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_TRUE(has(again.err, "this record was merged into " + stays)) << again.err;

    const std::string preview = done(demo, {"records", "unmerge", short_form(merged), "--dry-run"});
    EXPECT_TRUE(has(preview, "leaves: ") && has(preview, "erp:61")) << preview;
    EXPECT_EQ(id_of(demo, "erp:61"), stays) << "a preview does nothing";
    EXPECT_EQ(demo.syncline({"records", "unmerge", merged}).exit_code, 2);
    EXPECT_TRUE(has(done(demo, {"records", "unmerge", short_form(merged), "--yes"}), "Separated."));
    demo.converge();
    EXPECT_EQ(both_in_the_systems(demo), before);
    EXPECT_EQ(count(demo), records);
    EXPECT_EQ(id_of(demo, "erp:61"), merged);
    EXPECT_TRUE(reviews(demo, "duplicate").empty());
    const Ended twice = demo.syncline({"records", "unmerge", merged, "--yes"});
    EXPECT_EQ(twice.exit_code, 1);
    EXPECT_TRUE(has(twice.err, "not the result of a merge")) << twice.err;
}

TEST(CommandLineScenario, WhatWasMergedOneByOneByMistakeIsSeparatedAtOnce) {
    const DemoHub demo("cli-unmerge-all");
    demo.converge();
    const std::size_t records = count(demo);
    const std::string stays = id_of(demo, "erp:60");
    std::vector<std::string> merged;
    for (const char* other : {"erp:61", "erp:62", "erp:63"}) {
        merged.push_back(id_of(demo, other));
        done(demo, {"records", "merge", "erp:60", other, "--yes"});
    }
    demo.converge();
    ASSERT_EQ(count(demo), records - merged.size());
    const Ended which = demo.syncline({"records", "unmerge", stays, "--yes"});
    EXPECT_EQ(which.exit_code, 2);
    EXPECT_TRUE(has(which.err, "separate all with --all, or name the one: " + merged.front()))
        << which.err;

    const std::string preview = done(demo, {"records", "unmerge", "erp:60", "--all", "--dry-run"});
    for (const std::string& other : merged)
        EXPECT_TRUE(has(preview, other)) << preview;
    EXPECT_EQ(count(demo), records - merged.size()) << "a preview does nothing";
    const Json report = demo.json({"records", "unmerge", "erp:60", "--all", "--yes"});
    ASSERT_EQ(report["others"].size(), merged.size());
    EXPECT_EQ(report["others"].front()["id"], merged.back()) << "the last one first";
    EXPECT_EQ(report["record"]["id"], stays);
    demo.converge();
    EXPECT_EQ(count(demo), records);
    EXPECT_EQ(id_of(demo, "erp:62"), merged[1]);
    const Ended again = demo.syncline({"records", "unmerge", "erp:60", "--all", "--yes"});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_TRUE(has(again.err, "no record was merged into this one")) << again.err;
}

TEST(CommandLineScenario, ARecordLeavesItsCustomerAndJoinsAgain) {
    const DemoHub demo("cli-link");
    const std::string brewery = id_of(demo, "erp:17");
    EXPECT_EQ(demo.syncline({"records", "unlink", "erp:17", "helpdesk:24"}).exit_code, 2);
    const std::string preview =
        done(demo, {"records", "unlink", "erp:17", "helpdesk:24", "--dry-run"});
    EXPECT_TRUE(has(preview, "leaves: ") && has(preview, "helpdesk:24")) << preview;
    EXPECT_EQ(id_of(demo, "helpdesk:24"), brewery);

    const Json apart = demo.json({"records", "unlink", "erp:17", "helpdesk:24", "--yes"});
    EXPECT_EQ(id_of(demo, "helpdesk:24"), apart["other"]["id"]);
    EXPECT_NE(apart["other"]["id"], brewery);
    EXPECT_TRUE(link_in(shown(demo, "erp:17"), "helpdesk").is_null());
    const Ended only = demo.syncline({"records", "unlink", "helpdesk:24", "helpdesk:24", "--yes"});
    EXPECT_EQ(only.exit_code, 2);
    EXPECT_TRUE(has(only.err, "the only record of the customer")) << only.err;

    const Json joined = demo.json({"records", "link", "erp:17", "helpdesk:24", "--yes"});
    EXPECT_EQ(joined["record"]["id"], brewery);
    EXPECT_EQ(id_of(demo, "helpdesk:24"), brewery);
    demo.converge();
    EXPECT_EQ(demo.differences(), "");

    const Ended unknown = demo.syncline({"records", "link", "erp:17", "helpdesk:99999", "--yes"});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_TRUE(has(unknown.err, "the hub knows no such record")) << unknown.err;
    const Ended waits = demo.syncline({"records", "link", "erp:17", "erp:41", "--yes"});
    EXPECT_EQ(waits.exit_code, 2);
    EXPECT_TRUE(has(waits.err, "`reviews link`")) << waits.err;
    EXPECT_EQ(demo.syncline({"records", "link", "erp:17", "helpdesk", "--yes"}).exit_code, 2);
}

TEST(CommandLineScenario, ACustomerIsDeletedAndBroughtBack) {
    const DemoHub demo("cli-delete");
    let_erp_rows_be_deleted(demo);
    const std::string id = id_of(demo, "erp:60");
    const std::string name = demo.erp("SELECT name FROM customers WHERE id = 60");
    const std::string preview = done(demo, {"records", "delete", "erp:60", "--dry-run"});
    EXPECT_TRUE(has(preview, "erp:60: is deleted there, if its connector can")) << preview;
    EXPECT_TRUE(has(preview, ": stays as it is, and a review asks about it")) << preview;
    EXPECT_EQ(demo.syncline({"records", "delete", "erp:60"}).exit_code, 2);
    EXPECT_EQ(shown(demo, "erp:60")["state"], "active");

    const Json report = demo.json({"records", "delete", "erp:60", "--yes"});
    EXPECT_EQ(report["record"], id);
    EXPECT_EQ(report["state"], "deleted");
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers WHERE id = 60"), "0");
    EXPECT_EQ(demo.accounting("SELECT count(*) FROM customers WHERE id = '000060'"), "1");
    EXPECT_TRUE(has(done(demo, {"records", "show", id}), "record " + id + " (deleted)\n"));
    const Json deleted = demo.json({"records", "list", "--deleted"});
    ASSERT_EQ(deleted["records"].size(), 1U);
    EXPECT_EQ(deleted["records"][0]["id"], id);
    EXPECT_EQ(demo.json({"records", "find", name})["records"].size(), 0U);
    const Json asked = reviews(demo, "gone");
    ASSERT_FALSE(asked.empty());
    const std::string review = done(demo, {"reviews", "show", asked[0]["id"].get<std::string>()});
    EXPECT_TRUE(has(review, "bring the customer back: syncline records undelete ")) << review;
    EXPECT_FALSE(has(review, "reviews delete"))
        << "the hub may not delete in the books: " << review;

    const Ended twice = demo.syncline({"records", "delete", id, "--yes"});
    EXPECT_EQ(twice.exit_code, 2);
    EXPECT_TRUE(has(twice.err, "`records undelete` brings it back")) << twice.err;
    EXPECT_TRUE(has(done(demo, {"records", "undelete", id}), "Brought back"));
    demo.converge();
    EXPECT_EQ(shown(demo, id)["state"], "active");
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers WHERE name = '" + name + "'"), "1")
        << "made again";
    EXPECT_TRUE(reviews(demo, "gone").empty());
    EXPECT_EQ(done(demo, {"records", "list", "--deleted"}), "no records\n");
    EXPECT_EQ(demo.syncline({"records", "undelete", id}).exit_code, 2);
}

TEST(CommandLineScenario, ARowThatWasDeletedBehindTheHubIsMadeAgainWhenAPersonSaysSo) {
    const DemoHub demo("cli-recreate");
    const std::string id = id_of(demo, "erp:55");
    const std::string name = demo.erp("SELECT name FROM customers WHERE id = 55");
    demo.erp("DELETE FROM customers WHERE id = 55");
    EXPECT_TRUE(has(done(demo, {"run", "--once"}), "erp:55 is no more there\n"));
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers WHERE name = '" + name + "'"), "0");
    const Json asked = reviews(demo, "gone");
    ASSERT_EQ(asked.size(), 1U);
    const std::string review = asked[0]["id"];
    const std::string text = done(demo, {"reviews", "show", review});
    EXPECT_TRUE(has(text, "make the record there again: syncline reviews recreate ")) << text;

    EXPECT_EQ(demo.json({"reviews", "recreate", review})["state"], "made again");
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers WHERE name = '" + name + "'"), "1");
    EXPECT_TRUE(reviews(demo, "gone").empty());
    EXPECT_EQ(shown(demo, id)["state"], "active");
    EXPECT_EQ(demo.syncline({"reviews", "recreate", review}).exit_code, 1) << "settled already";
}

TEST(CommandLineScenario, ACustomerIsDeletedBecauseARowIsGone) {
    const DemoHub demo("cli-review-delete");
    const std::string id = id_of(demo, "erp:55");
    demo.erp("DELETE FROM customers WHERE id = 55");
    demo.converge();
    const Json asked = reviews(demo, "gone");
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(
        demo.json({"reviews", "delete", asked[0]["id"].get<std::string>()})["state"], "deleted"
    );
    demo.converge();
    EXPECT_EQ(shown(demo, id)["state"], "deleted");
    EXPECT_EQ(demo.accounting("SELECT count(*) FROM customers WHERE id = '000055'"), "1");
}

TEST(CommandLineScenario, AnErpThatWasEmptiedDeletesNobody) {
    const DemoHub demo("cli-emptied");
    demo.erp("DELETE FROM customers");
    demo.converge(9);
    EXPECT_TRUE(reviews(demo, "gone").empty());
    EXPECT_EQ(link_in(shown(demo, "erp:55"), "erp")["state"], "active");

    const std::string plan = (demo.folder() / "plan.json").string();
    const Ended planned = demo.syncline({"plan", "-o", plan});
    EXPECT_TRUE(has(planned.out, "known records are missing in a listing of 0")) << planned.out;
    EXPECT_TRUE(has(planned.err, "apply ")) << planned.err;
    EXPECT_TRUE(reviews(demo, "gone").empty()) << "a plan takes nothing as deleted";
    EXPECT_EQ(demo.syncline({"apply", plan, "--yes"}).exit_code, 0);
    EXPECT_EQ(reviews(demo, "gone").size(), 399U) << "one waited for its own review";
    EXPECT_EQ(
        link_in(shown(demo, "accounting:" + std::string(kTutorialGuid)), "erp")["state"], "gone"
    );
}

TEST(CommandLineScenario, ARunningHubMergesAndSeparates) {
    const DemoHub demo("cli-merge-running");
    const std::string before = both_in_the_systems(demo);
    const std::string merged = id_of(demo, "erp:61");
    const auto hub = running(demo);
    done(demo, {"records", "merge", "erp:60", "erp:61", "--dry-run"});
    EXPECT_EQ(id_of(demo, "erp:61"), merged) << "a preview does nothing";
    EXPECT_TRUE(has(done(demo, {"records", "merge", "erp:60", "erp:61", "--yes"}), "Merged"));
    EXPECT_TRUE(comes_true([&] { return both_in_the_systems(demo) != before; }));
    EXPECT_TRUE(has(done(demo, {"records", "unmerge", short_form(merged), "--yes"}), "Separated"));
    EXPECT_TRUE(comes_true([&] { return both_in_the_systems(demo) == before; }));
    done(demo, {"records", "unlink", "erp:17", "helpdesk:24", "--yes"});
    done(demo, {"records", "link", "erp:17", "helpdesk:24", "--yes"});
    EXPECT_EQ(id_of(demo, "helpdesk:24"), id_of(demo, "erp:17"));
    end(*hub);
}

TEST(CommandLineScenario, ARunningHubDeletesAndBringsBack) {
    const DemoHub demo("cli-delete-running");
    let_erp_rows_be_deleted(demo);
    const std::string id = id_of(demo, "erp:60");
    const std::string name = demo.erp("SELECT name FROM customers WHERE id = 60");
    const auto rows = [&] {
        return demo.erp("SELECT count(*) FROM customers WHERE name = '" + name + "'");
    };
    const auto hub = running(demo);
    done(demo, {"records", "delete", "erp:60", "--yes"});
    EXPECT_TRUE(comes_true([&] { return rows() == "0"; }));
    done(demo, {"records", "undelete", id});
    EXPECT_TRUE(comes_true([&] { return rows() == "1"; }));

    demo.erp("DELETE FROM customers WHERE name = '" + name + "'");
    EXPECT_TRUE(comes_true([&] { return reviews(demo, "gone").size() == 1; }));
    done(demo, {"reviews", "recreate", reviews(demo, "gone")[0]["id"].get<std::string>()});
    EXPECT_TRUE(comes_true([&] { return rows() == "1"; }));
    end(*hub);
}

}  // namespace
}  // namespace syncline::testing
