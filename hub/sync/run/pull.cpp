#include "sync/run/pull.hpp"

#include "sync/core/adopt.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/settle.hpp"
#include "sync/run/drift_watch.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/pacing.hpp"
#include "sync/run/reading.hpp"
#include "sync/run/remap.hpp"
#include "sync/run/schedule.hpp"
#include "sync/run/take_in.hpp"
#include "sync/run/thresholds.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kLookupIds = 50;

void note_trouble(
    Workbench& bench, const Station& station, const Error& error, SystemReport& report
) {
    if (bench.must_leave(station)) return;  // the hub cut the call off itself
    report.error = error;
    Progress progress;
    progress.kind = Progress::Kind::Trouble;
    progress.system = station.setting->id;
    progress.detail = error.detail;
    bench.report(progress);
    bench.parts().log->write(
        LogLevel::Warning,
        "system_unusable",
        {{"system", station.setting->id}, {"code", error.code}}
    );
}

/// The records of a reading are shown to its watch.
class Watching {
public:
    Watching(Station& station, DriftWatch& watch) : station_(station) { station.watch = &watch; }
    ~Watching() { station_.watch = nullptr; }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

private:
    Station& station_;
};

/// A system that went back to an earlier state is not read before a person says what that means:
/// by a plan, that what was known before is overruled; by trying the hold again, that it counts.
/// After the hub itself went back all is read, and the person says when to write again.
bool may_be_read(
    Workbench& bench, Station& station, const PassOptions& options, SystemReport& report
) {
    station.earlier = Earlier::Discard;
    const SystemRules& system = bench.rules().at(station.setting->id);
    station.compares_anew = system.hub_went_back;
    if (system.may_be_written()) return true;
    std::vector<QuarantineItem> items = holds(bench.store());
    std::erase_if(items, [&](const QuarantineItem& item) {
        const Hold kind = *hold_of(item);
        return item.system != system.id() || (kind != Hold::Restored && kind != Hold::RestoredHub);
    });
    const bool is_accepted = std::any_of(
        items.begin(), items.end(), [](const QuarantineItem& item) { return item.retry_requested; }
    );
    if (!is_accepted && !options.believe_missing) {
        report.unbelieved = items.front().reason;
        return !system.went_back;
    }
    if (system.went_back) station.earlier = is_accepted ? Earlier::Take : Earlier::Compare;
    if (is_accepted || !options.on_trial) {
        release_holds(bench, items);
        return true;
    }
    bench.disregard(std::move(items));
    store::CommitBatch batch;
    store::SystemState state = bench.state_of(system.id());
    state.listing_wanted_at = bench.now();
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
    return true;
}

/// What somebody asked to read again.
std::vector<QuarantineItem> wanted_again(Workbench& bench, const Station& station) {
    std::vector<QuarantineItem> wanted;
    for (QuarantineItem& item : bench.store().quarantine(store::Store::RawFieldsOf::LeftOut)) {
        if (item.system == station.setting->id && item.direction == Direction::Inbound &&
            item.retry_requested && !item.remote_id.empty())
            wanted.push_back(std::move(item));
    }
    return wanted;
}

/// Takes off the list what was set aside as a whole, was wanted again, and did not come again: a
/// row of a file has no other name than its line, so nothing else could ever release it.
void release_what_did_not_come_again(
    const std::vector<QuarantineItem>& wanted,
    const std::unordered_set<RemoteId>& seen,
    store::CommitBatch& batch
) {
    for (const QuarantineItem& item : wanted) {
        if (item.field == FieldId{} && !seen.contains(item.remote_id))
            batch.released.push_back(item.id);
    }
}

/// Finds what a create in doubt made. False when the system cannot be asked.
bool look_for_created(
    Workbench& bench, const Station& station, const Attempt& attempt, SystemReport& report
) {
    Delivery create;
    create.attempt = attempt;
    for (const auto& [field, sent] : attempt.fields) {
        for (const auto& [remote, value] : sent.raw)
            create.whole[remote] = value;
    }
    create.remote_id = attempt.planned_id;
    const auto found = station.connection->lookup_created(create);
    if (!found) {
        note_trouble(bench, station, found.error(), report);
        return false;
    }
    const std::vector<CustomerId> customer{attempt.customer};  // as it is after the call
    for (Aggregate& aggregate : load_aggregates(bench.store(), customer)) {
        Effects effects;
        settle_found(bench, aggregate, attempt.id, *found, effects);
        store::CommitBatch batch;
        bench.collect(aggregate, effects, batch);
        bench.commit(batch);
        report_changes(bench, aggregate, effects);
    }
    return true;
}

