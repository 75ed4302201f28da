#include "sync/core/parity.hpp"

#include "normal/normal_form.hpp"
#include "sync/core/absorb.hpp"
#include "sync/core/attempts.hpp"

#include <algorithm>
#include <optional>

namespace syncline::sync {
namespace {

const Shadow* shadow_of(const Link& link, FieldId field) {
    const LinkField* entry = link.fields.find(field);
    return entry != nullptr && entry->shadow ? &*entry->shadow : nullptr;
}

/// What is read of the field; parts that were not read are what they were.
RawFields read_of(
    const SystemRules& system, FieldId field, const Shadow* shadow, const RawFields& all
) {
    const RawFields read = system.mapping->select(field, all);
    if (read.empty() || shadow == nullptr) return read;
    RawFields whole = shadow->raw;
    for (const auto& [remote, value] : read)
        whole[remote] = value;
    return whole;
}

/// Older than what the hub has seen already, and may still be an old reading.
bool is_stale(const SystemRules& system, const Link& link, const Observation& observation) {
    return is_earlier(system, link, observation) &&
           meaning_of_earlier(system, link, observation) == Earlier::Discard;
}

/// May a reading that differs from what was seen be one of before that was seen?
bool may_be_old(const SystemRules& system, const Shadow* shadow, const Observation& observation) {
    return system.may_read_stale() && shadow != nullptr &&
           !shows_the_time_after(system, shadow->seen_at, observation);
}

Parity parity_of(FieldStanding standing) {
    switch (standing) {
        case FieldStanding::InSync:
            return Parity::NotAnImage;
        case FieldStanding::Pending:
            return Parity::Pending;
        case FieldStanding::Unconfirmed:
            return Parity::Unconfirmed;
        case FieldStanding::Contested:
            return Parity::Contested;
        case FieldStanding::Quarantined:
            return Parity::Quarantined;
        case FieldStanding::ReadOnly:
            return Parity::ReadOnly;
        case FieldStanding::Excluded:
            return Parity::Excluded;
        case FieldStanding::NotMapped:
        case FieldStanding::NotLinked:
        case FieldStanding::OutOfScope:
        case FieldStanding::Deleted:
            return Parity::OutOfScope;
        case FieldStanding::Unknown:
            return Parity::ReadOnly;  // theirs alone: the hub takes nothing from it
    }
    return Parity::OutOfScope;
}

/// One reading of one record.
class Comparison {
public:
    Comparison(
        const Rules& rules,
        const Aggregate& aggregate,
        const Link& link,
        const Observation& observation,
        const TakenFields& taken
    )
        : rules_(rules),
          system_(rules.at(link.system)),
          aggregate_(aggregate),
          link_(link),
          observation_(observation),
          taken_(taken) {}

    Parity of(const mapping::MappedField& mapped) const {
        const Shadow* shadow = shadow_of(link_, mapped.field);
        const RawFields raw = read_of(system_, mapped.field, shadow, observation_.fields);
        const FieldState* canonical = aggregate_.customer.fields.find(mapped.field);
        const bool is_nothing = canonical == nullptr || canonical->value.is_cleared();
        if (raw.empty()) {
            if (is_nothing && shadow == nullptr) return Parity::Unspoken;
            const Parity parity = standing(mapped.field);
            return parity == Parity::NotAnImage ? Parity::Unread : parity;
        }
        if (canonical == nullptr) {
            const auto value = system_.mapping->read(mapped.field, raw);
            if (value && value->is_cleared()) return Parity::Unspoken;
        } else if (system_.mapping->is_image(mapped.field, raw, canonical->value)) {
            return Parity::Equal;
        }
        if (is_as_seen(mapped.field, shadow, raw)) return standing(mapped.field);
        if (own_write(system_, aggregate_, link_, mapped.field, raw) != nullptr) {
            const Parity parity = standing(mapped.field);
            if (parity == Parity::Pending || parity == Parity::Unconfirmed) return parity;
        }
        return may_be_old(system_, shadow, observation_) ? Parity::Unread : Parity::DriftHere;
    }

private:
    bool is_as_seen(FieldId field, const Shadow* shadow, const RawFields& raw) const {
        if (shadow == nullptr) return false;
        if (raw == shadow->raw) return true;
        return shadow->base.kind != Base::Kind::Invalid &&
               system_.mapping->same_meaning(field, raw, shadow->raw);
    }
    Parity standing(FieldId field) const {
        if (link_.role == LinkRole::Secondary) return Parity::ReadOnly;
        return parity_of(standing_of(rules_, aggregate_, system_, rules_.fields->at(field), taken_)
        );
    }

