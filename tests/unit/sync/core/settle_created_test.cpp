/// What a look after a create in doubt finds: nothing, the record we made, somebody else's.

#include "support/core_fixture.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/settle.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::FieldStanding;
using Lines = std::vector<std::string>;

/// A create of which nobody knows whether it happened, sent at 22.
struct InDoubt : Bench {
    InDoubt() : Bench({"erp", "books"}) {
        stands(kName, "Acme", 1);
        stands(kPhone, kTwo, 2);
        stands(kMail, "info@acme.be", 2);
        aggregate.links.pop_back();
        sync::derive_create(
            rules, aggregate, system("books"), true, {}, moment(), effects, delivery
        );
        aggregate.attempts.push_back(delivery->attempt);
        clock.set(at(30));
    }
    FieldStanding standing_in_books(std::string_view path) {
        return sync::standing_of(rules, aggregate, system("books"), field(path), {});
    }
    const Link* made() const { return aggregate.find_link(SystemId{"books"}); }
    Observation found(const RawFields& instead = {}) {
        Observation made = reading("books", delivery->whole);
        made.remote_id = RemoteId{"8"};
        made.sent_at = at(30);
        made.received_at = at(31);
        for (const auto& [remote, value] : instead)
            made.fields[remote] = value;
        return made;
    }
    Link known_as(LinkState state, const CustomerId& customer) {
        Link link = this->link("erp");
        link.id = mint<LinkId>(at(1), random);
        link.system = SystemId{"books"};
        link.remote_id = RemoteId{"8"};
        link.state = state;
        link.customer = customer;
        link.token = "9";
        link.fields[id(kPhone)].shadow = Shadow{raw(kPhone, kTwo), {Base::Kind::Fresh, {}}, at(25)};
        return link;
    }
    void look(const std::vector<Observation>& seen, const std::vector<Link>& known = {}) {
        effects = {};
        sync::settle_created(
            rules, aggregate, delivery->attempt.id, seen, known, moment(), effects
        );
    }
    void look_in_vain(int second) {
        clock.set(at(second));
        look({});
    }

    std::optional<Delivery> delivery;
};

TEST(SettleCreated, NotFoundIsKeptWhileTheRequestMayLand) {
    InDoubt bench;
    bench.look_in_vain(81);
    EXPECT_EQ(bench.aggregate.attempts.size(), 1U);
    EXPECT_TRUE(bench.effects.empty());
    bench.look_in_vain(82);
    EXPECT_TRUE(bench.aggregate.attempts.empty());
    EXPECT_EQ(bench.effects.closed_attempts.size(), 1U);
    EXPECT_EQ(bench.made(), nullptr);
}

TEST(SettleCreated, OursIsLinkedAndKnownAsOurs) {
    InDoubt bench;
    bench.look({bench.found()});
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.made()->state, LinkState::Active);
    EXPECT_EQ(bench.made()->remote_id, RemoteId{"8"});
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::InSync);
    EXPECT_TRUE(bench.aggregate.attempts.empty());
    ASSERT_EQ(bench.effects.changes.size(), 1U);
    EXPECT_EQ(bench.effects.changes.front().kind, ChangeKind::Created);
    EXPECT_EQ(bench.effects.changes.front().after, FieldValue::of("8"));
}

TEST(SettleCreated, OursIsOursThoughItsPeopleEditedIt) {
    InDoubt bench;
    bench.look({bench.found(bench.raw(kPhone, kThree))});
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.standing_in_books(kMail), FieldStanding::InSync);
    EXPECT_EQ(bench.said_text("books", kPhone), kThree) << "for adoption to decide";
    EXPECT_EQ(bench.said_text("books", kMail), "nothing");
}

TEST(SettleCreated, ASpellingOfOursIsOurs) {
    InDoubt bench;
    RawFields spelled = bench.raw(kPhone, "02 555 01 02");
    spelled["name"] = RawValue::of_text("ACME");
    bench.look({bench.found(spelled)});
    EXPECT_NE(bench.made(), nullptr);
}

