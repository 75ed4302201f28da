/// Laws of merging over generated edits: two to four systems hold one phone number, people edit it,
/// the hub reads and writes, answers are lost. Only the pure core takes part.

#include "merge/policy.hpp"
#include "support/core_fixture.hpp"
#include "support/generators.hpp"
#include "sync/core/adopt.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/settle.hpp"

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

/// One of five phone numbers, or nothing; every other system stores them in the national spelling.
std::string number(int value, int system) {
    if (value == 0) return "";
    const std::string last = std::to_string(value);
    return (system % 2 == 0 ? "+322555010" : "02 555 01 0") + last;
}

/// What happens to a write on its way.
enum class Way { Stored, StoredUntold, LostAfter, LostBefore, NotSent };

/// A hub's memory of one customer and the systems themselves.
class Companions {
public:
    Companions(int systems, const PolicySetting& policy)
        : bench(
              {kNames.begin(), kNames.begin() + systems},
              [&](HubSetting& hub) {
                  hub.policies = {policy};
                  for (SystemSetting& system : hub.systems) {
                      auto& mapping = system.mapping;
                      std::erase_if(mapping, [](const MappedFieldSetting& entry) {
                          return entry.field != kPhone;
                      });
                  }
              }
          ),
          remotes_(static_cast<std::size_t>(systems)) {
        for (Link& link : bench.aggregate.links)
            link.token.clear();
    }

    std::size_t size() const { return remotes_.size(); }
    int count() const { return static_cast<int>(size()); }

    /// The first readings, with what each holds from before.
    void meet() {
        for (int i = 0; i < count(); ++i) {
            edit(i, below(6));
            read(i);
        }
    }

    void edit(int system, int value) {
        Remote& remote = at(system);
        remote.text = number(value, system);
        remote.is_unread = true;
        ++remote.token;
    }

    Observation see(int system) {
        const Remote& remote = at(system);
        Observation seen = bench.reading(kNames[index(system)], bench.raw(kPhone, remote.text));
        seen.token = std::to_string(remote.token);
        seen.sent_at = Bench::at(now_);
        seen.received_at = Bench::at(now_ + 1);
        now_ += 2;
        bench.clock.set(Bench::at(now_));
        return seen;
    }

    void absorb(const Observation& seen) {
        const std::string text = seen.fields.begin()->second.text;
        const std::optional<Shadow> before = bench.entry(seen.system.text(), kPhone).shadow;
        const bool is_new = !before || !same(before->raw.begin()->second.text, text);
        const std::size_t known = journal.size();
        const bool is_edit = std::exchange(at(index_of(seen.system)).is_unread, false);
        bench.absorb(seen);
        decide();
        if (!is_edit) return;
        ++edits_seen;
        const FieldState* state = bench.standing(kPhone);
        const bool stands = state != nullptr && same(Bench::shown(state->value), text);
        const bool is_told = std::any_of(
            journal.begin() + static_cast<std::ptrdiff_t>(known),
            journal.end(),
            [&](const FieldChange& change) {
                return change.after && same(Bench::shown(*change.after), text);
            }
        );
        const bool says_nothing_yet = !before && text.empty();
        if (is_new && !stands && !is_told && !says_nothing_yet && state != nullptr)
            lost.push_back(text);
    }
    void read(int system) { absorb(see(system)); }

