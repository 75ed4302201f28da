#include "sync/core/absorb.hpp"

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

constexpr std::uint8_t kIgnoredPushesBeforeQuarantine = 2;
/// One observation being absorbed. Lives for one call.
class Absorption {
public:
    Absorption(
        const Rules& rules,
        Aggregate& aggregate,
        Link& link,
        const Observation& observation,
        const AbsorbOptions& options,
        Moment moment,
        Effects& effects
    )
        : rules_(rules),
          system_(rules.at(link.system)),
          aggregate_(aggregate),
          link_(link),
          observation_(observation),
          options_(options),
          moment_(moment),
          effects_(effects) {}

    AbsorbResult run();

private:
    bool is_stale() const;
    std::optional<RawFields> held(FieldId field) const;
    void free_value(FieldId field, const RawFields& raw);
    AbsorbLine absorb_field(const mapping::MappedField& mapped, const RawFields& raw);
    AbsorbLine foreign_difference(
        const mapping::MappedField& mapped,
        const Field& field,
        LinkField& entry,
        const RawFields& raw
    );
    AbsorbLine foreign_edit(
        const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
    );
    AbsorbLine concurrent(
        const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
    );
    AbsorbLine hold_for_a_person(
        const Field& field,
        LinkField& entry,
        const RawFields& raw,
        const FieldValue& value,
        const std::string& reason
    );
    std::optional<AbsorbLine> answered_by_ack(
        FieldId field, LinkField& entry, const RawFields& raw
    );
    AbsorbLine unchanged(FieldId field, LinkField& entry);
    AbsorbLine take_own_write(
        FieldId field, LinkField& entry, const RawFields& raw, const Attempt& attempt
    );
    void refuse(FieldId field, LinkField& entry, const RawFields& raw);
    void see(LinkField& entry, const RawFields& raw, Base base);
    void quarantine(FieldId field, const RawFields& raw, const Error& error, Direction direction);
    void release(FieldId field);
    bool is_lossy_image(const Field& field, const LinkField& entry) const;
    EditInterval interval_of(const LinkField& entry) const;
    const FieldState* standing(FieldId field) const {
        return aggregate_.customer.fields.find(field);
    }
    Origin origin() const { return Origin::of(link_.system); }

    const Rules& rules_;
    const SystemRules& system_;
    Aggregate& aggregate_;
    Link& link_;
    const Observation& observation_;
    const AbsorbOptions& options_;
    Moment moment_;
    Effects& effects_;
};

bool Absorption::is_stale() const {
    if (compare_tokens(system_.token_order, observation_.token, link_.token) < 0) return true;
    return system_.token_order != TokenOrder::Ordered && observation_.modified_at != Timestamp{} &&
           observation_.modified_at < link_.modified_at;
}

AbsorbResult Absorption::run() {
    AbsorbResult result;
    if (is_stale()) {
        result.stale = true;
        return result;
    }
    if (link_.state == LinkState::Gone) {
        link_.state = LinkState::Active;
        effects_.touched_links.insert(link_.id);
        for (Case item : std::vector<Case>(aggregate_.cases)) {
            if (item.kind != CaseKind::Gone || item.link != link_.id || !item.is_open()) continue;
            item.resolved_at = moment_.now;
            item.resolution = "the record is back";
            put_case(aggregate_, std::move(item), effects_);
        }
    }
    for (const mapping::MappedField& mapped : system_.mapping->fields()) {
        const RawFields raw = system_.mapping->select(mapped.field, observation_.fields);
        if (raw.empty()) continue;  // not read: unknown, never empty
        const auto before = mapped.unique ? held(mapped.field) : std::nullopt;
        result.lines.emplace_back(mapped.field, absorb_field(mapped, raw));
        if (before && raw != *before) free_value(mapped.field, *before);
    }
    mark_looked(aggregate_, link_, observation_, effects_);
    if (link_.token != observation_.token || link_.modified_at != observation_.modified_at) {
        link_.token = observation_.token;
        link_.modified_at = observation_.modified_at;
        effects_.touched_links.insert(link_.id);
    }
    link_.read_at = observation_.sent_at;
    return result;
}

std::optional<RawFields> Absorption::held(FieldId field) const {
    const LinkField* entry = link_.fields.find(field);
    if (entry == nullptr || !entry->shadow) return std::nullopt;
    return entry->shadow->raw;
}

void Absorption::free_value(FieldId field, const RawFields& raw) {
    const auto value = system_.mapping->read(field, raw);
    if (value && !value->is_cleared()) effects_.freed.emplace_back(field, *value);
}

AbsorbLine Absorption::absorb_field(const mapping::MappedField& mapped, const RawFields& raw) {
    const FieldId id = mapped.field;
    LinkField& entry = link_.fields[id];
    if (const auto line = answered_by_ack(id, entry, raw)) return *line;

    const bool retry_unreadable = options_.retry_quarantined && entry.shadow &&
                                  entry.shadow->base.kind == Base::Kind::Invalid;
    if (entry.shadow && entry.shadow->raw == raw && !retry_unreadable) return unchanged(id, entry);

    if (const Attempt* attempt = own_write(system_, aggregate_, link_, id, raw))
        return take_own_write(id, entry, raw, *attempt);
    purge_dead(system_, aggregate_, link_, id, observation_, effects_);
    return foreign_difference(mapped, rules_.fields->at(id), entry, raw);
}

