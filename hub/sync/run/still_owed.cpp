#include "sync/run/still_owed.hpp"

#include "sync/core/delete_customer.hpp"
#include "sync/core/pending.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

/// What the system is owed of a customer by what is stored now.
std::optional<Delivery> owed_now(
    Workbench& bench, const SystemRules& system, const Aggregate& aggregate
) {
    const auto taken = taken_fields(bench.rules(), bench.store(), bench.match_keys(), aggregate);
    const auto not_here = taken.find(system.id());
    const TakenFields fields = not_here == taken.end() ? TakenFields{} : not_here->second;
    Effects ignored;  // the next pass decides them
    const Link* link = aggregate.find_link(system.id());
    if (link != nullptr && is_condemned(system, aggregate, *link))
        return derive_delete(bench.rules(), aggregate, *link, bench.moment());
    if (link != nullptr)
        return derive_update(bench.rules(), aggregate, *link, fields, bench.moment(), ignored);
    std::optional<Delivery> create;
    derive_create(
        bench.rules(),
        aggregate,
        system,
        /*is_listed=*/true,
        fields,
        bench.moment(),
        ignored,
        create
    );
    return create;
}

bool covers(const Delivery& now, const Delivery& planned) {
    if (now.attempt.kind != planned.attempt.kind || now.attempt.link != planned.attempt.link)
        return false;
    if (now.attempt.expected_token != planned.attempt.expected_token) return false;
    const auto& fields = planned.attempt.fields;
    return std::all_of(fields.begin(), fields.end(), [&](const auto& entry) {
        const SentField* sent = now.attempt.fields.find(entry.first);
        return sent != nullptr && *sent == entry.second;
    });
}

}  // namespace

std::vector<Delivery> still_owed(
    Workbench& bench, const Station& station, std::vector<Delivery> deliveries, SystemReport& report
) {
    std::vector<CustomerId> ids;
    for (const Delivery& delivery : deliveries)
        ids.push_back(delivery.attempt.customer);
    std::unordered_map<CustomerId, Aggregate> loaded;
    for (Aggregate& aggregate : load_aggregates(bench.store(), ids)) {
        const CustomerId id = aggregate.customer.id;
        loaded.emplace(id, std::move(aggregate));
    }
    const SystemRules& system = bench.rules().at(station.setting->id);
    const std::size_t planned = deliveries.size();
    std::erase_if(deliveries, [&](const Delivery& delivery) {
        const auto aggregate = loaded.find(delivery.attempt.customer);
        if (aggregate == loaded.end()) return true;
        const auto now = owed_now(bench, system, aggregate->second);
        return !now || !covers(*now, delivery);
    });
    report.pending += planned - deliveries.size();
    report.outdated += planned - deliveries.size();
    return deliveries;
}

}  // namespace syncline::sync
