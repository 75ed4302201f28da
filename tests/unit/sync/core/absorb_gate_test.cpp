/// What `absorb` decides around its lines: is the reading older than what was seen, which fields
/// were read at all, which writes of ours can no longer surface, when can the edit have happened.

#include "support/core_fixture.hpp"
#include "support/world.hpp"
#include "sync/core/adopt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::AbsorbLine;
using sync::TokenOrder;
using Lines = std::vector<std::string>;

const std::string kSpelledOne = "02 555 01 01";

/// A bench where `books` holds the phone number that stands, last changed there at 9.
struct Known : Bench {
    explicit Known(const Bench::Adjust& adjust = {}) : Bench({"erp", "books"}, adjust) {
        stands(kPhone, kOne, 2);
        holds("books", kPhone, kOne, image_of(2));
        link("books").token = "9";
        link("books").modified_at = at(9);
    }
    Observation phone(const std::string& text, const std::string& token = "10") {
        Observation seen = reading("books", raw(kPhone, text));
        seen.token = token;
        return seen;
    }
    std::string held() { return entry("books", kPhone).shadow->raw.begin()->second.text; }
};

struct Gate {
    std::string name;
    TokenOrder order = TokenOrder::Ordered;
    std::string token;
    int modified_at = 0;  ///< 0: not told
    bool stale = false;
};

class OrderGate : public ::testing::TestWithParam<Gate> {};

TEST_P(OrderGate, TakesNothingFromWhatIsProvablyOlder) {
    const Gate& gate = GetParam();
    Known bench;
    bench.system("books").token_order = gate.order;
    bench.wrote("books", kPhone, kOne, 1);
    const std::vector<Attempt> attempts = bench.aggregate.attempts;
    const Link before = bench.link("books");
    Observation seen = bench.phone(kThree, gate.token);
    if (gate.modified_at != 0) seen.modified_at = Bench::at(gate.modified_at);

    const sync::AbsorbResult result = bench.absorb(seen);

    EXPECT_EQ(result.stale, gate.stale);
    EXPECT_EQ(result.lines.empty(), gate.stale);
    EXPECT_EQ(bench.link("books") == before, gate.stale);
    EXPECT_EQ(bench.effects.empty(), gate.stale);
    EXPECT_EQ(bench.aggregate.attempts == attempts, gate.stale);
    EXPECT_EQ(bench.held(), gate.stale ? kOne : kThree);
    if (gate.stale) return;
    EXPECT_EQ(bench.link("books").token, seen.token);
    EXPECT_EQ(bench.link("books").modified_at, seen.modified_at);
    EXPECT_EQ(bench.link("books").read_at, seen.sent_at);
}

