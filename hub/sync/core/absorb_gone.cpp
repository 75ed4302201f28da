#include "sync/core/absorb.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/versions.hpp"

#include <utility>
#include <vector>

namespace syncline::sync {

void absorb_gone(
    const Rules& rules, Aggregate& aggregate, Link& link, Moment moment, Effects& effects
) {
    if (link.state == LinkState::Gone) return;
    // Shortly after it was there, a copy that lags may not have it yet.
    if (moment.now < link.read_at + rules.at(link.system).stale_window) return;
    link.state = LinkState::Gone;
    effects.touched_links.insert(link.id);
    for (const mapping::MappedField& mapped : rules.at(link.system).mapping->fields()) {
        const LinkField* entry = link.fields.find(mapped.field);
        if (!mapped.unique || entry == nullptr || !entry->shadow) continue;
        const auto value = rules.at(link.system).mapping->read(mapped.field, entry->shadow->raw);
        if (value) effects.freed.emplace_back(mapped.field, *value);
    }
    for (const Attempt& attempt : std::vector<Attempt>(aggregate.attempts)) {
        if (attempt.link == link.id) close_attempt(aggregate, attempt.id, effects);
    }
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Gone;
    item.customer = aggregate.customer.id;
    item.link = link.id;
    item.system = link.system;
    item.reason = "the record is no more in " + rules.at(link.system).setting->title +
                  "; nothing was deleted anywhere else";
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

}  // namespace syncline::sync
