// A run is taken back in every system, as far as nobody touched it since.

#include "unit/sync/carried.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace syncline::testing {
namespace {

using What = sync::UndoItem::What;
using State = sync::UndoItem::State;

const std::string kPhone = "phones.main.number";

TEST(JournalOfWrites, TellsWhatARecordHeldBefore) {
    Carried hub;
    hub.carry();
    const auto written = hub.world.written(hub.world.customer_of("erp", hub.erp_id), "desk");
    ASSERT_EQ(written.size(), 1U);
    EXPECT_EQ(written[0].held.find("phone")->text, "02/555.01.01") << "as the record spelled it";
    EXPECT_EQ(written[0].before, FieldValue::of("+3225550101"));
    EXPECT_EQ(written[0].after, FieldValue::of("+3225550102"));
}

/// What becomes of the answer to a write.
struct Answer {
    const char* name;
    void (*happens)(FakeSystem::Faults&);
    bool states = true;
    bool conditional = true;
};

class EveryAnswer : public ::testing::TestWithParam<Answer> {};

TEST_P(EveryAnswer, LeavesOneEntryForOneWrite) {
    FakeSystem::Character character;
    character.states_what_it_stored = GetParam().states;
    character.conditional_write = GetParam().conditional;
    Carried hub(character);
    GetParam().happens(hub.world["desk"].faults());
    hub.carry();
    hub.world["desk"].let_lingering_writes_land();
    hub.world.settle();
    for (int i = 0; i < 8; ++i)
        hub.world.pass();
    EXPECT_EQ(hub.phone("desk").find("02"), hub.phone("desk").size() - 2);
    const auto written = hub.world.written(hub.world.customer_of("erp", hub.erp_id), "desk");
    ASSERT_EQ(written.size(), 1U);
    EXPECT_EQ(written[0].held.find("phone")->text, "02/555.01.01");
}

const std::vector<Answer> kAnswers{
    {"Stated", [](auto&) {}},
    {"NotStated", [](auto&) {}, false},
    {"Unconditional", [](auto&) {}, false, false},
    {"LostAfterwards", [](auto& faults) { faults.write_lost_after = 1; }},
    {"LostAfterwardsUnconditional",
     [](auto& faults) { faults.write_lost_after = 1; },
     false,
     false},
    {"LostBefore", [](auto& faults) { faults.write_lost_before = 1; }},
    {"NeverSent", [](auto& faults) { faults.write_never_sent = 1; }},
    {"Late", [](auto& faults) { faults.write_lingers = 1; }},
};
INSTANTIATE_TEST_SUITE_P(
    JournalOfWrites,
    EveryAnswer,
    ::testing::ValuesIn(kAnswers),
    [](const auto& row) { return std::string(row.param.name); }
);

TEST(JournalOfWrites, TellsRecordsThatWereMadeAndThatJoined) {
    World world({member("erp"), member("desk")});
    const RemoteId id = world["erp"].add({{"name", "Acme"}, {"vat", Carried::kVat}});
    world.settle();
    std::vector<std::string> told;
    const CustomerId customer = world.customer_of("erp", id).customer.id;
    for (const Change& change : world.store().history(customer)) {
        for (const FieldChange& entry : change.fields) {
            if (entry.field == FieldId{})
                told.push_back(
                    std::string(name(entry.kind)) + " " + entry.origin.name + ":" +
                    entry.after->parts.front().value()
                );
        }
    }
    EXPECT_EQ(told, (std::vector<std::string>{"linked erp:" + id.text(), "created desk:1"}));
}

TEST(JournalOfWrites, AWriteIsNoChangeOfTheSystem) {
    FakeSystem::Character character;
    character.states_what_it_stored = false;
    Carried hub(character);
    hub.world["erp"].edit(hub.erp_id, "phone", "02 555 01 02");
    const sync::PassReport report = hub.world.pass();
    EXPECT_EQ(report.systems[0].changed, 1U);
    EXPECT_EQ(report.systems[1].changed, 0U) << "what the hub wrote there is not taken in";
}

TEST(UndoRun, GivesBackWhatWasHeldLetterByLetterAndAsksWhoseEditItTook) {
    Carried hub;
    hub.carry();
    const auto report = hub.undo();
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    EXPECT_EQ(hub.phone("erp"), "02 555 01 02") << "its people's edit stays";
    EXPECT_EQ(hub.world.canonical("erp", hub.erp_id, kPhone), "+3225550101");
    const auto cases = hub.world.open_cases();
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_EQ(cases[0].reason, "undone by ann: which value is right?");
    EXPECT_EQ(cases[0].system, SystemId{"erp"});
    hub.world.settle();
    EXPECT_EQ(hub.phone("erp"), "02 555 01 02") << "nothing is written over";
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    hub.world["erp"].edit(hub.erp_id, "city", "Gent");
    hub.world.settle();
    EXPECT_EQ(hub.world["desk"].record(hub.desk_id).at("city"), "Gent") << "other fields flow";
}

TEST(UndoRun, StandsInTheJournalAndInTheListOfRuns) {
    Carried hub;
    hub.carry();
    const auto report = hub.undo();
    ASSERT_TRUE(report.has_value());
    const auto entries = hub.world.journal(hub.world.customer_of("erp", hub.erp_id), kPhone);
    const bool is_told = std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
        return entry.kind == ChangeKind::Version && entry.rule == Rule::Undo &&
               entry.origin == Origin::of_user("ann");
    });
    EXPECT_TRUE(is_told);
    const store::Run run = hub.world.store().runs(1).front();
    EXPECT_EQ(run.kind, "undo");
    EXPECT_EQ(run.by, "ann");
    EXPECT_EQ(run.undoes, hub.run);
    EXPECT_NE(run.ended_at, Timestamp{});
}

