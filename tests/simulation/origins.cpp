// Where each version of a value comes from: somebody typed it, an operator chose it, or, where that
// cannot be told apart, it is what a system made of one of these.

#include "simulation/simulation.hpp"
#include "simulation/spelling.hpp"

#include <algorithm>

namespace syncline::testing {

bool Simulation::was_typed(const std::string& remote, const std::string& value) {
    return std::any_of(names_.begin(), names_.end(), [&](const std::string& system) {
        const auto& typed = (*world_)[system].authored();
        return std::any_of(typed.begin(), typed.end(), [&](const FakeSystem::Authored& entry) {
            return entry.field == remote && meant(remote, entry.value) == value;
        });
    });
}

/// Is it what a system of one of these characters makes of something that was typed?
bool Simulation::is_a_copy(
    const std::vector<FakeSystem::Character>& copying,
    const std::string& remote,
    const std::string& value
) {
    return std::any_of(names_.begin(), names_.end(), [&](const std::string& system) {
        const auto& typed = (*world_)[system].authored();
        return std::any_of(typed.begin(), typed.end(), [&](const FakeSystem::Authored& entry) {
            return entry.field == remote &&
                   std::any_of(copying.begin(), copying.end(), [&](const auto& character) {
                       // What one system wrote in capitals, another one may have rewritten.
                       const bool is_twice_copied = character.rewrites == remote &&
                                                    upper(value) == upper(rewritten(entry.value));
                       return is_twice_copied || holds(character, remote, value, entry.value);
                   });
        });
    });
}

/// After the hub's memory went back, nothing tells its own copy (a cut name, capitals) in a system
/// that is read before the others from an edit there. Nor does anything in a system that went back
/// where it is not noticed, or where a person says that what it holds counts; and from there it may
/// have come to others. Elsewhere a copy that becomes a version is an echo.
bool Simulation::may_be_a_copy(const std::string& remote, const std::string& value) {
    std::vector<FakeSystem::Character> copying;
    for (const auto& [name, character] : characters_) {
        // What a system rewrites was spread where an answer was lost: it may come back elsewhere.
        const bool may_come_back = !character.rewrites.empty() && !went_back_.empty();
        if (hub_went_back_ || went_back_.contains(name) || may_come_back)
            copying.push_back(character);
    }
    return is_a_copy(copying, remote, value);
}

/// Has an operator said once that this is right? It was what a system held, a cut name for
/// instance.
bool Simulation::was_decided(const std::string& path, const std::string& value) {
    const Field& field = *world_->fields().find(path);
    for (const sync::Aggregate& aggregate : all_customers()) {
        for (const FieldChange& entry : world_->journal(aggregate, path)) {
            const bool is_decision = entry.kind == ChangeKind::Version &&
                                     entry.origin.kind == Origin::Kind::User && entry.after;
            if (is_decision && text_of(field, path, *entry.after) == value) return true;
        }
    }
    return false;
}

/// A record that the hub made, of which its people changed half before the hub looked: it is taken
/// for theirs, with what the system had made of the rest.
bool Simulation::is_in_unknown_create(
    const sync::Aggregate& aggregate, const std::string& remote, const std::string& value
) {
    for (const Change& change : world_->store().history(aggregate.customer.id)) {
        for (const FieldChange& entry : change.fields) {
            if (entry.kind != ChangeKind::Linked || !entry.after) continue;
            const std::string& system = entry.origin.name;
            const RemoteId id{entry.after->parts.at(0).value_or("")};
            if ((*world_)[system].was_made_by_hub(id) &&
                is_a_copy({characters_.at(system)}, remote, value))
                return true;
        }
    }
    return false;
}

/// Every version comes from somebody's edit or an operator: no echo, no image taken for a value.
void Simulation::check_nothing_invented() {
    for (const sync::Aggregate& aggregate : all_customers()) {
        for (const auto& mapped : simulated_fields()) {
            const std::string& path = mapped.first;
            const std::string& remote = mapped.second;
            const Field& field = *world_->fields().find(path);
            for (const FieldChange& entry : world_->journal(aggregate, path)) {
                if (entry.kind != ChangeKind::Version || !entry.after) continue;
                const std::string value = text_of(field, path, *entry.after);
                if (entry.origin.kind != Origin::Kind::System || value.empty()) continue;
                // A write whose answer was lost shows only in what the system made of it.
                const auto author = characters_.find(entry.origin.name);
                const bool is_rewritten = author != characters_.end() &&
                                          author->second.rewrites == remote &&
                                          value.starts_with("* ");
                if (!is_rewritten && !was_typed(remote, value) && !may_be_a_copy(remote, value) &&
                    !is_in_unknown_create(aggregate, remote, value) && !was_decided(path, value))
                    violate("nobody typed the version \"" + value + "\" of " + path);
            }
        }
    }
}

}  // namespace syncline::testing
