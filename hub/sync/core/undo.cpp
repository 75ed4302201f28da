#include "sync/core/undo.hpp"

#include "sync/core/pending.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

using What = UndoItem::What;
using State = UndoItem::State;

bool is_due(const UndoItem& item, What what) {
    return item.what == what && item.state == State::Due;
}

/// The item about what was written to a field of the link.
const UndoItem* write_item(const std::vector<UndoItem>& items, const Link& link, FieldId field) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const UndoItem& item) {
        return item.what == What::Write && item.system == link.system &&
               item.remote_id == link.remote_id && item.field == field;
    });
    return found == items.end() ? nullptr : &*found;
}

/// The item about the record of the link, if the run made it.
const UndoItem* record_item(const std::vector<UndoItem>& items, const Link& link) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const UndoItem& item) {
        return item.what == What::Record && item.system == link.system &&
               item.remote_id == link.remote_id;
    });
    return found == items.end() ? nullptr : &*found;
}

bool is_due(const UndoItem* item) {
    return item != nullptr && item->state == State::Due;
}

bool is_held(const Link& link, FieldId field) {
    const LinkField* entry = link.fields.find(field);
    return entry != nullptr && entry->shadow && entry->shadow->base.kind == Base::Kind::Contested;
}

void overlay(RawFields& onto, const RawFields& from) {
    for (const auto& [remote, value] : from)
        onto[remote] = value;
}

/// Did the system take this, and does not show it yet?
bool is_left_there(
    const Aggregate& aggregate, const Link& link, FieldId field, const RawFields& raw
) {
    return std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            const SentField* sent = attempt.fields.find(field);
            return attempt.link == link.id && attempt.state == AttemptState::Answered &&
                   sent != nullptr && sent->raw == raw;
        }
    );
}

/// Sets what a record holds of a field against what stands now.
class Weighing {
public:
    Weighing(
        const Rules& rules,
        Aggregate& aggregate,
        const UndoOrder& order,
        Moment moment,
        Effects& effects
    )
        : rules_(rules), aggregate_(aggregate), order_(order), moment_(moment), effects_(effects) {}

    /// `holds`: what the record holds, or will as soon as it shows what was written there.
    void weigh(Link& link, FieldId field, const RawFields& holds);
    /// Until it was written back, nothing is written over what the record holds, and everybody sees
    /// that the field waits.
    void hold_until_written(Link& link, FieldId field);
    /// Ends the holding of a record that got `back` what it had held. One that is no more asks
    /// nothing.
    void conclude(Link& link, FieldId field, const RawFields& back);

private:
    void hold(Link& link, FieldId field);
    bool ask(const Link& link, FieldId field);
    const Case* waits_only(FieldId field) const;
    std::string told(const std::string& reason) const {
        return "undone by " + order_.user + ": " + reason;
    }
    std::string waiting_for(const SystemId& system) const {
        return told(system.text() + " is not written back yet");
    }

    const Rules& rules_;
    Aggregate& aggregate_;
    const UndoOrder& order_;
    Moment moment_;
    Effects& effects_;
};

void Weighing::hold(Link& link, FieldId field) {
    link.fields.find(field)->shadow->base = {Base::Kind::Contested, {}};
    effects_.touched_links.insert(link.id);
}

void Weighing::hold_until_written(Link& link, FieldId field) {
    const LinkField* entry = link.fields.find(field);
    if (entry == nullptr || !entry->shadow) return;
    if (is_held(link, field) && aggregate_.is_contested(field)) return;
    hold(link, field);
    const Field& known = rules_.fields->at(field);
    open_conflict(aggregate_, known, link.system, waiting_for(link.system), moment_, effects_);
}

void Weighing::conclude(Link& link, FieldId field, const RawFields& back) {
    Shadow& shadow = *link.fields.find(field)->shadow;
    if (link.state == LinkState::Active) {
        const bool is_left = is_left_there(aggregate_, link, field, back);
        weigh(link, field, is_left ? back : RawFields(shadow.raw));
    } else if (link.state == LinkState::Gone && waits_only(field) != nullptr) {
        shadow.base = {Base::Kind::Foreign, {}};
        effects_.touched_links.insert(link.id);
    }
}

/// The question about the field, if all it does is to wait for a system.
const Case* Weighing::waits_only(FieldId field) const {
    const auto found =
        std::find_if(aggregate_.cases.begin(), aggregate_.cases.end(), [&](const Case& item) {
            return item.kind == CaseKind::Conflict && item.field == field && item.is_open() &&
                   item.reason == waiting_for(item.system);
        });
    return found == aggregate_.cases.end() ? nullptr : &*found;
}

/// A question that only waited for a system becomes one for a person. False: one is asked already.
bool Weighing::ask(const Link& link, FieldId field) {
    const std::string reason = told("which value is right?");
    if (const Case* waiting = waits_only(field)) {
        Case item = *waiting;
        item.system = link.system;
        item.reason = reason;
        put_case(aggregate_, std::move(item), effects_);
        return true;
    }
    if (aggregate_.is_contested(field)) return false;
    open_conflict(aggregate_, rules_.fields->at(field), link.system, reason, moment_, effects_);
    return true;
}

