#include "sync/core/oscillation.hpp"

#include "normal/normal_form.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <optional>

namespace syncline::sync {
namespace {

/// The last ones that count: within the span, and after the last word of a person in the hub.
std::vector<Said> recent(std::span<const Said> said, Timestamp now) {
    std::vector<Said> last;
    for (const Said& one : said) {
        if (one.origin.kind == Origin::Kind::User)
            last.clear();
        else if (one.at + kOscillationSpan >= now)
            last.push_back(one);
    }
    if (last.size() > kVersionsLookedAt) {
        const auto superfluous = static_cast<std::ptrdiff_t>(last.size() - kVersionsLookedAt);
        last.erase(last.begin(), last.begin() + superfluous);
    }
    return last;
}

/// Whom the entry at `at` overwrites with what its origin said before; "" = nobody.
std::string overwritten_by(const Field& field, const std::vector<Said>& said, std::size_t at) {
    const Said& now = said[at];
    const auto said_before = [&](const Said& one) {
        return one.origin == now.origin && normal::equivalent(field, one.value, now.value);
    };
    const auto current = said.begin() + static_cast<std::ptrdiff_t>(at);
    if (now.origin.kind != Origin::Kind::System || !std::any_of(said.begin(), current, said_before))
        return {};
    if (now.kind == ChangeKind::Drift) return "the hub";
    const Said& before = said[at - 1];
    const bool alternates = before.origin.kind == Origin::Kind::System &&
                            before.origin != now.origin &&
                            !normal::equivalent(field, before.value, now.value);
    return alternates ? before.origin.name : std::string();
}

}  // namespace

std::vector<Said> said_about(FieldId field, std::span<const Change> history) {
    std::vector<Said> said;
    for (const Change& change : history) {
        for (const FieldChange& entry : change.fields) {
            const bool counts =
                entry.kind == ChangeKind::Version || entry.kind == ChangeKind::Drift;
            if (entry.field == field && counts && entry.after)
                said.push_back({change.at, entry.kind, entry.origin, *entry.after});
        }
    }
    return said;
}

std::optional<Oscillation> oscillation(
    const Field& field, std::span<const Said> said, Timestamp now
) {
    const std::vector<Said> last = recent(said, now);
    std::size_t reversals = 0;
    Oscillation between;
    for (std::size_t at = 1; at < last.size(); ++at) {
        const std::string other = overwritten_by(field, last, at);
        if (other.empty()) continue;
        ++reversals;
        between = {last[at].origin.name, other};
    }
    if (reversals < kReversalsThatFreeze) return std::nullopt;
    return between;
}

void freeze(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const Oscillation& between,
    Moment moment,
    Effects& effects
) {
    const FieldState* canonical = aggregate.customer.fields.find(field.id);
    if (canonical == nullptr || aggregate.is_contested(field.id)) return;
    // The side that does not hold what stands keeps the question open until the two agree.
    for (Link& link : aggregate.links) {
        const std::string& name = link.system.text();
        const SystemRules* system = rules.find(link.system);
        LinkField* entry = link.fields.find(field.id);
        const bool is_side = name == between.one || name == between.other;
        if (!is_side || system == nullptr || link.state != LinkState::Active) continue;
        if (entry == nullptr || !entry->shadow) continue;
        if (system->mapping->is_image(field.id, entry->shadow->raw, canonical->value)) continue;
        entry->shadow->base = {Base::Kind::Contested, {}};
        effects.touched_links.insert(link.id);
    }
    open_conflict(
        aggregate,
        field,
        SystemId{between.one},
        between.one + " and " + between.other + " overwrite each other, " +
            std::to_string(kReversalsThatFreeze) +
            " times within a day: look for a workflow, or for another bridge between them",
        moment,
        effects
    );
}

}  // namespace syncline::sync
