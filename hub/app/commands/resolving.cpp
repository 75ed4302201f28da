// `conflicts resolve`: one, several, those of a kind, or all that a new rule settles.

#include "app/commands/resolving.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/deciding.hpp"
#include "app/commands/resolution_preview.hpp"
#include "app/configured_hub.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/new_policy.hpp"
#include "app/policy_json.hpp"
#include "app/record_reference.hpp"
#include "app/setting_files.hpp"
#include "sync/core/decide_by_hand.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kAtOnce = 100;  ///< decisions that a running hub is asked for in one request
constexpr std::size_t kShown = 20;    ///< rows of a preview that somebody is asked about

Error unclear(const std::string& where, std::string detail) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, where, std::move(detail)};
}

/// The parts of an address, from "city=Gent".
Result<std::map<std::string, std::string>> parts_of(const std::vector<std::string>& given) {
    std::map<std::string, std::string> parts;
    for (const std::string& part : given) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0)
            return unclear("--part", "write it as NAME=TEXT, such as city=Gent");
        parts[part.substr(0, equals)] = part.substr(equals + 1);
    }
    return parts;
}

/// The provably later edit; a person decides where none is.
PolicySetting newest_policy() {
    PolicySetting policy;
    policy.kind = PolicyKind::Newest;
    policy.on_undecided = Undecided::Review;
    return policy;
}

Result<sync::ValueAnswer> answer_of(const Resolution& resolution) {
    if (resolution.value && resolution.value->empty())
        return unclear("--value", "this value is empty; --clear says that there is none");
    const int answers = int(!resolution.take.empty()) + int(resolution.value.has_value()) +
                        int(!resolution.parts.empty()) + int(resolution.stands) +
                        int(resolution.clears) + int(resolution.newest);
    if (answers != 1)
        return unclear(
            "conflicts resolve",
            "say which value is right with one of --take SYSTEM, --value TEXT, --clear, "
            "--standing, --newest, --part NAME=TEXT"
        );
    if (!resolution.take.empty()) return sync::ValueAnswer::of(SystemId{resolution.take});
    if (resolution.newest) return sync::ValueAnswer::by(newest_policy());
    if (resolution.stands) return sync::ValueAnswer::standing();
    SYNCLINE_TRY(auto parts, parts_of(resolution.parts));
    if (resolution.value) parts[""] = *resolution.value;
    return sync::ValueAnswer::value(std::move(parts));
}

/// The answer as a running hub is asked for it.
Json request_of(const sync::ValueAnswer& answer) {
    Json params{{"user", current_user()}};
    switch (answer.kind) {
        case sync::ValueAnswer::Kind::System:
            params["system"] = answer.system.text();
            break;
        case sync::ValueAnswer::Kind::Value:
            params["parts"] = Json(answer.parts);
            if (answer.parts.empty()) params["parts"] = Json::object();
            break;
        case sync::ValueAnswer::Kind::Policy:
            params["policy"] = policy_json(answer.policy);
            break;
        case sync::ValueAnswer::Kind::Standing:
            break;
    }
    return params;
}

int resolve_one(Session& session, const Resolution& resolution, const sync::ValueAnswer& answer) {
    Json params = request_of(answer);
    params["conflict"] = resolution.conflicts.front();
    if (resolution.if_version) params["if_version"] = *resolution.if_version;
    const auto record = [&](Workspace& workspace) -> Result<CustomerId> {
        SYNCLINE_TRY(
            const Case item,
            find_case(workspace.store(), Question::Conflict, resolution.conflicts.front())
        );
        return item.customer;
    };
    return decide_and_tell(session, "resolve_conflict", params, record, [](const Json&) {
        return std::string("Resolved. The systems get the value with the next run.");
    });
}

