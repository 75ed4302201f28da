#include "sync/run/keep_apart.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace syncline::sync {
namespace {

/// Whom the candidates stand for by now, each once.
std::set<CustomerId> customers_of(store::Store& store, std::span<const Candidate> candidates) {
    std::set<CustomerId> named;
    std::vector<LinkId> records;
    for (const Candidate& candidate : candidates) {
        if (!candidate.customer.is_nil())
            named.insert(candidate.customer);
        else if (!candidate.link.is_nil())
            records.push_back(candidate.link);
    }
    for (const Link& link : store.links_by_id(records)) {
        if (link.state != LinkState::Unassociated) named.insert(link.customer);
    }
    return named;
}

/// One record of each customer, the first in order.
std::map<CustomerId, LinkId> records_of(store::Store& store, std::span<const CustomerId> ids) {
    std::vector<Link> links = store.links_of_customers(ids);
    std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
        return std::tie(a.system, a.remote_id) < std::tie(b.system, b.remote_id);
    });
    std::map<CustomerId, LinkId> first;
    for (const Link& link : links)
        first.emplace(link.customer, link.id);
    return first;
}

}  // namespace

void keep_apart(
    Workbench& bench,
    const ToldApart& one,
    std::span<const Candidate> candidates,
    const std::string& user,
    store::CommitBatch& batch
) {
    std::set<CustomerId> others = customers_of(bench.store(), candidates);
    others.erase(one.customer);
    const std::vector<CustomerId> asked{one.customer};
    for (const Case& known : bench.store().cases_of_customers(asked)) {
        if (!known.keeps_apart()) continue;
        others.erase(known.customer);
        others.erase(known.candidates.front().customer);
    }
    std::vector<CustomerId> ids(others.begin(), others.end());
    ids.push_back(one.customer);
    const auto records = records_of(bench.store(), ids);
    const auto side = [&](const CustomerId& customer) {
        const auto found = records.find(customer);
        return ToldApart{customer, found != records.end() ? found->second : LinkId{}};
    };
    const ToldApart ours = one.link.is_nil() ? side(one.customer) : one;
    for (const CustomerId& other : others)
        batch.cases.push_back(told_apart(ours, side(other), user, bench.moment()));
}

}  // namespace syncline::sync
