#include "sync/run/workbench.hpp"

#include "base/assert.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/yielding_connection.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncline::sync {
namespace {

/// Who waits for a unique value that becomes free: of more than these, the first ones.
constexpr std::size_t kHoldersWoken = 50;

TokenOrder order_of(connect::VersionKind kind) {
    switch (kind) {
        case connect::VersionKind::Ordered:
            return TokenOrder::Ordered;
        case connect::VersionKind::Opaque:
            return TokenOrder::Opaque;
        case connect::VersionKind::None:
            return TokenOrder::None;
    }
    return TokenOrder::None;
}

}  // namespace

Workbench::Workbench(EngineParts parts, std::unique_ptr<CompiledRules> compiled)
    : parts_(std::move(parts)),
      clock_(*parts_.clock),
      compiled_(std::move(compiled)),
      versions_(clock_, parts_.store->reached()),
      match_keys_(compiled_->rules) {
    parts_.clock = &clock_;
    for (const ConnectedSystem& system : parts_.systems) {
        Station& station = stations_.emplace_back();
        station.setting = system.setting;
        station.connection = system.connection;
        if (parts_.turn == nullptr) continue;
        yielding_.push_back(yielding(*system.connection, *this));
        station.connection = yielding_.back().get();
    }
}

Station& Workbench::station(const SystemId& system) {
    const auto found = std::find_if(stations_.begin(), stations_.end(), [&](const Station& s) {
        return s.setting->id == system;
    });
    SYNCLINE_ASSERT(found != stations_.end());
    return *found;
}

Result<void> Workbench::reach(Station& station) {
    if (station.capabilities) return {};
    auto discovered = station.connection->discover(station.setting->entity);
    if (!discovered) return std::move(discovered).error();
    const connect::Capabilities& can = *discovered;
    const RightsSetting& rights = station.setting->rights;
    const bool writes = rights.create || rights.update || rights.remove;
    const bool writes_blindly = writes && can.can_write && !can.conditional_write &&
                                !can.write_deferred && !can.lookup_by_id;
    if (writes_blindly) {
        return Error{
            ErrorCode::PluginUnsupported,
            Remedy::Reconfigure,
            station.setting->file,
            "this connector neither writes conditionally nor can be asked for one record before a "
            "write, so a write could destroy an edit nobody saw; set \"rights\" to read only"};
    }
    for (SystemRules& rules : compiled_->rules.systems) {
        if (rules.id() != station.setting->id) continue;
        rules.token_order = order_of(can.version);
        rules.conditional_write = can.conditional_write && !rules.breaks_conditions;
        rules.deferred = can.write_deferred;
        rules.can_write = can.can_write;
        rules.can_delete = can.can_delete && can.can_write && !can.write_deferred;
        rules.max_inflight = std::chrono::milliseconds{can.max_inflight_ms};
        rules.stale_window = std::chrono::milliseconds{can.stale_window_ms};
    }
    station.capabilities = std::move(discovered).value();
    heed_holds();
    return {};
}

void Workbench::heed_holds() {
    sync::heed_holds(compiled_->rules, store());
    for (SystemRules& rules : compiled_->rules.systems) {
        for (const QuarantineItem& item : disregarded_) {
            if (item.system != rules.id()) continue;
            if (hold_of(item) == Hold::Restored) rules.went_back = false;
            if (hold_of(item) == Hold::RestoredHub) rules.hub_went_back = false;
        }
        if (!rules.breaks_conditions) continue;
        rules.conditional_write = false;
        for (Station& station : stations_) {
            if (station.setting->id == rules.id() && station.capabilities)
                station.capabilities->conditional_write = false;
        }
    }
}

void Workbench::disregard(std::vector<QuarantineItem> holds) {
    disregarded_.insert(
        disregarded_.end(),
        std::make_move_iterator(holds.begin()),
        std::make_move_iterator(holds.end())
    );
    heed_holds();
}

std::vector<QuarantineItem> Workbench::disregard_no_more() {
    std::vector<QuarantineItem> holds = std::exchange(disregarded_, {});
    heed_holds();
    return holds;
}

store::SystemState Workbench::state_of(const SystemId& system) {
    for (store::SystemState& state : store().system_states()) {
        if (state.system == system) return std::move(state);
    }
    store::SystemState fresh;
    fresh.system = system;
    return fresh;
}

void Workbench::commit(store::CommitBatch& batch) {
    if (batch.empty()) return;
    batch.high_water = versions_.high_water();
    if (clock_.expected()) batch.committed_at = clock_.now();
    pass_point("commit.before");
    store().commit(batch);
    backlog_.heed(batch);
    ++commits_;
    pass_point("commit.after");
}

