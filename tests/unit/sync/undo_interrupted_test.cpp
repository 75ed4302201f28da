// An undo that did not come to its end is finished by the hub, or ends where everybody sees it.

#include "unit/sync/carried.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace syncline::testing {
namespace {

using What = sync::UndoItem::What;
using State = sync::UndoItem::State;

const std::string kPhone = "phones.main.number";

store::Run undo_of(Carried& hub) {
    for (const store::Run& run : hub.world.store().runs(100)) {
        if (run.undoes == hub.run) return run;
    }
    return {};
}

bool is_ended(Carried& hub) {
    return undo_of(hub).ended_at != Timestamp{};
}

Base::Kind base_in(Carried& hub, const std::string& system) {
    sync::Aggregate customer = hub.world.customer_of("erp", hub.erp_id);
    return customer.find_link(SystemId{system})->fields[hub.world.id(kPhone)].shadow->base.kind;
}

/// Where a field waits for a person, a person is asked.
void expect_nothing_held_in_silence(Carried& hub, const std::string& when) {
    const sync::Aggregate customer = hub.world.customer_of("erp", hub.erp_id);
    for (const Link& link : customer.links) {
        for (const auto& [field, entry] : link.fields) {
            if (!entry.shadow || entry.shadow->base.kind != Base::Kind::Contested) continue;
            EXPECT_TRUE(customer.is_contested(field)) << when << ": " << link.system.text();
        }
    }
}

/// erp's people wrote a number once that the hub carried, and then desk's own; that pass is undone,
/// and desk has to get its own number back.
void expect_undone(Carried& hub, const std::string& when) {
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01") << when;
    EXPECT_EQ(hub.phone("erp"), "02 555 01 02") << when << ": its people's edit stays";
    EXPECT_TRUE(is_ended(hub)) << when;
    EXPECT_EQ(base_in(hub, "desk"), Base::Kind::Image) << when << ": it agrees again";
    ASSERT_EQ(hub.world.open_cases().size(), 1U) << when;
    EXPECT_EQ(hub.world.open_cases()[0].reason, "undone by ann: which value is right?") << when;
    EXPECT_EQ(hub.world.open_cases()[0].system, SystemId{"erp"}) << when;
    const std::size_t writes = hub.world.writes();
    hub.world.settle();
    EXPECT_EQ(hub.world.writes(), writes) << when << ": written once";
}

struct Trouble {
    const char* name;
    void (*happens)(FakeSystem::Faults&);
};

class InterruptedUndo : public ::testing::TestWithParam<Trouble> {};

TEST_P(InterruptedUndo, IsFinishedByTheHubWhenTheSystemAnswersAgain) {
    for (const bool states : {true, false}) {
        for (const bool conditional : {true, false}) {
            FakeSystem::Character character;
            character.states_what_it_stored = states;
            character.conditional_write = conditional;
            Carried hub(character);
            hub.carry();
            GetParam().happens(hub.world["desk"].faults());
            const auto report = hub.undo();
            ASSERT_TRUE(report.has_value()) << report.error().detail;
            expect_nothing_held_in_silence(hub, GetParam().name);
            hub.world["desk"].drop_lingering_writes();
            hub.world.settle();
            hub.world.clock.advance(std::chrono::minutes{5});
            hub.world.settle();
            expect_undone(hub, GetParam().name);
        }
    }
}

const std::vector<Trouble> kTroubles{
    {"NotSent", [](auto& faults) { faults.write_never_sent = 2; }},
    {"LostBefore", [](auto& faults) { faults.write_lost_before = 1; }},
    {"LostAfter", [](auto& faults) { faults.write_lost_after = 1; }},
    {"Lingers", [](auto& faults) { faults.write_lingers = 1; }},
    {"NotReadable", [](auto& faults) { faults.read_fails = 2; }},
    {"NotLookedUp",
     [](auto& faults) {
         faults.write_lost_after = 1;
         faults.lookup_fails = 2;
     }},
};
INSTANTIATE_TEST_SUITE_P(
    Undo,
    InterruptedUndo,
    ::testing::ValuesIn(kTroubles),
    [](const auto& row) { return std::string(row.param.name); }
);

TEST(InterruptedUndoOf, ACrashAtAnyPointIsFinishedByTheHub) {
    for (const char* point :
         {"commit.before",
          "commit.after",
          "undo.after",
          "call.before",
          "call.after",
          "settle.after"}) {
        for (int nth = 1; nth <= 8; ++nth) {
            Carried hub;
            hub.carry();
            int left = nth;
            hub.world.failpoint = [&](std::string_view name) {
                if (name == point && --left == 0) throw std::runtime_error("crash");
            };
            const std::string when = std::string(point) + " " + std::to_string(nth);
            bool died = false;
            try {
                static_cast<void>(hub.undo());
            } catch (const std::runtime_error&) {
                died = true;
            }
            hub.world.failpoint = {};
            if (!died) break;
            hub.world.restart();
            expect_nothing_held_in_silence(hub, when);
            hub.world.settle();
            if (undo_of(hub).id.is_nil()) continue;  // it had not begun
            expect_undone(hub, when);
        }
    }
}

TEST(InterruptedUndoOf, APausedSystemIsFinishedWhenItIsResumed) {
    Carried hub;
    hub.carry();
    ASSERT_TRUE(hub.world.engine().pause(SystemId{"desk"}, "operator").has_value());
    ASSERT_TRUE(hub.undo().has_value());
    hub.world.settle();
    EXPECT_EQ(hub.phone("desk"), "+3225550102") << "it is paused";
    EXPECT_FALSE(is_ended(hub));
    expect_nothing_held_in_silence(hub, "paused");
    ASSERT_TRUE(hub.world.engine().resume(SystemId{"desk"}).has_value());
    hub.world.settle();
    expect_undone(hub, "resumed");
}

TEST(InterruptedUndoOf, WhatNobodyTypedWaitsInSightAndNeedsNobody) {
    Carried hub;
    const CustomerId customer = hub.world.customer_of("erp", hub.erp_id).customer.id;
    const FieldValue decided = FieldValue::of("+3225550107");
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(hub.world.engine().restore(customer, {{hub.world.id(kPhone), decided}}, "bob"));
    hub.run = hub.world.store().runs(1).front().id;
    const RunId act = hub.run;
    hub.world.pass();
    hub.run = hub.world.store().runs(1).front().id;
    ASSERT_NE(hub.run, act);
    for (const char* system : {"erp", "desk"})
        ASSERT_TRUE(hub.world.engine().pause(SystemId{system}, "operator").has_value());
    ASSERT_TRUE(hub.undo().has_value());
    expect_nothing_held_in_silence(hub, "paused");
    ASSERT_EQ(hub.world.open_cases().size(), 1U);
    EXPECT_EQ(hub.world.open_cases()[0].reason, "undone by ann: desk is not written back yet");
    // The decision is taken back too: then everything is as it was, and nothing is asked any more.
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(hub.world.engine().undo(act, "ann").has_value());
    for (const char* system : {"erp", "desk"})
        ASSERT_TRUE(hub.world.engine().resume(SystemId{system}).has_value());
    hub.world.settle();
    EXPECT_TRUE(is_ended(hub));
    EXPECT_EQ(hub.phone("erp"), "02 555 01 01");
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    EXPECT_TRUE(hub.world.open_cases().empty());
}

TEST(InterruptedUndoOf, WhatWasWrittenBackIsJudgedByWhatItIsAndNotByWhatStillShows) {
    FakeSystem::Character character;
    character.states_what_it_stored = false;
    Carried hub(character);
    const CustomerId customer = hub.world.customer_of("erp", hub.erp_id).customer.id;
    const FieldValue decided = FieldValue::of("02 555 01 02");
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(hub.world.engine().restore(customer, {{hub.world.id(kPhone), decided}}, "bob"));
    ASSERT_TRUE(hub.world.engine().pause(SystemId{"erp"}, "operator").has_value());
    hub.world.pass();
    hub.run = hub.world.store().runs(1).front().id;
    hub.world["desk"].faults().lookup_fails = 1;
    ASSERT_TRUE(hub.undo().has_value());
    ASSERT_EQ(hub.phone("desk"), "02/555.01.01");
    hub.world.settle();
    EXPECT_EQ(hub.world.open_cases().size(), 1U) << "bob's decision stands, and desk was undone";
    EXPECT_EQ(base_in(hub, "desk"), Base::Kind::Contested);
}

TEST(InterruptedUndoOf, ARefusedWriteEndsWithAQuestion) {
    Carried hub;
    hub.carry();
    hub.world["desk"].faults().refuses = "phone";
    const auto report = hub.undo();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(hub.count(*report, What::Write, State::Skipped), 1U);
    EXPECT_TRUE(is_ended(hub));
    EXPECT_EQ(hub.world.open_cases().size(), 1U);
    expect_nothing_held_in_silence(hub, "refused");
    const std::size_t asked = hub.world["desk"].asked().size();
    hub.world.settle();
    EXPECT_EQ(hub.world["desk"].asked().size(), asked) << "what is refused is not repeated";

    hub.world["desk"].faults().refuses.clear();
    const CaseId question = hub.world.open_cases().at(0).id;
    ASSERT_TRUE(hub.world.engine().resolve_conflict(question, std::nullopt, "02 555 01 01", "bob"));
    hub.world.settle();
    EXPECT_EQ(hub.phone("desk"), "+3225550101");
    EXPECT_EQ(hub.phone("erp"), "+3225550101");
}

TEST(InterruptedUndoOf, AFieldIsOvertakenByAPersonsDecision) {
    Carried hub;
    hub.carry();
    hub.world["desk"].faults().write_never_sent = 1;
    ASSERT_TRUE(hub.undo().has_value());
    const CaseId question = hub.world.open_cases().at(0).id;
    ASSERT_TRUE(hub.world.engine().resolve_conflict(question, SystemId{"erp"}, std::nullopt, "bob")
    );
    hub.world.settle();
    EXPECT_EQ(hub.phone("desk"), "+3225550102") << "what bob decided, not what was before";
    EXPECT_EQ(hub.phone("erp"), "02 555 01 02");
    EXPECT_TRUE(is_ended(hub));
    EXPECT_TRUE(hub.world.open_cases().empty());
}

TEST(InterruptedUndoOf, ARunEndsWhenItIsUndoneItself) {
    Carried hub;
    hub.carry();
    hub.world["desk"].faults().write_never_sent = 1;
    const auto first = hub.undo();
    ASSERT_TRUE(first.has_value());
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(hub.world.engine().undo(first->undo, "bob").has_value());
    hub.world.settle();
    EXPECT_TRUE(is_ended(hub));
    EXPECT_EQ(hub.world.canonical("erp", hub.erp_id, kPhone), "+3225550102");
    EXPECT_EQ(hub.phone("desk"), "+3225550102");
    EXPECT_TRUE(hub.world.open_cases().empty());
}

TEST(InterruptedUndoOf, ADeferredSystemAgreesWhenItTookInWhatWasLeft) {
    FakeSystem::Character files;
    files.deferred = true;
    files.states_what_it_stored = false;
    files.version = connect::VersionKind::None;
    Carried hub(files);
    hub.carry();
    hub.world["desk"].take_in_corrections();
    hub.world.settle();
    ASSERT_EQ(hub.phone("desk"), "+3225550102");
    ASSERT_TRUE(hub.undo().has_value());
    hub.world.settle();
    hub.world["desk"].take_in_corrections();
    hub.world.settle();
    expect_undone(hub, "deferred");
}

TEST(InterruptedUndoOf, WhatWasSaidSinceElsewhereIsNotWrittenBack) {
    World world({member("erp"), member("desk"), member("shop")});
    const RemoteId erp = world["erp"].add({{"phone", "02 555 01 01"}, {"vat", Carried::kVat}});
    world.settle();
    const RemoteId desk = world["desk"].records().begin()->first;
    const RemoteId shop = world["shop"].records().begin()->first;
    world["erp"].edit(erp, "phone", "02 555 01 02");
    world.pass();
    const RunId run = world.store().runs(1).front().id;
    world["desk"].edit(desk, "phone", "02 555 01 03");
    const auto report = world.engine().undo(run, "ann");
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(world["shop"].record(shop).at("phone"), "+3225550102");
    EXPECT_TRUE(std::all_of(report->items.begin(), report->items.end(), [](const auto& item) {
        return item.state == State::Skipped && item.reason == "changed since, by desk";
    }));
    world.settle();
    EXPECT_EQ(world["shop"].record(shop).at("phone"), "+3225550103") << "the later word stands";
    EXPECT_EQ(world["erp"].record(erp).at("phone"), "+3225550103");
    EXPECT_TRUE(world.open_cases().empty());
}

TEST(UndoneAddress, ThatNobodySaidIsDecidedByAPerson) {
    const std::string city = "addresses.billing.city";
    for (const std::string answer : {"standing", "desk", "parts", "nothing"}) {
        World world({member("erp"), member("desk")});
        const RemoteId erp = world["erp"].add({{"name", "Acme"}, {"vat", Carried::kVat}});
        world.settle();
        const RemoteId desk = world["desk"].records().begin()->first;
        world["erp"].edit(erp, "city", "Gent");
        world.pass();
        const CustomerId customer = world.customer_of("erp", erp).customer.id;
        const FieldId field = world.id("addresses.billing");
        const FieldValue before = world.customer_of("erp", erp).customer.fields[field].value;
        FieldValue restored = before;
        std::replace(
            restored.parts.begin(),
            restored.parts.end(),
            std::optional<std::string>("Gent"),
            std::optional<std::string>("Brugge")
        );
        world.clock.advance(std::chrono::seconds{1});
        ASSERT_TRUE(world.engine().restore(customer, {{field, restored}}, "bob"));
        world.pass();
        const RunId run = world.store().runs(1).front().id;
        world.clock.advance(std::chrono::seconds{1});
        ASSERT_TRUE(world.engine().undo(run, "ann").has_value());
        ASSERT_EQ(world.open_cases().size(), 1U);
        ASSERT_EQ(world["desk"].record(desk).at("city"), "Gent");
        const CaseId question = world.open_cases()[0].id;
        ASSERT_FALSE(
            world.customer_of("desk", desk).find_link(SystemId{"desk"})->fields[field].contribution
        );
        sync::ValueAnswer decided;
        std::string expected;
        if (answer == "standing") {
            decided = sync::ValueAnswer::standing();
            expected = "Brugge";
        } else if (answer == "desk") {
            decided = sync::ValueAnswer::of(SystemId{"desk"});
            expected = "Gent";
        } else if (answer == "parts") {
            decided = sync::ValueAnswer::value({{"city", "  Aalst "}});
            expected = "Aalst";
        } else {
            decided = sync::ValueAnswer::value({});
        }
        const auto done = world.engine().resolve_conflict(question, decided, "cy");
        ASSERT_TRUE(done.has_value()) << answer << ": " << done.error().detail;
        world.settle();
        EXPECT_EQ(world.canonical("erp", erp, city), expected) << answer;
        EXPECT_EQ(world["erp"].record(erp).at("city"), expected) << answer;
        EXPECT_EQ(world["desk"].record(desk).at("city"), expected) << answer;
        EXPECT_TRUE(world.open_cases().empty()) << answer;
    }
}

TEST(UndoneAddress, HasOnlyPartsOfItsOwn) {
    World world({member("erp"), member("desk")}, [](HubSetting& hub) {
        PolicySetting review;
        review.pattern = "*";
        review.kind = PolicyKind::Review;
        hub.policies = {review};
    });
    const RemoteId erp = world["erp"].add({{"city", "Gent"}, {"vat", Carried::kVat}});
    world.settle();
    world["erp"].edit(erp, "city", "Aalst");
    world["desk"].edit(world["desk"].records().begin()->first, "city", "Brugge");
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    const CaseId question = world.open_cases()[0].id;
    const auto refused = world.engine().resolve_conflict(
        question, sync::ValueAnswer::value({{"town", "Aalst"}}), "ann"
    );
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::UsageInvalid);
    EXPECT_NE(refused.error().detail.find("city"), std::string::npos) << refused.error().detail;
}

}  // namespace
}  // namespace syncline::testing