TEST(UndoRun, LeavesWhatPeopleTypedSinceThoughItWasNotReadYet) {
    for (const bool conditional : {true, false}) {
        FakeSystem::Character character;
        character.conditional_write = conditional;
        Carried hub(character);
        hub.carry();
        hub.world["desk"].edit(hub.desk_id, "phone", "02 555 01 09");
        const auto report = hub.undo();
        ASSERT_TRUE(report.has_value());
        EXPECT_EQ(hub.phone("desk"), "02 555 01 09");
        EXPECT_EQ(hub.count(*report, What::Write, State::Skipped), 1U);
        EXPECT_EQ(hub.count(*report, What::Value, State::Skipped), 1U);
        EXPECT_TRUE(hub.world["desk"].lost_edits().empty());
    }
}

TEST(UndoRun, AnotherSpellingTypedSinceIsAnEditToo) {
    Carried hub;
    hub.carry();
    hub.world["desk"].edit(hub.desk_id, "phone", "+32 (0)2 555 01 02");
    const auto report = hub.undo();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(hub.phone("desk"), "+32 (0)2 555 01 02");
    EXPECT_EQ(hub.count(*report, What::Write, State::Skipped), 1U);
}

TEST(UndoRun, AskedForAgainGoesOnAtOnce) {
    Carried hub;
    hub.carry();
    hub.world["desk"].faults().write_never_sent = 1;
    const auto first = hub.undo();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(hub.count(*first, What::Write, State::Due), 1U);
    EXPECT_TRUE(first->systems[1].error.has_value());
    EXPECT_EQ(hub.world.store().runs(1).front().ended_at, Timestamp{}) << "it is not finished";
    const auto second = hub.undo();
    ASSERT_TRUE(second.has_value()) << second.error().detail;
    EXPECT_EQ(second->undo, first->undo) << "it is the same undo";
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    EXPECT_EQ(hub.count(*second, What::Write, State::Done), 1U);
    EXPECT_FALSE(hub.undo().has_value());
}

TEST(UndoRun, AskedForAgainGoesOnAfterACrashAtAnyPoint) {
    for (const char* point : {"undo.after", "call.before", "call.after", "settle.after"}) {
        Carried hub;
        hub.carry();
        hub.world.failpoint = [&](std::string_view name) {
            if (name == point) throw std::runtime_error("crash");
        };
        EXPECT_THROW(static_cast<void>(hub.undo()), std::runtime_error) << point;
        hub.world.failpoint = {};
        hub.world.restart();
        hub.world.clock.advance(std::chrono::seconds{10});
        const auto again = hub.undo();
        ASSERT_TRUE(again.has_value()) << point << ": " << again.error().detail;
        EXPECT_EQ(hub.phone("desk"), "02/555.01.01") << point;
        EXPECT_EQ(hub.count(*again, What::Write, State::Done), 1U) << point;
        EXPECT_EQ(hub.world.open_cases().size(), 1U) << point;
    }
}

