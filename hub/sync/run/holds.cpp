#include "sync/run/holds.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersWoken = 1'000;

ErrorCode code_of(Hold kind) {
    switch (kind) {
        case Hold::Unreadable:
            return ErrorCode::MappingFailed;
        case Hold::Emptied:
        case Hold::RestoredHub:
        case Hold::Remapped:
            return ErrorCode::ThresholdTripped;
        case Hold::Missing:
            return ErrorCode::PayloadMalformed;
        case Hold::AddsText:
        case Hold::BrokenConditions:
        case Hold::Restored:
            return ErrorCode::RemoteConflict;
        case Hold::Clock:
            return ErrorCode::ClockImplausible;
    }
    return ErrorCode::PayloadMalformed;
}

void tell(Workbench& bench, const QuarantineItem& item) {
    Progress progress;
    progress.kind = Progress::Kind::Quarantined;
    progress.system = item.system;
    const Field* field = bench.rules().fields->find(item.field);
    if (field != nullptr) progress.fields.push_back(field->path);
    progress.detail = item.reason;
    bench.report(progress);
    bench.parts().log->write(
        LogLevel::Warning,
        "system_held",
        {{"system", item.system},
         {"code", item.code},
         {"field", field == nullptr ? LogValue("") : LogValue(*field)}}
    );
}

QuarantineItem item_of(
    Workbench& bench, const SystemId& system, Hold kind, FieldId field, const std::string& reason
) {
    QuarantineItem item;
    item.system = system;
    const bool is_outbound = kind == Hold::Missing || kind == Hold::BrokenConditions ||
                             kind == Hold::Remapped || kind == Hold::RestoredHub;
    item.direction = is_outbound ? Direction::Outbound : Direction::Inbound;
    item.field = field;
    item.code = code_of(kind);
    item.reason = reason;
    item.first_at = bench.now();
    item.last_at = item.first_at;
    tell(bench, item);
    return item;
}

/// The holds of one kind that somebody wants tried again.
std::vector<QuarantineItem> to_try_again(Workbench& bench, const Station& station, Hold kind) {
    std::vector<QuarantineItem> wanted = holds(bench.store());
    std::erase_if(wanted, [&](const QuarantineItem& item) {
        return item.system != station.setting->id || !item.retry_requested || hold_of(item) != kind;
    });
    return wanted;
}

}  // namespace

std::optional<Hold> hold_of(const QuarantineItem& item) {
    const bool is_about_a_record =
        !item.remote_id.empty() || !item.link.is_nil() || !item.customer.is_nil();
    if (is_about_a_record) return std::nullopt;
    if (item.code == ErrorCode::ClockImplausible) return Hold::Clock;
    const bool is_threshold = item.code == ErrorCode::ThresholdTripped;
    if (item.field == FieldId{}) {
        if (item.direction == Direction::Inbound) return Hold::Restored;
        return is_threshold ? Hold::RestoredHub : Hold::BrokenConditions;
    }
    if (item.direction == Direction::Outbound) return is_threshold ? Hold::Remapped : Hold::Missing;
    if (item.code == ErrorCode::RemoteConflict) return Hold::AddsText;
    return is_threshold ? Hold::Emptied : Hold::Unreadable;
}

std::vector<QuarantineItem> holds(store::Store& store) {
    std::vector<QuarantineItem> items = store.quarantine(store::Store::RawFieldsOf::LeftOut);
    std::erase_if(items, [](const QuarantineItem& item) { return !hold_of(item); });
    return items;
}

void heed_holds(Rules& rules, store::Store& store) {
    for (SystemRules& system : rules.systems) {
        system.held.clear();
        system.adds_text.clear();
        system.breaks_conditions = false;
        system.went_back = false;
        system.hub_went_back = false;
    }
    rules.unreleased.clear();
    for (const QuarantineItem& item : holds(store)) {
        for (SystemRules& system : rules.systems) {
            if (system.id() != item.system) continue;
            const Hold kind = *hold_of(item);
            if (kind == Hold::BrokenConditions)
                system.breaks_conditions = true;
            else if (kind == Hold::Restored)
                system.went_back = true;
            else if (kind == Hold::RestoredHub)
                system.hub_went_back = true;
            else if (kind == Hold::Remapped)
                rules.unreleased.insert(item.field);
            else
                system.held.insert(item.field);
            if (kind == Hold::AddsText) system.adds_text.insert(item.field);
        }
    }
}

void try_conditions_again(Workbench& bench, Station& station) {
    const auto wanted = to_try_again(bench, station, Hold::BrokenConditions);
    if (wanted.empty()) return;
    station.capabilities.reset();
    release_holds(bench, wanted);
}

void take_added_text(Workbench& bench, Station& station) {
    station.added_text.watch_all();
    const auto wanted = to_try_again(bench, station, Hold::AddsText);
    if (wanted.empty()) return;
    for (const QuarantineItem& item : wanted)
        station.added_text.accept(item.field);
    release_holds(bench, wanted);
}

void hold(
    Workbench& bench, const SystemId& system, Hold kind, FieldId field, const std::string& reason
) {
    store::CommitBatch batch;
    batch.quarantined.push_back(item_of(bench, system, kind, field, reason));
    bench.commit(batch);
    bench.heed_holds();
}

void hold_if_hub_went_back(Workbench& bench) {
    const Version known = bench.store().high_water();
    const Version reached = bench.store().reached();
    if (reached <= known) return;
    const std::string reason =
        "hub.db was put back: it ends at " + to_rfc3339(from_unix_ms(known.unix_ms())) +
        ", and the hub may have gone on until " + to_rfc3339(from_unix_ms(reached.unix_ms())) +
        ". The systems are read and nothing is written, so that the hub catches up. Then "
        "look at a plan and apply it, or try this item again: what is owed by then is written";
    store::CommitBatch batch;
    for (const Station& station : bench.stations()) {
        const SystemId& system = station.setting->id;
        batch.quarantined.push_back(item_of(bench, system, Hold::RestoredHub, {}, reason));
        store::SystemState state = bench.state_of(system);
        state.listing_wanted_at = bench.now();
        batch.systems.push_back(std::move(state));
    }
    bench.commit(batch);
    bench.heed_holds();
}

void release_holds(Workbench& bench, const std::vector<QuarantineItem>& items) {
    store::CommitBatch batch;
    for (const QuarantineItem& item : items) {
        batch.released.push_back(item.id);
        if (hold_of(item) == Hold::BrokenConditions) continue;  // it was read as ever
        store::SystemState state = bench.state_of(item.system);
        state.listing_wanted_at = bench.now();
        batch.systems.push_back(std::move(state));
    }
    // What waited for a held field is owed now.
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = bench.store().customers_after(last, kCustomersWoken);
        if (ids.empty()) break;
        batch.work_added.insert(batch.work_added.end(), ids.begin(), ids.end());
        last = ids.back();
    }
    bench.commit(batch);
    bench.heed_holds();
}

}  // namespace syncline::sync
