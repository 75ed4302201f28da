#include "sync/core/settle.hpp"

#include "sync/core/absorb.hpp"
#include "sync/core/apart.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/journal_records.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

Attempt* find_attempt(Aggregate& aggregate, const AttemptId& id) {
    for (Attempt& attempt : aggregate.attempts) {
        if (attempt.id == id) return &attempt;
    }
    return nullptr;
}

void refuse(
    const Aggregate& aggregate,
    const Delivery& delivery,
    const Receipt& receipt,
    Moment moment,
    Effects& effects
) {
    const Attempt& attempt = delivery.attempt;
    QuarantineItem item;
    item.system = attempt.system;
    item.direction = Direction::Outbound;
    item.remote_id = delivery.remote_id;
    item.link = attempt.link;
    item.customer = aggregate.customer.id;
    item.code = receipt.error.code;
    item.reason = receipt.error.detail;
    item.first_at = moment.now;
    item.last_at = moment.now;
    for (const auto& [field, sent] : attempt.fields) {
        if (sent.raw.contains(receipt.refused_field)) item.field = field;
    }
    // One field alone was sent: it is the one that was refused, even when the remote did not say.
    if (attempt.fields.size() == 1) item.field = attempt.fields.begin()->first;
    if (attempt.kind == AttemptKind::Create) item.field = FieldId{};
    for (const auto& [field, sent] : attempt.fields)
        item.version = std::max(item.version, sent.version);
    effects.quarantined.push_back(std::move(item));
}

Link new_link(const Attempt& attempt, const RemoteId& remote_id, Moment moment) {
    Link link;
    link.id = mint<LinkId>(moment.now, moment.random);
    link.system = attempt.system;
    link.entity = attempt.entity;
    link.remote_id = remote_id;
    return link;
}

/// The record that a create made: it joins the customer, and what was sent stays known to be ours.
Link& join(Aggregate& aggregate, Attempt& attempt, Link link, Effects& effects) {
    link.state = LinkState::Active;
    attempt.link = link.id;
    effects.touched_attempts.insert(attempt.id);
    journal_record(ChangeKind::Created, link, effects);
    return aggregate.attach(std::move(link), effects.touched_links);
}

