// What absorb does with a difference that is not the hub's own doing.

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/absorption.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::sync {

AbsorbLine Absorption::foreign_difference(
    const mapping::MappedField& mapped, const Field& field, LinkField& entry, const RawFields& raw
) {
    const FieldState* canonical = standing(field.id);
    const bool readable_before = entry.shadow && entry.shadow->base.kind != Base::Kind::Invalid;
    if (readable_before && system_.mapping->same_meaning(field.id, raw, entry.shadow->raw)) {
        see(entry, raw, entry.shadow->base);
        return AbsorbLine::Cosmetic;
    }
    const bool fresh =
        !entry.shadow || entry.shadow->base.kind == Base::Kind::Fresh ||
        (entry.shadow->base.kind == Base::Kind::Invalid && !entry.shadow->base.version.exists());
    const FieldValue* known = canonical != nullptr ? &canonical->value : nullptr;
    const auto value = system_.mapping->read(field.id, raw, known);
    if (!value) {
        see(entry, raw, {Base::Kind::Invalid, entry.shadow ? entry.shadow->base.version : Version{}}
        );
        quarantine(field.id, raw, value.error(), Direction::Inbound);
        return AbsorbLine::Invalid;
    }
    release(field.id);
    if (!fresh && canonical != nullptr &&
        system_.mapping->is_image(field.id, raw, canonical->value)) {
        entry.contribution = {*value, canonical->version, interval_of(entry)};
        see(entry, raw, Base::image_of(canonical->version));
        return AbsorbLine::SameChange;
    }
    if (mapped.direction == MappingDirection::Out) {
        if (!fresh) {
            journal(
                aggregate_,
                field.id,
                ChangeKind::Drift,
                Rule::Drift,
                origin(),
                interval_of(entry),
                *value,
                effects_
            );
        }
        refuse(field.id, entry, raw);
        return AbsorbLine::Drift;
    }
    const EditInterval interval = interval_of(entry);
    entry.contribution = {*value, moment_.versions.high_water(), interval};
    if (fresh) {
        see(entry, raw, {Base::Kind::Fresh, {}});
        return AbsorbLine::FirstContact;
    }
    return foreign_edit(field, entry, raw, *value);
}

AbsorbLine Absorption::foreign_edit(
    const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
) {
    const FieldState* canonical = standing(field.id);
    if (aggregate_.is_contested(field.id))
        return hold_for_a_person(field, entry, raw, value, "edited again while undecided");
    const Version base = entry.shadow->base.version;
    const Base::Kind kind = entry.shadow->base.kind;
    const bool based = kind == Base::Kind::Image || (kind == Base::Kind::Invalid && base.exists());
    const Version standing_version = canonical != nullptr ? canonical->version : Version{};
    if (canonical != nullptr && !(based && base == standing_version))
        return concurrent(field, entry, raw, value);

    if (canonical == nullptr && value.is_cleared()) {
        see(entry, raw, Base::image_of({}));
        return AbsorbLine::FastForward;
    }
    if (canonical != nullptr && is_lossy_image(field, entry)) {
        // The remote holds only a part of the value (a cut name): taking its edit would drop the
        // rest everywhere.
        return hold_for_a_person(
            field, entry, raw, value, "edited where only a part of the value fits"
        );
    }
    const Rule rule = canonical == nullptr ? Rule::FirstValue : Rule::OnlyChange;
    const Version version = make_version(
        aggregate_, field, value, origin(), interval_of(entry), rule, moment_, effects_
    );
    entry.contribution->version = version;
    see(entry, raw, Base::image_of(version));
    return AbsorbLine::FastForward;
}

AbsorbLine Absorption::concurrent(
    const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
) {
    const FieldState before = *standing(field.id);
    const auto lost =
        [&](const Origin& from, const EditInterval& when, const FieldValue& said, Rule rule) {
            journal(aggregate_, field.id, ChangeKind::Loser, rule, from, when, said, effects_);
        };
    const EditInterval interval = interval_of(entry);
    std::vector<merge::Contender> contenders;
    contenders.push_back({before.value, before.origin, before.interval});
    contenders.push_back({value, origin(), interval});
    // What others said and nothing later superseded: without them the winner would depend on who
    // was read first.
    for (const Link& other : aggregate_.links) {
        const LinkField* said = other.fields.find(field.id);
        const bool counts = other.id != link_.id && !before.origin.is(other.system) &&
                            other.state == LinkState::Active && said != nullptr &&
                            said->contribution && said->shadow &&
                            said->shadow->base.kind == Base::Kind::Foreign &&
                            !before.interval.is_after(said->contribution->interval);
        if (!counts) continue;
        contenders.push_back(
            {said->contribution->value, Origin::of(other.system), said->contribution->interval}
        );
    }
    const merge::Verdict verdict = merge::choose(
        field,
        merge::policy_for(field, rules_.hub->policies),
        rules_.hub->order,
        contenders,
        /*standing=*/0
    );
    if (verdict.kind == merge::Verdict::Kind::Contested)
        return hold_for_a_person(field, entry, raw, value, "changed on both sides");

    if (verdict.kind == merge::Verdict::Kind::Winner && verdict.winner == 0) {
        lost(origin(), interval, value, verdict.rule);
        refuse(field.id, entry, raw);
        return AbsorbLine::ConcurrentLost;
    }
    const bool merged = verdict.kind == merge::Verdict::Kind::Merged;
    const merge::Contender winner =
        merged ? merge::Contender{verdict.merged, {Origin::Kind::Rule, "union"}, interval}
               : contenders[verdict.winner];
    const Version version = make_version(
        aggregate_,
        field,
        winner.value,
        winner.origin,
        winner.interval,
        verdict.rule,
        moment_,
        effects_
    );
    lost(before.origin, before.interval, before.value, verdict.rule);
    if (!merged && verdict.winner != 1) lost(origin(), interval, value, verdict.rule);
    const bool image = system_.mapping->is_image(field.id, raw, winner.value);
    see(entry, raw, image ? Base::image_of(version) : Base{Base::Kind::Foreign, {}});
    return merged ? AbsorbLine::ConcurrentMerged : AbsorbLine::ConcurrentWon;
}

AbsorbLine Absorption::hold_for_a_person(
    const Field& field,
    LinkField& entry,
    const RawFields& raw,
    const FieldValue& value,
    const std::string& reason
) {
    open_conflict(aggregate_, field, link_.system, reason, moment_, effects_);
    journal(
        aggregate_,
        field.id,
        ChangeKind::Contested,
        Rule::Review,
        origin(),
        interval_of(entry),
        value,
        effects_
    );
    see(entry, raw, {Base::Kind::Contested, {}});
    return AbsorbLine::Contested;
}

/// The base value in this system is an accepted image, but not the whole of the canonical value.
bool Absorption::is_lossy_image(const Field& field, const LinkField& entry) const {
    const FieldState* canonical = standing(field.id);
    const auto held = system_.mapping->read(field.id, entry.shadow->raw, &canonical->value);
    return held && !normal::equivalent(field, *held, canonical->value);
}

/// A value the hub does not accept. What was left for a deferred system before has been overruled
/// there by it, and is left once more.
void Absorption::refuse(FieldId field, LinkField& entry, const RawFields& raw) {
    see(entry, raw, {Base::Kind::Foreign, {}});
    if (!system_.deferred) return;
    for (const Attempt& attempt : std::vector<Attempt>(aggregate_.attempts)) {
        if (attempt.link == link_.id && attempt.fields.contains(field))
            leave_again(aggregate_, attempt.id, effects_);
    }
}

EditInterval Absorption::interval_of(const LinkField& entry) const {
    // A deferred system's file was written at a time nobody knows, so the edit may be older than
    // the last reading.
    const bool bounded = entry.shadow && !system_.deferred;
    const Timestamp earliest =
        bounded ? std::max(entry.shadow->seen_at, options_.unchanged_until) : Timestamp{};
    return {std::min(earliest, observation_.received_at), observation_.received_at};
}

}  // namespace syncline::sync
