#include "sync/core/pending.hpp"

#include "sync/core/attempts.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/reproject.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

bool was_written(const Aggregate& aggregate, const Link& link, FieldId field, Version version) {
    const Attempt* last = last_write(aggregate, link, field);
    return last != nullptr && last->state == AttemptState::Answered &&
           last->fields.find(field)->version == version;
}

/// Has the field, or without one anything of the customer, a newer version than was refused?
bool has_changed_since(const Aggregate& aggregate, const Field* field, Version refused) {
    if (field != nullptr) {
        const FieldState* state = aggregate.customer.fields.find(field->id);
        return state != nullptr && state->version > refused;
    }
    const auto& fields = aggregate.customer.fields;
    return std::any_of(fields.begin(), fields.end(), [&](const auto& entry) {
        return entry.second.version > refused;
    });
}

void quarantine_write(
    const Aggregate& aggregate,
    const SystemId& system,
    const Link* link,
    FieldId field,
    Version version,
    const Error& error,
    Moment moment,
    Effects& effects
) {
    QuarantineItem item;
    item.system = system;
    item.direction = Direction::Outbound;
    if (link != nullptr) {
        item.remote_id = link->remote_id;
        item.link = link->id;
    }
    item.customer = aggregate.customer.id;
    item.field = field;
    item.version = version;
    item.code = error.code;
    item.reason = error.detail;
    item.first_at = moment.now;
    item.last_at = moment.now;
    effects.quarantined.push_back(std::move(item));
}

void overlay(RawFields& onto, const RawFields& from) {
    for (const auto& [remote, value] : from)
        onto[remote] = value;
}

Attempt new_attempt(
    AttemptKind kind, const Aggregate& aggregate, const SystemRules& system, Moment moment
) {
    Attempt attempt;
    attempt.id = mint<AttemptId>(moment.now, moment.random);
    attempt.kind = kind;
    attempt.system = system.id();
    attempt.entity = system.setting->entity;
    attempt.customer = aggregate.customer.id;
    attempt.issued_at = moment.now;
    return attempt;
}

bool has_open_question(const Aggregate& aggregate, const SystemId& system) {
    return std::any_of(aggregate.cases.begin(), aggregate.cases.end(), [&](const Case& item) {
        if (!item.is_open()) return false;
        if (item.kind == CaseKind::Duplicate) return item.customer == aggregate.customer.id;
        return item.kind == CaseKind::Association && item.system == system;
    });
}

/// Refused writes of values that the system holds now by other ways.
void release_settled(Aggregate& aggregate, Effects& effects) {
    const auto is_settled = [&](const QuarantineItem& item) {
        if (item.direction != Direction::Outbound || item.field == FieldId{}) return false;
        const Link* link = aggregate.find_link(item.link);
        const LinkField* entry = link != nullptr ? link->fields.find(item.field) : nullptr;
        const FieldState* canonical = aggregate.customer.fields.find(item.field);
        return entry != nullptr && entry->shadow && canonical != nullptr &&
               entry->shadow->base.is_image_of(canonical->version);
    };
    for (const QuarantineItem& item : aggregate.quarantined) {
        if (is_settled(item) && item.id != 0) effects.released.push_back(item.id);
    }
    auto& items = aggregate.quarantined;
    items.erase(std::remove_if(items.begin(), items.end(), is_settled), items.end());
}

/// Was another value left for a deferred system last, which it may still take in? What it showed
/// before then says nothing about what it will hold.
bool was_left_otherwise(
    const SystemRules& system,
    const Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const FieldValue& canonical
) {
    const Attempt* last = system.deferred ? last_write(aggregate, link, field) : nullptr;
    return last != nullptr &&
           !system.mapping->is_image(field, last->fields.find(field)->raw, canonical);
}

/// Of a deleted customer only the status is still written, where the configuration wants that, and
/// where the record could not be deleted.
bool shows_deletion(
    const Aggregate& aggregate, const SystemRules& system, const Link& link, const Field& field
) {
    if (field.path != kStatusPath) return false;
    const OnDelete reaction = system.setting->on_delete;
    return reaction == OnDelete::Deactivate ||
           (reaction == OnDelete::Delete && is_deletion_refused(aggregate, link));
}

/// Something is wrong with the field in all records of the system; or the value that stands is an
/// emptiness of a system of which that may be true.
bool is_held(
    const Rules& rules, const SystemRules& system, const FieldState& canonical, FieldId field
) {
    if (system.held.contains(field) || !system.may_be_written()) return true;
    if (!canonical.value.is_cleared() || canonical.origin.kind != Origin::Kind::System)
        return false;
    const SystemRules* source = rules.find(SystemId{canonical.origin.name});
    return source != nullptr && source->held.contains(field);
}

}  // namespace

