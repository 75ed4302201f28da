#include "app/commands/commands.hpp"
#include "app/commands/deciding.hpp"
#include "app/exit_code.hpp"
#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "sync/core/decide_by_hand.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

std::string record_text(const Case& item) {
    return item.customer.is_nil() ? "" : to_text(item.customer);
}

/// What each system says about the field of a conflict.
std::vector<std::pair<SystemId, FieldValue>> voices(
    const sync::Rules& rules, const sync::Aggregate& aggregate, FieldId field
) {
    std::vector<std::pair<SystemId, FieldValue>> said;
    for (const Link& link : aggregate.links) {
        if (link.state != LinkState::Active || link.role != LinkRole::Primary) continue;
        if (auto voice = sync::voice_of(rules, aggregate, field, link.system))
            said.emplace_back(link.system, *std::move(voice));
    }
    return said;
}

/// The version of what is shown of a conflict.
std::uint64_t version_of(Workspace& workspace, const Case& item) {
    return sync::shown_version(workspace.store().history(item.customer), item.field);
}

int list_conflicts(Session& session) {
    return read_hub(session, [](Workspace& workspace, Format format) -> Result<int> {
        Listing listing;
        listing.noun = "conflicts";
        listing.columns = {
            {"id", "CONFLICT"},
            {"record", "RECORD"},
            {"field", "FIELD"},
            {"opened_at", "SINCE"},
            {"version", "VERSION"},
            {"reason", "WHY"}};
        for (const Case& item : workspace.store().cases(CaseKind::Conflict, /*open_only=*/true)) {
            const Field* field = workspace.fields().find(item.field);
            listing.rows.push_back(
                {to_text(item.id),
                 record_text(item),
                 field == nullptr ? "" : field->path,
                 to_rfc3339(item.opened_at),
                 version_of(workspace, item),
                 item.reason}
            );
        }
        print(listing, format);
        return kDone;
    });
}

int show_conflict(Session& session, const std::string& reference) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const Case item, find_case(workspace.store(), Question::Conflict, reference));
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        const std::uint64_t version = version_of(workspace, item);  // before what it is of
        const std::vector<CustomerId> ids{item.customer};
        const auto loaded = sync::load_aggregates(workspace.store(), ids);
        const Field* field = workspace.fields().find(item.field);
        if (loaded.empty() || field == nullptr) {
            return Error{
                ErrorCode::NotFound, Remedy::Reject, reference, "its record or field is gone"};
        }
        Json document{
            {"id", to_text(item.id)},
            {"record", record_text(item)},
            {"name", name_of(loaded.front().customer, workspace.fields())},
            {"field", field->path},
            {"state", item.is_open() ? "open" : "resolved"},
            {"reason", item.reason},
            {"version", version}};
        std::string text = "conflict " + to_text(item.id) + " about " + field->path + " of " +
                           document["name"].get<std::string>() + "\n  " + item.reason + "\n";
        if (const FieldState* now = loaded.front().customer.fields.find(item.field)) {
            document["standing"] = value_json(*field, now->value);
            text +=
                "  stands now: " + value_text(now->value) + " (" + origin_text(now->origin) + ")\n";
        }
        document["values"] = Json::array();
        for (const auto& [system, value] : voices(rules->rules, loaded.front(), item.field)) {
            document["values"].push_back(Json{
                {"system", system.text()}, {"value", value_json(*field, value)}});
            text += "  " + system.text() + " says: " + value_text(value) + "\n";
        }
        if (item.is_open())
            text += "settle it: syncline conflicts resolve " + short_text(item.id) +
                    " --take SYSTEM, --standing, or " +
                    (field->is_composite() ? "--part NAME=TEXT" : "--value TEXT") +
                    "\n  only if it is still so: --if-version " + std::to_string(version) + "\n";
        else
            text += "  settled: " + item.resolution + "\n";
        print(document, format, text);
        return kDone;
    });
}

struct Resolution {
    std::string conflict, system;
    std::optional<std::string> value;
    std::vector<std::string> parts;
    std::optional<std::uint64_t> if_version;
    bool stands = false;
    bool clears = false;
};

Error unclear(const char* where, const char* detail) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, where, detail};
}

/// The parts of an address, from "city=Gent".
Result<Json> parts_of(const std::vector<std::string>& given) {
    Json parts = Json::object();
    for (const std::string& part : given) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0)
            return unclear("--part", "write it as NAME=TEXT, such as city=Gent");
        parts[part.substr(0, equals)] = part.substr(equals + 1);
    }
    return parts;
}

int resolve_conflict(Session& session, const Resolution& resolution) {
    Json params{{"conflict", resolution.conflict}, {"user", current_user()}};
    if (resolution.value && resolution.value->empty())
        return fail(unclear("--value", "this value is empty; --clear says that there is none"));
    const int answers = int(!resolution.system.empty()) + int(resolution.value.has_value()) +
                        int(!resolution.parts.empty()) + int(resolution.stands) +
                        int(resolution.clears);
    if (answers != 1)
        return fail(unclear(
            "conflicts resolve",
            "say which value is right with one of --take SYSTEM, --value TEXT, --clear, "
            "--standing, --part NAME=TEXT"
        ));
    const auto parts = parts_of(resolution.parts);
    if (!parts) return fail(parts.error());
    if (!resolution.system.empty())
        params["system"] = resolution.system;
    else if (!resolution.stands)
        params["parts"] = resolution.value ? Json{{"", *resolution.value}} : *parts;
    if (resolution.if_version) params["if_version"] = *resolution.if_version;
    const auto record = [&](Workspace& workspace) -> Result<CustomerId> {
        SYNCLINE_TRY(
            const Case item, find_case(workspace.store(), Question::Conflict, resolution.conflict)
        );
        return item.customer;
    };
    return decide_and_tell(session, "resolve_conflict", params, record, [](const Json&) {
        return std::string("Resolved. The systems get the value with the next run.");
    });
}

}  // namespace

void add_conflict_commands(CLI::App& app, Session& session) {
    CLI::App* conflicts =
        app.add_subcommand("conflicts", "Fields whose value a person must decide");
    conflicts->require_subcommand(1);
    CLI::App* list = conflicts->add_subcommand("list", "Open conflicts");
    add_format(*list, session);
    list->callback([&] { session.command = [&] { return list_conflicts(session); }; });
    const auto resolution = std::make_shared<Resolution>();
    CLI::App* show = conflicts->add_subcommand("show", "What each system says");
    show->add_option("conflict", resolution->conflict)->required();
    add_format(*show, session);
    show->callback([&session, resolution] {
        session.command = [&session, resolution] {
            return show_conflict(session, resolution->conflict);
        };
    });
    CLI::App* resolve = conflicts->add_subcommand("resolve", "Decide");
    resolve->add_option("conflict", resolution->conflict)->required();
    resolve->add_option("--take", resolution->system, "The value that this system has");
    resolve->add_flag("--standing", resolution->stands, "The value that stands now");
    resolve->add_option("--value", resolution->value, "Another value");
    resolve->add_option("--part", resolution->parts, "Of an address: a part, as NAME=TEXT")
        ->type_name("NAME=TEXT");
    resolve->add_flag("--clear", resolution->clears, "No value");
    add_if_version(*resolve, resolution->if_version);
    add_format(*resolve, session);
    resolve->callback([&session, resolution] {
        session.command = [&session, resolution] { return resolve_conflict(session, *resolution); };
    });
}

}  // namespace syncline::app
