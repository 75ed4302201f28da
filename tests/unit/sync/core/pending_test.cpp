/// What is owed to a record is derived from state alone: how each field stands, and the write.

#include "sync/core/pending.hpp"

#include "support/core_fixture.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::FieldStanding;
using sync::TakenFields;
using Lines = std::vector<std::string>;
using Change = std::function<void(Bench&)>;

const Base kInvalidAfterOne{Base::Kind::Invalid, Bench::version(1)};

Condition only_customers_of(const std::string& city) {
    Condition condition;
    condition.op = Condition::Operator::Equal;
    condition.path = "addresses.billing.city";
    condition.values = {city};
    return condition;
}

/// `erp` said the phone number that stands; `books` still has the one before.
struct Owing : Bench {
    explicit Owing(const Bench::Adjust& adjust = {}) : Bench({"erp", "books"}, adjust) {
        stands(kPhone, kTwo, 2);
        holds("erp", kPhone, kTwo, image_of(2));
        holds("books", kPhone, kOne, image_of(1));
    }
    FieldStanding standing_in_books(const TakenFields& taken = {}) {
        return sync::standing_of(rules, aggregate, system("books"), field(kPhone), taken);
    }
    std::optional<Delivery> update(const TakenFields& taken = {}) {
        return sync::derive_update(rules, aggregate, link("books"), taken, moment(), effects);
    }
};

struct Standing {
    std::string name;
    FieldStanding is;
    Change also;
    MappingDirection direction = MappingDirection::Both;
    bool unique = false;
    friend std::ostream& operator<<(std::ostream& out, const Standing& row) {
        return out << row.name;
    }
};

class StandingOf : public ::testing::TestWithParam<Standing> {};

TEST_P(StandingOf, IsDerivedFromState) {
    const Standing& row = GetParam();
    Owing bench([&](HubSetting& hub) {
        mapped(hub.systems[1], kPhone).direction = row.direction;
        mapped(hub.systems[1], kPhone).unique = row.unique;
    });
    if (row.also) row.also(bench);
    EXPECT_EQ(name(bench.standing_in_books({bench.id(kPhone)})), name(row.is));
    if (bench.aggregate.find_link(SystemId{"books"}) == nullptr) return;
    const bool owed = row.is == FieldStanding::Pending;
    EXPECT_EQ(bench.update({bench.id(kPhone)}).has_value(), owed);
}

void refused(Bench& bench, int version) {
    bench.set_aside("books", kPhone, Direction::Outbound, 9).version = Bench::version(version);
}

