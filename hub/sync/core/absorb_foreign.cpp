// What absorb does with a difference that is not the hub's own doing.

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/absorption.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/reproject.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::sync {

bool was_known(const Field& field, const FieldValue& value, const std::vector<Change>& history) {
    const auto is_it = [&](const std::optional<FieldValue>& known) {
        return known && normal::equivalent(field, *known, value);
    };
    const auto tells_it = [&](const FieldChange& entry) {
        if (entry.field != field.id) return false;
        const bool was_nothing = entry.kind == ChangeKind::Version && !entry.before;
        return is_it(entry.before) || is_it(entry.after) || (was_nothing && value.is_cleared());
    };
    return std::any_of(history.begin(), history.end(), [&](const Change& change) {
        return std::any_of(change.fields.begin(), change.fields.end(), tells_it);
    });
}

AbsorbLine Absorption::foreign_difference(
    const mapping::MappedField& mapped, const Field& field, LinkField& entry, const RawFields& raw
) {
    const FieldState* canonical = standing(field.id);
    const bool readable_before = entry.shadow && entry.shadow->base.kind != Base::Kind::Invalid;
    if (readable_before && !counts_after_all(entry) &&
        system_.mapping->same_meaning(field.id, raw, entry.shadow->raw)) {
        see(field.id, entry, raw, entry.shadow->base);
        return AbsorbLine::Cosmetic;
    }
    const bool fresh =
        options_.compares_anew || !entry.shadow || entry.shadow->base.kind == Base::Kind::Fresh ||
        (entry.shadow->base.kind == Base::Kind::Invalid && !entry.shadow->base.version.exists());
    const FieldValue* known = canonical != nullptr ? &canonical->value : nullptr;
    const auto value = system_.mapping->read(field.id, raw, known);
    if (!value) {
        see(field.id,
            entry,
            raw,
            {Base::Kind::Invalid, entry.shadow ? entry.shadow->base.version : Version{}});
        quarantine(field.id, raw, value.error(), Direction::Inbound);
        return AbsorbLine::Invalid;
    }
    if (!fresh && canonical != nullptr &&
        system_.mapping->is_image(field.id, raw, canonical->value)) {
        if (mapped.direction != MappingDirection::Out)
            entry.contribution = {*value, canonical->version, interval_of(entry)};
        see(field.id, entry, raw, Base::image_of(canonical->version));
        return AbsorbLine::SameChange;
    }
    if (mapped.direction == MappingDirection::Out) {
        if (!fresh) {
            effects_.said_again.insert(field.id);
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
    // What a field held that lies elsewhere in the record now was not said about this field.
    const bool counts_for_nothing = is_unread(entry) && canonical != nullptr;
    if (!fresh && (counts_for_nothing || is_overruled(field, *value))) {
        journal(
            aggregate_,
            field.id,
            ChangeKind::Loser,
            Rule::Keep,
            origin(),
            interval_of(entry),
            *value,
            effects_
        );
        refuse(field.id, entry, raw);
        return AbsorbLine::ConcurrentLost;
    }
    if (entry.contribution && normal::equivalent(field, entry.contribution->value, *value))
        effects_.said_again.insert(field.id);
    entry.contribution = {*value, {}, interval_of(entry)};
    if (fresh) {
        see(field.id, entry, raw, {Base::Kind::Fresh, {}});
        return AbsorbLine::FirstContact;
    }
    return foreign_edit(field, entry, raw, *value);
}

/// It was overruled, and not written over yet when a person said that what the system holds counts.
/// What the hub wrote there itself, for a customer that was merged since, nobody ever said.
bool Absorption::counts_after_all(const LinkField& entry) const {
    return options_.earlier == Earlier::Take && entry.shadow && !entry.shadow->is_ours &&
           entry.shadow->base.kind == Base::Kind::Foreign;
}

/// The system went back to an earlier state, and this value was known before: nobody typed it now.
bool Absorption::is_overruled(const Field& field, const FieldValue& value) const {
    if (options_.earlier != Earlier::Compare || options_.history == nullptr) return false;
    return was_known(field, value, *options_.history);
}

AbsorbLine Absorption::foreign_edit(
    const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
) {
    const FieldState* canonical = standing(field.id);
    const bool settles = aggregate_.is_contested(field.id);
    if (settles && !is_agreed(field, value))
        return hold_for_a_person(field, entry, raw, value, "edited again while undecided");
    if (!settles && canonical != nullptr && !is_only_change(field, *canonical, entry))
        return concurrent(field, entry, raw, value);

    if (canonical == nullptr && value.is_cleared()) {
        see(field.id, entry, raw, Base::image_of({}));
        return AbsorbLine::FastForward;
    }
    if (!settles && canonical != nullptr && held_a_part(field, entry)) {
        return hold_for_a_person(
            field, entry, raw, value, "edited where only a part of the value fits"
        );
    }
    Rule rule = canonical == nullptr ? Rule::FirstValue : Rule::OnlyChange;
    if (settles) rule = Rule::SameChange;
    const Version version = make_version(
        aggregate_, field, value, origin(), interval_of(entry), rule, moment_, effects_
    );
    entry.contribution->version = version;
    see(field.id, entry, raw, Base::image_of(version));
    if (settles) close_conflict(aggregate_, field.id, "the systems agree again", moment_, effects_);
    return AbsorbLine::FastForward;
}

/// Has nobody but this system changed the field since it was last in agreement? Who said what
/// stands has no rival in its own earlier word.
bool Absorption::is_only_change(
    const Field& field, const FieldState& canonical, const LinkField& entry
) const {
    if (canonical.origin == origin()) return true;
    const Base& base = entry.shadow->base;
    const bool is_based = base.kind == Base::Kind::Image ||
                          (base.kind == Base::Kind::Invalid && base.version.exists());
    if (!is_based || base.version != canonical.version) return false;
    // A change of what this system has no room for left its image as it was.
    return !has_no_room_for_all(field, canonical.value) ||
           held_until(entry) > canonical.interval.latest;
}

/// Has the value a part that the system's mapping does not name, as the street where only the city
/// is mapped?
bool Absorption::has_no_room_for_all(const Field& field, const FieldValue& value) const {
    const std::vector<bool>& covers = system_.mapping->find(field.id)->covers;
    for (std::size_t i = 0; i < value.parts.size(); ++i) {
        if (value.parts[i] && !covers[i]) return true;
    }
    return false;
}

/// With this value from this system, does everybody in an open question say the same? What stands
/// counts as said until the system that said it takes it back.
bool Absorption::is_agreed(const Field& field, const FieldValue& value) const {
    const FieldState& canonical = *standing(field.id);
    bool is_taken_back = canonical.origin == origin();
    for (const Link& other : aggregate_.links) {
        const LinkField* entry = other.fields.find(field.id);
        const bool speaks = other.id != link_.id && other.state == LinkState::Active &&
                            entry != nullptr && entry->shadow && entry->contribution;
        if (!speaks) continue;
        if (entry->contribution->version == canonical.version) return false;
        if (entry->shadow->base.kind != Base::Kind::Contested) continue;
        if (!normal::equivalent(field, entry->contribution->value, value)) return false;
        if (canonical.origin.is(other.system)) is_taken_back = true;
    }
    return is_taken_back;
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
    std::vector<merge::Contender> contenders = rivals_of(field);
    contenders.insert(contenders.begin() + 1, {value, origin(), interval});
    const merge::Verdict verdict = merge::choose(
        field,
        merge::policy_for(field, rules_.hub->policies),
        rules_.hub->order,
        contenders,
        /*standing=*/0
    );
    if (verdict.kind == merge::Verdict::Kind::Contested)
        return hold_for_a_person(field, entry, raw, value, "changed on both sides");

    const bool merged = verdict.kind == merge::Verdict::Kind::Merged;
    const bool stays =
        !merged && normal::equivalent(field, contenders[verdict.winner].value, before.value);
    if (stays) {
        lost(origin(), interval, value, verdict.rule);
        refuse(field.id, entry, raw);
        return AbsorbLine::ConcurrentLost;
    }
    const merge::Contender winner =
        merged ? merge::Contender{verdict.merged, {Origin::Kind::Rule, "union"}, interval}
               : contenders[verdict.winner];
    if (!merged && verdict.winner == 1 &&
        (holds_a_part_only(field, before.value) || has_no_room_for_all(field, before.value)))
        return hold_for_a_person(
            field, entry, raw, value, "edited where only a part of the value fits"
        );
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
    if (!merged && verdict.winner == 1) entry.contribution->version = version;
    const bool image = system_.mapping->is_image(field.id, raw, winner.value);
    see(field.id, entry, raw, image ? Base::image_of(version) : Base{Base::Kind::Foreign, {}});
    return merged ? AbsorbLine::ConcurrentMerged : AbsorbLine::ConcurrentWon;
}

/// What stands, first, and everything else that was said by another system and is not superseded:
/// without it the winner would depend on who was read first.
std::vector<merge::Contender> Absorption::rivals_of(const Field& field) const {
    const FieldState& before = *standing(field.id);
    std::vector<merge::Contender> rivals{{before.value, before.origin, before.interval}};
    for (const Link& other : aggregate_.links) {
        const LinkField* entry = other.fields.find(field.id);
        const bool speaks = other.id != link_.id && !before.origin.is(other.system) &&
                            other.state == LinkState::Active && entry != nullptr &&
                            entry->contribution && entry->shadow;
        if (!speaks) continue;
        const Contribution& said = *entry->contribution;
        const bool says_the_same = said.version == before.version;
        const bool says_otherwise = entry->shadow->base.kind == Base::Kind::Foreign &&
                                    !before.interval.is_after(said.interval);
        if (says_the_same || says_otherwise)
            rivals.push_back(
                {says_the_same ? before.value : said.value, Origin::of(other.system), said.interval}
            );
    }
    return rivals;
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
    see(field.id, entry, raw, {Base::Kind::Contested, {}});
    return AbsorbLine::Contested;
}

/// The value this system held was an accepted image of what stands, but not the whole of it (a cut
/// name): taking its edit would drop the rest everywhere.
bool Absorption::held_a_part(const Field& field, const LinkField& entry) const {
    const FieldState* canonical = standing(field.id);
    if (!entry.shadow->base.is_image_of(canonical->version))
        return holds_a_part_only(field, canonical->value);
    const auto held = system_.mapping->read(field.id, entry.shadow->raw, &canonical->value);
    return held && !normal::equivalent(field, *held, canonical->value);
}

/// What this system would hold of a value is not the whole of it.
bool Absorption::holds_a_part_only(const Field& field, const FieldValue& value) const {
    const auto written = system_.mapping->write(field.id, value, {});
    if (!written) return false;
    const auto held = system_.mapping->read(field.id, *written, &value);
    return held && !normal::equivalent(field, *held, value);
}

/// A value the hub does not accept. What was left for a deferred system before has been overruled
/// there by it, and is left once more.
void Absorption::refuse(FieldId field, LinkField& entry, const RawFields& raw) {
    see(field, entry, raw, {Base::Kind::Foreign, {}});
    if (!system_.deferred) return;
    for (const Attempt& attempt : std::vector<Attempt>(aggregate_.attempts)) {
        if (attempt.link == link_.id && attempt.fields.contains(field))
            leave_again(aggregate_, attempt.id, effects_);
    }
}

/// Until then, at least, the system held what the shadow says.
Timestamp Absorption::held_until(const LinkField& entry) const {
    return std::max(entry.shadow->seen_at, options_.unchanged_until) - system_.stale_window;
}

EditInterval Absorption::interval_of(const LinkField& entry) const {
    // A deferred system's file was written at a time nobody knows, so the edit may be older than
    // the last reading; and a value that can be read only now was not made just now.
    const bool bounded =
        entry.shadow && !system_.deferred && entry.shadow->base.kind != Base::Kind::Invalid;
    const Timestamp earliest = bounded ? held_until(entry) : Timestamp{};
    return {std::min(earliest, observation_.received_at), observation_.received_at};
}

}  // namespace syncline::sync
