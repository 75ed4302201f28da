#include "app/commands/commands.hpp"
#include "app/error_advice.hpp"
#include "app/error_tally.hpp"
#include "app/exit_code.hpp"
#include "app/record_reference.hpp"
#include "app/review_view.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

bool is_review(const Case& item) {
    return item.kind != CaseKind::Conflict;
}

int list_reviews(Session& session) {
    return read_hub(session, [](Workspace& workspace, Format format) -> Result<int> {
        Listing listing;
        listing.noun = "reviews";
        listing.columns = {
            {"id", "REVIEW"},
            {"kind", "KIND"},
            {"system", "SYSTEM"},
            {"opened_at", "SINCE"},
            {"reason", "WHY"}};
        for (const Case& item : workspace.store().cases(std::nullopt, /*open_only=*/true)) {
            if (!is_review(item)) continue;
            listing.rows.push_back(
                {to_text(item.id),
                 std::string(name(item.kind)),
                 item.system.text(),
                 to_rfc3339(item.opened_at),
                 item.reason}
            );
        }
        print(listing, format);
        return kDone;
    });
}

/// Who was said not to be the same customer, and by whom.
int list_told_apart(Session& session) {
    return read_hub(session, [](Workspace& workspace, Format format) -> Result<int> {
        Listing listing;
        listing.noun = "pairs";
        listing.columns = {
            {"record", "RECORD"}, {"other", "OTHER"}, {"since", "SINCE"}, {"decision", "DECISION"}};
        for (const Case& item : workspace.store().cases(CaseKind::Apart, /*open_only=*/false)) {
            if (!item.keeps_apart()) continue;
            listing.rows.push_back(
                {to_text(item.customer),
                 to_text(item.candidates.front().customer),
                 to_rfc3339(item.opened_at),
                 item.resolution}
            );
        }
        print(listing, format);
        return kDone;
    });
}

/// How a review that is not about placing a record can be settled.
std::string answers_text(Workspace& workspace, const Case& item) {
    const std::string id = short_text(item.id);
    const std::string close =
        "close it, leaving things as they are: syncline reviews dismiss " + id + "\n";
    const std::vector<LinkId> ids{item.link};
    const auto links = workspace.store().links_by_id(ids);
    if (item.kind != CaseKind::Gone || links.empty()) return close;
    RightsSetting rights;
    for (const SystemSetting& system : workspace.hub().systems) {
        if (system.id == item.system) rights = system.rights;
    }
    std::string text;
    if (links.front().state == LinkState::Gone) {
        if (rights.create)
            text += "make the record there again: syncline reviews recreate " + id + "\n";
        text += "delete the customer, elsewhere too: syncline reviews delete " + id + "\n";
    } else {
        if (rights.remove) text += "delete the record too: syncline reviews delete " + id + "\n";
        text += "bring the customer back: syncline records undelete " + short_text(item.customer) +
                "\n";
    }
    return text + close;
}

int show_review(Session& session, const std::string& reference) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const Case item, find_case(workspace.store(), Question::Review, reference));
        ReviewView view = view_of(workspace, item);
        if (!item.is_open()) {
            view.text += "settled: " + item.resolution + "\n";
        } else if (item.kind == CaseKind::Association) {
            view.text += "settle it: syncline reviews link " + short_text(item.id) +
                         " [RECORD], or syncline reviews new " + short_text(item.id) + "\n";
        } else {
            view.text += answers_text(workspace, item);
        }
        print(view.document, format, view.text);
        return kDone;
    });
}

int answer_review(
    Session& session, const char* answer, const std::string& review, const std::string& record
) {
    Json params{{"review", review}, {"answer", answer}, {"user", current_user()}};
    if (!record.empty()) params["record"] = record;
    return change_and_tell(session, "answer_review", params, [](const Json& done) {
        return "Settled: " + done["state"].get<std::string>() + ".";
    });
}