TEST(UndoRun, ALostAnswerIsLookedAfter) {
    Carried hub;
    hub.carry();
    hub.world["desk"].faults().write_lost_after = 1;
    ASSERT_TRUE(hub.undo().has_value());
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    hub.world.settle();
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01") << "held until somebody knows";
}

TEST(UndoRun, LeavesTheOldValueForADeferredSystem) {
    FakeSystem::Character files;
    files.deferred = true;
    files.states_what_it_stored = false;
    files.version = connect::VersionKind::None;
    Carried hub(files);
    hub.carry();
    const auto report = hub.undo();
    ASSERT_TRUE(report.has_value());
    hub.world["desk"].take_in_corrections();
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    hub.world.settle();
    hub.world["desk"].take_in_corrections();
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
}

TEST(UndoRun, WhatItWroteBackIsNoImageOfWhatStands) {
    FakeSystem::Character files;
    files.deferred = true;
    files.states_what_it_stored = false;
    files.version = connect::VersionKind::None;
    World world({member("erp"), member("desk", files)}, [](HubSetting& hub) {
        hub.policies.front().kind = PolicyKind::Keep;
        hub.systems[1].scope.linked_only = true;
    });
    world["erp"].add({{"name", "Acme"}, {"phone", "02 555 01 01"}, {"vat", Carried::kVat}});
    world.settle();
    const RemoteId desk =
        world["desk"].add({{"name", "Acme"}, {"phone", "02 555 01 09"}, {"vat", Carried::kVat}});
    world.pass();
    const RunId run = world.store().runs(1).front().id;
    const CustomerId customer = world.customer_of("desk", desk).customer.id;
    ASSERT_TRUE(world.engine().undo(run, "ann").has_value());
    ASSERT_EQ(world.open_cases().size(), 1U);
    // The question ends without an answer, and the first value stands.
    ASSERT_TRUE(world.engine().delete_record(customer, "ann", sync::Carry::Out).has_value());
    ASSERT_TRUE(world.engine().undelete_record(customer, "ann").has_value());
    for (int i = 0; i < 3; ++i) {
        world["desk"].take_in_corrections();
        world.settle();
    }
    EXPECT_EQ(world.canonical("desk", desk, "phones.main.number"), "+3225550101");
    EXPECT_EQ(world["desk"].record(desk).at("phone"), "+3225550101");
}

TEST(UndoRun, APausedSystemIsDoneLater) {
    Carried hub;
    hub.carry();
    ASSERT_TRUE(hub.world.engine().pause(SystemId{"desk"}, "operator").has_value());
    const auto first = hub.undo();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(hub.count(*first, What::Write, State::Due), 1U);
    ASSERT_TRUE(hub.world.engine().resume(SystemId{"desk"}).has_value());
    ASSERT_TRUE(hub.undo().has_value());
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
}

TEST(UndoRun, ANewFieldIsNobodysAgain) {
    Carried hub;
    hub.world["erp"].edit(hub.erp_id, "city", "Gent");
    hub.world.pass();
    hub.run = hub.world.store().runs(1).front().id;
    ASSERT_TRUE(hub.undo().has_value());
    EXPECT_EQ(hub.world["desk"].record(hub.desk_id).at("city"), "");
    EXPECT_EQ(hub.world.canonical("erp", hub.erp_id, "addresses.billing.city"), "");
}

TEST(UndoRun, WhatARunMadeStays) {
    World world({member("erp"), member("desk")});
    world["erp"].add({{"name", "Acme"}, {"vat", Carried::kVat}});
    world.pass();
    const auto report = world.engine().undo(world.store().runs(1).front().id, "ann");
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(world["desk"].records().size(), 1U);
    const bool is_told =
        std::any_of(report->items.begin(), report->items.end(), [](const auto& item) {
            return item.what == What::Record && item.system == SystemId{"desk"} &&
                   item.reason == "made by this run and stays: no right to delete";
        });
    EXPECT_TRUE(is_told);
}

