#include "sync/core/aggregate.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {

Link* Aggregate::find_link(const SystemId& system) {
    return const_cast<Link*>(static_cast<const Aggregate*>(this)->find_link(system));
}

const Link* Aggregate::find_link(const SystemId& system) const {
    for (const Link& link : links) {
        if (link.system == system && link.role == LinkRole::Primary) return &link;
    }
    return nullptr;
}

Link* Aggregate::find_link(const LinkId& id) {
    for (Link& link : links) {
        if (link.id == id) return &link;
    }
    return nullptr;
}

Link& Aggregate::attach(Link link, std::set<LinkId>& touched) {
    link.customer = customer.id;
    link.role = LinkRole::Primary;
    if (Link* former = find_link(link.system)) {
        if (former->state == LinkState::Gone) {
            former->role = LinkRole::Secondary;
            touched.insert(former->id);
        } else {
            link.role = LinkRole::Secondary;
        }
    }
    touched.insert(link.id);
    links.push_back(std::move(link));
    return links.back();
}

bool Aggregate::is_contested(FieldId field) const {
    return std::any_of(cases.begin(), cases.end(), [&](const Case& item) {
        return item.kind == CaseKind::Conflict && item.field == field && item.is_open();
    });
}

bool Effects::empty() const {
    return changes.empty() && quarantined.empty() && released.empty() && closed_attempts.empty() &&
           cases.empty() && touched_links.empty() && touched_attempts.empty() && merges.empty() &&
           !customer_touched;
}

}  // namespace syncline::sync
