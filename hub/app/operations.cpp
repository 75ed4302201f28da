#include "app/operations.hpp"

#include "app/past.hpp"
#include "app/policy_json.hpp"
#include "app/record_operations.hpp"
#include "app/record_reference.hpp"
#include "app/undo_text.hpp"
#include "base/time.hpp"
#include "codec/plan_json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

/// What every operation gets.
struct Task {
    sync::Engine& engine;
    Workspace& workspace;
    const Json& params;
};

std::string user_of(const Json& params) {
    return params.value("user", "operator");
}

Result<Json> apply(const Task& task) {
    SYNCLINE_TRY(const Plan plan, codec::read_plan(task.params.at("plan").get<std::string>()));
    SYNCLINE_TRY(const sync::PassReport report, task.engine.apply(plan));
    return report_json(report);
}

/// The answer to a conflict: a system's value, one given in parts, what a policy makes of it, or
/// what stands.
Result<sync::ValueAnswer> wanted_value(const Json& params) {
    if (params.contains("policy")) {
        SYNCLINE_TRY(PolicySetting policy, read_policy(params["policy"]));
        return sync::ValueAnswer::by(std::move(policy));
    }
    if (params.contains("system"))
        return sync::ValueAnswer::of(SystemId{params["system"].get<std::string>()});
    if (params.contains("parts"))
        return sync::ValueAnswer::value(params["parts"].get<std::map<std::string, std::string>>());
    return sync::ValueAnswer::standing();
}

Result<Json> resolve_conflict(const Task& task) {
    SYNCLINE_TRY(
        const Case conflict,
        find_case(
            task.workspace.store(),
            Question::Conflict,
            task.params.at("conflict").get<std::string>()
        )
    );
    SYNCLINE_TRY(const sync::ValueAnswer answer, wanted_value(task.params));
    auto done = task.engine.resolve_conflict(
        conflict.id, answer, user_of(task.params), wanted_version(task.params)
    );
    if (!done) return done.error();
    const Field* field = task.workspace.fields().find(conflict.field);
    return Json{
        {"conflict", to_text(conflict.id)},
        {"record", to_text(conflict.customer)},
        {"field", field == nullptr ? "" : field->path},
        {"state", "resolved"},
        {"by", user_of(task.params)}};
}

/// The same answer to several, each a decision of its own. One that cannot be answered so, or that
/// changed since it was shown, is left out, with the reason.
Result<Json> resolve_conflicts(const Task& task) {
    Json items = Json::array();
    std::uint64_t resolved = 0;
    for (const Json& shown : task.params.at("conflicts")) {
        Json params = task.params;
        params["conflict"] = shown.at("conflict");
        params["if_version"] = shown.at("version");
        const auto done = resolve_conflict({task.engine, task.workspace, params});
        Json& item = items.emplace_back(Json{{"conflict", shown.at("conflict")}});
        if (done) {
            ++resolved;
            item["state"] = "resolved";
            continue;
        }
        item["state"] = "left_out";
        item["error"] = std::string(name(done.error().code));
        item["reason"] = done.error().detail;
    }
    Json json{{"resolved", resolved}, {"left_out", items.size() - resolved}};
    json["conflicts"] = std::move(items);
    return json;
}

Json answered_json(const Case& review, const char* state, const Json& params) {
    return Json{{"review", to_text(review.id)}, {"state", state}, {"by", user_of(params)}};
}

/// The customer that a review is linked to: the one that was named, or the only candidate.
Result<CustomerId> wanted_customer(const Task& task, const Case& review) {
    if (task.params.contains("record"))
        return find_record(task.workspace.store(), task.params["record"].get<std::string>());
    if (review.candidates.size() == 1) return review.candidates.front().customer;
    const std::string id = short_text(review.id);
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        to_text(review.id),
        review.candidates.empty()
            ? "this review proposes no customer; name one with `syncline reviews link " + id +
                  " RECORD`, or make it a customer of its own with `syncline reviews new " + id +
                  "`"
            : "several customers are possible; name one of those that `syncline reviews show " +
                  id + "` lists: `syncline reviews link " + id + " RECORD`"};
}

