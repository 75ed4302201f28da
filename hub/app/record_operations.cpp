#include "app/record_operations.hpp"

#include "app/record_json.hpp"
#include "app/record_reference.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

std::string text_of(const Json& params, const char* key) {
    return params.at(key).get<std::string>();
}

std::string user_of(const Json& params) {
    return params.value("user", "operator");
}

sync::Carry carry_of(const Json& params) {
    return params.value("preview", false) ? sync::Carry::Preview : sync::Carry::Out;
}

/// "erp:17"
Result<std::pair<SystemId, RemoteId>> remote_of(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            text,
            "a remote record is named by its system and its id there: erp:17"};
    }
    return std::pair(SystemId{text.substr(0, colon)}, RemoteId{text.substr(colon + 1)});
}

/// Their id and name; null for one who exists in a preview only.
Json customer_head(Workspace& workspace, const CustomerId& id) {
    const std::vector<CustomerId> ids{id};
    const std::vector<Customer> found = workspace.store().customers(ids);
    if (found.empty()) return Json{{"id", nullptr}, {"name", nullptr}};
    return Json{{"id", to_text(id)}, {"name", name_of(found.front(), workspace.fields())}};
}

Json side_json(const sync::MergeReport::Side& side, Workspace& workspace) {
    Json json = customer_head(workspace, side.customer);
    json["records"] = Json::array();
    for (const sync::MergeReport::Record& record : side.records)
        json["records"].push_back(Json{
            {"record", record.system.text() + ":" + record.remote_id.text()},
            {"role", std::string(name(record.role))},
            {"state", std::string(name(record.state))}});
    return json;
}

Json merge_json(const sync::MergeReport& report, Workspace& workspace) {
    Json json{{"record", side_json(report.whole, workspace)}};
    json["other"] = side_json(report.apart, workspace);
    json["fields"] = Json::array();
    for (const sync::MergeReport::Choice& choice : report.choices) {
        const Field* field = workspace.fields().find(choice.path);
        if (field == nullptr) continue;
        Json item{{"field", choice.path}};
        item["ours"] = choice.ours ? value_json(*field, choice.ours->value) : Json(nullptr);
        item["theirs"] = value_json(*field, choice.theirs.value);
        if (item["ours"].is_null() && item["theirs"].is_null()) continue;  // emptied, never filled
        item["stands"] = choice.decided.from_loser ? "theirs" : "ours";
        item["rule"] = std::string(name(choice.decided.rule));
        item["undecided"] = choice.decided.is_undecided;
        json["fields"].push_back(std::move(item));
    }
    json["writes"] = Json::array();
    for (const sync::MergeReport::Write& write : report.writes)
        json["writes"].push_back(Json{
            {"record", write.system.text() + ":" + write.remote_id.text()},
            {"fields", write.fields}});
    json["kept"] = report.kept;
    if (!report.told_apart.empty()) json["told_apart"] = report.told_apart;
    if (report.version != 0) json["version"] = report.version;
    return json;
}

Result<std::vector<sync::MergedField>> choices_of(const Json& params, const Workspace& workspace) {
    std::vector<sync::MergedField> choices;
    const Json take = params.value("take", Json::object());
    for (const auto& [path, side] : take.items()) {
        const Field* field = workspace.fields().find(path);
        if (field == nullptr) {
            return Error{
                ErrorCode::UsageInvalid, Remedy::Reject, path, "no system maps this field"};
        }
        sync::MergedField choice;
        choice.field = field->id;
        choice.from_loser = side == "theirs";
        choices.push_back(choice);
    }
    return choices;
}

Result<Json> merge(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(const CustomerId ours, find_record(workspace.store(), text_of(params, "record")));
    SYNCLINE_TRY(const CustomerId theirs, find_record(workspace.store(), text_of(params, "other")));
    SYNCLINE_TRY(const auto choices, choices_of(params, workspace));
    SYNCLINE_TRY(
        const sync::MergeReport report,
        engine.merge(
            ours, theirs, choices, user_of(params), carry_of(params), wanted_version(params)
        )
    );
    return merge_json(report, workspace);
}