void Workbench::pass_point(std::string_view name) const {
    if (parts_.failpoint) parts_.failpoint(name);
}

void Workbench::note_stage(const Stage& stage) const {
    if (parts_.stage) parts_.stage(stage);
}

void Workbench::report(const Progress& progress) const {
    if (parts_.progress) parts_.progress(progress);
}

void Workbench::collect(const Aggregate& aggregate, Effects& effects, store::CommitBatch& batch) {
    const Moment at = moment();
    for (const AbsorbLine line : effects.lines)
        ++judged_[line];
    if (!effects.changes.empty()) {
        Change change;
        change.customer = aggregate.customer.id;
        change.run = run_;
        change.at = at.now;
        change.fields = effects.changes;
        batch.changes.push_back(std::move(change));
    }
    if (effects.customer_touched) {
        batch.customers.push_back(aggregate.customer);
        FlatMap<FieldId, FieldValue> values;
        const bool is_alias = aggregate.customer.state == CustomerState::Alias;
        for (const auto& [field, state] : aggregate.customer.fields) {
            if (!is_alias) values[field] = state.value;  // who was merged is found as the other one
        }
        batch.customer_keys.emplace_back(aggregate.customer.id, keys_of(values));
    }
    for (const Link& link : aggregate.links) {
        if (!effects.touched_links.contains(link.id)) continue;
        batch.links.push_back(link);
        batch.link_keys.emplace_back(link.id, match_keys_.of(link));
        if (link.state == LinkState::Unassociated)
            fresh_keys_[link.id] = batch.link_keys.back().second;
    }
    for (const Attempt& attempt : aggregate.attempts) {
        if (effects.touched_attempts.contains(attempt.id)) batch.attempts.push_back(attempt);
    }
    const auto append = [](auto& onto, auto& from) {
        onto.insert(onto.end(), from.begin(), from.end());
    };
    append(batch.closed_attempts, effects.closed_attempts);
    append(batch.cases, effects.cases);
    append(batch.quarantined, effects.quarantined);
    append(batch.released, effects.released);
    append(batch.merges, effects.merges);
    for (const auto& [field, value] : effects.freed) {
        const std::vector<store::MatchKey> keys = keys_of({{field, value}});
        for (const auto& holders : store().holders(keys, kHoldersWoken))
            append(batch.work_added, holders.customers);
    }
    if (aggregate.customer.state == CustomerState::Alias)
        batch.work_done.push_back(aggregate.customer.id);
    else if (!effects.empty())
        batch.work_added.push_back(aggregate.customer.id);
}

void report_changes(const Workbench& bench, const Aggregate& aggregate, const Effects& effects) {
    std::map<std::string, std::vector<std::string>> by_system;
    std::map<std::string, std::vector<std::string>> contested;
    for (const FieldChange& change : effects.changes) {
        const Field* field = bench.rules().fields->find(change.field);
        if (field == nullptr || change.origin.kind != Origin::Kind::System) continue;
        if (change.kind == ChangeKind::Version)
            by_system[change.origin.name].push_back(field->path);
        if (change.kind == ChangeKind::Contested)
            contested[change.origin.name].push_back(field->path);
    }
    const auto tell = [&](Progress::Kind kind, const auto& lists) {
        for (const auto& [system, fields] : lists) {
            Progress progress;
            progress.kind = kind;
            progress.system = SystemId{system};
            progress.customer = aggregate.customer.id;
            progress.fields = fields;
            if (const Link* link = aggregate.find_link(progress.system))
                progress.remote_id = link->remote_id;
            bench.report(progress);
        }
    };
    tell(Progress::Kind::Pulled, by_system);
    tell(Progress::Kind::Conflict, contested);
    for (const QuarantineItem& item : effects.quarantined)
        tell_set_aside(bench, item);
}

void tell_set_aside(const Workbench& bench, const QuarantineItem& item) {
    const Field* field = bench.rules().fields->find(item.field);
    Progress progress;
    progress.kind = Progress::Kind::Quarantined;
    progress.system = item.system;
    progress.remote_id = item.remote_id;
    progress.customer = item.customer;
    if (field != nullptr) progress.fields.push_back(field->path);
    progress.detail = item.reason;
    bench.report(progress);
    bench.parts().log->write(
        LogLevel::Warning,
        "set_aside",
        {{"system", item.system},
         {"code", item.code},
         {"field", field == nullptr ? LogValue("") : LogValue(*field)},
         {"customer", item.customer}}
    );
}

}  // namespace syncline::sync
