// What follows when a record disappears from a system, or a customer is deleted.

#include "support/world.hpp"
#include "sync/core/delete_customer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

const std::map<std::string, std::string> kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3292223344"},
    {"city", "Gent"},
    {"vat", "BE0403019261"},
    {"status", "active"}};
const std::map<std::string, std::string> kOther{
    {"name", "Bystander"}, {"email", "by@stander.be"}, {"phone", "+3292220000"}, {"city", "Lier"}};

using React = std::function<void(HubSetting&)>;

SystemSetting with_status(const std::string& id) {
    SystemSetting setting = fake_setting(id);
    setting.rights.remove = true;
    MappedFieldSetting status;
    status.field = "status";
    status.remotes = {"status"};
    status.where = id + ".json:1";
    setting.mapping.push_back(status);
    return setting;
}

/// One customer in three systems, and one more record in each, so that no listing is ever empty.
class Deleting : public ::testing::Test {
protected:
    void start(const React& react, FakeSystem::Character books_character = {}) {
        world_ = std::make_unique<World>(
            std::vector<Member>{
                {with_status("erp"), {}},
                {with_status("books"), std::move(books_character)},
                {with_status("desk"), {}}},
            react
        );
        World& world = *world_;
        for (const char* system : {"erp", "books", "desk"}) {
            world[system].add(kOther);
            record_[system] = world[system].add(kAcme);
        }
        world.settle();
        ASSERT_EQ(world.store().counts().records, 2U);
    }
    World& world() { return *world_; }
    bool is_there(const std::string& system) {
        return world()[system].records().contains(record_[system]);
    }
    std::string in(const std::string& system, const std::string& field) {
        return world()[system].record(record_[system]).at(field);
    }
    sync::Aggregate customer() { return world().customer_of("erp", record_["erp"]); }
    CustomerState state() { return customer().customer.state; }
    std::vector<std::string> asked() {
        std::vector<std::string> systems;
        for (const Case& item : world().open_cases())
            systems.push_back(item.system.text());
        std::sort(systems.begin(), systems.end());
        return systems;
    }
    using Names = std::vector<std::string>;

    std::map<std::string, RemoteId> record_;

private:
    std::unique_ptr<World> world_;
};

React when_gone_in_erp(WhenGone reaction, OnDelete elsewhere = OnDelete::Delete) {
    return [=](HubSetting& hub) {
        hub.systems[0].when_gone = reaction;
        hub.systems[1].on_delete = elsewhere;
        hub.systems[2].on_delete = elsewhere;
    };
}

TEST_F(Deleting, ADeletionSpreadsWhereTheConfigurationSaysSo) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_FALSE(is_there("desk"));
    EXPECT_EQ(state(), CustomerState::Deleted);
    EXPECT_EQ(asked(), Names{});
    const std::size_t writes = world().writes();
    world().settle();
    EXPECT_EQ(world().writes(), writes) << "a tombstone is not made again anywhere";
    EXPECT_EQ(world().store().counts().records, 1U);
}

TEST_F(Deleting, WhereTheRightWasTakenAwayNothingIsDeleted) {
    start([](HubSetting& hub) {
        when_gone_in_erp(WhenGone::Delete)(hub);
        hub.systems[1].rights.remove = false;
    });
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_TRUE(is_there("books"));
    EXPECT_FALSE(is_there("desk"));
}

TEST_F(Deleting, TheDefaultAsksAndDeletesNothing) {
    start({});
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_TRUE(is_there("books"));
    EXPECT_TRUE(is_there("desk"));
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_EQ(asked(), Names{"erp"});
}

TEST_F(Deleting, UnlinkAsksNothingAndMakesNothingAgain) {
    start(when_gone_in_erp(WhenGone::Unlink));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_EQ(asked(), Names{});
    EXPECT_EQ(world()["erp"].records().size(), 1U);
    EXPECT_EQ(state(), CustomerState::Active);
    world()["books"].edit(record_["books"], "city", "Brugge");
    world().settle();
    EXPECT_EQ(in("desk", "city"), "Brugge") << "the others go on";
}