void Weighing::weigh(Link& link, FieldId field, const RawFields& holds) {
    LinkField* entry = link.fields.find(field);
    const FieldState* standing = aggregate_.customer.fields.find(field);
    const SystemRules* system = rules_.find(link.system);
    if (standing == nullptr || system == nullptr) return;
    const Base::Kind kind = entry->shadow->base.kind;
    if (kind == Base::Kind::Invalid || kind == Base::Kind::Fresh) return;
    if (system->mapping->is_image(field, holds, standing->value)) {
        const bool is_shown = holds == entry->shadow->raw;
        entry->shadow->base =
            is_shown ? Base::image_of(standing->version) : Base{Base::Kind::Foreign, {}};
        effects_.touched_links.insert(link.id);
        return;
    }
    hold(link, field);
    const bool is_news = ask(link, field);
    if (kind == Base::Kind::Contested && !is_news) return;
    const auto says = system->mapping->read(field, holds);
    if (!says) return;
    journal(
        aggregate_,
        field,
        ChangeKind::Contested,
        Rule::Undo,
        Origin::of(link.system),
        {moment_.now, moment_.now},
        *says,
        effects_
    );
}

}  // namespace

void take_back(
    const Rules& rules,
    Aggregate& aggregate,
    const std::vector<UndoItem>& items,
    const UndoOrder& order,
    Moment moment,
    Effects& effects
) {
    Weighing weighing(rules, aggregate, order, moment, effects);
    for (const UndoItem& item : items) {
        if (!is_due(item, What::Value)) continue;
        const Field& field = rules.fields->at(item.field);
        make_version(
            aggregate,
            field,
            item.value.value_or(FieldValue::cleared(field.parts.size())),
            Origin::of_user(order.user),
            {moment.now, moment.now},
            Rule::Undo,
            moment,
            effects
        );
    }
    for (const UndoItem& item : items) {
        if (!is_due(item, What::Value)) continue;
        for (Link& link : aggregate.links) {
            const bool is_to_be_written =
                is_due(record_item(items, link)) || is_due(write_item(items, link, item.field));
            const LinkField* entry = link.fields.find(item.field);
            if (link.state != LinkState::Active || is_to_be_written) continue;
            if (entry != nullptr && entry->shadow)
                weighing.weigh(link, item.field, RawFields(entry->shadow->raw));
        }
    }
    for (const UndoItem& item : items) {
        Link* link = aggregate.find_link(item.system);
        if (is_due(item, What::Write) && link != nullptr)
            weighing.hold_until_written(*link, item.field);
        if (!is_due(item, What::Value)) continue;
        for (Link& made : aggregate.links) {
            if (is_due(record_item(items, made))) weighing.hold_until_written(made, item.field);
        }
    }
    close_settled_conflicts(aggregate, moment, effects);
}

std::optional<Delivery> derive_write_back(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const std::vector<UndoItem>& items,
    Moment moment
) {
    const SystemRules& system = rules.at(link.system);
    if (!system.may_be_written() || is_unreadable(aggregate, link)) return std::nullopt;
    const bool is_unanswered = std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            return attempt.link == link.id && attempt.state == AttemptState::Open;
        }
    );
    if (is_unanswered) return std::nullopt;
    const bool removes = is_due(record_item(items, link));
    Delivery delivery;
    delivery.attempt.id = mint<AttemptId>(moment.now, moment.random);
    delivery.attempt.kind = removes ? AttemptKind::Delete : AttemptKind::Update;
    delivery.attempt.system = link.system;
    delivery.attempt.entity = link.entity;
    delivery.attempt.customer = aggregate.customer.id;
    delivery.attempt.link = link.id;
    delivery.attempt.issued_at = moment.now;
    delivery.attempt.expected_token = link.token;
    delivery.remote_id = link.remote_id;
    if (system.conditional_write) delivery.if_version = link.token;
    for (const auto& [field, entry] : link.fields) {
        if (entry.shadow) overlay(delivery.whole, entry.shadow->raw);
    }
    if (removes) {
        delivery.before = std::exchange(delivery.whole, {});
        return delivery;
    }
    for (const UndoItem& item : items) {
        if (!is_due(item, What::Write) || item.system != link.system) continue;
        const FieldState* standing = aggregate.customer.fields.find(item.field);
        const LinkField* entry = link.fields.find(item.field);
        const auto value = system.mapping->read(item.field, item.back);
        const std::size_t parts = rules.fields->at(item.field).parts.size();
        const bool is_what_stands =
            standing != nullptr && system.mapping->is_image(item.field, item.back, standing->value);
        delivery.attempt.fields[item.field] = {
            value ? *value : FieldValue::cleared(parts),
            item.back,
            is_what_stands ? standing->version : moment.versions.tick()};
        overlay(delivery.patch, item.back);
        if (entry != nullptr && entry->shadow) overlay(delivery.before, entry->shadow->raw);
    }
    if (delivery.patch.empty()) return std::nullopt;
    overlay(delivery.whole, delivery.patch);
    return delivery;
}

void conclude_undo(
    const Rules& rules,
    Aggregate& aggregate,
    const std::vector<UndoItem>& items,
    const UndoOrder& order,
    Moment moment,
    Effects& effects
) {
    Weighing weighing(rules, aggregate, order, moment, effects);
    for (Link& link : aggregate.links) {
        const UndoItem* made = record_item(items, link);
        if (made == nullptr || is_due(made)) continue;
        if (link.state == LinkState::Gone && aggregate.find_link(link.system) == nullptr) {
            link.role = LinkRole::Primary;  // so that none is made in its place
            effects.touched_links.insert(link.id);
        }
        for (const auto& [field, entry] : link.fields) {
            if (is_held(link, field)) weighing.conclude(link, field, {});
        }
    }
    for (const UndoItem& item : items) {
        if (item.what != What::Write || item.state == State::Due) continue;
        Link* link = aggregate.find_link(item.system);
        if (link != nullptr && is_held(*link, item.field))
            weighing.conclude(*link, item.field, item.back);
    }
    close_settled_conflicts(aggregate, moment, effects);
    eliminate_no_ops(rules, aggregate, effects);
}

}  // namespace syncline::sync
