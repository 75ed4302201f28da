#include "codec/plan_json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

PlannedOperation operation_of(PlannedOperation::Kind kind, std::string remote_id) {
    PlannedOperation operation;
    operation.kind = kind;
    operation.system = SystemId{"erp"};
    operation.remote_id = RemoteId{std::move(remote_id)};
    operation.subject = "desk:7";
    operation.reason = "differs";
    return operation;
}

Plan sample() {
    Plan plan;
    plan.made_at = from_unix_ms(1'772'357'400'123);
    plan.hub_id = "demo";
    plan.digest = "d16e57";
    plan.new_records = 4;
    PlannedSystem erp;
    erp.system = SystemId{"erp"};
    erp.read = 1;
    erp.linked = 2;
    erp.creates = 3;
    erp.updates = 4;
    erp.clears = 5;
    erp.deletes = 6;
    erp.gone = 7;
    erp.calls = 18'446'744'073'709'551'615U;
    PlannedSystem desk;
    desk.system = SystemId{"desk"};
    desk.stopped = "more creates than allowed";
    PlannedSystem shop;
    shop.system = SystemId{"shop"};
    shop.stopped = "no answer";
    shop.trouble = ErrorCode::RemoteUnavailable;
    PlannedSystem book;
    book.system = SystemId{"book"};
    book.stopped = "paused by ann";
    book.paused = true;
    plan.systems = {erp, desk, shop, book};
    plan.operations.push_back(operation_of(PlannedOperation::Kind::Link, "1"));
    plan.operations.push_back(operation_of(PlannedOperation::Kind::Record, "2"));
    plan.operations.push_back(operation_of(PlannedOperation::Kind::Create, ""));
    PlannedOperation update = operation_of(PlannedOperation::Kind::Update, "4/\u00E9\"");
    update.token = "v7";
    update.fields.push_back({"name", "newest, from desk", "aa", false});
    update.fields.push_back({"addresses.billing", "user, from ann", "bb", true});
    plan.operations.push_back(std::move(update));
    plan.operations.push_back(operation_of(PlannedOperation::Kind::Delete, "5"));
    plan.operations.push_back(operation_of(PlannedOperation::Kind::Gone, "6"));
    return plan;
}

std::string problem_of(std::string_view text) {
    const auto plan = read_plan(text);
    if (plan) return "accepted";
    EXPECT_EQ(plan.error().code, ErrorCode::PayloadMalformed);
    EXPECT_EQ(plan.error().remedy, Remedy::Reject);
    EXPECT_EQ(plan.error().where, "plan");
    return plan.error().detail;
}

constexpr std::string_view kWrongShape = "this is no plan: a key is missing or has the wrong type";

void expect_same(const PlannedSystem& read, const PlannedSystem& written) {
    EXPECT_EQ(read.system, written.system);
    EXPECT_EQ(read.read, written.read);
    EXPECT_EQ(read.linked, written.linked);
    EXPECT_EQ(read.creates, written.creates);
    EXPECT_EQ(read.updates, written.updates);
    EXPECT_EQ(read.clears, written.clears);
    EXPECT_EQ(read.deletes, written.deletes);
    EXPECT_EQ(read.gone, written.gone);
    EXPECT_EQ(read.calls, written.calls);
    EXPECT_EQ(read.stopped, written.stopped);
    EXPECT_EQ(read.trouble, written.trouble);
    EXPECT_EQ(read.paused, written.paused);
}

void expect_same(const PlannedOperation& read, const PlannedOperation& written) {
    EXPECT_EQ(read.kind, written.kind);
    EXPECT_EQ(read.system, written.system);
    EXPECT_EQ(read.remote_id, written.remote_id);
    EXPECT_EQ(read.subject, written.subject);
    EXPECT_EQ(read.reason, written.reason);
    EXPECT_EQ(read.token, written.token);
    ASSERT_EQ(read.fields.size(), written.fields.size());
    for (std::size_t i = 0; i < read.fields.size(); ++i) {
        EXPECT_EQ(read.fields[i].path, written.fields[i].path);
        EXPECT_EQ(read.fields[i].reason, written.fields[i].reason);
        EXPECT_EQ(read.fields[i].digest, written.fields[i].digest);
        EXPECT_EQ(read.fields[i].clears, written.fields[i].clears);
    }
}

