// What a run tells people, and the exit code that follows from it.

#include "app/approval.hpp"
#include "app/commands/plan_text.hpp"
#include "app/exit_code.hpp"
#include "app/operations.hpp"
#include "app/progress_lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;
using Kind = sync::Progress::Kind;

sync::PassReport report_of(const sync::SystemReport& system) {
    sync::PassReport report;
    report.systems.push_back(system);
    return report;
}

sync::SystemReport erp() {
    sync::SystemReport system;
    system.system = SystemId{"erp"};
    system.read = 400;
    return system;
}

TEST(Report, HasOneStableSetOfKeys) {
    sync::SystemReport system = erp();
    system.updated = 3;
    EXPECT_EQ(
        report_json(report_of(system)).dump(),
        "{\"new_records\":0,\"systems\":[{\"system\":\"erp\",\"read\":400,\"changed\":0,\"linked\":"
        "0,"
        "\"created\":0,\"updated\":3,\"deleted\":0,\"gone\":0,\"refused\":0,\"in_doubt\":0,"
        "\"pending\":0}]}"
    );
    system.error = Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "erp", "no answer"};
    system.stopped_by = "too many";
    const Json json = report_json(report_of(system))["systems"][0];
    EXPECT_EQ(json["error"], "remote_unavailable");
    EXPECT_EQ(json["error_detail"], "no answer");
    EXPECT_EQ(json["stopped_by"], "too many");
}

TEST(Report, TextNamesOnlyWhatHappened) {
    sync::SystemReport system = erp();
    EXPECT_EQ(report_text(report_json(report_of(system))), "erp: read 400\n");
    system.created = 2;
    system.refused = 1;
    system.error = Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "erp", "no answer"};
    EXPECT_EQ(
        report_text(report_json(report_of(system))),
        "erp: read 400, created 2, refused 1; no answer\n"
    );
}

TEST(Report, ExitCodeIsTheGravestTrouble) {
    sync::SystemReport system = erp();
    EXPECT_EQ(exit_code_of_report(report_json(report_of(system))), int{kDone});
    system.refused = 1;
    EXPECT_EQ(exit_code_of_report(report_json(report_of(system))), int{kRecordsInError});
    sync::PassReport report = report_of(system);
    sync::SystemReport other = erp();
    other.error = Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "erp", "no answer"};
    report.systems.push_back(other);
    EXPECT_EQ(exit_code_of_report(report_json(report)), int{kSystemUnavailable});
}

