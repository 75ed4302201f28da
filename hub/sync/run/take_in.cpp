#include "sync/run/take_in.hpp"

#include "sync/core/absorb.hpp"
#include "sync/core/adopt.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/merge_customers.hpp"
#include "sync/core/oscillation.hpp"
#include "sync/run/drift_watch.hpp"
#include "sync/run/holds.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace syncline::sync {
namespace {

/// Is somebody asked what the end of this record means?
bool is_asked_about(const Aggregate& aggregate, const Link& link) {
    return std::any_of(aggregate.cases.begin(), aggregate.cases.end(), [&](const Case& item) {
        return item.kind == CaseKind::Gone && item.is_open() && item.link == link.id;
    });
}

/// What a record says of those that became it, as the ends of those; before anything else, because
/// the same reading may tell of them that they are gone, and nothing more.
std::vector<Observation> merges_first(std::vector<Observation> observations) {
    const auto rest = std::stable_partition(
        observations.begin(),
        observations.end(),
        [](const Observation& observation) { return !observation.merged_from.empty(); }
    );
    std::vector<Observation> all;
    all.reserve(observations.size());
    for (auto heir = observations.begin(); heir != rest; ++heir) {
        Observation end = *heir;
        end.kind = Observation::Kind::Gone;
        end.fields = {};
        end.token.clear();
        end.merged_from.clear();
        end.merged_into = heir->remote_id;
        const std::vector<RemoteId> ended = heir->merged_from;
        all.push_back(std::move(*heir));
        for (const RemoteId& id : ended) {
            end.remote_id = id;
            if (id != end.merged_into) all.push_back(end);
        }
    }
    all.insert(
        all.end(), std::make_move_iterator(rest), std::make_move_iterator(observations.end())
    );
    return all;
}

/// The observations of one commit with everything they touch, loaded in bulk.
class Intake {
public:
    Intake(
        Workbench& bench, const Station& station, Timestamp unchanged_until, SystemReport& report
    )
        : bench_(bench), system_(bench.rules().at(station.setting->id)), report_(report) {
        options_.unchanged_until = unchanged_until;
        reads_all_again_ = station.reads_all_again;
        watch_ = station.watch;
        options_.earlier = station.earlier;
        options_.compares_anew = station.compares_anew;
    }

    void load(const std::vector<Observation>& observations);
    void show_to_watch(const std::vector<Observation>& observations);
    void look_for_added_text(const std::vector<Observation>& observations);
    void absorb_one(const Observation& observation);
    /// Commits; the feed's new position too, unless something has to be read again.
    void finish(const store::Cursor* cursor);
    /// Was everything taken, so that the feed need not tell it again?
    bool is_conclusive() const { return is_conclusive_; }

private:
    struct Work {
        Aggregate aggregate;
        Effects effects;
    };

    /// A record that no customer has.
    bool is_nobodys(const Link& link) const { return !work_.contains(link.customer); }
    bool is_unchanged(const Link& link, const Observation& observation) const;
    void set_aside(const Observation& observation);
    void absorb_end(
        Aggregate& aggregate, Link& link, const Observation& observation, Effects& effects
    );
    void tell_gone(const Link& link);
    void absorb_unknown(const Observation& observation);
    void absorb_new(const Observation& observation, std::uint32_t generation);
    void absorb_unassociated(Link link, const Observation& observation);
    void freeze_what_oscillates(Aggregate& aggregate, Effects& effects);