int list_quarantine(Session& session) {
    return read_hub(session, [](Workspace& workspace, Format format) -> Result<int> {
        Listing listing;
        listing.noun = "quarantined";
        listing.columns = {
            {"id", "ITEM"},
            {"system", "SYSTEM"},
            {"direction", "DIRECTION"},
            {"record", "RECORD"},
            {"field", "FIELD"},
            {"tries", "TRIES"},
            {"last_at", "LAST"},
            {"reason", "WHY"}};
        for (const QuarantineItem& item : workspace.store().quarantine()) {
            const Field* field = workspace.fields().find(item.field);
            listing.rows.push_back(
                {item.id,
                 item.system.text(),
                 item.direction == Direction::Inbound ? "in" : "out",
                 item.remote_id.empty() && !item.customer.is_nil() ? to_text(item.customer)
                                                                   : item.remote_id.text(),
                 field == nullptr ? "" : field->path,
                 item.tries,
                 to_rfc3339(item.last_at),
                 item.reason}
            );
        }
        print(listing, format);
        return kDone;
    });
}

int show_quarantined(Session& session, std::uint64_t id) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        for (const QuarantineItem& item : workspace.store().quarantine()) {
            if (item.id != id) continue;
            const Field* field = workspace.fields().find(item.field);
            Json raw = Json::object();
            const std::string whose = item.system.empty() ? "the hub" : item.system.text();
            std::string text = "item " + std::to_string(id) + " of " + whose + " (" +
                               std::string(name(item.code)) + ")\n  " + item.reason + "\n";
            for (const auto& [remote, value] : item.raw) {
                raw[remote] = value.text;
                text += "  " + remote + ": " + value.text + "\n";
            }
            text += "try again: syncline quarantine retry " + std::to_string(id) + "\n";
            Json document{
                {"id", item.id},
                {"system", item.system.text()},
                {"direction", item.direction == Direction::Inbound ? "in" : "out"},
                {"remote_id", item.remote_id.text()},
                {"field", field == nullptr ? "" : field->path},
                {"code", std::string(name(item.code))},
                {"reason", item.reason},
                {"tries", item.tries},
                {"first_at", to_rfc3339(item.first_at)},
                {"last_at", to_rfc3339(item.last_at)}};
            document["raw"] = std::move(raw);
            print(document, format, text);
            return kDone;
        }
        return Error{
            ErrorCode::NotFound, Remedy::Reject, std::to_string(id), "there is no such item"};
    });
}

/// What the catalogue advises first, once for each error that occurs.
void print_advice(const std::vector<ErrorTally>& tallies, const std::string& command) {
    std::vector<ErrorCode> told;
    for (const ErrorTally& tally : tallies) {
        if (std::find(told.begin(), told.end(), tally.code) != told.end()) continue;
        told.push_back(tally.code);
        print_line(
            "\n" + std::string(name(tally.code)) + ": " +
            advice_for(entry_of(tally.code), command) + "\n  more: " + command +
            " errors explain " + std::string(name(tally.code))
        );
    }
}

/// How many items have the same system, code and field.
int list_groups(Session& session) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        const auto tallies = tally_errors(workspace.store().quarantine(), workspace.fields());
        const bool is_table = format == Format::Table;
        Listing listing;
        listing.noun = is_table ? "quarantined" : "groups";
        listing.columns = {
            {"items", "ITEMS"},
            {"system", "SYSTEM"},
            {"code", "CODE"},
            {"field", "FIELD"},
            {"first_at", "FIRST"},
            {"last_at", "LAST"},
            {"reason", "WHY"}};
        if (!is_table)
            for (const char* key : {"reasons", "hint"})
                listing.columns.push_back({key, ""});
        for (const ErrorTally& tally : tallies) {
            std::string reason = tally.reason;
            if (is_table && tally.reasons > 1)
                reason += " (and " + counted(tally.reasons - 1, "other reason") + ")";
            listing.rows.push_back(
                {tally.items,
                 tally.system.text(),
                 name(tally.code),
                 tally.field,
                 to_rfc3339(tally.first_at),
                 to_rfc3339(tally.last_at),
                 std::move(reason)}
            );
            if (is_table) continue;
            listing.rows.back().push_back(tally.reasons);
            listing.rows.back().push_back(advice_for(entry_of(tally.code), command_of(session)));
        }
        print(listing, format);
        if (is_table) print_advice(tallies, command_of(session));
        return kDone;
    });
}

/// What is to be tried again: single items, all of a kind, or all.
struct Retry {
    std::vector<std::uint64_t> ids;
    std::string system, code;
    bool all = false;
};

