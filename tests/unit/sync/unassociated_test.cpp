// A record that waits for a person to say whose it is, is read like any other meanwhile.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

/// A record of books that may be erp's customer, and waits for a person.
class WhoIsNoCustomerYet : public ::testing::Test {
protected:
    void start(FakeSystem::Character books) {
        world_ = std::make_unique<World>(
            std::vector<Member>{member("erp"), member("books", std::move(books))},
            [](HubSetting& hub) {
                hub.systems[1].scope.linked_only = true;
                hub.association.back().then = RungSetting::Then::Review;
            }
        );
        const std::map<std::string, std::string> acme{{"name", "Acme"}, {"email", "info@acme.be"}};
        world()["erp"].add(acme);
        world().settle();
        id = world()["books"].add(acme);
        world().pass();
        ASSERT_EQ(world().open_cases().size(), 1U);
    }
    World& world() { return *world_; }
    std::string city_as_read() {
        const std::vector<RemoteId> ids{id};
        Link link = world().store().links_by_remote(SystemId{"books"}, "customer", ids).at(0);
        const auto& shadow = link.fields[world().id("addresses.billing.city")].shadow;
        return shadow && shadow->raw.contains("city") ? shadow->raw.find("city")->text : "";
    }

    RemoteId id;

private:
    std::unique_ptr<World> world_;
};

TEST_F(WhoIsNoCustomerYet, ADoubtfulReadingIsReadAgain) {
    FakeSystem::Character lagging;
    lagging.version = connect::VersionKind::None;
    lagging.conditional_write = false;
    lagging.incremental = true;
    lagging.feed_waits_for_copies = false;
    lagging.stale_for = std::chrono::seconds{2};
    lagging.always_lists = {"city"};
    start(lagging);
    world()["books"].edit(id, "city", "Gent");
    world()["books"].add({{"name", "Bystander"}, {"email", "by@stander.be"}});
    world().pass();  // news, or from before what was read last: nobody can tell
    ASSERT_EQ(city_as_read(), "");
    world().clock.advance(std::chrono::minutes{5});
    world().pass();
    EXPECT_EQ(city_as_read(), "Gent");
}

TEST_F(WhoIsNoCustomerYet, IsReadAlthoughTheClockThereWasSetBack) {
    FakeSystem::Character telling;
    telling.version = connect::VersionKind::Opaque;
    telling.tells_times = true;
    start(telling);
    world()["books"].put_clock_ahead_by(-std::chrono::minutes{6});
    world()["books"].edit(id, "city", "Gent");
    world().pass();
    EXPECT_EQ(city_as_read(), "Gent");
}

}  // namespace
}  // namespace syncline::testing
