// Plans: they change nothing, tell nothing that is confidential, and are carried out exactly or not
// at all.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>
#include <sstream>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using Words = std::vector<std::string>;

Words lines_of(const std::string& text) {
    Words lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// Every file below a folder with its bytes. Not the memory that the imitated helpdesk, which runs
/// in this test, shares with readers of its database.
std::map<std::string, std::string> bytes_below(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().filename() != "rt.sqlite-shm")
            files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    return files;
}

/// The names of the files that differ. Not their bytes: a failing test shall not print databases.
Words changed_files(
    const std::map<std::string, std::string>& before,
    const std::map<std::string, std::string>& after
) {
    Words names;
    for (const auto& [name, bytes] : before) {
        const auto found = after.find(name);
        if (found == after.end())
            names.push_back("gone: " + name);
        else if (found->second != bytes)
            names.push_back("changed: " + name);
    }
    for (const auto& [name, bytes] : after) {
        if (!before.contains(name)) names.push_back("new: " + name);
    }
    return names;
}

/// Key of each row to all that it holds.
std::map<std::string, std::string> rows_of(const std::string& text) {
    std::map<std::string, std::string> rows;
    for (const std::string& line : lines_of(text))
        rows[line.substr(0, line.find('|'))] = line;
    return rows;
}

std::set<std::string> changed_rows(const std::string& before, const std::string& after) {
    const auto old_rows = rows_of(before);
    std::set<std::string> keys;
    for (const auto& [key, row] : rows_of(after)) {
        const auto found = old_rows.find(key);
        if (found == old_rows.end() || found->second != row) keys.insert(key);
    }
    return keys;
}

std::set<std::string> remote_ids(const Json& plan, const std::string& system) {
    std::set<std::string> ids;
    for (const Json& operation : plan["operations"]) {
        if (operation["system"] == system) ids.insert(operation["remote_id"].get<std::string>());
    }
    return ids;
}

std::string book(const DemoHub& demo) {
    return demo.accounting("SELECT * FROM customers");
}
/// Without the time of the last write, which is not a value of a customer.
std::string erp(const DemoHub& demo) {
    return demo.erp(
        "SELECT id, name, street, postcode, city, country, phone, email, vat_id, "
        "credit_limit, status FROM customers"
    );
}

TEST(CommandLineScenario, APlanChangesNoByteOfTheHubOrOfAnySystem) {
    DemoHub demo("cli-plan-bytes");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.erp("UPDATE customers SET phone = 'call Jan' WHERE id = 18");
    demo.edit_helpdesk("26", "RealName", "Somebody Else");
    demo.supplier_sends("K-1016", "Tel", "015 99 88 77");
    const auto before = bytes_below(demo.folder());
    EXPECT_GT(before.size(), 10U);
    const Ended table = demo.syncline({"plan", "--detailed-exitcode"});
    EXPECT_EQ(table.exit_code, 5);
    EXPECT_TRUE(has(table.out, "helpdesk:24: phones.main.number (only_change, from erp)"))
        << table.out;
    EXPECT_EQ(changed_files(before, bytes_below(demo.folder())), Words{});
    EXPECT_EQ(demo.json({"plan"})["quarantined"], 1);
    EXPECT_EQ(changed_files(before, bytes_below(demo.folder())), Words{});
}

void expect_counts_and_reasons(const Json& plan) {
    for (const Json& system : plan["systems"]) {
        std::map<std::string, std::size_t> counts;
        for (const Json& operation : plan["operations"]) {
            if (operation["system"] == system["system"])
                ++counts[operation["kind"].get<std::string>()];
        }
        EXPECT_EQ(system["creates"], counts["create"]) << system;
        EXPECT_EQ(system["updates"], counts["update"]) << system;
        EXPECT_EQ(system["linked"], counts["link"] + counts["record"]) << system;
    }
    for (const Json& operation : plan["operations"]) {
        const std::string kind = operation["kind"].get<std::string>();
        if (kind != "record") {
            EXPECT_NE(operation["reason"], "") << operation;
        }
        if (kind != "create" && kind != "update") continue;
        EXPECT_FALSE(operation["fields"].empty()) << operation;
        for (const Json& field : operation["fields"])
            EXPECT_TRUE(has(field["reason"].get<std::string>(), ", from ")) << operation;
    }
}

