#include "sync/core/decide_by_hand.hpp"

#include "sync/core/pending.hpp"
#include "sync/core/versions.hpp"

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

Result<void> take_from_system(
    const Rules& rules,
    Aggregate& aggregate,
    const Field& field,
    const SystemId& system,
    const std::string& user,
    Moment moment,
    Effects& effects
) {
    const Link* link = aggregate.find_link(system);
    const LinkField* entry = link != nullptr ? link->fields.find(field.id) : nullptr;
    if (entry == nullptr || !entry->contribution) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            field.path,
            "the system " + system.text() +
                " says nothing about this field; choose another system or give a value"};
    }
    set_by_user(rules, aggregate, field, entry->contribution->value, user, moment, effects);
    return {};
}

}  // namespace syncline::sync