    Workbench& bench_;
    const SystemRules& system_;
    SystemReport& report_;
    AbsorbOptions options_;
    bool reads_all_again_ = false;
    bool is_conclusive_ = true;
    DriftWatch* watch_ = nullptr;
    std::unordered_map<RemoteId, Link> known_;
    std::unordered_set<LinkId> with_attempts_;
    std::unordered_set<LinkId> retry_;
    std::unordered_map<RemoteId, QuarantineItem> unreadable_;  ///< whole records set aside before
    std::unordered_map<LinkId, std::vector<QuarantineItem>> set_aside_;  ///< fields of records
    std::unordered_map<CustomerId, Work> work_;
    std::unordered_set<CustomerId> unopened_;  ///< of whom stored rows do not open
    store::CommitBatch batch_;
};

void Intake::load(const std::vector<Observation>& observations) {
    const store::Store::Snapshot snapshot(bench_.store());
    std::vector<RemoteId> ids;
    for (const Observation& observation : observations) {
        ids.push_back(observation.remote_id);
        if (!observation.merged_into.empty()) ids.push_back(observation.merged_into);
    }
    std::vector<LinkId> link_ids;
    for (Link& link : bench_.store().links_by_remote(system_.id(), system_.setting->entity, ids)) {
        link_ids.push_back(link.id);
        const RemoteId remote_id = link.remote_id;
        known_.emplace(remote_id, std::move(link));
    }
    for (const Attempt& attempt : bench_.store().attempts_of_links(link_ids))
        with_attempts_.insert(attempt.link);
    for (const QuarantineItem& item :
         bench_.store().quarantined_records(system_.id(), ids, link_ids)) {
        if (item.direction != Direction::Inbound || hold_of(item)) continue;
        if (item.retry_requested) retry_.insert(item.link);
        if (item.field == FieldId{})
            unreadable_.emplace(item.remote_id, item);
        else
            set_aside_[item.link].push_back(item);
    }
    std::vector<CustomerId> customers;
    for (const Observation& observation : observations) {
        const auto found = known_.find(observation.remote_id);
        if (found == known_.end() || found->second.state == LinkState::Unassociated) continue;
        if (!is_unchanged(found->second, observation)) customers.push_back(found->second.customer);
    }
    std::sort(customers.begin(), customers.end());
    customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
    for (Aggregate& aggregate : load_aggregates(bench_.store(), customers)) {
        const CustomerId id = aggregate.customer.id;
        work_[id].aggregate = std::move(aggregate);
    }
    for (const store::Unopened& one : bench_.store().unopened())
        unopened_.insert(one.customer);
}

/// The remote vouches by its version that the record is as last read, and nothing of ours may be in
/// it: absorbing it would change nothing.
bool Intake::is_unchanged(const Link& link, const Observation& observation) const {
    if (observation.kind != Observation::Kind::Present || reads_all_again_) return false;
    if (system_.token_order == TokenOrder::None || observation.token.empty()) return false;
    if (observation.token != link.token || link.state == LinkState::Gone) return false;
    if (with_attempts_.contains(link.id) || retry_.contains(link.id)) return false;
    const auto& fields = system_.mapping->fields();
    return std::all_of(fields.begin(), fields.end(), [&](const mapping::MappedField& mapped) {
        const LinkField* entry = link.fields.find(mapped.field);
        return entry != nullptr && entry->shadow;
    });
}

void Intake::absorb_one(const Observation& observation) {
    if (!observation.problem.empty()) {
        set_aside(observation);
        return;
    }
    AbsorbOptions options = options_;
    if (const auto item = unreadable_.find(observation.remote_id); item != unreadable_.end()) {
        batch_.released.push_back(item->second.id);
        options.unchanged_until = {};  // nobody saw what it held at the last reading
    }
    const auto found = known_.find(observation.remote_id);
    if (found == known_.end()) {
        absorb_unknown(observation);
        return;
    }
    const Link& stored = found->second;
    if (unopened_.contains(stored.customer)) return;  // nobody can tell what it said before
    // What is owed to a record that could not be read has waited.
    if (unreadable_.contains(observation.remote_id) && stored.state != LinkState::Unassociated)
        batch_.work_added.push_back(stored.customer);
    const auto work = work_.find(stored.customer);
    if (work == work_.end()) {
        if (!is_unchanged(stored, observation)) absorb_unassociated(stored, observation);
        return;
    }
    Aggregate& aggregate = work->second.aggregate;
    Link* link = aggregate.find_link(stored.id);
    if (link == nullptr || is_unchanged(*link, observation)) return;
    if (observation.kind == Observation::Kind::Gone) {
        absorb_end(aggregate, *link, observation, work->second.effects);
        return;
    }
    const bool is_used_again = link->state == LinkState::Gone &&
                               observation.sent_at > link->read_at &&
                               is_another_record(system_, *link, observation);
    if (is_used_again) {
        absorb_new(observation, link->generation + 1);
        return;
    }
    options.retry_quarantined = retry_.contains(link->id);
    std::vector<Change> history;
    const bool went_back = watch_ != nullptr && watch_->went_back();
    const bool may_be_earlier =
        is_earlier(system_, *link, observation) || !tells_its_age(system_, observation);
    if (options.earlier == Earlier::Discard && went_back && may_be_earlier) {
        is_conclusive_ = false;
        return;  // a person says what it means
    }
    if (options.earlier == Earlier::Discard && !went_back)
        options.earlier = meaning_of_earlier(system_, *link, observation);
    if (options.earlier == Earlier::Compare && may_be_earlier) {
        history = bench_.store().history(stored.customer);
        options.history = &history;
    }
    const AbsorbResult absorbed = absorb(
        bench_.rules(),
        aggregate,
        *link,
        observation,
        options,
        bench_.moment(),
        work->second.effects
    );
    is_conclusive_ = is_conclusive_ && !absorbed.stale && !absorbed.doubtful;
    if (watch_ != nullptr) watch_->count(absorbed);
}

void Intake::show_to_watch(const std::vector<Observation>& observations) {
    if (watch_ == nullptr) return;
    for (const Observation& observation : observations) {
        const auto found = known_.find(observation.remote_id);
        // What our own writes left there is nobody's drift.
        if (found != known_.end() && (with_attempts_.contains(found->second.id) ||
                                      unopened_.contains(found->second.customer)))
            continue;
        watch_->see(found == known_.end() ? nullptr : &found->second, observation);
    }
    watch_->judge_batch();
}

/// Before the first record is absorbed, because what a system added is nobody's edit.
void Intake::look_for_added_text(const std::vector<Observation>& observations) {
    AddedText& added = bench_.station(system_.id()).added_text;
    std::set<FieldId> fields;
    for (const Observation& observation : observations) {
        const auto link = known_.find(observation.remote_id);
        if (link == known_.end() || !with_attempts_.contains(link->second.id)) continue;
        const auto work = work_.find(link->second.customer);
        if (work == work_.end() || system_.deferred) continue;
        for (const mapping::MappedField& mapped : system_.mapping->fields()) {
            const RawFields raw = system_.mapping->select(mapped.field, observation.fields);
            const std::string text =
                added_to_own_write(work->second.aggregate, link->second, mapped.field, raw);
            if (!text.empty() && added.see(mapped.field, text, link->second.id))
                fields.insert(mapped.field);
        }
    }
    for (const FieldId field : fields) {
        if (system_.held.contains(field)) continue;
        hold(
            bench_,
            system_.id(),
            Hold::AddsText,
            field,
            "whatever is written to " + bench_.rules().fields->at(field).path +
                " has the same text added when it is read again: a workflow or a trigger of the "
                "system does it. Nothing of the field is taken or written. End it there, or map "
                "the field with \"direction\": \"in\"; then try this item again: what the "
                "records hold by then counts as their people's edit"
        );
    }
}

/// A record that is there and cannot be read: kept as it was, and in quarantine.
void Intake::set_aside(const Observation& observation) {
    const auto before = unreadable_.find(observation.remote_id);
    if (before != unreadable_.end() && before->second.reason == observation.problem &&
        !before->second.retry_requested)
        return;  // said already
    QuarantineItem item;
    item.system = system_.id();
    item.direction = Direction::Inbound;
    item.remote_id = observation.remote_id;
    if (const auto found = known_.find(observation.remote_id); found != known_.end()) {
        item.link = found->second.id;
        item.customer = found->second.customer;
    }
    item.code = ErrorCode::PayloadMalformed;
    item.reason = observation.problem;
    item.first_at = bench_.now();
    item.last_at = item.first_at;
    tell_set_aside(bench_, item);
    batch_.quarantined.push_back(std::move(item));
}

/// The record is no more, or lives on in another one.
void Intake::absorb_end(
    Aggregate& aggregate, Link& link, const Observation& observation, Effects& effects
) {
    const bool was_there = link.state != LinkState::Gone;
    const GoneHow how = observation.merged_into.empty() ? GoneHow::Deleted : GoneHow::MergedAway;
    // That it lives on in another one may be told later than that it is gone.
    const bool was_missed = how == GoneHow::MergedAway && is_asked_about(aggregate, link);
    absorb_gone(bench_.rules(), aggregate, link, how, bench_.moment(), effects);
    if (link.state != LinkState::Gone) is_conclusive_ = false;  // a copy may lack it yet
    if ((!was_there && !was_missed) || link.state != LinkState::Gone) return;
    if (was_missed)
        close_gone_questions(aggregate, link.id, "it was merged there", bench_.moment(), effects);
    else
        tell_gone(link);
    const auto heir = known_.find(observation.merged_into);
    if (heir == known_.end() || heir->second.customer == link.customer) return;
    if (heir->second.state == LinkState::Gone) return;
    ask_about_remote_merge(aggregate, link, heir->second, bench_.moment(), effects);
}

void Intake::tell_gone(const Link& link) {
    report_.gone.push_back(link.remote_id);
    Progress progress;
    progress.kind = Progress::Kind::Gone;
    progress.system = link.system;
    progress.remote_id = link.remote_id;
    progress.customer = link.customer;
    bench_.report(progress);
}

void Intake::absorb_unknown(const Observation& observation) {
    if (observation.kind == Observation::Kind::Present) absorb_new(observation, 0);
}

void Intake::absorb_new(const Observation& observation, std::uint32_t generation) {
    const Moment at = bench_.moment();
    Link link;
    link.id = mint<LinkId>(at.now, at.random);
    link.system = system_.id();
    link.entity = observation.entity;
    link.remote_id = observation.remote_id;
    link.generation = generation;
    link.customer = mint<CustomerId>(at.now, at.random);  // should it turn out to be a new one
    absorb_unassociated(std::move(link), observation);
}

void Intake::absorb_unassociated(Link link, const Observation& observation) {
    Work work;
    work.aggregate.customer.id = link.customer;
    if (const auto items = set_aside_.find(link.id); items != set_aside_.end())
        work.aggregate.quarantined = items->second;
    link.state = LinkState::Unassociated;
    work.aggregate.links.push_back(std::move(link));
    Link& only = work.aggregate.links.front();
    if (observation.kind == Observation::Kind::Gone) {
        only.state = LinkState::Gone;
    } else {
        AbsorbOptions options = options_;
        options.retry_quarantined = retry_.contains(only.id);
        const bool went_back = watch_ != nullptr && watch_->went_back();
        if (!went_back && meaning_of_earlier(system_, only, observation) != Earlier::Discard)
            options.earlier = Earlier::Take;
        const AbsorbResult absorbed = absorb(
            bench_.rules(),
            work.aggregate,
            only,
            observation,
            options,
            bench_.moment(),
            work.effects
        );
        is_conclusive_ = is_conclusive_ && !absorbed.stale && !absorbed.doubtful;
        if (watch_ != nullptr) watch_->count(absorbed);
    }
    work.effects.touched_links.insert(only.id);
    bench_.collect(work.aggregate, work.effects, batch_);
    batch_.work_added.pop_back();  // nothing is owed to a customer that is none yet
    report_changes(bench_, work.aggregate, work.effects);
    known_.insert_or_assign(observation.remote_id, only);
}

/// The history is read only where a system took its earlier word up again.
void Intake::freeze_what_oscillates(Aggregate& aggregate, Effects& effects) {
    if (effects.said_again.empty()) return;
    std::vector<Change> history = bench_.store().history(aggregate.customer.id);
    Change& now = history.emplace_back();
    now.at = bench_.now();
    now.fields = effects.changes;
    for (const FieldId id : effects.said_again) {
        const Field& field = bench_.rules().fields->at(id);
        const auto between = oscillation(field, said_about(id, history), now.at);
        if (!between) continue;
        freeze(bench_.rules(), aggregate, field, *between, bench_.moment(), effects);
        Progress progress;
        progress.kind = Progress::Kind::Conflict;
        progress.system = SystemId{between->one};
        progress.customer = aggregate.customer.id;
        progress.fields = {field.path};
        bench_.report(progress);
    }
}

void Intake::finish(const store::Cursor* cursor) {
    std::vector<CustomerId> order;
    for (const auto& [id, work] : work_)
        order.push_back(id);
    std::sort(order.begin(), order.end());
    for (const CustomerId& id : order) {
        Work& work = work_.at(id);
        adopt(bench_.rules(), work.aggregate, bench_.moment(), work.effects);
        freeze_what_oscillates(work.aggregate, work.effects);
        eliminate_no_ops(bench_.rules(), work.aggregate, work.effects);
        const auto& changes = work.effects.changes;
        const bool took_something =
            std::any_of(changes.begin(), changes.end(), [](const FieldChange& change) {
                return is_about_a_value(change.kind);
            });
        if (took_something) ++report_.changed;
        bench_.collect(work.aggregate, work.effects, batch_);
    }
    if (cursor != nullptr && is_conclusive_) batch_.cursors.push_back(*cursor);
    bench_.commit(batch_);
    for (const CustomerId& id : order)
        report_changes(bench_, work_.at(id).aggregate, work_.at(id).effects);
}

}  // namespace