Result<Json> answer_review(const Task& task) {
    SYNCLINE_TRY(
        const Case review,
        find_case(
            task.workspace.store(), Question::Review, task.params.at("review").get<std::string>()
        )
    );
    const auto answer = task.params.at("answer").get<std::string>();
    const std::string user = user_of(task.params);
    if (answer == "dismiss") {
        auto done = task.engine.dismiss_review(review.id, user);
        if (!done) return done.error();
        return answered_json(review, "dismissed", task.params);
    }
    if (answer == "recreate" || answer == "delete") {
        const bool recreate = answer == "recreate";
        auto done = task.engine.answer_gone(
            review.id, recreate ? sync::GoneAnswer::Recreate : sync::GoneAnswer::Delete, user
        );
        if (!done) return done.error();
        return answered_json(review, recreate ? "made again" : "deleted", task.params);
    }
    std::optional<CustomerId> customer;
    const bool asks_for_one = review.is_open() && review.kind == CaseKind::Association;
    if (answer == "link" && asks_for_one) {  // else the engine says what is the matter
        SYNCLINE_TRY(customer, wanted_customer(task, review));
    }
    auto done = task.engine.answer_review(review.id, customer, user);
    if (!done) return done.error();
    Json json = answered_json(review, customer ? "linked" : "new", task.params);
    if (customer) json["record"] = to_text(*customer);
    return json;
}

Result<sync::QuarantineGroup> wanted_group(const Json& params) {
    sync::QuarantineGroup group;
    if (params.contains("system")) group.system = SystemId{params["system"].get<std::string>()};
    if (params.contains("code")) {
        const auto word = params["code"].get<std::string>();
        group.code = error_code(word);
        if (!group.code) {
            return Error{
                ErrorCode::UsageInvalid,
                Remedy::Reject,
                "--code",
                "there is no error \"" + word +
                    "\"; `syncline quarantine list --group` shows those "
                    "that occur"};
        }
    }
    return group;
}

Result<Json> undo_run(const Task& task) {
    SYNCLINE_TRY(
        const store::Run run,
        find_run(task.workspace.store(), task.params.at("run").get<std::string>())
    );
    SYNCLINE_TRY(const sync::UndoReport report, task.engine.undo(run.id, user_of(task.params)));
    return undo_json(report, task.workspace.fields());
}

Result<Json> restore(const Task& task) {
    const auto reference = task.params.at("record").get<std::string>();
    SYNCLINE_TRY(const CustomerId id, find_record(task.workspace.store(), reference));
    const auto moment = from_rfc3339(task.params.at("as_of").get<std::string>());
    if (!moment)
        return Error{ErrorCode::UsageInvalid, Remedy::Reject, "as_of", "this is no moment"};
    SYNCLINE_TRY(const auto then, past_of(task.workspace.store(), id, *moment));
    const std::vector<CustomerId> ids{id};
    const std::vector<Customer> now = task.workspace.store().customers(ids);
    if (now.empty())
        return Error{ErrorCode::NotFound, Remedy::Reject, reference, "there is no such record"};
    SYNCLINE_TRY(
        const auto values,
        values_to_restore(
            task.workspace.fields(),
            now.front(),
            then,
            task.params.value("fields", std::vector<std::string>{})
        )
    );
    auto done = task.engine.restore(id, values, user_of(task.params), wanted_version(task.params));
    if (!done) return done.error();
    Json restored = Json::array();
    for (const auto& [field, value] : values)
        restored.push_back(task.workspace.fields().at(field).path);
    Json json{
        {"record", to_text(id)}, {"as_of", to_rfc3339(*moment)}, {"by", user_of(task.params)}};
    json["restored"] = std::move(restored);
    return json;
}

