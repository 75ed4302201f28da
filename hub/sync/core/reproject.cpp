#include "sync/core/reproject.hpp"

#include <algorithm>

namespace syncline::sync {
namespace {

bool lies_elsewhere(const mapping::MappedField& mapped, const RawFields& raw) {
    return std::any_of(raw.begin(), raw.end(), [&](const auto& part) {
        const auto& remotes = mapped.remotes;
        return std::find(remotes.begin(), remotes.end(), part.first) == remotes.end();
    });
}

/// True when the shadow is another one now.
bool judge_again(
    const SystemRules& system,
    const mapping::MappedField& mapped,
    const FieldState* canonical,
    Shadow& shadow
) {
    const Shadow before = shadow;
    if (lies_elsewhere(mapped, shadow.raw)) {
        shadow.raw = {};
        shadow.base = {Base::Kind::Foreign, {}};
    } else if (shadow.base.kind == Base::Kind::Image && canonical != nullptr) {
        const bool holds = system.mapping->is_image(mapped.field, shadow.raw, canonical->value);
        if (!holds) shadow.base = {Base::Kind::Foreign, {}};
    }
    return !(shadow == before);
}

}  // namespace

bool is_unread(const LinkField& entry) {
    return entry.shadow && entry.shadow->raw.empty();
}

void reproject(
    const Rules& rules,
    Aggregate& aggregate,
    const SystemId& id,
    const std::set<FieldId>& fields,
    Effects& effects
) {
    const SystemRules& system = rules.at(id);
    for (Link& link : aggregate.links) {
        if (link.system != id) continue;
        for (const FieldId field : fields) {
            const mapping::MappedField* mapped = system.mapping->find(field);
            LinkField* entry = link.fields.find(field);
            if (mapped == nullptr || entry == nullptr || !entry->shadow) continue;
            const FieldState* canonical = aggregate.customer.fields.find(field);
            if (judge_again(system, *mapped, canonical, *entry->shadow))
                effects.touched_links.insert(link.id);
        }
    }
}

}  // namespace syncline::sync
