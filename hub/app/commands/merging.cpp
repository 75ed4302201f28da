// The commands about whole records: merge, unmerge, link, unlink, delete, undelete.

#include "app/commands/commands.hpp"
#include "app/commands/deciding.hpp"
#include "app/exit_code.hpp"
#include "app/output.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

struct RecordAct {
    std::string operation;
    std::string record;
    std::string other;
    std::vector<std::string> take_ours;
    std::vector<std::string> take_theirs;
    bool all = false;
    std::optional<std::uint64_t> if_version;
    bool yes = false;
    bool dry_run = false;
};

Json params_of(const RecordAct& act, const char* second, bool preview) {
    Json params{{"record", act.record}, {"user", current_user()}, {"preview", preview}};
    if (second != nullptr) params[second] = act.other;
    if (act.all) params["all"] = true;
    Json take = Json::object();
    for (const std::string& path : act.take_ours)
        take[path] = "ours";
    for (const std::string& path : act.take_theirs)
        take[path] = "theirs";
    if (!take.empty()) params["take"] = std::move(take);
    if (act.if_version) params["if_version"] = *act.if_version;
    return params;
}

std::string shown(const Json& value) {
    if (value.is_null()) return "nothing";
    if (!value.is_object()) return value.get<std::string>();
    std::string text;  // an address
    for (const auto& [name, part] : value.items())
        text += (text.empty() ? "" : ", ") + part.get<std::string>();
    return text;
}

std::string called(const Json& id, const Json& name) {
    if (id.is_null()) return "a new customer";
    const auto text = name.get<std::string>();
    return (text.empty() ? "" : text + ", ") + id.get<std::string>();
}

std::string side_text(const Json& side) {
    std::string text = called(side["id"], side["name"]) + "\n";
    for (const Json& record : side.value("records", Json::array())) {
        const bool is_there = record["state"] != "gone";
        text += "    " + record["record"].get<std::string>();
        if (is_there && record["role"] == "secondary") text += " (only read)";
        if (record["state"] != "active") text += " (" + record["state"].get<std::string>() + ")";
        text += "\n";
    }
    return text;
}

std::string reason_text(const Json& field) {
    if (field["undecided"] == true) return "no policy decides: the surviving record's value stands";
    const auto rule = field["rule"].get<std::string>();
    return rule == "none" ? "only one has it" : rule;
}

std::string fields_text(const Json& report) {
    std::string text;
    for (const Json& field : report["fields"]) {
        const bool theirs = field["stands"] == "theirs";
        text += "  " + field["field"].get<std::string>() + ": " +
                shown(field[theirs ? "theirs" : "ours"]) + ", not " +
                shown(field[theirs ? "ours" : "theirs"]) + " (" + reason_text(field) + ")\n";
    }
    return text;
}

std::string writes_text(const Json& report) {
    std::string text;
    for (const Json& write : report["writes"]) {
        text += "  " + write["record"].get<std::string>() + ":";
        const char* separator = " ";
        for (const Json& field : write["fields"])
            text += std::exchange(separator, ", ") + field.get<std::string>();
        text += "\n";
    }
    return text;
}

std::string section(const std::string& title, const std::string& lines) {
    return lines.empty() ? "" : title + "\n" + lines;
}

std::string merge_text(const Json& report, const std::string& operation) {
    const bool separates = operation == "unmerge_records" || operation == "unlink_record";
    std::string text = "  stays: " + side_text(report["record"]);
    for (const Json& other : report.value("others", Json::array({report.value("other", Json())})))
        text += (separates ? "  leaves: " : "  merged into it: ") + side_text(other);
    if (const std::string said = report.value("told_apart", ""); !said.empty())
        text += "Told apart: " + said + ". Joining the two takes that back.\n";
    const std::string fields = fields_text(report);
    if (!separates && fields.empty()) text += "They differ in no field.\n";
    text += section("Where the two differ, what stands:", fields);
    const std::string writes = writes_text(report);
    text += section("The next run writes:", writes);
    if (writes.empty()) text += "No record has to be changed for it.\n";
    std::string kept;
    for (const Json& field : report["kept"])
        kept += "  " + field.get<std::string>() + "\n";
    text += section("Decided by people since the merge; these stay with the one that stays:", kept);
    return text;
}

/// What "on_delete" does to a record, in words.
std::string what_follows(const std::string& on_delete) {
    if (on_delete == "delete")
        return "is deleted there, if its connector can; else a review asks about it";
    if (on_delete == "deactivate") return "stays, as inactive, and is left alone";
    if (on_delete == "unlink") return "stays as it is, and is left alone";
    return "stays as it is, and a review asks about it";
}

std::string deletion_text(const Json& report) {
    std::string text = "  " + called(report["record"], report["name"]) + "\n";
    for (const Json& record : report["records"])
        text += "    " + record["record"].get<std::string>() + ": " +
                what_follows(record["on_delete"].get<std::string>()) + "\n";
    if (report["records"].empty()) text += "    no system has a record of it\n";
    return text;
}

std::string preview_text(const Json& report, const std::string& operation) {
    return operation == "delete_record" ? deletion_text(report) : merge_text(report, operation);
}

