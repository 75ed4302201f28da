#include "sync/run/by_hand.hpp"

#include "sync/core/apart.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/core/versions.hpp"
#include "sync/run/acts.hpp"
#include "sync/run/keep_apart.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

Error refused(ErrorCode code, std::string where, std::string detail) {
    return {code, Remedy::Reject, std::move(where), std::move(detail)};
}

Result<Aggregate> load_one(Workbench& bench, const CustomerId& id) {
    const std::vector<CustomerId> ids{id};
    std::vector<Aggregate> loaded = load_aggregates(bench.store(), ids);
    if (loaded.empty()) return refused(ErrorCode::NotFound, to_text(id), "there is no such record");
    return std::move(loaded.front());
}

Result<Aggregate> load_active(Workbench& bench, const CustomerId& id) {
    SYNCLINE_TRY(Aggregate aggregate, load_one(bench, id));
    if (aggregate.customer.state == CustomerState::Alias)
        return refused(
            ErrorCode::UsageInvalid,
            to_text(id),
            "this record was merged into " + to_text(aggregate.customer.alias_of)
        );
    if (aggregate.is_deleted())
        return refused(
            ErrorCode::UsageInvalid,
            to_text(id),
            "this record was deleted; `records undelete` brings it back"
        );
    return aggregate;
}

/// What one act changed, collected for one commit.
class Act {
public:
    Act(Workbench& bench, std::string kind, const std::string& user) : bench_(bench) {
        bench.begin_run();
        run_.id = bench.run();
        run_.kind = std::move(kind);
        run_.by = user;
        run_.started_at = bench.now();
        run_.ended_at = run_.started_at;
        run_.changed = 1;
    }

    void add(const Aggregate& aggregate, Effects& effects) {
        bench_.collect(aggregate, effects, batch_);
    }
    void carry(Carry carry) {
        if (carry == Carry::Preview) return;
        batch_.runs.push_back(run_);
        bench_.commit(batch_);
    }

private:
    Workbench& bench_;
    store::CommitBatch batch_;
    store::Run run_;
};

/// The writes that follow, as far as they can be told without asking the systems.
void tell_writes(Workbench& bench, const Aggregate& aggregate, MergeReport& report) {
    for (const SystemRules& system : bench.rules().systems) {
        const Link* link = aggregate.find_link(system.id());
        if (link == nullptr) continue;
        Effects ignored;
        const auto update =
            derive_update(bench.rules(), aggregate, *link, {}, bench.moment(), ignored);
        if (!update) continue;
        MergeReport::Write write;
        write.system = system.id();
        write.remote_id = link->remote_id;
        for (const auto& [field, sent] : update->attempt.fields)
            write.fields.push_back(bench.rules().fields->at(field).path);
        report.writes.push_back(std::move(write));
    }
}

void tell_records(const Aggregate& aggregate, MergeReport::Side& side) {
    side.customer = aggregate.customer.id;
    for (const Link& link : aggregate.links)
        side.records.push_back({link.system, link.remote_id, link.role, link.state});
}

void tell_fields(
    const Rules& rules,
    const std::vector<MergedField>& decided,
    const Customer& ours,
    const Customer& theirs,
    MergeReport& report
) {
    for (const MergedField& field : decided) {
        const FieldState* one = ours.fields.find(field.field);
        const FieldState* other = theirs.fields.find(field.field);
        if (other == nullptr || (field.rule == Rule::None && !field.from_loser)) continue;
        MergeReport::Choice choice;
        choice.path = rules.fields->at(field.field).path;
        if (one != nullptr) choice.ours = *one;
        choice.theirs = *other;
        choice.decided = field;
        report.choices.push_back(std::move(choice));
    }
}

/// What happened to either, oldest first.
std::vector<Change> histories(Workbench& bench, const CustomerId& one, const CustomerId& other) {
    std::vector<Change> both = bench.store().history(one);
    for (Change& change : bench.store().history(other))
        both.push_back(std::move(change));
    std::sort(both.begin(), both.end(), [](const Change& a, const Change& b) {
        return a.sequence < b.sequence;
    });
    return both;
}

