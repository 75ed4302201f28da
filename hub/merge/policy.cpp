#include "merge/policy.hpp"

#include "base/assert.hpp"
#include "normal/normal_form.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::merge {
namespace {

using Indices = std::vector<std::size_t>;

/// Smaller is better. A person first, then systems as listed, then the rest.
std::size_t rank_of(const Origin& origin, std::span<const SystemId> order) {
    if (origin.kind == Origin::Kind::User) return 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (origin.is(order[i])) return i + 1;
    }
    return order.size() + 1;
}

/// The best by rank; the origin's name and then the value break ties, so that the order of the span
/// never matters.
std::size_t best_of(
    const Indices& candidates,
    std::span<const Contender> contenders,
    std::span<const SystemId> order
) {
    const auto better = [&](std::size_t a, std::size_t b) {
        const std::size_t rank_a = rank_of(contenders[a].origin, order);
        const std::size_t rank_b = rank_of(contenders[b].origin, order);
        if (rank_a != rank_b) return rank_a < rank_b;
        if (contenders[a].origin.name != contenders[b].origin.name)
            return contenders[a].origin.name < contenders[b].origin.name;
        return contenders[a].value.parts < contenders[b].value.parts;
    };
    return *std::min_element(candidates.begin(), candidates.end(), better);
}

/// Without the clears, when there is a value to compete with.
Indices guarded(const Indices& candidates, std::span<const Contender> contenders) {
    Indices values;
    for (const std::size_t i : candidates) {
        if (!contenders[i].value.is_cleared()) values.push_back(i);
    }
    return values.empty() ? candidates : values;
}

bool all_equivalent(
    const Field& field, const Indices& candidates, std::span<const Contender> contenders
) {
    return std::all_of(candidates.begin(), candidates.end(), [&](std::size_t i) {
        return normal::equivalent(field, contenders[i].value, contenders[candidates.front()].value);
    });
}

Verdict won_by(std::size_t winner, Rule rule) {
    Verdict verdict;
    verdict.winner = winner;
    verdict.rule = rule;
    return verdict;
}

Verdict contested(std::size_t provisional) {
    Verdict verdict;
    verdict.kind = Verdict::Kind::Contested;
    verdict.winner = provisional;
    verdict.rule = Rule::Review;
    return verdict;
}

Undecided undecided_rule(const Field& field, const PolicySetting& policy) {
    if (policy.on_undecided) return *policy.on_undecided;
    return field.domain() == Domain::General ? Undecided::Order : Undecided::Review;
}

Verdict newest(
    const Field& field,
    const PolicySetting& policy,
    std::span<const SystemId> order,
    std::span<const Contender> contenders,
    const Indices& candidates
) {
    // A null that competes with a value is no news, however late it came.
    const Indices competing = guarded(candidates, contenders);
    Indices latest;
    for (const std::size_t i : competing) {
        const bool superseded =
            std::any_of(competing.begin(), competing.end(), [&](std::size_t other) {
                return contenders[other].interval.is_after(contenders[i].interval);
            });
        if (!superseded) latest.push_back(i);
    }
    SYNCLINE_ASSERT(!latest.empty());
    const bool by_null_guard = competing.size() == 1 && candidates.size() > 1;
    const std::size_t best = best_of(latest, contenders, order);
    if (latest.size() == 1 || all_equivalent(field, latest, contenders))
        return won_by(best, by_null_guard ? Rule::NullGuard : Rule::Newest);
    if (undecided_rule(field, policy) == Undecided::Review) return contested(best);
    return won_by(best, Rule::NewestUndecided);
}

Verdict united(const Field& field, std::span<const Contender> contenders) {
    Verdict verdict;
    verdict.kind = Verdict::Kind::Merged;
    verdict.rule = Rule::Union;
    for (const Contender& contender : contenders) {
        for (const auto& element : contender.value.parts) {
            if (element) verdict.merged.parts.push_back(element);
        }
    }
    auto& parts = verdict.merged.parts;
    std::sort(parts.begin(), parts.end());
    const auto same = [&](const auto& a, const auto& b) {
        return normal::equivalent(field.spec(), *a, *b);
    };
    // Equivalent spellings need not be neighbours; of each element the first spelling stays.
    std::vector<std::optional<std::string>> elements;
    for (auto& part : parts) {
        const auto is_it = [&](const auto& element) { return same(element, part); };
        if (std::none_of(elements.begin(), elements.end(), is_it))
            elements.push_back(std::move(part));
    }
    parts = std::move(elements);
    if (parts.empty()) verdict.merged = FieldValue::cleared();
    return verdict;
}

Verdict choose_among(
    const Field& field,
    const PolicySetting& policy,
    std::span<const SystemId> order,
    std::span<const Contender> contenders,
    std::size_t standing
) {
    Indices all(contenders.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = i;

    switch (policy.kind) {
        case PolicyKind::Authority: {
            Indices listed;
            for (const std::size_t i : all) {
                if (rank_of(contenders[i].origin, policy.systems) <= policy.systems.size())
                    listed.push_back(i);
            }
            if (!listed.empty())
                return won_by(best_of(listed, contenders, policy.systems), Rule::Authority);
            static const PolicySetting kByTime;
            const PolicySetting& next = policy.otherwise ? *policy.otherwise : kByTime;
            return choose_among(field, next, order, contenders, standing);
        }
        case PolicyKind::Keep:
            if (standing != kNoStanding) return won_by(standing, Rule::Keep);
            return won_by(best_of(guarded(all, contenders), contenders, order), Rule::Keep);
        case PolicyKind::Review: {
            const Indices competing = guarded(all, contenders);
            const std::size_t best = best_of(competing, contenders, order);
            if (all_equivalent(field, competing, contenders)) return won_by(best, Rule::SameChange);
            return contested(standing != kNoStanding ? standing : best);
        }
        case PolicyKind::Union:
            if (field.merge == MergeKind::Set) return united(field, contenders);
            return newest(field, policy, order, contenders, all);
        case PolicyKind::Newest:
            return newest(field, policy, order, contenders, all);
    }
    SYNCLINE_ASSERT(false);  // every kind returned above
    return {};
}

/// How exactly a policy pattern names a path: 0 = not at all, larger = more exact.
std::size_t exactness(std::string_view pattern, std::string_view path) {
    if (pattern == path) return 1'000'000;
    if (pattern == "*") return 1;
    if (!pattern.ends_with(".*")) return matches_pattern(pattern, path) ? pattern.size() + 1 : 0;
    const std::string_view prefix = pattern.substr(0, pattern.size() - 1);  // keeps the dot
    return path.starts_with(prefix) ? pattern.size() + 1 : 0;
}

}  // namespace

Verdict choose(
    const Field& field,
    const PolicySetting& policy,
    std::span<const SystemId> order,
    std::span<const Contender> contenders,
    std::size_t standing
) {
    SYNCLINE_ASSERT(!contenders.empty());
    SYNCLINE_ASSERT(standing == kNoStanding || standing < contenders.size());
    return choose_among(field, policy, order, contenders, standing);
}

const PolicySetting& policy_for(const Field& field, std::span<const PolicySetting> policies) {
    static const PolicySetting kNewest;
    const PolicySetting* best = &kNewest;
    std::size_t best_exactness = 0;
    for (const PolicySetting& policy : policies) {
        const std::size_t exact = exactness(policy.pattern, field.path);
        if (exact > best_exactness) {
            best = &policy;
            best_exactness = exact;
        }
    }
    return *best;
}

}  // namespace syncline::merge