TEST_F(Deleting, RecreateMakesItAgainOnceAndThenAsks) {
    start(when_gone_in_erp(WhenGone::Recreate));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    ASSERT_EQ(world()["erp"].records().size(), 2U);
    const RemoteId again = world()["erp"].records().rbegin()->first;
    EXPECT_EQ(world()["erp"].record(again).at("city"), "Gent");
    EXPECT_EQ(asked(), Names{});
    world()["erp"].remove(again);
    world().settle();
    EXPECT_EQ(world()["erp"].records().size(), 1U);
    EXPECT_EQ(asked(), Names{"erp"});
}

TEST_F(Deleting, DeactivateShowsElsewhereThatTheCustomerLeft) {
    start(when_gone_in_erp(WhenGone::Deactivate));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_EQ(in("books", "status"), "inactive");
    EXPECT_EQ(in("desk", "status"), "inactive");
    EXPECT_EQ(state(), CustomerState::Active);
}

TEST_F(Deleting, AnUpdateElsewhereBeatsADelete) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["erp"].remove(record_["erp"]);
    world()["books"].edit(record_["books"], "city", "Brugge");
    world().settle();
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_EQ(in("desk", "city"), "Brugge");
    EXPECT_EQ(asked(), Names{"erp"}) << "whether it is made there again is a person's business";
    EXPECT_EQ(world()["erp"].records().size(), 1U);
}

TEST_F(Deleting, WhatWasStillOwedBeatsADeleteToo) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["erp"].faults().write_never_sent = 1;
    world()["books"].edit(record_["books"], "city", "Brugge");
    world().pass();  // known, and not written to erp
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_TRUE(is_there("books"));
}

/// Somebody edits the record in books in the moment before the hub's deletion arrives there.
class DeletingLate : public Deleting, public ::testing::WithParamInterface<bool> {};

TEST_P(DeletingLate, AnEditThatWasNotReadYetIsNeverDeletedWithTheRecord) {
    FakeSystem::Character character;
    character.conditional_write = GetParam();
    start(when_gone_in_erp(WhenGone::Delete), character);
    world()["erp"].remove(record_["erp"]);
    bool is_edited = false;
    const std::string point = GetParam() ? "call.before" : "checkpoint.after";
    int read = 0;
    world().failpoint = [&](std::string_view name) {
        if (name != point || is_edited) return;
        if (!GetParam() && ++read < 3) return;  // after the last system was read
        is_edited = true;
        world()["books"].edit(record_["books"], "city", "Brugge");
    };
    world().settle();
    ASSERT_TRUE(is_edited);
    EXPECT_TRUE(is_there("books"));
    EXPECT_EQ(in("books", "city"), "Brugge");
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_TRUE(world()["books"].lost_edits().empty());
}

INSTANTIATE_TEST_SUITE_P(ByCondition, DeletingLate, ::testing::Bool());

TEST_F(Deleting, ARecordThatIsToStayIsAskedAboutAndLeftAlone) {
    start(when_gone_in_erp(WhenGone::Delete, OnDelete::Review));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_TRUE(is_there("books"));
    EXPECT_EQ(asked(), (Names{"books", "desk"}));
    for (const Case& item : world().open_cases()) {
        sync::Engine& engine = world().engine();
        if (item.system == SystemId{"books"})
            ASSERT_TRUE(engine.answer_gone(item.id, sync::GoneAnswer::Delete, "ann").has_value());
        else
            ASSERT_TRUE(engine.dismiss_review(item.id, "ann").has_value());
    }
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_TRUE(is_there("desk"));
    EXPECT_EQ(asked(), Names{});
}

