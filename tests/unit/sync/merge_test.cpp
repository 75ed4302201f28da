// Two customers that are one, and one that is two.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Fields = std::map<std::string, std::string>;

/// erp and books have a customer each that the other does not know; desk has both.
class Merging : public ::testing::Test {
protected:
    void start(const World::Adjust& adjust = {}, FakeSystem::Character desk_character = {}) {
        world_ = std::make_unique<World>(
            std::vector<Member>{
                member("erp"), member("books"), {fake_setting("desk"), std::move(desk_character)}},
            [&](HubSetting& hub) {
                for (SystemSetting& system : hub.systems)
                    system.rights.create = false;
                hub.deletes = {};
                if (adjust) adjust(hub);
            }
        );
        World& world = *world_;
        erp = world["erp"].add({{"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}});
        desk_a = world["desk"].add({{"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}});
        books = world["books"].add(
            {{"name", "Acme NV"}, {"email", "nv@acme.be"}, {"phone", "+3292223344"}}
        );
        desk_b = world["desk"].add(
            {{"name", "Acme NV"}, {"email", "nv@acme.be"}, {"phone", "+3292223344"}}
        );
        world.settle();
        one = customer("erp", erp);
        other = customer("books", books);
        ASSERT_NE(one, other);
    }
    World& world() { return *world_; }
    CustomerId customer(const std::string& system, const RemoteId& id) {
        return world().customer_of(system, id).customer.id;
    }
    std::string in(const std::string& system, const RemoteId& id, const std::string& field) {
        const Fields& record = world()[system].record(id);
        return record.contains(field) ? record.at(field) : "";
    }
    void merge(const std::vector<sync::MergedField>& taken = {}) {
        const auto done = world().engine().merge(one, other, taken, "ann", sync::Carry::Out);
        ASSERT_TRUE(done.has_value()) << done.error().detail;
        world().settle();
    }
    void unmerge() {
        const auto done = world().engine().unmerge(other, "ann", sync::Carry::Out);
        ASSERT_TRUE(done.has_value()) << done.error().detail;
        world().settle();
    }
    /// All records of all systems; an empty field is none.
    std::map<std::string, std::map<RemoteId, Fields>> everything() {
        std::map<std::string, std::map<RemoteId, Fields>> all;
        for (const char* system : {"erp", "books", "desk"}) {
            all[system] = world()[system].records();
            for (auto& [id, fields] : all[system])
                std::erase_if(fields, [](const auto& entry) { return entry.second.empty(); });
        }
        return all;
    }
    Customer stored(const CustomerId& id) {
        const std::vector<CustomerId> ids{id};
        return world().store().customers(ids).at(0);
    }

    RemoteId erp, books, desk_a, desk_b;
    CustomerId one, other;

private:
    std::unique_ptr<World> world_;
};

TEST_F(Merging, TheRecordsOfBothAreOneCustomersFromThenOn) {
    start();
    merge();
    EXPECT_EQ(customer("books", books), one);
    EXPECT_EQ(stored(other).state, CustomerState::Alias);
    EXPECT_EQ(stored(other).alias_of, one);
    EXPECT_EQ(world().store().counts().records, 1U);
    EXPECT_EQ(in("erp", erp, "phone"), "+3292223344") << "what only the other one said";
    EXPECT_EQ(in("books", books, "city"), "Gent");
}

TEST_F(Merging, WhereTheyDifferThePolicyDecidesAndElseTheSurvivor) {
    start();
    world()["books"].edit(books, "name", "Acme Trading");  // provably later
    world().settle();
    const auto shown = world().engine().merge(one, other, {}, "ann", sync::Carry::Preview);
    ASSERT_TRUE(shown.has_value());
    std::map<std::string, std::pair<bool, bool>> decided;
    for (const auto& choice : shown->choices)
        decided[choice.path] = {choice.decided.from_loser, choice.decided.is_undecided};
    EXPECT_EQ(decided["name"], std::pair(true, false));
    EXPECT_EQ(decided["emails.main.address"], std::pair(false, true)) << "a person's business";
    EXPECT_FALSE(shown->writes.empty());
    EXPECT_EQ(customer("books", books), other) << "a preview does nothing";
    merge();
    EXPECT_EQ(in("erp", erp, "name"), "Acme Trading");
    EXPECT_EQ(in("books", books, "email"), "info@acme.be");
    const auto journal = world().journal(world().customer_of("erp", erp), "emails.main.address");
    EXPECT_EQ(journal.back().kind, ChangeKind::Loser) << "what lost is kept";
}

TEST_F(Merging, APersonMayChooseASide) {
    start();
    sync::MergedField email;
    email.field = world().id("emails.main.address");
    email.from_loser = true;
    merge({email});
    EXPECT_EQ(in("erp", erp, "email"), "nv@acme.be");
    EXPECT_EQ(in("books", books, "email"), "nv@acme.be");
}

TEST_F(Merging, WhoHoldsWhatStandsIsHeardLikeBefore) {
    start();
    sync::MergedField name;
    name.field = world().id("name");
    name.from_loser = true;
    merge({name});
    world()["desk"].edit(desk_b, "name", "Acme Group");  // its second record there, only read
    world().settle();
    const auto journal = world().journal(world().customer_of("erp", erp), "name");
    EXPECT_EQ(journal.back().kind, ChangeKind::Version);
    EXPECT_EQ(journal.back().rule, Rule::OnlyChange);
    EXPECT_EQ(in("erp", erp, "name"), "Acme Group");
}

TEST_F(Merging, AQuestionAboutTheOtherOneIsAboutTheSurvivor) {
    start([](HubSetting& hub) {
        PolicySetting review;
        review.pattern = "phones.main.number";
        review.kind = PolicyKind::Review;
        hub.policies.push_back(review);
    });
    world()["books"].edit(books, "phone", "+3292220001");
    world()["desk"].edit(desk_b, "phone", "+3292220002");
    world().settle();
    ASSERT_EQ(world().open_cases().size(), 1U);
    const CaseId question = world().open_cases().front().id;
    merge();
    for (const Case& item : world().open_cases()) {
        if (item.id == question) EXPECT_EQ(item.customer, one);
    }
}

TEST_F(Merging, WhatIsSeparatedGetsNewVersions) {
    start();
    merge();
    const Version merged = world().store().high_water();
    unmerge();
    EXPECT_GT(stored(other).fields.find(world().id("name"))->version, merged);
}

TEST_F(Merging, ASecondRecordInASystemIsReadAndNotWrittenAndAskedAbout) {
    start();
    merge();
    EXPECT_EQ(in("desk", desk_b, "name"), "Acme NV") << "only the primary one is written";
    ASSERT_EQ(world().open_cases().size(), 1U);
    EXPECT_EQ(world().open_cases()[0].kind, CaseKind::Duplicate);
    world()["desk"].edit(desk_b, "phone", "+3292220007");
    world().settle();
    EXPECT_EQ(in("erp", erp, "phone"), "+3292220007") << "a late update lands on the survivor";
    EXPECT_EQ(in("desk", desk_a, "phone"), "+3292220007");
}

TEST_F(Merging, WhenTheWrittenRecordGoesTheSecondTakesItsPlace) {
    start();
    merge();
    world()["desk"].remove(desk_a);
    world().settle();
    EXPECT_EQ(in("desk", desk_b, "name"), "Acme");
    const sync::Aggregate now = world().customer_of("desk", desk_b);
    EXPECT_EQ(now.find_link(SystemId{"desk"})->remote_id, desk_b);
    for (const Case& item : world().open_cases())
        EXPECT_NE(item.kind, CaseKind::Gone) << "nobody was deleted";
}

TEST_F(Merging, MergedAndSeparatedWithoutAnEditEverythingIsAsItWas) {
    start();
    const auto before = everything();
    const FlatMap<FieldId, FieldState> ours = stored(one).fields;
    const FlatMap<FieldId, FieldState> theirs = stored(other).fields;
    merge();
    EXPECT_NE(everything(), before);
    unmerge();
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(customer("books", books), other);
    EXPECT_EQ(customer("desk", desk_b), other);
    EXPECT_EQ(world().store().counts().records, 2U);
    EXPECT_TRUE(world().open_cases().empty());
    const auto expect_same = [&](const CustomerId& id, const auto& fields) {
        const Customer now = stored(id);
        for (const auto& [field, was] : fields) {
            const FieldState* is = now.fields.find(field);
            ASSERT_NE(is, nullptr);
            EXPECT_EQ(is->value, was.value);
            EXPECT_EQ(is->origin, was.origin);
            EXPECT_EQ(is->interval, was.interval);
            EXPECT_EQ(is->rule, was.rule);
        }
    };
    expect_same(one, ours);
    expect_same(other, theirs);
}

TEST_F(Merging, SeparatedBeforeAnythingWasWrittenEverythingIsAsItWas) {
    start();
    const auto before = everything();
    sync::Engine& engine = world().engine();
    ASSERT_TRUE(engine.merge(one, other, {}, "ann", sync::Carry::Out).has_value());
    unmerge();
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(world().canonical("erp", erp, "phones.main.number"), "");
    EXPECT_EQ(world().canonical("books", books, "addresses.billing.city"), "");
}

TEST_F(Merging, WhatHappenedSinceStaysOnItsSide) {
    start();
    merge();
    world()["books"].edit(books, "city", "Brugge");
    world().settle();
    world()["erp"].edit(erp, "phone", "+3292220001");
    world().settle();
    EXPECT_EQ(in("desk", desk_a, "city"), "Brugge");
    unmerge();
    EXPECT_EQ(in("books", books, "city"), "Brugge");
    EXPECT_EQ(in("desk", desk_b, "city"), "Brugge");
    EXPECT_EQ(in("erp", erp, "city"), "Gent");
    EXPECT_EQ(in("desk", desk_a, "city"), "Gent");
    EXPECT_EQ(in("erp", erp, "phone"), "+3292220001");
    EXPECT_EQ(in("books", books, "phone"), "+3292223344");
}

TEST_F(Merging, AUsersValueSinceStaysWithTheSurvivorAndIsListed) {
    start([](HubSetting& hub) {
        hub.policies.push_back({});
        hub.policies.back().pattern = "phones.main.number";
        hub.policies.back().kind = PolicyKind::Review;
    });
    merge();
    world()["books"].edit(books, "phone", "+3292220002");
    world()["erp"].edit(erp, "phone", "+3292220001");
    world().settle();
    const auto is_conflict = [](const Case& item) { return item.kind == CaseKind::Conflict; };
    const auto cases = world().open_cases();
    const auto conflict = std::find_if(cases.begin(), cases.end(), is_conflict);
    ASSERT_NE(conflict, cases.end());
    const auto done =
        world().engine().resolve_conflict(conflict->id, std::nullopt, "+32 9 222 00 09", "ann");
    ASSERT_TRUE(done.has_value());
    world().settle();
    const auto report = world().engine().unmerge(other, "ann", sync::Carry::Out);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->kept, std::vector<std::string>{"phones.main.number"});
    world().settle();
    EXPECT_EQ(in("erp", erp, "phone"), "+3292220009");
    EXPECT_EQ(in("books", books, "phone"), "+3292220002");
}

TEST_F(Merging, WhatTheHubCopiedAcrossDoesNotStayBehind) {
    start();
    merge();
    ASSERT_EQ(in("erp", erp, "phone"), "+3292223344");
    unmerge();
    EXPECT_EQ(in("erp", erp, "phone"), "");
    EXPECT_EQ(in("books", books, "city"), "");
}

struct Crash {};

// The hub died between reading the number and comparing it, and then it was replaced by a note.
TEST_F(Merging, WhatWasNeverHeardIsNotHeardAtTheEndEither) {
    start();
    const RemoteId bolt =
        world()["erp"].add({{"name", "Bolt"}, {"email", "info@bolt.be"}, {"phone", "+3292225566"}});
    world().failpoint = [](std::string_view point) {
        if (point == "checkpoint.after") throw Crash{};
    };
    EXPECT_THROW(world().pass(), Crash);
    world().failpoint = nullptr;
    world().restart();
    world()["erp"].edit(bolt, "phone", "ask Piet");
    world().settle();
    ASSERT_EQ(world().canonical("erp", bolt, "phones.main.number"), "");
    one = customer("erp", bolt);
    merge();
    ASSERT_EQ(world().canonical("erp", bolt, "phones.main.number"), "+3292223344");
    unmerge();
    EXPECT_EQ(world().canonical("erp", bolt, "phones.main.number"), "");
}

TEST_F(Merging, InAChainTheFirstOneCanBeTakenOut) {
    start();
    const RemoteId third = world()["erp"].add({{"name", "Acme Holding"}, {"email", "h@acme.be"}});
    world().settle();
    const CustomerId holding = customer("erp", third);
    merge();  // other -> one
    ASSERT_TRUE(world().engine().merge(holding, one, {}, "ann", sync::Carry::Out).has_value());
    world().settle();
    EXPECT_EQ(customer("books", books), holding);
    unmerge();  // other leaves the whole
    EXPECT_EQ(customer("books", books), other);
    EXPECT_EQ(customer("desk", desk_b), other);
    EXPECT_EQ(customer("desk", desk_a), holding);
    EXPECT_EQ(in("books", books, "name"), "Acme NV");
    EXPECT_EQ(world().store().counts().records, 2U);
}

TEST_F(Merging, WhenTheWrittenRecordWentMeanwhileTheSecondTakesItsPlace) {
    start();
    merge();
    const RemoteId desk_c = world()["desk"].add({{"name", "Bolt"}, {"email", "info@bolt.be"}});
    world().settle();
    const CustomerId third = customer("desk", desk_c);
    ASSERT_TRUE(world().engine().merge(third, one, {}, "ann", sync::Carry::Out).has_value());
    world().settle();
    world()["desk"].remove(desk_a);
    world().settle();
    ASSERT_TRUE(world().engine().unmerge(one, "ann", sync::Carry::Out).has_value());
    world().settle();
    world()["erp"].edit(erp, "city", "Brugge");
    world().settle();
    EXPECT_EQ(in("desk", desk_b, "city"), "Brugge");
}

TEST_F(Merging, TheWrittenOneOfTwoRecordsIsSoAgain) {
    start();
    sync::Engine& engine = world().engine();
    ASSERT_TRUE(engine.merge(other, one, {}, "ann", sync::Carry::Out));  // the older one is second
    const RemoteId desk_c = world()["desk"].add({{"name", "Bolt"}, {"email", "info@bolt.be"}});
    world().settle();
    const CustomerId third = customer("desk", desk_c);
    ASSERT_TRUE(engine.merge(third, other, {}, "ann", sync::Carry::Out));
    world().settle();
    unmerge();
    world()["books"].edit(books, "name", "Acme Benelux");
    world().settle();
    EXPECT_EQ(in("desk", desk_b, "name"), "Acme Benelux");
    EXPECT_EQ(in("desk", desk_a, "name"), "Acme") << "it is read only";
}

TEST_F(Merging, WhatCannotBeMergedSaysWhy) {
    start();
    sync::Engine& engine = world().engine();
    const auto code = [&](const CustomerId& a, const CustomerId& b) {
        const auto done = engine.merge(a, b, {}, "ann", sync::Carry::Out);
        return done ? ErrorCode::StalePlan : done.error().code;
    };
    EXPECT_EQ(code(one, one), ErrorCode::UsageInvalid);
    EXPECT_EQ(code(one, CustomerId{}), ErrorCode::NotFound);
    EXPECT_EQ(engine.unmerge(one, "ann", sync::Carry::Out).error().code, ErrorCode::NotFound);
    merge();
    EXPECT_EQ(code(one, other), ErrorCode::UsageInvalid) << "the other way round at once";
    EXPECT_EQ(code(other, one), ErrorCode::UsageInvalid);
    unmerge();
    EXPECT_EQ(engine.unmerge(other, "ann", sync::Carry::Out).error().code, ErrorCode::NotFound);
}

TEST_F(Merging, AWriteInFlightBelongsToItsRecord) {
    start();
    world()["books"].faults().write_lost_after = 1;
    world()["desk"].edit(desk_b, "phone", "+3292220005");
    world().pass();
    merge();
    EXPECT_EQ(in("books", books, "phone"), "+3292220005");
    EXPECT_EQ(in("erp", erp, "phone"), "+3292220005");
    EXPECT_TRUE(world().store().unsettled_attempts().empty());
}

TEST_F(Merging, ARecordCanBeGivenToItsRightCustomer) {
    start();
    const SystemId desk{"desk"};
    sync::Engine& engine = world().engine();
    ASSERT_TRUE(engine.link_record(one, desk, desk_b, "ann", sync::Carry::Out).has_value());
    world().settle();
    EXPECT_EQ(customer("desk", desk_b), one);
    EXPECT_EQ(customer("books", books), other) << "its other records stay";
    EXPECT_EQ(in("books", books, "name"), "Acme NV");
}

TEST_F(Merging, ARecordThatIsSomebodyElsesLeaves) {
    start();
    world()["desk"].edit(desk_a, "city", "Brugge");
    world().settle();
    ASSERT_EQ(in("erp", erp, "city"), "Brugge");
    sync::Engine& engine = world().engine();
    const auto done = engine.unlink_record(one, SystemId{"desk"}, desk_a, "ann", sync::Carry::Out);
    ASSERT_TRUE(done.has_value()) << done.error().detail;
    world().settle();
    EXPECT_NE(customer("desk", desk_a), one);
    EXPECT_EQ(in("desk", desk_a, "city"), "Brugge");
    EXPECT_EQ(in("erp", erp, "city"), "Gent") << "what only that record said goes with it";
    EXPECT_EQ(
        engine.unlink_record(one, SystemId{"erp"}, erp, "ann", sync::Carry::Out).error().code,
        ErrorCode::UsageInvalid
    );
    world()["desk"].edit(desk_a, "name", "Zeta");
    world().settle();
    EXPECT_EQ(in("erp", erp, "name"), "Acme");
}

TEST_F(Merging, WhatARecordThatStaysSaysTooStays) {
    start();
    merge();
    for (const RemoteId& record : {desk_a, desk_b}) {
        world()["desk"].edit(record, "city", "Brugge");
        world().settle();
    }
    world().reconfigure([](HubSetting& hub) {  // by which another city would stand
        PolicySetting authority;
        authority.pattern = "addresses.billing.city";
        authority.kind = PolicyKind::Authority;
        authority.systems = {SystemId{"erp"}};
        hub.policies.push_back(authority);
    });
    sync::Engine& engine = world().engine();
    ASSERT_TRUE(engine.unlink_record(one, SystemId{"desk"}, desk_a, "ann", sync::Carry::Out));
    world().settle();
    EXPECT_EQ(in("erp", erp, "city"), "Brugge") << "the other record says it";
}

TEST_F(Merging, ARecordThatHasAPartOnlyLeavesWithTheWhole) {
    FakeSystem::Character cuts;
    cuts.cut_at = 14;
    start(
        [](HubSetting& hub) {
            hub.systems[2].rights.create = true;
            mapped(hub.systems[2], "name").limit_characters = 14;
        },
        cuts
    );
    const RemoteId bolt =
        world()["erp"].add({{"name", "Bolt International Holding"}, {"email", "info@bolt.be"}});
    world().settle();
    const SystemId desk{"desk"};
    const RemoteId made = world().customer_of("erp", bolt).find_link(desk)->remote_id;
    ASSERT_EQ(in("desk", made, "name"), "Bolt Internati");
    sync::Engine& engine = world().engine();
    const CustomerId whole = customer("erp", bolt);
    ASSERT_TRUE(engine.unlink_record(whole, desk, made, "ann", sync::Carry::Out));
    EXPECT_EQ(world().canonical("desk", made, "name"), "Bolt International Holding");
}

TEST_F(Merging, UndoingItAsARunNamesTheWayBack) {
    start();
    merge();
    const auto runs = world().store().runs(10);
    const auto run = std::find_if(runs.begin(), runs.end(), [](const store::Run& other) {
        return other.kind == "merge";
    });
    ASSERT_NE(run, runs.end());
    const auto refused = world().engine().undo(run->id, "ann");
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().detail.find("records unmerge " + to_text(other)), std::string::npos);
}

TEST_F(Merging, ASystemThatMergedItsRecordsDeletedNobody) {
    FakeSystem::Character desk;
    desk.tells_merges = true;
    start([](HubSetting& hub) { hub.systems[2].when_gone = WhenGone::Delete; }, desk);
    world()["desk"].merge(desk_b, desk_a);
    world().settle();
    EXPECT_EQ(stored(other).state, CustomerState::Active);
    ASSERT_EQ(world().open_cases().size(), 1U);
    const Case asked = world().open_cases()[0];
    EXPECT_EQ(asked.kind, CaseKind::Duplicate);
    ASSERT_EQ(asked.candidates.size(), 1U);
    EXPECT_EQ(asked.candidates[0].customer, one);
    merge();
    EXPECT_TRUE(world().open_cases().empty()) << "answered by merging them here too";
    EXPECT_EQ(customer("books", books), one);
}

}  // namespace
}  // namespace syncline::testing
