#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/find_by_name.hpp"
#include "app/exit_code.hpp"
#include "app/explanation.hpp"
#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "base/text.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/holds.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kPerLoad = 200;

struct ListOptions {
    std::size_t limit = 100;
    std::string system;
    bool deleted = false;
};

/// Calls `visit` with every customer of this state and its links, a few hundred at a time; stops
/// when it says so.
template <class Visit>
void for_each_customer(store::Store& store, CustomerState state, Visit visit) {
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = store.customers_after(last, kPerLoad);
        if (ids.empty()) return;
        std::multimap<CustomerId, Link> links;
        for (Link& link : store.links_of_customers(ids)) {
            const CustomerId owner = link.customer;
            links.emplace(owner, std::move(link));
        }
        std::vector<Customer> customers = store.customers(ids);
        std::sort(customers.begin(), customers.end(), [](const Customer& a, const Customer& b) {
            return a.id < b.id;
        });
        for (const Customer& customer : customers) {
            if (customer.state != state) continue;
            std::vector<Link> own;
            const auto [begin, end] = links.equal_range(customer.id);
            for (auto at = begin; at != end; ++at)
                own.push_back(at->second);
            if (!visit(customer, own)) return;
        }
        last = ids.back();
    }
}

/// Is the record in its system, as far as the hub knows? One of a deleted customer is set aside.
bool is_there(const Link& link) {
    return link.state == LinkState::Active || link.state == LinkState::Suspended ||
           link.state == LinkState::Condemned;
}

std::string systems_text(const std::vector<Link>& links) {
    std::vector<std::string> names;
    for (const Link& link : links) {
        if (is_there(link)) names.push_back(link.system.text() + ":" + link.remote_id.text());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : " ") + name;
    return text;
}

Listing new_listing() {
    Listing listing;
    listing.noun = "records";
    listing.columns = {{"id", "RECORD"}, {"name", "NAME"}, {"systems", "SYSTEMS"}};
    return listing;
}

void add_row(
    Listing& listing, Workspace& workspace, const Customer& customer, const std::vector<Link>& links
) {
    listing.rows.push_back(
        {to_text(customer.id), name_of(customer, workspace.fields()), systems_text(links)}
    );
}

int list(Session& session, const ListOptions& options) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        const auto& systems = workspace.hub().systems;
        const bool is_known = std::any_of(systems.begin(), systems.end(), [&](const auto& system) {
            return system.id.text() == options.system;
        });
        if (!options.system.empty() && !is_known) {
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                options.system,
                "no system has this name; see `syncline systems list`"};
        }
        Listing listing = new_listing();
        std::uint64_t left_out = 0;
        const auto state = options.deleted ? CustomerState::Deleted : CustomerState::Active;
        const auto add = [&](const Customer& customer, const std::vector<Link>& links) {
            const bool fits = options.system.empty() ||
                              std::any_of(links.begin(), links.end(), [&](const Link& link) {
                                  return link.system.text() == options.system && is_there(link);
                              });
            if (!fits) return true;
            if (listing.rows.size() < options.limit)
                add_row(listing, workspace, customer, links);
            else
                ++left_out;
            return true;
        };
        for_each_customer(workspace.store(), state, add);
        print(listing, format);
        if (left_out > 0)
            print_note("… and " + std::to_string(left_out) + " more; --limit shows them");
        return kDone;
    });
}

/// Looks for the words in every value. Values are encrypted one by one, so this reads every record.
int find(Session& session, const std::string& words, const ListOptions& options) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        const std::string wanted = normal::folded(words);
        if (trimmed(wanted).empty()) {
            return Error{
                ErrorCode::UsageInvalid,
                Remedy::Reject,
                "records find",
                "say what to look for; `records list` lists all"};
        }
        bool is_cut = false;
        const std::string digits = normal::letters_and_digits(wanted);
        Listing listing = new_listing();
        const auto add = [&](const Customer& customer, const std::vector<Link>& links) {
            const auto has = [&](const std::optional<std::string>& part) {
                if (!part) return false;
                const std::string text = normal::folded(*part);
                return text.find(wanted) != std::string::npos ||
                       (digits.size() > 5 &&
                        normal::letters_and_digits(text).find(digits) != std::string::npos);
            };
            const bool fits =
                std::any_of(customer.fields.begin(), customer.fields.end(), [&](const auto& entry) {
                    const auto& parts = entry.second.value.parts;
                    return std::any_of(parts.begin(), parts.end(), has);
                });
            if (!fits) return true;
            is_cut = listing.rows.size() == options.limit;
            if (!is_cut) add_row(listing, workspace, customer, links);
            return !is_cut;
        };
        for_each_customer(workspace.store(), CustomerState::Active, add);
        print(listing, format);
        if (is_cut)
            print_note(
                "… these are the first " + std::to_string(options.limit) + "; --limit shows more"
            );
        return kDone;
    });
}

/// A customer, and what was asked for when that was merged into it.
struct Found {
    sync::Aggregate aggregate;
    std::optional<CustomerId> merged;
    std::uint64_t version = 0;  ///< of what is shown of it
};

Result<Found> load(Workspace& workspace, const std::string& reference) {
    SYNCLINE_TRY(const CustomerId id, find_by_name(workspace, reference));
    const Error missing{ErrorCode::NotFound, Remedy::Reject, reference, "there is no such record"};
    CustomerId current = id;
    constexpr int kLongestChain = 1'000;
    for (int i = 0; i < kLongestChain; ++i) {
        const std::vector<CustomerId> ids{current};
        // Before what it is of: a change in between makes it too old, never too new.
        const std::uint64_t version = sync::shown_version(workspace.store().history(current));
        std::vector<sync::Aggregate> loaded = sync::load_aggregates(workspace.store(), ids);
        if (loaded.empty()) return missing;
        if (loaded.front().customer.state != CustomerState::Alias) {
            const bool is_merged = current != id;
            return Found{
                std::move(loaded.front()), is_merged ? std::optional(id) : std::nullopt, version};
        }
        current = loaded.front().customer.alias_of;
    }
    return missing;
}

