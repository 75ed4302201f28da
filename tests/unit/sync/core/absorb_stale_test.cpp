/// Readings that may be out of date: the books are read from a copy that lags by up to 15 seconds.
/// Shadows were last seen at 10, writes are answered at 13.

#include "support/core_fixture.hpp"
#include "support/world.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/settle.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::AbsorbLine;
using sync::TokenOrder;
using Lines = std::vector<std::string>;

struct Lagging : Bench {
    explicit Lagging(TokenOrder order = TokenOrder::Opaque) : Bench({"erp", "books"}) {
        system("books").token_order = order;
        system("books").stale_window = std::chrono::seconds{15};
        stands(kPhone, kOne, 2);
        holds("books", kPhone, kOne, image_of(2));
        link("books").token = "a";
    }
    Observation shown(const std::string& phone, int second, const std::string& token = "b") {
        Observation seen = reading("books", raw(kPhone, phone));
        seen.token = token;
        seen.sent_at = at(second);
        seen.received_at = at(second + 1);
        return seen;
    }
    /// The books have no record of the customer, and one was sent at 22.
    Delivery creates() {
        aggregate.links.pop_back();
        std::optional<Delivery> create;
        sync::derive_create(rules, aggregate, system("books"), true, {}, moment(), effects, create);
        aggregate.attempts.push_back(create.value().attempt);
        return *create;
    }
    AbsorbLine line(const Observation& seen) { return absorb(seen).lines.front().second; }
};

TEST(AbsorbStale, ADifferenceIsNewsOnceNoCopyCanBeThatOld) {
    Lagging bench;
    EXPECT_EQ(bench.line(bench.shown(kTwo, 24)), AbsorbLine::Doubtful);
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp");
    EXPECT_EQ(bench.link("books").token, "a") << "the token may be an old one";
    EXPECT_TRUE(bench.effects.empty());
    EXPECT_EQ(bench.line(bench.shown(kTwo, 25)), AbsorbLine::FastForward);
    EXPECT_EQ(bench.standing_text(kPhone), kTwo + " new books");
    EXPECT_EQ(bench.link("books").token, "b");
}

TEST(AbsorbStale, TheOldValueShownAgainBeginsTheWaitAnew) {
    Lagging bench;
    EXPECT_EQ(bench.line(bench.shown(kOne, 20)), AbsorbLine::Unchanged);
    EXPECT_EQ(bench.line(bench.shown(kTwo, 34)), AbsorbLine::Doubtful);
    EXPECT_EQ(bench.line(bench.shown(kTwo, 35)), AbsorbLine::FastForward);
}

TEST(AbsorbStale, ATokenThatCanBeOrderedTellsAtOnce) {
    Lagging bench(TokenOrder::Ordered);
    bench.link("books").token = "5";
    EXPECT_EQ(bench.line(bench.shown(kTwo, 11, "6")), AbsorbLine::FastForward);
}

TEST(AbsorbStale, ALaterTimeOfChangeTellsAtOnce) {
    Lagging bench;
    Observation seen = bench.shown(kTwo, 11);
    seen.modified_at = Bench::at(9);
    EXPECT_EQ(bench.line(seen), AbsorbLine::Doubtful) << "later than what?";
    bench.link("books").modified_at = Bench::at(9);
    EXPECT_EQ(bench.line(seen), AbsorbLine::Doubtful) << "the same moment";
    seen.modified_at = Bench::at(10);
    EXPECT_EQ(bench.line(seen), AbsorbLine::FastForward);
}

TEST(AbsorbStale, AWriteOfOursIsKnownAtOnce) {
    Lagging bench;
    bench.stands(kPhone, kTwo, 3);
    bench.wrote("books", kPhone, kTwo, 3, AttemptState::Looked);
    EXPECT_EQ(bench.line(bench.shown(kTwo, 14)), AbsorbLine::OwnWrite);
    EXPECT_EQ(bench.attempts_left(), Lines{"told 3 phones.main.number"})
        << "another token proves nothing where it may be an old one";
}

