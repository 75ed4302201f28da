#include "sync/core/adopt.hpp"

#include "merge/policy.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/versions.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace syncline::sync {
namespace {

/// One active link that shows something in the field.
struct Voice {
    Link* link;
    LinkField* entry;
    const SystemRules* system;
    bool is_fresh;
};

std::vector<Voice> voices_on(const Rules& rules, Aggregate& aggregate, const Field& field) {
    std::vector<Voice> voices;
    for (Link& link : aggregate.links) {
        const SystemRules* system = rules.find(link.system);
        LinkField* entry = link.fields.find(field.id);
        if (system == nullptr || link.state != LinkState::Active) continue;
        if (entry == nullptr || !entry->shadow) continue;
        const Base::Kind base = entry->shadow->base.kind;
        if (base == Base::Kind::Invalid) continue;
        voices.push_back({&link, entry, system, base == Base::Kind::Fresh});
    }
    return voices;
}

bool shows(const Voice& voice, const Field& field, const FieldValue& value) {
    return voice.system->mapping->is_image(field.id, voice.entry->shadow->raw, value);
}

bool says_something(const Voice& voice) {
    return voice.entry->contribution && !voice.entry->contribution->value.is_cleared();
}

std::size_t parts_said(const FieldValue& value) {
    return static_cast<std::size_t>(std::count_if(
        value.parts.begin(), value.parts.end(), [](const auto& part) { return part.has_value(); }
    ));
}

/// Everything that competes: what each system's people said, and the canonical value.
std::vector<merge::Contender> contenders_on(
    const std::vector<Voice>& voices, const FieldState* standing
) {
    std::vector<merge::Contender> contenders;
    if (standing != nullptr)
        contenders.push_back({standing->value, standing->origin, standing->interval});
    for (const Voice& voice : voices) {
        if (!voice.is_fresh || !says_something(voice)) continue;
        const Contribution& said = *voice.entry->contribution;
        contenders.push_back({said.value, Origin::of(voice.link->system), said.interval});
    }
    return contenders;
}

/// Does somebody say what stands who is not heard now: a person, or a system without a voice here?
bool is_said_elsewhere(const std::vector<Voice>& voices, const FieldState& standing) {
    return std::none_of(voices.begin(), voices.end(), [&](const Voice& voice) {
        return standing.origin.is(voice.link->system);
    });
}

/// A value that every voice with something to say already shows: then there is nothing to decide.
/// Among several the one that says most parts; then the value that stands, so that hearing it again
/// is no change; then the declared order of systems.
std::optional<std::size_t> agreed(
    const Rules& rules,
    const Field& field,
    const std::vector<Voice>& voices,
    const std::vector<merge::Contender>& contenders,
    const FieldState* standing
) {
    std::optional<std::size_t> best;
    const bool first_stands = standing != nullptr;
    const bool first_counts = first_stands && is_said_elsewhere(voices, *standing);
    const auto rank = [&](const Origin& origin) {
        const auto& order = rules.hub->order;
        const auto is_it = [&](const SystemId& system) { return origin.is(system); };
        return std::find_if(order.begin(), order.end(), is_it) - order.begin();
    };
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const bool accepted = std::all_of(voices.begin(), voices.end(), [&](const Voice& voice) {
            return !says_something(voice) || shows(voice, field, contenders[i].value);
        });
        if (!accepted) continue;
        if (first_counts && !normal::equivalent(field, contenders[i].value, standing->value))
            continue;
        if (!best) {
            best = i;
            continue;
        }
        const std::size_t more = parts_said(contenders[i].value);
        const std::size_t most = parts_said(contenders[*best].value);
        const bool stays = first_stands && *best == 0;
        if (more > most ||
            (more == most && !stays && rank(contenders[i].origin) < rank(contenders[*best].origin)))
            best = i;
    }
    return best;
}

/// The contender that says what is to stand. Where the system of the winner shows all that it can
/// of what another one says, which that one does not show of it (a cut name, capitals), it has a
/// copy, and the whole is meant.
std::size_t whole_of(
    std::size_t winner,
    const Field& field,
    const std::vector<Voice>& voices,
    const std::vector<merge::Contender>& contenders
) {
    const auto voice_of = [&](const merge::Contender& contender) {
        return std::find_if(voices.begin(), voices.end(), [&](const Voice& voice) {
            return contender.origin.is(voice.link->system) && says_something(voice) &&
                   normal::equivalent(field, voice.entry->contribution->value, contender.value);
        });
    };
    const merge::Contender& won = contenders[winner];
    const auto copy = voice_of(won);
    if (copy == voices.end()) return winner;
    std::optional<std::size_t> whole;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const auto source = voice_of(contenders[i]);
        if (source == voices.end() || !shows(*copy, field, contenders[i].value)) continue;
        if (shows(*source, field, won.value)) continue;
        if (!whole || contenders[i].value.parts < contenders[*whole].value.parts) whole = i;
    }
    return whole.value_or(winner);
}

