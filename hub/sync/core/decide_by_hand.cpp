#include "sync/core/decide_by_hand.hpp"

#include "normal/normal_form.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/versions.hpp"

#include <cstddef>
#include <utility>

namespace syncline::sync {
namespace {

void set(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Rule rule,
    Moment moment,
    Effects& effects
) {
    make_version(
        aggregate,
        field,
        std::move(value),
        Origin::of_user(user),
        {moment.now, moment.now},
        rule,
        moment,
        effects
    );
    close_conflict(aggregate, field.id, "decided by " + user, moment, effects);
    eliminate_no_ops(rules, aggregate, effects);  // who holds the value owes and is owed nothing
}

Error no_such_part(const Field& field) {
    std::string names;
    for (const FieldPart& part : field.parts)
        names += (names.empty() ? "" : ", ") + part.name;
    return {
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        field.path,
        field.is_composite() ? "an address is given part by part: " + names
                             : "this field has no parts: give its value"};
}

/// The value that has these parts, in their normal forms.
Result<FieldValue> value_of(
    const Field& field, const std::map<std::string, std::string>& parts, const std::string& country
) {
    FieldValue value = FieldValue::cleared(field.parts.size());
    std::size_t known = 0;
    for (std::size_t i = 0; i < field.parts.size(); ++i) {
        const auto given = parts.find(field.parts[i].name);
        if (given == parts.end()) continue;
        ++known;
        SYNCLINE_TRY(
            value.parts[i], normal::normal_form(*field.parts[i].spec, given->second, country)
        );
    }
    if (known < parts.size()) return no_such_part(field);
    return value;
}

}  // namespace

void set_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
) {
    set(rules, aggregate, field, std::move(value), user, Rule::User, moment, effects);
}

void restore_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
) {
    set(rules, aggregate, field, std::move(value), user, Rule::Restore, moment, effects);
}

std::optional<FieldValue> voice_of(
    const Rules& rules, const Aggregate& aggregate, FieldId field, const SystemId& system
) {
    const Link* link = aggregate.find_link(system);
    const LinkField* entry = link != nullptr ? link->fields.find(field) : nullptr;
    if (entry == nullptr) return std::nullopt;
    if (entry->contribution) return entry->contribution->value;
    const SystemRules* known = rules.find(system);
    if (!entry->shadow || known == nullptr || known->mapping->find(field) == nullptr)
        return std::nullopt;
    auto held = known->mapping->read(field, entry->shadow->raw);
    if (!held) return std::nullopt;
    return std::move(held).value();
}

Result<void> take_from_system(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& user,
    Moment moment,
    Effects& effects
) {
    auto said = voice_of(rules, aggregate, field.id, system);
    if (!said) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            field.path,
            "the system " + system.text() +
                " says nothing about this field; choose another system or give a value"};
    }
    set_by_user(rules, aggregate, field, *std::move(said), user, moment, effects);
    return {};
}

Result<void> answer_conflict(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const ValueAnswer& answer,
    const std::string& user,
    Moment moment,
    Effects& effects
) {
    FieldValue value = FieldValue::cleared(field.parts.size());
    switch (answer.kind) {
        case ValueAnswer::Kind::Standing:
            if (const FieldState* standing = aggregate.customer.fields.find(field.id))
                value = standing->value;
            break;
        case ValueAnswer::Kind::System:
            return take_from_system(rules, aggregate, field, answer.system, user, moment, effects);
        case ValueAnswer::Kind::Value: {
            SYNCLINE_TRY(value, value_of(field, answer.parts, rules.hub->default_country));
            break;
        }
    }
    set_by_user(rules, aggregate, field, std::move(value), user, moment, effects);
    return {};
}

}  // namespace syncline::sync