/// Writes whose effect is to be looked for. What was left for a deferred system shows in its lists;
/// elsewhere an answered write too is looked for until it was seen, because a record that it did
/// not change is in no list of changes.
std::vector<Attempt> unseen_writes(Workbench& bench, const Station& station) {
    if (!station.capabilities->write_deferred)
        return bench.store().attempts_of_system(station.setting->id);
    std::vector<Attempt> writes = bench.store().unsettled_attempts();
    std::erase_if(writes, [&](const Attempt& attempt) {
        return attempt.system != station.setting->id;
    });
    return writes;
}

/// Looks at what unsettled writes may have done, before anything is read or written: what a create
/// made must be known as ours when the listing names it.
void look_after_unsettled(Workbench& bench, const Station& station, SystemReport& report) {
    std::vector<RemoteId> look;
    if (station.capabilities->lookup_by_id) {
        for (const QuarantineItem& item : wanted_again(bench, station))
            look.push_back(item.remote_id);
    }
    for (const Attempt& attempt : unseen_writes(bench, station)) {
        const bool is_lost_create = attempt.kind == AttemptKind::Create && attempt.link.is_nil();
        if (is_lost_create && !station.capabilities->write_deferred) {
            if (!look_for_created(bench, station, attempt, report)) return;
            continue;
        }
        const std::vector<CustomerId> customer{attempt.customer};
        std::vector<Aggregate> loaded = load_aggregates(bench.store(), customer);
        if (loaded.empty()) continue;
        Aggregate& aggregate = loaded.front();
        Effects effects;
        if (station.capabilities->write_deferred) {
            leave_again(aggregate, attempt.id, effects);
        } else if (const Link* link = aggregate.find_link(attempt.link)) {
            look.push_back(link->remote_id);
        }
        store::CommitBatch batch;
        bench.collect(aggregate, effects, batch);
        bench.commit(batch);
        report_changes(bench, aggregate, effects);
    }
    look_again(bench, station, look, report);
}

/// Does the system still answer for a record that it has just listed? Without that, "there is no
/// such record" may only mean that the hub's account sees nothing any more.
bool is_still_answered(
    Workbench& bench, const Station& station, const RemoteId& listed, SystemReport& report
) {
    const std::vector<RemoteId> ids{listed};
    const auto found = station.connection->lookup(station.setting->entity, ids);
    if (!found) {
        note_trouble(bench, station, found.error(), report);
        return false;
    }
    const bool is_there =
        std::any_of(found->begin(), found->end(), [](const Observation& observation) {
            return observation.kind == Observation::Kind::Present;
        });
    if (is_there) return true;
    const Error error{
        ErrorCode::RemoteUnauthorised,
        Remedy::Reauthorise,
        station.setting->id.text(),
        "the system denies a record that it has just listed; nothing was taken as deleted: check "
        "what the hub's account may see there"};
    note_trouble(bench, station, error, report);
    return false;
}

/// What became of the records that a complete listing did not name.
enum class Missing : std::uint8_t {
    LookedFor,   ///< as far as the system can be asked
    Unbelieved,  ///< somebody has to approve it first
    Unanswered,  ///< the system does not answer
};

/// What a complete listing did not name is looked up; only proof counts. A listing that lacks more
/// than the threshold, or everything, is not believed until somebody approves it.
Missing confirm_missing(
    Workbench& bench,
    Station& station,
    const std::unordered_set<RemoteId>& seen,
    const PassOptions& options,
    SystemReport& report
) {
    if (!station.capabilities->lookup_by_id) return Missing::LookedFor;
    std::vector<RemoteId> missing;
    std::size_t known = 0;
    for (const auto& head :
         bench.store().link_heads(station.setting->id, station.setting->entity)) {
        if (head.state == LinkState::Gone) continue;
        ++known;
        if (!seen.contains(head.remote_id)) missing.push_back(head.remote_id);
    }
    if (missing.empty()) return Missing::LookedFor;
    std::string doubt = doubt_about_missing(*bench.rules().hub, missing.size(), seen.size(), known);
    if (!doubt.empty()) {
        report.unbelieved = std::move(doubt);
        if (!options.believe_missing) return Missing::Unbelieved;
    }
    if (!seen.empty() && !is_still_answered(bench, station, *seen.begin(), report))
        return Missing::Unanswered;
    return look_again(bench, station, missing, report) ? Missing::LookedFor : Missing::Unanswered;
}

/// Is everything to be listed again, after a complete listing?
void want_listing(store::SystemState& state, Missing missing, Timestamp now) {
    switch (missing) {
        case Missing::LookedFor:
            state.listing_wanted_at = {};
            return;
        case Missing::Unbelieved:  // since before the listing: see awaits_approval()
            state.listing_wanted_at = state.listed_at - std::chrono::milliseconds{1};
            return;
        case Missing::Unanswered:
            if (state.listing_wanted_at == Timestamp{}) state.listing_wanted_at = now;
            return;
    }
}

/// One whose circuit is open is only asked whether it is there, before anything else.
bool answers_probe(Workbench& bench, const Station& station, SystemReport& report) {
    if (bench.state_of(station.setting->id).failures < kFailuresThatOpen) return true;
    const auto there = station.connection->check();
    if (!there) note_trouble(bench, station, there.error(), report);
    return there.has_value();
}

}  // namespace