const std::vector<Standing> kStandings{
    {"AnOlderImageIsOwed", FieldStanding::Pending, {}},
    {"ALostValueIsOwed",
     FieldStanding::Pending,
     [](Bench& bench) { bench.holds("books", kPhone, kOne, kForeign); }},
    {"ARecordThatWasNeverSeenToHaveItIsOwed",
     FieldStanding::Pending,
     [](Bench& bench) { bench.link("books").fields = {}; }},
    {"WhatIsMappedOutboundIsOwed", FieldStanding::Pending, {}, MappingDirection::Out},
    {"AnImageOfWhatStandsIsInSync",
     FieldStanding::InSync,
     [](Bench& bench) { bench.holds("books", kPhone, kTwo, Bench::image_of(2)); }},
    {"AnImageIsInSyncOutOfScopeToo",
     FieldStanding::InSync,
     [](Bench& bench) {
         bench.holds("books", kPhone, kTwo, Bench::image_of(2));
         bench.hub.systems[1].scope.where = only_customers_of("Gent");
     }},
    {"NothingStandsAnywhere",
     FieldStanding::Unknown,
     [](Bench& bench) { bench.aggregate.customer.fields = {}; }},
    {"NothingStandsAndItCannotBeRead",
     FieldStanding::Quarantined,
     [](Bench& bench) {
         bench.aggregate.customer.fields = {};
         bench.holds("books", kPhone, "ask Piet", {Base::Kind::Invalid, {}});
     }},
    {"WhatCannotBeReadIsNotWrittenOver",
     FieldStanding::Quarantined,
     [](Bench& bench) { bench.holds("books", kPhone, "ask Piet", kInvalidAfterOne); }},
    {"ARefusedFieldWaits", FieldStanding::Quarantined, [](Bench& bench) { refused(bench, 2); }},
    {"ARefusedRecordWaits",
     FieldStanding::Quarantined,
     [](Bench& bench) { bench.set_aside("books", "", Direction::Outbound, 9); }},
    {"ARefusedFieldIsOwedOnceItsValueChanged",
     FieldStanding::Pending,
     [](Bench& bench) { refused(bench, 1); }},
    {"ARefusedFieldIsOwedOnRequest",
     FieldStanding::Pending,
     [](Bench& bench) {
         refused(bench, 2);
         bench.aggregate.quarantined.back().retry_requested = true;
     }},
    {"ARefusalOfAnotherFieldOrSystemOrDirectionIsNone",
     FieldStanding::Pending,
     [](Bench& bench) {
         bench.set_aside("books", kMail, Direction::Outbound, 9);
         bench.set_aside("erp", kPhone, Direction::Outbound, 10);
         bench.set_aside("books", kPhone, Direction::Inbound, 11);
     }},
    {"AContestedValueWaits",
     FieldStanding::Contested,
     [](Bench& bench) { bench.holds("books", kPhone, kOne, kContested); }},
    {"WhileAPersonDecidesNobodyIsOwed",
     FieldStanding::Contested,
     [](Bench& bench) { bench.asks_about(kPhone); }},
    {"AnAnsweredQuestionHoldsNothing",
     FieldStanding::Pending,
     [](Bench& bench) { bench.asks_about(kPhone).resolved_at = Bench::at(6); }},
    {"WhatIsMappedInboundStays", FieldStanding::ReadOnly, {}, MappingDirection::In},
    {"AConnectorThatOnlyReads",
     FieldStanding::ReadOnly,
     [](Bench& bench) { bench.system("books").can_write = false; }},
    {"NoRightToUpdate",
     FieldStanding::ReadOnly,
     [](Bench& bench) { bench.hub.systems[1].rights.update = false; }},
    {"NotMapped",
     FieldStanding::NotMapped,
     [](Bench& bench) {
         bench.system("books").mapping = &bench.mappings.emplace_back(
             mapping::SystemMapping::compile(SystemSetting{}, bench.fields).value()
         );
     }},
    {"NoRecordThere",
     FieldStanding::NotLinked,
     [](Bench& bench) { bench.aggregate.links.pop_back(); }},
    {"TheRecordThereIsGone",
     FieldStanding::NotLinked,
     [](Bench& bench) { bench.link("books").state = LinkState::Gone; }},
    {"TheCustomerWasDeleted",
     FieldStanding::Deleted,
     [](Bench& bench) { bench.aggregate.customer.state = CustomerState::Deleted; }},
    {"OutOfScope",
     FieldStanding::OutOfScope,
     [](Bench& bench) { bench.hub.systems[1].scope.where = only_customers_of("Gent"); }},
    {"AUniqueValueThatAnotherRecordHas", FieldStanding::Excluded, {}, MappingDirection::Both, true},
    {"WrittenToADeferredSystemAndNotSeenYet",
     FieldStanding::Unconfirmed,
     [](Bench& bench) { bench.wrote("books", kPhone, kTwo, 2, AttemptState::Answered); }},
    {"AnOlderWriteThereIsNoExcuse",
     FieldStanding::Pending,
     [](Bench& bench) { bench.wrote("books", kPhone, kTwo, 1, AttemptState::Answered); }},
    {"AWriteThatWasLookedForInVainIsOwedAgain",
     FieldStanding::Pending,
     [](Bench& bench) { bench.wrote("books", kPhone, kTwo, 2, AttemptState::Looked); }},
};
INSTANTIATE_TEST_SUITE_P(Core, StandingOf, ::testing::ValuesIn(kStandings), [](const auto& row) {
    return row.param.name;
});

TEST(DeriveUpdate, SendsWhatDiffersUnderTheVersionLastRead) {
    Owing bench;
    bench.stands(kName, "Acme", 1);
    bench.holds("books", kName, "ACME", Bench::image_of(1));
    const auto delivery = bench.update();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_TRUE(delivery->patch == bench.raw(kPhone, kTwo));
    EXPECT_TRUE(delivery->before == bench.raw(kPhone, kOne));
    RawFields whole = bench.raw(kPhone, kTwo);
    whole["name"] = RawValue::of_text("ACME");
    EXPECT_TRUE(delivery->whole == whole);
    EXPECT_EQ(delivery->if_version, "5");
    EXPECT_EQ(delivery->remote_id, RemoteId{"7"});
    const Attempt& attempt = delivery->attempt;
    EXPECT_EQ(attempt.kind, AttemptKind::Update);
    EXPECT_EQ(attempt.state, AttemptState::Open);
    EXPECT_EQ(attempt.expected_token, "5");
    EXPECT_EQ(attempt.link, bench.link("books").id);
    EXPECT_EQ(attempt.issued_at, Bench::at(22));
    ASSERT_EQ(attempt.fields.size(), 1U);
    const SentField sent{bench.value(kPhone, kTwo), bench.raw(kPhone, kTwo), Bench::version(2)};
    EXPECT_TRUE(*attempt.fields.find(bench.id(kPhone)) == sent);
    EXPECT_TRUE(bench.effects.empty());
}

