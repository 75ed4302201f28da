#include "sync/core/rules.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::sync {
namespace {

const std::optional<std::string>* value_at(
    std::string_view path, const Customer& customer, const FieldTable& fields
) {
    const Field* field = fields.find(path);
    if (field == nullptr) return nullptr;
    const FieldState* state = customer.fields.find(field->id);
    if (state == nullptr) return nullptr;
    const std::size_t part = FieldTable::part_index(*field, path);
    return part < state->value.parts.size() ? &state->value.parts[part] : nullptr;
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_leading_zeros(std::string_view number) {
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size() - 1));
    return number;
}

}  // namespace

const SystemRules* Rules::find(const SystemId& system) const {
    for (const SystemRules& candidate : systems) {
        if (candidate.id() == system) return &candidate;
    }
    return nullptr;
}

const SystemRules& Rules::at(const SystemId& system) const {
    const SystemRules* found = find(system);
    SYNCLINE_ASSERT(found != nullptr);
    return *found;
}

bool satisfies(const Condition& condition, const Customer& customer, const FieldTable& fields) {
    const auto holds = [&](const Condition& operand) {
        return satisfies(operand, customer, fields);
    };
    switch (condition.op) {
        case Condition::Operator::Always:
            return true;
        case Condition::Operator::Equal:
        case Condition::Operator::In: {
            const auto* value = value_at(condition.path, customer, fields);
            if (value == nullptr || !*value) return false;
            return std::find(condition.values.begin(), condition.values.end(), **value) !=
                   condition.values.end();
        }
        case Condition::Operator::Exists: {
            const Field* field = fields.find(condition.path);
            if (field != nullptr && field->path == condition.path && field->is_composite()) {
                const FieldState* state = customer.fields.find(field->id);
                return state != nullptr && !state->value.is_cleared();
            }
            const auto* value = value_at(condition.path, customer, fields);
            return value != nullptr && value->has_value();
        }
        case Condition::Operator::And:
            return std::all_of(condition.operands.begin(), condition.operands.end(), holds);
        case Condition::Operator::Or:
            return std::any_of(condition.operands.begin(), condition.operands.end(), holds);
        case Condition::Operator::Not:
            return !holds(condition.operands.front());
    }
    return false;
}

bool in_scope(const SystemRules& system, const Customer& customer, const FieldTable& fields) {
    return satisfies(system.setting->scope.where, customer, fields);
}

std::optional<FieldValue> reading_of(
    const SystemRules& system, FieldId field, const LinkField& entry
) {
    if (!entry.shadow || system.mapping->find(field) == nullptr) return std::nullopt;
    auto value = system.mapping->read(field, entry.shadow->raw);
    if (!value) return std::nullopt;
    return std::move(value).value();
}

FlatMap<FieldId, FieldValue> readings_of(const Rules& rules, const Link& link) {
    FlatMap<FieldId, FieldValue> values;
    const SystemRules* system = rules.find(link.system);
    if (system == nullptr) return values;
    for (const auto& [field, entry] : link.fields) {
        if (auto value = reading_of(*system, field, entry)) values[field] = *std::move(value);
    }
    return values;
}

int compare_tokens(TokenOrder order, const std::string& a, const std::string& b) {
    if (order != TokenOrder::Ordered || a.empty() || b.empty()) return 0;
    if (!is_number(a) || !is_number(b)) return a.compare(b);
    const std::string_view digits_a = without_leading_zeros(a);
    const std::string_view digits_b = without_leading_zeros(b);
    if (digits_a.size() != digits_b.size()) return digits_a.size() < digits_b.size() ? -1 : 1;
    return digits_a.compare(digits_b);
}

}  // namespace syncline::sync
