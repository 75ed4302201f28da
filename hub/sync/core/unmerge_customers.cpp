#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/apart.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/merge_customers.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/rebase.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace syncline::sync {
namespace {

/// One customer while it becomes two.
class Splitting {
public:
    Splitting(
        const Rules& rules,
        Aggregate& whole,
        Aggregate& apart,
        Timestamp since,
        Moment moment,
        Effects& effects,
        Effects& apart_effects
    )
        : rules_(rules),
          whole_(whole),
          apart_(apart),
          since_(since),
          moment_(moment),
          effects_(effects),
          apart_effects_(apart_effects) {}

    void move(const std::vector<MergeEvent::MovedLink>& links);
    void give_back(const FlatMap<FieldId, FieldState>& loser);
    void take_away(
        const FlatMap<FieldId, FieldState>& loser, const FlatMap<FieldId, FieldState>& before
    );
    void settle();

private:
    /// What remains of a field on one side, or nothing.
    std::optional<FieldState> own_state(
        const Field& field, const Aggregate& side, const FieldState* before
    ) const;
    bool came_with(const Field& field, const FieldState& state, const FieldState* theirs) const;
    bool was_told(const Aggregate& side, FieldId field) const;
    void set(
        Aggregate& side,
        const Field& field,
        const std::optional<FieldState>& state,
        Effects& effects
    );