TEST(UndoRun, WhatARunMadeIsDeletedWithTheRightAndNotMadeAgain) {
    for (const bool conditional : {true, false}) {
        FakeSystem::Character character;
        character.conditional_write = conditional;
        Member desk = member("desk", character);
        desk.setting.rights.remove = true;
        World world({member("erp"), desk});
        world["erp"].add({{"name", "Acme"}, {"vat", Carried::kVat}});
        world.pass();
        ASSERT_EQ(world["desk"].records().size(), 1U);
        const auto report = world.engine().undo(world.store().runs(1).front().id, "ann");
        ASSERT_TRUE(report.has_value());
        EXPECT_TRUE(world["desk"].records().empty());
        world.settle();
        EXPECT_TRUE(world["desk"].records().empty());
    }
}

TEST(UndoRun, ARecordThatPeopleWorkedOnSinceIsNotDeleted) {
    for (const bool conditional : {true, false}) {
        FakeSystem::Character character;
        character.conditional_write = conditional;
        Member desk = member("desk", character);
        desk.setting.rights.remove = true;
        World world({member("erp"), desk});
        world["erp"].add({{"name", "Acme"}, {"vat", Carried::kVat}});
        world.pass();
        const RunId run = world.store().runs(1).front().id;
        world["desk"].edit(RemoteId{"1"}, "phone", "02 555 01 01");
        ASSERT_TRUE(world.engine().undo(run, "ann").has_value());
        EXPECT_EQ(world["desk"].records().size(), 1U);
    }
}

TEST(UndoRun, ADecisionOfAPersonIsARunToo) {
    Carried hub;
    hub.world["erp"].edit(hub.erp_id, "email", "a@acme.example");
    hub.world["desk"].edit(hub.desk_id, "email", "b@acme.example");
    hub.world.pass();
    const auto cases = hub.world.open_cases();
    ASSERT_EQ(cases.size(), 1U);
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(hub.world.engine()
                    .resolve_conflict(cases[0].id, std::nullopt, "c@acme.example", "bob")
                    .has_value());
    const store::Run act = hub.world.store().runs(1).front();
    EXPECT_EQ(act.kind, "resolve");
    EXPECT_EQ(act.by, "bob");
    hub.run = act.id;
    ASSERT_TRUE(hub.undo().has_value());
    EXPECT_EQ(hub.world.open_cases().size(), 1U) << "the question is open again";
    hub.world.settle();
    EXPECT_EQ(hub.world["erp"].record(hub.erp_id).at("email"), "a@acme.example");
    EXPECT_EQ(hub.world["desk"].record(hub.desk_id).at("email"), "b@acme.example");
}

TEST(UndoRun, OfThePassThatCarriedADecisionLeavesAQuestion) {
    Carried hub;
    const CustomerId customer = hub.world.customer_of("erp", hub.erp_id).customer.id;
    const FieldId phone = hub.world.id(kPhone);
    hub.world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(
        hub.world.engine().restore(customer, {{phone, FieldValue::of("+3225550107")}}, "bob")
    );
    hub.world.pass();
    hub.run = hub.world.store().runs(1).front().id;
    ASSERT_EQ(hub.phone("erp"), "+3225550107");
    ASSERT_TRUE(hub.undo().has_value());
    EXPECT_EQ(hub.phone("erp"), "02 555 01 01");
    EXPECT_EQ(hub.phone("desk"), "02/555.01.01");
    EXPECT_EQ(hub.world.canonical("erp", hub.erp_id, kPhone), "+3225550107")
        << "the decision is a run of its own";
    EXPECT_EQ(hub.world.open_cases().size(), 1U);
    hub.world.settle();
    EXPECT_EQ(hub.phone("erp"), "02 555 01 01") << "nothing is written over";
}

TEST(UndoRun, APreviewDoesNothing) {
    Carried hub;
    hub.carry();
    const std::size_t writes = hub.world.writes();
    const auto report = hub.world.engine().preview_undo(hub.run, "ann");
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(hub.count(*report, What::Write, State::Due), 1U);
    EXPECT_EQ(hub.count(*report, What::Value, State::Due), 1U);
    EXPECT_TRUE(report->undo.is_nil());
    EXPECT_EQ(hub.world.writes(), writes);
    EXPECT_EQ(hub.world.canonical("erp", hub.erp_id, kPhone), "+3225550102");
}

TEST(UndoRun, OfNothingIsRefused) {
    Carried hub;
    hub.run = RunId{};
    const auto report = hub.undo();
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace syncline::testing