TEST(SettleCreated, HalfOfItIsSomebodyElses) {
    InDoubt bench;
    bench.aggregate.attempts.front().fields.erase(bench.id(kName));
    Observation half = bench.found(bench.raw(kPhone, kThree));
    bench.look({half});
    EXPECT_EQ(bench.made(), nullptr);
    EXPECT_EQ(bench.aggregate.attempts.size(), 1U);
    bench.clock.set(Bench::at(82));
    bench.look({half});
    EXPECT_TRUE(bench.aggregate.attempts.empty()) << "another id is chosen";
}

TEST(SettleCreated, OursIsFoundAmongOthers) {
    InDoubt bench;
    Observation other = bench.found();
    other.remote_id = RemoteId{"9"};
    other.fields = bench.raw(kName, "Bolt");
    Observation gone = bench.found();
    gone.remote_id = RemoteId{"10"};
    gone.kind = Observation::Kind::Gone;
    bench.look({bench.found(), other, gone});
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.made()->remote_id, RemoteId{"8"});
}

TEST(SettleCreated, OfSeveralNoneIsChosenUntilOneIsLeft) {
    for (const bool reversed : {false, true}) {
        InDoubt bench;
        std::vector<Observation> two{bench.found(), bench.found()};
        two[1].remote_id = RemoteId{"9"};
        if (reversed) std::swap(two[0], two[1]);
        bench.look(two);
        EXPECT_EQ(bench.made(), nullptr);
        EXPECT_EQ(bench.aggregate.attempts.size(), 1U) << "no third one is made";
        ASSERT_EQ(bench.open_cases(), Lines{"duplicate"});
        EXPECT_NE(bench.aggregate.cases.front().reason.find(": 8 9; "), std::string::npos);
        bench.look(two);
        EXPECT_EQ(bench.open_cases().size(), 1U) << "asked once";
        EXPECT_TRUE(bench.effects.empty());

        bench.look({bench.found()});
        ASSERT_NE(bench.made(), nullptr);
        EXPECT_EQ(bench.made()->remote_id, RemoteId{"8"});
        EXPECT_TRUE(bench.open_cases().empty());
    }
}

TEST(SettleCreated, OneThatAListingNamedFirstJoinsTheCustomer) {
    InDoubt bench;
    const CustomerId provisional = mint<CustomerId>(Bench::at(1), bench.random);
    const Link before = bench.known_as(LinkState::Unassociated, provisional);
    bench.look({bench.found()}, {before});
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.made()->id, before.id);
    EXPECT_EQ(bench.made()->state, LinkState::Active);
    EXPECT_EQ(bench.made()->customer, bench.aggregate.customer.id);
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::InSync)
        << "what was read before it was known as ours does not count";
    EXPECT_TRUE(bench.open_cases().empty());
}

TEST(SettleCreated, OneThatAnotherCustomerHasIsAQuestion) {
    InDoubt bench;
    const CustomerId other = mint<CustomerId>(Bench::at(1), bench.random);
    bench.look({bench.found()}, {bench.known_as(LinkState::Active, other)});
    EXPECT_EQ(bench.made(), nullptr);
    ASSERT_EQ(bench.open_cases(), Lines{"duplicate"});
    EXPECT_EQ(bench.aggregate.cases.front().customer, bench.aggregate.customer.id);
    EXPECT_EQ(bench.aggregate.cases.front().candidates.front().customer, other);
    EXPECT_TRUE(bench.aggregate.attempts.empty()) << "it landed, and cannot land again";
}

TEST(SettleCreated, OneThatTheCustomerHasAlreadyIsDone) {
    InDoubt bench;
    const Link known = bench.known_as(LinkState::Active, bench.aggregate.customer.id);
    bench.look({bench.found()}, {known});
    EXPECT_TRUE(bench.aggregate.attempts.empty());
    EXPECT_TRUE(bench.open_cases().empty());
}

TEST(SettleCreated, AnAttemptThatHasItsRecordIsLeftAlone) {
    InDoubt bench;
    bench.aggregate.attempts.front().link = bench.link("erp").id;
    bench.look({bench.found()});
    bench.look_in_vain(99);
    EXPECT_EQ(bench.aggregate.attempts.size(), 1U);
    EXPECT_TRUE(bench.effects.empty());
}

}  // namespace
}  // namespace syncline::testing
