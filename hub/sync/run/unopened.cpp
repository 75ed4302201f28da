#include "sync/run/unopened.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

std::vector<QuarantineItem> items_about_unopened(store::Store& store) {
    std::vector<QuarantineItem> items = store.quarantine(store::Store::RawFieldsOf::LeftOut);
    std::erase_if(items, [](const QuarantineItem& item) {
        return item.customer.is_nil() || !store::is_unopened(item.code);
    });
    return items;
}

std::string reason_of(ErrorCode code) {
    const std::string nothing = "; until then nothing of this customer is read, written or deleted";
    if (code == ErrorCode::KeyMissing)
        return "the key of this customer is not in keys.db: stop the hub and restore the "
               "keys.db that belongs to this hub.db" +
               nothing;
    if (code == ErrorCode::KeyDestroyed)
        return "the key of this customer was erased: restore keys.db from a backup if that was not "
               "meant" +
               nothing;
    return "stored rows of this customer were changed, moved or set back in hub.db: find out who "
           "did that, stop the hub and restore hub.db from a backup" +
           nothing;
}

/// A system that has a record of the customer, as far as columns in clear tell.
SystemId system_of(Workbench& bench, const CustomerId& customer) {
    for (const Station& station : bench.stations()) {
        const auto heads = bench.store().link_heads(station.setting->id, station.setting->entity);
        const bool has_one = std::any_of(heads.begin(), heads.end(), [&](const auto& head) {
            return head.customer == customer;
        });
        if (has_one) return station.setting->id;
    }
    return bench.stations().front().setting->id;
}

}  // namespace

void set_unopened_aside(Workbench& bench) {
    const std::vector<store::Unopened> unopened = bench.store().unopened();
    if (unopened.empty()) return;
    std::set<CustomerId> told;
    for (const QuarantineItem& item : items_about_unopened(bench.store()))
        told.insert(item.customer);
    store::CommitBatch batch;
    for (const store::Unopened& one : unopened) {
        if (told.contains(one.customer)) continue;
        QuarantineItem item;
        item.system = system_of(bench, one.customer);
        item.customer = one.customer;
        item.code = one.code;
        item.reason = reason_of(one.code);
        item.first_at = bench.now();
        item.last_at = item.first_at;
        Progress progress;
        progress.kind = Progress::Kind::Quarantined;
        progress.system = item.system;
        progress.customer = one.customer;
        progress.detail = item.reason;
        bench.report(progress);
        bench.parts().log->write(
            LogLevel::Error,
            "customer_does_not_open",
            {{"system", item.system}, {"code", one.code}, {"customer", one.customer}}
        );
        batch.quarantined.push_back(std::move(item));
    }
    bench.commit(batch);
}

void take_up_reopened(Workbench& bench) {
    const std::vector<QuarantineItem> items = items_about_unopened(bench.store());
    if (items.empty()) return;
    std::vector<CustomerId> ids;
    for (const QuarantineItem& item : items)
        ids.push_back(item.customer);
    load_aggregates(bench.store(), ids);  // tries all their rows
    std::set<CustomerId> closed;
    for (const store::Unopened& one : bench.store().unopened())
        closed.insert(one.customer);
    store::CommitBatch batch;
    for (const QuarantineItem& item : items) {
        if (closed.contains(item.customer)) continue;
        batch.released.push_back(item.id);
        batch.work_added.push_back(item.customer);
    }
    if (batch.released.empty()) return;
    for (const Station& station : bench.stations()) {
        store::SystemState state = bench.state_of(station.setting->id);
        state.listing_wanted_at = bench.now();
        batch.systems.push_back(std::move(state));
    }
    bench.commit(batch);
}

}  // namespace syncline::sync
