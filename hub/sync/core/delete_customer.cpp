#include "sync/core/delete_customer.hpp"

#include "sync/core/pending.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

constexpr std::string_view kInactive = "inactive";

bool has_open_attempt(const Aggregate& aggregate, const LinkId& link) {
    return std::any_of(
        aggregate.attempts.begin(),
        aggregate.attempts.end(),
        [&](const Attempt& attempt) {
            return attempt.link == link && attempt.state == AttemptState::Open;
        }
    );
}

/// Is it still to be written there that the customer left?
bool owes_status(
    const Rules& rules, const Aggregate& aggregate, const SystemRules& system, const Link& link
) {
    const Field* status = rules.fields->find(kStatusPath);
    if (status == nullptr || link.role == LinkRole::Secondary) return false;
    const FieldStanding standing = standing_of(rules, aggregate, system, *status, {});
    return standing == FieldStanding::Pending || standing == FieldStanding::Unconfirmed;
}

bool deactivates(const Rules& rules, const Link& link) {
    const SystemRules* system = rules.find(link.system);
    return system != nullptr && system->setting->on_delete == OnDelete::Deactivate;
}

}  // namespace

void retire(Link& link, Effects& effects) {
    if (link.role == LinkRole::Secondary) return;
    link.role = LinkRole::Secondary;
    effects.touched_links.insert(link.id);
}

bool promote_second_record(Aggregate& aggregate, const SystemId& system, Effects& effects) {
    Link* former = aggregate.find_link(system);
    if (former != nullptr && former->state != LinkState::Gone) return false;
    for (Link& link : aggregate.links) {
        if (link.system != system || link.state != LinkState::Active) continue;
        if (former != nullptr) retire(*former, effects);
        link.role = LinkRole::Primary;
        effects.touched_links.insert(link.id);
        return true;
    }
    return false;
}

void close_gone_questions(
    Aggregate& aggregate,
    const LinkId& link,
    const std::string& resolution,
    Moment moment,
    Effects& effects
) {
    for (Case item : std::vector<Case>(aggregate.cases)) {
        if (item.kind != CaseKind::Gone || !item.is_open()) continue;
        if (!link.is_nil() && item.link != link) continue;
        item.resolved_at = moment.now;
        item.resolution = resolution;
        put_case(aggregate, std::move(item), effects);
    }
}

