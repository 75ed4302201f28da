#include "sync/run/holds.hpp"
#include "sync/run/thresholds.hpp"
#include "sync/run/workbench.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersPerLoad = 200;

bool names_link(const Aggregate& aggregate, const LinkId& id) {
    return !id.is_nil() &&
           std::any_of(aggregate.links.begin(), aggregate.links.end(), [&](const Link& link) {
               return link.id == id;
           });
}

/// A create whose outcome is not known yet.
bool awaits_create(const Aggregate& aggregate, const SystemId& system) {
    return std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            return attempt.kind == AttemptKind::Create && attempt.system == system &&
                   attempt.link.is_nil();
        }
    );
}

/// A customer of whom not everything opens is none that anything may be decided about.
void leave_out_unopened(const store::Store& store, std::vector<Aggregate>& loaded) {
    const std::vector<store::Unopened> unopened = store.unopened();
    if (unopened.empty()) return;
    std::erase_if(loaded, [&](const Aggregate& aggregate) {
        return std::any_of(unopened.begin(), unopened.end(), [&](const store::Unopened& one) {
            return one.customer == aggregate.customer.id;
        });
    });
}

/// Counts customers one by one, and what is owed for them.
class StandingCount {
public:
    StandingCount(const Rules& rules, store::Store& store, Clock& clock, Random& random)
        : rules_(rules), store_(store), clock_(clock), random_(random) {
        for (const SystemRules& system : rules.systems) {
            Tally& tally = tallies_.emplace_back();
            tally.standing.system = system.id();
            const auto cursor = store.cursor(system.id(), system.setting->entity);
            tally.is_listed = cursor && cursor->listed_completely;
        }
    }

    void add(const Aggregate& aggregate, std::map<SystemId, TakenFields> taken) {
        if (aggregate.is_deleted()) return;
        for (std::size_t i = 0; i < rules_.systems.size(); ++i) {
            const SystemRules& system = rules_.systems[i];
            const Link* link = aggregate.find_link(system.id());
            const TakenFields& not_here = taken[system.id()];
            if (link == nullptr || link->state != LinkState::Active)
                add_unlinked(tallies_[i], aggregate, system, not_here);
            else
                add_linked(tallies_[i], aggregate, system, *link, not_here);
        }
    }

    std::vector<SystemStanding> take() {
        std::vector<SystemStanding> standings;
        for (Tally& tally : tallies_) {
            const SystemId& system = tally.standing.system;
            tally.standing.held_by =
                what_waits(rules_, store_, system, tally.owed, clock_.now()).reason;
            standings.push_back(std::move(tally.standing));
        }
        return standings;
    }

private:
    struct Tally {
        SystemStanding standing;
        Owed owed;  ///< what is owed, without counts
        bool is_listed = false;
    };

    void add_unlinked(
        Tally& tally,
        const Aggregate& aggregate,
        const SystemRules& system,
        const TakenFields& taken
    ) {
        if (!in_scope(system, aggregate.customer, *rules_.fields))
            ++tally.standing.excluded;
        else if (awaits_create(aggregate, system.id()))
            ++tally.standing.pending;
        Effects ignored;
        std::optional<Delivery> create;
        derive_create(rules_, aggregate, system, tally.is_listed, taken, moment(), ignored, create);
        if (create) tally.owed.deliveries.push_back(*std::move(create));
    }

    void add_linked(
        Tally& tally,
        const Aggregate& aggregate,
        const SystemRules& system,
        const Link& link,
        const TakenFields& taken
    ) {
        std::set<FieldStanding> met;
        for (const Field& field : rules_.fields->fields())
            met.insert(standing_of(rules_, aggregate, system, field, taken));
        const bool pending = met.contains(FieldStanding::Pending);
        const bool failing = met.contains(FieldStanding::Quarantined);
        if (failing) ++tally.standing.failing;
        if (pending) ++tally.standing.pending;
        if (!pending && !failing && !met.contains(FieldStanding::Contested))
            ++tally.standing.in_sync;
        if (!pending) return;
        Effects ignored;
        auto update = derive_update(rules_, aggregate, link, taken, moment(), ignored);
        if (update) tally.owed.deliveries.push_back(*std::move(update));
    }

