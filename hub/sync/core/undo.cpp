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

    void weigh(Link& link, FieldId field);
    /// Nothing is written over what the record holds.
    void hold(Link& link, FieldId field);
    void ask(const Link& link, FieldId field, const std::string& reason);

private:
    const Rules& rules_;
    Aggregate& aggregate_;
    const UndoOrder& order_;
    Moment moment_;
    Effects& effects_;
};

void Weighing::hold(Link& link, FieldId field) {
    LinkField* entry = link.fields.find(field);
    if (entry == nullptr || !entry->shadow) return;
    entry->shadow->base = {Base::Kind::Contested, {}};
    effects_.touched_links.insert(link.id);
}

void Weighing::ask(const Link& link, FieldId field, const std::string& reason) {
    open_conflict(
        aggregate_,
        rules_.fields->at(field),
        link.system,
        "undone by " + order_.user + ": " + reason,
        moment_,
        effects_
    );
}

void Weighing::weigh(Link& link, FieldId field) {
    LinkField* entry = link.fields.find(field);
    const FieldState* standing = aggregate_.customer.fields.find(field);
    const SystemRules* system = rules_.find(link.system);
    if (entry == nullptr || !entry->shadow || standing == nullptr || system == nullptr) return;
    const Base::Kind kind = entry->shadow->base.kind;
    if (kind == Base::Kind::Invalid || kind == Base::Kind::Fresh) return;
    if (system->mapping->is_image(field, entry->shadow->raw, standing->value)) {
        entry->shadow->base = Base::image_of(standing->version);
        effects_.touched_links.insert(link.id);
        return;
    }
    const bool is_asked = aggregate_.is_contested(field);
    if (kind == Base::Kind::Contested && is_asked) return;
    hold(link, field);
    ask(link, field, "which value is right?");
    const auto says = system->mapping->read(field, entry->shadow->raw);
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
        Link* link = aggregate.find_link(item.system);
        if (is_due(item, What::Write) && link != nullptr) weighing.hold(*link, item.field);
    }
    for (const UndoItem& item : items) {
        if (!is_due(item, What::Value)) continue;
        for (Link& link : aggregate.links) {
            if (link.state != LinkState::Active) continue;
            if (is_due(record_item(items, link)))
                weighing.hold(link, item.field);
            else if (!is_due(write_item(items, link, item.field)))
                weighing.weigh(link, item.field);
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
        delivery.attempt.fields[item.field] = {
            value ? *value : FieldValue::cleared(parts),
            item.back,
            standing != nullptr ? standing->version : Version{}};
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
        if (made == nullptr) continue;
        if (link.state == LinkState::Gone && aggregate.find_link(link.system) == nullptr) {
            link.role = LinkRole::Primary;  // so that none is made in its place
            effects.touched_links.insert(link.id);
        }
        for (const auto& [field, entry] : link.fields) {
            if (link.state == LinkState::Active && is_held(link, field))
                weighing.weigh(link, field);
        }
    }
    for (const UndoItem& item : items) {
        if (item.what != What::Write || item.state == State::Skipped) continue;
        Link* link = aggregate.find_link(item.system);
        if (link == nullptr || link->state != LinkState::Active) continue;
        if (item.state == State::Due)
            weighing.ask(
                *link, item.field, item.system.text() + " was not written back; undo it again"
            );
        else if (is_held(*link, item.field))
            weighing.weigh(*link, item.field);
    }
    close_settled_conflicts(aggregate, moment, effects);
    eliminate_no_ops(rules, aggregate, effects);
}

}  // namespace syncline::sync
