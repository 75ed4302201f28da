#pragma once

#include "model/settings.hpp"
#include "sync/core/aggregate.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace syncline::sync {

/// A person's answer to the question which value of a field is right.
struct ValueAnswer {
    enum class Kind : std::uint8_t {
        Standing,  ///< the value that stands already
        System,    ///< what this system says
        Value,     ///< another one, or none
        Policy,    ///< what a policy makes of it
    };
    Kind kind = Kind::Standing;
    SystemId system;
    /// Of a Value: what each part is to be, by its name within the address; a plain field has one
    /// part without a name. What is not named is empty.
    std::map<std::string, std::string> parts;
    PolicySetting policy;

    static ValueAnswer standing() { return {}; }
    static ValueAnswer of(SystemId system) { return {Kind::System, std::move(system), {}, {}}; }
    static ValueAnswer value(std::map<std::string, std::string> parts) {
        return {Kind::Value, {}, std::move(parts), {}};
    }
    static ValueAnswer by(PolicySetting policy) {
        return {Kind::Policy, {}, {}, std::move(policy)};
    }
};

/// What would stand by an answer, and how `explain` would say why.
struct Decided {
    FieldValue value;
    Origin origin;
    EditInterval interval;
    Rule rule = Rule::User;
};

/// What an answer makes of an open conflict; changes nothing. Of a policy, the contenders are what
/// stands and what waits. Errors as of `answer_conflict`.
Result<Decided> decided_by(
    const Rules& rules,
    const Aggregate& aggregate,
    const Field& field,
    const ValueAnswer& answer,
    const std::string& user,
    Timestamp now
);

/// The policy that decides a field, of these; a built-in one, without a pattern, when none names
/// it.
const PolicySetting& policy_of(const Field& field, std::span<const PolicySetting> policies);

/// A person's value for a field: a new version with origin `user`, which settles an open conflict
/// of the field and will be written to every system that holds another value.
void set_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// The same with a value that the field had before.
void restore_by_user(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    FieldValue value,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// Settles an open conflict with what `system` says: what its people said last, or, where they
/// never said anything, what its record holds. Error NotFound: it says nothing.
Result<void> take_from_system(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// Settles an open conflict with a person's answer. Errors as of `take_from_system`; UsageInvalid:
/// the field has no such part, or the policy leaves this conflict to a person; FieldTypeMismatch: a
/// part is not of its type.
Result<void> answer_conflict(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const ValueAnswer& answer,
    const std::string& user,
    Moment moment,
    Effects& effects
);

/// What a system says about a field; nothing when it has no record, or one that cannot be read.
std::optional<FieldValue> voice_of(
    const Rules& rules, const Aggregate& aggregate, FieldId field, const SystemId& system
);

}  // namespace syncline::sync