    const Rules& rules_;
    Aggregate& whole_;
    Aggregate& apart_;
    const Timestamp since_;  ///< when the two became one
    Moment moment_;
    Effects& effects_;
    Effects& apart_effects_;
};

/// Was the field set aside as unreadable before what its people had said was ever compared?
/// Adoption passed over that, and so it never had a part in the value.
bool was_never_heard(const LinkField& entry) {
    return entry.shadow && entry.shadow->base.kind == Base::Kind::Invalid &&
           !entry.shadow->base.version.exists();
}

void Splitting::move(const std::vector<MergeEvent::MovedLink>& links) {
    std::set<SystemId> left;
    for (const MergeEvent::MovedLink& moved : links) {
        const auto found =
            std::find_if(whole_.links.begin(), whole_.links.end(), [&](const Link& link) {
                return link.id == moved.link;
            });
        if (found == whole_.links.end()) continue;
        Link link = std::move(*found);
        whole_.links.erase(found);
        link.customer = apart_.customer.id;
        link.role = moved.role;
        left.insert(link.system);
        apart_effects_.touched_links.insert(link.id);
        apart_.links.push_back(std::move(link));
    }
    for (const SystemId& system : left) {
        promote_second_record(whole_, system, effects_);
        promote_second_record(apart_, system, apart_effects_);
    }

    const auto moves = [&](const LinkId& id) { return apart_.find_link(id) != nullptr; };
    for (Attempt& attempt : whole_.attempts) {
        if (attempt.link.is_nil() || !moves(attempt.link)) continue;
        attempt.customer = apart_.customer.id;
        apart_effects_.touched_attempts.insert(attempt.id);
        apart_.attempts.push_back(attempt);
    }
    std::erase_if(whole_.attempts, [&](const Attempt& attempt) { return moves(attempt.link); });
    for (QuarantineItem& item : whole_.quarantined) {
        if (item.link.is_nil() || !moves(item.link)) continue;
        item.customer = apart_.customer.id;
        apart_effects_.quarantined.push_back(item);
        apart_.quarantined.push_back(item);
    }
    std::erase_if(whole_.quarantined, [&](const QuarantineItem& item) { return moves(item.link); });
    for (Case item : std::vector<Case>(whole_.cases)) {
        if (item.link.is_nil() || !moves(item.link) || !item.is_open()) continue;
        if (item.kind == CaseKind::Duplicate) {
            item.resolved_at = moment_.now;
            item.resolution = "the records are different customers";
        }
        item.customer = apart_.customer.id;
        put_case(whole_, item, effects_);
        if (item.is_open()) apart_.cases.push_back(item);
    }
    std::erase_if(whole_.cases, [&](const Case& item) {
        if (item.keeps_apart()) return false;
        return item.customer == apart_.customer.id || !item.is_open();
    });
    move_apart_cases(whole_, apart_, effects_);
}

std::optional<FieldState> Splitting::own_state(
    const Field& field, const Aggregate& side, const FieldState* before
) const {
    std::vector<merge::Contender> contenders;
    if (before != nullptr) contenders.push_back({before->value, before->origin, before->interval});
    for (const Link& link : side.links) {
        const LinkField* entry = link.fields.find(field.id);
        if (entry == nullptr || !entry->contribution || link.state == LinkState::Gone) continue;
        const Contribution& said = *entry->contribution;
        const bool is_first = before == nullptr && !was_never_heard(*entry);
        const bool is_new = is_first || said.interval.latest > since_;
        if (is_new) contenders.push_back({said.value, Origin::of(link.system), said.interval});
    }
    if (contenders.empty()) return std::nullopt;
    if (before != nullptr && contenders.size() == 1) return *before;
    // What its own people changed since replaces what they had said before.
    if (before != nullptr) contenders.erase(contenders.begin());
    const merge::Verdict verdict = merge::choose(
        field,
        merge::policy_for(field, rules_.hub->policies),
        rules_.hub->order,
        contenders,
        merge::kNoStanding
    );
    const merge::Contender& winner = contenders[verdict.winner];
    FieldState state;
    state.value = winner.value;
    state.origin = winner.origin;
    state.interval = winner.interval;
    state.rule = contenders.size() == 1 ? Rule::OnlyChange : verdict.rule;
    return state;
}

/// Does the value that stands come from a record that leaves, or did it come with the merge?
bool Splitting::came_with(const Field& field, const FieldState& state, const FieldState* theirs)
    const {
    const bool was_theirs = theirs != nullptr && state.origin == theirs->origin &&
                            state.interval == theirs->interval &&
                            normal::equivalent(field, state.value, theirs->value);
    const auto says_it = [&](const Link& link) {
        const LinkField* entry = link.fields.find(field.id);
        return state.origin.is(link.system) && entry != nullptr && entry->contribution &&
               entry->contribution->version == state.version;
    };
    const bool is_said_here = std::any_of(whole_.links.begin(), whole_.links.end(), says_it);
    if (is_said_here) return false;
    return was_theirs || std::any_of(apart_.links.begin(), apart_.links.end(), says_it);
}

/// Has the hub written something into the field of a record of this side?
bool Splitting::was_told(const Aggregate& side, FieldId field) const {
    const bool is_sent =
        std::any_of(side.attempts.begin(), side.attempts.end(), [&](const Attempt& attempt) {
            return attempt.fields.contains(field);
        });
    return is_sent || std::any_of(side.links.begin(), side.links.end(), [&](const Link& link) {
               const LinkField* entry = link.fields.find(field);
               return entry != nullptr && entry->shadow &&
                      entry->shadow->base.kind == Base::Kind::Image &&
                      entry->shadow->base.version.exists();
           });
}

/// A new version, so that no write of the time between is taken for it, with the reason it had.
void Splitting::set(
    Aggregate& side, const Field& field, const std::optional<FieldState>& state, Effects& effects
) {
    const FieldState* standing = side.customer.fields.find(field.id);
    const Version replaced = standing != nullptr ? standing->version : Version{};
    if (!state) {
        if (standing != nullptr ? standing->value.is_cleared() : !was_told(side, field.id)) return;
        make_version(
            side,
            field,
            FieldValue::cleared(field.parts.size()),
            {Origin::Kind::Rule, "unmerge"},
            {moment_.now, moment_.now},
            Rule::Unmerge,
            moment_,
            effects
        );
        return;
    }
    const FieldState kept = *state;
    make_version(
        side, field, kept.value, kept.origin, kept.interval, Rule::Unmerge, moment_, effects
    );
    side.customer.fields[field.id].rule = kept.rule;
    rebase(rules_, side, field.id, {kept.version, replaced}, effects);
}

void Splitting::give_back(const FlatMap<FieldId, FieldState>& loser) {
    for (const Field& field : rules_.fields->fields())
        set(apart_, field, own_state(field, apart_, loser.find(field.id)), apart_effects_);
}

void Splitting::take_away(
    const FlatMap<FieldId, FieldState>& loser, const FlatMap<FieldId, FieldState>& before
) {
    for (const Field& field : rules_.fields->fields()) {
        const FieldState* standing = whole_.customer.fields.find(field.id);
        if (standing == nullptr || !came_with(field, *standing, loser.find(field.id))) continue;
        set(whole_, field, own_state(field, whole_, before.find(field.id)), effects_);
    }
}

void Splitting::settle() {
    close_settled_conflicts(whole_, moment_, effects_);
    for (const Link& link : apart_.links) {
        for (const auto& [field, entry] : link.fields) {
            if (!entry.shadow || entry.shadow->base.kind != Base::Kind::Contested) continue;
            open_conflict(
                apart_,
                rules_.fields->at(field),
                link.system,
                "undecided when the customers were separated",
                moment_,
                apart_effects_
            );
        }
    }
    eliminate_no_ops(rules_, whole_, effects_);
    eliminate_no_ops(rules_, apart_, apart_effects_);
    effects_.customer_touched = true;
    apart_effects_.customer_touched = true;
}

void tell(
    Aggregate& side, const Aggregate& other, const Origin& by, Moment moment, Effects& effects
) {
    journal_event(
        side, ChangeKind::Unmerged, Rule::Unmerge, by, to_text(other.customer.id), moment, effects
    );
}

}  // namespace

