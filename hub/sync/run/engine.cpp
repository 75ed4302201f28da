#include "sync/run/engine.hpp"

#include "normal/normal_form.hpp"
#include "sync/core/decide_by_hand.hpp"
#include "sync/run/acts.hpp"
#include "sync/run/associate.hpp"
#include "sync/run/by_hand.hpp"
#include "sync/run/deliver.hpp"
#include "sync/run/pacing.hpp"
#include "sync/run/planning.hpp"
#include "sync/run/pull.hpp"
#include "sync/run/schedule.hpp"
#include "sync/run/steering.hpp"
#include "sync/run/undo_run.hpp"
#include "sync/run/workbench.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

/// Until a system is looked at again whose writes were overtaken by other changes.
constexpr std::chrono::milliseconds kSoon{50};

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

struct Engine::Body {
    Body(EngineParts parts, std::unique_ptr<CompiledRules> compiled)
        : bench(std::move(parts), std::move(compiled)) {}

    /// What a pass knows once everything is read and decided, before anything is written.
    struct Prepared {
        PassReport report;
        Association association;
        OwedBySystem owed;
    };

    Prepared prepare(const PassOptions& options);
    bool awaits_first_contact(const PassOptions& options);
    void write(Prepared& prepared, bool within_thresholds);
    void conclude(Prepared& prepared, const PassOptions& options);
    void conclude(SystemReport& report, const PassOptions& options);
    void record_run(const PassReport& report, Timestamp started, const std::string& kind);
    Result<Aggregate> load_one(const CustomerId& id);
    Result<Case> open_case(const CaseId& id);

    Workbench bench;
};

Engine::Engine(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(EngineParts parts) {
    auto compiled = compile_rules(*parts.hub, *parts.fields);
    if (!compiled) return std::move(compiled).error();
    return std::unique_ptr<Engine>(
        new Engine(std::make_unique<Body>(std::move(parts), std::move(compiled).value()))
    );
}

Engine::Body::Prepared Engine::Body::prepare(const PassOptions& options) {
    Prepared prepared;
    bench.begin_run();
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
        pull(bench, station, options, report);
        prepared.report.systems.push_back(std::move(report));
    }
    if (options.scheduled && awaits_first_contact(options)) return prepared;
    prepared.association = associate(bench);
    prepared.report.new_records = prepared.association.new_records;
    for (const auto& joined : prepared.association.joined) {
        for (SystemReport& report : prepared.report.systems) {
            if (report.system == joined.system) ++report.linked;
        }
    }
    prepared.owed = derive_owed(bench, options);
    for (SystemReport& report : prepared.report.systems) {
        const auto owed = prepared.owed.find(report.system);
        if (owed == prepared.owed.end()) continue;
        const auto heads =
            bench.store().link_heads(report.system, bench.station(report.system).setting->entity);
        report.stopped_by = tripped_threshold(*bench.rules().hub, owed->second, heads.size());
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
    store::CommitBatch batch;
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
}

/// Called once for a pass, after its last step.
void Engine::Body::conclude(Prepared& prepared, const PassOptions& options) {
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
        if (within_thresholds && !report.stopped_by.empty()) {
            report.pending += count;
            Progress progress;
            progress.kind = Progress::Kind::Stopped;
            progress.system = report.system;
            progress.detail = report.stopped_by;
            bench.report(progress);
            continue;
        }
        report.stopped_by.clear();
        Owed due = std::exchange(owed->second, Owed{});
        owed->second.settled_at = due.settled_at;
        deliver(bench, bench.station(report.system), std::move(due), report);
    }
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

PassReport Engine::pass(const PassOptions& options) {
    const Timestamp started = body_->bench.now();
    Body::Prepared prepared = body_->prepare(options);
    body_->write(prepared, /*within_thresholds=*/true);
    body_->conclude(prepared, options);
    body_->record_run(prepared.report, started, "run");
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
    const Timestamp started = body_->bench.now();
    PassOptions options;
    options.rederive_all = true;
    options.believe_missing = true;  // the plan says which
    Body::Prepared prepared = body_->prepare(options);
    const Plan now = make_plan(body_->bench, prepared.association, prepared.owed, prepared.report);
    if (std::string changed = difference(plan, now); !changed.empty()) {
        body_->conclude(prepared, options);
        return Error{
            ErrorCode::StalePlan,
            Remedy::Reject,
            "digest",
            "the plan is no longer what would happen (" + changed +
                "); nothing was written to any system: make a new plan"};
    }
    body_->write(prepared, /*within_thresholds=*/false);
    body_->conclude(prepared, options);
    body_->record_run(prepared.report, started, "apply");
    return prepared.report;
}

Result<Aggregate> Engine::Body::load_one(const CustomerId& id) {
    const std::vector<CustomerId> ids{id};
    std::vector<Aggregate> loaded = load_aggregates(bench.store(), ids);
    if (loaded.empty()) {
        return Error{ErrorCode::NotFound, Remedy::Reject, to_text(id), "there is no such record"};
    }
    return std::move(loaded.front());
}

Result<Case> Engine::Body::open_case(const CaseId& id) {
    for (Case& item : bench.store().cases(std::nullopt, /*open_only=*/true)) {
        if (item.id == id) return std::move(item);
    }
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        to_text(id),
        "no open question has this id; it may be settled already"};
}

