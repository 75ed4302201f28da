#include "app/explanation.hpp"

#include "app/record_json.hpp"
#include "base/text.hpp"
#include "sync/core/pending.hpp"
#include "sync/run/match_keys.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

/// "between 09:30 and 09:35" as the interval in which an edit can have been made.
bool is_loss(ChangeKind kind) {
    return kind == ChangeKind::Loser || kind == ChangeKind::Contested || kind == ChangeKind::Drift;
}

Json held_json(const sync::SystemRules& system, const Link& link, const Field& field) {
    const LinkField* entry = link.fields.find(field.id);
    if (entry == nullptr || !entry->shadow) return nullptr;
    const auto read = system.mapping->read(field.id, entry->shadow->raw, nullptr);
    return read ? value_json(field, *read) : Json(nullptr);
}

class Explaining {
public:
    Explaining(const sync::Rules& rules, const sync::Aggregate& aggregate, const Field& field)
        : rules_(rules), aggregate_(aggregate), field_(field) {}

    Explanation run(store::Store& store) {
        explain_value();
        explain_losers(store);
        explain_systems(sync::taken_fields(rules_, store, sync::MatchKeys(rules_), aggregate_));
        return {std::move(document_), std::move(text_)};
    }

private:
    void line(const std::string& text) { text_ += text + "\n"; }
    void explain_value();
    void explain_losers(store::Store& store);
    void add_loser(
        const FieldValue& value,
        const Origin& origin,
        const std::string& kind,
        Rule rule,
        Timestamp at
    );
    void explain_systems(std::map<SystemId, sync::TakenFields> taken);
    std::string reason_of(const sync::SystemRules& system, sync::FieldStanding standing) const;

    const sync::Rules& rules_;
    const sync::Aggregate& aggregate_;
    const Field& field_;
    Json document_ = Json::object();
    std::string text_;
};

void Explaining::explain_value() {
    document_["record"] = to_text(aggregate_.customer.id);
    document_["field"] = field_.path;
    const FieldState* state = aggregate_.customer.fields.find(field_.id);
    if (state == nullptr) {
        document_["value"] = nullptr;
        line(field_.path + ": no system has said anything about it");
        return;
    }
    document_["value"] = value_json(field_, state->value);
    document_["source"] = origin_json(state->origin);
    document_["source_time"] = interval_json(state->interval);
    document_["rule"] = std::string(name(state->rule));
    document_["version"] =
        to_rfc3339(from_unix_ms(static_cast<std::int64_t>(state->version.unix_ms())));
    line(field_.path + ": " + value_text(state->value));
    line("  from " + origin_text(state->origin) + ", made " + interval_text(state->interval));
    line("  by the rule " + std::string(name(state->rule)));
}

void Explaining::add_loser(
    const FieldValue& value, const Origin& origin, const std::string& kind, Rule rule, Timestamp at
) {
    document_["losing"].push_back(Json{
        {"value", value_json(field_, value)},
        {"source", origin_json(origin)},
        {"kind", kind},
        {"rule", std::string(name(rule))},
        {"at", to_rfc3339(at)}});
    line(
        "  lost: " + value_text(value) + " from " + origin_text(origin) + " (" + kind + ", by " +
        std::string(name(rule)) + ", " + to_rfc3339(at) + ")"
    );
}

/// Values that stood before and were replaced, and values that never stood.
void Explaining::explain_losers(store::Store& store) {
    document_["losing"] = Json::array();
    Origin standing;
    for (const Change& change : store.history(aggregate_.customer.id)) {
        for (const FieldChange& item : change.fields) {
            if (item.field != field_.id) continue;
            if (item.kind == ChangeKind::Version) {
                if (item.before)
                    add_loser(*item.before, standing, "replaced", item.rule, change.at);
                standing = item.origin;
            } else if (is_loss(item.kind) && item.after) {
                add_loser(
                    *item.after, item.origin, std::string(name(item.kind)), item.rule, change.at
                );
            }
        }
    }
}

/// Why a system does not have the value, beyond its standing.
std::string Explaining::reason_of(const sync::SystemRules& system, sync::FieldStanding standing)
    const {
    if (standing == sync::FieldStanding::Quarantined) {
        for (const QuarantineItem& item : aggregate_.quarantined) {
            const bool is_about_it = item.field == field_.id || item.field == FieldId{};
            if (item.system == system.id() && is_about_it) return item.reason;
        }
    }
    if (standing == sync::FieldStanding::Excluded)
        return "another record of this system has the value, and it must be unique there";
    if (standing == sync::FieldStanding::Contested) return "a person decides; see conflicts";
    return {};
}

void Explaining::explain_systems(std::map<SystemId, sync::TakenFields> taken) {
    document_["systems"] = Json::array();
    for (const sync::SystemRules& system : rules_.systems) {
        const sync::FieldStanding standing =
            sync::standing_of(rules_, aggregate_, system, field_, taken[system.id()]);
        Json item{{"system", system.id().text()}, {"standing", std::string(name(standing))}};
        std::string text = "  " + system.id().text() + ": " + std::string(name(standing));
        if (const Link* link = aggregate_.find_link(system.id())) {
            item["remote_id"] = link->remote_id.text();
            item["holds"] = held_json(system, *link, field_);
            if (standing != sync::FieldStanding::NotMapped)
                text += " (" + system.id().text() + ":" + link->remote_id.text() + ")";
        }
        if (const std::string reason = reason_of(system, standing); !reason.empty()) {
            item["reason"] = reason;
            text += ": " + reason;
        }
        document_["systems"].push_back(std::move(item));
        line(text);
    }
}

}  // namespace

Result<Explanation> explain_field(
    const sync::Rules& rules,
    const sync::Aggregate& aggregate,
    store::Store& store,
    const std::string& path
) {
    const Field* field = rules.fields->find(path);
    if (field == nullptr) {
        std::vector<std::string> known;
        for (const Field& candidate : rules.fields->fields())
            known.push_back(candidate.path);
        const std::string near = nearest(path, known);
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            path,
            "no system of this hub has this field" +
                (near.empty() ? "" : "; did you mean " + near + "?")};
    }
    return Explaining(rules, aggregate, *field).run(store);
}

}  // namespace syncline::app
