/// The law of every policy: some value stands, and always the same one.

#include "merge/policy.hpp"
#include "support/generators.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

namespace syncline::merge {
namespace {

Contender any_contender(bool is_set) {
    Contender contender;
    const int kind = testing::below(6);
    contender.origin =
        kind == 0 ? Origin::of_user("ann")
        : kind == 1
            ? Origin{Origin::Kind::Rule, "union"}
            : Origin::of(SystemId{testing::kNames[static_cast<std::size_t>(testing::below(4))]});
    const int parts = is_set ? testing::below(4) : 1;
    for (int i = 0; i < parts; ++i) {
        contender.value.parts.push_back(
            *rc::gen::element<std::optional<std::string>>(std::nullopt, "Acme", "ACME", "Bolt")
        );
    }
    const int earliest = testing::below(8);
    contender.interval = {from_unix_ms(earliest), from_unix_ms(earliest + testing::below(6))};
    return contender;
}

RC_GTEST_PROP(PolicyProperty, IsTotalAndDoesNotDependOnTheOrderOfContenders, ()) {
    static const LeafSpec kSpec{"name", "Name", ValueType::PersonOrOrganisationName};
    Field field;
    field.id = {1};
    field.path = "name";
    const bool is_set = *rc::gen::arbitrary<bool>();
    field.merge = is_set ? MergeKind::Set : MergeKind::Register;
    field.parts.push_back({"", field.path, field.id, &kSpec, true});
    const PolicySetting policy = testing::any_policy("*", 2);
    const std::vector<SystemId> order = testing::any_systems();
    std::vector<Contender> contenders;
    for (int i = 1 + testing::below(4); i > 0; --i)
        contenders.push_back(any_contender(is_set));
    const bool stands = *rc::gen::arbitrary<bool>();

    std::vector<std::size_t> places(contenders.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::optional<Verdict> first;
    FieldValue first_value;
    do {
        std::vector<Contender> shuffled;
        for (const std::size_t place : places)
            shuffled.push_back(contenders[place]);
        const auto standing = static_cast<std::size_t>(
            std::find(places.begin(), places.end(), std::size_t{0}) - places.begin()
        );
        const Verdict verdict =
            choose(field, policy, order, shuffled, stands ? standing : kNoStanding);
        RC_ASSERT(verdict.winner < shuffled.size());
        RC_ASSERT(verdict.rule != Rule::None);
        const bool merged = verdict.kind == Verdict::Kind::Merged;
        const FieldValue value = merged ? verdict.merged : shuffled[verdict.winner].value;
        if (!first) {
            first = verdict;
            first_value = value;
        }
        RC_ASSERT(verdict.kind == first->kind);
        RC_ASSERT(verdict.rule == first->rule);
        RC_ASSERT(value == first_value);
    } while (std::next_permutation(places.begin(), places.end()));
}

}  // namespace
}  // namespace syncline::merge