/// Shows what would happen and asks on a terminal; elsewhere --yes is needed. What is a document is
/// kept free of it.
bool is_confirmed(const std::string& preview, const std::string& question, bool is_document) {
    if (::isatty(STDIN_FILENO) == 0) {
        print_note(preview);
        print_note(
            "syncline: nobody to ask here; add --yes to do it without being asked, or --dry-run to "
            "see what it would do"
        );
        return false;
    }
    std::FILE* const out = is_document ? stderr : stdout;
    std::fputs((preview + question + " [y/N] ").c_str(), out);
    std::fflush(out);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

int perform_act(
    Session& session,
    RecordAct act,
    const char* second,
    const std::string& question,
    const std::string& done
) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    int code = kDone;
    if (act.dry_run || !act.yes) {
        const auto preview = change_hub(session, act.operation, params_of(act, second, true), code);
        if (!preview) return code;
        const std::string text = preview_text(*preview, act.operation);
        if (act.dry_run) {
            print(*preview, *format, text);
            return kDone;
        }
        if (!is_confirmed(text, question, *format != Format::Table)) return kUsage;
        if (preview->contains("version"))  // the answer is about what was shown
            act.if_version = (*preview)["version"].get<std::uint64_t>();
    }
    const auto report = change_hub(session, act.operation, params_of(act, second, false), code);
    if (report) print(*report, *format, done + "\n" + preview_text(*report, act.operation));
    return code;
}

/// What a command does with the record it names.
struct Verb {
    const char* operation;
    const char* second;  ///< name of the second parameter, or nullptr
    const char* question;
    const char* done;
};

using SharedAct = std::shared_ptr<RecordAct>;

void add_record(CLI::App& command, const SharedAct& act) {
    command
        .add_option(
            "record", act->record, "Its id, 8 characters of its beginning or end, or erp:17"
        )
        ->required();
}

void add_act(CLI::App& command, Session& session, const SharedAct& act, const Verb& verb) {
    command.add_flag("-y,--yes", act->yes, "Do not ask");
    command.add_flag("--dry-run", act->dry_run, "Show what it would do, and do nothing");
    add_format(command, session);
    command.callback([&session, act, verb] {
        session.command = [&session, act, verb] {
            act->operation = verb.operation;
            return perform_act(session, *act, verb.second, verb.question, verb.done);
        };
    });
}

void add_merge(CLI::App& records, Session& session, const SharedAct& act) {
    CLI::App* merge = records.add_subcommand(
        "merge", "Two records are one customer: the second becomes part of the first"
    );
    add_record(*merge, act);
    merge->add_option("other", act->other, "The record that is merged into it")->required();
    merge->add_option(
        "--take-first", act->take_ours, "A field whose value of the first record stands"
    );
    merge->add_option(
        "--take-second", act->take_theirs, "A field whose value of the second one stands"
    );
    add_if_version(*merge, act->if_version);
    add_act(
        *merge,
        session,
        act,
        {"merge_records", "other", "Merge them?", "Merged; `records unmerge` takes it back."}
    );
    CLI::App* unmerge = records.add_subcommand("unmerge", "Take a merge back");
    add_record(*unmerge, act);
    unmerge->add_flag("--all", act->all, "Separate everything that was merged into the record");
    add_act(*unmerge, session, act, {"unmerge_records", nullptr, "Separate them?", "Separated."});
}

void add_link(CLI::App& records, Session& session, const SharedAct& act) {
    CLI::App* link = records.add_subcommand("link", "A remote record belongs to this customer");
    add_record(*link, act);
    link->add_option("remote", act->other, "erp:17")->required();
    add_act(
        *link,
        session,
        act,
        {"link_record", "remote", "Link it?", "Linked; `records unmerge` takes it back."}
    );
    CLI::App* unlink = records.add_subcommand(
        "unlink", "A remote record belongs to another customer: it begins one of its own"
    );
    add_record(*unlink, act);
    unlink->add_option("remote", act->other, "erp:17")->required();
    add_act(*unlink, session, act, {"unlink_record", "remote", "Separate it?", "Separated."});
}

void add_delete(CLI::App& records, Session& session, const SharedAct& act) {
    CLI::App* remove = records.add_subcommand(
        "delete", "Delete a customer; in each system what its \"on_delete\" says"
    );
    add_record(*remove, act);
    add_act(
        *remove,
        session,
        act,
        {"delete_record",
         nullptr,
         "Delete this customer?",
         "Deleted; `records undelete` brings the customer back."}
    );
    CLI::App* undelete = records.add_subcommand("undelete", "Bring a deleted customer back");
    add_record(*undelete, act);
    add_format(*undelete, session);
    undelete->callback([&session, act] {
        session.command = [&session, act] {
            const Json params{{"record", act->record}, {"user", current_user()}};
            return change_and_tell(session, "undelete_record", params, [](const Json&) {
                return std::string("Brought back; its records are synchronised from the next run.");
            });
        };
    });
}

}  // namespace

void add_merging_commands(CLI::App& records, Session& session) {
    const auto act = std::make_shared<RecordAct>();
    add_merge(records, session, act);
    add_link(records, session, act);
    add_delete(records, session, act);
}

}  // namespace syncline::app