MergeReport merge_loaded(
    Workbench& bench,
    Aggregate& survivor,
    Aggregate& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Act& act
) {
    const Customer ours = survivor.customer;
    const Customer theirs = loser.customer;
    MergeReport report;
    if (const Case* said = find_apart(survivor, theirs.id))
        report.told_apart = said->resolution + ", " + to_rfc3339(said->opened_at);
    Effects effects;
    Effects loser_effects;
    const std::vector<MergedField> decided = merge_customers(
        bench.rules(), survivor, loser, taken, user, bench.moment(), effects, loser_effects
    );
    tell_fields(bench.rules(), decided, ours, theirs, report);
    tell_records(survivor, report.whole);
    report.apart.customer = loser.customer.id;
    tell_writes(bench, survivor, report);
    act.add(survivor, effects);
    act.add(loser, loser_effects);
    return report;
}

Link* find_record(Aggregate& aggregate, const SystemId& system, const RemoteId& remote_id) {
    for (Link& link : aggregate.links) {
        if (link.system == system && link.remote_id == remote_id && link.state == LinkState::Active)
            return &link;
    }
    return nullptr;
}

Result<Aggregate> split_one(
    Workbench& bench,
    Aggregate& whole,
    const LinkId& link,
    const std::string& user,
    Act& act,
    MergeReport& report
) {
    if (whole.links.size() < 2)
        return refused(
            ErrorCode::UsageInvalid,
            to_text(whole.customer.id),
            "this is the only record of the customer; there is nothing to separate it from"
        );
    Aggregate apart;
    apart.customer.id = mint<CustomerId>(bench.now(), *bench.parts().random);
    Effects effects;
    Effects apart_effects;
    split_off(bench.rules(), whole, link, user, bench.moment(), apart, effects, apart_effects);
    tell_writes(bench, whole, report);
    tell_writes(bench, apart, report);
    act.add(whole, effects);
    act.add(apart, apart_effects);
    return apart;
}

/// The customer that an alias is now.
Result<Aggregate> load_root(Workbench& bench, CustomerId id) {
    constexpr int kLongestChain = 1'000;
    for (int i = 0; i < kLongestChain; ++i) {
        SYNCLINE_TRY(Aggregate aggregate, load_one(bench, id));
        if (aggregate.customer.state != CustomerState::Alias) return aggregate;
        id = aggregate.customer.alias_of;
    }
    return refused(ErrorCode::NotFound, to_text(id), "its merges go round in a circle");
}

/// The merge that is meant: the one that a merged record lost, or the only one that a record won.
Result<MergeEvent> standing_merge(Workbench& bench, const CustomerId& customer) {
    const std::vector<CustomerId> ids{customer};
    std::vector<MergeEvent> lost;
    std::vector<MergeEvent> won;
    for (MergeEvent& merge : bench.store().merges_of(ids)) {
        if (!merge.stands()) continue;
        (merge.loser == customer ? lost : won).push_back(std::move(merge));
    }
    if (!lost.empty()) return std::move(lost.back());
    if (won.size() == 1) return std::move(won.front());
    if (won.empty())
        return refused(
            ErrorCode::NotFound, to_text(customer), "this record is not the result of a merge"
        );
    std::string ids_text;
    for (const MergeEvent& merge : won)
        ids_text += " " + to_text(merge.loser);
    return refused(
        ErrorCode::UsageInvalid,
        to_text(customer),
        "several records were merged into this one; separate all with --all, or name the one:" +
            ids_text
    );
}

}  // namespace

Result<MergeReport> merge_by_hand(
    Workbench& bench,
    const CustomerId& survivor,
    const CustomerId& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Carry carry,
    IfVersion if_version
) {
    if (survivor == loser)
        return refused(
            ErrorCode::UsageInvalid, to_text(survivor), "a record cannot be merged with itself"
        );
    SYNCLINE_TRY(Aggregate ours, load_active(bench, survivor));
    SYNCLINE_TRY(Aggregate theirs, load_active(bench, loser));
    const std::vector<Change> history = histories(bench, survivor, loser);
    if (if_version) {
        const auto same = expect_unchanged(*bench.rules().fields, history, {}, *if_version);
        if (!same) return same.error();
    }
    Act act(bench, "merge", user);
    MergeReport report = merge_loaded(bench, ours, theirs, taken, user, act);
    report.version = shown_version(history);
    act.carry(carry);
    return report;
}

