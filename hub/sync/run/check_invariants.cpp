#include "sync/run/check_invariants.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersPerLoad = 200;

bool does_not_open(const store::Store& store, const CustomerId& customer) {
    const std::vector<store::Unopened> unopened = store.unopened();
    return std::any_of(unopened.begin(), unopened.end(), [&](const store::Unopened& one) {
        return one.customer == customer;
    });
}

/// A journal that opens, or nothing.
std::optional<std::vector<Change>> journal_of(store::Store& store, const CustomerId& customer) {
    std::vector<Change> history = store.history(customer);
    if (does_not_open(store, customer)) return std::nullopt;
    return history;
}

class Check {
public:
    explicit Check(Workbench& bench) : bench_(bench) {}

    std::vector<Breach> of(const std::vector<CustomerId>& ids) {
        std::vector<Breach> breaches;
        const std::vector<Aggregate> loaded = load_aggregates(bench_.store(), ids);
        for (const CustomerId& id : ids) {
            if (does_not_open(bench_.store(), id))
                breaches.push_back({Invariant::JournalOpens, id, {}, {}, {}});
        }
        note_reading();
        for (const Aggregate& aggregate : loaded)
            add(of_one(aggregate), breaches);
        add(of_keys(loaded), breaches);
        return breaches;
    }

    /// Active links whose customer is none any more, and the keys of those that have none yet.
    std::vector<Breach> of_links() {
        std::vector<Breach> breaches = of_waiting_links();
        for (const Station& station : bench_.stations()) {
            const SystemId& system = station.setting->id;
            const auto heads = bench_.store().link_heads(system, station.setting->entity);
            std::set<CustomerId> named;
            for (const auto& head : heads) {
                if (head.state == LinkState::Active) named.insert(head.customer);
            }
            const std::set<CustomerId> active = active_among(named);
            for (const auto& head : heads) {
                if (head.state != LinkState::Active || active.contains(head.customer)) continue;
                if (does_not_open(bench_.store(), head.customer)) continue;  // told already
                breaches.push_back(
                    {Invariant::LinkHasCustomer, head.customer, system, head.remote_id, {}}
                );
            }
        }
        return breaches;
    }

private:
    static void add(std::vector<Breach> found, std::vector<Breach>& breaches) {
        std::move(found.begin(), found.end(), std::back_inserter(breaches));
    }

    /// Work and readings, after the customers: what is committed in between only adds to them.
    void note_reading() {
        const std::vector<CustomerId> work = bench_.store().work(SIZE_MAX);
        work_ = std::set<CustomerId>(work.begin(), work.end());
        for (const Station& station : bench_.stations()) {
            const SystemSetting& setting = *station.setting;
            if (const auto cursor = bench_.store().cursor(setting.id, setting.entity))
                listed_at_[setting.id] = cursor->listed_at;
        }
    }

    std::vector<Breach> of_one(const Aggregate& aggregate) {
        const CustomerId& id = aggregate.customer.id;
        const auto journal = journal_of(bench_.store(), id);
        Surroundings around;
        around.taken = taken_fields(bench_.rules(), bench_.store(), bench_.match_keys(), aggregate);
        around.listed_at = listed_at_;
        for (const Station& station : bench_.stations()) {
            if (station.capabilities) around.reached.insert(station.setting->id);
        }
        around.has_work = work_.contains(id);
        if (journal) around.history = *journal;
        std::vector<Breach> breaches = breaches_of(bench_.rules(), aggregate, around);
        if (!journal) breaches.push_back({Invariant::JournalOpens, id, {}, {}, {}});
        return breaches;
    }

    std::vector<Breach> of_keys(const std::vector<Aggregate>& loaded) {
        std::vector<std::pair<CustomerId, std::vector<store::MatchKey>>> customers;
        std::vector<Breach> breaches;
        for (const Aggregate& aggregate : loaded) {
            FlatMap<FieldId, FieldValue> values;
            for (const auto& [field, state] : aggregate.customer.fields)
                values[field] = state.value;
            customers.emplace_back(aggregate.customer.id, bench_.keys_of(values));
            add(of_link_keys(aggregate.links), breaches);
        }
        for (const CustomerId& id : bench_.store().customers_with_other_keys(customers))
            breaches.push_back({Invariant::KeysFit, id, {}, {}, {}});
        return breaches;
    }

    std::vector<Breach> of_waiting_links() {
        std::vector<Breach> breaches;
        std::vector<LinkId> waiting;
        for (const auto& link : bench_.store().waiting_links())
            waiting.push_back(link.id);
        for (std::size_t at = 0; at < waiting.size(); at += kCustomersPerLoad) {
            const std::size_t count = std::min(kCustomersPerLoad, waiting.size() - at);
            const std::vector<Link> links =
                bench_.store().links_by_id(std::span(waiting).subspan(at, count));
            add(of_link_keys(links), breaches);
        }
        return breaches;
    }

    std::vector<Breach> of_link_keys(const std::vector<Link>& links) {
        std::vector<std::pair<LinkId, std::vector<store::MatchKey>>> expected;
        for (const Link& link : links)
            expected.emplace_back(link.id, bench_.match_keys().of(link));
        const std::vector<LinkId> others = bench_.store().links_with_other_keys(expected);
        std::vector<Breach> breaches;
        for (const Link& link : links) {
            if (std::find(others.begin(), others.end(), link.id) == others.end()) continue;
            breaches.push_back({Invariant::KeysFit, link.customer, link.system, link.remote_id, {}}
            );
        }
        return breaches;
    }

    std::set<CustomerId> active_among(const std::set<CustomerId>& named) {
        const std::vector<CustomerId> wanted(named.begin(), named.end());
        std::set<CustomerId> active;
        for (std::size_t at = 0; at < wanted.size(); at += kCustomersPerLoad) {
            const std::size_t count = std::min(kCustomersPerLoad, wanted.size() - at);
            for (const Customer& customer :
                 bench_.store().customers(std::span(wanted).subspan(at, count))) {
                if (customer.state != CustomerState::Alias) active.insert(customer.id);
            }
        }
        return active;
    }

    Workbench& bench_;
    std::set<CustomerId> work_;
    std::map<SystemId, Timestamp> listed_at_;
};

/// What both lists have.
std::vector<Breach> confirmed(const std::vector<Breach>& first, const std::vector<Breach>& second) {
    std::vector<Breach> both;
    std::copy_if(first.begin(), first.end(), std::back_inserter(both), [&](const Breach& breach) {
        return std::find(second.begin(), second.end(), breach) != second.end();
    });
    return both;
}

}  // namespace

std::vector<Breach> check_invariants(Workbench& bench) {
    Check check(bench);
    std::vector<Breach> breaches;
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = bench.store().customers_after(last, kCustomersPerLoad);
        if (ids.empty()) break;
        std::vector<Breach> found = check.of(ids);
        if (!found.empty()) found = confirmed(found, check.of(ids));
        std::move(found.begin(), found.end(), std::back_inserter(breaches));
        last = ids.back();
    }
    std::vector<Breach> links = check.of_links();
    if (!links.empty()) links = confirmed(links, check.of_links());
    std::move(links.begin(), links.end(), std::back_inserter(breaches));
    return breaches;
}

}  // namespace syncline::sync