    Moment moment() { return {clock_.now(), versions_, random_}; }

    const Rules& rules_;
    store::Store& store_;
    Clock& clock_;
    Random& random_;
    HybridClock versions_{clock_, store_.reached()};
    std::vector<Tally> tallies_;
};

}  // namespace

std::vector<Aggregate> load_aggregates(store::Store& store, std::span<const CustomerId> ids) {
    const store::Store::Snapshot snapshot(store);
    std::vector<Aggregate> loaded;
    std::unordered_map<CustomerId, std::size_t> index;
    for (Customer& customer : store.customers(ids)) {
        index[customer.id] = loaded.size();
        loaded.emplace_back();
        loaded.back().customer = std::move(customer);
    }
    std::vector<LinkId> link_ids;
    std::unordered_map<LinkId, std::size_t> owner;
    for (Link& link : store.links_of_customers(ids)) {
        const auto found = index.find(link.customer);
        if (found == index.end()) continue;
        link_ids.push_back(link.id);
        owner[link.id] = found->second;
        loaded[found->second].links.push_back(std::move(link));
    }
    for (Aggregate& aggregate : loaded) {  // bulk order is unspecified; decisions must not see it
        std::sort(aggregate.links.begin(), aggregate.links.end(), [](const Link& a, const Link& b) {
            return std::pair(a.system, a.remote_id) < std::pair(b.system, b.remote_id);
        });
    }
    for (Attempt& attempt : store.attempts_of_links(link_ids)) {
        const auto found = owner.find(attempt.link);
        if (found != owner.end()) loaded[found->second].attempts.push_back(std::move(attempt));
    }
    for (Attempt& attempt : store.unsettled_attempts()) {
        const auto found = index.find(attempt.customer);
        if (attempt.link.is_nil() && found != index.end())
            loaded[found->second].attempts.push_back(std::move(attempt));
    }
    for (Case& item : store.cases_of_customers(ids)) {
        const auto add = [&](const CustomerId& customer) {
            const auto found = index.find(customer);
            if (found == index.end()) return;
            auto& cases = loaded[found->second].cases;
            const auto same = [&](const Case& other) { return other.id == item.id; };
            if (std::none_of(cases.begin(), cases.end(), same)) cases.push_back(item);
        };
        add(item.customer);
        for (const Candidate& candidate : item.candidates)
            add(candidate.customer);
    }
    for (QuarantineItem& item : store.quarantined_of(ids, link_ids)) {
        const auto found = index.find(item.customer);
        if (found != index.end()) {
            loaded[found->second].quarantined.push_back(std::move(item));
            continue;
        }
        for (Aggregate& aggregate : loaded) {
            if (names_link(aggregate, item.link)) aggregate.quarantined.push_back(item);
        }
    }
    leave_out_unopened(store, loaded);
    return loaded;
}

Result<std::unique_ptr<CompiledRules>> compile_rules(
    const HubSetting& hub, const FieldTable& fields
) {
    auto compiled = std::make_unique<CompiledRules>();
    compiled->mappings.reserve(hub.systems.size());  // rules point into it
    compiled->rules.fields = &fields;
    compiled->rules.hub = &hub;
    for (const SystemSetting& system : hub.systems) {
        auto mapping = mapping::SystemMapping::compile(system, fields);
        if (!mapping) return std::move(mapping).error();
        compiled->mappings.push_back(std::move(mapping).value());
        SystemRules rules;
        rules.setting = &system;
        rules.mapping = &compiled->mappings.back();
        rules.can_write = true;  // until the connector says otherwise
        compiled->rules.systems.push_back(rules);
    }
    return compiled;
}

std::vector<SystemStanding> standing_of_all(
    const Rules& rules, store::Store& store, Clock& clock, Random& random
) {
    Rules heeding = rules;
    heed_holds(heeding, store);
    StandingCount count(heeding, store, clock, random);
    const MatchKeys match_keys(rules);
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = store.customers_after(last, kCustomersPerLoad);
        if (ids.empty()) return count.take();
        for (const Aggregate& aggregate : load_aggregates(store, ids))
            count.add(aggregate, taken_fields(heeding, store, match_keys, aggregate));
        last = ids.back();
    }
}

}  // namespace syncline::sync
