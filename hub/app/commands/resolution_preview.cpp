#include "app/commands/resolution_preview.hpp"

#include "app/new_policy.hpp"
#include "app/policy_json.hpp"
#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "base/time.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/run/engine.hpp"

#include <unordered_map>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

Error unclear(const std::string& where, std::string detail) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, where, std::move(detail)};
}

bool is_about(const sync::Aggregate& aggregate, FieldId field, const SystemId& system) {
    const FieldState* standing = aggregate.customer.fields.find(field);
    if (standing != nullptr && standing->origin.is(system)) return true;
    const Link* link = aggregate.find_link(system);
    const LinkField* entry = link == nullptr ? nullptr : link->fields.find(field);
    return entry != nullptr && entry->shadow && entry->shadow->base.kind == Base::Kind::Contested;
}

/// As the pattern of a policy fits a field.
bool fits(const std::string& pattern, const Field& field) {
    PolicySetting policy;
    policy.pattern = pattern;
    return sync::policy_of(field, {&policy, 1}).pattern == pattern;
}

/// Finds the conflicts that are meant and what becomes of each.
class Previewing {
public:
    Previewing(Workspace& workspace, const sync::Rules& rules, const Resolution& resolution)
        : workspace_(workspace), rules_(rules), resolution_(resolution) {}

    Result<Preview> run(sync::ValueAnswer& answer) {
        Preview preview;
        if (resolution_.makes_rule) {
            SYNCLINE_TRY(preview.policy, policy_for(answer));
            answer = sync::ValueAnswer::by(*preview.policy);
            preview.before = before_;
            policies_ = with_policy(workspace_.hub(), *preview.policy);
        }
        SYNCLINE_TRY(std::vector<Case> cases, chosen());
        const auto loaded = load(cases);
        for (Case& conflict : cases) {
            const Field* field = workspace_.fields().find(conflict.field);
            const auto found = loaded.find(conflict.customer);
            if (field == nullptr || found == loaded.end()) continue;
            if (!is_meant(found->second, *field, preview)) continue;
            preview.items.push_back(item_of(std::move(conflict), *field, found->second, answer));
        }
        return preview;
    }

private:
    /// The policy that the answer to the one conflict makes; it must give the same answer.
    Result<PolicySetting> policy_for(const sync::ValueAnswer& answer) {
        SYNCLINE_TRY(
            const Case conflict,
            find_case(workspace_.store(), Question::Conflict, resolution_.conflicts.front())
        );
        const Field* field = workspace_.fields().find(conflict.field);
        const auto loaded = load({conflict});
        if (field == nullptr || loaded.empty())
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                to_text(conflict.id),
                "its record or field is gone"};
        if (!conflict.is_open())
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                to_text(conflict.id),
                "it is settled already; a rule is made of an open conflict"};
        const std::string pattern = resolution_.pattern.empty() ? field->path : resolution_.pattern;
        SYNCLINE_TRY(PolicySetting policy, policy_from(workspace_.hub(), *field, pattern, answer));
        const PolicySetting& now = sync::policy_of(*field, workspace_.hub().policies);
        before_ = now.pattern.empty()
                      ? "newest, as nothing else is said"
                      : "\"" + now.pattern + "\": " + codec::to_spaced_line(policy_json(now));
        const sync::Aggregate& aggregate = loaded.begin()->second;
        SYNCLINE_TRY(const sync::Decided meant, decide(aggregate, *field, answer));
        SYNCLINE_TRY(
            const sync::Decided ruled, decide(aggregate, *field, sync::ValueAnswer::by(policy))
        );
        if (ruled.value != meant.value)
            return unclear(
                "--make-rule",
                "by this rule " + field->path + " would be what " + origin_text(ruled.origin) +
                    " says, and not what was chosen; settle this conflict without --make-rule"
            );
        return policy;
    }

    Result<std::vector<Case>> chosen() {
        std::vector<Case> cases;
        if (resolution_.conflicts.empty() || resolution_.makes_rule)
            return workspace_.store().cases(CaseKind::Conflict, /*open_only=*/true);
        for (const std::string& reference : resolution_.conflicts) {
            SYNCLINE_TRY(
                Case conflict, find_case(workspace_.store(), Question::Conflict, reference)
            );
            const bool is_known = std::any_of(cases.begin(), cases.end(), [&](const Case& other) {
                return other.id == conflict.id;
            });
            if (!is_known) cases.push_back(std::move(conflict));
        }
        return cases;
    }

    std::unordered_map<CustomerId, sync::Aggregate> load(const std::vector<Case>& cases) {
        std::vector<CustomerId> ids;
        for (const Case& conflict : cases)
            ids.push_back(conflict.customer);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        std::unordered_map<CustomerId, sync::Aggregate> loaded;
        for (sync::Aggregate& aggregate : sync::load_aggregates(workspace_.store(), ids)) {
            const CustomerId id = aggregate.customer.id;
            loaded.emplace(id, std::move(aggregate));
        }
        return loaded;
    }

    bool is_meant(const sync::Aggregate& aggregate, const Field& field, const Preview& preview)
        const {
        if (preview.policy)
            return sync::policy_of(field, policies_).pattern == preview.policy->pattern;
        if (!resolution_.field.empty() && !fits(resolution_.field, field)) return false;
        if (!resolution_.system.empty() &&
            !is_about(aggregate, field.id, SystemId{resolution_.system}))
            return false;
        const std::string& pattern = sync::policy_of(field, workspace_.hub().policies).pattern;
        return resolution_.rule.empty() ||
               resolution_.rule == (pattern.empty() ? "default" : pattern);
    }

    PreviewedConflict item_of(
        Case conflict,
        const Field& field,
        const sync::Aggregate& aggregate,
        const sync::ValueAnswer& answer
    ) {
        PreviewedConflict item;
        item.conflict = std::move(conflict);
        item.field = &field;
        item.name = name_of(aggregate.customer, workspace_.fields());
        item.version = sync::shown_version(
            workspace_.store().history(item.conflict.customer), item.conflict.field
        );
        if (!item.conflict.is_open()) {
            item.reason = "settled already: " + item.conflict.resolution;
            return item;
        }
        auto decided = decide(aggregate, field, answer);
        if (decided)
            item.value = std::move(decided->value);
        else
            item.reason = decided.error().detail;
        return item;
    }

    Result<sync::Decided> decide(
        const sync::Aggregate& aggregate, const Field& field, const sync::ValueAnswer& answer
    ) const {
        return sync::decided_by(rules_, aggregate, field, answer, current_user(), Timestamp{});
    }

    Workspace& workspace_;
    const sync::Rules& rules_;
    const Resolution& resolution_;
    std::vector<PolicySetting> policies_;  ///< with the new one
    std::string before_;
};

}  // namespace