TEST(DeriveUpdate, WithoutConditionalWritesSendsNoCondition) {
    Owing bench;
    bench.system("books").conditional_write = false;
    const auto delivery = bench.update();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->if_version, "");
    EXPECT_EQ(delivery->attempt.expected_token, "5") << "what the answer is compared with";
}

TEST(DeriveUpdate, LooksBeforeItWritesAgain) {
    Owing bench;
    bench.wrote("erp", kPhone, kOne, 1);
    bench.wrote("books", kPhone, kOne, 1, AttemptState::Looked);
    bench.wrote("books", kPhone, kOne, 1, AttemptState::Answered);
    EXPECT_TRUE(bench.update().has_value());
    bench.wrote("books", kMail, "info@acme.be", 1);
    EXPECT_FALSE(bench.update().has_value());
}

TEST(DeriveUpdate, ClearsWhatWasCleared) {
    Owing bench;
    bench.stands(kPhone, "", 3);
    const auto delivery = bench.update();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_TRUE(delivery->patch == bench.raw(kPhone, ""));
}

TEST(DeriveUpdate, WhatTheSystemCannotHoldIsSetAsideAndTheRestGoes) {
    Owing bench([](HubSetting& hub) { mapped(hub.systems[1], kVat).limit_characters = 11; });
    bench.stands(kVat, "BE0403019261", 2);
    const auto delivery = bench.update();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->attempt.fields.size(), 1U);
    EXPECT_EQ(bench.set_aside_now(), Lines{"outbound identifiers.vat.value"});
    EXPECT_EQ(bench.effects.quarantined.front().link, bench.link("books").id);
    EXPECT_EQ(bench.effects.quarantined.front().version, Bench::version(2));
    bench.holds("books", kPhone, kTwo, Bench::image_of(2));
    EXPECT_FALSE(bench.update().has_value());
}

TEST(EliminateNoOps, WhatIsHeldAlreadyIsNotSent) {
    Owing bench;
    bench.holds("books", kPhone, "02 555 01 02", Bench::image_of(1));
    bench.set_aside("books", kPhone, Direction::Outbound, 9);
    bench.set_aside("books", kPhone, Direction::Inbound, 10);
    bench.set_aside("books", "", Direction::Outbound, 11);
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_EQ(bench.standing_in_books(), FieldStanding::InSync);
    EXPECT_EQ(bench.effects.released, std::vector<std::uint64_t>{9});
    EXPECT_EQ(bench.aggregate.quarantined.size(), 2U);
    EXPECT_EQ(bench.effects.touched_links, std::set<LinkId>{bench.link("books").id});
}

TEST(EliminateNoOps, ALostValueThatMeansWhatStandsIsSettled) {
    Owing bench;
    bench.holds("books", kPhone, kTwo, kForeign);
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_EQ(bench.standing_in_books(), FieldStanding::InSync);
}

TEST(EliminateNoOps, ADeferredSystemThatMayStillTakeInAnotherValueIsOwedThisOne) {
    Owing bench;
    bench.system("books").deferred = true;
    bench.holds("books", kPhone, kTwo, Bench::image_of(0));
    bench.wrote("books", kPhone, kTwo, 2, AttemptState::Answered);
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_EQ(bench.standing_in_books(), FieldStanding::InSync);
    bench.stands(kPhone, kTwo, 4);
    bench.wrote("books", kPhone, kOne, 3, AttemptState::Answered);
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_EQ(bench.standing_in_books(), FieldStanding::Pending);
    bench.system("books").deferred = false;
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_EQ(bench.standing_in_books(), FieldStanding::InSync);
}

TEST(EliminateNoOps, WhatWaitsForAPersonOrWasNeverComparedIsLeftAlone) {
    for (const Base& base : {kContested, kInvalidAfterOne, Base{Base::Kind::Fresh, {}}}) {
        Owing bench;
        bench.holds("books", kPhone, kTwo, base);
        sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
        EXPECT_TRUE(bench.entry("books", kPhone).shadow->base == base);
    }
    Owing bench;
    bench.holds("books", kPhone, kTwo, Bench::image_of(1));
    bench.asks_about(kPhone);
    bench.link("erp").state = LinkState::Gone;
    bench.holds("erp", kPhone, kTwo, Bench::image_of(1));
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    EXPECT_TRUE(bench.effects.empty());
}

}  // namespace
}  // namespace syncline::testing