    void write(int system, Way way) {
        Link& link = bench.link(kNames[index(system)]);
        const auto owed = sync::derive_update(
            bench.rules, bench.aggregate, link, {}, bench.moment(), bench.effects
        );
        if (!owed) return;
        bench.aggregate.attempts.push_back(owed->attempt);
        Remote& remote = at(system);
        Receipt receipt;
        receipt.attempt = owed->attempt.id;
        receipt.remote_id = link.remote_id;
        receipt.outcome = Receipt::Outcome::NotSent;
        const bool arrives = way != Way::LostBefore && way != Way::NotSent;
        if (way == Way::LostBefore) receipt.outcome = Receipt::Outcome::InDoubt;
        if (arrives && owed->if_version != std::to_string(remote.token)) {
            receipt.outcome = Receipt::Outcome::Conflict;
        } else if (arrives) {
            RC_ASSERT(!remote.is_unread);  // an edit nobody read would be written over
            const std::string sent = owed->patch.begin()->second.text;
            remote.text = sent.empty() ? "" : number(sent.back() - '0', system);
            ++remote.token;
            const bool told = way != Way::LostAfter;
            receipt.outcome = told ? Receipt::Outcome::Stored : Receipt::Outcome::InDoubt;
            if (way == Way::Stored) receipt.stored = see(system);
        }
        receipt.answered_at = Bench::at(++now_);
        bench.clock.set(Bench::at(now_));
        sync::settle(bench.rules, bench.aggregate, *owed, receipt, bench.moment(), bench.effects);
        decide();
    }

    /// Reads and writes until nothing is owed.
    void settle_all() {
        for (int round = 0; round < 4; ++round) {
            for (int i = 0; i < count(); ++i)
                read(i);
            for (int i = 0; i < count(); ++i)
                write(i, Way::StoredUntold);
        }
    }

    std::size_t versions() const {
        return static_cast<std::size_t>(std::count_if(
            journal.begin(),
            journal.end(),
            [](const FieldChange& change) { return change.kind == ChangeKind::Version; }
        ));
    }
    /// The canonical value, and what is owed to whom.
    std::vector<std::string> outcome() {
        std::vector<std::string> lines;
        const FieldState* state = bench.standing(kPhone);
        lines.push_back(state != nullptr ? Bench::shown(state->value) : "nothing");
        for (const sync::SystemRules& system : bench.rules.systems)
            lines.emplace_back(sync::name(
                sync::standing_of(bench.rules, bench.aggregate, system, bench.field(kPhone), {})
            ));
        return lines;
    }
    /// Do all systems hold what stands?
    bool agree() {
        const std::vector<std::string> lines = outcome();
        return std::all_of(lines.begin() + 1, lines.end(), [](const std::string& line) {
            return line == "in_sync" || line == "unknown";
        });
    }

    Bench bench;
    std::vector<FieldChange> journal;
    std::size_t edits_seen = 0;
    std::vector<std::string> lost;  ///< edits that neither stand nor are in the journal

private:
    static bool same(const std::string& a, const std::string& b) {
        const auto digit = [](const std::string& text) {
            return text.empty() || text.back() == ')' ? '0' : text.back();
        };
        return digit(a) == digit(b);
    }
    struct Remote {
        std::string text;
        int token = 1;
        bool is_unread = false;  ///< its people edited it since it was read
    };
    std::size_t index(int system) const { return static_cast<std::size_t>(system) % size(); }
    Remote& at(int system) { return remotes_[index(system)]; }
    static int index_of(const SystemId& system) {
        return static_cast<int>(
            std::find(kNames.begin(), kNames.end(), system.text()) - kNames.begin()
        );
    }
    void decide() {
        sync::adopt(bench.rules, bench.aggregate, bench.moment(), bench.effects);
        sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
        journal.insert(journal.end(), bench.effects.changes.begin(), bench.effects.changes.end());
        bench.effects = {};
    }

    std::vector<Remote> remotes_;
    int now_ = 100;
};

/// What somebody does: kind, system, value.
using Step = std::tuple<int, int, int>;

std::vector<Step> any_steps() {
    return *rc::gen::container<std::vector<Step>>(
        rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(0, 4), rc::gen::inRange(0, 6))
    );
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
    all.meet();
    for (const Step& step : any_steps())
        act(all, step);
    all.settle_all();
    RC_ASSERT(all.lost.empty());
}

RC_GTEST_PROP(MergeProperty, AnEditMakesOneVersionAtMostAndNothingElseMakesAny, ()) {
    Companions all(2 + below(3), any_policy(std::string(kPhone), 1));
    all.meet();
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
    all.meet();
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
    all.meet();
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
