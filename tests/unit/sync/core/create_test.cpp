/// Whether a customer is made in a system where it has no record, why not, and with what.

#include "support/core_fixture.hpp"
#include "support/world.hpp"
#include "sync/core/pending.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::CreateAnswer;
using sync::TakenFields;
using Lines = std::vector<std::string>;

/// A customer that only `erp` has.
struct Missing : Bench {
    explicit Missing(const Bench::Adjust& adjust = {}) : Bench({"erp", "books"}, adjust) {
        stands(kName, "Acme", 1);
        stands(kPhone, kTwo, 2);
        aggregate.links.pop_back();
    }
    CreateAnswer create(const TakenFields& taken = {}) {
        return sync::derive_create(
            rules, aggregate, system("books"), listed, taken, moment(), effects, delivery
        );
    }
    bool listed = true;
    std::optional<Delivery> delivery;
};

struct Creating {
    std::string name;
    CreateAnswer is;
    std::function<void(Missing&)> also;
    friend std::ostream& operator<<(std::ostream& out, const Creating& row) {
        return out << row.name;
    }
};

class CreateOf : public ::testing::TestWithParam<Creating> {};

TEST_P(CreateOf, IsAnsweredFromState) {
    Missing bench;
    bench.delivery.emplace();
    if (GetParam().also) GetParam().also(bench);
    EXPECT_EQ(name(bench.create()), name(GetParam().is));
    EXPECT_EQ(bench.delivery.has_value(), GetParam().is == CreateAnswer::Create);
}

Case about(Bench& bench, CaseKind kind, const std::string& system) {
    Case item;
    item.id = mint<CaseId>(Bench::at(5), bench.random);
    item.kind = kind;
    item.system = SystemId{system};
    item.customer = bench.aggregate.customer.id;
    return item;
}

Attempt tried(Bench& bench, const std::string& system) {
    Attempt attempt = bench.wrote("erp", kPhone, kTwo, 2);
    attempt.kind = AttemptKind::Create;
    attempt.link = {};
    attempt.system = SystemId{system};
    return attempt;
}

const std::vector<Creating> kCreates{
    {"NothingStandsInTheWay", CreateAnswer::Create, {}},
    {"TheConnectorOnlyReads",
     CreateAnswer::NoRight,
     [](Missing& bench) { bench.system("books").can_write = false; }},
    {"NoRightToCreate",
     CreateAnswer::NoRight,
     [](Missing& bench) { bench.hub.systems[1].rights.create = false; }},
    {"OnlyLinkedCustomers",
     CreateAnswer::NoRight,
     [](Missing& bench) { bench.hub.systems[1].scope.linked_only = true; }},
    {"OutOfScope",
     CreateAnswer::OutOfScope,
     [](Missing& bench) {
         bench.hub.systems[1].scope.where = {
             Condition::Operator::Exists, "emails.main.address", {}, {}};
     }},
    {"LinkedAlreadyThoughItIsGone",
     CreateAnswer::AlreadyLinked,
     [](Missing& bench) {
         bench.aggregate.links.push_back(bench.link("erp"));
         bench.aggregate.links.back().system = SystemId{"books"};
         bench.aggregate.links.back().state = LinkState::Gone;
     }},
    {"NeverListedCompletely",
     CreateAnswer::NotListedYet,
     [](Missing& bench) { bench.listed = false; }},
    {"AReviewMayNameItsRecordThere",
     CreateAnswer::AwaitsReview,
     [](Missing& bench) {
         bench.aggregate.cases = {about(bench, CaseKind::Association, "books")};
     }},
    {"AReviewAboutAnotherSystemHoldsNothingBack",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.aggregate.cases = {
             about(bench, CaseKind::Association, "erp"),
             about(bench, CaseKind::Gone, "books"),
             about(bench, CaseKind::Conflict, "books")};
     }},
    {"EnteredTwicePerhaps",
     CreateAnswer::AwaitsReview,
     [](Missing& bench) { bench.aggregate.cases = {about(bench, CaseKind::Duplicate, "erp")}; }},
    {"NamedByTheDuplicateOfAnotherCustomer",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.aggregate.cases = {about(bench, CaseKind::Duplicate, "erp")};
         bench.aggregate.cases.front().customer = {};
     }},
    {"AnAnsweredReview",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.aggregate.cases = {about(bench, CaseKind::Association, "books")};
         bench.aggregate.cases.front().resolved_at = Bench::at(6);
     }},
    {"AnEarlierCreateMayHaveLanded",
     CreateAnswer::AwaitsAttempt,
     [](Missing& bench) { bench.aggregate.attempts = {tried(bench, "books")}; }},
    {"AnEarlierCreateElsewhere",
     CreateAnswer::Create,
     [](Missing& bench) { bench.aggregate.attempts = {tried(bench, "desk")}; }},
    {"RefusedBefore",
     CreateAnswer::Quarantined,
     [](Missing& bench) {
         bench.set_aside("erp", "", Direction::Outbound, 9).system = SystemId{"books"};
         bench.aggregate.quarantined.back().link = {};
     }},
    {"RefusedBeforeAndSomethingChangedSince",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.set_aside("erp", "", Direction::Outbound, 9).system = SystemId{"books"};
         bench.aggregate.quarantined.back().link = {};
         bench.stands(kMail, "info@acme.be", 3);
     }},
    {"RefusedBeforeAndWantedAgain",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.set_aside("erp", "", Direction::Outbound, 9).system = SystemId{"books"};
         bench.aggregate.quarantined.back().link = {};
         bench.aggregate.quarantined.back().retry_requested = true;
     }},
    {"AFieldItCannotHoldHoldsNothingBack",
     CreateAnswer::Create,
     [](Missing& bench) {
         bench.set_aside("erp", kPhone, Direction::Outbound, 9).system = SystemId{"books"};
         bench.aggregate.quarantined.back().link = {};
     }},
    {"NothingIsSaid",
     CreateAnswer::NothingToWrite,
     [](Missing& bench) {
         bench.stands(kName, "", 1);
         bench.stands(kPhone, "", 2);
     }},
};
INSTANTIATE_TEST_SUITE_P(Core, CreateOf, ::testing::ValuesIn(kCreates), [](const auto& row) {
    return row.param.name;
});

