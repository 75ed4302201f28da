#include "sync/run/engine.hpp"

#include "sync/run/deliver.hpp"
#include "sync/run/engine_body.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/new_mapping.hpp"
#include "sync/run/pacing.hpp"
#include "sync/run/planning.hpp"
#include "sync/run/pull.hpp"
#include "sync/run/schedule.hpp"
#include "sync/run/steering.hpp"
#include "sync/run/undo_run.hpp"
#include "sync/run/unopened.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

/// Until a system is looked at again whose writes were overtaken by other changes.
constexpr std::chrono::milliseconds kSoon{50};
/// Until the clock is looked at again that stopped everything.
constexpr std::chrono::milliseconds kStandsStill{10'000};

}  // namespace

std::uint64_t PassReport::changes() const {
    std::uint64_t sum = new_records;
    for (const SystemReport& system : systems)
        sum += system.changed + system.linked + system.created + system.updated + system.deleted +
               system.gone.size();
    return sum;
}

bool PassReport::threshold_tripped() const {
    return std::any_of(systems.begin(), systems.end(), [](const SystemReport& system) {
        return !system.stopped_by.empty() || !system.unbelieved.empty();
    });
}

Engine::Engine(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(EngineParts parts) {
    auto compiled = compile_rules(*parts.hub, *parts.fields);
    if (!compiled) return std::move(compiled).error();
    auto body = std::make_unique<Body>(std::move(parts), std::move(compiled).value());
    // Before anything else: versions begin above the mark, so that any commit would hide it.
    hold_if_hub_went_back(body->bench);
    return std::unique_ptr<Engine>(new Engine(std::move(body)));
}

Engine::Body::Prepared Engine::Body::prepare(const PassOptions& options) {
    Prepared prepared;
    bench.begin_run();
    bench.disregard_no_more();
    take_up_reopened(bench);
    const std::vector<store::SystemState> states = bench.store().system_states();
    for (Station& station : bench.stations()) {
        SystemReport report;
        report.system = station.setting->id;
        const bool paused = std::any_of(states.begin(), states.end(), [&](const auto& state) {
            return state.system == report.system && state.paused;
        });
        const bool chosen =
            options.systems.empty() ||
            std::find(options.systems.begin(), options.systems.end(), report.system) !=
                options.systems.end();
        if (paused || !chosen || bench.stop_requested()) continue;
        const std::uint32_t rate = station.setting->calls_per_minute;
        if (options.scheduled && rate > 0 && !station.budget)
            station.budget.emplace(rate, bench.now());
        bench.note_stage({Stage::Doing::Reading, report.system, 0, 0});
        pull(bench, station, options, report);
        prepared.report.systems.push_back(std::move(report));
    }
    // Who the customers are is decided over all systems at once, so not over some of them.
    if (bench.stop_requested()) return prepared;
    if (options.scheduled && awaits_first_contact(options)) return prepared;
    prepared.association = associate(bench);
    prepared.report.new_records = prepared.association.new_records;
    for (const auto& joined : prepared.association.joined) {
        for (SystemReport& report : prepared.report.systems) {
            if (report.system == joined.system) ++report.linked;
        }
    }
    prepared.owed = derive_owed(bench, options, prepared.report);
    release_mappings(bench, prepared.owed, /*is_approved=*/false);
    for (SystemReport& report : prepared.report.systems) {
        const auto owed = prepared.owed.find(report.system);
        if (owed == prepared.owed.end()) continue;
        Waiting waiting =
            what_waits(bench.rules(), bench.store(), report.system, owed->second, bench.now());
        report.stopped_by = waiting.reason;
        prepared.waiting[report.system] = std::move(waiting);
    }
    return prepared;
}

/// Will other systems, read for the first time in this very moment, say who the customers are? What
/// they hold is decided over all of them at once, so a hub without customers waits until each was
/// read or failed.
bool Engine::Body::awaits_first_contact(const PassOptions& options) {
    if (!bench.store().customers_after({}, 1).empty()) return false;
    return std::any_of(
        bench.stations().begin(),
        bench.stations().end(),
        [&](const Station& station) {
            const SystemId& system = station.setting->id;
            const auto& own = options.systems;
            if (std::find(own.begin(), own.end(), system) != own.end()) return false;
            const store::SystemState state = bench.state_of(system);
            return !state.paused && state.failures == 0 && state.last_pull == Timestamp{};
        }
    );
}

/// Remembers how the system fared, and says when it is due again.
void Engine::Body::conclude(SystemReport& report, const PassOptions& options) {
    const Station& station = bench.station(report.system);
    const store::SystemState before = bench.state_of(report.system);
    store::SystemState state = before;
    if (report.error && options.scheduled)
        note_failure(state, *report.error, bench.now(), *bench.parts().random);
    else if (report.error)
        state.last_error = report.error->detail;  // whoever asked is told; nothing is tried again
    else if (!bench.must_leave(station))
        note_success(state);
    if (!report.error && !state.paused) state.retry_at = report.budget_from;
    report.next_in = until_next_pass(*station.setting, state, bench.now());
    if (report.outdated > 0 && !report.error) report.next_in = std::min(report.next_in, kSoon);
    if (state == before) return;
    if (!before.last_error.empty() && state.last_error.empty())
        bench.parts().log->write(LogLevel::Info, "system_usable", {{"system", report.system}});
    store::CommitBatch batch;
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
}

/// Called once for a pass, after its last step.
void Engine::Body::conclude(Prepared& prepared, const PassOptions& options) {
    set_unopened_aside(bench);
    for (SystemReport& report : prepared.report.systems)
        conclude(report, options);
    for (const auto& [system, owed] : prepared.owed) {
        Timestamp at = owed.settled_at;
        if (!owed.deliveries.empty()) at = bench.now();
        if (at == Timestamp{}) continue;
        if (auto& budget = bench.station(system).budget)
            at = std::max(at, budget->when(Lane::Live, bench.now(), kCallsOfAPass));
        prepared.report.owed_from[system] = at;
    }
}

void Engine::Body::write(Prepared& prepared, bool within_thresholds) {
    for (SystemReport& report : prepared.report.systems) {
        const auto owed = prepared.owed.find(report.system);
        if (owed == prepared.owed.end()) continue;
        const std::uint64_t count = owed->second.deliveries.size();
        if (report.error) {
            report.pending += count;
            continue;
        }
        Owed due = std::exchange(owed->second, Owed{});
        owed->second.settled_at = due.settled_at;
        if (within_thresholds && !report.stopped_by.empty()) {
            owed->second.deliveries = hold_back(prepared.waiting[report.system], due);
            report.pending += owed->second.deliveries.size();
            Progress progress;
            progress.kind = Progress::Kind::Stopped;
            progress.system = report.system;
            progress.detail = report.stopped_by;
            bench.report(progress);
            if (due.deliveries.empty()) continue;
        } else if (!report.stopped_by.empty()) {
            begin_sums_anew(report.system);
            report.stopped_by.clear();
        }
        const Purpose purpose = within_thresholds ? Purpose::Owed : Purpose::Approved;
        deliver(bench, bench.station(report.system), std::move(due), report, purpose);
    }
}

/// Who approves what a threshold stopped was told how much was written lately.
void Engine::Body::begin_sums_anew(const SystemId& system) {
    store::CommitBatch batch;
    batch.forgotten_writes.emplace_back(system, bench.now());
    bench.commit(batch);
}

void Engine::Body::record_run(
    const PassReport& report, Timestamp started, const std::string& kind
) {
    if (report.changes() == 0) return;
    store::Run run;
    run.id = bench.run();
    run.kind = kind;
    run.started_at = started;
    run.ended_at = bench.now();
    for (const SystemReport& system : report.systems) {
        run.pulled += system.read;
        run.changed += system.changed;
        run.created += system.created;
        run.updated += system.updated;
        run.refused += system.refused;
    }
    store::CommitBatch batch;
    batch.runs.push_back(run);
    bench.commit(batch);
}

/// A pass while nothing can be done. No system failed, so nothing is remembered of any.
PassReport Engine::Body::stand_still(const PassOptions& options, const Error& why) {
    PassReport report;
    for (const Station& station : bench.stations()) {
        const auto& chosen = options.systems;
        const SystemId& id = station.setting->id;
        const bool is_chosen =
            chosen.empty() || std::find(chosen.begin(), chosen.end(), id) != chosen.end();
        if (!is_chosen || bench.must_leave(station)) continue;
        SystemReport& system = report.systems.emplace_back();
        system.system = id;
        system.error = why;
        system.next_in = std::min(poll_interval(*station.setting), kStandsStill);
    }
    Progress progress;
    progress.kind = Progress::Kind::Trouble;
    progress.detail = why.detail;
    bench.report(progress);
    return report;
}

PassReport Engine::pass(const PassOptions& options) {
    if (const auto wrong = clock_trouble(body_->bench)) return body_->stand_still(options, *wrong);
    const Timestamp started = body_->bench.now();
    Body::Prepared prepared = body_->prepare(options);
    body_->write(prepared, /*within_thresholds=*/true);
    body_->record_run(prepared.report, started, "run");
    go_on_with_undos(body_->bench, options, prepared.report.systems);
    body_->conclude(prepared, options);
    return prepared.report;
}

Plan Engine::plan() {
    PassOptions options;
    options.consume = false;
    options.rederive_all = true;
    options.believe_missing = true;
    const Body::Prepared prepared = body_->prepare(options);
    return make_plan(body_->bench, prepared.association, prepared.owed, prepared.report);
}

Result<PassReport> Engine::apply(const Plan& plan) {
    if (plan.hub_id != body_->bench.rules().hub->id) {
        return Error{
            ErrorCode::StalePlan,
            Remedy::Reject,
            "hub_id",
            "this plan was made for hub \"" + plan.hub_id + "\", not for \"" +
                body_->bench.rules().hub->id + "\""};
    }
    // What a person approved is the list, so the list must be the one that was made.
    if (digest_of(body_->bench, plan.operations) != plan.digest) {
        return Error{
            ErrorCode::StalePlan,
            Remedy::Reject,
            "digest",
            "this plan was changed after it was made: its operations do not fit its digest; "
            "nothing "
            "was written to any system: make a new plan"};
    }
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    const Timestamp started = body_->bench.now();
    PassOptions options;
    options.rederive_all = true;
    options.believe_missing = true;  // the plan says which
    options.on_trial = true;
    Body::Prepared prepared = body_->prepare(options);
    if (body_->bench.stop_requested()) {
        body_->bench.disregard_no_more();
        body_->conclude(prepared, options);
        return Error{
            ErrorCode::StalePlan,
            Remedy::Retry,
            "",
            "interrupted before every system was compared with the plan; nothing was written to "
            "any system: apply it again"};
    }
    const Plan now = make_plan(body_->bench, prepared.association, prepared.owed, prepared.report);
    const std::vector<QuarantineItem> over = body_->bench.disregard_no_more();
    if (std::string changed = difference(plan, now); !changed.empty()) {
        body_->conclude(prepared, options);
        return Error{
            ErrorCode::StalePlan,
            Remedy::Reject,
            "digest",
            "the plan is no longer what would happen (" + changed +
                "); nothing was written to any system: make a new plan"};
    }
    if (!over.empty()) release_holds(body_->bench, over);
    release_mappings(body_->bench, prepared.owed, /*is_approved=*/true);
    body_->write(prepared, /*within_thresholds=*/false);
    body_->conclude(prepared, options);
    body_->record_run(prepared.report, started, "apply");
    return prepared.report;
}

const std::map<AbsorbLine, std::uint64_t>& Engine::judged() const {
    return body_->bench.judged();
}

bool Engine::can_watch(const SystemId& system) const {
    Workbench& bench = body_->bench;
    const Station& station = bench.station(system);
    return station.capabilities && station.capabilities->can_watch &&
           station.setting->calls_per_minute == 0 && !bench.must_leave(station);
}

Result<bool> Engine::watch(const SystemId& system, std::chrono::milliseconds patience) {
    const Station& station = body_->bench.station(system);
    return station.connection->watch(station.setting->entity, patience);
}

void Engine::stop_watching(const SystemId& system) {
    body_->bench.station(system).connection->stop_watching();
}

const Rules& Engine::rules() const {
    return body_->bench.rules();
}

std::vector<std::pair<SystemId, const Field*>> Engine::lossy_fields() const {
    std::vector<std::pair<SystemId, const Field*>> lossy;
    for (const SystemRules& system : rules().systems) {
        for (const mapping::MappedField& mapped : system.mapping->fields()) {
            if (!mapped.lossy.empty())
                lossy.emplace_back(system.id(), &rules().fields->at(mapped.field));
        }
    }
    return lossy;
}

}  // namespace syncline::sync
