#include "sync/core/versions.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace syncline::sync {

Version make_version(
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    Origin origin,
    EditInterval interval,
    Rule rule,
    Moment moment,
    Effects& effects
) {
    std::optional<FieldValue> before;
    if (const FieldState* standing = aggregate.customer.fields.find(field.id))
        before = standing->value;
    const Version version = moment.versions.tick();
    effects.changes.push_back(
        {field.id,
         ChangeKind::Version,
         rule,
         origin,
         interval,
         version,
         std::move(before),
         value,
         {}}
    );
    effects.customer_touched = true;
    aggregate.customer.fields[field.id] = {
        std::move(value), version, std::move(origin), interval, rule};
    return version;
}

void journal(
    Aggregate& aggregate,
    FieldId field,
    ChangeKind kind,
    Rule rule,
    const Origin& origin,
    const EditInterval& interval,
    FieldValue value,
    Effects& effects
) {
    FieldChange entry{field, kind, rule, origin, interval, {}, std::nullopt, std::move(value), {}};
    if (const FieldState* standing = aggregate.customer.fields.find(field)) {
        entry.version = standing->version;
        entry.before = standing->value;
    }
    effects.changes.push_back(std::move(entry));
}

void journal_event(
    Aggregate& aggregate,
    ChangeKind kind,
    Rule rule,
    const Origin& origin,
    const std::string& about,
    Moment moment,
    Effects& effects
) {
    FieldChange entry;
    entry.kind = kind;
    entry.rule = rule;
    entry.origin = origin;
    entry.interval = {moment.now, moment.now};
    entry.version = aggregate.customer.created;
    if (!about.empty()) entry.after = FieldValue::of(about);
    effects.changes.push_back(std::move(entry));
}

void put_case(Aggregate& aggregate, Case item, Effects& effects) {
    const auto same = [&](const Case& other) { return other.id == item.id; };
    const auto put = [&](std::vector<Case>& cases) {
        const auto found = std::find_if(cases.begin(), cases.end(), same);
        if (found == cases.end()) {
            cases.push_back(item);
        } else {
            *found = item;
        }
    };
    put(aggregate.cases);
    put(effects.cases);
}

void open_conflict(
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& reason,
    Moment moment,
    Effects& effects
) {
    if (aggregate.is_contested(field.id)) return;
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Conflict;
    item.customer = aggregate.customer.id;
    item.system = system;
    item.field = field.id;
    item.reason = reason;
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

void close_conflict(
    Aggregate& aggregate,
    FieldId field,
    const std::string& resolution,
    Moment moment,
    Effects& effects
) {
    for (Case item : std::vector<Case>(aggregate.cases)) {
        if (item.kind != CaseKind::Conflict || item.field != field || !item.is_open()) continue;
        item.resolved_at = moment.now;
        item.resolution = resolution;
        put_case(aggregate, std::move(item), effects);
    }
    for (Link& link : aggregate.links) {
        LinkField* entry = link.fields.find(field);
        if (entry == nullptr || !entry->shadow) continue;
        if (entry->shadow->base.kind != Base::Kind::Contested) continue;
        entry->shadow->base = {Base::Kind::Foreign, {}};
        effects.touched_links.insert(link.id);
    }
}

void close_settled_conflicts(Aggregate& aggregate, Moment moment, Effects& effects) {
    for (const Case& item : std::vector<Case>(aggregate.cases)) {
        if (item.kind != CaseKind::Conflict || !item.is_open()) continue;
        // The system that asked may not be readable just now, or not be compared again yet.
        const auto holds_it = [&](const Link& link) {
            const LinkField* entry = link.fields.find(item.field);
            if (entry == nullptr || !entry->shadow) return false;
            const Base::Kind base = entry->shadow->base.kind;
            const bool is_unclear = base == Base::Kind::Invalid || base == Base::Kind::Fresh;
            return base == Base::Kind::Contested || (is_unclear && link.system == item.system);
        };
        const bool still_held =
            std::any_of(aggregate.links.begin(), aggregate.links.end(), holds_it);
        if (!still_held)
            close_conflict(aggregate, item.field, "the systems agree again", moment, effects);
    }
}

}  // namespace syncline::sync