std::string shown(const Plan& plan, bool all) {
    ::testing::internal::CaptureStdout();
    print_plan(plan, all, "syncline -C hub");
    std::fflush(stdout);
    return ::testing::internal::GetCapturedStdout();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Plan plan_of_updates(std::size_t count) {
    Plan plan;
    plan.systems.push_back({});
    plan.systems[0].system = SystemId{"erp"};
    plan.systems[0].updates = count;
    for (std::size_t i = 0; i < count; ++i) {
        PlannedOperation operation;
        operation.system = SystemId{"erp"};
        operation.remote_id = RemoteId{std::to_string(100 + i)};
        operation.fields = {
            {"name", "newest, from desk", "d1", false},
            {"phones.main.number", "newest, from desk", "d2", true}};
        plan.operations.push_back(operation);
    }
    return plan;
}

TEST(PlanText, NamesEachFieldWithItsReasonAndWhatIsEmptied) {
    EXPECT_TRUE(has(
        shown(plan_of_updates(1), false),
        "Records to update: 1\n  erp:100: name (newest, from desk); phones.main.number (newest, "
        "from desk, emptied)\n"
    ));
}

TEST(PlanText, ShowsTenOfAKindUnlessAllAreWanted) {
    const std::string few = shown(plan_of_updates(12), false);
    EXPECT_TRUE(has(few, "  erp:109: ") && !has(few, "  erp:110: "));
    EXPECT_TRUE(has(few, "  … and 2 more (--all lists them)\n"));
    const std::string all = shown(plan_of_updates(12), true);
    EXPECT_TRUE(has(all, "  erp:111: ") && !has(all, "more (--all"));
    EXPECT_FALSE(has(shown(plan_of_updates(10), false), "more (--all"));
}

TEST(PlanText, AnEmptyPlanSaysThatAllIsInSyncOnlyWhenItIs) {
    Plan plan = plan_of_updates(0);
    EXPECT_TRUE(has(shown(plan, false), "Nothing to do: every system is in sync."));
    plan.conflicts = 1;
    plan.reviews = 2;
    plan.quarantined = 3;
    plan.systems.resize(3);
    plan.systems[1].system = SystemId{"desk"};
    plan.systems[1].paused = true;
    plan.systems[2].system = SystemId{"shop"};
    plan.systems[2].trouble = ErrorCode::RemoteUnavailable;
    const std::string text = shown(plan, false);
    EXPECT_FALSE(has(text, "in sync")) << text;
    EXPECT_TRUE(
        has(text,
            "Nothing to write now. Open: 1 conflict (`syncline -C hub conflicts list`), 2 reviews "
            "(`syncline -C hub reviews list`), 3 values in quarantine (`syncline -C hub quarantine "
            "list`), desk is paused (`syncline -C hub systems resume desk`), shop cannot be used "
            "now.\n")
    ) << text;
}

TEST(PlanText, TheTroubleOfASystemExitsAsARunDoes) {
    Plan plan = plan_of_updates(2);
    EXPECT_EQ(exit_code_of_plan(plan), int{kDone});
    plan.systems[0].calls = 2;  // what is owed to a system that is down is no success either
    for (const auto& [trouble, code] :
         {std::pair(ErrorCode::RemoteUnavailable, kSystemUnavailable),
          std::pair(ErrorCode::RemoteUnauthorised, kNotAuthorised),
          std::pair(ErrorCode::ConfigInvalid, kInvalidConfiguration),
          std::pair(ErrorCode::PluginUnusable, kInvalidConfiguration),
          std::pair(ErrorCode::RemoteRefused, kFailed)}) {
        plan.systems[0].trouble = trouble;
        EXPECT_EQ(exit_code_of_plan(plan), int{code}) << name(trouble);
        sync::SystemReport system = erp();
        system.error = Error{trouble, Remedy::Retry, "erp", "no answer"};
        EXPECT_EQ(exit_code_of_report(report_json(report_of(system))), int{code}) << name(trouble);
    }
}

TEST(PlanText, AThresholdIsNoTroubleOfTheSystem) {
    Plan plan = plan_of_updates(3);
    EXPECT_EQ(held_systems(plan), std::vector<std::string>{});
    plan.systems[0].stopped = "3 changed records, and the threshold allows 2";
    plan.systems[0].calls = 3;
    EXPECT_EQ(exit_code_of_plan(plan), int{kDone});
    EXPECT_EQ(held_systems(plan), std::vector<std::string>{"erp"});
    EXPECT_TRUE(has(shown(plan, false), "3 changed records, and the threshold allows 2"));
    plan.systems[0].trouble = ErrorCode::RemoteUnavailable;
    EXPECT_EQ(held_systems(plan), std::vector<std::string>{});
}

TEST(Approval, IsACommandThatCanBeTyped) {
    EXPECT_EQ(
        how_to_approve("syncline -C demo/hub", {"erp", "desk"}),
        "syncline: a safety threshold holds the writes to erp, desk. See what would be written "
        "with `syncline -C demo/hub plan -o plan.json`, and approve it with `syncline -C demo/hub "
        "apply plan.json --yes`; that writes what the plan lists, over the threshold and without "
        "asking. Without --yes it shows the plan and asks first"
    );
    EXPECT_TRUE(has(
        how_to_approve("syncline", {"erp"}, "my plan.json"), "`syncline apply 'my plan.json' --yes`"
    ));
}

/// What a running hub prints, without the time of day.
std::vector<std::string> lines_told(
    const std::vector<sync::Progress>& steps, std::size_t passes = 1
) {
    ::testing::internal::CaptureStdout();
    ProgressLines lines(false);
    for (std::size_t i = 0; i < passes; ++i) {
        for (const sync::Progress& step : steps)
            lines.tell(step);
        sync::PassReport report = report_of(erp());
        report.systems[0].error = Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "", "down"};
        lines.end_pass(report);
    }
    const std::string text = ::testing::internal::GetCapturedStdout();
    std::vector<std::string> told;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
         at = end + 1)
        told.push_back(text.substr(at + 9, end - at - 9));
    return told;
}

sync::Progress step(Kind kind, const std::string& remote, const std::string& detail = "") {
    sync::Progress progress;
    progress.kind = kind;
    progress.system = SystemId{"erp"};
    progress.remote_id = RemoteId{remote};
    if (kind == Kind::Pulled || kind == Kind::Pushed) progress.fields = {"name", "status"};
    progress.detail = detail;
    return progress;
}

TEST(ProgressLines, OneChangeIsOneLine) {
    EXPECT_EQ(
        lines_told(
            {step(Kind::Pulled, "17"),
             step(Kind::Pushed, "17"),
             step(Kind::Linked, "17", "same name"),
             step(Kind::Quarantined, "18", "no number")}
        ),
        (std::vector<std::string>{
            "erp:17 changed name, status",
            "erp:17 written name, status",
            "erp:17 linked (same name)",
            "erp:18 set aside: no number"})
    );
}

TEST(ProgressLines, ManyOfAKindAreCountedAnewInEachPass) {
    const std::vector<sync::Progress> many(23, step(Kind::Pulled, "17"));
    const auto told = lines_told(many, 2);
    ASSERT_EQ(told.size(), 42U);
    EXPECT_EQ(told[20], "… and 3 more changed");
    EXPECT_EQ(told[41], "… and 3 more changed");
}

TEST(ProgressLines, TheSameTroubleIsToldOnceUntilItIsOver) {
    const auto told = lines_told({step(Kind::Trouble, "", "down")}, 3);
    EXPECT_EQ(told, std::vector<std::string>{"erp cannot be used now: down"});
    ::testing::internal::CaptureStdout();
    ProgressLines lines(false);
    for (int i = 0; i < 2; ++i) {
        lines.tell(step(Kind::Trouble, "", "down"));
        lines.end_pass(report_of(erp()));
    }
    const std::string text = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
    EXPECT_TRUE(has(text, "erp can be used again"));
}

TEST(ProgressLines, QuietMeansNoLine) {
    ::testing::internal::CaptureStdout();
    ProgressLines lines(true);
    lines.tell(step(Kind::Pulled, "17"));
    lines.tell(step(Kind::Trouble, "", "down"));
    lines.end_pass(report_of(erp()));
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace syncline::app