bool take_in(
    Workbench& bench,
    const Station& station,
    std::vector<Observation> observations,
    Timestamp unchanged_until,
    const store::Cursor* cursor,
    SystemReport& report
) {
    bool is_conclusive = true;
    report.read += observations.size();
    bench.note_stage({Stage::Doing::Reading, report.system, report.read, 0});
    observations = merges_first(std::move(observations));
    for (Observation& observation : observations) {
        observation.sent_at = bench.clock().mended(observation.sent_at);
        observation.received_at = bench.clock().mended(observation.received_at);
    }
    std::size_t at = 0;
    do {
        const std::size_t end = std::min(observations.size(), at + kBatchRecords);
        const std::vector<Observation> part(
            std::make_move_iterator(observations.begin() + static_cast<std::ptrdiff_t>(at)),
            std::make_move_iterator(observations.begin() + static_cast<std::ptrdiff_t>(end))
        );
        Intake intake(bench, station, unchanged_until, report);
        intake.load(part);
        intake.look_for_added_text(part);
        intake.show_to_watch(part);
        for (const Observation& observation : part)
            intake.absorb_one(observation);
        const bool is_last = end == observations.size();
        intake.finish(is_last && is_conclusive ? cursor : nullptr);
        is_conclusive = is_conclusive && intake.is_conclusive();
        at = end;
    } while (at < observations.size());
    return is_conclusive;
}

}  // namespace syncline::sync