/// The record that a create made was taken for another customer's before it was looked for.
void ask_about_duplicate(Aggregate& aggregate, const Link& link, Moment moment, Effects& effects) {
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Duplicate;
    item.customer = aggregate.customer.id;
    item.link = link.id;
    item.system = link.system;
    item.reason = link.system.text() + ":" + link.remote_id.text() +
                  " was made for this customer and taken for another one";
    item.candidates.push_back({link.customer, {}, "has the record"});
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

bool is_duplicate_question(const Case& item, const SystemId& system) {
    return item.kind == CaseKind::Duplicate && item.system == system && item.link.is_nil() &&
           item.is_open();
}

/// Several records are there of which each may be the one that a create made: none is chosen.
void ask_which_is_ours(
    Aggregate& aggregate,
    const SystemId& system,
    const std::vector<const Observation*>& found,
    Moment moment,
    Effects& effects
) {
    std::set<std::string> ids;
    for (const Observation* candidate : found)
        ids.insert(candidate->remote_id.text());
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Duplicate;
    item.customer = aggregate.customer.id;
    item.system = system;
    item.opened_at = moment.now;
    item.reason = "several records of " + system.text() + " may be the one made for this customer:";
    for (const std::string& id : ids)
        item.reason += " " + id;
    item.reason += "; delete or merge the others there, and the one that is left is taken";
    for (const Case& other : aggregate.cases) {
        if (is_duplicate_question(other, system) && other.reason == item.reason) return;
    }
    put_case(aggregate, std::move(item), effects);
}

/// One record is left, or none.
void close_duplicate_question(
    Aggregate& aggregate, const SystemId& system, Moment moment, Effects& effects
) {
    for (Case item : std::vector<Case>(aggregate.cases)) {
        if (!is_duplicate_question(item, system)) continue;
        item.resolved_at = moment.now;
        item.resolution = "only one is left";
        put_case(aggregate, std::move(item), effects);
    }
}

/// What was set aside about this write no longer stands: the remote took it.
void release_written(Aggregate& aggregate, const Attempt& attempt, Effects& effects) {
    const auto is_answered = [&](const QuarantineItem& item) {
        if (item.system != attempt.system || item.direction != Direction::Outbound) return false;
        if (attempt.kind == AttemptKind::Create) return item.link.is_nil();
        const bool was_deletion = attempt.kind == AttemptKind::Delete;
        if (is_refused_deletion(aggregate, item) != was_deletion) return false;
        return item.link == attempt.link &&
               (item.field == FieldId{} || attempt.fields.contains(item.field));
    };
    for (const QuarantineItem& item : aggregate.quarantined) {
        if (is_answered(item) && item.id != 0) effects.released.push_back(item.id);
    }
    auto& items = aggregate.quarantined;
    items.erase(std::remove_if(items.begin(), items.end(), is_answered), items.end());
}

FollowUp settle_stored(
    const Rules& rules,
    Aggregate& aggregate,
    Attempt& attempt,
    const RawFields& before,
    const Receipt& receipt,
    Moment moment,
    Effects& effects
) {
    journal_written(rules.at(attempt.system), attempt, before, effects);
    attempt.state = AttemptState::Answered;
    attempt.answered_at = receipt.answered_at;
    effects.touched_attempts.insert(attempt.id);
    release_written(aggregate, attempt, effects);
    if (attempt.kind == AttemptKind::Create && attempt.link.is_nil()) {
        if (receipt.remote_id.empty()) return FollowUp::LookCreated;
        Link made = new_link(attempt, receipt.remote_id, moment);
        made.read_at = receipt.answered_at;  // it was there then
        join(aggregate, attempt, std::move(made), effects);
    }
    if (rules.at(attempt.system).deferred) return FollowUp::None;
    if (!receipt.stored) return FollowUp::Look;
    Link* link = aggregate.find_link(attempt.link);
    if (link == nullptr) return FollowUp::None;
    AbsorbOptions options;
    options.answers = attempt.id;
    absorb(rules, aggregate, *link, *receipt.stored, options, moment, effects);
    return FollowUp::None;
}

/// The system deleted the record, as it was asked to.
void settle_removed(
    const Rules& rules,
    Aggregate& aggregate,
    const Attempt& attempt,
    Moment moment,
    Effects& effects
) {
    release_written(aggregate, attempt, effects);
    if (Link* link = aggregate.find_link(attempt.link))
        absorb_gone(rules, aggregate, *link, GoneHow::RemovedByHub, moment, effects);
    else
        close_attempt(aggregate, AttemptId(attempt.id), effects);
}

/// Found under our key, is it the record we made? Its people may have edited it meanwhile, so most
/// of what was sent has to be there, not all of it.
bool is_our_record(const SystemRules& system, const Attempt& attempt, const Observation& found) {
    const auto as_sent =
        std::count_if(attempt.fields.begin(), attempt.fields.end(), [&](const auto& entry) {
            const RawFields raw = system.mapping->select(entry.first, found.fields);
            return raw == entry.second.raw ||
                   system.mapping->is_image(entry.first, raw, entry.second.value);
        });
    return 2 * static_cast<std::size_t>(as_sent) > attempt.fields.size();
}

/// Of a create: the system says which record has a value that must be unique.
bool names_another_record(const Delivery& create, const Receipt& receipt) {
    return !receipt.duplicate_of.empty() && receipt.duplicate_of != create.remote_id;
}

}  // namespace

FollowUp settle(
    const Rules& rules,
    Aggregate& aggregate,
    const Delivery& delivery,
    const Receipt& receipt,
    Moment moment,
    Effects& effects
) {
    Attempt* attempt = find_attempt(aggregate, delivery.attempt.id);
    if (attempt == nullptr) return FollowUp::None;
    const bool is_create = attempt->kind == AttemptKind::Create;
    const bool is_delete = attempt->kind == AttemptKind::Delete;
    if (is_delete && receipt.outcome == Receipt::Outcome::Stored) {
        settle_removed(rules, aggregate, *attempt, moment, effects);
        return FollowUp::None;
    }
    switch (receipt.outcome) {
        case Receipt::Outcome::Stored:
            return settle_stored(
                rules, aggregate, *attempt, delivery.before, receipt, moment, effects
            );
        case Receipt::Outcome::InDoubt:
            return is_create ? FollowUp::LookCreated : FollowUp::Look;
        case Receipt::Outcome::NotSent:
            close_attempt(aggregate, delivery.attempt.id, effects);
            return FollowUp::None;
        case Receipt::Outcome::Conflict:
        case Receipt::Outcome::Gone:
            close_attempt(aggregate, delivery.attempt.id, effects);
            return is_create ? FollowUp::None : FollowUp::Look;
        case Receipt::Outcome::Duplicate:
            if (is_create && names_another_record(delivery, receipt)) {
                close_attempt(aggregate, delivery.attempt.id, effects);
                return FollowUp::LookDuplicate;
            }
            [[fallthrough]];
        case Receipt::Outcome::Refused:
            close_attempt(aggregate, delivery.attempt.id, effects);
            refuse(aggregate, delivery, receipt, moment, effects);
            // Where a record has to stay, it shows at least that the customer left.
            if (is_delete && aggregate.is_deleted())
                deactivate_customer(
                    rules, aggregate, {}, {moment.now, moment.now}, moment, effects
                );
            return FollowUp::None;
    }
    return FollowUp::None;
}

