#include "sync/core/rebase.hpp"

#include "normal/normal_form.hpp"

#include <algorithm>

namespace syncline::sync {

void rebase(
    const Rules& rules,
    Aggregate& aggregate,
    FieldId field,
    std::initializer_list<Version> said_before,
    Effects& effects
) {
    const FieldState* canonical = aggregate.customer.fields.find(field);
    if (canonical == nullptr) return;
    const auto was_said = [&](Version version) {
        return version.exists() &&
               std::find(said_before.begin(), said_before.end(), version) != said_before.end();
    };
    for (Link& link : aggregate.links) {
        const SystemRules* system = rules.find(link.system);
        LinkField* entry = link.fields.find(field);
        if (system == nullptr || entry == nullptr) continue;
        if (entry->contribution && was_said(entry->contribution->version) &&
            normal::equivalent(
                rules.fields->at(field), entry->contribution->value, canonical->value
            )) {
            entry->contribution->version = canonical->version;
            effects.touched_links.insert(link.id);
        }
        if (!entry->shadow || system->mapping->find(field) == nullptr) continue;
        Base& base = entry->shadow->base;
        const bool is_settled = base.kind == Base::Kind::Image || base.kind == Base::Kind::Foreign;
        if (!is_settled || base.is_image_of(canonical->version)) continue;
        if (!system->mapping->is_image(field, entry->shadow->raw, canonical->value)) continue;
        base = Base::image_of(canonical->version);
        effects.touched_links.insert(link.id);
    }
}

}  // namespace syncline::sync
