#include "app/commands/commands.hpp"
#include "app/commands/resolving.hpp"
#include "app/conflict_view.hpp"
#include "app/exit_code.hpp"
#include "app/record_reference.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace syncline::app {
namespace {

std::string record_text(const Case& item) {
    return item.customer.is_nil() ? "" : to_text(item.customer);
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

std::string advice(const Session& session, const Case& item, const ConflictView& view) {
    if (!item.is_open()) return "  settled: " + item.resolution + "\n";
    return "settle it: " + command_of(session) + " conflicts resolve " + short_text(item.id) +
           " --take SYSTEM, --newest, --standing, or " +
           (view.field->is_composite() ? "--part NAME=TEXT" : "--value TEXT") +
           "\n  only if it is still so: --if-version " + std::to_string(view.version) +
           "\n  and all others like it: --make-rule\n";
}

int show_conflict(Session& session, const std::string& reference) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const Case item, find_case(workspace.store(), Question::Conflict, reference));
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        SYNCLINE_TRY(const ConflictView view, view_of(workspace, rules->rules, item));
        print(view.document, format, view.text + advice(session, item, view));
        return kDone;
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
    const auto conflict = std::make_shared<std::string>();
    CLI::App* show =
        conflicts->add_subcommand("show", "What each system says, who and when, side by side");
    show->add_option("conflict", *conflict)->required();
    add_format(*show, session);
    show->callback([&session, conflict] {
        session.command = [&session, conflict] { return show_conflict(session, *conflict); };
    });
    add_resolve_command(*conflicts, session);
    add_decide_conflicts_command(*conflicts, session);
}

}  // namespace syncline::app
