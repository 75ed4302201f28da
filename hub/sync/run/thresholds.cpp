#include "sync/run/thresholds.hpp"

#include "sync/run/new_mapping.hpp"
#include "sync/run/same_value.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncline::sync {
namespace {

/// New and changed records are daily work, and add up over a day; emptied and deleted ones do not.
constexpr std::uint64_t kPassesOfDailyWork = 4;

struct Limit {
    WriteKind kind;
    const ThresholdSetting& setting;
    std::uint64_t passes_a_day;  ///< as much as in so many passes at the limit, in the window
    const char* in_pass;         ///< "3 records to delete"
    const char* in_window;       ///< "3 deletions in erp in the last 24 hours"

    bool is_set() const { return setting.count > 0 || setting.percent > 0; }
};

std::vector<Limit> limits_of(const HubSetting& hub) {
    return {
        {WriteKind::Create, hub.creates, kPassesOfDailyWork, "new records", "new records"},
        {WriteKind::Update, hub.updates, kPassesOfDailyWork, "changed records", "changed records"},
        {WriteKind::Clear,
         hub.clears,
         1,
         "records with emptied fields",
         "records with emptied fields"},
        {WriteKind::Delete, hub.deletes, 1, "records to delete", "deletions"}};
}

std::set<CustomerId> customers_owed(const Owed& owed, WriteKind kind) {
    std::set<CustomerId> customers;
    for (const Delivery& delivery : owed.deliveries) {
        const std::vector<WriteKind> kinds = kinds_of(delivery);
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
            customers.insert(delivery.attempt.customer);
    }
    return customers;
}

/// "" when what is owed stays within the limit, also together with what was written lately. A
/// record that is written again counts once.
std::string over(
    const Limit& limit,
    const Owed& owed,
    std::span<const RecentWrite> recent,
    std::uint64_t links_of_system
) {
    const std::set<CustomerId> now = customers_owed(owed, limit.kind);
    if (!limit.is_set() || now.empty()) return {};
    const auto earlier = std::count_if(recent.begin(), recent.end(), [&](const RecentWrite& write) {
        return write.kind == limit.kind && !now.contains(write.customer);
    });
    const std::uint64_t sum = now.size() + static_cast<std::uint64_t>(earlier);
    const std::uint64_t allowed = allowed_by(limit.setting, links_of_system);
    if (now.size() > allowed)
        return std::to_string(now.size()) + " " + limit.in_pass + ", and the threshold allows " +
               std::to_string(allowed);
    const std::uint64_t allowed_in_window = allowed * limit.passes_a_day;
    if (sum <= allowed_in_window) return {};
    return std::to_string(sum) + " " + limit.in_window + " in " +
           owed.deliveries.front().attempt.system.text() + " in the last " +
           std::to_string(kThresholdWindow.count()) + " hours, " +
           std::to_string(allowed_in_window) + " allowed";
}

void add_to(Waiting& waiting, Waiting more) {
    if (waiting.reason.empty()) waiting.reason = std::move(more.reason);
    waiting.writes.merge(more.writes);
}

}  // namespace

std::uint64_t allowed_by(
    const ThresholdSetting& limit, std::uint64_t links_of_system, std::uint64_t percent_floor
) {
    std::uint64_t allowed = limit.count > 0 ? limit.count : UINT64_MAX;
    if (limit.percent > 0) {
        const std::uint64_t share = (links_of_system * limit.percent + 99) / 100;
        allowed = std::min(allowed, std::max(share, percent_floor));
    }
    return allowed;
}

std::vector<WriteKind> kinds_of(const Delivery& delivery) {
    switch (delivery.attempt.kind) {
        case AttemptKind::Create:
            return {WriteKind::Create};
        case AttemptKind::Delete:
            return {WriteKind::Delete};
        case AttemptKind::Update:
            break;
    }
    if (empties(delivery)) return {WriteKind::Update, WriteKind::Clear};
    return {WriteKind::Update};
}

Waiting what_waits(
    const HubSetting& hub,
    const Owed& owed,
    std::span<const RecentWrite> recent,
    std::uint64_t links_of_system
) {
    Waiting waiting;
    for (const Limit& limit : limits_of(hub)) {
        std::string reason = over(limit, owed, recent, links_of_system);
        if (reason.empty()) continue;
        waiting.reason = std::move(reason);
        // Too many deletions say nothing against the edits of other customers.
        for (const Delivery& delivery : owed.deliveries) {
            if (limit.kind != WriteKind::Delete || delivery.attempt.kind == AttemptKind::Delete)
                waiting.writes.insert(delivery.attempt.id);
        }
        break;
    }
    add_to(waiting, one_value_for_many(hub, owed, links_of_system));
    return waiting;
}

Waiting what_waits(
    const Rules& rules, store::Store& store, const SystemId& system, const Owed& owed, Timestamp now
) {
    if (owed.deliveries.empty()) return {};
    const auto links = store.link_count(system, rules.at(system).setting->entity);
    Waiting waiting =
        what_waits(*rules.hub, owed, store.recent_writes(system, now - kThresholdWindow), links);
    add_to(waiting, replaces_unreleased(rules, owed));
    return waiting;
}

std::vector<Delivery> hold_back(const Waiting& waiting, Owed& owed) {
    std::vector<Delivery>& all = owed.deliveries;
    const auto held = std::stable_partition(all.begin(), all.end(), [&](const Delivery& delivery) {
        return !waiting.writes.contains(delivery.attempt.id);
    });
    std::vector<Delivery> kept(std::make_move_iterator(held), std::make_move_iterator(all.end()));
    all.erase(held, all.end());
    return kept;
}

std::string doubt_about_missing(
    const HubSetting& hub, std::uint64_t missing, std::uint64_t listed, std::uint64_t known
) {
    const std::string what = std::to_string(missing) + " of " + std::to_string(known) +
                             " known records are missing in a listing of " + std::to_string(listed);
    const std::uint64_t allowed = allowed_by(hub.deletes, known);
    if (listed > 0 && missing <= allowed) return {};
    return what +
           (listed == 0 ? std::string() : ", and the threshold allows " + std::to_string(allowed)) +
           "; none was taken as deleted";
}

}  // namespace syncline::sync
