#include "sync/run/owed.hpp"

#include "sync/core/delete_customer.hpp"
#include "sync/core/pending.hpp"
#include "sync/run/pacing.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
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
    std::uint64_t looked_at() const noexcept { return looked_at_; }

private:
    void derive_one(Aggregate& aggregate, store::CommitBatch& batch);
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
    std::vector<std::pair<CustomerId, std::vector<SystemId>>> waiting_;  ///< of one batch
    std::uint64_t looked_at_ = 0;
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
    {
        const store::Store::Snapshot snapshot(bench_.store());
        for (Aggregate& aggregate : load_aggregates(bench_.store(), ids))
            derive_one(aggregate, batch);
    }
    batch.work_added.clear();  // what deriving decided needs no second look
    bench_.commit(batch);
    for (auto& [customer, systems] : waiting_)
        bench_.backlog().note(customer, std::move(systems));
    waiting_.clear();
}

void Derivation::derive_one(Aggregate& aggregate, store::CommitBatch& batch) {
    if (aggregate.customer.state == CustomerState::Alias) {
        batch.work_done.push_back(aggregate.customer.id);
        return;
    }
    Effects effects;
    eliminate_no_ops(bench_.rules(), aggregate, effects);
    const bool is_open = aggregate.is_deleted() && !knows_who_deletes(aggregate);
    if (!is_open) spread_deletion(bench_.rules(), aggregate, bench_.moment(), effects);
    taken_ = taken_fields(bench_.rules(), bench_.store(), bench_.match_keys(), aggregate);
    std::vector<SystemId> systems;
    for (const Station& station : bench_.stations()) {
        if (derive_for(aggregate, station, effects)) systems.push_back(station.setting->id);
    }
    ++looked_at_;
    bench_.collect(aggregate, effects, batch);
    if (systems.empty() && !is_open) batch.work_done.push_back(aggregate.customer.id);
    if (!systems.empty() && !is_open)
        waiting_.emplace_back(aggregate.customer.id, std::move(systems));
    report_changes(bench_, aggregate, effects);
}

}  // namespace

bool empties(const Delivery& delivery) {
    return std::any_of(delivery.patch.begin(), delivery.patch.end(), [&](const auto& entry) {
        const RawValue* before = delivery.before.find(entry.first);
        return entry.second.text.empty() && before != nullptr && !before->text.empty();
    });
}

OwedBySystem derive_owed(Workbench& bench, const PassOptions& options, PassReport& report) {
    Derivation derivation(bench, options.scheduled);
    if (options.rederive_all) {
        CustomerId last;
        for (;;) {
            const auto ids = bench.store().customers_after(last, kCustomersPerBatch);
            if (ids.empty()) break;
            derivation.derive(ids);
            last = ids.back();
        }
        report.looked_at = derivation.looked_at();
        return derivation.take();
    }
    std::vector<CustomerId> waiting = bench.store().work(1'000'000);
    if (!options.systems.empty()) {
        std::erase_if(waiting, [&](const CustomerId& customer) {
            return bench.backlog().spares(customer, options.systems);
        });
    }
    std::sort(waiting.begin(), waiting.end());
    for (std::size_t at = 0; at < waiting.size(); at += kCustomersPerBatch) {
        const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(kCustomersPerBatch, waiting.size() - at);
        derivation.derive({begin, begin + static_cast<std::ptrdiff_t>(count)});
    }
    report.looked_at = derivation.looked_at();
    return derivation.take();
}

}  // namespace syncline::sync
