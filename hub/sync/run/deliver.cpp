#include "sync/run/deliver.hpp"

#include "sync/core/adopt.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/settle.hpp"
#include "sync/run/broken_conditions.hpp"
#include "sync/run/duplicate_creates.hpp"
#include "sync/run/pacing.hpp"
#include "sync/run/pull.hpp"
#include "sync/run/read_before_write.hpp"
#include "sync/run/still_owed.hpp"
#include "sync/run/thresholds.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

/// What follows the answers of one batch of calls.
struct FollowUps {
    std::vector<RemoteId> look;
    std::vector<Delivery> look_created;
    std::vector<std::pair<Delivery, Receipt>> duplicates;
};

Progress::Kind progress_of(AttemptKind kind) {
    switch (kind) {
        case AttemptKind::Update:
            return Progress::Kind::Pushed;
        case AttemptKind::Create:
            return Progress::Kind::Created;
        case AttemptKind::Delete:
            return Progress::Kind::Deleted;
    }
    return Progress::Kind::Pushed;
}

void tell_written(const Workbench& bench, const Delivery& delivery, const Receipt& receipt) {
    Progress progress;
    progress.kind = progress_of(delivery.attempt.kind);
    progress.system = delivery.attempt.system;
    progress.remote_id = receipt.remote_id.empty() ? delivery.remote_id : receipt.remote_id;
    progress.customer = delivery.attempt.customer;
    for (const auto& [field, sent] : delivery.attempt.fields) {
        if (const Field* known = bench.rules().fields->find(field))
            progress.fields.push_back(known->path);
    }
    bench.report(progress);
}

void count(const Delivery& delivery, const Receipt& receipt, SystemReport& report) {
    const AttemptKind kind = delivery.attempt.kind;
    switch (receipt.outcome) {
        case Receipt::Outcome::Stored:
            if (kind == AttemptKind::Update) ++report.updated;
            if (kind == AttemptKind::Create) ++report.created;
            if (kind == AttemptKind::Delete) ++report.deleted;
            if (empties(delivery)) ++report.cleared;
            return;
        case Receipt::Outcome::Duplicate:
        case Receipt::Outcome::Refused:
            ++report.refused;
            return;
        case Receipt::Outcome::InDoubt:
            ++report.in_doubt;
            return;
        case Receipt::Outcome::Conflict:
        case Receipt::Outcome::Gone:
        case Receipt::Outcome::NotSent:
            ++report.pending;
            return;
    }
}

/// For thresholds over time. What is in doubt counts: it may have been written.
void remember(
    const Delivery& delivery, const Receipt& receipt, Timestamp now, store::CommitBatch& batch
) {
    if (receipt.outcome != Receipt::Outcome::Stored && receipt.outcome != Receipt::Outcome::InDoubt)
        return;
    const Attempt& attempt = delivery.attempt;
    for (const WriteKind kind : kinds_of(delivery))
        batch.recent_writes.push_back({attempt.system, kind, attempt.customer, now});
}

FollowUps settle_batch(
    Workbench& bench,
    std::span<const Delivery> deliveries,
    const std::vector<Receipt>& receipts,
    Purpose purpose,
    SystemReport& report
) {
    FollowUps follow;
    std::vector<CustomerId> ids;
    for (const Delivery& delivery : deliveries)
        ids.push_back(delivery.attempt.customer);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::unordered_map<CustomerId, Aggregate> loaded;
    for (Aggregate& aggregate : load_aggregates(bench.store(), ids)) {
        const CustomerId id = aggregate.customer.id;
        loaded.emplace(id, std::move(aggregate));
    }
    store::CommitBatch batch;
    for (const Receipt& receipt : receipts) {
        const auto delivery =
            std::find_if(deliveries.begin(), deliveries.end(), [&](const Delivery& candidate) {
                return candidate.attempt.id == receipt.attempt;
            });
        if (delivery == deliveries.end()) continue;
        const auto of = loaded.find(delivery->attempt.customer);
        if (of == loaded.end()) continue;  // the attempt stays open, and is looked after
        Aggregate& aggregate = of->second;
        Effects effects;
        const FollowUp next =
            settle(bench.rules(), aggregate, *delivery, receipt, bench.moment(), effects);
        adopt(bench.rules(), aggregate, bench.moment(), effects);
        eliminate_no_ops(bench.rules(), aggregate, effects);
        const Link* link = aggregate.find_link(delivery->attempt.link);
        if (link == nullptr) link = aggregate.find_link(delivery->attempt.system);
        if (next == FollowUp::Look && link != nullptr) follow.look.push_back(link->remote_id);
        if (next == FollowUp::LookCreated) follow.look_created.push_back(*delivery);
        if (next == FollowUp::LookDuplicate) follow.duplicates.emplace_back(*delivery, receipt);
        bench.collect(aggregate, effects, batch);
        batch.work_added.push_back(aggregate.customer.id);
        count(*delivery, receipt, report);
        if (purpose == Purpose::Owed) remember(*delivery, receipt, bench.now(), batch);
        if (receipt.outcome == Receipt::Outcome::Stored) tell_written(bench, *delivery, receipt);
        if (receipt.outcome == Receipt::Outcome::NotSent && !report.error &&
            !bench.stop_requested()) {
            report.error = receipt.error;
            Progress trouble;
            trouble.kind = Progress::Kind::Trouble;
            trouble.system = delivery->attempt.system;
            trouble.detail = receipt.error.detail;
            bench.report(trouble);
        }
        report_changes(bench, aggregate, effects);
    }
    bench.commit(batch);
    bench.pass_point("settle.after");
    return follow;
}