std::optional<AbsorbLine> Absorption::answered_by_ack(
    FieldId field, LinkField& entry, const RawFields& raw
) {
    if (!options_.answers) return std::nullopt;
    const auto is_it = [&](const Attempt& attempt) { return attempt.id == *options_.answers; };
    const auto attempt =
        std::find_if(aggregate_.attempts.begin(), aggregate_.attempts.end(), is_it);
    if (attempt == aggregate_.attempts.end()) return std::nullopt;
    const SentField* sent = attempt->fields.find(field);
    if (sent == nullptr) return std::nullopt;

    const Base base = Base::image_of(sent->version);
    const bool is_image = raw == sent->raw || system_.mapping->is_image(field, raw, sent->value);
    if (!is_image && entry.shadow && entry.shadow->raw == raw)
        return std::nullopt;  // it kept the old value: an ignored write, not a transformed one
    if (!is_image) {
        // The remote says itself that it stored something else: the image is its business, and
        // never becomes canonical.
        const auto stored = system_.mapping->read(field, raw, &sent->value);
        journal(
            aggregate_,
            field,
            ChangeKind::Transform,
            Rule::None,
            origin(),
            {observation_.sent_at, observation_.received_at},
            stored ? *stored : FieldValue::cleared(sent->value.parts.size()),
            effects_
        );
    }
    drop_field(aggregate_, *options_.answers, field, effects_);
    see(entry, raw, base);
    return AbsorbLine::AnsweredByAck;
}

AbsorbLine Absorption::unchanged(FieldId field, LinkField& entry) {
    entry.shadow->seen_at = observation_.sent_at;
    std::vector<AttemptId> ignored;
    for (const Attempt& attempt : aggregate_.attempts) {
        const bool seen_since =
            options_.answers == attempt.id || observation_.sent_at >= attempt.answered_at;
        if (!system_.deferred && attempt.link == link_.id && seen_since &&
            attempt.state == AttemptState::Answered && attempt.fields.contains(field))
            ignored.push_back(attempt.id);
    }
    for (const AttemptId& attempt : ignored)
        drop_field(aggregate_, attempt, field, effects_);
    if (!ignored.empty()) {
        effects_.touched_links.insert(link_.id);
        if (++entry.ignored_pushes >= kIgnoredPushesBeforeQuarantine) {
            const Error error{
                ErrorCode::RemoteRefused,
                Remedy::Quarantine,
                rules_.fields->at(field).path,
                "the system accepts the write and keeps its old value; make the field writable "
                "for the hub's account there, or map it with \"direction\": \"in\""};
            quarantine(field, {}, error, Direction::Outbound);
            entry.ignored_pushes = 0;
        }
    }
    purge_dead(system_, aggregate_, link_, field, observation_, effects_);
    return AbsorbLine::Unchanged;
}

AbsorbLine Absorption::take_own_write(
    FieldId field, LinkField& entry, const RawFields& raw, const Attempt& attempt
) {
    const SentField sent = *attempt.fields.find(field);
    const bool answered = attempt.state == AttemptState::Answered;
    const AttemptId id = attempt.id;
    const FieldState* canonical = standing(field);
    if (canonical != nullptr && canonical->version != sent.version) {
        journal(
            aggregate_,
            field,
            ChangeKind::LateOwnWrite,
            Rule::LateOwnWrite,
            origin(),
            {observation_.sent_at, observation_.received_at},
            sent.value,
            effects_
        );
    }
    see(entry, raw, Base::image_of(sent.version));
    // An unanswered one stays: the same request may land a second time. What was left for a
    // deferred system is taken in once, and in order.
    if (system_.deferred)
        drop_up_to(aggregate_, link_, field, sent.version, effects_);
    else if (answered)
        drop_field(aggregate_, id, field, effects_);
    purge_dead(system_, aggregate_, link_, field, observation_, effects_);
    return AbsorbLine::OwnWrite;
}

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

void Absorption::see(LinkField& entry, const RawFields& raw, Base base) {
    entry.shadow = Shadow{raw, base, observation_.sent_at};
    entry.ignored_pushes = 0;
    effects_.touched_links.insert(link_.id);
}

EditInterval Absorption::interval_of(const LinkField& entry) const {
    // A deferred system's file was written at a time nobody knows, so the edit may be older than
    // the last reading.
    const bool bounded = entry.shadow && !system_.deferred;
    const Timestamp earliest =
        bounded ? std::max(entry.shadow->seen_at, options_.unchanged_until) : Timestamp{};
    return {std::min(earliest, observation_.received_at), observation_.received_at};
}

void Absorption::quarantine(
    FieldId field, const RawFields& raw, const Error& error, Direction direction
) {
    QuarantineItem item;
    item.system = link_.system;
    item.direction = direction;
    item.remote_id = link_.remote_id;
    item.link = link_.id;
    item.customer = aggregate_.customer.id;
    item.field = field;
    item.code = error.code;
    item.reason = error.detail;
    item.raw = raw;
    item.first_at = moment_.now;
    item.last_at = moment_.now;
    aggregate_.quarantined.push_back(item);
    effects_.quarantined.push_back(std::move(item));
}

void Absorption::release(FieldId field) {
    const auto stands = [&](const QuarantineItem& item) {
        return item.link == link_.id && item.field == field && item.direction == Direction::Inbound;
    };
    for (const QuarantineItem& item : aggregate_.quarantined) {
        if (stands(item) && item.id != 0) effects_.released.push_back(item.id);
    }
    auto& items = aggregate_.quarantined;
    items.erase(std::remove_if(items.begin(), items.end(), stands), items.end());
}

}  // namespace

AbsorbResult absorb(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    const Observation& observation,
    const AbsorbOptions& options,
    Moment moment,
    Effects& effects
) {
    const AbsorbResult result =
        Absorption(rules, aggregate, link, observation, options, moment, effects).run();
    close_settled_conflicts(aggregate, moment, effects);
    return result;
}

}  // namespace syncline::sync
