#include "sync/core/attempts.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

bool belongs(const Attempt& attempt, const Link& link) {
    return attempt.link == link.id;
}

/// Of two writes of one field. An undo may write back what is older than what was written before.
bool is_later(const Attempt& one, const Attempt& other, FieldId field) {
    return std::pair(one.issued_at, one.fields.find(field)->version) >
           std::pair(other.issued_at, other.fields.find(field)->version);
}

/// Can a read with this token or time still be followed by the attempt's effect?
bool may_surface(
    const SystemRules& system, const Attempt& attempt, const Observation& observation
) {
    const bool token_moved =
        system.conditional_write && !attempt.expected_token.empty() &&
        (system.token_order == TokenOrder::Ordered
             ? compare_tokens(system.token_order, attempt.expected_token, observation.token) < 0
             : !system.may_read_stale() && !observation.token.empty() &&
                   observation.token != attempt.expected_token);
    const bool lingered_out =
        observation.sent_at >= attempt.issued_at + system.max_inflight + system.stale_window;
    return !token_moved && !lingered_out;
}

/// An answered write has shown its effect when the record was read in a later state.
bool was_seen(const SystemRules& system, const Attempt& attempt, const Observation& observation) {
    return shows_the_time_after(system, attempt.answered_at, observation) &&
           (observation.token.empty() || observation.token != attempt.expected_token);
}

}  // namespace

bool shows_the_time_after(
    const SystemRules& system, Timestamp moment, const Observation& observation
) {
    return observation.sent_at >= moment + system.stale_window;
}

const Attempt* own_write(
    const SystemRules& system,
    const Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const RawFields& raw
) {
    const Attempt* newest = nullptr;
    for (const Attempt& attempt : aggregate.attempts) {
        if (!belongs(attempt, link)) continue;
        const SentField* sent = attempt.fields.find(field);
        if (sent == nullptr) continue;
        if (raw != sent->raw && !system.mapping->is_image(field, raw, sent->value)) continue;
        if (newest == nullptr || is_later(attempt, *newest, field)) newest = &attempt;
    }
    return newest;
}

const Attempt* last_write(const Aggregate& aggregate, const Link& link, FieldId field) {
    const Attempt* last = nullptr;
    for (const Attempt& attempt : aggregate.attempts) {
        if (!belongs(attempt, link) || !attempt.fields.contains(field)) continue;
        if (last == nullptr || is_later(attempt, *last, field)) last = &attempt;
    }
    return last;
}

std::string added_to_own_write(
    const Aggregate& aggregate, const Link& link, FieldId field, const RawFields& raw
) {
    const Attempt* last = last_write(aggregate, link, field);
    if (last == nullptr || last->state != AttemptState::Answered) return {};
    for (const auto& [remote, written] : last->fields.find(field)->raw) {
        const RawValue* held = raw.find(remote);
        if (held == nullptr || written.text.empty() || held->text == written.text) continue;
        if (held->text.starts_with(written.text)) return held->text.substr(written.text.size());
        if (held->text.ends_with(written.text))
            return held->text.substr(0, held->text.size() - written.text.size());
    }
    return {};
}

void close_attempt(Aggregate& aggregate, const AttemptId& attempt, Effects& effects) {
    const auto is_it = [&](const Attempt& other) { return other.id == attempt; };
    const auto found = std::find_if(aggregate.attempts.begin(), aggregate.attempts.end(), is_it);
    if (found == aggregate.attempts.end()) return;
    aggregate.attempts.erase(found);
    effects.closed_attempts.push_back(attempt);
    effects.touched_attempts.erase(attempt);
}

void drop_field(Aggregate& aggregate, const AttemptId& attempt, FieldId field, Effects& effects) {
    for (Attempt& candidate : aggregate.attempts) {
        if (candidate.id != attempt) continue;
        candidate.fields.erase(field);
        effects.touched_attempts.insert(attempt);
        if (candidate.fields.empty()) close_attempt(aggregate, attempt, effects);
        return;
    }
}

void drop_up_to(
    Aggregate& aggregate, const Link& link, FieldId field, const Attempt& seen, Effects& effects
) {
    std::vector<AttemptId> superseded;
    for (const Attempt& attempt : aggregate.attempts) {
        if (!belongs(attempt, link) || !attempt.fields.contains(field)) continue;
        if (!is_later(attempt, seen, field)) superseded.push_back(attempt.id);
    }
    for (const AttemptId& attempt : superseded)
        drop_field(aggregate, attempt, field, effects);
}

void purge_dead(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    FieldId field,
    const Observation& observation,
    Effects& effects
) {
    if (system.deferred) return;  // what was left there may be taken in days later
    std::vector<AttemptId> dead;
    for (const Attempt& attempt : aggregate.attempts) {
        if (!belongs(attempt, link) || !attempt.fields.contains(field)) continue;
        const bool answered = attempt.state == AttemptState::Answered;
        if (answered ? was_seen(system, attempt, observation)
                     : !may_surface(system, attempt, observation))
            dead.push_back(attempt.id);
    }
    for (const AttemptId& attempt : dead)
        drop_field(aggregate, attempt, field, effects);
}

void leave_again(Aggregate& aggregate, const AttemptId& attempt, Effects& effects) {
    for (Attempt& candidate : aggregate.attempts) {
        if (candidate.id != attempt) continue;
        if (candidate.link.is_nil()) {  // a create: nothing can be told apart from it later
            close_attempt(aggregate, attempt, effects);
            return;
        }
        const bool is_told =
            candidate.state == AttemptState::Answered || candidate.state == AttemptState::Told;
        candidate.state = is_told ? AttemptState::Told : AttemptState::Looked;
        effects.touched_attempts.insert(attempt);
        return;
    }
}

void mark_looked(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    const Observation& observation,
    Effects& effects
) {
    for (Attempt& attempt : aggregate.attempts) {
        if (!belongs(attempt, link) || attempt.state != AttemptState::Open) continue;
        if (!shows_the_time_after(system, attempt.issued_at, observation)) continue;
        attempt.state = AttemptState::Looked;
        effects.touched_attempts.insert(attempt.id);
    }
}

}  // namespace syncline::sync