/// Ids that no record bears, and that none the hub remembers ever bore.
Result<std::vector<RemoteId>> unused_ids(Workbench& bench, Station& station, std::size_t count) {
    constexpr int kTries = 10;  // a table that was emptied begins again below all that it had
    std::size_t asked = count;
    for (int i = 0; i < kTries; ++i) {
        SYNCLINE_TRY(
            std::vector<RemoteId> ids, station.connection->plan_ids(station.setting->entity, asked)
        );
        std::set<RemoteId> known;
        for (const Link& link :
             bench.store().links_by_remote(station.setting->id, station.setting->entity, ids))
            known.insert(link.remote_id);
        std::erase_if(ids, [&](const RemoteId& id) { return known.contains(id); });
        if (ids.size() >= count) return ids;
        asked = count + known.size() * 4;
    }
    return Error{
        ErrorCode::PluginUnusable,
        Remedy::Stop,
        station.setting->file,
        "the connector named too few unused ids for new records"};
}

/// Ids for creates that the remote does not number itself, chosen before the attempt is stored.
bool plan_ids(
    Workbench& bench, Station& station, std::span<Delivery> deliveries, SystemReport& report
) {
    std::vector<Delivery*> creates;
    for (Delivery& delivery : deliveries) {
        if (delivery.attempt.kind == AttemptKind::Create) creates.push_back(&delivery);
    }
    if (!station.capabilities->creates_need_planned_id || creates.empty()) return true;
    const auto ids = unused_ids(bench, station, creates.size());
    if (!ids) {
        report.error = ids.error();
        return false;
    }
    for (std::size_t i = 0; i < creates.size(); ++i) {
        creates[i]->attempt.planned_id = (*ids)[i];
        creates[i]->remote_id = (*ids)[i];
    }
    return true;
}

void deliver_batch(
    Workbench& bench,
    Station& station,
    std::vector<Delivery> deliveries,
    std::uint64_t interruptions,
    Purpose purpose,
    SystemReport& report
) {
    if (!station.capabilities->conditional_write && !station.capabilities->write_deferred) {
        const std::size_t planned = deliveries.size();
        deliveries = read_before_write(bench, station, std::move(deliveries), purpose, report);
        if (report.error) report.pending += planned;
    }
    if (deliveries.empty() || !plan_ids(bench, station, deliveries, report)) return;
    // What is written back is conditional on what the record was seen to hold.
    if (purpose != Purpose::Back && bench.interruptions() != interruptions)
        deliveries = still_owed(bench, station, std::move(deliveries), report);
    if (deliveries.empty()) return;
    store::CommitBatch intents;
    for (const Delivery& delivery : deliveries)
        intents.attempts.push_back(delivery.attempt);
    bench.commit(intents);
    bench.pass_point("call.before");
    const std::vector<Receipt> receipts =
        station.connection->write(station.setting->entity, deliveries);
    bench.pass_point("call.after");

    const FollowUps follow = settle_batch(bench, deliveries, receipts, purpose, report);
    for (const Delivery& create : follow.look_created) {
        const auto found = station.connection->lookup_created(create);
        if (!found) continue;  // the attempt stays open: looked after at the next pass
        const std::vector<CustomerId> id{create.attempt.customer};
        std::vector<Aggregate> loaded = load_aggregates(bench.store(), id);
        if (loaded.empty()) continue;
        Effects effects;
        settle_found(bench, loaded.front(), create.attempt.id, *found, effects);
        store::CommitBatch batch;
        bench.collect(loaded.front(), effects, batch);
        bench.commit(batch);
    }
    SystemReport looked;
    look_again(bench, station, follow.look, looked);
    look_at_duplicates(bench, station, follow.duplicates, looked);
    report.changed += looked.changed;
    if (looked.error)
        report.error = looked.error;
    else
        judge_conditions(bench, station, deliveries, receipts);
}

}  // namespace

void deliver(Workbench& bench, Station& station, Owed owed, SystemReport& report, Purpose purpose) {
    const std::size_t batch_size = std::max<std::size_t>(1, station.capabilities->max_batch);
    order_by_lane(owed);
    std::vector<Delivery>& all = owed.deliveries;
    std::size_t at = 0;
    while (at < all.size() && !report.error && !bench.must_leave(station)) {
        const std::size_t wanted = std::min(batch_size, all.size() - at);
        const std::size_t count = affordable(bench, station, owed, at, wanted, report);
        if (count == 0) break;
        const auto begin = std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(at));
        const auto end = begin + static_cast<std::ptrdiff_t>(count);
        deliver_batch(
            bench, station, std::vector<Delivery>(begin, end), owed.interruptions, purpose, report
        );
        at += count;
        bench.note_stage({Stage::Doing::Writing, station.setting->id, at, all.size()});
    }
    report.pending += all.size() - at;
    if (at < all.size()) return;
    store::CommitBatch batch;
    store::SystemState state = bench.state_of(station.setting->id);
    state.last_push = bench.now();
    batch.systems.push_back(state);
    batch.forgotten_writes.emplace_back(state.system, bench.now() - kThresholdWindow);
    bench.commit(batch);
}

}  // namespace syncline::sync