void settle_duplicate(
    Aggregate& aggregate,
    const Delivery& create,
    const Receipt& receipt,
    const Link* holder,
    Moment moment,
    Effects& effects
) {
    refuse(aggregate, create, receipt, moment, effects);
    if (holder == nullptr) return;
    if (holder->state == LinkState::Active && are_apart(aggregate, holder->customer)) return;
    const auto& cases = aggregate.cases;
    const bool is_asked = std::any_of(cases.begin(), cases.end(), [&](const Case& item) {
        return item.kind == CaseKind::Duplicate && item.link == holder->id && item.is_open();
    });
    if (is_asked) return;
    Case item;
    item.id = mint<CaseId>(moment.now, moment.random);
    item.kind = CaseKind::Duplicate;
    item.customer = aggregate.customer.id;
    item.link = holder->id;
    item.system = holder->system;
    item.reason =
        holder->system.text() + " makes no record for this customer, because its record " +
        holder->remote_id.text() +
        " has the same unique value; if they are one customer, `records link` that record";
    const bool is_somebodys = holder->state == LinkState::Active;
    const CustomerId owner = is_somebodys ? holder->customer : CustomerId{};
    item.candidates.push_back({owner, holder->id, "has the record"});
    item.opened_at = moment.now;
    put_case(aggregate, std::move(item), effects);
}

void settle_created(
    const Rules& rules,
    Aggregate& aggregate,
    const AttemptId& id,
    const std::vector<Observation>& found,
    const std::vector<Link>& known,
    Moment moment,
    Effects& effects
) {
    Attempt* attempt = find_attempt(aggregate, id);
    if (attempt == nullptr || !attempt->link.is_nil()) return;
    const SystemRules& system = rules.at(attempt->system);
    std::vector<const Observation*> matches;
    for (const Observation& candidate : found) {
        if (candidate.kind != Observation::Kind::Present) continue;
        if (is_our_record(system, *attempt, candidate)) matches.push_back(&candidate);
    }
    if (matches.size() > 1) {
        ask_which_is_ours(aggregate, system.id(), matches, moment, effects);
        return;
    }
    close_duplicate_question(aggregate, system.id(), moment, effects);
    if (matches.empty()) {
        // Not there (or somebody else's): only once the request can no longer land is it forgotten.
        if (moment.now >= attempt->issued_at + system.max_inflight + system.stale_window)
            close_attempt(aggregate, id, effects);
        return;
    }
    const Observation* ours = matches.front();
    const auto is_it = [&](const Link& link) { return link.remote_id == ours->remote_id; };
    const auto before = std::find_if(known.begin(), known.end(), is_it);
    if (before != known.end() && before->state != LinkState::Unassociated) {
        if (before->customer != aggregate.customer.id)
            ask_about_duplicate(aggregate, *before, moment, effects);
        else
            journal_record(ChangeKind::Created, *before, effects);
        close_attempt(aggregate, id, effects);  // it landed, and cannot land again
        return;
    }
    attempt->state = AttemptState::Answered;
    attempt->answered_at = moment.now;
    Link link = before != known.end() ? *before : new_link(*attempt, ours->remote_id, moment);
    link.fields = {};  // read before it was known to be ours
    link.token.clear();
    Link& joined = join(aggregate, *attempt, std::move(link), effects);
    absorb(rules, aggregate, joined, *ours, {}, moment, effects);
}

}  // namespace syncline::sync
