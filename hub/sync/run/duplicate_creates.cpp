#include "sync/run/duplicate_creates.hpp"

#include "sync/core/settle.hpp"
#include "sync/run/pull.hpp"

#include <optional>

namespace syncline::sync {
namespace {

std::optional<Link> known_record(Workbench& bench, const Station& station, const RemoteId& id) {
    const std::vector<RemoteId> ids{id};
    std::vector<Link> links =
        bench.store().links_by_remote(station.setting->id, station.setting->entity, ids);
    if (links.empty() || links.front().state == LinkState::Gone) return std::nullopt;
    return std::move(links.front());
}

void set_aside(
    Workbench& bench, const Delivery& create, const Receipt& receipt, const Link* holder
) {
    const std::vector<CustomerId> customer{create.attempt.customer};
    std::vector<Aggregate> loaded = load_aggregates(bench.store(), customer);
    if (loaded.empty()) return;
    Aggregate& aggregate = loaded.front();
    Effects effects;
    settle_duplicate(aggregate, create, receipt, holder, bench.moment(), effects);
    store::CommitBatch batch;
    bench.collect(aggregate, effects, batch);
    bench.commit(batch);
    report_changes(bench, aggregate, effects);
}

}  // namespace

void look_at_duplicates(
    Workbench& bench,
    const Station& station,
    const std::vector<std::pair<Delivery, Receipt>>& refused,
    SystemReport& report
) {
    for (const auto& [create, receipt] : refused) {
        const RemoteId& id = receipt.duplicate_of;
        if (const auto holder = known_record(bench, station, id)) {
            set_aside(bench, create, receipt, &*holder);
            continue;
        }
        const std::vector<RemoteId> ids{id};
        if (station.capabilities->lookup_by_id && !look_again(bench, station, ids, report)) return;
        if (!known_record(bench, station, id)) set_aside(bench, create, receipt, nullptr);
    }
}

}  // namespace syncline::sync