TEST(CommandLineScenario, ThePlanOfTheFirstContactSaysWhatAndWhyWithoutAValueAndChangesNothing) {
    const DemoHub demo("cli-plan-fresh", DemoHub::From::Fresh);
    const auto before = bytes_below(demo.folder());
    const std::string file = (demo.folder().parent_path() / "cli-plan-fresh.json").string();
    const Ended made = demo.syncline({"plan", "--all", "-o", file});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(changed_files(before, bytes_below(demo.folder())), Words{});
    const std::string text = read_file(file);
    fs::remove(file);
    const Json plan = codec::parse_json(text, {std::size_t{64} << 20U, 16}).value();
    Words keys;
    for (const auto& [key, value] : plan.items())
        keys.push_back(key);
    EXPECT_EQ(
        keys,
        (Words{
            "plan",
            "hub",
            "made_at",
            "digest",
            "new_records",
            "reviews",
            "conflicts",
            "quarantined",
            "systems",
            "operations"})
    );
    expect_counts_and_reasons(plan);
    for (const char* part :
         {"Records that join a customer: 820",
          "(same identifiers.vat.value)",
          "Records that begin a customer: 400",
          "Records to create: 8",
          "  helpdesk for accounting:",
          "Records to update: 163",
          "400 new records; open after it: 1 review"})
        EXPECT_TRUE(has(made.out, part)) << part;
    EXPECT_GT(lines_of(made.out).size(), plan["operations"].size());
    std::size_t looked_for = 0;
    for (const std::string column : {"name", "street", "email", "phone", "vat_id"}) {
        const std::string values = demo.erp(
            "SELECT DISTINCT " + column + " FROM customers WHERE length(" + column + ") > 5"
        );
        for (const std::string& value : lines_of(values)) {
            ++looked_for;
            EXPECT_FALSE(has(text, value)) << "a value of " << column << " is in the plan";
            EXPECT_FALSE(has(made.out, value)) << "a value of " << column << " is printed";
        }
    }
    EXPECT_GT(looked_for, 1'000U);
}

TEST(CommandLineScenario, ApplyDoesExactlyWhatThePlanSays) {
    DemoHub demo("cli-apply");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.erp("UPDATE customers SET email = 'nieuw@example.org' WHERE id = 30");
    demo.accounting("UPDATE customers SET addr_name = 'Andere Naam BV' WHERE id = '000031'");
    const std::string file = (demo.folder() / "plan.json").string();
    const Ended made = demo.syncline({"plan", "-o", file, "--detailed-exitcode"});
    EXPECT_EQ(made.exit_code, 5);
    EXPECT_TRUE(has(
        made.err, "`syncline -C " + demo.hub().string() + " apply " + file + "` does exactly this"
    )) << made.err;
    const Json plan = codec::parse_json(read_file(file)).value();
    const std::string book_before = book(demo), erp_before = erp(demo);

    const Ended asked = demo.syncline({"apply", file});
    EXPECT_EQ(asked.exit_code, 2) << "nobody to ask";
    EXPECT_TRUE(has(asked.err, "add --yes")) << asked.err;
    EXPECT_EQ(book(demo), book_before);

    const Json report = demo.json({"apply", file, "--yes"});
    EXPECT_EQ(changed_rows(book_before, book(demo)), remote_ids(plan, "accounting"));
    EXPECT_EQ(changed_rows(erp_before, erp(demo)), remote_ids(plan, "erp"));
    EXPECT_EQ(remote_ids(plan, "accounting").size(), 2U);
    EXPECT_EQ(remote_ids(plan, "erp").size(), 1U);
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    ASSERT_TRUE(report.contains("systems"));
    ASSERT_EQ(report["systems"].size(), plan["systems"].size());
    for (std::size_t i = 0; i < plan["systems"].size(); ++i) {
        EXPECT_EQ(report["systems"][i]["system"], plan["systems"][i]["system"]);
        EXPECT_EQ(report["systems"][i]["updated"], plan["systems"][i]["updates"]);
        EXPECT_EQ(report["systems"][i]["created"], 0);
    }
    const Ended nothing = demo.syncline({"plan", "--detailed-exitcode"});
    EXPECT_EQ(nothing.exit_code, 0);
    EXPECT_TRUE(has(nothing.out, "Nothing to write now. Open: 1 review (`syncline -C "))
        << nothing.out;
    const Json review = demo.json({"reviews", "list"})["reviews"][0];
    EXPECT_EQ(demo.syncline({"reviews", "new", review["id"]}).exit_code, 0);
    demo.converge();
    const Ended in_sync = demo.syncline({"plan"});
    EXPECT_TRUE(has(in_sync.out, "Nothing to do: every system is in sync.")) << in_sync.out;
}

TEST(CommandLineScenario, AStalePlanNamesWhatChangedAndWritesNowhere) {
    DemoHub demo("cli-stale");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const std::string file = (demo.folder() / "plan.json").string();
    EXPECT_EQ(demo.syncline({"plan", "-o", file}).exit_code, 0);
    const auto guid = [&](const char* number) {
        return demo.accounting(
            "SELECT guid FROM customers WHERE id = '" + std::string(number) + "'"
        );
    };
    demo.erp("UPDATE customers SET phone = '02 555 12 35' WHERE id = 18");
    const auto before = bytes_below(demo.folder() / "systems");
    const Ended refused = demo.syncline({"apply", file, "--yes", "-o", "json"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.out, "");
    for (const std::string& part :
         {std::string("[stale_plan]"),
          "now also: update accounting:" + guid("000018") + " in helpdesk",
          std::string("nothing was written to any system: make a new plan")})
        EXPECT_TRUE(has(refused.err, part)) << part << " is not in " << refused.err;
    EXPECT_FALSE(has(refused.err, guid("000017"))) << "what is still planned did not change";
    EXPECT_EQ(changed_files(before, bytes_below(demo.folder() / "systems")), Words{});

    // The advice works.
    EXPECT_EQ(demo.syncline({"plan", "-o", file}).exit_code, 0);
    EXPECT_EQ(demo.syncline({"apply", file, "--yes"}).exit_code, 0);
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    const Ended again = demo.syncline({"apply", file, "--yes"});
    EXPECT_EQ(again.exit_code, 1) << "a plan is applied once";
    EXPECT_TRUE(has(again.err, "no longer: update ")) << again.err;
}

TEST(CommandLineScenario, WhatIsNoPlanOfThisHubIsRefused) {
    DemoHub demo("cli-no-plan");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    const std::string file = (demo.folder() / "plan.json").string();
    EXPECT_EQ(demo.syncline({"plan", "-o", file}).exit_code, 0);
    Json plan = codec::parse_json(read_file(file)).value();
    const std::string before = book(demo);
    const auto refusal = [&](const std::string& text) {
        write_file(file, text);
        const Ended refused = demo.syncline({"apply", file, "--yes"});
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_EQ(book(demo), before);
        return refused.err;
    };
    Json other = plan;
    other["hub"] = "elsewhere";
    EXPECT_TRUE(has(refusal(other.dump()), "made for hub \"elsewhere\", not for \"demo\""));
    other = plan;
    other["plan"] = 2;
    EXPECT_TRUE(has(refusal(other.dump()), "another version of syncline; make a new one"));
    EXPECT_TRUE(has(refusal("{}"), "this is no plan"));
    EXPECT_TRUE(has(refusal("not JSON"), "this is no plan"));
    const Ended unwritten = demo.syncline({"plan", "-o", "/nowhere/plan.json"});
    EXPECT_EQ(unwritten.exit_code, 2);
    EXPECT_TRUE(has(unwritten.err, "/nowhere/plan.json: the plan cannot be written there"));
}

/// What a message puts between backticks: commands to type.
Words commands_in(const std::string& message) {
    Words commands;
    std::stringstream parts(message);
    bool inside = false;
    for (std::string part; std::getline(parts, part, '`'); inside = !inside) {
        if (inside) commands.push_back(part);
    }
    return commands;
}

TEST(CommandLineScenario, AThresholdStopsOneSystemOthersGoOnAndItsAdviceWorks) {
    DemoHub demo("cli-threshold");
    std::string ids;
    std::vector<Whereabouts> chosen;
    for (const Whereabouts& customer : demo.customers()) {
        if (!customer.is_everywhere() || chosen.size() == 40) continue;
        ids += (ids.empty() ? "" : ",") + customer.erp;
        chosen.push_back(customer);
    }
    ASSERT_EQ(chosen.size(), 40U);
    demo.erp(
        "UPDATE customers SET phone = '02 777 ' || printf('%04d', id) WHERE id IN (" + ids + ")"
    );
    const std::string corrections = demo.corrections();
    const auto in_accounting = [&] {
        return demo.accounting("SELECT count(*) FROM customers WHERE addr_phone LIKE '+32 2 777 %'"
        );
    };

    const Ended stopped = demo.syncline({"run", "--once"});
    EXPECT_EQ(stopped.exit_code, 9) << stopped.out << stopped.err;
    EXPECT_TRUE(
        has(stopped.out,
            "supplier is not written to: 40 changed records, and the threshold "
            "allows 28")
    ) << stopped.out;
    EXPECT_EQ(demo.corrections(), corrections) << "nothing was written to that system";
    EXPECT_EQ(in_accounting(), "40") << "the others go on";
    EXPECT_EQ(demo.helpdesk(chosen[0].helpdesk, "WorkPhone").substr(0, 9), "+32 2 777");
    const Json while_held = demo.json({"status"});
    for (const Json& system : while_held["systems"]) {
        const bool is_held = system["id"] == "supplier";
        EXPECT_EQ(system["pending"], is_held ? 40 : 0) << system;
        EXPECT_EQ(system["state"], is_held ? "stopped" : "ok") << system;
        EXPECT_EQ(
            system.value("stopped_by", ""),
            is_held ? "40 changed records, and the threshold allows 28" : ""
        );
    }
    const Ended status = demo.syncline({"status", "--fail-on-conflict"});
    EXPECT_EQ(status.exit_code, 9);
    EXPECT_TRUE(has(status.out, "supplier is not written to: 40 changed records"));
    EXPECT_EQ(commands_in(status.err), commands_in(stopped.err));
    EXPECT_EQ(demo.syncline({"run", "--once"}).exit_code, 9) << "waiting approves nothing";

    const Ended planned = demo.syncline({"plan"});
    EXPECT_TRUE(has(planned.out, "  … and 30 more (--all lists them)"));
    EXPECT_EQ(commands_in(planned.err), commands_in(stopped.err));
    // The commands of the message, as they are.
    const Words advice = commands_in(stopped.err);
    ASSERT_EQ(advice.size(), 2U) << stopped.err;
    EXPECT_TRUE(has(stopped.err, "Without --yes it shows the plan and asks first"));
    const std::string elsewhere = (demo.folder() / "elsewhere").string();
    const Ended done = run_program(
        {"bash",
         "-c",
         "mkdir -p '" + elsewhere + "' && cd '" + elsewhere + "' && PATH='" + BUILD_ROOT +
             "/bin':$PATH && " + advice[0] + " && " + advice[1]},
        demo.folder() / "advice"
    );
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
    EXPECT_TRUE(has(done.out, "supplier: read 0, updated 40")) << done.out;
    const std::string written = demo.corrections();
    for (const Whereabouts& customer : chosen)
        EXPECT_TRUE(has(written.substr(corrections.size()), customer.supplier + ";"));
    const Json afterwards = demo.json({"status"});
    for (const Json& system : afterwards["systems"]) {
        EXPECT_EQ(system["pending"], 0) << system;
        EXPECT_EQ(system["state"], "ok") << system;
    }
}

TEST(CommandLineScenario, ASystemThatDoesNotAnswerExitsWith8AndOneThatRefusesTheTokenWith7) {
    DemoHub demo("cli-unavailable");
    const fs::path desk = demo.folder() / "systems" / "helpdesk";
    const std::string url = read_file(desk / "url"), token = read_file(desk / "token");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    write_file(desk / "url", "http://127.0.0.1:1");
    const Ended down = demo.syncline({"run", "--once"});
    EXPECT_EQ(down.exit_code, 8) << down.out << down.err;
    EXPECT_TRUE(has(down.out, "helpdesk cannot be used now: ")) << down.out;
    EXPECT_EQ(
        demo.accounting("SELECT addr_phone FROM customers WHERE id = '000017'"), "+32 2 555 12 34"
    ) << "the others go on";
    const Json status = demo.json({"status"});
    EXPECT_EQ(status["systems"][2]["state"], "retrying");
    EXPECT_EQ(status["systems"][2]["pending"], 1);
    EXPECT_TRUE(has(status["systems"][2].value("last_error", ""), "Connection refused"));
    EXPECT_TRUE(has(demo.syncline({"systems", "show", "helpdesk"}).out, "last error: "));

    const std::string file = (demo.folder() / "plan.json").string();
    const auto expect_plan_and_apply = [&](int code, const std::string& error) {
        const Ended planned = demo.syncline({"plan", "-o", "json"});
        EXPECT_EQ(planned.exit_code, code) << planned.err;
        EXPECT_EQ(codec::parse_json(planned.out).value()["systems"][2]["error"], error);
        EXPECT_EQ(codec::parse_json(planned.out).value()["systems"][2]["updates"], 1);
        EXPECT_EQ(demo.syncline({"plan", "-o", file, "--detailed-exitcode"}).exit_code, code);
        const Ended applied = demo.syncline({"apply", file, "--yes", "-o", "json"});
        EXPECT_EQ(applied.exit_code, code) << applied.err;
        EXPECT_EQ(codec::parse_json(applied.out).value()["systems"][2]["error"], error);
    };
    expect_plan_and_apply(8, "remote_unavailable");

    write_file(desk / "url", url);
    write_file(desk / "token", "another");
    EXPECT_EQ(demo.syncline({"run", "--once"}).exit_code, 7);
    expect_plan_and_apply(7, "remote_unauthorised");
    write_file(desk / "token", token);
    demo.converge();
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34");
    EXPECT_EQ(demo.json({"status"})["systems"][2]["state"], "ok");
}

}  // namespace
}  // namespace syncline::testing
