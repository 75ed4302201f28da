#include "sync/core/apart.hpp"

#include "sync/core/versions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

bool names(const Case& item, const CustomerId& customer) {
    return item.customer == customer || item.candidates.front().customer == customer;
}

ToldApart side_of(const Aggregate& aggregate) {
    return {aggregate.customer.id, aggregate.links.empty() ? LinkId{} : aggregate.links.front().id};
}

}  // namespace

Case told_apart(
    const ToldApart& one, const ToldApart& other, const std::string& user, Moment moment
) {
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Apart;
    item.customer = one.customer;
    item.link = one.link;
    item.reason = "told apart";
    item.candidates.push_back({other.customer, other.link, "not the same customer"});
    item.opened_at = moment.now;
    item.resolved_at = moment.now;
    item.resolution = "not the same customer, by " + user;
    return item;
}

const Case* find_apart(const Aggregate& aggregate, const CustomerId& other) {
    const auto& cases = aggregate.cases;
    const auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& item) {
        return item.keeps_apart() && names(item, aggregate.customer.id) && names(item, other);
    });
    return found == cases.end() ? nullptr : &*found;
}

bool are_apart(const Aggregate& aggregate, const CustomerId& other) {
    return find_apart(aggregate, other) != nullptr;
}

void tell_apart(
    Aggregate& whole, Aggregate& apart, const std::string& user, Moment moment, Effects& effects
) {
    if (are_apart(whole, apart.customer.id)) return;
    const Case item = told_apart(side_of(whole), side_of(apart), user, moment);
    apart.cases.push_back(item);
    put_case(whole, item, effects);
}

void take_back_apart(Case& item, const std::string& resolution, Moment moment) {
    item.candidates.clear();
    item.resolved_at = moment.now;
    item.resolution = resolution;
}

void move_apart_cases(Aggregate& whole, Aggregate& apart, Effects& effects) {
    for (Case item : std::vector<Case>(whole.cases)) {
        if (!item.keeps_apart()) continue;
        const auto follow = [&](CustomerId& customer, const LinkId& link) {
            if (customer != whole.customer.id || apart.find_link(link) == nullptr) return;
            customer = apart.customer.id;
        };
        follow(item.customer, item.link);
        follow(item.candidates.front().customer, item.candidates.front().link);
        if (!names(item, apart.customer.id)) continue;
        put_case(whole, item, effects);
        apart.cases.push_back(item);
        if (names(item, whole.customer.id)) continue;
        std::erase_if(whole.cases, [&](const Case& other) { return other.id == item.id; });
    }
}

}  // namespace syncline::sync