INSTANTIATE_TEST_SUITE_P(
    Absorb,
    OrderGate,
    ::testing::Values(
        Gate{"ALaterToken", TokenOrder::Ordered, "10", 0, false},
        Gate{"AnEarlierToken", TokenOrder::Ordered, "8", 0, true},
        Gate{"TheSameToken", TokenOrder::Ordered, "9", 0, false},
        Gate{"NoToken", TokenOrder::Ordered, "", 0, false},
        Gate{"ALaterTokenDecidesAloneWhereTokensAreOrdered", TokenOrder::Ordered, "10", 8, false},
        Gate{"AnEarlierTokenIsOlderWhateverTheTime", TokenOrder::Ordered, "8", 12, true},
        Gate{"AnOpaqueTokenHasNoOrder", TokenOrder::Opaque, "8", 0, false},
        Gate{"AnOpaqueTokenWithAnEarlierTime", TokenOrder::Opaque, "10", 8, true},
        Gate{"AnOpaqueTokenWithTheSameTime", TokenOrder::Opaque, "10", 9, false},
        Gate{"WithoutTokensAnEarlierTime", TokenOrder::None, "", 8, true},
        Gate{"WithoutTokensALaterTime", TokenOrder::None, "", 10, false},
        Gate{"WithoutTokensAndTimes", TokenOrder::None, "", 0, false}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(GoneGate, AReadingFromBeforeTheRecordWasGoneDoesNotBringItBack) {
    for (const int gone_at : {20, 19}) {
        Known bench;
        bench.link("books").state = LinkState::Gone;
        bench.link("books").read_at = Bench::at(gone_at);
        const bool is_later = gone_at < 20;  // readings are sent at 20
        EXPECT_EQ(bench.absorb(bench.phone(kOne)).stale, !is_later);
        EXPECT_EQ(bench.link("books").state, is_later ? LinkState::Active : LinkState::Gone);
    }
}

/// Is the answer to a write, sent at 20, stale, when the last reading was sent at `read_at`? By
/// what the system tells, it is older than that reading.
bool is_answer_stale(TokenOrder order, int read_at) {
    Known bench;
    bench.system("books").token_order = order;
    bench.link("books").read_at = Bench::at(read_at);
    sync::AbsorbOptions options;
    options.answers = bench.wrote("books", kPhone, kThree, 2, AttemptState::Answered).id;
    Observation seen = bench.phone(kThree, "8");
    seen.modified_at = Bench::at(8);
    return bench.absorb(seen, options).stale;
}

TEST(AnswerGate, AnAnswerIsLaterThanTheReadingsBeforeItsWriteWhateverTheClockThereSays) {
    EXPECT_FALSE(is_answer_stale(TokenOrder::None, 20));
    EXPECT_FALSE(is_answer_stale(TokenOrder::Opaque, 19));
}

TEST(AnswerGate, AnAnswerThatIsProvablyOlderIsStale) {
    EXPECT_TRUE(is_answer_stale(TokenOrder::None, 21)) << "it was read meanwhile";
    EXPECT_TRUE(is_answer_stale(TokenOrder::Ordered, 19)) << "an order is no clock";
}

/// What an earlier reading of `Known` means, sent at 20, when the last one was sent at `read_at`.
sync::Earlier meaning(TokenOrder order, int read_at, int stale_seconds = 0) {
    Known bench;
    bench.system("books").token_order = order;
    bench.system("books").stale_window = std::chrono::seconds{stale_seconds};
    bench.link("books").read_at = Bench::at(read_at);
    Observation seen = bench.phone(kThree, "8");
    seen.modified_at = Bench::at(8);
    return sync::meaning_of_earlier(bench.system("books"), bench.link("books"), seen);
}

TEST(EarlierMeans, AnOldReadingForAsLongAsReadingsMayBeOld) {
    EXPECT_EQ(meaning(TokenOrder::None, 21), sync::Earlier::Discard);
    EXPECT_EQ(meaning(TokenOrder::Ordered, 21), sync::Earlier::Discard);
    EXPECT_EQ(meaning(TokenOrder::Opaque, 11, 10), sync::Earlier::Discard);
    EXPECT_EQ(meaning(TokenOrder::Ordered, 11, 10), sync::Earlier::Discard);
}

TEST(EarlierMeans, LaterThatTheRecordWentBackOrTheClock) {
    EXPECT_EQ(meaning(TokenOrder::None, 20), sync::Earlier::Take);
    EXPECT_EQ(meaning(TokenOrder::Opaque, 10, 10), sync::Earlier::Take);
    EXPECT_EQ(meaning(TokenOrder::Ordered, 10, 10), sync::Earlier::Compare);
}

TEST(AbsorbMask, AFieldThatWasNotReadIsUnknownAndNeverEmpty) {
    Known bench;
    bench.stands(kMail, "info@acme.be", 1);
    bench.holds("books", kMail, "info@acme.be", Bench::image_of(1));
    const LinkField mail = bench.entry("books", kMail);
    const sync::AbsorbResult result = bench.absorb(bench.phone(kOne));
    ASSERT_EQ(result.lines.size(), 1U);
    EXPECT_EQ(result.lines.front().first, bench.id(kPhone));
    EXPECT_TRUE(bench.entry("books", kMail) == mail);
    EXPECT_TRUE(bench.effects.changes.empty());
}

TEST(AbsorbMask, AFieldThatWasReadEmptyIsEmpty) {
    for (const RawValue& empty : {RawValue::null(), RawValue::of_text("")}) {
        Known bench;
        Observation seen = bench.phone("");
        seen.fields.begin()->second = empty;
        bench.absorb(seen);
        EXPECT_EQ(bench.standing_text(kPhone), "(cleared) new books");
    }
}

TEST(AbsorbMask, AReadingWithoutMappedFieldsStillMovesTheToken) {
    Known bench;
    Observation seen = bench.reading("books", text_field("colour", "red"));
    seen.token = "10";
    EXPECT_TRUE(bench.absorb(seen).lines.empty());
    EXPECT_EQ(bench.link("books").token, "10");
    EXPECT_TRUE(bench.effects.touched_links.contains(bench.link("books").id));
}

TEST(AbsorbMask, EachFieldIsDecidedForItself) {
    Known bench;
    bench.stands(kMail, "info@acme.be", 1);
    bench.holds("books", kMail, "info@acme.be", Bench::image_of(1));
    Observation seen = bench.phone("ask Piet");
    seen.fields["email"] = RawValue::of_text("sales@acme.be");
    const sync::AbsorbResult result = bench.absorb(seen);
    ASSERT_EQ(result.lines.size(), 2U);
    EXPECT_EQ(bench.standing_text(kMail), "sales@acme.be new books");
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp");
}

/// A bench whose systems hold streets too, and whose `books` holds a whole address.
struct Addressed : Bench {
    explicit Addressed(int image)
        : Bench({"erp", "books"}, [](HubSetting& hub) {
              for (SystemSetting& system : hub.systems) {
                  MappedFieldSetting street = mapped(system, "addresses.billing.city");
                  street.field = "addresses.billing.street";
                  street.remotes = {"street"};
                  system.mapping.push_back(street);
              }
          }) {
        stands(kAddress, "Gent", 2).value = address("Kerkstraat 1", "Gent");
        holds("books", kAddress, remote("Kerkstraat 1", "Gent"), image_of(image));
    }
    FieldValue address(const std::string& street, const std::string& city) const {
        FieldValue value = this->value(kAddress, city);
        value.parts[FieldTable::part_index(field(kAddress), "addresses.billing.street")] = street;
        return value;
    }
    static RawFields remote(const std::string& street, const std::string& city) {
        RawFields fields = text_field("city", city);
        fields["street"] = RawValue::of_text(street);
        return fields;
    }
    Observation city(const std::string& text) const {
        return reading("books", text_field("city", text));
    }
    RawFields held() { return entry("books", kAddress).shadow->raw; }
};

TEST(AbsorbMask, APartOfAnAddressThatWasNotReadIsWhatItWas) {
    Addressed bench(2);
    const sync::AbsorbResult same = bench.absorb(bench.city("Gent"));
    ASSERT_EQ(same.lines.size(), 1U);
    EXPECT_EQ(same.lines.front().second, AbsorbLine::Unchanged);
    EXPECT_TRUE(bench.held() == Addressed::remote("Kerkstraat 1", "Gent"));
    EXPECT_EQ(bench.said_text("books", kAddress), "nothing");

    bench.absorb(bench.city("Brugge"));
    EXPECT_TRUE(bench.held() == Addressed::remote("Kerkstraat 1", "Brugge"));
    EXPECT_TRUE(bench.standing(kAddress)->value == bench.address("Kerkstraat 1", "Brugge"));
}

TEST(AbsorbMask, APartOfAnAddressSettlesNothingThatIsOwed) {
    Addressed bench(1);
    bench.aggregate.customer.fields[bench.id(kAddress)].value =
        bench.address("Nieuwstraat 2", "Gent");
    bench.absorb(bench.city("Gent"));
    EXPECT_EQ(bench.shown(bench.entry("books", kAddress).shadow->base), "image of 1");
}

TEST(AbsorbMask, APartOfAWriteOfOursIsNoEdit) {
    Addressed bench(1);
    const FieldValue sent = bench.address("Nieuwstraat 2", "Brugge");
    bench.aggregate.customer.fields[bench.id(kAddress)].value = sent;
    bench.wrote("books", kAddress, "Brugge", 2).fields[bench.id(kAddress)] = {
        sent, Addressed::remote("Nieuwstraat 2", "Brugge"), Bench::version(2)};
    EXPECT_TRUE(bench.absorb(bench.city("Brugge")).lines.empty());
    EXPECT_TRUE(bench.held() == Addressed::remote("Kerkstraat 1", "Gent"));
    EXPECT_TRUE(bench.effects.changes.empty());

    bench.absorb(bench.reading("books", Addressed::remote("Nieuwstraat 2", "Brugge")));
    EXPECT_EQ(bench.shown(bench.entry("books", kAddress).shadow->base), "image of 2");
}

TEST(AbsorbConflict, AValueThatCannotBeReadLeavesItsQuestionOpen) {
    Known bench;
    bench.holds("books", kPhone, kTwo, kContested);
    bench.said("books", kPhone, kTwo);
    bench.asks_about(kPhone).system = SystemId{"books"};
    bench.absorb(bench.phone("ask Piet"));
    EXPECT_EQ(bench.open_cases().size(), 1U);
    bench.absorb(bench.phone(kOne, "11"));
    EXPECT_EQ(bench.open_cases().size(), 1U) << "compared anew by adoption";
    sync::adopt(bench.rules, bench.aggregate, bench.moment(), bench.effects);
    EXPECT_TRUE(bench.open_cases().empty()) << "the systems agree";
}

TEST(AbsorbConflict, AnothersUnreadableValueHoldsNoQuestionOpen) {
    Known bench;
    bench.holds("books", kPhone, kTwo, kContested);
    bench.said("books", kPhone, kTwo);
    bench.asks_about(kPhone).system = SystemId{"books"};
    bench.holds("erp", kPhone, "ask Piet", {Base::Kind::Invalid, {}});
    bench.absorb(bench.phone(kOne));
    EXPECT_TRUE(bench.open_cases().empty());
}

TEST(AbsorbMask, OfAnAnswerOnlyWhatWasSentIsTheRemotesStatement) {
    Known bench;
    bench.stands(kMail, "info@acme.be", 1);
    bench.holds("books", kMail, "info@acme.be", Bench::image_of(1));
    sync::AbsorbOptions options;
    options.answers = bench.wrote("books", kPhone, kOne, 2, AttemptState::Answered).id;
    Observation seen = bench.phone(kOne);
    seen.fields["email"] = RawValue::of_text("sales@acme.be");
    bench.absorb(seen, options);
    EXPECT_EQ(bench.standing_text(kMail), "sales@acme.be new books");
}

TEST(AbsorbGone, ARecordThatIsBackIsActiveAgainAndItsQuestionClosed) {
    Known bench;
    bench.link("books").state = LinkState::Gone;
    Case gone;
    gone.id = mint<CaseId>(Bench::at(1), bench.random);
    gone.kind = CaseKind::Gone;
    gone.link = bench.link("books").id;
    Case other = gone;
    other.id = mint<CaseId>(Bench::at(1), bench.random);
    other.link = bench.link("erp").id;
    bench.aggregate.cases = {gone, other};
    bench.absorb(bench.phone(kOne, "9"));
    EXPECT_EQ(bench.link("books").state, LinkState::Active);
    EXPECT_TRUE(bench.effects.touched_links.contains(bench.link("books").id));
    EXPECT_FALSE(bench.aggregate.cases[0].is_open());
    EXPECT_TRUE(bench.aggregate.cases[1].is_open());
}

TEST(AbsorbGone, AProofEndsTheLinkAndItsWritesAndAsksOnce) {
    Known bench([](HubSetting& hub) { mapped(hub.systems[1], kPhone).unique = true; });
    bench.wrote("books", kPhone, kOne, 2);
    bench.wrote("erp", kPhone, kOne, 2);
    const auto prove = [&] {
        absorb_gone(
            bench.rules,
            bench.aggregate,
            bench.link("books"),
            sync::GoneHow::Deleted,
            bench.moment(),
            bench.effects
        );
    };
    prove();
    prove();
    EXPECT_EQ(bench.link("books").state, LinkState::Gone);
    EXPECT_EQ(bench.attempts_left(), Lines{"open 2 phones.main.number"});
    EXPECT_EQ(bench.effects.closed_attempts.size(), 1U);
    EXPECT_EQ(bench.open_cases(), Lines{"gone"});
    ASSERT_EQ(bench.effects.freed.size(), 1U);
    EXPECT_EQ(Bench::shown(bench.effects.freed.front().second), kOne);
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp") << "nothing is propagated";
    ASSERT_EQ(bench.effects.changes.size(), 1U);
    EXPECT_EQ(bench.effects.changes.front().kind, ChangeKind::Unlinked);
}

TEST(AbsorbUnique, AValueGivenUpIsToldAndOneKeptIsNot) {
    Known bench([](HubSetting& hub) { mapped(hub.systems[1], kPhone).unique = true; });
    bench.absorb(bench.phone(kOne, "10"));
    EXPECT_TRUE(bench.effects.freed.empty());
    bench.absorb(bench.phone(kTwo, "11"));
    ASSERT_EQ(bench.effects.freed.size(), 1U);
    EXPECT_EQ(bench.effects.freed.front().first, bench.id(kPhone));
    EXPECT_EQ(Bench::shown(bench.effects.freed.front().second), kOne);
    bench.absorb(bench.phone("", "12"));
    bench.absorb(bench.phone(kThree, "13"));
    EXPECT_EQ(bench.effects.freed.size(), 2U) << "nothing was given up when it was empty";
}

TEST(AbsorbInterval, AnEditLiesBetweenTheLastReadingOfTheOldValueAndThisAnswer) {
    Known bench;
    bench.absorb(bench.phone(kThree));
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(10, 21));
}

TEST(AbsorbInterval, ACompleteListingSinceNarrowsIt) {
    Known bench;
    sync::AbsorbOptions options;
    options.unchanged_until = Bench::at(17);
    bench.absorb(bench.phone(kThree), options);
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(17, 21));
}