Result<MergeReport> unmerge_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user, Carry carry
) {
    SYNCLINE_TRY(MergeEvent event, standing_merge(bench, customer));
    SYNCLINE_TRY(Aggregate whole, load_root(bench, event.winner));
    SYNCLINE_TRY(Aggregate before, load_one(bench, event.loser));
    if (whole.is_deleted())
        return refused(
            ErrorCode::UsageInvalid,
            to_text(whole.customer.id),
            "this record was deleted; `records undelete` brings it back"
        );
    Act act(bench, "unmerge", user);
    Aggregate apart;
    Effects effects;
    Effects apart_effects;
    MergeReport report;
    const std::vector<FieldId> kept = unmerge_customers(
        bench.rules(),
        whole,
        {std::move(event), std::move(before.customer)},
        user,
        bench.moment(),
        apart,
        effects,
        apart_effects
    );
    for (const FieldId field : kept)
        report.kept.push_back(bench.rules().fields->at(field).path);
    tell_records(whole, report.whole);
    tell_records(apart, report.apart);
    tell_writes(bench, whole, report);
    tell_writes(bench, apart, report);
    act.add(whole, effects);
    act.add(apart, apart_effects);
    act.carry(carry);
    return report;
}

Result<MergeReport> link_by_hand(
    Workbench& bench,
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    const std::string name = system.text() + ":" + remote_id.text();
    SYNCLINE_TRY(Aggregate ours, load_active(bench, customer));
    if (bench.rules().find(system) == nullptr)
        return refused(ErrorCode::NotFound, name, "no system has this name");
    const std::vector<RemoteId> ids{remote_id};
    const std::vector<Link> found =
        bench.store().links_by_remote(system, bench.rules().at(system).setting->entity, ids);
    if (found.empty()) return refused(ErrorCode::NotFound, name, "the hub knows no such record");
    if (found.front().state == LinkState::Unassociated)
        return refused(
            ErrorCode::UsageInvalid,
            name,
            "this record waits for a review; answer it with `reviews link` or `reviews new`"
        );
    if (found.front().customer == customer)
        return refused(
            ErrorCode::UsageInvalid, name, "the record belongs to this customer already"
        );
    SYNCLINE_TRY(Aggregate theirs, load_active(bench, found.front().customer));
    Act act(bench, "link", user);
    if (theirs.links.size() > 1) {
        MergeReport ignored;
        SYNCLINE_TRY(theirs, split_one(bench, theirs, found.front().id, user, act, ignored));
    }
    MergeReport report = merge_loaded(bench, ours, theirs, {}, user, act);
    act.carry(carry);
    return report;
}

Result<MergeReport> unlink_by_hand(
    Workbench& bench,
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    SYNCLINE_TRY(Aggregate whole, load_active(bench, customer));
    const Link* link = find_record(whole, system, remote_id);
    if (link == nullptr)
        return refused(
            ErrorCode::NotFound,
            system.text() + ":" + remote_id.text(),
            "the customer has no such record"
        );
    Act act(bench, "unlink", user);
    MergeReport report;
    SYNCLINE_TRY(
        const Aggregate apart, split_one(bench, whole, LinkId(link->id), user, act, report)
    );
    tell_records(whole, report.whole);
    tell_records(apart, report.apart);
    act.carry(carry);
    return report;
}

