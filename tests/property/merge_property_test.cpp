/// Laws of merging over generated edits: two to four systems hold one phone number, people edit it,
/// the hub reads and writes, answers are lost. Only the pure core takes part.

#include "merge/policy.hpp"
#include "support/companions.hpp"
#include "support/generators.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

/// A policy whose outcome is the same whoever is read first: not one that keeps what came first.
PolicySetting any_order_free_policy() {
    PolicySetting policy;
    policy.pattern = kPhone;
    policy.kind = *rc::gen::arbitrary<bool>() ? PolicyKind::Authority : PolicyKind::Newest;
    policy.systems = any_systems();
    policy.on_undecided = Undecided::Order;
    return policy;
}

/// What somebody does: kind, system, value.
using Step = std::tuple<int, int, int>;

std::vector<Step> any_steps() {
    return *rc::gen::container<std::vector<Step>>(
        rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(0, 4), rc::gen::inRange(0, 6))
    );
}

/// The first readings, with what each holds from before.
void meet(Companions& all) {
    for (int i = 0; i < all.count(); ++i) {
        all.edit(i, below(6));
        all.read(i);
    }
}

void act(Companions& all, const Step& step) {
    const auto [kind, named, value] = step;
    const int system = named % all.count();
    if (kind == 0) all.edit(system, value);
    if (kind == 1) all.read(system);
    if (kind == 2) all.write(system, static_cast<Way>(value % 5));
}

RC_GTEST_PROP(MergeProperty, NoEditThatWasReadIsLost, ()) {
    Companions all(2 + below(3), any_policy(std::string(kPhone), 1));
    meet(all);
    for (const Step& step : any_steps())
        act(all, step);
    all.settle_all();
    RC_ASSERT(all.lost.empty());
    RC_ASSERT(all.overwritten.empty());
}

RC_GTEST_PROP(MergeProperty, AnEditMakesOneVersionAtMostAndNothingElseMakesAny, ()) {
    Companions all(2 + below(3), any_policy(std::string(kPhone), 1));
    meet(all);
    for (const Step& step : any_steps()) {
        const std::size_t before = all.versions();
        const std::size_t edits = all.edits_seen;
        act(all, step);
        RC_ASSERT(all.versions() - before <= all.edits_seen - edits);
    }
    const std::size_t before = all.versions();
    const std::size_t edits = all.edits_seen;
    all.settle_all();
    RC_ASSERT(all.versions() - before <= all.edits_seen - edits);
}

RC_GTEST_PROP(MergeProperty, TheSameReadingAgainChangesNothing, ()) {
    Companions all(2 + below(3), any_policy(std::string(kPhone), 1));
    meet(all);
    for (const Step& step : any_steps())
        act(all, step);
    for (int i = 0; i < all.count(); ++i) {
        const Observation seen = all.see(i);
        all.absorb(seen);
        const std::vector<std::string> outcome = all.outcome();
        const Customer customer = all.bench.aggregate.customer;
        const std::vector<Link> links = all.bench.aggregate.links;
        const std::vector<Attempt> attempts = all.bench.aggregate.attempts;
        const std::size_t journalled = all.journal.size();
        all.absorb(seen);
        RC_ASSERT(all.outcome() == outcome);
        RC_ASSERT(all.bench.aggregate.customer == customer);
        RC_ASSERT(all.bench.aggregate.links == links);
        RC_ASSERT(all.bench.aggregate.attempts == attempts);
        RC_ASSERT(all.journal.size() == journalled);
    }
}

RC_GTEST_PROP(MergeProperty, AllSystemsAgreeInTheEndUnlessAPersonIsAsked, ()) {
    Companions all(2 + below(3), any_policy(std::string(kPhone), 1));
    meet(all);
    for (const Step& step : any_steps())
        act(all, step);
    all.settle_all();
    const bool asked = all.bench.aggregate.is_contested(all.bench.id(kPhone));
    const bool refused = !all.bench.aggregate.quarantined.empty();
    RC_ASSERT(asked || refused || all.agree());
    const std::size_t versions = all.versions();
    const std::size_t journalled = all.journal.size();
    all.settle_all();
    RC_ASSERT(all.versions() == versions);
    RC_ASSERT(all.journal.size() == journalled);
}

/// Each system is edited at most once after all agreed, perhaps to the same value as others, and is
/// read once, at a time of its own.
RC_GTEST_PROP(MergeProperty, TheOutcomeDoesNotDependOnWhoIsReadFirst, ()) {
    const int count = 2 + below(3);
    Companions all(count, any_order_free_policy());
    const int common = 5;
    const int emptied = below(8);
    for (int i = 0; i < count; ++i)
        all.edit(i, common);
    for (int i = 0; i < count; ++i)
        all.read(i);
    std::vector<Observation> readings;
    for (int i = 0; i < count; ++i) {
        if (*rc::gen::arbitrary<bool>()) all.read(i);  // seen unchanged once more
        if (*rc::gen::arbitrary<bool>()) all.edit(i, i == emptied ? 0 : 1 + below(count));
        readings.push_back(all.see(i));
    }
    std::vector<int> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    const sync::Aggregate start = all.bench.aggregate;
    std::optional<std::vector<std::string>> first;
    do {
        all.bench.aggregate = start;
        for (const int i : order)
            all.absorb(readings[static_cast<std::size_t>(i)]);
        const std::vector<std::string> outcome = all.outcome();
        if (!first) first = outcome;
        RC_ASSERT(outcome == *first);
    } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace syncline::testing