Result<void> Engine::resolve_conflict(
    const CaseId& id,
    const std::optional<SystemId>& take_from,
    const std::optional<std::string>& value,
    const std::string& user
) {
    Workbench& bench = body_->bench;
    SYNCLINE_TRY(const Case conflict, body_->open_case(id));
    if (conflict.kind != CaseKind::Conflict) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            to_text(id),
            "this is not a question about a value; see `syncline reviews`"};
    }
    SYNCLINE_TRY(Aggregate aggregate, body_->load_one(conflict.customer));
    const Field& field = bench.rules().fields->at(conflict.field);
    bench.begin_run();
    Effects effects;
    if (take_from) {
        const auto taken = take_from_system(
            bench.rules(), aggregate, field, *take_from, user, bench.moment(), effects
        );
        if (!taken) return taken.error();
    } else if (field.is_composite()) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            field.path,
            "an address is decided as a whole: take it from a system"};
    } else {
        SYNCLINE_TRY(
            const auto normal,
            normal::normal_form(
                field.spec(), value.value_or(""), bench.rules().hub->default_country
            )
        );
        set_by_user(
            bench.rules(), aggregate, field, FieldValue{{normal}}, user, bench.moment(), effects
        );
    }
    store::CommitBatch batch;
    bench.collect(aggregate, effects, batch);
    note_act(bench, "resolve", user, batch);
    bench.commit(batch);
    return {};
}

Result<UndoReport> Engine::undo(const RunId& run, const std::string& user) {
    return undo_run(body_->bench, run, user);
}

Result<UndoReport> Engine::preview_undo(const RunId& run, const std::string& user) {
    return sync::preview_undo(body_->bench, run, user);
}

Result<void> Engine::restore(
    const CustomerId& id,
    const std::vector<std::pair<FieldId, FieldValue>>& values,
    const std::string& user
) {
    SYNCLINE_TRY(Aggregate aggregate, body_->load_one(id));
    return restore_values(body_->bench, std::move(aggregate), values, user);
}

Result<void> Engine::answer_review(
    const CaseId& id, const std::optional<CustomerId>& customer, const std::string& user
) {
    SYNCLINE_TRY(const Case review, body_->open_case(id));
    if (review.kind != CaseKind::Association) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            to_text(id),
            "this review is about a " + std::string(name(review.kind)) +
                " record; settle it in the systems, or `reviews dismiss` it"};
    }
    body_->bench.begin_run();
    store::CommitBatch batch;
    const auto joined =
        join_by_hand(body_->bench, review, customer.value_or(CustomerId{}), user, batch);
    if (!joined) return joined;
    note_act(body_->bench, customer ? "link" : "new", user, batch);
    body_->bench.commit(batch);
    return {};
}

Result<MergeReport> Engine::merge(
    const CustomerId& survivor,
    const CustomerId& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Carry carry
) {
    return merge_by_hand(body_->bench, survivor, loser, taken, user, carry);
}

Result<MergeReport> Engine::unmerge(
    const CustomerId& customer, const std::string& user, Carry carry
) {
    return unmerge_by_hand(body_->bench, customer, user, carry);
}

Result<MergeReport> Engine::link_record(
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    return link_by_hand(body_->bench, customer, system, remote_id, user, carry);
}

Result<MergeReport> Engine::unlink_record(
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    return unlink_by_hand(body_->bench, customer, system, remote_id, user, carry);
}

Result<DeleteReport> Engine::delete_record(
    const CustomerId& customer, const std::string& user, Carry carry
) {
    return delete_by_hand(body_->bench, customer, user, carry);
}

Result<void> Engine::undelete_record(const CustomerId& customer, const std::string& user) {
    return undelete_by_hand(body_->bench, customer, user);
}

Result<void> Engine::answer_gone(const CaseId& id, GoneAnswer answer, const std::string& user) {
    SYNCLINE_TRY(const Case review, body_->open_case(id));
    return answer_gone_by_hand(body_->bench, review, answer, user);
}

Result<void> Engine::dismiss_review(const CaseId& id, const std::string& user) {
    SYNCLINE_TRY(Case review, body_->open_case(id));
    return dismiss_by_hand(body_->bench, std::move(review), user);
}

Result<std::size_t> Engine::retry_quarantined(std::span<const std::uint64_t> ids) {
    auto items = quarantined(body_->bench, [&](const QuarantineItem& item) {
        return ids.empty() || std::find(ids.begin(), ids.end(), item.id) != ids.end();
    });
    const std::size_t count = items.size();
    if (count < ids.size()) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            "quarantine",
            "some of these items are not in quarantine; see `syncline quarantine list`"};
    }
    retry(body_->bench, std::move(items));
    return count;
}

std::size_t Engine::retry_group(const QuarantineGroup& group) {
    auto items =
        quarantined(body_->bench, [&](const QuarantineItem& item) { return group.holds(item); });
    const std::size_t count = items.size();
    retry(body_->bench, std::move(items));
    return count;
}

Result<void> Engine::pause(const SystemId& system, const std::string& by) {
    return set_paused(body_->bench, system, true, by);
}
Result<void> Engine::resume(const SystemId& system) {
    return set_paused(body_->bench, system, false, {});
}
Result<void> Engine::resync(const SystemId& system) {
    return ask_for_listing(body_->bench, system);
}
Result<SystemReport> Engine::resync_record(const SystemId& system, const RemoteId& record) {
    return read_again(body_->bench, system, record);
}

const std::map<AbsorbLine, std::uint64_t>& Engine::judged() const {
    return body_->bench.judged();
}

const Rules& Engine::rules() const {
    return body_->bench.rules();
}

std::vector<std::pair<SystemId, std::string>> Engine::mapping_notes() const {
    std::vector<std::pair<SystemId, std::string>> notes;
    for (const SystemRules& system : rules().systems) {
        for (const mapping::MappedField& mapped : system.mapping->fields()) {
            if (!mapped.lossy.empty())
                notes.emplace_back(
                    system.id(), rules().fields->at(mapped.field).path + ": " + mapped.lossy
                );
        }
    }
    return notes;
}

}  // namespace syncline::sync