TEST_F(Deleting, AnEditOfARecordThatOutlivedItsCustomerIsAskedAboutAndNotLost) {
    start(when_gone_in_erp(WhenGone::Delete, OnDelete::Unlink));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_EQ(asked(), Names{});
    world()["desk"].edit(record_["desk"], "city", "Brugge");
    world().settle();
    EXPECT_EQ(state(), CustomerState::Deleted);
    EXPECT_EQ(asked(), Names{"desk"});
    EXPECT_EQ(in("books", "city"), "Gent");
    ASSERT_TRUE(world().engine().undelete_record(customer().customer.id, "ann").has_value());
    world().settle();
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_EQ(in("books", "city"), "Brugge");
    EXPECT_EQ(asked(), Names{});
}

TEST_F(Deleting, ARefusedDeletionLeavesTheRecordInactiveAndIsNotRepeated) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["books"].faults().refuse_delete = 1;
    world()["erp"].remove(record_["erp"]);
    world().settle();
    ASSERT_TRUE(is_there("books")) << "it has invoices";
    EXPECT_EQ(in("books", "status"), "inactive");
    EXPECT_FALSE(is_there("desk"));
    ASSERT_EQ(world().store().quarantine().size(), 1U);
    const std::vector<std::uint64_t> again{world().store().quarantine().front().id};
    ASSERT_TRUE(world().engine().retry_quarantined(again).has_value());
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_TRUE(world().store().quarantine().empty());
}

TEST_F(Deleting, ALostAnswerIsLookedAfter) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["books"].faults().write_lost_after = 1;
    world()["desk"].faults().write_lost_before = 1;
    world()["erp"].remove(record_["erp"]);
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_FALSE(is_there("desk"));
    EXPECT_TRUE(world().store().unsettled_attempts().empty());
    EXPECT_EQ(asked(), Names{});
}

TEST_F(Deleting, DeletedOnTwoSidesIsOneTombstoneAndNoCall) {
    start([](HubSetting& hub) {
        for (SystemSetting& system : hub.systems) {
            system.when_gone = WhenGone::Delete;
            system.on_delete = OnDelete::Delete;
        }
    });
    const std::size_t writes = world().writes();
    for (const char* system : {"erp", "books", "desk"})
        world()[system].remove(record_[system]);
    world().settle();
    EXPECT_EQ(world().writes(), writes);
    EXPECT_EQ(state(), CustomerState::Deleted);
    EXPECT_EQ(asked(), Names{});
}

TEST_F(Deleting, APersonDeletesAndBringsBack) {
    start(when_gone_in_erp(WhenGone::Review));
    const CustomerId id = customer().customer.id;
    const auto shown = world().engine().delete_record(id, "ann", sync::Carry::Preview);
    ASSERT_TRUE(shown.has_value());
    EXPECT_EQ(shown->records.size(), 3U);
    world().settle();
    EXPECT_TRUE(is_there("books")) << "a preview does nothing";

    ASSERT_TRUE(world().engine().delete_record(id, "ann", sync::Carry::Out).has_value());
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_TRUE(is_there("erp")) << "there its on_delete asks";
    EXPECT_EQ(
        world().engine().delete_record(id, "ann", sync::Carry::Out).error().code,
        ErrorCode::UsageInvalid
    );
    ASSERT_TRUE(world().engine().undelete_record(id, "ann").has_value());
    world().settle();
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_EQ(world()["books"].records().size(), 2U) << "made again";
    EXPECT_EQ(world()["desk"].records().size(), 2U);
    EXPECT_EQ(asked(), Names{});
}

TEST_F(Deleting, ASystemThatWasNotReachedYetIsWaitedFor) {
    start(when_gone_in_erp(WhenGone::Review));
    const CustomerId id = customer().customer.id;
    ASSERT_TRUE(world().engine().delete_record(id, "ann", sync::Carry::Out).has_value());
    world().restart();
    sync::PassOptions only;
    only.systems = {SystemId{"erp"}};
    world().engine().pass(only);
    EXPECT_EQ(asked(), Names{}) << "whether books can delete is not known yet";
    world().settle();
    EXPECT_FALSE(is_there("books"));
    EXPECT_FALSE(is_there("desk"));
    EXPECT_EQ(asked(), Names{"erp"});
}

