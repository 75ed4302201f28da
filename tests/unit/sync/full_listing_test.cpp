// Complete listings that nobody asked for: what a feed never told is found.

#include "support/world.hpp"
#include "sync/run/schedule.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace syncline::testing {
namespace {

using namespace std::chrono_literals;

FakeSystem::Character with_a_feed() {
    FakeSystem::Character character;
    character.incremental = true;
    return character;
}

/// erp is read by its feed; both know Acme.
class Listed : public ::testing::Test {
protected:
    void start(FakeSystem::Character character, const World::Adjust& adjust = {}) {
        world_ = std::make_unique<World>(
            std::vector<Member>{member("erp", std::move(character)), member("books")}, adjust
        );
        const std::map<std::string, std::string> acme{
            {"name", "Acme"},
            {"email", "info@acme.be"},
            {"phone", "+3225550101"},
            {"city", "Gent"},
            {"vat", "BE0403019261"}};
        erp = world()["erp"].add(acme);
        books = world()["books"].add(acme);
        world()["erp"].add({{"name", "Later"}, {"email", "later@acme.be"}});
        world().settle();
    }
    World& world() { return *world_; }
    std::string in_books() { return world()["books"].record(books).at("city"); }
    Timestamp listed_at(const std::string& system) {
        for (const store::SystemState& state : world().store().system_states()) {
            if (state.system == SystemId{system}) return state.listed_at;
        }
        return {};
    }

    RemoteId erp, books;

private:
    std::unique_ptr<World> world_;
};

TEST_F(Listed, WhatAFeedNeverToldIsFoundWithinTheDay) {
    start(with_a_feed());
    world()["erp"].edit_unnoticed(erp, "city", "Brugge");
    world().clock.advance(12h);
    world().settle();
    EXPECT_EQ(in_books(), "Gent");
    world().clock.advance(12h);
    world().settle();
    EXPECT_EQ(in_books(), "Brugge");
}

TEST_F(Listed, WhatChangedPastItsVersionIsFoundInASystemThatIsListedAnyhow) {
    start({});
    world()["erp"].edit_unnoticed(erp, "city", "Brugge");
    world().settle();
    EXPECT_EQ(in_books(), "Gent") << "its version says that it is as it was";
    world().clock.advance(24h);
    world().settle();
    EXPECT_EQ(in_books(), "Brugge");
}

TEST_F(Listed, ThePeriodIsTheSystemsOwn) {
    start(with_a_feed(), [](HubSetting& hub) { hub.systems[0].full_listing = 2h; });
    world()["erp"].edit_unnoticed(erp, "city", "Brugge");
    world().clock.advance(2h);
    world().settle();
    EXPECT_EQ(in_books(), "Brugge");
}

TEST_F(Listed, ZeroListsNothingUnasked) {
    start(with_a_feed(), [](HubSetting& hub) { hub.systems[0].full_listing = 0s; });
    world()["erp"].edit_unnoticed(erp, "city", "Brugge");
    world().clock.advance(240h);
    world().settle();
    EXPECT_EQ(in_books(), "Gent");
}

TEST_F(Listed, AHubThatStartsListsNothingAgain) {
    start(with_a_feed());
    const Timestamp before = listed_at("erp");
    ASSERT_NE(before, Timestamp{});
    world().clock.advance(1h);
    world().restart();
    world().settle();
    EXPECT_EQ(listed_at("erp"), before);
    world().clock.advance(24h);
    world().settle();
    EXPECT_GT(listed_at("erp"), before + 24h);
}

/// A feed does not tell that Later is gone.
class ListedWithAGap : public Listed {
protected:
    void SetUp() override {
        start(with_a_feed());
        for (const auto& [id, fields] : world()["erp"].records()) {
            if (fields.at("name") == "Later") gone = id;
        }
        world()["erp"].remove_unnoticed(gone);
        ASSERT_TRUE(world().engine().resync(SystemId{"erp"}));
    }
    bool is_known_to_be_gone() {
        const std::vector<RemoteId> ids{gone};
        const auto links = world().store().links_by_remote(SystemId{"erp"}, "customer", ids);
        return links.at(0).state == LinkState::Gone;
    }

