/// What an answer to a write means, for a record and for a new one.

#include "sync/core/settle.hpp"

#include "support/core_fixture.hpp"
#include "sync/core/attempts.hpp"
#include "sync/core/pending.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::FieldStanding;
using sync::FollowUp;
using Lines = std::vector<std::string>;
using Outcome = Receipt::Outcome;

/// A write to `books`, made durable and called: of two fields of its record, or a new record.
struct Writing : Bench {
    explicit Writing(AttemptKind kind) : Bench({"erp", "books"}) {
        stands(kName, "Acme", 1);
        stands(kPhone, kTwo, 2);
        stands(kMail, "info@acme.be", 2);
        if (kind == AttemptKind::Update) {
            holds("books", kName, "Acme", image_of(1));
            holds("books", kPhone, kOne, image_of(1));
            holds("books", kMail, "", image_of(0));
            delivery = sync::derive_update(rules, aggregate, link("books"), {}, moment(), effects);
        } else {
            aggregate.links.pop_back();
            sync::derive_create(
                rules, aggregate, system("books"), true, {}, moment(), effects, delivery
            );
        }
        aggregate.attempts.push_back(delivery->attempt);
    }

    Receipt answer(Outcome outcome) const {
        Receipt receipt;
        receipt.attempt = delivery->attempt.id;
        receipt.outcome = outcome;
        receipt.remote_id = RemoteId{"8"};
        receipt.error = {ErrorCode::RemoteRefused, Remedy::Quarantine, {}, "not like this"};
        receipt.answered_at = at(24);
        return receipt;
    }
    /// The remote says that it holds what was sent.
    Receipt stored(const RawFields& instead = {}) const {
        Receipt receipt = answer(Outcome::Stored);
        receipt.stored = reading("books", delivery->whole);
        for (const auto& [remote, value] : instead)
            receipt.stored->fields[remote] = value;
        return receipt;
    }
    FollowUp settle(const Receipt& receipt) {
        effects = {};
        return sync::settle(rules, aggregate, *delivery, receipt, moment(), effects);
    }
    FieldStanding standing_in_books(std::string_view path) {
        return sync::standing_of(rules, aggregate, system("books"), field(path), {});
    }
    const Link* made() const { return aggregate.find_link(SystemId{"books"}); }

    std::optional<Delivery> delivery;
};

struct Answer {
    std::string name;
    AttemptKind kind;
    Outcome outcome;
    FollowUp then;
    bool is_kept = false;  ///< the attempt, still open
    Lines set_aside = {};
    friend std::ostream& operator<<(std::ostream& out, const Answer& row) {
        return out << row.name;
    }
};

class Answered : public ::testing::TestWithParam<Answer> {};

TEST_P(Answered, WithoutAWriteThatHappened) {
    const Answer& row = GetParam();
    Writing bench(row.kind);
    EXPECT_EQ(bench.settle(bench.answer(row.outcome)), row.then);
    ASSERT_EQ(bench.aggregate.attempts.size(), row.is_kept ? 1U : 0U);
    EXPECT_EQ(bench.effects.closed_attempts.size(), row.is_kept ? 0U : 1U);
    for (const Attempt& attempt : bench.aggregate.attempts)
        EXPECT_EQ(attempt.state, AttemptState::Open);
    EXPECT_EQ(bench.set_aside_now(), row.set_aside);
    EXPECT_TRUE(bench.effects.changes.empty());
    EXPECT_TRUE(bench.effects.touched_links.empty());
    EXPECT_EQ(bench.made() != nullptr, row.kind == AttemptKind::Update);
    if (row.set_aside.empty()) return;
    const QuarantineItem& item = bench.effects.quarantined.front();
    EXPECT_EQ(item.reason, "not like this");
    EXPECT_EQ(item.code, ErrorCode::RemoteRefused);
    EXPECT_EQ(item.customer, bench.aggregate.customer.id);
    EXPECT_EQ(item.link, bench.delivery->attempt.link);
    EXPECT_EQ(item.remote_id, bench.delivery->remote_id);
    EXPECT_EQ(item.last_at, Bench::at(22));
    EXPECT_EQ(item.version, Bench::version(2));
}

constexpr auto kUpdate = AttemptKind::Update;
constexpr auto kCreate = AttemptKind::Create;