/// Writes the policy into hub.json; where the hub does not take it, the file is as before.
Result<void> write_policy(const Session& session, const PolicySetting& policy) {
    const std::filesystem::path file = session.places().folder / "hub.json";
    std::ifstream in(file, std::ios::binary);
    const std::string before{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    SYNCLINE_TRY(const std::string after, with_policy(before, policy));
    if (after == before) return {};
    if (auto done = replace_file(file, after); !done) return done;
    const auto taken = ConfiguredHub::read(session.places());
    if (taken) return {};
    if (const auto restored = replace_file(file, before); !restored) return restored;
    return taken.error();
}

Result<Json> carry_out(Session& session, const Preview& preview, const sync::ValueAnswer& answer) {
    std::vector<const PreviewedConflict*> due;
    Json rows = Json::array();
    std::uint64_t resolved = 0;
    for (const PreviewedConflict& item : preview.items) {
        if (item.value)
            due.push_back(&item);
        else
            rows.push_back(item_json(item));
    }
    for (std::size_t at = 0; at < due.size(); at += kAtOnce) {
        const std::size_t end = std::min(due.size(), at + kAtOnce);
        Json params = request_of(answer);
        params["conflicts"] = Json::array();
        for (std::size_t i = at; i < end; ++i)
            params["conflicts"].push_back(
                {{"conflict", to_text(due[i]->conflict.id)}, {"version", due[i]->version}}
            );
        SYNCLINE_TRY(const Json done, try_change(session, "resolve_conflicts", params));
        for (std::size_t i = at; i < end; ++i) {
            const Json& outcome = done.at("conflicts").at(i - at);
            Json row = item_json(*due[i]);
            row["state"] = outcome.at("state");
            row["reason"] = outcome.value("reason", "");
            if (outcome.at("state") == "resolved") ++resolved;
            rows.push_back(std::move(row));
        }
    }
    Json document{{"resolved", resolved}, {"left_out", rows.size() - resolved}};
    add_policy(document, preview);
    document["by"] = current_user();
    document["conflicts"] = std::move(rows);
    return document;
}

std::string done_text(const Json& document) {
    std::string text;
    for (const Json& row : document["conflicts"]) {
        if (row["state"] == "left_out")
            text += "left out: " + row["field"].get<std::string>() + " of " +
                    row["name"].get<std::string>() + ": " + row["reason"].get<std::string>() + "\n";
    }
    if (document.contains("pattern"))
        text += "\"" + document["pattern"].get<std::string>() + "\" is a rule in hub.json now.\n";
    return text + "Resolved: " + std::to_string(document["resolved"].get<std::uint64_t>()) +
           ". The systems get the values with the next run.\n";
}

/// Asks on a terminal; elsewhere --yes is needed.
Result<bool> is_confirmed(const Resolution& resolution, const Preview& preview) {
    if (resolution.yes) return true;
    if (Dialog::has_person())
        return Dialog().confirm(
            preview.policy ? "Write this rule, and settle them?" : "Settle them?", false
        );
    print_note("syncline: nobody to ask here; with --yes this is done");
    return false;
}

int resolve_several(Session& session, const Resolution& resolution, sync::ValueAnswer answer) {
    Preview preview;
    return read_hub(session, [&](Workspace& workspace, Format wanted) -> Result<int> {
        SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
        SYNCLINE_TRY(preview, preview_of(workspace, rules->rules, resolution, answer));
        const bool is_end = resolution.is_dry_run || (preview.count() == 0 && !preview.policy);
        if (is_end)
            print(preview_json(preview), wanted, preview_text(preview, preview.items.size()));
        else if (wanted == Format::Table && !resolution.yes)
            print(Json(), wanted, preview_text(preview, kShown));
        if (is_end) return resolution.is_dry_run || preview.items.empty() ? kDone : kConflictsOpen;
        const auto confirmed = is_confirmed(resolution, preview);
        if (!confirmed) return confirmed.error();
        if (!*confirmed) return kUsage;
        if (preview.policy) {
            if (const auto written = write_policy(session, *preview.policy); !written)
                return written.error();
        }
        SYNCLINE_TRY(const Json done, carry_out(session, preview, answer));
        if (preview.policy) reload_running_hub(session);
        print(done, wanted, done_text(done));
        return done["left_out"] == 0 ? kDone : kConflictsOpen;
    });
}

}  // namespace

int resolve(Session& session, const Resolution& resolution) {
    auto answer = answer_of(resolution);
    if (!answer) return fail(answer.error());
    const bool has_filter =
        !resolution.field.empty() || !resolution.system.empty() || !resolution.rule.empty();
    if (resolution.conflicts.empty() != has_filter)
        return fail(unclear(
            "conflicts resolve",
            "name the conflicts, or choose them with --field, --system, --rule; not both"
        ));
    if (!resolution.pattern.empty() && !resolution.makes_rule)
        return fail(unclear("--for", "it says what --make-rule is for"));
    const bool is_one = resolution.conflicts.size() == 1;
    if (!is_one && (resolution.if_version || resolution.makes_rule))
        return fail(unclear(
            resolution.makes_rule ? "--make-rule" : "--if-version", "it is about one conflict"
        ));
    if (is_one && !resolution.makes_rule && !resolution.is_dry_run)
        return resolve_one(session, resolution, *answer);
    return resolve_several(session, resolution, *std::move(answer));
}

void add_resolve_command(CLI::App& conflicts, Session& session) {
    const auto resolution = std::make_shared<Resolution>();
    CLI::App* command = conflicts.add_subcommand("resolve", "Decide: one, several, or by a rule");
    command->add_option("conflicts", resolution->conflicts, "One or several");
    command->add_option("--field", resolution->field, "All about this field, or \"phones.*\"")
        ->type_name("PATH");
    command->add_option("--system", resolution->system, "All that this system takes part in");
    command->add_option("--rule", resolution->rule, "All that this policy of hub.json left open")
        ->type_name("PATTERN");
    command->add_option("--take", resolution->take, "The value that this system has");
    command->add_flag("--newest", resolution->newest, "The value that is provably the later edit");
    command->add_flag("--standing", resolution->stands, "The value that stands now");
    command->add_option("--value", resolution->value, "Another value");
    command->add_option("--part", resolution->parts, "Of an address: a part, as NAME=TEXT")
        ->type_name("NAME=TEXT");
    command->add_flag("--clear", resolution->clears, "No value");
    command->add_flag(
        "--make-rule", resolution->makes_rule, "Write a policy that answers so, for all like it"
    );
    command->add_option("--for", resolution->pattern, "The fields of the rule, as \"phones.*\"")
        ->type_name("PATTERN");
    command->add_flag("--dry-run", resolution->is_dry_run, "Show what would be decided");
    command->add_flag("-y,--yes", resolution->yes, "Do not ask");
    add_if_version(*command, resolution->if_version);
    add_format(*command, session);
    command->callback([&session, resolution] {
        session.command = [&session, resolution] { return resolve(session, *resolution); };
    });
}

}  // namespace syncline::app
