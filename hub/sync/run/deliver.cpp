#include "sync/run/deliver.hpp"

#include "sync/core/adopt.hpp"
#include "sync/core/delete_customer.hpp"
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

constexpr std::size_t kCustomersPerBatch = 200;

/// Derives deliveries for customers, batch by batch, and remembers which unique values this very
/// pass is about to create.
class Derivation {
public:
    Derivation(Workbench& bench, bool scheduled) : bench_(bench), scheduled_(scheduled) {
        for (const Station& station : bench.stations()) {
            const auto cursor = bench.store().cursor(station.setting->id, station.setting->entity);
            if (cursor && cursor->listed_completely)
                listed_at_[station.setting->id] = cursor->listed_at;
        }
    }

    void derive(const std::vector<CustomerId>& ids);
    OwedBySystem take() { return std::move(owed_); }

private:
    bool knows_who_deletes(const Aggregate& aggregate) const;
    bool derive_for(Aggregate& aggregate, const Station& station, Effects& effects);
    TakenFields taken_now(const Aggregate& aggregate, const SystemRules& system);
    void add(const SystemRules& system, Delivery delivery);
    Owed& owed_to(const SystemId& system);

    Workbench& bench_;
    const bool scheduled_;
    std::map<SystemId, Timestamp> listed_at_;  ///< of those that were read completely
    std::map<SystemId, TakenFields> taken_;
    std::set<std::string> claimed_;  ///< "system/field/key" of unique values this pass writes
    OwedBySystem owed_;
};

TakenFields Derivation::taken_now(const Aggregate& aggregate, const SystemRules& system) {
    TakenFields taken = taken_[system.id()];
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const FieldState* state = aggregate.customer.fields.find(mapped.field);
        if (!mapped.unique || state == nullptr) continue;
        FlatMap<FieldId, FieldValue> value;
        value[mapped.field] = state->value;
        for (const store::MatchKey& key : bench_.keys_of(value)) {
            const std::string claim =
                system.id().text() + "/" + std::to_string(key.field.number) + "/" + key.key;
            if (claimed_.contains(claim)) taken.insert(mapped.field);
        }
    }
    return taken;
}

void Derivation::add(const SystemRules& system, Delivery delivery) {
    for (const auto& [field, sent] : delivery.attempt.fields) {
        const mapping::MappedField* mapped = system.mapping->find(field);
        if (mapped == nullptr || !mapped->unique) continue;
        FlatMap<FieldId, FieldValue> value;
        value[field] = sent.value;
        for (const store::MatchKey& key : bench_.keys_of(value))
            claimed_.insert(
                system.id().text() + "/" + std::to_string(key.field.number) + "/" + key.key
            );
    }
    Owed& owed = owed_to(system.id());
    switch (delivery.attempt.kind) {
        case AttemptKind::Update:
            ++owed.updates;
            break;
        case AttemptKind::Create:
            ++owed.creates;
            break;
        case AttemptKind::Delete:
            ++owed.deletes;
            break;
    }
    if (empties(delivery)) ++owed.clears;
    owed.deliveries.push_back(std::move(delivery));
}

Owed& Derivation::owed_to(const SystemId& system) {
    Owed& owed = owed_[system];
    owed.interruptions = bench_.interruptions();
    owed.within_budget = scheduled_;
    return owed;
}

