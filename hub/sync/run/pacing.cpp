#include "sync/run/pacing.hpp"

#include "sync/run/settle_window.hpp"

#include <algorithm>
#include <chrono>

namespace syncline::sync {
namespace {

Timestamp time_of(Version version) {
    return from_unix_ms(version.unix_ms());
}

/// The first version that can be minted at a time.
Version at_time(Timestamp at) {
    constexpr unsigned kCounterBits = 16;
    const std::int64_t ms = std::max<std::int64_t>(to_unix_ms(at), 0);
    return {static_cast<std::uint64_t>(ms) << kCounterBits};
}

Lane lane_of(const Owed& owed, const Delivery& delivery) {
    if (delivery.attempt.kind == AttemptKind::Create) return Lane::Backfill;
    return owed.retries.contains(delivery.attempt.id) ? Lane::Retry : Lane::Live;
}

/// When the first change of a field was made that its system has not got yet.
Timestamp first_change(
    std::span<const Change> journal,
    const Link& link,
    FieldId field,
    Version newest,
    Timestamp not_before
) {
    const LinkField* entry = link.fields.find(field);
    Version held = at_time(not_before);
    if (entry != nullptr && entry->shadow && entry->shadow->base.kind == Base::Kind::Image)
        held = std::max(held, entry->shadow->base.version);
    return first_change_after(journal, field, held, time_of(newest));
}

}  // namespace

Timestamp settling_until(Workbench& bench, const Aggregate& aggregate, const Delivery& delivery) {
    const SystemSetting& setting = *bench.rules().at(delivery.attempt.system).setting;
    if (setting.settle.count() == 0) return {};
    Timestamp last{};
    for (const auto& [field, sent] : delivery.attempt.fields)
        last = std::max(last, time_of(sent.version));
    if (last + setting.settle <= bench.now()) return {};
    if (delivery.attempt.kind == AttemptKind::Create)
        return settled_at(time_of(aggregate.customer.created), last, setting.settle);
    const Link* link = aggregate.find_link(delivery.attempt.system);
    if (link == nullptr) return {};
    // Only a customer that is being edited gets here: its journal is read for each such write.
    const std::vector<Change> journal = bench.store().history(aggregate.customer.id);
    const Timestamp not_before = last - 2 * kMostSettleWindows * setting.settle;
    Timestamp first = last;
    for (const auto& [field, sent] : delivery.attempt.fields)
        first = std::min(first, first_change(journal, *link, field, sent.version, not_before));
    return settled_at(first, last, setting.settle);
}

bool is_retry(const Aggregate& aggregate, const Delivery& delivery) {
    const auto was_unanswered = [&](const Attempt& attempt) {
        return attempt.link == delivery.attempt.link && attempt.system == delivery.attempt.system &&
               attempt.state == AttemptState::Looked;
    };
    const auto is_wanted_again = [&](const QuarantineItem& item) {
        return item.system == delivery.attempt.system && item.direction == Direction::Outbound &&
               item.retry_requested;
    };
    const auto& attempts = aggregate.attempts;
    const auto& items = aggregate.quarantined;
    return std::any_of(attempts.begin(), attempts.end(), was_unanswered) ||
           std::any_of(items.begin(), items.end(), is_wanted_again);
}

void order_by_lane(Owed& owed) {
    std::stable_sort(
        owed.deliveries.begin(),
        owed.deliveries.end(),
        [&](const Delivery& a, const Delivery& b) { return lane_of(owed, a) < lane_of(owed, b); }
    );
}

std::size_t affordable(
    Workbench& bench,
    Station& station,
    const Owed& owed,
    std::size_t at,
    std::size_t wanted,
    SystemReport& report
) {
    if (!station.budget || !owed.within_budget) return wanted;
    for (std::size_t i = 0; i < wanted; ++i) {
        const Lane lane = lane_of(owed, owed.deliveries[at + i]);
        if (station.budget->take(lane, bench.now())) continue;
        report.budget_from = station.budget->when(lane, bench.now(), kCallsOfAPass);
        return i;
    }
    return wanted;
}

void spend_call(Workbench& bench, const SystemId& system) {
    Station& station = bench.station(system);
    if (station.budget) station.budget->spend(bench.now());
}

}  // namespace syncline::sync