INSTANTIATE_TEST_SUITE_P(
    Core,
    Answered,
    ::testing::Values(
        Answer{"AConflictChangedNothingAndIsLookedAt", kUpdate, Outcome::Conflict, FollowUp::Look},
        Answer{"AGoneRecordIsLookedAt", kUpdate, Outcome::Gone, FollowUp::Look},
        Answer{"NotSentIsTriedAgain", kUpdate, Outcome::NotSent, FollowUp::None},
        Answer{"InDoubtIsLookedAtAndKept", kUpdate, Outcome::InDoubt, FollowUp::Look, true},
        Answer{
            "RefusedIsSetAside",
            kUpdate,
            Outcome::Refused,
            FollowUp::None,
            false,
            {"outbound record"}},
        Answer{
            "ADuplicateIsSetAside",
            kUpdate,
            Outcome::Duplicate,
            FollowUp::None,
            false,
            {"outbound record"}},
        Answer{"ACreateInConflictWasNone", kCreate, Outcome::Conflict, FollowUp::None},
        Answer{"ACreateOfAGoneRecordWasNone", kCreate, Outcome::Gone, FollowUp::None},
        Answer{"ACreateNotSentIsTriedAgain", kCreate, Outcome::NotSent, FollowUp::None},
        Answer{"ACreateInDoubtIsLookedFor", kCreate, Outcome::InDoubt, FollowUp::LookCreated, true},
        Answer{
            "ACreateRefusedIsSetAside",
            kCreate,
            Outcome::Refused,
            FollowUp::None,
            false,
            {"outbound record"}},
        Answer{
            "ACreateOfADuplicateIsSetAside",
            kCreate,
            Outcome::Duplicate,
            FollowUp::None,
            false,
            {"outbound record"}}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Settle, AnAnswerWithWhatIsStoredIsInSync) {
    Writing bench(AttemptKind::Update);
    EXPECT_EQ(bench.settle(bench.stored()), FollowUp::None);
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::InSync);
    EXPECT_EQ(bench.standing_in_books(kMail), FieldStanding::InSync);
    EXPECT_TRUE(bench.aggregate.attempts.empty());
    EXPECT_EQ(bench.link("books").token, "6");
    ASSERT_EQ(bench.effects.changes.size(), 2U) << "what each field held before";
    for (const FieldChange& change : bench.effects.changes)
        EXPECT_EQ(change.kind, ChangeKind::Written);
}

TEST(Settle, AnAnswerThatShowsAnIgnoredFieldLeavesItOwed) {
    Writing bench(AttemptKind::Update);
    bench.settle(bench.stored(bench.raw(kPhone, kOne)));
    EXPECT_EQ(bench.standing_in_books(kMail), FieldStanding::InSync);
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::Pending);
    EXPECT_EQ(int{bench.entry("books", kPhone).ignored_pushes}, 1);
}

TEST(Settle, AnAnswerWithoutIsReadBack) {
    Writing bench(AttemptKind::Update);
    EXPECT_EQ(bench.settle(bench.answer(Outcome::Stored)), FollowUp::Look);
    ASSERT_EQ(bench.aggregate.attempts.size(), 1U);
    EXPECT_EQ(bench.aggregate.attempts.front().state, AttemptState::Answered);
    EXPECT_EQ(bench.aggregate.attempts.front().answered_at, Bench::at(24));
    EXPECT_TRUE(bench.effects.touched_attempts.contains(bench.delivery->attempt.id));
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::Unconfirmed);
}

TEST(Settle, ADeferredSystemIsWaitedFor) {
    Writing bench(AttemptKind::Update);
    bench.system("books").deferred = true;
    EXPECT_EQ(bench.settle(bench.stored()), FollowUp::None);
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::Unconfirmed);
    EXPECT_TRUE(bench.entry("books", kPhone).shadow->raw == bench.raw(kPhone, kOne));
}

TEST(Settle, TheRefusedFieldIsSetAsideWhenTheRemoteNamesIt) {
    Writing bench(AttemptKind::Update);
    Receipt refused = bench.answer(Outcome::Refused);
    refused.refused_field = "email";
    bench.settle(refused);
    EXPECT_EQ(bench.set_aside_now(), Lines{"outbound emails.main.address"});
}

TEST(Settle, TheOnlyFieldIsTheRefusedOne) {
    Writing bench(AttemptKind::Update);
    bench.delivery->attempt.fields.erase(bench.id(kMail));
    bench.settle(bench.answer(Outcome::Refused));
    EXPECT_EQ(bench.set_aside_now(), Lines{"outbound phones.main.number"});
}

