#include "sync/core/invariants.hpp"

#include "sync/core/parity.hpp"

#include <algorithm>
#include <set>

namespace syncline::sync {
namespace {

Breach breach_of(
    Invariant invariant, const Aggregate& aggregate, const Link& link, FieldId field = {}
) {
    return {invariant, aggregate.customer.id, link.system, link.remote_id, field};
}

void check_bases(
    const Rules& rules,
    const Aggregate& aggregate,
    const Link& link,
    std::span<const Change> history,
    std::vector<Breach>& breaches
) {
    const SystemRules* system = rules.find(link.system);
    for (const auto& [field, entry] : link.fields) {
        if (!entry.shadow) continue;
        const Base& base = entry.shadow->base;
        const FieldState* canonical = aggregate.customer.fields.find(field);
        const Version newest = canonical != nullptr ? canonical->version : Version{};
        if (newest < base.version)
            breaches.push_back(breach_of(Invariant::BaseIsPast, aggregate, link, field));
        const bool is_checkable = system != nullptr && system->mapping->find(field) != nullptr &&
                                  canonical != nullptr && base.is_image_of(newest);
        if (!is_checkable) continue;
        const RawFields& raw = entry.shadow->raw;
        if (system->mapping->is_image(field, raw, canonical->value)) continue;
        if (is_stated_transform(rules, aggregate, link, field, raw, history)) continue;
        breaches.push_back(breach_of(Invariant::ImageIsImage, aggregate, link, field));
    }
}

void check_links(const Aggregate& aggregate, std::vector<Breach>& breaches) {
    std::set<SystemId> met;
    for (const Link& link : aggregate.links) {
        const bool is_written = link.state == LinkState::Active && link.role == LinkRole::Primary;
        if (is_written && !met.insert(link.system).second)
            breaches.push_back(breach_of(Invariant::OneLinkASystem, aggregate, link));
    }
}

void check_work(
    const Rules& rules,
    Aggregate aggregate,
    const Surroundings& around,
    std::vector<Breach>& breaches
) {
    if (around.has_work) return;
    Effects ignored;
    eliminate_no_ops(rules, aggregate, ignored);
    for (const SystemRules& system : rules.systems) {
        if (!around.reached.contains(system.id())) continue;
        const auto taken = around.taken.find(system.id());
        const TakenFields none;
        const TakenFields& fields = taken != around.taken.end() ? taken->second : none;
        for (const mapping::MappedField& mapped : system.mapping->fields()) {
            const Field& field = rules.fields->at(mapped.field);
            if (standing_of(rules, aggregate, system, field, fields) != FieldStanding::Pending)
                continue;
            const Link& link = *aggregate.find_link(system.id());
            breaches.push_back(breach_of(Invariant::PendingHasWork, aggregate, link, mapped.field));
        }
    }
}

/// Nothing can be told of it, however long it takes: its record cannot be read, or several records
/// may be the one that a create made, and a person says which.
bool cannot_be_told(const Aggregate& aggregate, const Attempt& attempt) {
    if (!attempt.link.is_nil()) {
        const auto& items = aggregate.quarantined;
        return std::any_of(items.begin(), items.end(), [&](const QuarantineItem& item) {
            return item.link == attempt.link && item.direction == Direction::Inbound &&
                   item.field == FieldId{};
        });
    }
    return std::any_of(aggregate.cases.begin(), aggregate.cases.end(), [&](const Case& item) {
        return item.kind == CaseKind::Duplicate && item.system == attempt.system &&
               item.link.is_nil() && item.is_open();
    });
}

/// A pass looks at open attempts before it reads, so one that was too old then cannot be open now.
/// The look came before the request of the reading, by no more than a request may take.
void check_attempts(
    const Rules& rules,
    const Aggregate& aggregate,
    const Surroundings& around,
    std::vector<Breach>& breaches
) {
    for (const Attempt& attempt : aggregate.attempts) {
        const SystemRules* system = rules.find(attempt.system);
        const auto listed = around.listed_at.find(attempt.system);
        if (attempt.state != AttemptState::Open || system == nullptr) continue;
        if (!around.reached.contains(attempt.system)) continue;
        if (listed == around.listed_at.end() || cannot_be_told(aggregate, attempt)) continue;
        if (listed->second <= attempt.issued_at + 2 * system->max_inflight + system->stale_window)
            continue;
        Breach breach{Invariant::AttemptIsLooked, aggregate.customer.id, attempt.system, {}, {}};
        for (const Link& link : aggregate.links) {
            if (link.id == attempt.link) breach.remote_id = link.remote_id;
        }
        breaches.push_back(std::move(breach));
    }
}

}  // namespace

std::string_view name(Invariant invariant) {
    switch (invariant) {
        case Invariant::BaseIsPast:
            return "base_is_past";
        case Invariant::OneLinkASystem:
            return "one_link_a_system";
        case Invariant::LinkHasCustomer:
            return "link_has_customer";
        case Invariant::PendingHasWork:
            return "pending_has_work";
        case Invariant::JournalOpens:
            return "journal_opens";
        case Invariant::KeysFit:
            return "keys_fit";
        case Invariant::AttemptIsLooked:
            return "attempt_is_looked";
        case Invariant::ImageIsImage:
            return "image_is_image";
    }
    return "unknown";
}

std::string_view sentence(Invariant invariant) {
    switch (invariant) {
        case Invariant::BaseIsPast:
            return "the base is newer than the value";
        case Invariant::OneLinkASystem:
            return "a second record of the customer that is written in this system";
        case Invariant::LinkHasCustomer:
            return "an active link, and its customer was merged into another or is missing";
        case Invariant::PendingHasWork:
            return "a value is owed, and the customer is not in the list of work";
        case Invariant::JournalOpens:
            return "a journal entry cannot be decrypted";
        case Invariant::KeysFit:
            return "the match keys are not those of the values";
        case Invariant::AttemptIsLooked:
            return "a write is still open although its request can no longer land";
        case Invariant::ImageIsImage:
            return "what the system was last seen to hold is no image of the value it is taken for";
    }
    return "";
}

std::vector<Breach> breaches_of(
    const Rules& rules, const Aggregate& aggregate, const Surroundings& around
) {
    std::vector<Breach> breaches;
    for (const Link& link : aggregate.links) {
        if (link.state == LinkState::Active)
            check_bases(rules, aggregate, link, around.history, breaches);
    }
    check_links(aggregate, breaches);
    check_work(rules, aggregate, around, breaches);
    check_attempts(rules, aggregate, around, breaches);
    return breaches;
}

}  // namespace syncline::sync
