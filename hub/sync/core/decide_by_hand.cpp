#include "sync/core/decide_by_hand.hpp"

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/versions.hpp"

#include <cstddef>
#include <utility>
#include <vector>

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

bool waits(const LinkField* entry) {
    return entry != nullptr && entry->shadow && entry->shadow->base.kind == Base::Kind::Contested;
}

/// What stands, first if anything does, who agrees with it, and what waits.
std::vector<merge::Contender> contenders_on(
    const Aggregate& aggregate, const Field& field, const FieldState* standing
) {
    std::vector<merge::Contender> contenders;
    if (standing != nullptr)
        contenders.push_back({standing->value, standing->origin, standing->interval});
    for (const Link& link : aggregate.links) {
        const LinkField* entry = link.fields.find(field.id);
        const bool speaks = link.state == LinkState::Active && link.role == LinkRole::Primary &&
                            entry != nullptr && entry->contribution && entry->shadow;
        if (!speaks) continue;
        const Contribution& said = *entry->contribution;
        if (waits(entry))
            contenders.push_back({said.value, Origin::of(link.system), said.interval});
        else if (standing != nullptr && said.version == standing->version && !standing->origin.is(link.system))
            contenders.push_back({standing->value, Origin::of(link.system), said.interval});
    }
    return contenders;
}

/// Has the system room for the whole value, so that what its people make of it is a value as whole?
bool has_room_for(
    const Rules& rules, const Field& field, const std::string& system, const FieldValue& value
) {
    const SystemRules* known = rules.find(SystemId{system});
    if (known == nullptr || known->mapping->find(field.id) == nullptr) return false;
    const auto written = known->mapping->write(field.id, value, {});
    if (!written) return false;
    const auto read = known->mapping->read(field.id, *written);
    return read && normal::equivalent(field, *read, value);
}

Error says_nothing(const Field& field, const SystemId& system) {
    return {
        ErrorCode::NotFound,
        Remedy::Reject,
        field.path,
        "the system " + system.text() +
            " says nothing about this field; choose another system or give a value"};
}

Error left_to_a_person(const Field& field, std::string why) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, field.path, std::move(why)};
}

Result<Decided> decided_by_policy(
    const Rules& rules, const Aggregate& aggregate, const Field& field, const PolicySetting& policy
) {
    const FieldState* standing = aggregate.customer.fields.find(field.id);
    const auto contenders = contenders_on(aggregate, field, standing);
    if (contenders.empty()) return left_to_a_person(field, "no system says anything about it");
    const merge::Verdict verdict = merge::choose(
        field, policy, rules.hub->order, contenders, standing == nullptr ? merge::kNoStanding : 0
    );
    switch (verdict.kind) {
        case merge::Verdict::Kind::Contested:
            return left_to_a_person(
                field,
                policy.kind == PolicyKind::Review
                    ? "the policy leaves it to a person"
                    : "which of the edits is the later one cannot be known; a person decides"
            );
        case merge::Verdict::Kind::Merged:
            return Decided{
                verdict.merged,
                {Origin::Kind::Rule, "union"},
                contenders.front().interval,
                verdict.rule};
        case merge::Verdict::Kind::Winner:
            break;
    }
    const merge::Contender& winner = contenders[verdict.winner];
    const bool is_another =
        standing != nullptr && !normal::equivalent(field, winner.value, standing->value);
    if (is_another && winner.origin.kind == Origin::Kind::System &&
        !has_room_for(rules, field, winner.origin.name, standing->value))
        return left_to_a_person(
            field,
            winner.origin.name +
                " has room for a part of the value only, and the rest would be lost; a person "
                "decides"
        );
    return Decided{winner.value, winner.origin, winner.interval, verdict.rule};
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
    if (!said) return says_nothing(field, system);
    set_by_user(rules, aggregate, field, *std::move(said), user, moment, effects);
    return {};
}

const PolicySetting& policy_of(const Field& field, std::span<const PolicySetting> policies) {
    return merge::policy_for(field, policies);
}

Result<Decided> decided_by(
    const Rules& rules,
    const Aggregate& aggregate,
    const Field& field,
    const ValueAnswer& answer,
    const std::string& user,
    Timestamp now
) {
    Decided decided{
        FieldValue::cleared(field.parts.size()), Origin::of_user(user), {now, now}, Rule::User};
    switch (answer.kind) {
        case ValueAnswer::Kind::Standing:
            if (const FieldState* standing = aggregate.customer.fields.find(field.id))
                decided.value = standing->value;
            break;
        case ValueAnswer::Kind::System: {
            auto said = voice_of(rules, aggregate, field.id, answer.system);
            if (!said) return says_nothing(field, answer.system);
            decided.value = *std::move(said);
            break;
        }
        case ValueAnswer::Kind::Value: {
            SYNCLINE_TRY(decided.value, value_of(field, answer.parts, rules.hub->default_country));
            break;
        }
        case ValueAnswer::Kind::Policy:
            return decided_by_policy(rules, aggregate, field, answer.policy);
    }
    return decided;
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
    SYNCLINE_TRY(Decided decided, decided_by(rules, aggregate, field, answer, user, moment.now));
    if (answer.kind != ValueAnswer::Kind::Policy) {
        set_by_user(rules, aggregate, field, std::move(decided.value), user, moment, effects);
        return {};
    }
    const Origin winner = decided.origin;
    const Version version = make_version(
        aggregate,
        field,
        std::move(decided.value),
        std::move(decided.origin),
        decided.interval,
        decided.rule,
        moment,
        effects
    );
    for (Link& link : aggregate.links) {
        LinkField* entry = link.fields.find(field.id);
        if (entry == nullptr || !winner.is(link.system) || !waits(entry)) continue;
        entry->contribution->version = version;
        effects.touched_links.insert(link.id);
    }
    close_conflict(
        aggregate,
        field.id,
        "by the rule " + std::string(name(decided.rule)) + ", which " + user + " chose",
        moment,
        effects
    );
    eliminate_no_ops(rules, aggregate, effects);
    return {};
}

}  // namespace syncline::sync