TEST(Settle, ARefusedCreateIsARefusedRecordWhateverFieldIsNamed) {
    Writing bench(AttemptKind::Create);
    Receipt refused = bench.answer(Outcome::Refused);
    refused.refused_field = "email";
    bench.settle(refused);
    EXPECT_EQ(bench.set_aside_now(), Lines{"outbound record"});
}

TEST(Settle, ASuccessReleasesWhatWasRefusedBefore) {
    Writing bench(AttemptKind::Update);
    bench.set_aside("books", kPhone, Direction::Outbound, 1);
    bench.set_aside("books", "", Direction::Outbound, 2);
    bench.set_aside("books", kName, Direction::Outbound, 3);
    bench.set_aside("books", kPhone, Direction::Inbound, 4);
    bench.set_aside("erp", kPhone, Direction::Outbound, 5);
    bench.settle(bench.answer(Outcome::Stored));
    EXPECT_EQ(bench.effects.released, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(bench.aggregate.quarantined.size(), 3U);
}

TEST(Settle, AnAnswerToAWriteNobodyRemembersIsNothing) {
    Writing bench(AttemptKind::Update);
    bench.aggregate.attempts.clear();
    EXPECT_EQ(bench.settle(bench.stored()), FollowUp::None);
    EXPECT_TRUE(bench.effects.empty());
}

TEST(SettleCreate, AnAnswerWithWhatIsStoredIsALinkInSync) {
    Writing bench(AttemptKind::Create);
    bench.set_aside("erp", "", Direction::Outbound, 1).system = SystemId{"books"};
    bench.aggregate.quarantined.back().link = {};
    EXPECT_EQ(bench.settle(bench.stored()), FollowUp::None);
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.made()->state, LinkState::Active);
    EXPECT_EQ(bench.made()->remote_id, RemoteId{"8"});
    EXPECT_EQ(bench.made()->customer, bench.aggregate.customer.id);
    EXPECT_EQ(bench.made()->entity, "customer");
    EXPECT_TRUE(bench.effects.touched_links.contains(bench.made()->id));
    for (const std::string_view path : {kName, kPhone, kMail})
        EXPECT_EQ(bench.standing_in_books(path), FieldStanding::InSync);
    EXPECT_TRUE(bench.aggregate.attempts.empty());
    EXPECT_EQ(bench.effects.released, std::vector<std::uint64_t>{1});
}

TEST(SettleCreate, AnAnswerWithoutIsALinkToReadBack) {
    Writing bench(AttemptKind::Create);
    EXPECT_EQ(bench.settle(bench.answer(Outcome::Stored)), FollowUp::Look);
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.aggregate.attempts.front().link, bench.made()->id)
        << "what was sent stays known as ours";
}

TEST(SettleCreate, AnAnswerWithoutAnIdIsLookedFor) {
    Writing bench(AttemptKind::Create);
    Receipt nameless = bench.stored();
    nameless.remote_id = {};
    EXPECT_EQ(bench.settle(nameless), FollowUp::LookCreated);
    EXPECT_EQ(bench.made(), nullptr);
    EXPECT_EQ(bench.aggregate.attempts.front().state, AttemptState::Answered);
}

TEST(SettleCreate, InADeferredSystemIsALinkThatIsWaitedFor) {
    Writing bench(AttemptKind::Create);
    bench.system("books").deferred = true;
    EXPECT_EQ(bench.settle(bench.answer(Outcome::Stored)), FollowUp::None);
    ASSERT_NE(bench.made(), nullptr);
    EXPECT_EQ(bench.standing_in_books(kPhone), FieldStanding::Unconfirmed);
}

TEST(LeaveAgain, AnUpdateMayBeLeftOnceMoreAndACreateIsForgotten) {
    Bench bench;
    const AttemptId update = bench.wrote("books", kPhone, kTwo, 2).id;
    const AttemptId create = bench.wrote("books", kPhone, kTwo, 2).id;
    bench.aggregate.attempts.back().link = {};
    sync::leave_again(bench.aggregate, update, bench.effects);
    sync::leave_again(bench.aggregate, create, bench.effects);
    EXPECT_EQ(bench.attempts_left(), Lines{"looked 2 phones.main.number"});
    EXPECT_TRUE(bench.effects.touched_attempts.contains(update));
    EXPECT_EQ(bench.effects.closed_attempts, std::vector{create});
}

}  // namespace
}  // namespace syncline::testing