/// True when something is still owed to the system, written now or not.
bool Derivation::derive_for(Aggregate& aggregate, const Station& station, Effects& effects) {
    const SystemRules& system = bench_.rules().at(station.setting->id);
    if (!system.may_be_written()) return true;
    const TakenFields taken = taken_now(aggregate, system);
    std::optional<Delivery> delivery;
    bool waits = false;
    const Link* condemned = aggregate.find_link(system.id());
    if (condemned != nullptr && is_condemned(system, aggregate, *condemned)) {
        delivery = derive_delete(bench_.rules(), aggregate, *condemned, bench_.moment());
        if (delivery) {
            add(system, *std::move(delivery));
            return true;
        }
        waits = !is_deletion_refused(aggregate, *condemned);
    }
    if (const Link* link = aggregate.find_link(system.id())) {
        delivery = derive_update(bench_.rules(), aggregate, *link, taken, bench_.moment(), effects);
        waits =
            waits || std::any_of(
                         bench_.rules().fields->fields().begin(),
                         bench_.rules().fields->fields().end(),
                         [&](const Field& field) {
                             return standing_of(bench_.rules(), aggregate, system, field, taken) ==
                                    FieldStanding::Pending;
                         }
                     );
    } else {
        const CreateAnswer answer = derive_create(
            bench_.rules(),
            aggregate,
            system,
            would_show(system, aggregate.customer, listed_at_[system.id()]),
            taken,
            bench_.moment(),
            effects,
            delivery
        );
        waits = answer == CreateAnswer::Create || answer == CreateAnswer::AwaitsAttempt ||
                answer == CreateAnswer::AwaitsReview || answer == CreateAnswer::NotListedYet;
    }
    if (!delivery) return waits;
    if (scheduled_) {
        const Timestamp at = settling_until(bench_, aggregate, *delivery);
        if (at > bench_.now()) {
            Timestamp& first = owed_to(system.id()).settled_at;
            first = first == Timestamp{} ? at : std::min(first, at);
            return waits;
        }
    }
    if (is_retry(aggregate, *delivery)) owed_to(system.id()).retries.insert(delivery->attempt.id);
    add(system, *std::move(delivery));
    return waits;
}

/// Was every system reached that is to delete a record of this customer? Before that nobody can
/// tell whether it can, and a record that only waits would be set aside.
bool Derivation::knows_who_deletes(const Aggregate& aggregate) const {
    const auto& stations = bench_.stations();
    return std::all_of(stations.begin(), stations.end(), [&](const Station& station) {
        if (station.capabilities || station.setting->on_delete != OnDelete::Delete) return true;
        const Link* link = aggregate.find_link(station.setting->id);
        return link == nullptr || link->state != LinkState::Active;
    });
}

void Derivation::derive(const std::vector<CustomerId>& ids) {
    store::CommitBatch batch;
    for (Aggregate& aggregate : load_aggregates(bench_.store(), ids)) {
        if (aggregate.customer.state == CustomerState::Alias) {
            batch.work_done.push_back(aggregate.customer.id);
            continue;
        }
        Effects effects;
        eliminate_no_ops(bench_.rules(), aggregate, effects);
        bool owes = aggregate.is_deleted() && !knows_who_deletes(aggregate);
        if (!owes) spread_deletion(bench_.rules(), aggregate, bench_.moment(), effects);
        taken_ = taken_fields(bench_.rules(), bench_.store(), bench_.match_keys(), aggregate);
        for (const Station& station : bench_.stations())
            owes = derive_for(aggregate, station, effects) || owes;
        bench_.collect(aggregate, effects, batch);
        if (!owes) batch.work_done.push_back(aggregate.customer.id);
        report_changes(bench_, aggregate, effects);
    }
    batch.work_added.clear();  // what deriving decided needs no second look
    bench_.commit(batch);
}

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

bool empties(const Delivery& delivery) {
    return std::any_of(delivery.patch.begin(), delivery.patch.end(), [&](const auto& entry) {
        const RawValue* before = delivery.before.find(entry.first);
        return entry.second.text.empty() && before != nullptr && !before->text.empty();
    });
}

OwedBySystem derive_owed(Workbench& bench, const PassOptions& options) {
    Derivation derivation(bench, options.scheduled);
    if (options.rederive_all) {
        CustomerId last;
        for (;;) {
            const auto ids = bench.store().customers_after(last, kCustomersPerBatch);
            if (ids.empty()) break;
            derivation.derive(ids);
            last = ids.back();
        }
        return derivation.take();
    }
    std::vector<CustomerId> waiting = bench.store().work(1'000'000);
    std::sort(waiting.begin(), waiting.end());
    for (std::size_t at = 0; at < waiting.size(); at += kCustomersPerBatch) {
        const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(kCustomersPerBatch, waiting.size() - at);
        derivation.derive({begin, begin + static_cast<std::ptrdiff_t>(count)});
    }
    return derivation.take();
}

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
