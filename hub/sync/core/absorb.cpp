#include "sync/core/absorb.hpp"

#include "sync/core/absorption.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/journal_records.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

constexpr std::uint8_t kIgnoredPushesBeforeQuarantine = 2;

}  // namespace

bool tells_its_age(const SystemRules& system, const Observation& observation) {
    return system.token_order == TokenOrder::Ordered || observation.modified_at != Timestamp{};
}

bool is_earlier(const SystemRules& system, const Link& link, const Observation& observation) {
    if (compare_tokens(system.token_order, observation.token, link.token) < 0) return true;
    return system.token_order != TokenOrder::Ordered && observation.modified_at != Timestamp{} &&
           observation.modified_at < link.modified_at;
}

Earlier meaning_of_earlier(
    const SystemRules& system, const Link& link, const Observation& observation
) {
    if (!is_earlier(system, link, observation)) return Earlier::Discard;
    if (!shows_the_time_after(system, link.read_at, observation)) return Earlier::Discard;
    return system.token_order == TokenOrder::Ordered ? Earlier::Compare : Earlier::Take;
}

bool Absorption::is_stale() const {
    if (link_.state == LinkState::Gone && observation_.sent_at <= link_.read_at) return true;
    if (options_.earlier != Earlier::Discard) return false;
    return is_earlier(system_, link_, observation_) && !is_answer_since();
}

/// The answer to a write that was sent after the last reading tells of the time after it, also
/// where the system's clock was set back meanwhile.
bool Absorption::is_answer_since() const {
    return options_.answers && system_.token_order != TokenOrder::Ordered &&
           observation_.sent_at >= link_.read_at;
}

AbsorbResult Absorption::run() {
    AbsorbResult result;
    if (is_stale()) {
        result.stale = true;
        return result;
    }
    if (link_.state == LinkState::Gone) take_back();
    for (const mapping::MappedField& mapped : system_.mapping->fields()) {
        const std::optional<RawFields> raw = shown(mapped);
        if (!raw) continue;
        if (is_held(mapped.field, *raw)) {
            result.held.push_back(mapped.field);
            continue;
        }
        const auto before = mapped.unique ? held(mapped.field) : std::nullopt;
        const AbsorbLine line = absorb_field(mapped, *raw);
        result.lines.emplace_back(mapped.field, line);
        effects_.lines.push_back(line);
        if (line == AbsorbLine::Doubtful) {
            result.doubtful = true;
            continue;
        }
        if (before && *raw != *before) free_value(mapped.field, *before);
    }
    mark_looked(system_, aggregate_, link_, observation_, effects_);
    link_.read_at = observation_.sent_at;
    if (result.doubtful) return result;  // its token and time of change may be old ones
    if (link_.token != observation_.token || link_.modified_at != observation_.modified_at) {
        link_.token = observation_.token;
        link_.modified_at = observation_.modified_at;
        effects_.touched_links.insert(link_.id);
    }
    return result;
}

/// The record is there again, as it was: its shadow says what happened meanwhile.
void Absorption::take_back() {
    const Link* other = aggregate_.find_link(link_.system);
    link_.state = LinkState::Active;
    if (other == nullptr || other->state == LinkState::Gone) {
        if (Link* former = aggregate_.find_link(link_.system)) retire(*former, effects_);
        link_.role = LinkRole::Primary;
    }
    effects_.touched_links.insert(link_.id);
    journal_event(
        aggregate_,
        ChangeKind::Linked,
        Rule::None,
        origin(),
        link_.remote_id.text(),
        moment_,
        effects_
    );
    close_gone_questions(aggregate_, link_.id, "the record is back", moment_, effects_);
    undelete_customer(
        aggregate_, origin(), "it is back in " + link_.system.text(), moment_, effects_
    );
}

std::optional<RawFields> Absorption::held(FieldId field) const {
    const LinkField* entry = link_.fields.find(field);
    if (entry == nullptr || !entry->shadow) return std::nullopt;
    return entry->shadow->raw;
}

/// Of a field in which something is wrong in all records, a value that cannot be read and one that
/// is emptied are not taken: they are what is wrong. Where the system adds a text, any value may
/// be.
bool Absorption::is_held(FieldId field, const RawFields& raw) const {
    if (!system_.held.contains(field)) return false;
    const std::optional<RawFields> known = held(field);
    if (known && *known == raw) return false;
    if (system_.adds_text.contains(field))
        return own_write(system_, aggregate_, link_, field, raw) == nullptr;
    const auto value = system_.mapping->read(field, raw);
    return !value || value->is_cleared();
}