/// Takes back every merge into a record, the last one first, each as an act of its own: what was
/// done before one fails stays done, and asking again goes on.
Result<Json> unmerge_all(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    const std::vector<CustomerId> ids{record};
    std::vector<MergeEvent> merges = workspace.store().merges_of(ids);
    std::erase_if(merges, [&](const MergeEvent& merge) {
        return !merge.stands() || merge.winner != record;
    });
    if (merges.empty()) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            to_text(record),
            "no record was merged into this one"};
    }
    Json all{{"others", Json::array()}, {"writes", Json::array()}, {"kept", Json::array()}};
    all["fields"] = Json::array();
    for (auto merge = merges.rbegin(); merge != merges.rend(); ++merge) {
        const auto report = engine.unmerge(merge->loser, user_of(params), carry_of(params));
        if (!report) {
            Error error = report.error();
            error.detail += "; " + std::to_string(all["others"].size()) + " of " +
                            std::to_string(merges.size()) + " were separated before it";
            return error;
        }
        Json one = merge_json(*report, workspace);
        all["record"] = std::move(one["record"]);
        all["others"].push_back(std::move(one["other"]));
        for (const char* list : {"writes", "kept"}) {
            for (Json& item : one[list]) {
                if (std::find(all[list].begin(), all[list].end(), item) == all[list].end())
                    all[list].push_back(std::move(item));
            }
        }
    }
    return all;
}

Result<Json> unmerge(sync::Engine& engine, Workspace& workspace, const Json& params) {
    if (params.value("all", false)) return unmerge_all(engine, workspace, params);
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    SYNCLINE_TRY(
        const sync::MergeReport report, engine.unmerge(record, user_of(params), carry_of(params))
    );
    return merge_json(report, workspace);
}

Result<Json> link(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    SYNCLINE_TRY(const auto remote, remote_of(text_of(params, "remote")));
    SYNCLINE_TRY(
        const sync::MergeReport report,
        engine.link_record(record, remote.first, remote.second, user_of(params), carry_of(params))
    );
    return merge_json(report, workspace);
}

Result<Json> unlink(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    SYNCLINE_TRY(const auto remote, remote_of(text_of(params, "remote")));
    SYNCLINE_TRY(
        const sync::MergeReport report,
        engine.unlink_record(record, remote.first, remote.second, user_of(params), carry_of(params))
    );
    return merge_json(report, workspace);
}

Result<Json> remove(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    SYNCLINE_TRY(
        const sync::DeleteReport report,
        engine.delete_record(record, user_of(params), carry_of(params))
    );
    Json json{{"record", to_text(report.customer)}};
    json["name"] = customer_head(workspace, report.customer)["name"];
    json["state"] = "deleted";
    json["records"] = Json::array();
    for (const sync::DeleteReport::Record& item : report.records)
        json["records"].push_back(Json{
            {"record", item.system.text() + ":" + item.remote_id.text()},
            {"on_delete", std::string(name(item.follows))}});
    return json;
}

Result<Json> undelete(sync::Engine& engine, Workspace& workspace, const Json& params) {
    SYNCLINE_TRY(
        const CustomerId record, find_record(workspace.store(), text_of(params, "record"))
    );
    const auto done = engine.undelete_record(record, user_of(params));
    if (!done) return done.error();
    return Json{{"record", to_text(record)}, {"state", "active"}};
}

}  // namespace

sync::IfVersion wanted_version(const Json& params) {
    if (!params.contains("if_version")) return std::nullopt;
    return params["if_version"].get<std::uint64_t>();
}

RecordOperation record_operation(const std::string& operation) {
    static const std::map<std::string, RecordOperation> operations{
        {"merge_records", merge},
        {"unmerge_records", unmerge},
        {"link_record", link},
        {"unlink_record", unlink},
        {"delete_record", remove},
        {"undelete_record", undelete}};
    const auto found = operations.find(operation);
    return found == operations.end() ? nullptr : found->second;
}

}  // namespace syncline::app