TEST(PlanJson, ReturnsAsItWasWritten) {
    const Plan plan = sample();
    const auto read = read_plan(to_pretty(write_plan(plan)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->made_at, plan.made_at);
    EXPECT_EQ(read->hub_id, plan.hub_id);
    EXPECT_EQ(read->digest, plan.digest);
    EXPECT_EQ(read->new_records, plan.new_records);
    ASSERT_EQ(read->systems.size(), plan.systems.size());
    for (std::size_t i = 0; i < plan.systems.size(); ++i)
        expect_same(read->systems[i], plan.systems[i]);
    ASSERT_EQ(read->operations.size(), plan.operations.size());
    for (std::size_t i = 0; i < plan.operations.size(); ++i)
        expect_same(read->operations[i], plan.operations[i]);
}

TEST(PlanJson, IsTheSameTextAfterReading) {
    const std::string text = to_line(write_plan(sample()));
    const auto read = read_plan(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(to_line(write_plan(*read)), text);
}

TEST(PlanJson, AnEmptyPlanReturnsEmpty) {
    const auto read = read_plan(to_line(write_plan(Plan{})));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is_empty());
    EXPECT_TRUE(read->systems.empty());
    EXPECT_EQ(read->digest, "");
}

TEST(PlanJson, HasTheDocumentedKeys) {
    Plan plan = sample();
    plan.reviews = 1;
    plan.conflicts = 2;
    plan.quarantined = 3;
    plan.systems.resize(1);
    plan.operations.erase(plan.operations.begin(), plan.operations.begin() + 3);
    plan.operations.resize(1);
    plan.operations[0].fields.erase(plan.operations[0].fields.begin());
    EXPECT_EQ(
        to_line(write_plan(plan)),
        "{\"plan\":1,\"hub\":\"demo\",\"made_at\":\"2026-03-01T09:30:00.123Z\","
        "\"digest\":\"d16e57\",\"new_records\":4,\"reviews\":1,\"conflicts\":2,\"quarantined\":3,"
        "\"systems\":[{\"system\":\"erp\",\"read\":1,\"linked\":2,\"creates\":3,\"updates\":4,"
        "\"clears\":5,\"deletes\":6,\"gone\":7,\"calls\":18446744073709551615}],"
        "\"operations\":[{\"kind\":\"update\",\"system\":\"erp\",\"remote_id\":\"4/\u00E9\\\"\","
        "\"subject\":\"desk:7\",\"reason\":\"differs\",\"version\":\"v7\","
        "\"fields\":[{\"field\":\"addresses.billing\",\"reason\":\"user, from ann\","
        "\"digest\":\"bb\",\"clears\":true}]}]}"
    );
}

TEST(ReadPlan, RefusesWhatIsNoJson) {
    EXPECT_EQ(problem_of("hello"), "this is no plan: invalid at byte 1");
    EXPECT_EQ(problem_of(""), "this is no plan: invalid at byte 1");
    EXPECT_EQ(problem_of("// a plan\n{}"), "this is no plan: invalid at byte 1");
    EXPECT_EQ(
        problem_of(R"({"plan": 1, "plan": 1})"),
        "this is no plan: the key \"plan\" occurs twice in one object"
    );
    EXPECT_EQ(
        problem_of(std::string(17, '[') + std::string(17, ']')),
        "this is no plan: nested deeper than 16 levels"
    );
}

TEST(ReadPlan, RefusesAnyPartOfAPlan) {
    const std::string whole = to_line(write_plan(sample()));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(problem_of(std::string_view(whole).substr(0, size)), "accepted") << size;
}

TEST(ReadPlan, RefusesAPlanOfAnotherVersion) {
    Json json = write_plan(sample());
    for (const Json& version : {Json(0), Json(2), Json("1"), Json(nullptr)}) {
        json["plan"] = version;
        EXPECT_EQ(
            problem_of(to_line(json)),
            "this plan was made by another version of syncline; make a new one"
        ) << version;
    }
}

TEST(ReadPlan, RefusesADocumentOfAnotherKind) {
    for (const std::string_view text : {"null", "[]", "5", "\"plan\"", "{}", R"({"hub": "demo"})"})
        EXPECT_EQ(problem_of(text), kWrongShape) << text;
}

TEST(ReadPlan, RefusesAPlanWithoutAKeyThatItNeeds) {
    for (const char* key : {"plan", "hub", "digest", "made_at", "systems", "operations"}) {
        Json json = write_plan(sample());
        json.erase(key);
        EXPECT_EQ(problem_of(to_line(json)), kWrongShape) << key;
    }
    for (const char* key : {"kind", "system", "remote_id", "subject"}) {
        Json json = write_plan(sample());
        json["operations"][0].erase(key);
        EXPECT_EQ(problem_of(to_line(json)), kWrongShape) << key;
    }
    for (const char* key : {"field", "digest"}) {
        Json json = write_plan(sample());
        json["operations"][3]["fields"][0].erase(key);
        EXPECT_EQ(problem_of(to_line(json)), kWrongShape) << key;
    }
    Json json = write_plan(sample());
    json["systems"][0].erase("system");
    EXPECT_EQ(problem_of(to_line(json)), kWrongShape);
}

TEST(ReadPlan, RefusesAValueOfTheWrongType) {
    const std::vector<std::pair<const char*, Json>> wrong{
        {"/hub", 5},
        {"/digest", nullptr},
        {"/made_at", 1},
        {"/new_records", "4"},
        {"/systems", "erp"},
        {"/systems/0", 5},
        {"/systems/0/read", "1"},
        {"/systems/0/stopped", true},
        {"/operations", "none"},
        {"/operations/0", Json::array()},
        {"/operations/0/kind", 1},
        {"/operations/0/reason", 1},
        {"/operations/3/version", 7},
        {"/operations/3/fields/0", "name"},
        {"/operations/3/fields/0/digest", 1},
        {"/operations/3/fields/0/clears", "yes"}};
    for (const auto& [pointer, value] : wrong) {
        Json json = write_plan(sample());
        json[Json::json_pointer(pointer)] = value;
        EXPECT_EQ(problem_of(to_line(json)), kWrongShape) << pointer;
    }
}

TEST(ReadPlan, TakesAnOperationWithoutReasonVersionAndFields) {
    Json json = write_plan(sample());
    for (const char* key : {"reason", "version", "fields"})
        json["operations"][3].erase(key);
    const auto plan = read_plan(to_line(json));
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->operations[3].kind, PlannedOperation::Kind::Update);
    EXPECT_EQ(plan->operations[3].reason, "");
    EXPECT_EQ(plan->operations[3].token, "");
    EXPECT_TRUE(plan->operations[3].fields.empty());
}

}  // namespace
}  // namespace syncline::codec
