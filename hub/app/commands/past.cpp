#include "app/past.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/deciding.hpp"
#include "app/commands/find_by_name.hpp"
#include "app/exit_code.hpp"
#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "sync/core/shown_version.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <unistd.h>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

struct RestoreOptions {
    std::string record;
    std::string moment;
    std::vector<std::string> fields;
    std::optional<std::uint64_t> if_version;
    bool yes = false;
};

int history(Session& session, const std::string& reference, const std::string& path) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const CustomerId id, find_by_name(workspace, reference));
        const Field* only = path.empty() ? nullptr : workspace.fields().find(path);
        if (!path.empty() && only == nullptr) {
            return Error{
                ErrorCode::NotFound, Remedy::Reject, path, "no system of this hub has this field"};
        }
        Listing listing;
        listing.noun = "changes";
        listing.columns = {
            {"at", "AT"},
            {"field", "FIELD"},
            {"kind", "WHAT"},
            {"origin", "BY"},
            {"rule", "RULE"},
            {"before", "BEFORE"},
            {"after", "AFTER"},
            {"run", "RUN"}};
        const bool is_document = format == Format::Json || format == Format::Ndjson;
        for (const Change& change : workspace.store().history(id)) {
            for (const FieldChange& item : change.fields) {
                if (only != nullptr && item.field != only->id) continue;
                const Field* field = workspace.fields().find(item.field);
                if (field == nullptr && item.field != FieldId{}) continue;
                const auto value = [&](const std::optional<FieldValue>& side) {
                    if (!side) return Json(nullptr);
                    return is_document && field != nullptr ? value_json(*field, *side)
                                                           : Json(value_text(*side));
                };
                listing.rows.push_back(
                    {to_rfc3339(change.at),
                     field == nullptr ? "" : field->path,
                     std::string(name(item.kind)),
                     origin_text(item.origin),
                     std::string(name(item.rule)),
                     value(item.before),
                     value(item.after),
                     format == Format::Table ? short_text(change.run) : to_text(change.run)}
                );
            }
        }
        print(listing, format);
        return kDone;
    });
}

/// What a restore would change, for people.
struct Restoring {
    Timestamp moment;
    std::string text;
    std::size_t fields = 0;
    std::uint64_t version = 0;  ///< of what is shown of the record
};

Result<Restoring> preview(Workspace& workspace, const RestoreOptions& options, Timestamp now) {
    SYNCLINE_TRY(const CustomerId id, find_by_name(workspace, options.record));
    SYNCLINE_TRY(const Timestamp moment, read_moment(options.moment, now));
    SYNCLINE_TRY(const auto then, past_of(workspace.store(), id, moment));
    const std::uint64_t version = sync::shown_version(workspace.store().history(id));
    const std::vector<CustomerId> ids{id};
    const std::vector<Customer> found = workspace.store().customers(ids);
    if (found.empty())
        return Error{
            ErrorCode::NotFound, Remedy::Reject, options.record, "there is no such record"};
    SYNCLINE_TRY(
        const auto values,
        values_to_restore(workspace.fields(), found.front(), then, options.fields)
    );
    Restoring restoring{moment, {}, values.size(), version};
    restoring.text = "record " + to_text(id) + " as of " + to_rfc3339(moment) + "\n";
    for (const auto& [field, value] : values) {
        restoring.text += "  " + workspace.fields().at(field).path + ": " +
                          value_text(found.front().fields.find(field)->value) + " -> " +
                          value_text(value) + "\n";
    }
    return restoring;
}

int restore(Session& session, const RestoreOptions& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    std::optional<Restoring> planned;
    const int shown = read_hub(session, [&](Workspace& workspace, Format) -> Result<int> {
        SYNCLINE_TRY(planned, preview(workspace, options, session.environment->clock.now()));
        return kDone;
    });
    if (!planned) return shown;
    // Who is asked decides on what they are shown; who is not says on what, if they know.
    std::optional<std::uint64_t> if_version = options.if_version;
    if (planned->fields > 0 && !options.yes) {
        if (::isatty(STDIN_FILENO) == 0) {
            print_note(planned->text + "syncline: nobody to ask here; add --yes to restore this");
            return kUsage;
        }
        print_line(planned->text);
        std::fputs("Restore these values? [y/N] ", stdout);
        std::fflush(stdout);
        const int answer = std::getchar();
        if (answer != 'y' && answer != 'Y') return kUsage;
        if (!if_version) if_version = planned->version;
    }
    Json params{
        {"record", options.record},
        {"as_of", to_rfc3339(planned->moment)},
        {"fields", options.fields},
        {"user", current_user()}};
    if (if_version) params["if_version"] = *if_version;
    const auto record = [&](Workspace& workspace) {
        return find_by_name(workspace, options.record);
    };
    return decide_and_tell(session, "restore", params, record, [&](const Json& done) {
        const auto count = done["restored"].size();
        if (count == 0) return std::string("Nothing to restore: the values are the same.");
        return planned->text + "Restored. The systems get the values with the next run.";
    });
}

}  // namespace

int show_as_of(Session& session, const std::string& reference, const std::string& moment) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const CustomerId id, find_by_name(workspace, reference));
        SYNCLINE_TRY(const Timestamp at, read_moment(moment, session.environment->clock.now()));
        Customer past;
        past.id = id;
        SYNCLINE_TRY(past.fields, past_of(workspace.store(), id, at));
        Json document = Json::object();
        document["as_of"] = to_rfc3339(at);
        document["record"] = customer_json(past, workspace.fields());
        document["fields"] = Json::array();
        std::string text = "record " + to_text(id) + " as of " + to_rfc3339(at) + "\n";
        for (const auto& [field_id, state] : past.fields) {
            const Field* field = workspace.fields().find(field_id);
            if (field == nullptr) continue;
            document["fields"].push_back(Json{
                {"field", field->path},
                {"rule", std::string(name(state.rule))},
                {"source", origin_json(state.origin)}});
            text += "  " + field->path + ": " + value_text(state.value) + "  (" +
                    std::string(name(state.rule)) + ", from " + origin_text(state.origin) + ")\n";
        }
        print(document, format, text);
        return kDone;
    });
}

void add_past_commands(CLI::App& records, Session& session) {
    const char* const reference = "Its id, 8 characters of its beginning or end, or erp:17";
    const auto options = std::make_shared<RestoreOptions>();
    const auto path = std::make_shared<std::string>();
    CLI::App* history_command =
        records.add_subcommand("history", "Everything that happened to a record");
    history_command->add_option("record", options->record, reference)->required();
    history_command->add_option("--field", *path, "Only this field: phones.main.number");
    add_format(*history_command, session);
    history_command->callback([&session, options, path] {
        session.command = [&session, options, path] {
            return history(session, options->record, *path);
        };
    });

    CLI::App* restore_command =
        records.add_subcommand("restore", "Give a record values that it had before");
    restore_command->add_option("record", options->record, reference)->required();
    restore_command->add_option("--as-of", options->moment, "2026-05-01, a time, or 2h ago as 2h")
        ->required();
    restore_command->add_option("--field", options->fields, "Only this field; may be repeated");
    add_if_version(*restore_command, options->if_version);
    restore_command->add_flag("-y,--yes", options->yes, "Do not ask");
    add_format(*restore_command, session);
    restore_command->callback([&session, options] {
        session.command = [&session, options] { return restore(session, *options); };
    });
}

}  // namespace syncline::app