bool is_held_back(
    const Aggregate& aggregate, const SystemId& system, const Link* link, const Field* field
) {
    return std::any_of(
        aggregate.quarantined.begin(),
        aggregate.quarantined.end(),
        [&](const QuarantineItem& item) {
            if (item.system != system || item.direction != Direction::Outbound) return false;
            if (item.retry_requested) return false;
            if ((link != nullptr ? link->id : LinkId{}) != item.link) return false;
            const bool is_about_it =
                item.field == FieldId{} || (field != nullptr && item.field == field->id);
            return is_about_it && !has_changed_since(aggregate, field, item.version);
        }
    );
}

bool is_unreadable(const Aggregate& aggregate, const Link& link) {
    return std::any_of(
        aggregate.quarantined.begin(),
        aggregate.quarantined.end(),
        [&](const QuarantineItem& item) {
            return item.link == link.id && item.direction == Direction::Inbound &&
                   item.field == FieldId{};
        }
    );
}

std::string_view name(FieldStanding standing) {
    switch (standing) {
        case FieldStanding::InSync:
            return "in_sync";
        case FieldStanding::Pending:
            return "pending";
        case FieldStanding::Unconfirmed:
            return "unconfirmed";
        case FieldStanding::Contested:
            return "contested";
        case FieldStanding::Quarantined:
            return "quarantined";
        case FieldStanding::ReadOnly:
            return "read_only";
        case FieldStanding::NotMapped:
            return "not_mapped";
        case FieldStanding::NotLinked:
            return "not_linked";
        case FieldStanding::OutOfScope:
            return "out_of_scope";
        case FieldStanding::Excluded:
            return "excluded";
        case FieldStanding::Unknown:
            return "unknown";
        case FieldStanding::Deleted:
            return "deleted";
    }
    return "unknown";
}

std::string_view name(CreateAnswer answer) {
    switch (answer) {
        case CreateAnswer::Create:
            return "create";
        case CreateAnswer::NoRight:
            return "no_right";
        case CreateAnswer::OutOfScope:
            return "out_of_scope";
        case CreateAnswer::AlreadyLinked:
            return "already_linked";
        case CreateAnswer::AwaitsReview:
            return "awaits_review";
        case CreateAnswer::AwaitsAttempt:
            return "awaits_attempt";
        case CreateAnswer::NotListedYet:
            return "not_listed_yet";
        case CreateAnswer::NothingToWrite:
            return "nothing_to_write";
        case CreateAnswer::Quarantined:
            return "quarantined";
        case CreateAnswer::Deleted:
            return "deleted";
    }
    return "unknown";
}

FieldStanding standing_of(
    const Rules& rules,
    const Aggregate& aggregate,
    const SystemRules& system,
    const Field& field,
    const TakenFields& taken
) {
    const mapping::MappedField* mapped = system.mapping->find(field.id);
    if (mapped == nullptr) return FieldStanding::NotMapped;
    const Link* link = aggregate.find_link(system.id());
    if (link == nullptr || link->state != LinkState::Active) return FieldStanding::NotLinked;
    if (aggregate.is_deleted() && !shows_deletion(aggregate, system, *link, field))
        return FieldStanding::Deleted;

    const LinkField* entry = link->fields.find(field.id);
    const FieldState* canonical = aggregate.customer.fields.find(field.id);
    const Base base = entry != nullptr && entry->shadow ? entry->shadow->base : Base{};
    if (entry != nullptr && is_unread(*entry)) return FieldStanding::Unknown;
    if (canonical == nullptr)
        return base.kind == Base::Kind::Invalid ? FieldStanding::Quarantined
                                                : FieldStanding::Unknown;
    if (base.is_image_of(canonical->version)) return FieldStanding::InSync;
    if (!in_scope(system, aggregate.customer, *rules.fields)) return FieldStanding::OutOfScope;
    if (base.kind == Base::Kind::Invalid) return FieldStanding::Quarantined;
    if (base.kind == Base::Kind::Contested || aggregate.is_contested(field.id))
        return FieldStanding::Contested;
    if (mapped->direction == MappingDirection::In || !system.can_write ||
        !system.setting->rights.update)
        return FieldStanding::ReadOnly;
    if (mapped->unique && taken.contains(field.id)) return FieldStanding::Excluded;
    if (is_held(rules, system, *canonical, field.id)) return FieldStanding::Quarantined;
    if (is_held_back(aggregate, system.id(), link, &field)) return FieldStanding::Quarantined;
    if (is_unreadable(aggregate, *link)) return FieldStanding::Quarantined;
    if (was_written(aggregate, *link, field.id, canonical->version))
        return FieldStanding::Unconfirmed;
    return FieldStanding::Pending;
}

void eliminate_no_ops(const Rules& rules, Aggregate& aggregate, Effects& effects) {
    for (Link& link : aggregate.links) {
        const SystemRules* system = rules.find(link.system);
        if (system == nullptr || link.state != LinkState::Active) continue;
        for (auto& [field, entry] : link.fields) {
            const FieldState* canonical = aggregate.customer.fields.find(field);
            if (canonical == nullptr || !entry.shadow || is_unread(entry)) continue;
            if (aggregate.is_contested(field)) continue;
            Base& base = entry.shadow->base;
            const bool owed =
                (base.kind == Base::Kind::Image && base.version != canonical->version) ||
                base.kind == Base::Kind::Foreign;
            if (!owed || system->mapping->find(field) == nullptr) continue;
            if (!system->mapping->is_image(field, entry.shadow->raw, canonical->value)) continue;
            if (was_left_otherwise(*system, aggregate, link, field, canonical->value)) continue;
            base = Base::image_of(canonical->version);
            effects.touched_links.insert(link.id);
        }
    }
    release_settled(aggregate, effects);
}