    const Rules& rules_;
    const SystemRules& system_;
    const Aggregate& aggregate_;
    const Link& link_;
    const Observation& observation_;
    const TakenFields& taken_;
};

}  // namespace

std::string_view name(Parity parity) {
    switch (parity) {
        case Parity::Equal:
            return "equal";
        case Parity::Transformed:
            return "transformed";
        case Parity::Unspoken:
            return "unspoken";
        case Parity::Pending:
            return "pending";
        case Parity::Unconfirmed:
            return "unconfirmed";
        case Parity::DriftHere:
            return "drift";
        case Parity::NotAnImage:
            return "not_an_image";
        case Parity::Contested:
            return "contested";
        case Parity::Quarantined:
            return "quarantined";
        case Parity::ReadOnly:
            return "read_only";
        case Parity::Excluded:
            return "excluded";
        case Parity::OutOfScope:
            return "out_of_scope";
        case Parity::Waiting:
            return "waiting";
        case Parity::Gone:
            return "gone";
        case Parity::Unread:
            return "unread";
        case Parity::MissingThere:
            return "missing";
        case Parity::UnknownThere:
            return "unknown";
        case Parity::BackThere:
            return "back";
        case Parity::Unreadable:
            return "unreadable";
    }
    return "unread";
}

ParityClass class_of(Parity parity) {
    switch (parity) {
        case Parity::Equal:
        case Parity::Transformed:
        case Parity::Unspoken:
            return ParityClass::Equal;
        case Parity::Pending:
            return ParityClass::Pending;
        case Parity::Unconfirmed:
            return ParityClass::Unconfirmed;
        case Parity::Contested:
        case Parity::Quarantined:
        case Parity::ReadOnly:
        case Parity::Excluded:
        case Parity::OutOfScope:
        case Parity::Waiting:
        case Parity::Gone:
            return ParityClass::Explained;
        case Parity::Unread:
            return ParityClass::Unread;
        case Parity::DriftHere:
        case Parity::NotAnImage:
        case Parity::MissingThere:
        case Parity::UnknownThere:
        case Parity::BackThere:
        case Parity::Unreadable:
            return ParityClass::Drift;
    }
    return ParityClass::Drift;
}

std::vector<FieldParity> compare(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    const Observation& observation,
    const TakenFields& taken
) {
    const SystemRules& system = rules.at(link.system);
    const Comparison comparison(rules, aggregate, link, observation, taken);
    const bool stale = is_stale(system, link, observation);
    // Of several records of one customer in a system, the hub writes to the first.
    const Link* written = aggregate.find_link(link.system);
    const bool is_kept =
        link.state == LinkState::Active && written != nullptr && written->id == link.id;
    std::vector<FieldParity> fields;
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        Parity parity = Parity::OutOfScope;
        if (is_kept) parity = stale ? Parity::Unread : comparison.of(mapped);
        fields.push_back({mapped.field, parity});
    }
    return fields;
}

bool is_stated_transform(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const RawFields& raw,
    std::span<const Change> history
) {
    const FieldState* canonical = aggregate.customer.fields.find(field);
    const Field* known = rules.fields->find(field);
    if (canonical == nullptr || known == nullptr) return false;
    const auto read = rules.at(link.system).mapping->read(field, raw, &canonical->value);
    const FieldValue held = read ? *read : FieldValue::cleared(canonical->value.parts.size());
    const auto states_it = [&](const FieldChange& entry) {
        return entry.kind == ChangeKind::Transform && entry.field == field &&
               entry.origin.is(link.system) && entry.before == canonical->value && entry.after &&
               normal::equivalent(*known, *entry.after, held);
    };
    return std::any_of(history.begin(), history.end(), [&](const Change& change) {
        return std::any_of(change.fields.begin(), change.fields.end(), states_it);
    });
}

}  // namespace syncline::sync