void ask_about_gone(
    Aggregate& aggregate,
    const Link& link,
    const std::string& reason,
    Moment moment,
    Effects& effects
) {
    for (const Case& other : aggregate.cases) {
        if (other.kind == CaseKind::Gone && other.link == link.id && other.is_open()) return;
    }
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Gone;
    item.customer = aggregate.customer.id;
    item.link = link.id;
    item.system = link.system;
    item.reason = reason;
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

void delete_customer(
    const Rules& rules, Aggregate& aggregate, const Origin& origin, Moment moment, Effects& effects
) {
    if (aggregate.is_deleted()) return;
    const std::vector<Case> open = aggregate.cases;
    for (const Case& item : open) {
        if (item.kind == CaseKind::Conflict && item.is_open())
            close_conflict(aggregate, item.field, "the customer was deleted", moment, effects);
    }
    close_gone_questions(aggregate, {}, "the customer was deleted", moment, effects);
    aggregate.customer.state = CustomerState::Deleted;
    effects.customer_touched = true;
    journal_event(aggregate, ChangeKind::Deleted, Rule::Delete, origin, {}, moment, effects);

    const bool is_told =
        std::any_of(aggregate.links.begin(), aggregate.links.end(), [&](const Link& link) {
            return link.state == LinkState::Active && deactivates(rules, link);
        });
    if (!is_told) return;
    deactivate_customer(rules, aggregate, origin, {moment.now, moment.now}, moment, effects);
}

void deactivate_customer(
    const Rules& rules,
    Aggregate& aggregate,
    const Origin& origin,
    const EditInterval& interval,
    Moment moment,
    Effects& effects
) {
    const Field* status = rules.fields->find(kStatusPath);
    if (status == nullptr) return;
    const FieldValue inactive = FieldValue::of(std::string(kInactive));
    const FieldState* standing = aggregate.customer.fields.find(status->id);
    if (standing != nullptr && standing->value == inactive) return;
    make_version(aggregate, *status, inactive, origin, interval, Rule::Delete, moment, effects);
    close_conflict(aggregate, status->id, "the customer left", moment, effects);
}

bool is_deletion_refused(const Aggregate& aggregate, const Link& link) {
    return std::any_of(
        aggregate.quarantined.begin(),
        aggregate.quarantined.end(),
        [&](const QuarantineItem& item) {
            return item.link == link.id && is_refused_deletion(aggregate, item) &&
                   !item.retry_requested;
        }
    );
}

bool is_refused_deletion(const Aggregate& aggregate, const QuarantineItem& item) {
    return aggregate.is_deleted() && item.direction == Direction::Outbound && !item.link.is_nil() &&
           item.field == FieldId{} && !item.version.exists();
}

void undelete_customer(
    Aggregate& aggregate,
    const Origin& origin,
    const std::string& reason,
    Moment moment,
    Effects& effects
) {
    if (!aggregate.is_deleted()) return;
    aggregate.customer.state = CustomerState::Active;
    effects.customer_touched = true;
    journal_event(aggregate, ChangeKind::Undeleted, Rule::None, origin, {}, moment, effects);
    for (Link& link : aggregate.links) {
        if (link.state != LinkState::Suspended && link.state != LinkState::Condemned) continue;
        link.state = LinkState::Active;
        effects.touched_links.insert(link.id);
        close_gone_questions(aggregate, link.id, reason, moment, effects);
    }
    for (Link& link : aggregate.links) {
        if (promote_second_record(aggregate, link.system, effects)) continue;
        if (link.state == LinkState::Gone && link.role == LinkRole::Primary) {
            ask_about_gone(
                aggregate,
                link,
                "deleted in " + link.system.text() + ", and kept because " + reason +
                    "; make it there again with `reviews recreate`, or leave it with `reviews "
                    "dismiss`",
                moment,
                effects
            );
        }
    }
}

bool is_condemned(const SystemRules& system, const Aggregate& aggregate, const Link& link) {
    if (!aggregate.is_deleted() || link.role != LinkRole::Primary) return false;
    if (!system.can_delete || !system.setting->rights.remove) return false;
    return link.state == LinkState::Condemned ||
           (link.state == LinkState::Active && system.setting->on_delete == OnDelete::Delete);
}

void spread_deletion(const Rules& rules, Aggregate& aggregate, Moment moment, Effects& effects) {
    if (!aggregate.is_deleted()) return;
    for (Link& link : aggregate.links) {
        const SystemRules* system = rules.find(link.system);
        if (link.state != LinkState::Active || system == nullptr) continue;
        if (is_condemned(*system, aggregate, link)) continue;
        const OnDelete reaction = system->setting->on_delete;
        if (has_open_attempt(aggregate, link.id)) continue;
        if (owes_status(rules, aggregate, *system, link)) continue;
        link.state = LinkState::Suspended;
        effects.touched_links.insert(link.id);
        if (reaction == OnDelete::Unlink || reaction == OnDelete::Deactivate ||
            link.role == LinkRole::Secondary)
            continue;
        ask_about_gone(
            aggregate,
            link,
            "the customer was deleted, and the record is still in " + system->setting->title,
            moment,
            effects
        );
    }
}

std::optional<Delivery> derive_delete(
    const Rules& rules, const Aggregate& aggregate, const Link& link, Moment moment
) {
    const SystemRules* system = rules.find(link.system);
    if (system == nullptr || !is_condemned(*system, aggregate, link)) return std::nullopt;
    if (has_open_attempt(aggregate, link.id)) return std::nullopt;
    if (is_deletion_refused(aggregate, link)) return std::nullopt;
    Delivery delivery;
    Attempt& attempt = delivery.attempt;
    attempt.id = mint<AttemptId>(moment.now, moment.random);
    attempt.kind = AttemptKind::Delete;
    attempt.system = link.system;
    attempt.entity = link.entity;
    attempt.customer = aggregate.customer.id;
    attempt.link = link.id;
    attempt.issued_at = moment.now;
    attempt.expected_token = link.token;
    delivery.remote_id = link.remote_id;
    if (system->conditional_write) delivery.if_version = link.token;
    for (const auto& [field, entry] : link.fields) {
        if (!entry.shadow) continue;
        for (const auto& [remote, value] : entry.shadow->raw)
            delivery.before[remote] = value;
    }
    return delivery;
}

}  // namespace syncline::sync
