#include "sync/run/steering.hpp"

#include "sync/run/pull.hpp"

#include <utility>

namespace syncline::sync {
namespace {

Result<void> expect_system(Workbench& bench, const SystemId& system) {
    if (bench.rules().find(system) != nullptr) return {};
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        system.text(),
        "no system has this name; see `syncline systems list`"};
}

void store_state(Workbench& bench, store::SystemState state) {
    store::CommitBatch batch;
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
}

/// Is anything remembered of a record: what it holds, or why it cannot be read?
bool is_known(Workbench& bench, const Station& station, const RemoteId& record) {
    const SystemSetting& setting = *station.setting;
    const std::vector<RemoteId> ids{record};
    if (!bench.store().links_by_remote(setting.id, setting.entity, ids).empty()) return true;
    return !quarantined(bench, [&](const QuarantineItem& item) {
                return item.system == setting.id && item.remote_id == record;
            }).empty();
}

}  // namespace

Result<void> set_paused(
    Workbench& bench, const SystemId& system, bool paused, const std::string& by
) {
    if (auto known = expect_system(bench, system); !known) return known;
    store::SystemState state = bench.state_of(system);
    state.paused = paused;
    state.paused_by = paused ? by : "";
    state.retry_at = {};
    if (!paused) state.failures = 0;  // whoever resumes it wants it tried, not probed
    store_state(bench, std::move(state));
    return {};
}

Result<void> ask_for_listing(Workbench& bench, const SystemId& system) {
    if (auto known = expect_system(bench, system); !known) return known;
    store::SystemState state = bench.state_of(system);
    state.listing_wanted_at = bench.now();
    state.retry_at = {};
    store_state(bench, std::move(state));
    return {};
}

Result<SystemReport> read_again(Workbench& bench, const SystemId& system, const RemoteId& record) {
    if (auto known = expect_system(bench, system); !known) return known.error();
    bench.begin_run();
    Station& station = bench.station(system);
    if (auto reached = bench.reach(station); !reached) return reached.error();
    if (!station.capabilities->lookup_by_id) {
        return Error{
            ErrorCode::PluginUnsupported,
            Remedy::Reject,
            system.text(),
            "this system cannot be asked for one record; read all of it with `syncline systems "
            "resync " +
                system.text() + "`"};
    }
    SystemReport report;
    report.system = system;
    station.reads_all_again = true;
    look_again(bench, station, {record}, report);
    station.reads_all_again = false;
    if (report.error) return *report.error;
    if (!is_known(bench, station, record)) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            system.text() + ":" + record.text(),
            "the system has no record with this id"};
    }
    return report;
}

std::vector<QuarantineItem> quarantined(
    Workbench& bench, const std::function<bool(const QuarantineItem&)>& chosen
) {
    std::vector<QuarantineItem> items;
    for (QuarantineItem& item : bench.store().quarantine()) {
        if (chosen(item)) items.push_back(std::move(item));
    }
    return items;
}

void retry(Workbench& bench, std::vector<QuarantineItem> items) {
    store::CommitBatch batch;
    for (QuarantineItem& item : items) {
        item.retry_requested = true;
        if (!item.customer.is_nil()) batch.work_added.push_back(item.customer);
        batch.quarantined.push_back(std::move(item));
    }
    bench.commit(batch);
}

}  // namespace syncline::sync