TEST(AbsorbInterval, SeenUnchangedMeansNotEditedUntilThen) {
    Known bench;
    bench.absorb(bench.phone(kOne));
    Observation later = bench.phone(kThree, "11");
    later.sent_at = Bench::at(30);
    later.received_at = Bench::at(31);
    bench.absorb(later);
    EXPECT_TRUE(bench.standing(kPhone)->interval == Bench::between(20, 31));
}

TEST(AbsorbInterval, OfADeferredSystemTheBeginningIsUnknown) {
    Known bench;
    bench.system("books").deferred = true;
    sync::AbsorbOptions options;
    options.unchanged_until = Bench::at(17);
    bench.absorb(bench.phone(kThree), options);
    EXPECT_TRUE(bench.standing(kPhone)->interval == (EditInterval{{}, Bench::at(21)}));
}

/// A write of ours with another value, and a reading that shows the old one.
struct Evidence {
    std::string name;
    AttemptState state = AttemptState::Looked;
    TokenOrder order = TokenOrder::Ordered;
    bool conditional = true;
    std::string expected = "9";
    std::string token = "9";
    int sent_at = 20;  ///< the write: issued at 12, answered at 13
    bool deferred = false;
    bool forgotten = false;
};

class Surfacing : public ::testing::TestWithParam<Evidence> {
protected:
    Lines left_after(const std::string& shown) {
        const Evidence& evidence = GetParam();
        Known bench;
        sync::SystemRules& books = bench.system("books");
        books.token_order = evidence.order;
        books.conditional_write = evidence.conditional;
        books.deferred = evidence.deferred;
        books.max_inflight = std::chrono::seconds{60};
        bench.wrote("books", kPhone, kTwo, 1, evidence.state).expected_token = evidence.expected;
        Observation seen = bench.phone(shown, evidence.token);
        seen.sent_at = Bench::at(evidence.sent_at);
        seen.received_at = Bench::at(evidence.sent_at + 1);
        bench.absorb(seen);
        return bench.attempts_left();
    }
};

