#include "sync/core/journal_records.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

bool is_told(const Attempt& attempt) {
    return attempt.state == AttemptState::Answered || attempt.state == AttemptState::Told;
}

}  // namespace

void journal_written(
    const SystemRules& system, const Attempt& attempt, const RawFields& held, Effects& effects
) {
    if (attempt.kind != AttemptKind::Update) return;
    for (const auto& [field, sent] : attempt.fields) {
        FieldChange entry;
        entry.field = field;
        entry.kind = ChangeKind::Written;
        entry.origin = Origin::of(attempt.system);
        entry.version = sent.version;
        entry.held = system.mapping->select(field, held);
        if (!entry.held.empty()) {
            auto before = system.mapping->read(field, entry.held);
            if (before) entry.before = std::move(before).value();
        }
        entry.after = sent.value;
        effects.changes.push_back(std::move(entry));
    }
}

void journal_landed(
    const SystemRules& system,
    Aggregate& aggregate,
    const Link& link,
    const AttemptId& attempt,
    FieldId field,
    const RawFields& raw,
    Effects& effects
) {
    const auto explains = [&](const Attempt& other) {
        const SentField* sent = other.link == link.id ? other.fields.find(field) : nullptr;
        return sent != nullptr && is_told(other) &&
               (raw == sent->raw || system.mapping->is_image(field, raw, sent->value));
    };
    auto& attempts = aggregate.attempts;
    if (std::any_of(attempts.begin(), attempts.end(), explains)) return;
    RawFields held;
    for (const auto& [known, entry] : link.fields) {
        if (!entry.shadow) continue;
        for (const auto& [remote, value] : entry.shadow->raw)
            held[remote] = value;
    }
    for (Attempt& landed : attempts) {
        if (landed.id != attempt) continue;
        journal_written(system, landed, held, effects);
        landed.state = AttemptState::Told;
        effects.touched_attempts.insert(landed.id);
    }
}

void journal_record(ChangeKind kind, const Link& link, Effects& effects) {
    FieldChange entry;
    entry.kind = kind;
    entry.origin = Origin::of(link.system);
    entry.after = FieldValue::of(link.remote_id.text());
    effects.changes.push_back(std::move(entry));
}

}  // namespace syncline::sync
