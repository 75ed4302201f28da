#include "sync/run/broken_conditions.hpp"

#include "sync/run/holds.hpp"

#include <algorithm>
#include <string>

namespace syncline::sync {
namespace {

/// Is the record still what the write expected?
bool is_as_expected(const SystemRules& system, const Link& link, const Delivery& write) {
    if (link.token != write.if_version) return false;
    const auto& sent = write.attempt.fields;
    return std::all_of(sent.begin(), sent.end(), [&](const auto& entry) {
        const LinkField* field = link.fields.find(entry.first);
        const RawFields held = field != nullptr && field->shadow ? field->shadow->raw : RawFields{};
        return held == system.mapping->select(entry.first, write.before);
    });
}

/// What was read right after the refusal may be older than it. A record that was refused under the
/// same version before, longer ago than a reading can be old, proves it.
bool is_proved(Station& station, const SystemRules& system, const Delivery& write, Timestamp now) {
    auto& [version, since] = station.refused[write.attempt.link];
    if (version != write.if_version) {
        version = write.if_version;
        since = now;
    }
    return now >= since + system.stale_window;
}

}  // namespace

void judge_conditions(
    Workbench& bench,
    Station& station,
    std::span<const Delivery> deliveries,
    std::span<const Receipt> receipts
) {
    if (!station.capabilities->conditional_write) return;
    const SystemRules& system = bench.rules().at(station.setting->id);
    for (const Receipt& receipt : receipts) {
        const auto write =
            std::find_if(deliveries.begin(), deliveries.end(), [&](const Delivery& one) {
                return one.attempt.id == receipt.attempt;
            });
        if (write == deliveries.end() || write->if_version.empty()) continue;
        if (receipt.outcome == Receipt::Outcome::Stored) {
            station.conditions_broken = 0;
            station.refused.clear();
        }
        if (receipt.outcome != Receipt::Outcome::Conflict) continue;
        const std::vector<LinkId> id{write->attempt.link};
        const std::vector<Link> links = bench.store().links_by_id(id);
        const bool is_broken = !links.empty() && is_as_expected(system, links.front(), *write) &&
                               is_proved(station, system, *write, bench.now());
        if (is_broken) ++station.conditions_broken;
    }
    if (station.conditions_broken < kRefusalsThatBreak) return;
    station.conditions_broken = 0;
    station.refused.clear();
    hold(
        bench,
        system.id(),
        Hold::BrokenConditions,
        {},
        "the system refuses conditional writes although the record is unchanged: something between "
        "may rewrite its versions (a proxy that compresses). From now on each record is read right "
        "before it is written. Once that is mended, try this item again"
    );
}

}  // namespace syncline::sync