/// Sets the bases of the fresh shadows against the decided value and journals what lost.
void base_on(
    Aggregate& aggregate,
    const Field& field,
    const std::vector<Voice>& voices,
    const FieldState& decided,
    bool contested,
    Rule rule,
    Effects& effects
) {
    for (const Voice& voice : voices) {
        const bool image = shows(voice, field, decided.value);
        const bool is_asked = voice.entry->shadow->base.kind == Base::Kind::Contested;
        if (!voice.is_fresh && !(contested ? !image : is_asked)) continue;
        Base base = image ? Base::image_of(decided.version) : Base{Base::Kind::Foreign, {}};
        if (contested && !image && says_something(voice)) base = {Base::Kind::Contested, {}};
        voice.entry->shadow->base = base;
        effects.touched_links.insert(voice.link->id);
        if (image && says_something(voice)) voice.entry->contribution->version = decided.version;
        if (image || !voice.is_fresh || !says_something(voice)) continue;
        journal(
            aggregate,
            field.id,
            contested ? ChangeKind::Contested : ChangeKind::Loser,
            contested ? Rule::Review : rule,
            Origin::of(voice.link->system),
            voice.entry->contribution->interval,
            voice.entry->contribution->value,
            effects
        );
    }
}

void adopt_field(
    const Rules& rules, Aggregate& aggregate, const Field& field, Moment moment, Effects& effects
) {
    const std::vector<Voice> voices = voices_on(rules, aggregate, field);
    const bool any_fresh = std::any_of(voices.begin(), voices.end(), [](const Voice& voice) {
        return voice.is_fresh;
    });
    if (!any_fresh) return;

    const FieldState* standing = aggregate.customer.fields.find(field.id);
    const std::vector<merge::Contender> contenders = contenders_on(voices, standing);
    if (contenders.empty()) {  // nobody says anything: all hold an image of "nothing"
        for (const Voice& voice : voices) {
            if (!voice.is_fresh) continue;
            voice.entry->shadow->base = Base::image_of({});
            effects.touched_links.insert(voice.link->id);
        }
        return;
    }
    bool contested = aggregate.is_contested(field.id);
    std::size_t winner = 0;
    Rule rule = Rule::FirstValue;
    const bool stands = standing != nullptr;
    if (const auto accepted = agreed(rules, field, voices, contenders, standing)) {
        winner = *accepted;
        contested = false;
        if (contenders.size() > 1) rule = Rule::SameChange;
    } else {
        const merge::Verdict verdict = merge::choose(
            field,
            merge::policy_for(field, rules.hub->policies),
            rules.hub->order,
            contenders,
            stands ? 0 : merge::kNoStanding
        );
        winner = verdict.winner;
        rule = verdict.rule;
        contested = contested || verdict.kind == merge::Verdict::Kind::Contested;
        if (contested && stands) winner = 0;
        if (!contested) winner = whole_of(winner, field, voices, contenders);
    }
    // Hearing again what stands is no change.
    if (stands && normal::equivalent(field, contenders[winner].value, standing->value)) winner = 0;
    if (!stands || winner != 0) {
        const merge::Contender chosen = contenders[winner];
        make_version(
            aggregate, field, chosen.value, chosen.origin, chosen.interval, rule, moment, effects
        );
    }
    const FieldState decided = *aggregate.customer.fields.find(field.id);
    if (contested) {
        open_conflict(
            aggregate,
            field,
            voices.front().link->system,
            "the systems said different things when they were first compared",
            moment,
            effects
        );
    }
    base_on(aggregate, field, voices, decided, contested, rule, effects);
}

}  // namespace

void adopt(const Rules& rules, Aggregate& aggregate, Moment moment, Effects& effects) {
    for (const Field& field : rules.fields->fields())
        adopt_field(rules, aggregate, field, moment, effects);
    close_settled_conflicts(aggregate, moment, effects);
}

}  // namespace syncline::sync