/// What the remote holds in a field by this reading; nothing when it does not tell. Not read is
/// unknown, never empty: what was not read of an address is what it was.
std::optional<RawFields> Absorption::shown(const mapping::MappedField& mapped) const {
    const RawFields read = system_.mapping->select(mapped.field, observation_.fields);
    if (read.empty()) return std::nullopt;
    const std::optional<RawFields> known = held(mapped.field);
    const bool is_whole =
        !known || std::all_of(known->begin(), known->end(), [&](const auto& part) {
            return read.contains(part.first);
        });
    if (is_whole) return read;

    const auto is_part_of = [&](const RawFields& whole) {
        return std::all_of(read.begin(), read.end(), [&](const auto& part) {
            const RawValue* other = whole.find(part.first);
            return other != nullptr && *other == part.second;
        });
    };
    if (is_part_of(*known)) return known;
    for (const Attempt& attempt : aggregate_.attempts) {
        const SentField* sent =
            attempt.link == link_.id ? attempt.fields.find(mapped.field) : nullptr;
        if (sent != nullptr && is_part_of(sent->raw)) return std::nullopt;  // a part of ours landed
    }
    RawFields whole = *known;
    for (const auto& [remote, value] : read)
        whole[remote] = value;
    return whole;
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
    const bool is_judged_anew = retry_unreadable || counts_after_all(entry);
    if (entry.shadow && entry.shadow->raw == raw && !is_judged_anew) return unchanged(id, entry);

    if (const Attempt* attempt = own_write(system_, aggregate_, link_, id, raw))
        return take_own_write(id, entry, raw, *attempt);
    if (may_be_old(entry)) return AbsorbLine::Doubtful;
    purge_dead(system_, aggregate_, link_, id, observation_, effects_);
    return foreign_difference(mapped, rules_.fields->at(id), entry, raw);
}

/// Where readings may be out of date and no token tells, a difference is news only when the
/// remote's own time of change moved on, or when the reading is later than the last one that showed
/// the old value by more than a reading can be old. Until then it proves nothing.
bool Absorption::may_be_old(const LinkField& entry) const {
    if (!system_.may_read_stale() || !entry.shadow) return false;
    const bool moved_on =
        link_.modified_at != Timestamp{} && observation_.modified_at > link_.modified_at;
    if (moved_on) return false;
    return !shows_the_time_after(system_, entry.shadow->seen_at, observation_);
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

    const Version version = sent->version;
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
    see_own(field, entry, raw, version);
    return AbsorbLine::AnsweredByAck;
}

AbsorbLine Absorption::unchanged(FieldId field, LinkField& entry) {
    entry.shadow->seen_at = observation_.sent_at;
    std::vector<AttemptId> ignored;
    for (const Attempt& attempt : aggregate_.attempts) {
        const bool seen_since = options_.answers == attempt.id ||
                                shows_the_time_after(system_, attempt.answered_at, observation_);
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
    if (attempt.kind == AttemptKind::Update && !answered && attempt.state != AttemptState::Told)
        journal_landed(system_, aggregate_, link_, id, field, raw, effects_);
    const FieldState* canonical = standing(field);
    if (canonical != nullptr && sent.version < canonical->version) {
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
    see_own(field, entry, raw, sent.version);
    // An unanswered one stays: the same request may land a second time. What was left for a
    // deferred system is taken in once, and in order.
    if (system_.deferred)
        drop_up_to(aggregate_, link_, field, attempt, effects_);
    else if (answered)
        drop_field(aggregate_, id, field, effects_);
    purge_dead(system_, aggregate_, link_, field, observation_, effects_);
    return AbsorbLine::OwnWrite;
}

void Absorption::see(FieldId field, LinkField& entry, const RawFields& raw, Base base) {
    if (base.kind != Base::Kind::Invalid) release(field);
    entry.shadow = Shadow{raw, base, observation_.sent_at};
    entry.ignored_pushes = 0;
    effects_.touched_links.insert(link_.id);
}

/// The remote holds what we wrote. That answers no question about what its people said before. What
/// an undo wrote back is no image of what stands.
void Absorption::see_own(FieldId field, LinkField& entry, const RawFields& raw, Version version) {
    const bool asked = entry.shadow && entry.shadow->base.kind == Base::Kind::Contested;
    const FieldState* canonical = standing(field);
    const bool is_image = canonical == nullptr || version <= canonical->version;
    const Base base = is_image ? Base::image_of(version) : Base{Base::Kind::Foreign, {}};
    see(field, entry, raw, asked ? entry.shadow->base : base);
    entry.shadow->is_ours = true;
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
    if (const FieldState* state = standing(field)) item.version = state->version;
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

namespace {

/// Somebody works with the record of a customer who was deleted: an update beats a delete.
void edited_after_deletion(
    Aggregate& aggregate, const Link& link, Moment moment, Effects& effects
) {
    const std::string& system = link.system.text();
    if (link.state == LinkState::Suspended) {
        ask_about_gone(
            aggregate,
            link,
            "changed in " + system +
                " after the customer was deleted; bring the customer back with "
                "`records undelete`, or leave it with `reviews dismiss`",
            moment,
            effects
        );
        return;
    }
    undelete_customer(
        aggregate, Origin::of(link.system), system + " changed it meanwhile", moment, effects
    );
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
    const std::size_t before = effects.changes.size();
    const AbsorbResult result =
        Absorption(rules, aggregate, link, observation, options, moment, effects).run();
    close_settled_conflicts(aggregate, moment, effects);
    const auto is_edit = [&](const FieldChange& change) {
        return change.origin.is(link.system) && change.field != FieldId{} &&
               (change.kind == ChangeKind::Version || change.kind == ChangeKind::Loser ||
                change.kind == ChangeKind::Contested);
    };
    const auto first = effects.changes.begin() + static_cast<std::ptrdiff_t>(before);
    if (aggregate.is_deleted() && std::any_of(first, effects.changes.end(), is_edit))
        edited_after_deletion(aggregate, link, moment, effects);
    return result;
}

}  // namespace syncline::sync
