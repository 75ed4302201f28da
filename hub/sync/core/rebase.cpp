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
        LinkField* entry = link.fields.find(field);
        if (entry == nullptr || !entry->contribution || !was_said(entry->contribution->version))
            continue;
        const Field& known = rules.fields->at(field);
        if (!normal::equivalent(known, entry->contribution->value, canonical->value)) continue;
        entry->contribution->version = canonical->version;
        effects.touched_links.insert(link.id);
    }
}

}  // namespace syncline::sync