Result<Preview> preview_of(
    Workspace& workspace,
    const sync::Rules& rules,
    const Resolution& resolution,
    sync::ValueAnswer& answer
) {
    return Previewing(workspace, rules, resolution).run(answer);
}

Json item_json(const PreviewedConflict& item) {
    return Json{
        {"conflict", to_text(item.conflict.id)},
        {"record", to_text(item.conflict.customer)},
        {"name", item.name},
        {"field", item.field->path},
        {"version", item.version},
        {"value", item.value ? value_json(*item.field, *item.value) : Json()},
        {"state", item.value ? "would_resolve" : "left_out"},
        {"reason", item.reason}};
}

void add_policy(Json& document, const Preview& preview) {
    if (!preview.policy) return;
    document["pattern"] = preview.policy->pattern;
    document["policy"] = policy_json(*preview.policy);
}

Json preview_json(const Preview& preview) {
    Json document{
        {"would_resolve", preview.count()}, {"left_out", preview.items.size() - preview.count()}};
    add_policy(document, preview);
    document["conflicts"] = Json::array();
    for (const PreviewedConflict& item : preview.items)
        document["conflicts"].push_back(item_json(item));
    return document;
}

std::string preview_text(const Preview& preview, std::size_t limit) {
    std::string text;
    if (preview.policy)
        text += "the rule for hub.json:\n  \"" + preview.policy->pattern +
                "\": " + codec::to_spaced_line(policy_json(*preview.policy)) +
                "\n  decided so far by " + preview.before + "\n";
    for (std::size_t i = 0; i < std::min(limit, preview.items.size()); ++i) {
        const PreviewedConflict& item = preview.items[i];
        text += "  " + short_text(item.conflict.id) + "  " + item.field->path + " of " + item.name +
                (item.value ? ": " + value_text(*item.value) : ": left out, " + item.reason) + "\n";
    }
    if (preview.items.size() > limit)
        text += "  and " + std::to_string(preview.items.size() - limit) +
                " more; --dry-run shows all\n";
    text += "would settle " + counted(preview.count(), "open conflict");
    if (const std::size_t left = preview.items.size() - preview.count(); left > 0)
        text += ", and leave out " + std::to_string(left);
    return text + "\n";
}

}  // namespace syncline::app
