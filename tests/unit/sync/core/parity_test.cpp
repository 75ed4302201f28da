/// One reading beside what the hub holds: how each field compares.

#include "sync/core/parity.hpp"

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::Parity;

Parity parity_in(
    Bench& bench, std::string_view path, RawFields read, sync::TakenFields taken = {}
) {
    const Observation seen = bench.reading("books", std::move(read));
    for (const sync::FieldParity& field :
         sync::compare(bench.rules, bench.aggregate, bench.link("books"), seen, taken)) {
        if (field.field == bench.id(path)) return field.parity;
    }
    ADD_FAILURE() << path << " is not mapped";
    return Parity::Unread;
}

/// One telephone number of `books`: what stands, what was seen, what is read now.
struct Row {
    std::string name;
    Parity parity = Parity::Equal;
    std::string stands = kOne;  ///< "" = nobody said anything
    std::string seen = kOne;
    Base base = Bench::image_of(2);
    std::string read = kOne;
    std::function<void(Bench&)> also = {};
    MappingDirection direction = MappingDirection::Both;
    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class Compare : public ::testing::TestWithParam<Row> {};

TEST_P(Compare, Phone) {
    const Row& row = GetParam();
    Bench bench({"erp", "books"}, [&](HubSetting& hub) {
        for (MappedFieldSetting& mapped : hub.systems[1].mapping) {
            if (mapped.field == kPhone) mapped.direction = row.direction;
        }
    });
    if (!row.stands.empty()) bench.stands(kPhone, row.stands, 2);
    bench.holds("books", kPhone, row.seen, row.base);
    if (row.also) row.also(bench);
    EXPECT_EQ(
        sync::name(parity_in(bench, kPhone, bench.raw(kPhone, row.read))), sync::name(row.parity)
    );
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Compare,
    ::testing::Values(
        Row{"AnImageIsEqual"},
        Row{.name = "AnotherSpellingIsEqual", .read = "02 555 01 01"},
        Row{.name = "EqualWhateverWasSeenBefore",
            .parity = Parity::Equal,
            .seen = kTwo,
            .base = Bench::image_of(1)},
        Row{.name = "NothingOnEitherSide",
            .parity = Parity::Unspoken,
            .stands = "",
            .seen = "",
            .base = Bench::image_of(0),
            .read = ""},
        Row{.name = "AsSeenAndOwed",
            .parity = Parity::Pending,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kTwo},
        Row{.name = "AsSeenInAnotherSpellingAndOwed",
            .parity = Parity::Pending,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = "02 555 01 02"},
        Row{.name = "ALostValueIsOwed",
            .parity = Parity::Pending,
            .seen = kTwo,
            .base = kForeign,
            .read = kTwo},
        Row{.name = "ChangedSinceItWasRead", .parity = Parity::DriftHere, .read = kThree},
        Row{.name = "ChangedWhileSomethingIsOwed",
            .parity = Parity::DriftHere,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kThree},
        Row{.name = "ChangedToWhatCannotBeRead", .parity = Parity::DriftHere, .read = "ask ann"},
        Row{.name = "FilledInWhereNobodySaidAnything",
            .parity = Parity::DriftHere,
            .stands = "",
            .seen = "",
            .base = Bench::image_of(0)},
        Row{.name = "TakenForAnImageAndNone",
            .parity = Parity::NotAnImage,
            .seen = kTwo,
            .read = kTwo},
        Row{.name = "ContestedHere",
            .parity = Parity::Contested,
            .seen = kTwo,
            .base = kContested,
            .read = kTwo},
        Row{.name = "ContestedAndChangedAgain",
            .parity = Parity::DriftHere,
            .seen = kTwo,
            .base = kContested,
            .read = kThree},
        Row{.name = "SetAside",
            .parity = Parity::Quarantined,
            .seen = "ask ann",
            .base = {Base::Kind::Invalid, Bench::version(2)},
            .read = "ask ann"},
        Row{.name = "SetAsideAndReadableNow",
            .parity = Parity::DriftHere,
            .seen = "ask ann",
            .base = {Base::Kind::Invalid, Bench::version(2)},
            .read = kThree},
        Row{.name = "RefusedBefore",
            .parity = Parity::Quarantined,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kTwo,
            .also =
                [](Bench& bench) {
                    bench.set_aside("books", kPhone, Direction::Outbound, 1).version =
                        Bench::version(2);
                }},
        Row{.name = "InboundOnly",
            .parity = Parity::ReadOnly,
            .seen = kTwo,
            .base = kForeign,
            .read = kTwo,
            .direction = MappingDirection::In},
        Row{.name = "OutboundOnlyAndChanged",
            .parity = Parity::DriftHere,
            .read = kTwo,
            .direction = MappingDirection::Out},
        Row{.name = "WrittenAndNotSeenYet",
            .parity = Parity::Unconfirmed,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kTwo,
            .also =
                [](Bench& bench) {
                    bench.system("books").deferred = true;
                    bench.wrote("books", kPhone, kOne, 2, AttemptState::Answered);
                }},
        Row{.name = "AnOlderWriteOfOursThatWasTakenInMeanwhile",
            .parity = Parity::Unconfirmed,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kThree,
            .also =
                [](Bench& bench) {
                    bench.system("books").deferred = true;
                    bench.wrote("books", kPhone, kThree, 1, AttemptState::Answered);
                    bench.wrote("books", kPhone, kOne, 2, AttemptState::Answered);
                }},
        Row{.name = "AWriteOfOursInDoubtThatLanded",
            .parity = Parity::Equal,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .also = [](Bench& bench) { bench.wrote("books", kPhone, kOne, 2); }},
        Row{.name = "OutOfScope",
            .parity = Parity::OutOfScope,
            .seen = kTwo,
            .base = Bench::image_of(1),
            .read = kTwo,
            .also =
                [](Bench& bench) {
                    Condition& where = bench.hub.systems[1].scope.where;
                    where.op = Condition::Operator::Exists;
                    where.path = "name";
                }},
        Row{.name = "TheLinkIsSetAside",
            .parity = Parity::OutOfScope,
            .read = kThree,
            .also = [](Bench& bench) { bench.link("books").state = LinkState::Suspended; }},
        Row{.name = "AnOlderReadingTellsNothing",
            .parity = Parity::Unread,
            .read = kThree,
            .also =
                [](Bench& bench) {
                    bench.link("books").token = "9";
                    bench.link("books").read_at = Bench::at(21);
                }},
        Row{.name = "AReadingAfterTheRecordWentBackTells",
            .parity = Parity::DriftHere,
            .read = kThree,
            .also = [](Bench& bench) { bench.link("books").token = "9"; }},
        Row{.name = "AReadingThatMayLagTellsNothing",
            .parity = Parity::Unread,
            .read = kThree,
            .also =
                [](Bench& bench) {
                    bench.system("books").token_order = sync::TokenOrder::None;
                    bench.system("books").stale_window = std::chrono::seconds{30};
                }},
        Row{.name = "AReadingThatMayLagAndIsEqualIsEqual",
            .parity = Parity::Equal,
            .also =
                [](Bench& bench) {
                    bench.system("books").token_order = sync::TokenOrder::None;
                    bench.system("books").stale_window = std::chrono::seconds{30};
                }}
    ),
    row_name<Row>
);

TEST(CompareMore, AUniqueValueThatAnotherRecordHasIsLeftOut) {
    Bench bench({"erp", "books"}, [](HubSetting& hub) {
        for (MappedFieldSetting& mapped : hub.systems[1].mapping)
            mapped.unique = mapped.field == kMail;
    });
    bench.stands(kMail, "a@acme.example", 2);
    bench.holds("books", kMail, "", Bench::image_of(1));
    const RawFields nothing = bench.raw(kMail, "");
    EXPECT_EQ(parity_in(bench, kMail, nothing), Parity::Pending);
    EXPECT_EQ(parity_in(bench, kMail, nothing, {bench.id(kMail)}), Parity::Excluded);
}

TEST(CompareMore, ACutNameIsEqualWhereTheLimitIsDeclared) {
    Bench bench({"erp", "books"}, [](HubSetting& hub) {
        for (MappedFieldSetting& mapped : hub.systems[1].mapping)
            mapped.limit_characters = mapped.field == kName ? 4 : 0;
    });
    bench.stands(kName, "Acme and Sons", 2);
    bench.holds("books", kName, "Acme", Bench::image_of(2));
    EXPECT_EQ(parity_in(bench, kName, bench.raw(kName, "Acme")), Parity::Equal);
    EXPECT_EQ(parity_in(bench, kName, bench.raw(kName, "Acm")), Parity::DriftHere);
}

TEST(CompareMore, WhatWasNotReadIsUnknownAndNeverEmpty) {
    Bench bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("books", kPhone, kOne, Bench::image_of(2));
    EXPECT_EQ(parity_in(bench, kPhone, {}), Parity::Unread);
    EXPECT_EQ(parity_in(bench, kMail, {}), Parity::Unspoken);
    bench.stands(kPhone, kTwo, 3);
    EXPECT_EQ(parity_in(bench, kPhone, {}), Parity::Pending);
}

TEST(CompareMore, OfTwoRecordsOfACustomerTheSecondIsNotHeldAgainstTheHub) {
    Bench bench;
    bench.stands(kPhone, kOne, 2);
    Link second = bench.link("books");
    second.id = mint<LinkId>(Bench::at(1), bench.random);
    bench.aggregate.links.push_back(second);
    const Observation seen = bench.reading("books", bench.raw(kPhone, kTwo));
    for (const sync::FieldParity& field :
         sync::compare(bench.rules, bench.aggregate, bench.aggregate.links.back(), seen, {}))
        EXPECT_EQ(field.parity, Parity::OutOfScope);
}

TEST(StatedTransform, IsWhatTheJournalSaysThatTheSystemMadeOfTheValue) {
    Bench bench;
    bench.stands(kName, "Acme", 2);
    const Link& books = bench.link("books");
    Change change;
    change.fields.push_back(
        {bench.id(kName),
         ChangeKind::Transform,
         Rule::None,
         Origin::of(SystemId{"books"}),
         {},
         Bench::version(2),
         bench.value(kName, "Acme"),
         bench.value(kName, "* Acme")}
    );
    const auto is_stated = [&](const std::string& text) {
        const std::vector<Change> history{change};
        return sync::is_stated_transform(
            bench.rules, bench.aggregate, books, bench.id(kName), bench.raw(kName, text), history
        );
    };
    EXPECT_TRUE(is_stated("* Acme"));
    EXPECT_FALSE(is_stated("* Bolt"));
    change.fields[0].origin = Origin::of(SystemId{"erp"});
    EXPECT_FALSE(is_stated("* Acme")) << "another system said it";
    change.fields[0].origin = Origin::of(SystemId{"books"});
    bench.stands(kName, "Acme and Sons", 3);
    EXPECT_FALSE(is_stated("* Acme")) << "of another value";
}

}  // namespace
}  // namespace syncline::testing