std::vector<FieldId> unmerge_customers(
    const Rules& rules,
    Aggregate& whole,
    Split split,
    const std::string& user,
    Moment moment,
    Aggregate& apart,
    Effects& effects,
    Effects& apart_effects
) {
    MergeEvent& event = split.event;
    apart.customer = std::move(split.loser);
    apart.customer.state = CustomerState::Active;
    apart.customer.alias_of = {};
    const FlatMap<FieldId, FieldState> loser = apart.customer.fields;
    const Origin by = Origin::of_user(user);
    tell(whole, apart, by, moment, effects);
    tell(apart, whole, by, moment, apart_effects);

    std::vector<FieldId> kept;
    for (const auto& [field, state] : whole.customer.fields) {
        const bool is_users = state.origin.kind == Origin::Kind::User;
        if (is_users && state.interval.latest > event.at) kept.push_back(field);
    }
    Splitting splitting(rules, whole, apart, event.at, moment, effects, apart_effects);
    splitting.move(event.links);
    splitting.take_away(loser, event.before);
    splitting.give_back(loser);
    splitting.settle();
    tell_apart(whole, apart, user, moment, effects);
    event.undone_at = moment.now;
    event.undone_by = user;
    effects.merges.push_back(std::move(event));
    return kept;
}

void split_off(
    const Rules& rules,
    Aggregate& whole,
    const LinkId& link,
    const std::string& user,
    Moment moment,
    Aggregate& apart,
    Effects& effects,
    Effects& apart_effects
) {
    apart.customer.created = moment.versions.tick();
    const FlatMap<FieldId, FieldState> before = whole.customer.fields;
    const Origin by = Origin::of_user(user);
    tell(whole, apart, by, moment, effects);
    tell(apart, whole, by, moment, apart_effects);
    Splitting splitting(rules, whole, apart, moment.now, moment, effects, apart_effects);
    splitting.move({{link, LinkRole::Primary}});

    // What the record says is the new customer; what only it said is nobody else's word.
    FlatMap<FieldId, FieldState> says;
    const Link& only = apart.links.front();
    const SystemRules& system = rules.at(only.system);
    for (const auto& [field, entry] : only.fields) {
        if (!entry.shadow || rules.fields->find(field) == nullptr) continue;
        if (entry.contribution) continue;
        const FieldState* standing = before.find(field);
        if (standing != nullptr &&
            system.mapping->is_image(field, entry.shadow->raw, standing->value)) {
            says[field] = *standing;  // the hub wrote it: what is there may be a part only
            continue;
        }
        auto value = system.mapping->read(field, entry.shadow->raw);
        if (!value || value->is_cleared()) continue;
        FieldState& state = says[field];
        state.value = std::move(value).value();
        state.origin = {Origin::Kind::Rule, "unlink"};  // its people never said it: it was there
        state.interval = {entry.shadow->seen_at, entry.shadow->seen_at};
        state.rule = Rule::FirstValue;
    }
    splitting.take_away({}, {});
    splitting.give_back(says);
    splitting.settle();
    tell_apart(whole, apart, user, moment, effects);
}

}  // namespace syncline::sync