Result<DeleteReport> delete_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user, Carry carry
) {
    SYNCLINE_TRY(Aggregate aggregate, load_active(bench, customer));
    DeleteReport report;
    report.customer = customer;
    for (const Link& link : aggregate.links) {
        const SystemRules* system = bench.rules().find(link.system);
        if (system == nullptr || link.state != LinkState::Active) continue;
        report.records.push_back({link.system, link.remote_id, system->setting->on_delete});
    }
    Act act(bench, "delete", user);
    Effects effects;
    delete_customer(bench.rules(), aggregate, Origin::of_user(user), bench.moment(), effects);
    act.add(aggregate, effects);
    act.carry(carry);
    return report;
}

Result<void> undelete_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user
) {
    SYNCLINE_TRY(Aggregate aggregate, load_one(bench, customer));
    if (!aggregate.is_deleted())
        return refused(ErrorCode::UsageInvalid, to_text(customer), "this record is not deleted");
    Act act(bench, "undelete", user);
    Effects effects;
    for (Link& link : aggregate.links) {  // who asks for it wants it back everywhere
        if (link.state == LinkState::Gone) retire(link, effects);
    }
    undelete_customer(
        aggregate, Origin::of_user(user), user + " brought it back", bench.moment(), effects
    );
    act.add(aggregate, effects);
    act.carry(Carry::Out);
    return {};
}

Result<void> answer_gone_by_hand(
    Workbench& bench, const Case& review, GoneAnswer answer, const std::string& user
) {
    if (review.kind != CaseKind::Gone)
        return refused(
            ErrorCode::UsageInvalid,
            to_text(review.id),
            "this review is not about a record that is gone; see `reviews show`"
        );
    SYNCLINE_TRY(Aggregate aggregate, load_one(bench, review.customer));
    Link* link = aggregate.find_link(review.link);
    if (link == nullptr)
        return refused(
            ErrorCode::NotFound, to_text(review.id), "the record is no longer the customer's"
        );
    const SystemSetting& setting = *bench.rules().at(link->system).setting;
    Act act(bench, "review", user);
    Effects effects;
    std::string resolution;
    switch (answer) {
        case GoneAnswer::Recreate:
            if (link->state != LinkState::Gone || aggregate.is_deleted())
                return refused(
                    ErrorCode::UsageInvalid,
                    to_text(review.id),
                    "only a missing record of a customer who was not deleted can be made again"
                );
            if (!setting.rights.create)
                return refused(
                    ErrorCode::UsageInvalid,
                    setting.file,
                    "the hub may not create records in " + link->system.text() +
                        ": \"rights\": { \"create\": true }"
                );
            retire(*link, effects);
            resolution = "made again, by ";
            break;
        case GoneAnswer::Delete:
            if (link->state == LinkState::Gone) {
                delete_customer(
                    bench.rules(), aggregate, Origin::of_user(user), bench.moment(), effects
                );
            } else if (!setting.rights.remove) {
                return refused(
                    ErrorCode::UsageInvalid,
                    setting.file,
                    "the hub may not delete records in " + link->system.text() +
                        ": \"rights\": { \"delete\": true }"
                );
            } else {
                link->state = LinkState::Condemned;
                effects.touched_links.insert(link->id);
            }
            resolution = "deleted, by ";
            break;
    }
    close_gone_questions(aggregate, link->id, resolution + user, bench.moment(), effects);
    act.add(aggregate, effects);
    act.carry(Carry::Out);
    return {};
}

Result<void> dismiss_by_hand(Workbench& bench, Case review, const std::string& user) {
    if (review.kind != CaseKind::Gone && review.kind != CaseKind::Duplicate)
        return refused(
            ErrorCode::UsageInvalid,
            to_text(review.id),
            "a question of this kind needs an answer: `reviews link` or `reviews new`"
        );
    review.resolved_at = bench.now();
    review.resolution = "dismissed, by " + user;
    bench.begin_run();
    store::CommitBatch batch;
    note_act(bench, "dismiss", user, batch);
    if (!review.customer.is_nil()) batch.work_added.push_back(review.customer);
    if (review.kind == CaseKind::Duplicate && !review.customer.is_nil())
        keep_apart(bench, {review.customer, {}}, review.candidates, user, batch);
    batch.cases.push_back(std::move(review));
    bench.commit(batch);
    return {};
}

}  // namespace syncline::sync
