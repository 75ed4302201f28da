/// Each invariant, broken: the check names it. Those about stored rows: unit/sync/verify_test.cpp.

#include "sync/core/invariants.hpp"

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::Invariant;

/// `erp` and `books` hold the phone number that stands.
class Invariants : public ::testing::Test {
protected:
    Invariants() {
        bench.stands(kPhone, kOne, 2);
        bench.holds("erp", kPhone, kOne, Bench::image_of(2));
        bench.holds("books", kPhone, kOne, Bench::image_of(2));
        around.reached = {SystemId{"erp"}, SystemId{"books"}};
        around.listed_at[SystemId{"books"}] = Bench::at(20);
    }
    /// "image_is_image books phones.main.number"
    std::vector<std::string> broken() {
        std::vector<std::string> lines;
        for (const sync::Breach& breach : sync::breaches_of(bench.rules, bench.aggregate, around)) {
            EXPECT_EQ(breach.customer, bench.aggregate.customer.id);
            const Field* field = bench.fields.find(breach.field);
            lines.push_back(
                std::string(sync::name(breach.invariant)) + " " + breach.system.text() +
                (field != nullptr ? " " + field->path : "")
            );
        }
        return lines;
    }
    using Lines = std::vector<std::string>;

    Bench bench;
    sync::Surroundings around;
};

TEST_F(Invariants, HoldOfACustomerInAgreement) {
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, ABaseIsNotNewerThanTheValue) {
    bench.entry("books", kPhone).shadow->base = Bench::image_of(3);
    around.has_work = true;
    EXPECT_EQ(broken(), Lines{"base_is_past books phones.main.number"});
}

TEST_F(Invariants, ABaseOfAValueThatIsNotThereIsNewer) {
    bench.holds("books", kVat, "BE0403019261", Bench::image_of(1));
    EXPECT_EQ(broken(), Lines{"base_is_past books identifiers.vat.value"});
}

TEST_F(Invariants, ACustomerHasOneActiveLinkInASystem) {
    Link second = bench.link("books");
    second.id = mint<LinkId>(Bench::at(1), bench.random);
    bench.aggregate.links.push_back(second);
    EXPECT_EQ(broken(), Lines{"one_link_a_system books"});
    bench.aggregate.links.back().state = LinkState::Gone;
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, WhoIsOwedSomethingIsInTheListOfWork) {
    bench.stands(kPhone, kTwo, 3);
    bench.holds("erp", kPhone, kTwo, Bench::image_of(3));
    EXPECT_EQ(broken(), Lines{"pending_has_work books phones.main.number"});
    around.has_work = true;
    EXPECT_EQ(broken(), Lines{});
    around.has_work = false;
    around.reached.erase(SystemId{"books"});  // whether it can be written is not known
    EXPECT_EQ(broken(), Lines{});
}

// Not sent, and not in the list of work: the system holds the value already.
TEST_F(Invariants, WhatIsAnImageAnywayIsNotOwed) {
    bench.stands(kPhone, kOne, 3);
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, AnImageIsOne) {
    bench.holds("books", kPhone, kTwo, Bench::image_of(2));
    EXPECT_EQ(broken(), Lines{"image_is_image books phones.main.number"});
}

TEST_F(Invariants, WhatTheSystemSaidThatItStoresIsAnImage) {
    bench.holds("books", kPhone, kTwo, Bench::image_of(2));
    Change change;
    change.fields.push_back(
        {bench.id(kPhone),
         ChangeKind::Transform,
         Rule::None,
         Origin::of(SystemId{"books"}),
         {},
         Bench::version(2),
         bench.value(kPhone, kOne),
         bench.value(kPhone, kTwo)}
    );
    const std::vector<Change> history{change};
    around.history = history;
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, AWriteIsNotOpenOnceItsRequestCannotLandAnyMore) {
    bench.system("books").max_inflight = std::chrono::seconds{2};
    bench.wrote("books", kPhone, kOne, 2);  // at 12; the last reading was sent at 20
    EXPECT_EQ(broken(), Lines{"attempt_is_looked books"});
    around.listed_at[SystemId{"books"}] = Bench::at(16);
    EXPECT_EQ(broken(), Lines{}) << "the last look may have been too early";
    around.listed_at[SystemId{"books"}] = Bench::at(20);
    bench.aggregate.attempts[0].state = AttemptState::Looked;
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, AWriteToARecordThatCannotBeReadStaysOpen) {
    bench.system("books").max_inflight = std::chrono::seconds{2};
    bench.wrote("books", kPhone, kOne, 2);
    bench.set_aside("books", kPhone, Direction::Inbound, 1).field = FieldId{};
    EXPECT_EQ(broken(), Lines{});
}

TEST_F(Invariants, ACreateThatAPersonMustDecideStaysOpen) {
    bench.system("books").max_inflight = std::chrono::seconds{2};
    bench.wrote("books", kPhone, kOne, 2).link = LinkId{};
    EXPECT_EQ(broken(), Lines{"attempt_is_looked books"});
    Case item;
    item.kind = CaseKind::Duplicate;
    item.customer = bench.aggregate.customer.id;
    item.system = SystemId{"books"};
    bench.aggregate.cases.push_back(item);
    EXPECT_EQ(broken(), Lines{});
}

}  // namespace
}  // namespace syncline::testing
