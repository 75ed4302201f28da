#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/exit_code.hpp"
#include "app/operations.hpp"
#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "app/undo_text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kAllRuns = 1'000'000'000;

struct UndoOptions {
    std::string run;
    bool yes = false;
    bool dry_run = false;
};

std::string state_text(const store::Run& run, const std::vector<store::Run>& all) {
    for (const store::Run& other : all) {
        if (other.undoes == run.id)
            return (other.ended_at == Timestamp{} ? "partly undone by " : "undone by ") +
                   short_text(other.id);
    }
    if (run.ended_at == Timestamp{}) return "not finished";
    return run.undoes.is_nil() ? "" : "undoes " + short_text(run.undoes);
}

int list(Session& session, std::size_t limit) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        const std::vector<store::Run> all = workspace.store().runs(kAllRuns);
        Listing listing;
        listing.noun = "runs";
        listing.columns = {
            {"id", "RUN"},
            {"kind", "KIND"},
            {"by", "BY"},
            {"started_at", "STARTED"},
            {"changed", "CHANGED"},
            {"created", "CREATED"},
            {"updated", "UPDATED"},
            {"refused", "REFUSED"},
            {"state", "STATE"}};
        for (std::size_t i = 0; i < std::min(limit, all.size()); ++i) {
            const store::Run& run = all[i];
            listing.rows.push_back(
                {to_text(run.id),
                 run.kind,
                 run.by,
                 to_rfc3339(run.started_at),
                 run.changed,
                 run.created,
                 run.updated,
                 run.refused,
                 state_text(run, all)}
            );
        }
        print(listing, format);
        if (all.size() > limit)
            print_note("… and " + std::to_string(all.size() - limit) + " more; --limit shows them");
        return kDone;
    });
}

/// One entry of a run's journal; values only where somebody asked for them.
Json entry_json(
    const Workspace& workspace, const Change& change, const FieldChange& entry, bool values
) {
    const Field* field = workspace.fields().find(entry.field);
    Json json{
        {"record", to_text(change.customer)},
        {"at", to_rfc3339(change.at)},
        {"kind", std::string(name(entry.kind))},
        {"field", field == nullptr ? "" : field->path},
        {"origin", origin_json(entry.origin)}};
    if (entry.rule != Rule::None) json["rule"] = std::string(name(entry.rule));
    if (field == nullptr) {
        if (entry.after) json["remote_id"] = value_text(*entry.after);
    } else if (values) {
        if (entry.before) json["before"] = value_json(*field, *entry.before);
        if (entry.after) json["after"] = value_json(*field, *entry.after);
    }
    return json;
}

std::string entry_text(
    const Workspace& workspace, const Change& change, const FieldChange& entry, bool values
) {
    const Field* field = workspace.fields().find(entry.field);
    std::string text = "  " + short_text(change.customer) + "  " + std::string(name(entry.kind)) +
                       " " + origin_text(entry.origin);
    if (field == nullptr) {
        if (entry.after) text += ":" + value_text(*entry.after);
        return text + "\n";
    }
    text += " " + field->path;
    if (entry.rule != Rule::None) text += " (" + std::string(name(entry.rule)) + ")";
    if (values)
        text += ": " + (entry.before ? value_text(*entry.before) : std::string("nothing")) +
                " -> " + (entry.after ? value_text(*entry.after) : std::string("nothing"));
    return text + "\n";
}

int show(Session& session, const std::string& reference, bool values) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const store::Run run, find_run(workspace.store(), reference));
        const std::string state = state_text(run, workspace.store().runs(kAllRuns));
        Json document{
            {"id", to_text(run.id)},
            {"kind", run.kind},
            {"by", run.by},
            {"state", state},
            {"started_at", to_rfc3339(run.started_at)},
            {"ended_at",
             run.ended_at == Timestamp{} ? Json(nullptr) : Json(to_rfc3339(run.ended_at))},
            {"read", run.pulled},
            {"changed", run.changed},
            {"created", run.created},
            {"updated", run.updated},
            {"refused", run.refused}};
        if (!run.undoes.is_nil()) document["undoes"] = to_text(run.undoes);
        document["entries"] = Json::array();
        std::string text =
            "run " + to_text(run.id) + " (" + run.kind + (run.by.empty() ? "" : ", by " + run.by) +
            ")\n  started " + to_rfc3339(run.started_at) + (state.empty() ? "" : "; " + state) +
            "\n" + "  read " + std::to_string(run.pulled) + ", changed " +
            std::to_string(run.changed) + ", created " + std::to_string(run.created) +
            ", updated " + std::to_string(run.updated) + ", refused " +
            std::to_string(run.refused) + "\n";
        for (const Change& change : workspace.store().changes_of_run(run.id)) {
            for (const FieldChange& entry : change.fields) {
                document["entries"].push_back(entry_json(workspace, change, entry, values));
                text += entry_text(workspace, change, entry, values);
            }
        }
        print(document, format, text);
        return kDone;
    });
}