TEST_F(Deleting, ADeleteThatIsTakenBackInTheSystemBringsTheCustomerBack) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["erp"].remove(record_["erp"]);
    world().settle();
    world()["erp"].restore(record_["erp"]);
    world().settle();
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_EQ(world()["books"].records().size(), 2U);
    EXPECT_EQ(world()["desk"].records().size(), 2U);
}

TEST_F(Deleting, AnIdThatIsUsedAgainNamesSomebodyElse) {
    start(when_gone_in_erp(WhenGone::Delete));
    const CustomerId deleted = customer().customer.id;
    world()["erp"].remove(record_["erp"]);
    world().settle();
    world()["erp"].use_again(
        record_["erp"], {{"name", "Zeta"}, {"email", "z@zeta.be"}, {"city", "Mol"}}
    );
    world().settle();
    EXPECT_EQ(world().store().counts().records, 2U);
    EXPECT_EQ(world().canonical("erp", record_["erp"], "name"), "Zeta");
    EXPECT_NE(world().customer_of("erp", record_["erp"]).customer.id, deleted);
    EXPECT_EQ(world()["books"].records().size(), 2U);
    EXPECT_EQ(in("books", "name"), "Acme") << "of the deleted one nothing comes back";
    EXPECT_FALSE(is_there("books"));
}

/// The customer was deleted, books kept their record, and somebody enters them again in desk.
class EnteredAgain : public Deleting {
protected:
    void SetUp() override {
        start([](HubSetting& hub) {
            when_gone_in_erp(WhenGone::Delete)(hub);
            hub.systems[1].on_delete = OnDelete::Unlink;
            hub.systems[2].on_delete = OnDelete::Delete;
        });
        deleted = customer().customer.id;
        world()["erp"].remove(record_["erp"]);
        world().settle();
        ASSERT_EQ(state(), CustomerState::Deleted);
        ASSERT_FALSE(is_there("desk"));
        again = world()["desk"].add(kAcme);
        world().settle();
    }
    std::size_t acmes(const std::string& system) {
        const auto records = world()[system].records();
        return static_cast<std::size_t>(std::count_if(
            records.begin(),
            records.end(),
            [](const auto& record) { return record.second.at("name") == "Acme"; }
        ));
    }

    CustomerId deleted;
    RemoteId again;
};

TEST_F(EnteredAgain, APersonIsAskedBeforeTheyStandBesideTheRecordThatStayed) {
    ASSERT_EQ(world().open_cases().size(), 1U);
    const Case asked = world().open_cases().front();
    EXPECT_EQ(asked.kind, CaseKind::Duplicate);
    ASSERT_EQ(asked.candidates.size(), 1U);
    EXPECT_EQ(asked.candidates.front().customer, deleted);
    EXPECT_EQ(acmes("books"), 1U);
    EXPECT_EQ(acmes("erp"), 0U);
}

TEST_F(EnteredAgain, WhoIsBroughtBackAndMergedKeepsTheRecordThatStayed) {
    const CustomerId other = world().customer_of("desk", again).customer.id;
    ASSERT_TRUE(world().engine().undelete_record(deleted, "ann"));
    ASSERT_TRUE(world().engine().merge(deleted, other, {}, "ann", sync::Carry::Out));
    world().settle();
    EXPECT_EQ(world().customer_of("desk", again).customer.id, deleted);
    EXPECT_EQ(acmes("books"), 1U);
    EXPECT_EQ(acmes("desk"), 1U);
    EXPECT_TRUE(std::none_of(
        world().open_cases().begin(),
        world().open_cases().end(),
        [](const Case& item) { return item.kind == CaseKind::Duplicate; }
    ));
}

TEST_F(EnteredAgain, SomebodyElseIsMadeEverywhereAnew) {
    ASSERT_TRUE(world().engine().dismiss_review(world().open_cases().front().id, "ann"));
    world().settle();
    EXPECT_EQ(acmes("books"), 2U);
    EXPECT_EQ(acmes("erp"), 1U);
}