TEST(DeriveCreate, SendsAllThatIsSaidAndMapped) {
    Missing bench;
    bench.stands(kMail, "", 3);
    ASSERT_EQ(bench.create(), CreateAnswer::Create);
    RawFields whole = bench.raw(kPhone, kTwo);
    whole["name"] = RawValue::of_text("Acme");
    EXPECT_TRUE(bench.delivery->whole == whole);
    EXPECT_TRUE(bench.delivery->patch == whole);
    const Attempt& attempt = bench.delivery->attempt;
    EXPECT_EQ(attempt.kind, AttemptKind::Create);
    EXPECT_TRUE(attempt.link.is_nil());
    EXPECT_EQ(attempt.system, SystemId{"books"});
    EXPECT_EQ(attempt.customer, bench.aggregate.customer.id);
    ASSERT_EQ(attempt.fields.size(), 2U);
    EXPECT_EQ(attempt.fields.find(bench.id(kPhone))->version, Bench::version(2));
}

TEST(DeriveCreate, LeavesOutWhatMayNotBeWritten) {
    Missing bench([](HubSetting& hub) {
        mapped(hub.systems[1], kPhone).direction = MappingDirection::In;
        mapped(hub.systems[1], kMail).unique = true;
        mapped(hub.systems[1], kVat).limit_characters = 11;
    });
    bench.stands(kMail, "office@acme.be", 3);
    bench.stands(kVat, "BE0403019261", 3);
    bench.stands(kAddress, "Gent", 3);
    bench.asks_about(kAddress);
    ASSERT_EQ(bench.create({bench.id(kMail)}), CreateAnswer::Create);
    EXPECT_TRUE(bench.delivery->whole == bench.raw(kName, "Acme"));
    EXPECT_EQ(bench.set_aside_now(), Lines{"outbound identifiers.vat.value"});
    EXPECT_TRUE(bench.effects.quarantined.front().link.is_nil());
    ASSERT_EQ(bench.create(), CreateAnswer::Create);
    EXPECT_EQ(bench.delivery->whole.size(), 2U) << "nobody has the e-mail address";
}

}  // namespace
}  // namespace syncline::testing
