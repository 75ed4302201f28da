// Systems that merge two of their records into a new one, and say so of the new one.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row row(const std::string& name, const std::string& email, const std::string& vat = "") {
    return {{"name", name}, {"email", email}, {"city", "Gent"}, {"vat", vat}};
}

/// erp and desk know Acme, Bolt and Other; desk tells of a record which ones became it.
class MergedAnew : public ::testing::Test {
protected:
    void start(bool by_feed = false, WhenGone when_gone = WhenGone::Review) {
        FakeSystem::Character tells;
        tells.tells_origins = true;
        tells.incremental = by_feed;
        world_ = std::make_unique<World>(
            std::vector<Member>{member("erp"), member("desk", std::move(tells))},
            [&](HubSetting& hub) {
                hub.deletes = {};
                hub.systems[0].rights.remove = true;
                hub.systems[0].on_delete = OnDelete::Delete;
                hub.systems[1].when_gone = when_gone;
            }
        );
        for (const Row& each :
             {row("Acme", "info@acme.be", "BE0403019261"),
              row("Bolt", "info@bolt.be"),
              row("Other", "info@other.be")}) {
            erp.push_back(world()["erp"].add(each));
            desk.push_back(world()["desk"].add(each));
        }
        world().settle();
    }
    RemoteId merge() {
        return world()["desk"].merge_anew(
            desk[0], desk[1], row("Acme Bolt", "info@acme.be", "BE0403019261")
        );
    }
    World& world() { return *world_; }
    CustomerId owner(const std::string& system, const RemoteId& id) {
        return world().customer_of(system, id).customer.id;
    }
    std::size_t open(CaseKind kind) {
        const std::vector<Case> cases = world().open_cases();
        return static_cast<std::size_t>(std::count_if(
            cases.begin(), cases.end(), [&](const Case& item) { return item.kind == kind; }
        ));
    }
    void expect_asked_as_merged(const RemoteId& whole) {
        EXPECT_EQ(owner("desk", whole), owner("erp", erp[0]));
        EXPECT_EQ(open(CaseKind::Gone), 0U) << "nobody is gone";
        ASSERT_EQ(open(CaseKind::Duplicate), 1U);
        const Case asked = world().open_cases().front();
        EXPECT_EQ(asked.customer, owner("erp", erp[1]));
        EXPECT_NE(asked.reason.find("merged"), std::string::npos) << asked.reason;
        ASSERT_EQ(asked.candidates.size(), 1U);
        EXPECT_EQ(asked.candidates.front().customer, owner("erp", erp[0]));
        EXPECT_EQ(world()["erp"].records().size(), 3U);
        EXPECT_EQ(world()["desk"].records().size(), 2U) << "and neither is made again";
    }

    std::vector<RemoteId> erp, desk;

private:
    std::unique_ptr<World> world_;
};

TEST_F(MergedAnew, TheOtherCustomerIsAskedAboutAsMergedNotAsGone) {
    start();
    const RemoteId whole = merge();
    world().settle();
    expect_asked_as_merged(whole);
}

TEST_F(MergedAnew, AFeedThatTellsOfTheEndsToo) {
    start(/*by_feed=*/true);
    const RemoteId whole = merge();
    world().settle();
    expect_asked_as_merged(whole);
}

TEST_F(MergedAnew, NobodyIsDeletedForIt) {
    start(/*by_feed=*/true, WhenGone::Delete);
    const RemoteId whole = merge();
    world().settle();
    expect_asked_as_merged(whole);
}

TEST_F(MergedAnew, WhatIsToldLaterMendsTheQuestion) {
    start();
    world()["desk"].remove(desk[0]);
    world()["desk"].remove(desk[1]);
    world().settle();
    EXPECT_EQ(open(CaseKind::Gone), 2U);
    const RemoteId whole = merge();
    world().settle();
    expect_asked_as_merged(whole);
}

TEST_F(MergedAnew, MergingThemHereClosesTheQuestion) {
    start();
    merge();
    world().settle();
    const CustomerId one = owner("erp", erp[0]);
    const CustomerId other = owner("erp", erp[1]);
    ASSERT_TRUE(world().engine().merge(one, other, {}, "ann", sync::Carry::Out).has_value());
    world().settle();
    const std::vector<Case> cases = world().open_cases();
    EXPECT_TRUE(std::none_of(cases.begin(), cases.end(), [](const Case& item) {
        return item.system == SystemId{"desk"};
    }));
}

}  // namespace
}  // namespace syncline::testing