TEST_F(Deleting, OfWhomNothingStayedIsMadeAnewWithoutAQuestion) {
    start([](HubSetting& hub) {
        when_gone_in_erp(WhenGone::Delete)(hub);
        hub.systems[1].on_delete = OnDelete::Delete;
        hub.systems[2].on_delete = OnDelete::Delete;
    });
    world()["erp"].remove(record_["erp"]);
    world().settle();
    ASSERT_EQ(state(), CustomerState::Deleted);
    world()["desk"].add(kAcme);
    world().settle();
    EXPECT_TRUE(world().open_cases().empty());
    EXPECT_EQ(world()["books"].records().size(), 2U);
}

TEST_F(Deleting, AnEmptyListingIsNotBelieved) {
    start(when_gone_in_erp(WhenGone::Delete));
    for (const auto& [id, fields] : world()["erp"].records())
        world()["erp"].remove(id);
    const sync::PassReport report = world().pass();
    EXPECT_FALSE(report.systems[0].unbelieved.empty());
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_EQ(state(), CustomerState::Active);
    EXPECT_TRUE(is_there("books"));
    world().believes_missing = true;
    world().settle();
    EXPECT_EQ(state(), CustomerState::Deleted);
}

TEST_F(Deleting, AListingThatLacksMoreThanTheThresholdIsNotBelieved) {
    start([](HubSetting& hub) {
        hub.deletes = {1, 0};
        hub.systems[0].when_gone = WhenGone::Unlink;
    });
    world()["erp"].add({{"name", "Third"}, {"email", "t@third.be"}});
    world().settle();
    world()["erp"].remove(record_["erp"]);
    const RemoteId other = world()["erp"].records().begin()->first;
    world()["erp"].remove(other);
    EXPECT_FALSE(world().pass().systems[0].unbelieved.empty());
    EXPECT_EQ(customer().find_link(SystemId{"erp"})->state, LinkState::Active);
    world()["erp"].restore(other);
    EXPECT_TRUE(world().pass().systems[0].unbelieved.empty());
    EXPECT_EQ(customer().find_link(SystemId{"erp"})->state, LinkState::Gone);
}

TEST_F(Deleting, ASystemThatDeniesWhatItListedDeletesNobody) {
    start(when_gone_in_erp(WhenGone::Delete));
    world()["erp"].faults().denies_everything = 1;
    world()["erp"].remove(record_["erp"]);
    const sync::PassReport report = world().pass();
    ASSERT_TRUE(report.systems[0].error.has_value());
    EXPECT_EQ(report.systems[0].error->code, ErrorCode::RemoteUnauthorised);
    EXPECT_EQ(state(), CustomerState::Active);
}

TEST_F(Deleting, TooManyDeletionsWaitForApproval) {
    start([](HubSetting& hub) {
        hub.systems[1].on_delete = OnDelete::Delete;
        hub.deletes = {1, 0};
    });
    std::vector<RemoteId> more;
    for (int i = 0; i < 3; ++i) {
        const std::string n = std::to_string(i);
        const std::map<std::string, std::string> fields{
            {"name", "N" + n}, {"email", "n" + n + "@n.be"}};
        world()["books"].add(fields);
        more.push_back(world()["erp"].add(fields));
    }
    world().settle();
    const std::size_t before = world()["books"].records().size();
    for (const RemoteId& id : more) {
        const CustomerId customer = world().customer_of("erp", id).customer.id;
        ASSERT_TRUE(world().engine().delete_record(customer, "ann", sync::Carry::Out).has_value());
    }
    const sync::PassReport report = world().pass();
    EXPECT_NE(report.systems[1].stopped_by.find("records to delete"), std::string::npos);
    EXPECT_EQ(world()["books"].records().size(), before);
}

}  // namespace
}  // namespace syncline::testing