Result<Json> retry_quarantined(const Task& task) {
    if (task.params.contains("system") || task.params.contains("code")) {
        SYNCLINE_TRY(const sync::QuarantineGroup group, wanted_group(task.params));
        const std::size_t count = task.engine.retry_group(group);
        return Json{{"retried", count}, {"state", "waiting"}};
    }
    const auto ids = task.params.value("ids", std::vector<std::uint64_t>{});
    SYNCLINE_TRY(const std::size_t count, task.engine.retry_quarantined(ids));
    return Json{{"retried", count}, {"state", "waiting"}};
}

Result<Json> pause(const Task& task) {
    const SystemId system{task.params.at("system").get<std::string>()};
    auto done = task.engine.pause(system, user_of(task.params));
    if (!done) return done.error();
    return Json{{"system", system.text()}, {"state", "paused"}};
}

Result<Json> resume(const Task& task) {
    const SystemId system{task.params.at("system").get<std::string>()};
    auto done = task.engine.resume(system);
    if (!done) return done.error();
    return Json{{"system", system.text()}, {"state", "running"}};
}

Result<Json> resync(const Task& task) {
    const SystemId system{task.params.at("system").get<std::string>()};
    if (!task.params.contains("record")) {
        auto done = task.engine.resync(system);
        if (!done) return done.error();
        return Json{{"system", system.text()}, {"state", "waiting"}};
    }
    const RemoteId record{task.params["record"].get<std::string>()};
    SYNCLINE_TRY(const sync::SystemReport report, task.engine.resync_record(system, record));
    return Json{
        {"system", system.text()},
        {"record", record.text()},
        {"state", "read"},
        {"changed", report.changed}};
}

}  // namespace

Reach reach_of(const std::string& operation, const Json& params) {
    Reach reach;
    const bool reads_record = operation == "resync" && params.contains("record");
    reach.calls_systems = operation == "apply" || operation == "undo_run" || reads_record;
    const bool is_about_one =
        operation == "pause" || operation == "resume" || operation == "resync";
    if (is_about_one && params.contains("system") && params["system"].is_string())
        reach.systems.push_back(SystemId{params["system"].get<std::string>()});
    return reach;
}

Json report_json(const sync::PassReport& report) {
    Json systems = Json::array();
    for (const sync::SystemReport& system : report.systems) {
        Json item{
            {"system", system.system.text()},
            {"read", system.read},
            {"changed", system.changed},
            {"linked", system.linked},
            {"created", system.created},
            {"updated", system.updated},
            {"deleted", system.deleted},
            {"gone", system.gone.size()},
            {"refused", system.refused},
            {"in_doubt", system.in_doubt},
            {"pending", system.pending}};
        if (!system.stopped_by.empty()) item["stopped_by"] = system.stopped_by;
        if (!system.unbelieved.empty()) item["unbelieved"] = system.unbelieved;
        if (system.error) {
            item["error"] = std::string(name(system.error->code));
            item["error_detail"] = system.error->detail;
        }
        systems.push_back(std::move(item));
    }
    Json json{{"new_records", report.new_records}};
    json["systems"] = std::move(systems);
    return json;
}

Result<Json> perform(
    sync::Engine& engine, Workspace& workspace, const std::string& operation, const Json& params
) {
    using Function = Result<Json> (*)(const Task&);
    static const std::map<std::string, Function> operations{
        {"apply", apply},
        {"resolve_conflict", resolve_conflict},
        {"resolve_conflicts", resolve_conflicts},
        {"answer_review", answer_review},
        {"undo_run", undo_run},
        {"restore", restore},
        {"retry_quarantined", retry_quarantined},
        {"pause", pause},
        {"resume", resume},
        {"resync", resync}};
    const auto usage = [&](std::string detail) {
        return Error{ErrorCode::UsageInvalid, Remedy::Reject, operation, std::move(detail)};
    };
    const RecordOperation on_records = record_operation(operation);
    const auto found = operations.find(operation);
    if (found == operations.end() && on_records == nullptr)
        return usage("the running hub knows no such operation");
    try {
        if (on_records != nullptr) return on_records(engine, workspace, params);
        return found->second({engine, workspace, params});
    } catch (const Json::exception&) {
        return usage("a parameter is missing or has the wrong type");
    }
}

}  // namespace syncline::app
