#include "sync/core/absorb.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace syncline::sync {
namespace {

void free_unique_values(const SystemRules& system, const Link& link, Effects& effects) {
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const LinkField* entry = link.fields.find(mapped.field);
        if (!mapped.unique || entry == nullptr || !entry->shadow) continue;
        const auto value = system.mapping->read(mapped.field, entry->shadow->raw);
        if (value) effects.freed.emplace_back(mapped.field, *value);
    }
}

/// Did the record hold everything that stands? Then nobody changed the customer since, elsewhere.
bool was_in_step(const SystemRules& system, const Aggregate& aggregate, const Link& link) {
    const auto& fields = system.mapping->fields();
    return std::all_of(fields.begin(), fields.end(), [&](const mapping::MappedField& mapped) {
        const FieldState* canonical = aggregate.customer.fields.find(mapped.field);
        if (canonical == nullptr || mapped.direction == MappingDirection::In) return true;
        if (aggregate.is_contested(mapped.field)) return false;
        const LinkField* entry = link.fields.find(mapped.field);
        if (entry == nullptr || !entry->shadow) return canonical->value.is_cleared();
        return entry->shadow->base.kind == Base::Kind::Invalid ||
               entry->shadow->base.is_image_of(canonical->version);
    });
}

bool was_made_again_before(const Aggregate& aggregate, const Link& gone) {
    return std::any_of(aggregate.links.begin(), aggregate.links.end(), [&](const Link& link) {
        return link.id != gone.id && link.system == gone.system && link.state == LinkState::Gone;
    });
}

/// What the configuration wants to follow from a record's end in this system.
void react(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    Timestamp last_seen,
    Moment moment,
    Effects& effects
) {
    const SystemSetting& setting = *rules.at(link.system).setting;
    const auto ask = [&](const std::string& more) {
        ask_about_gone(
            aggregate, link, "the record is no more in " + setting.title + more, moment, effects
        );
    };
    const bool spreads =
        setting.when_gone == WhenGone::Deactivate || setting.when_gone == WhenGone::Delete;
    if (spreads && !was_in_step(rules.at(link.system), aggregate, link)) {
        ask(", but the customer was changed elsewhere since: it was kept");
        return;
    }
    switch (setting.when_gone) {
        case WhenGone::Review:
            ask("; nothing was deleted anywhere else");
            return;
        case WhenGone::Unlink:
            return;
        case WhenGone::Recreate:
            if (was_made_again_before(aggregate, link))
                ask(", although it was made there again once");
            else
                retire(link, effects);
            return;
        case WhenGone::Deactivate:
            deactivate_customer(
                rules,
                aggregate,
                Origin::of(link.system),
                {std::min(last_seen, moment.now), moment.now},
                moment,
                effects
            );
            return;
        case WhenGone::Delete:
            delete_customer(rules, aggregate, Origin::of(link.system), moment, effects);
            return;
    }
}

/// The link of a record that is no more.
void end_link(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    GoneHow how,
    Moment moment,
    Effects& effects
) {
    const bool was_synchronised = link.state == LinkState::Active && !aggregate.is_deleted();
    for (const Attempt& attempt : std::vector<Attempt>(aggregate.attempts)) {
        if (attempt.link != link.id) continue;
        if (attempt.kind == AttemptKind::Delete) how = GoneHow::RemovedByHub;
        close_attempt(aggregate, attempt.id, effects);
    }
    const Timestamp last_seen = link.read_at;
    const bool by_the_hub = how == GoneHow::RemovedByHub;
    free_unique_values(rules.at(link.system), link, effects);
    link.state = LinkState::Gone;
    link.read_at = moment.now;  // an older reading brings nothing back
    effects.touched_links.insert(link.id);
    close_gone_questions(aggregate, link.id, "the record is gone", moment, effects);
    journal_event(
        aggregate,
        by_the_hub ? ChangeKind::Removed : ChangeKind::Unlinked,
        by_the_hub ? Rule::Delete : Rule::None,
        Origin::of(link.system),
        link.remote_id.text(),
        moment,
        effects
    );
    if (link.role == LinkRole::Secondary) return;
    if (promote_second_record(aggregate, link.system, effects)) return;
    if (by_the_hub) retire(link, effects);  // an undelete makes it again
    if (was_synchronised && how == GoneHow::Deleted)
        react(rules, aggregate, link, last_seen, moment, effects);
}

}  // namespace

void absorb_gone(
    const Rules& rules,
    Aggregate& aggregate,
    Link& link,
    GoneHow how,
    Moment moment,
    Effects& effects
) {
    if (link.state == LinkState::Gone) return;
    // Shortly after it was there, a copy that lags may not have it yet.
    const bool may_lag = moment.now < link.read_at + rules.at(link.system).stale_window;
    if (may_lag && how != GoneHow::RemovedByHub) return;
    end_link(rules, aggregate, link, how, moment, effects);
}

bool is_another_record(
    const SystemRules& system, const Link& link, const Observation& observation
) {
    std::size_t compared = 0;
    std::size_t alike = 0;
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const LinkField* entry = link.fields.find(mapped.field);
        const RawFields read = system.mapping->select(mapped.field, observation.fields);
        if (entry == nullptr || !entry->shadow || read.empty()) continue;
        const auto before = system.mapping->read(mapped.field, entry->shadow->raw);
        const bool was_empty = before && before->is_cleared();
        const bool is_same = read == entry->shadow->raw ||
                             system.mapping->same_meaning(mapped.field, read, entry->shadow->raw);
        if (was_empty && is_same) continue;  // two empty fields are no likeness
        ++compared;
        if (is_same) ++alike;
    }
    return compared > 0 && 2 * alike < compared;
}

}  // namespace syncline::sync