/// What an undo would do, worked out over a copy of the hub; the systems are only read.
Result<Json> preview(Session& session, const std::string& reference) {
    Environment& environment = *session.environment;
    SYNCLINE_TRY(
        const auto workspace, Workspace::open(session.places(), Opening::Overlay, environment.clock)
    );
    NoLog log;
    SYNCLINE_TRY(const auto hub, HubEngine::create(*workspace, environment, log, {}));
    SYNCLINE_TRY(const store::Run run, find_run(workspace->store(), reference));
    SYNCLINE_TRY(const sync::UndoReport report, hub->engine().preview_undo(run.id, current_user()));
    return undo_json(report, workspace->fields());
}

int undo(Session& session, const UndoOptions& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    if (const auto there = expect_hub(session.places()); !there) return fail(there.error());
    if (options.dry_run || !options.yes) {
        const auto planned = preview(session, options.run);
        if (!planned) return fail(planned.error());
        if (options.dry_run) {
            print(*planned, *format, undo_text(*planned, session.verbose));
            return exit_code_of_report(*planned);
        }
        if (::isatty(STDIN_FILENO) == 0) {
            print_note(undo_text(*planned, session.verbose));
            print_note(
                "syncline: nobody to ask here; add --yes to undo without being asked, or --dry-run "
                "to see what it would do"
            );
            return kUsage;
        }
        print_line(undo_text(*planned, session.verbose));
        std::fputs("Undo this run? [y/N] ", stdout);
        std::fflush(stdout);
        const int answer = std::getchar();
        if (answer != 'y' && answer != 'Y') return kUsage;
    }
    int code = kDone;
    const auto done =
        change_hub(session, "undo_run", Json{{"run", options.run}, {"user", current_user()}}, code);
    if (!done) return code;
    print(*done, *format, undo_text(*done, session.verbose));
    if (const int failed = exit_code_of_report(*done); failed != kDone) return failed;
    const Json& items = (*done)["items"];
    const bool is_left = std::any_of(items.begin(), items.end(), [](const Json& item) {
        return item.value("state", "") == "not_done";
    });
    return is_left ? kRecordsInError : kDone;
}

}  // namespace

void add_run_commands(CLI::App& app, Session& session) {
    CLI::App* runs = app.add_subcommand("runs", "What the hub and its people did, run by run");
    runs->require_subcommand(1);

    const auto limit = std::make_shared<std::size_t>(50);
    CLI::App* list_command = runs->add_subcommand("list", "The last runs, newest first");
    list_command->add_option("--limit", *limit, "At most so many")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->type_name("N");
    add_format(*list_command, session);
    list_command->callback([&session, limit] {
        session.command = [&session, limit] { return list(session, *limit); };
    });

    const auto options = std::make_shared<UndoOptions>();
    const auto values = std::make_shared<bool>(false);
    const char* reference = "Its id, or 8 characters of its beginning or end";
    CLI::App* show_command = runs->add_subcommand("show", "What one run did");
    show_command->add_option("run", options->run, reference)->required();
    show_command->add_flag("--values", *values, "With the values");
    add_format(*show_command, session);
    show_command->callback([&session, options, values] {
        session.command = [&session, options, values] {
            return show(session, options->run, *values);
        };
    });

    CLI::App* undo_command =
        runs->add_subcommand("undo", "Take back what a run did, in every system");
    undo_command->add_option("run", options->run, reference)->required();
    undo_command->add_flag("-y,--yes", options->yes, "Do not ask");
    undo_command->add_flag("--dry-run", options->dry_run, "Show what it would do, and do nothing");
    add_format(*undo_command, session);
    undo_command->callback([&session, options] {
        session.command = [&session, options] { return undo(session, *options); };
    });
}

}  // namespace syncline::app