Json links_json(const sync::Aggregate& aggregate) {
    Json links = Json::array();
    for (const Link& link : aggregate.links)
        links.push_back(Json{
            {"system", link.system.text()},
            {"remote_id", link.remote_id.text()},
            {"state", std::string(name(link.state))},
            {"role", std::string(name(link.role))},
            {"read_at", to_rfc3339(link.read_at)}});
    return links;
}

std::string link_text(const Link& link) {
    const bool is_only_read = link.role == LinkRole::Secondary && link.state != LinkState::Gone;
    return "  in " + link.system.text() + ": " + link.remote_id.text() + " (" +
           std::string(name(link.state)) + (is_only_read ? ", only read" : "") + ")\n";
}

int show(Session& session, const std::string& reference) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const Found found, load(workspace, reference));
        const Customer& customer = found.aggregate.customer;
        Json document = Json::object();
        document["record"] = customer_json(customer, workspace.fields());
        document["links"] = links_json(found.aggregate);
        document["state"] = std::string(name(customer.state));
        document["version"] = found.version;
        std::string text;
        if (found.merged) {
            document["asked_for"] = to_text(*found.merged);
            text = "record " + to_text(*found.merged) + " was merged into:\n";
        }
        text += "record " + to_text(customer.id);
        text += customer.state == CustomerState::Deleted ? " (deleted)\n" : "\n";
        for (const auto& [id, state] : customer.fields) {
            if (const Field* field = workspace.fields().find(id))
                text += "  " + field->path + ": " + value_text(state.value) + "  (" +
                        std::string(name(state.rule)) + ", from " + origin_text(state.origin) +
                        ")\n";
        }
        for (const Link& link : found.aggregate.links)
            text += link_text(link);
        print(document, format, text);
        return kDone;
    });
}

int explain(Session& session, const std::string& reference, const std::string& path) {
    return read_hub(session, [&](Workspace& workspace, Format format) -> Result<int> {
        SYNCLINE_TRY(const Found found, load(workspace, reference));
        if (found.merged)
            print_note(
                "syncline: " + to_text(*found.merged) + " was merged into " +
                to_text(found.aggregate.customer.id) + "; this is what that one has"
            );
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        sync::heed_holds(rules->rules, workspace.store());
        SYNCLINE_TRY(
            const Explanation explanation,
            explain_field(rules->rules, found.aggregate, workspace.store(), path)
        );
        print(explanation.document, format, explanation.text);
        return kDone;
    });
}

void add_limit(CLI::App& command, ListOptions& options) {
    constexpr std::size_t kMost = 1'000'000;
    command.add_option("--limit", options.limit, "At most so many")
        ->check(CLI::Range(std::size_t{1}, kMost))
        ->type_name("N");
}

}  // namespace

Result<CustomerId> find_by_name(Workspace& workspace, const std::string& reference) {
    auto found = find_record(workspace.store(), reference);
    const auto colon = reference.find(':');
    if (found || colon == std::string::npos) return found;
    std::vector<std::string> names;
    for (const SystemSetting& system : workspace.hub().systems)
        names.push_back(system.id.text());
    const std::string named = reference.substr(0, colon);
    if (std::find(names.begin(), names.end(), named) != names.end()) return found;
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        reference,
        "no system is called \"" + named + "\"; there are " + listed(names)};
}

void add_record_commands(CLI::App& app, Session& session) {
    CLI::App* records = app.add_subcommand("records", "The canonical records");
    records->require_subcommand(1);
    const auto options = std::make_shared<ListOptions>();
    const auto reference = std::make_shared<std::string>();
    const auto words = std::make_shared<std::string>();

    CLI::App* list_command = records->add_subcommand("list", "All records");
    add_limit(*list_command, *options);
    list_command->add_option("--system", options->system, "Only records that this system has");
    list_command->add_flag("--deleted", options->deleted, "Those that were deleted");
    add_format(*list_command, session);
    list_command->callback([&session, options] {
        session.command = [&session, options] { return list(session, *options); };
    });

    CLI::App* find_command =
        records->add_subcommand("find", "Records with these words in a value: a name, a number");
    find_command->add_option("words", *words)->required();
    add_limit(*find_command, *options);
    add_format(*find_command, session);
    find_command->callback([&session, options, words] {
        session.command = [&session, options, words] { return find(session, *words, *options); };
    });

    const auto add = [&](CLI::App& parent, const char* verb, const char* help, auto action) {
        CLI::App* command = parent.add_subcommand(verb, help);
        command
            ->add_option(
                "record", *reference, "Its id, 8 characters of its beginning or end, or erp:17"
            )
            ->required();
        add_format(*command, session);
        command->callback([&session, action] { session.command = action; });
        return command;
    };
    const auto moment = std::make_shared<std::string>();
    add(*records, "show", "One record with its values and links", [&session, reference, moment] {
        return moment->empty() ? show(session, *reference)
                               : show_as_of(session, *reference, *moment);
    })->add_option("--as-of", *moment, "Its values then: 2026-05-01, a time, or 2h ago as 2h");
    add_past_commands(*records, session);
    add_merging_commands(*records, session);
    const auto path = std::make_shared<std::string>();
    CLI::App* explain_command =
        add(app,
            "explain",
            "Why a field has its value, and which systems have it",
            [&session, reference, path] { return explain(session, *reference, *path); });
    explain_command->add_option("field", *path, "phones.main.number")->required();
}

}  // namespace syncline::app