void settle_found(
    Workbench& bench,
    Aggregate& aggregate,
    const AttemptId& attempt,
    const std::vector<Observation>& found,
    Effects& effects
) {
    std::vector<RemoteId> ids;
    for (const Observation& observation : found)
        ids.push_back(observation.remote_id);
    const auto is_it = [&](const Attempt& other) { return other.id == attempt; };
    const auto asked = std::find_if(aggregate.attempts.begin(), aggregate.attempts.end(), is_it);
    if (asked == aggregate.attempts.end()) return;
    const std::vector<Link> known =
        bench.store().links_by_remote(asked->system, asked->entity, ids);
    settle_created(bench.rules(), aggregate, attempt, found, known, bench.moment(), effects);
    adopt(bench.rules(), aggregate, bench.moment(), effects);
    eliminate_no_ops(bench.rules(), aggregate, effects);
}

bool look_again(
    Workbench& bench, const Station& station, const std::vector<RemoteId>& ids, SystemReport& report
) {
    for (std::size_t at = 0; at < ids.size(); at += kLookupIds) {
        const std::size_t count = std::min(kLookupIds, ids.size() - at);
        spend_call(bench, station.setting->id);
        auto found =
            station.connection->lookup(station.setting->entity, std::span(ids).subspan(at, count));
        if (!found) {
            note_trouble(bench, station, found.error(), report);
            return false;
        }
        take_in(bench, station, std::move(found).value(), {}, nullptr, report);
    }
    return true;
}

void pull(Workbench& bench, Station& station, const PassOptions& options, SystemReport& report) {
    if (options.scheduled && !answers_probe(bench, station, report)) return;
    try_conditions_again(bench, station);
    take_added_text(bench, station);
    if (const auto reached = bench.reach(station); !reached) {
        note_trouble(bench, station, reached.error(), report);
        return;
    }
    remap(bench, station);
    if (!may_be_read(bench, station, options, report)) return;
    look_after_unsettled(bench, station, report);
    if (report.error || bench.must_leave(station)) return;
    const SystemId& system = station.setting->id;
    // A system that cannot be asked for single records tells in a listing of everything.
    std::vector<QuarantineItem> wanted;
    if (!station.capabilities->lookup_by_id) wanted = wanted_again(bench, station);
    const store::SystemState before = bench.state_of(system);
    const Timestamp listing_wanted_at = before.listing_wanted_at;
    const bool is_idle = bench.store().work(1).empty();
    station.reads_all_again = is_listing_wanted(before, bench.now(), options.scheduled) ||
                              !bench.rules().at(system).held.empty() ||
                              is_listing_due(*station.setting, before, bench.now(), is_idle);
    DriftWatch watch(bench, station, options.believe_missing);
    const Watching watching(station, watch);
    Reading reading(bench, station, report);
    const bool looks_at_all = station.reads_all_again || reading.is_first();
    spend_call(bench, system);
    const auto summary = reading.run(
        reading.can_continue() && wanted.empty() ? connect::ReadMode::Incremental
                                                 : connect::ReadMode::Full,
        options.consume ? connect::SideEffects::Allowed : connect::SideEffects::None
    );
    if (!summary) {
        note_trouble(bench, station, summary.error(), report);
        return;
    }
    const bool is_complete = summary->complete_listing && !bench.must_leave(station);
    watch.conclude(is_complete);
    const bool is_as_before =
        !watch.went_back() && station.earlier == Earlier::Discard && !station.compares_anew;
    station.earlier = Earlier::Discard;
    Missing missing = Missing::LookedFor;
    if (is_as_before && summary->complete_listing && station.capabilities->listing_proves_absence)
        missing = confirm_missing(bench, station, reading.seen(), options, report);
    if (report.unbelieved.empty()) report.unbelieved = watch.unbelieved();
    store::CommitBatch batch;
    if (!bench.must_leave(station)) release_what_did_not_come_again(wanted, reading.seen(), batch);
    batch.cursors.push_back(reading.concluded(*summary));
    store::SystemState state = bench.state_of(system);
    if (!state.paused) state.last_pull = bench.now();
    // Not known, of a hub that was updated: the period begins now.
    const bool looked_at_all = is_complete && looks_at_all && missing != Missing::Unanswered;
    if (looked_at_all || state.listed_at == Timestamp{}) state.listed_at = bench.now();
    // What a restored system lacks is looked for by the next complete listing.
    const bool is_judged = is_as_before || !bench.rules().at(system).may_be_written();
    if (summary->complete_listing && is_judged && state.listing_wanted_at == listing_wanted_at)
        want_listing(state, missing, bench.now());
    batch.systems.push_back(state);
    bench.commit(batch);
    station.reads_all_again = false;
}

}  // namespace syncline::sync
