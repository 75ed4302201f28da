#include "sync/run/match_keys.hpp"

#include "normal/normal_form.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::sync {
namespace {

/// Leaves that association, uniqueness or the schema's index look up.
std::set<FieldId> leaves_with_keys(const Rules& rules) {
    std::set<FieldId> leaves;
    const auto add = [&](std::string_view path) {
        const Field* field = rules.fields->find(path);
        if (field == nullptr) return;
        if (field->path == path && field->is_composite()) {
            for (const FieldPart& part : field->parts)
                leaves.insert(part.id);
            return;
        }
        leaves.insert(field->parts[FieldTable::part_index(*field, path)].id);
    };
    for (const RungSetting& rung : rules.hub->association) {
        for (const std::string& path : rung.match)
            add(path);
    }
    for (const Field& field : rules.fields->fields()) {
        for (const FieldPart& part : field.parts) {
            if (part.spec->index != IndexKind::None) leaves.insert(part.id);
        }
    }
    for (const SystemRules& system : rules.systems) {
        for (const mapping::MappedField& mapped : system.mapping->fields()) {
            if (mapped.unique) leaves.insert(rules.fields->at(mapped.field).parts.front().id);
        }
    }
    return leaves;
}

}  // namespace

MatchKeys::MatchKeys(const Rules& rules) : rules_(rules), leaves_(leaves_with_keys(rules)) {
    for (const Field& field : rules.fields->fields()) {
        const auto has_key = [&](const FieldPart& part) { return leaves_.contains(part.id); };
        if (std::any_of(field.parts.begin(), field.parts.end(), has_key)) fields_.insert(field.id);
    }
}

std::vector<store::MatchKey> MatchKeys::of(const FlatMap<FieldId, FieldValue>& values) const {
    std::vector<store::MatchKey> keys;
    for (const auto& [id, value] : values) {
        const Field* field = rules_.fields->find(id);
        if (field == nullptr) continue;
        for (std::size_t i = 0; i < field->parts.size() && i < value.parts.size(); ++i) {
            const FieldPart& part = field->parts[i];
            if (!value.parts[i] || !leaves_.contains(part.id)) continue;
            std::string key = normal::match_key(*part.spec, *value.parts[i]);
            if (!key.empty()) keys.push_back({part.id, std::move(key)});
        }
    }
    return keys;
}

std::vector<store::MatchKey> MatchKeys::of(const Link& link) const {
    const SystemRules* system = rules_.find(link.system);
    if (system == nullptr) return {};
    FlatMap<FieldId, FieldValue> values;
    for (const auto& [field, entry] : link.fields) {
        if (!fields_.contains(field)) continue;
        if (auto value = reading_of(*system, field, entry)) values[field] = *std::move(value);
    }
    return of(values);
}

std::map<SystemId, TakenFields> taken_fields(
    const Rules& rules, store::Store& store, const MatchKeys& match_keys, const Aggregate& aggregate
) {
    const store::Store::Snapshot snapshot(store);
    std::map<SystemId, TakenFields> taken;
    for (const SystemRules& system : rules.systems) {
        const Link* written = aggregate.find_link(system.id());
        for (const mapping::MappedField& mapped : system.mapping->fields()) {
            const FieldState* state = aggregate.customer.fields.find(mapped.field);
            if (!mapped.unique || state == nullptr || state->value.is_cleared()) continue;
            FlatMap<FieldId, FieldValue> value;
            value[mapped.field] = state->value;
            const std::vector<store::MatchKey> keys = match_keys.of(value);
            if (keys.empty()) continue;
            const auto is_another = [&](const Link& link) {
                const bool is_there =
                    link.state != LinkState::Gone && link.state != LinkState::OutOfScope;
                return link.system == system.id() && is_there &&
                       (written == nullptr || link.id != written->id);
            };
            for (const auto& holders : store.holders(keys, 50)) {
                for (const Link& link : store.links_by_id(holders.links)) {
                    if (link.customer != aggregate.customer.id && is_another(link))
                        taken[system.id()].insert(mapped.field);
                }
                std::vector<CustomerId> customers = holders.customers;
                customers.insert(customers.end(), holders.former.begin(), holders.former.end());
                for (const Link& link : store.links_of_customers(customers)) {
                    const LinkField* entry = link.fields.find(mapped.field);
                    const bool holds =
                        entry != nullptr && entry->shadow &&
                        system.mapping->is_image(mapped.field, entry->shadow->raw, state->value);
                    if (holds && is_another(link)) taken[system.id()].insert(mapped.field);
                }
            }
        }
    }
    return taken;
}

}  // namespace syncline::sync