int retry_quarantined(Session& session, const Retry& retry) {
    const bool is_group = !retry.system.empty() || !retry.code.empty();
    if (int(!retry.ids.empty()) + int(retry.all) + int(is_group) != 1)
        return fail(
            {ErrorCode::UsageInvalid,
             Remedy::Reject,
             "quarantine retry",
             "name items, or a group with --system and --code, or --all"}
        );
    Json params{{"ids", retry.ids}};
    if (!retry.system.empty()) params["system"] = retry.system;
    if (!retry.code.empty()) params["code"] = retry.code;
    return change_and_tell(session, "retry_quarantined", params, [](const Json& done) {
        return counted(done["retried"].get<std::uint64_t>(), "item") +
               " will be tried again with the next run.";
    });
}

void add_reviews(CLI::App& app, Session& session) {
    CLI::App* reviews = app.add_subcommand("reviews", "Records that a person must place");
    reviews->require_subcommand(1);
    CLI::App* list = reviews->add_subcommand("list", "Open reviews");
    add_format(*list, session);
    const auto told_apart = std::make_shared<bool>(false);
    list->add_flag("--apart", *told_apart, "Instead, who was said not to be the same customer");
    list->callback([&session, told_apart] {
        session.command = [&session, told_apart] {
            return *told_apart ? list_told_apart(session) : list_reviews(session);
        };
    });
    const auto review = std::make_shared<std::string>();
    const auto record = std::make_shared<std::string>();
    CLI::App* show = reviews->add_subcommand("show", "The record and the customers it may be");
    show->add_option("review", *review)->required();
    add_format(*show, session);
    show->callback([&session, review] {
        session.command = [&session, review] { return show_review(session, *review); };
    });
    const auto add = [&](const char* verb, const char* help, bool takes_record) {
        CLI::App* command = reviews->add_subcommand(verb, help);
        command->add_option("review", *review)->required();
        if (takes_record)
            command->add_option("record", *record, "The customer, if there are several");
        add_format(*command, session);
        command->callback([&session, verb, review, record] {
            session.command = [&session, verb, review, record] {
                return answer_review(session, verb, *review, *record);
            };
        });
    };
    add("link", "It is this customer", true);
    add("new", "It is a customer of its own", false);
    add("recreate", "The record is missing: make it again there", false);
    add("delete",
        "The record is missing: delete the customer; or it outlived them: delete it too",
        false);
    add("dismiss", "Close a review about a gone or duplicate record", false);
    add_decide_reviews_command(*reviews, session);
}

void add_quarantine(CLI::App& app, Session& session) {
    CLI::App* quarantine =
        app.add_subcommand("quarantine", "What could not be read or written, with its reason");
    quarantine->require_subcommand(1);
    CLI::App* list = quarantine->add_subcommand("list", "Everything set aside");
    add_format(*list, session);
    const auto grouped = std::make_shared<bool>(false);
    list->add_flag("--group", *grouped, "How many items of each kind, since when, and what to do");
    list->callback([&session, grouped] {
        session.command = [&session, grouped] {
            return *grouped ? list_groups(session) : list_quarantine(session);
        };
    });
    const auto item = std::make_shared<std::uint64_t>(0);
    CLI::App* show = quarantine->add_subcommand("show", "One item with the values that were read");
    show->add_option("item", *item)->required()->check(CLI::PositiveNumber);
    add_format(*show, session);
    show->callback([&session, item] {
        session.command = [&session, item] { return show_quarantined(session, *item); };
    });
    const auto wanted = std::make_shared<Retry>();
    CLI::App* retry = quarantine->add_subcommand("retry", "Try again with the next run");
    retry->add_option("items", wanted->ids)->check(CLI::PositiveNumber);
    retry->add_option("--system", wanted->system, "All items of this system");
    retry->add_option("--code", wanted->code, "All items with this error");
    retry->add_flag("--all", wanted->all, "All items");
    add_format(*retry, session);
    retry->callback([&session, wanted] {
        session.command = [&session, wanted] { return retry_quarantined(session, *wanted); };
    });
}

}  // namespace

void add_question_commands(CLI::App& app, Session& session) {
    add_reviews(app, session);
    add_quarantine(app, session);
}

}  // namespace syncline::app
