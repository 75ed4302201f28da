#include "sync/run/workbench.hpp"

#include <algorithm>
#include <map>
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

bool is_failing(FieldStanding standing) {
    return standing == FieldStanding::Quarantined;
}

void count_customer(
    const Rules& rules,
    const Aggregate& aggregate,
    std::map<SystemId, TakenFields> taken,
    std::vector<SystemStanding>& standings
) {
    for (std::size_t i = 0; i < rules.systems.size(); ++i) {
        const SystemRules& system = rules.systems[i];
        const Link* link = aggregate.find_link(system.id());
        if (link == nullptr || link->state != LinkState::Active) {
            if (!in_scope(system, aggregate.customer, *rules.fields))
                ++standings[i].excluded;
            else if (awaits_create(aggregate, system.id()))
                ++standings[i].pending;
            continue;
        }
        bool pending = false;
        bool failing = false;
        for (const Field& field : rules.fields->fields()) {
            const FieldStanding standing =
                standing_of(rules, aggregate, system, field, taken[system.id()]);
            pending = pending || standing == FieldStanding::Pending;
            failing = failing || is_failing(standing);
        }
        if (failing) ++standings[i].failing;
        if (pending) ++standings[i].pending;
        if (!pending && !failing) ++standings[i].in_sync;
    }
}

}  // namespace

std::vector<Aggregate> load_aggregates(store::Store& store, std::span<const CustomerId> ids) {
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
    for (QuarantineItem& item : store.quarantine()) {
        const auto found = index.find(item.customer);
        if (found != index.end()) {
            loaded[found->second].quarantined.push_back(std::move(item));
            continue;
        }
        for (Aggregate& aggregate : loaded) {
            if (names_link(aggregate, item.link)) aggregate.quarantined.push_back(item);
        }
    }
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

std::vector<SystemStanding> standing_of_all(const Rules& rules, store::Store& store) {
    std::vector<SystemStanding> standings;
    for (const SystemRules& system : rules.systems)
        standings.push_back({system.id()});
    const MatchKeys match_keys(rules);
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = store.customers_after(last, kCustomersPerLoad);
        if (ids.empty()) return standings;
        for (const Aggregate& aggregate : load_aggregates(store, ids))
            count_customer(
                rules, aggregate, taken_fields(rules, store, match_keys, aggregate), standings
            );
        last = ids.back();
    }
}

}  // namespace syncline::sync