std::optional<Delivery> derive_update(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const TakenFields& taken,
    Moment moment,
    Effects& effects
) {
    const SystemRules* system = rules.find(link.system);
    if (system == nullptr || link.state != LinkState::Active) return std::nullopt;
    const bool unanswered = std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            return attempt.link == link.id && attempt.state == AttemptState::Open;
        }
    );
    if (unanswered) return std::nullopt;

    Delivery delivery;
    delivery.attempt = new_attempt(AttemptKind::Update, aggregate, *system, moment);
    delivery.attempt.link = link.id;
    delivery.attempt.expected_token = link.token;
    delivery.remote_id = link.remote_id;
    if (system->conditional_write) delivery.if_version = link.token;
    for (const auto& [field, entry] : link.fields) {
        if (entry.shadow) overlay(delivery.whole, entry.shadow->raw);
    }
    for (const mapping::MappedField& mapped : system->mapping->fields()) {
        const Field& field = rules.fields->at(mapped.field);
        if (standing_of(rules, aggregate, *system, field, taken) != FieldStanding::Pending)
            continue;
        const FieldState& canonical = *aggregate.customer.fields.find(field.id);
        const LinkField* entry = link.fields.find(field.id);
        const RawFields held = entry != nullptr && entry->shadow ? entry->shadow->raw : RawFields{};
        const auto written = system->mapping->write(field.id, canonical.value, held);
        if (!written) {
            quarantine_write(
                aggregate,
                system->id(),
                &link,
                field.id,
                canonical.version,
                written.error(),
                moment,
                effects
            );
            continue;
        }
        delivery.attempt.fields[field.id] = {canonical.value, *written, canonical.version};
        overlay(delivery.patch, *written);
        overlay(delivery.before, held);
    }
    if (delivery.patch.empty()) return std::nullopt;
    overlay(delivery.whole, delivery.patch);
    return delivery;
}

bool would_show(const SystemRules& system, const Customer& customer, Timestamp listed_at) {
    if (listed_at == Timestamp{} || system.stale_window.count() == 0)
        return listed_at != Timestamp{};
    return listed_at >= from_unix_ms(customer.created.unix_ms()) + system.stale_window;
}

CreateAnswer derive_create(
    const Rules& rules,
    const Aggregate& aggregate,
    const SystemRules& system,
    bool is_listed,
    const TakenFields& taken,
    Moment moment,
    Effects& effects,
    std::optional<Delivery>& delivery
) {
    delivery.reset();
    if (aggregate.customer.state != CustomerState::Active) return CreateAnswer::Deleted;
    if (aggregate.find_link(system.id()) != nullptr) return CreateAnswer::AlreadyLinked;
    if (!system.can_write || !system.setting->rights.create || system.setting->scope.linked_only)
        return CreateAnswer::NoRight;
    if (!in_scope(system, aggregate.customer, *rules.fields)) return CreateAnswer::OutOfScope;
    if (!is_listed) return CreateAnswer::NotListedYet;
    if (has_open_question(aggregate, system.id())) return CreateAnswer::AwaitsReview;
    const bool tried = std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            return attempt.kind == AttemptKind::Create && attempt.system == system.id();
        }
    );
    if (tried) return CreateAnswer::AwaitsAttempt;
    if (is_held_back(aggregate, system.id(), nullptr, nullptr)) return CreateAnswer::Quarantined;
    if (!system.may_be_written()) return CreateAnswer::Quarantined;

    Delivery made;
    made.attempt = new_attempt(AttemptKind::Create, aggregate, system, moment);
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const FieldState* canonical = aggregate.customer.fields.find(mapped.field);
        if (canonical == nullptr || canonical->value.is_cleared()) continue;
        if (mapped.direction == MappingDirection::In) continue;
        if (mapped.unique && taken.contains(mapped.field)) continue;
        if (system.held.contains(mapped.field)) continue;
        if (aggregate.is_contested(mapped.field)) continue;
        const auto written = system.mapping->write(mapped.field, canonical->value, {});
        if (!written) {
            quarantine_write(
                aggregate,
                system.id(),
                nullptr,
                mapped.field,
                canonical->version,
                written.error(),
                moment,
                effects
            );
            continue;
        }
        made.attempt.fields[mapped.field] = {canonical->value, *written, canonical->version};
        overlay(made.whole, *written);
    }
    if (made.whole.empty()) return CreateAnswer::NothingToWrite;
    made.patch = made.whole;
    delivery = std::move(made);
    return CreateAnswer::Create;
}

}  // namespace syncline::sync