TEST(AbsorbStale, TheOldValueAfterAWriteIsNoIgnoredWrite) {
    Lagging bench;
    bench.wrote("books", kPhone, kTwo, 3, AttemptState::Answered);
    bench.line(bench.shown(kOne, 27));
    EXPECT_EQ(bench.entry("books", kPhone).ignored_pushes, 0);
    EXPECT_EQ(bench.attempts_left().size(), 1U);
    bench.line(bench.shown(kOne, 28));
    EXPECT_EQ(bench.entry("books", kPhone).ignored_pushes, 1);
    EXPECT_TRUE(bench.attempts_left().empty());
}

TEST(AbsorbStale, OnlyAReadingLateEnoughLooksAtAWrite) {
    Lagging bench;
    bench.wrote("books", kPhone, kTwo, 3);
    bench.line(bench.shown(kOne, 26));
    EXPECT_EQ(bench.attempts_left(), Lines{"open 3 phones.main.number"});
    bench.line(bench.shown(kOne, 27));
    EXPECT_EQ(bench.attempts_left(), Lines{"looked 3 phones.main.number"});
}

TEST(AbsorbStale, ARequestMayLingerThatMuchLonger) {
    Lagging bench;
    bench.system("books").max_inflight = std::chrono::seconds{60};
    bench.wrote("books", kPhone, kTwo, 3, AttemptState::Looked);
    bench.line(bench.shown(kOne, 86));
    EXPECT_EQ(bench.attempts_left().size(), 1U);
    bench.line(bench.shown(kOne, 87));
    EXPECT_TRUE(bench.attempts_left().empty());
}

TEST(AbsorbStale, AnEditMayBeThatMuchOlder) {
    Lagging bench;
    bench.line(bench.shown(kTwo, 40));
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(10 - 15, 41));
}

TEST(AbsorbStale, ARecordThatWasThereAMomentAgoIsNotGone) {
    Lagging bench;
    bench.line(bench.shown(kOne, 20));
    const auto prove = [&](int second) {
        bench.clock.set(Bench::at(second));
        absorb_gone(
            bench.rules,
            bench.aggregate,
            bench.link("books"),
            sync::GoneHow::Deleted,
            bench.moment(),
            bench.effects
        );
        return bench.link("books").state;
    };
    EXPECT_EQ(prove(34), LinkState::Active);
    EXPECT_EQ(prove(35), LinkState::Gone);
}

TEST(AbsorbStale, ARecordThatWasJustMadeIsNotGone) {
    Lagging bench;
    const Delivery create = bench.creates();
    Receipt made;
    made.attempt = create.attempt.id;
    made.outcome = Receipt::Outcome::Stored;
    made.remote_id = RemoteId{"8"};
    made.answered_at = Bench::at(24);
    sync::settle(bench.rules, bench.aggregate, create, made, bench.moment(), bench.effects);
    bench.clock.set(Bench::at(38));
    absorb_gone(
        bench.rules,
        bench.aggregate,
        bench.link("books"),
        sync::GoneHow::Deleted,
        bench.moment(),
        bench.effects
    );
    EXPECT_EQ(bench.link("books").state, LinkState::Active);
}

TEST(AbsorbStale, ACreateThatIsNotFoundMayBeThatMuchYounger) {
    Lagging bench;
    const Delivery create = bench.creates();
    const auto look_in_vain = [&](int second) {
        bench.clock.set(Bench::at(second));
        sync::settle_created(
            bench.rules, bench.aggregate, create.attempt.id, {}, {}, bench.moment(), bench.effects
        );
        return bench.aggregate.attempts.size();
    };
    EXPECT_EQ(look_in_vain(22 + 60 + 14), 1U);
    EXPECT_EQ(look_in_vain(22 + 60 + 15), 0U);
}

}  // namespace
}  // namespace syncline::testing
