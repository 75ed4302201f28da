#include "sync/core/merge_customers.hpp"

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/apart.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/rebase.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace syncline::sync {
namespace {

/// Two customers while they become one.
class Merging {
public:
    Merging(
        const Rules& rules,
        Aggregate& survivor,
        Aggregate& loser,
        const std::string& user,
        Moment moment,
        Effects& effects
    )
        : rules_(rules),
          survivor_(survivor),
          loser_(loser),
          user_(user),
          moment_(moment),
          effects_(effects) {}

    void remember(MergeEvent& event) const;
    std::vector<MergedField> decide(std::span<const MergedField> taken);
    void move_everything();
    void ask_about_second_records();

private:
    MergedField decide_field(const Field& field, std::span<const MergedField> taken) const;
    void carry_out(const Field& field, const MergedField& decided);
    void move_case(Case item);
    void lose_newer_bases();

    const Rules& rules_;
    Aggregate& survivor_;
    Aggregate& loser_;
    const std::string& user_;
    Moment moment_;
    Effects& effects_;
    std::vector<MergedField> decided_;
};

void Merging::remember(MergeEvent& event) const {
    event.id = mint<MergeId>(moment_.now, moment_.random);
    event.winner = survivor_.customer.id;
    event.loser = loser_.customer.id;
    event.at = moment_.now;
    event.by = user_;
    for (const Link& link : loser_.links)
        event.links.push_back({link.id, link.role});
    event.before = survivor_.customer.fields;
}

MergedField Merging::decide_field(const Field& field, std::span<const MergedField> taken) const {
    MergedField decided;
    decided.field = field.id;
    const FieldState* ours = survivor_.customer.fields.find(field.id);
    const FieldState* theirs = loser_.customer.fields.find(field.id);
    if (theirs == nullptr) return decided;
    if (ours == nullptr) {
        decided.from_loser = true;
        return decided;
    }
    if (normal::equivalent(field, ours->value, theirs->value)) return decided;
    const auto wish = std::find_if(taken.begin(), taken.end(), [&](const MergedField& choice) {
        return choice.field == field.id;
    });
    if (wish != taken.end()) {
        decided.from_loser = wish->from_loser;
        decided.rule = Rule::User;
        return decided;
    }
    const std::vector<merge::Contender> both{
        {ours->value, ours->origin, ours->interval},
        {theirs->value, theirs->origin, theirs->interval}};
    const merge::Verdict verdict = merge::choose(
        field,
        merge::policy_for(field, rules_.hub->policies),
        rules_.hub->order,
        both,
        /*standing=*/0
    );
    decided.rule = verdict.rule;
    decided.is_undecided = verdict.kind != merge::Verdict::Kind::Winner;
    decided.from_loser = !decided.is_undecided && verdict.winner == 1;
    return decided;
}

void Merging::carry_out(const Field& field, const MergedField& decided) {
    const FieldState* theirs = loser_.customer.fields.find(field.id);
    if (theirs == nullptr) return;
    const FieldState lost = *theirs;
    if (decided.from_loser) {
        const FieldState* standing = survivor_.customer.fields.find(field.id);
        const std::optional<FieldState> ours =
            standing != nullptr ? std::optional(*standing) : std::nullopt;
        make_version(
            survivor_, field, lost.value, lost.origin, lost.interval, Rule::Merge, moment_, effects_
        );
        if (ours)
            journal(
                survivor_,
                field.id,
                ChangeKind::Loser,
                Rule::Merge,
                ours->origin,
                ours->interval,
                ours->value,
                effects_
            );
        if (decided.rule == Rule::User) {
            close_conflict(survivor_, field.id, "decided by " + user_, moment_, effects_);
        }
        return;
    }
    const FieldState& ours = *survivor_.customer.fields.find(field.id);
    if (normal::equivalent(field, ours.value, lost.value)) return;
    journal(
        survivor_,
        field.id,
        ChangeKind::Loser,
        Rule::Merge,
        lost.origin,
        lost.interval,
        lost.value,
        effects_
    );
}

std::vector<MergedField> Merging::decide(std::span<const MergedField> taken) {
    for (const Field& field : rules_.fields->fields())
        decided_.push_back(decide_field(field, taken));
    for (const MergedField& decided : decided_)
        carry_out(rules_.fields->at(decided.field), decided);
    return decided_;
}

/// A question about the loser is about the survivor from now on; one whether the two are the same
/// is answered.
void Merging::move_case(Case item) {
    const CustomerId& ours = survivor_.customer.id;
    const CustomerId& theirs = loser_.customer.id;
    const auto is_about = [&](const CustomerId& customer) {
        return item.customer == customer ||
               std::any_of(item.candidates.begin(), item.candidates.end(), [&](const auto& c) {
                   return c.customer == customer;
               });
    };
    if (item.kind == CaseKind::Duplicate && is_about(ours) && is_about(theirs)) {
        item.resolved_at = moment_.now;
        item.resolution = "merged, by " + user_;
    }
    if (item.keeps_apart() && is_about(ours) && is_about(theirs))
        take_back_apart(item, "merged, by " + user_, moment_);
    if (item.kind == CaseKind::Conflict && survivor_.is_contested(item.field)) {
        item.resolved_at = moment_.now;
        item.resolution = "merged into an open question, by " + user_;
    }
    if (item.customer == theirs) item.customer = ours;
    for (Candidate& candidate : item.candidates) {
        if (candidate.customer == theirs) candidate.customer = ours;
    }
    put_case(survivor_, std::move(item), effects_);
}

void Merging::move_everything() {
    const FlatMap<FieldId, FieldState> theirs = loser_.customer.fields;
    for (Link& link : loser_.links) {
        const bool is_secondary = link.role == LinkRole::Secondary;
        Link& moved = survivor_.attach(std::move(link), effects_.touched_links);
        if (is_secondary) moved.role = LinkRole::Secondary;
    }
    loser_.links.clear();
    for (Attempt& attempt : loser_.attempts) {
        attempt.customer = survivor_.customer.id;
        effects_.touched_attempts.insert(attempt.id);
        survivor_.attempts.push_back(std::move(attempt));
    }
    loser_.attempts.clear();
    for (const Case& item : std::exchange(loser_.cases, {}))
        move_case(item);
    for (QuarantineItem& item : loser_.quarantined) {
        if (item.link.is_nil()) {  // a create that was refused: the survivor's is tried by itself
            if (item.id != 0) effects_.released.push_back(item.id);
            continue;
        }
        item.customer = survivor_.customer.id;
        effects_.quarantined.push_back(item);
        survivor_.quarantined.push_back(std::move(item));
    }
    loser_.quarantined.clear();
    for (const auto& [field, state] : survivor_.customer.fields) {
        const FieldState* other = theirs.find(field);
        rebase(
            rules_,
            survivor_,
            field,
            {other != nullptr ? other->version : Version{}, state.version},
            effects_
        );
    }
    close_settled_conflicts(survivor_, moment_, effects_);
    eliminate_no_ops(rules_, survivor_, effects_);
    lose_newer_bases();
}

/// A record of the loser may hold an image of a value that is newer than the one that stands, and
/// lost to it all the same. Nothing that stands is what it holds.
void Merging::lose_newer_bases() {
    for (Link& link : survivor_.links) {
        for (auto& [field, entry] : link.fields) {
            const FieldState* standing = survivor_.customer.fields.find(field);
            if (!entry.shadow || standing == nullptr) continue;
            Base& base = entry.shadow->base;
            if (base.version <= standing->version) continue;
            base.version = standing->version;
            if (base.kind == Base::Kind::Image) base.kind = Base::Kind::Foreign;
            effects_.touched_links.insert(link.id);
        }
    }
}

void Merging::ask_about_second_records() {
    for (const Link& link : survivor_.links) {
        const Link* primary = survivor_.find_link(link.system);
        const bool is_second = link.role == LinkRole::Secondary &&
                               link.state == LinkState::Active && primary != nullptr &&
                               primary->state == LinkState::Active;
        if (!is_second) continue;
        const bool is_asked =
            std::any_of(survivor_.cases.begin(), survivor_.cases.end(), [&](const Case& item) {
                return item.kind == CaseKind::Duplicate && item.link == link.id && item.is_open();
            });
        if (is_asked) continue;
        Case item;
        item.id = mint<CaseId>(moment_.now, moment_.random);
        item.kind = CaseKind::Duplicate;
        item.customer = survivor_.customer.id;
        item.link = link.id;
        item.system = link.system;
        item.reason = link.system.text() +
                      " has two records of this customer: " + primary->remote_id.text() +
                      " is written, " + link.remote_id.text() +
                      " only read; merge or delete one of them there";
        item.opened_at = moment_.now;
        put_case(survivor_, std::move(item), effects_);
    }
}

}  // namespace

std::vector<MergedField> merge_customers(
    const Rules& rules,
    Aggregate& survivor,
    Aggregate& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Moment moment,
    Effects& effects,
    Effects& loser_effects
) {
    Merging merging(rules, survivor, loser, user, moment, effects);
    MergeEvent event;
    merging.remember(event);
    const Origin by = Origin::of_user(user);
    journal_event(
        survivor, ChangeKind::Merged, Rule::Merge, by, to_text(loser.customer.id), moment, effects
    );
    std::vector<MergedField> decided = merging.decide(taken);
    merging.move_everything();
    merging.ask_about_second_records();
    effects.customer_touched = true;
    effects.merges.push_back(std::move(event));

    loser.customer.state = CustomerState::Alias;
    loser.customer.alias_of = survivor.customer.id;
    loser_effects.customer_touched = true;
    journal_event(
        loser,
        ChangeKind::MergedInto,
        Rule::Merge,
        by,
        to_text(survivor.customer.id),
        moment,
        loser_effects
    );
    return decided;
}

void ask_about_remote_merge(
    Aggregate& aggregate, const Link& gone, const Link& heir, Moment moment, Effects& effects
) {
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Duplicate;
    item.customer = aggregate.customer.id;
    item.link = gone.id;
    item.system = gone.system;
    item.reason = gone.system.text() + " merged its record " + gone.remote_id.text() + " into " +
                  heir.remote_id.text() +
                  ", which is another customer here; if they are one, `records merge` them";
    // One that is nobody's yet is somebody's after the next association.
    const bool is_somebodys = heir.state != LinkState::Unassociated;
    item.candidates.push_back(
        {is_somebodys ? heir.customer : CustomerId{}, heir.id, "has the record it was merged into"}
    );
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

}  // namespace syncline::sync
