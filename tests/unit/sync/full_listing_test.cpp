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