TEST_P(Surfacing, IsForgottenOnEvidenceOnly) {
    const bool answered = GetParam().state == AttemptState::Answered;
    const Lines kept{std::string(answered ? "answered" : "looked") + " 1 phones.main.number"};
    EXPECT_EQ(left_after(kSpelledOne), GetParam().forgotten ? Lines{} : kept);
    if (answered) return;
    EXPECT_EQ(left_after(kOne), GetParam().forgotten ? Lines{} : kept);
}

INSTANTIATE_TEST_SUITE_P(
    Absorb,
    Surfacing,
    ::testing::Values(
        Evidence{.name = "TheSameTokenProvesNothing"},
        Evidence{.name = "AMovedTokenDoes", .token = "10", .forgotten = true},
        Evidence{.name = "ButNotWithoutCondition", .conditional = false, .token = "10"},
        Evidence{.name = "NorWhenNoTokenWasSent", .expected = "", .token = "10"},
        Evidence{
            .name = "NorWhenNoOpaqueTokenWasSent",
            .order = TokenOrder::Opaque,
            .expected = "",
            .token = "b"},
        Evidence{.name = "NorBeforeTheTokenItWasSentWith", .expected = "12", .token = "10"},
        Evidence{
            .name = "AnotherOpaqueTokenDoes",
            .order = TokenOrder::Opaque,
            .token = "b",
            .forgotten = true},
        Evidence{.name = "TheSameOpaqueTokenDoesNot", .order = TokenOrder::Opaque},
        Evidence{.name = "NoOpaqueTokenDoesNot", .order = TokenOrder::Opaque, .token = ""},
        Evidence{.name = "LongEnoughForAnyRequestDoes", .sent_at = 72, .forgotten = true},
        Evidence{.name = "ASecondLessDoesNot", .sent_at = 71},
        Evidence{
            .name = "AnAnsweredOneSeenLater",
            .state = AttemptState::Answered,
            .token = "10",
            .forgotten = true},
        Evidence{.name = "AnAnsweredOneInTheStateBefore", .state = AttemptState::Answered},
        Evidence{
            .name = "AnAnsweredOneReadBeforeTheAnswer",
            .state = AttemptState::Answered,
            .token = "10",
            .sent_at = 12},
        Evidence{
            .name = "AnAnsweredOneWhereThereAreNoTokens",
            .state = AttemptState::Answered,
            .order = TokenOrder::None,
            .token = "",
            .forgotten = true},
        Evidence{.name = "ADeferredOneNever", .token = "10", .sent_at = 99, .deferred = true},
        Evidence{
            .name = "ADeferredAnsweredOneNever",
            .state = AttemptState::Answered,
            .token = "10",
            .sent_at = 99,
            .deferred = true}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(AbsorbAttempts, OtherFieldsAndOtherRecordsKeepTheirs) {
    Known bench;
    bench.wrote("books", kPhone, kTwo, 1, AttemptState::Looked).fields[bench.id(kMail)] = {
        bench.value(kMail, "info@acme.be"), bench.raw(kMail, "info@acme.be"), Bench::version(1)};
    bench.wrote("erp", kPhone, kTwo, 1, AttemptState::Looked);
    bench.absorb(bench.phone(kOne));
    const Lines left{"looked 1 emails.main.address", "looked 1 phones.main.number"};
    EXPECT_EQ(bench.attempts_left(), left);
    EXPECT_TRUE(bench.effects.closed_attempts.empty());
    EXPECT_EQ(bench.effects.touched_attempts.size(), 1U);
}

TEST(AbsorbAttempts, OneWithoutFieldsIsClosed) {
    Known bench;
    const AttemptId id = bench.wrote("books", kPhone, kTwo, 1, AttemptState::Looked).id;
    bench.absorb(bench.phone(kOne));
    EXPECT_EQ(bench.effects.closed_attempts, std::vector{id});
    EXPECT_TRUE(bench.effects.touched_attempts.empty()) << "what is closed is not stored again";
}

TEST(AbsorbAttempts, OnlyAReadingSentAfterAWriteLooksAtIt) {
    Known bench;
    bench.system("books").conditional_write = false;
    bench.wrote("books", kPhone, kTwo, 1);
    bench.wrote("books", kPhone, kTwo, 1).issued_at = Bench::at(20);
    const AttemptId later = bench.wrote("books", kPhone, kTwo, 1).id;
    bench.aggregate.attempts.back().issued_at = Bench::at(21);
    bench.wrote("erp", kPhone, kTwo, 1);
    bench.absorb(bench.phone(kOne));
    const Lines left{
        "looked 1 phones.main.number",
        "looked 1 phones.main.number",
        "open 1 phones.main.number",
        "open 1 phones.main.number"};
    EXPECT_EQ(bench.attempts_left(), left);
    EXPECT_FALSE(bench.effects.touched_attempts.contains(later));
    EXPECT_EQ(bench.effects.touched_attempts.size(), 2U);
}

}  // namespace
}  // namespace syncline::testing