    RemoteId gone;
};

TEST_F(ListedWithAGap, WhatCouldNotBeLookedForIsListedAgainByTheNextPass) {
    world()["erp"].faults().lookup_fails = 1;
    ASSERT_TRUE(world().pass().systems[0].error.has_value());
    EXPECT_FALSE(is_known_to_be_gone());
    world().pass();
    EXPECT_TRUE(is_known_to_be_gone());
}

TEST_F(ListedWithAGap, WhatNobodyBelievedIsListedAgainForWhoeverApproves) {
    world()["erp"].remove_unnoticed(erp);  // now everything is
    ASSERT_FALSE(world().pass().systems[0].unbelieved.empty());
    ASSERT_FALSE(world().pass().systems[0].unbelieved.empty()) << "it is still told";
    EXPECT_FALSE(is_known_to_be_gone());
    world().believes_missing = true;
    world().pass();
    EXPECT_TRUE(is_known_to_be_gone());
    world().believes_missing = false;
    EXPECT_TRUE(world().pass().systems[0].unbelieved.empty());
}

TEST(ListingIsWanted, UntilItWasMade) {
    store::SystemState state;
    const Timestamp now = from_unix_ms(1'000'000'000);
    EXPECT_FALSE(sync::is_listing_wanted(state, now, true));
    state.listed_at = now - 1min;
    state.listing_wanted_at = now;
    EXPECT_TRUE(sync::is_listing_wanted(state, now, true));
    EXPECT_FALSE(sync::awaits_approval(state));
}

TEST(ListingIsWanted, OneThatAwaitsApprovalIsMadeOnceAnHourOrWhenAPersonAsks) {
    store::SystemState state;
    const Timestamp now = from_unix_ms(1'000'000'000);
    state.listed_at = now;
    state.listing_wanted_at = now - 1ms;
    EXPECT_TRUE(sync::awaits_approval(state));
    EXPECT_TRUE(sync::is_listing_wanted(state, now, false));
    EXPECT_FALSE(sync::is_listing_wanted(state, now + 59min, true));
    EXPECT_TRUE(sync::is_listing_wanted(state, now + 60min, true));
}

TEST(ListingIsDue, SystemsTakeTheirTurnsAtDifferentTimes) {
    store::SystemState state;
    state.listed_at = from_unix_ms(1'000'000'000);
    const auto due_after = [&](const std::string& id) {
        SystemSetting setting;
        setting.id = SystemId{id};
        for (std::chrono::minutes age = 0min;; age += 1min) {
            if (sync::is_listing_due(setting, state, state.listed_at + age, true)) return age;
        }
    };
    EXPECT_NE(due_after("erp"), due_after("books"));
    for (const char* id : {"erp", "books", "desk", "shop"}) {
        EXPECT_GE(due_after(id), 18h);
        EXPECT_LE(due_after(id), 24h);
    }
}

TEST(ListingIsDue, WhatIsToBeWrittenGoesFirstUntilTheVeryEnd) {
    store::SystemState state;
    state.listed_at = from_unix_ms(1'000'000'000);
    SystemSetting setting;
    setting.id = SystemId{"erp"};
    EXPECT_FALSE(sync::is_listing_due(setting, state, state.listed_at + 23h + 59min, false));
    EXPECT_TRUE(sync::is_listing_due(setting, state, state.listed_at + 24h, false));
}

TEST(ListingIsDue, OfAHubThatWasUpdatedThePeriodBegins) {
    SystemSetting setting;
    setting.id = SystemId{"erp"};
    EXPECT_FALSE(sync::is_listing_due(setting, {}, from_unix_ms(1'000'000'000), true));
}

}  // namespace
}  // namespace syncline::testing
