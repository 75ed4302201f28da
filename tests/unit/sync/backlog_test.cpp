// What is owed to a system that is down is not looked through for every edit elsewhere, and nothing
// is overlooked for that.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

/// Three systems, of which nobody reads or writes `books` any more; all know Acme.
class Backlogged : public ::testing::Test {
protected:
    static constexpr std::size_t kPiled = 20;

    Backlogged() : world({member("erp"), member("books"), member("crm")}) {
        for (std::size_t i = 0; i <= kPiled; ++i) {
            const std::string number = std::to_string(i);
            ids.push_back(world["erp"].add(
                {{"name", "Customer " + number},
                 {"email", number + "@example.org"},
                 {"city", "Gent"}}
            ));
        }
        world.settle();
    }
    sync::PassReport pass_of(const std::string& system) {
        world.clock.advance(std::chrono::seconds{1});
        sync::PassOptions options;
        options.scheduled = true;
        options.systems.emplace_back(system);
        return world.engine().pass(options);
    }
    /// Every customer but the first is edited, and only `books` has not got it.
    void pile_up() {
        for (std::size_t i = 1; i <= kPiled; ++i)
            world["erp"].edit(ids[i], "city", "Brugge");
        EXPECT_EQ(pass_of("erp").looked_at, kPiled);
        EXPECT_EQ(pass_of("crm").looked_at, kPiled);
        pass_of("crm");  // who was written to is looked at once more
    }
    std::set<std::string> cities(const std::string& system, std::size_t customer) {
        std::set<std::string> found;
        for (const auto& [id, record] : world[system].records()) {
            if (record.at("name") == "Customer " + std::to_string(customer))
                found.insert(record.at("city"));
        }
        return found;
    }

    World world;
    std::vector<RemoteId> ids;
};
using City = std::set<std::string>;

TEST_F(Backlogged, WhatWaitsForOneSystemCostsOthersNothing) {
    pile_up();
    world["erp"].edit(ids[0], "city", "Namur");
    EXPECT_EQ(pass_of("erp").looked_at, 1U);
    EXPECT_EQ(pass_of("crm").looked_at, 1U);
    EXPECT_EQ(cities("crm", 0), City{"Namur"});
    EXPECT_EQ(pass_of("crm").looked_at, 1U);  // who was written to is looked at once more
    EXPECT_EQ(pass_of("crm").looked_at, 0U);
}

TEST_F(Backlogged, AnEditOfWhoWaitsReachesTheOthersMeanwhile) {
    pile_up();
    world["erp"].edit(ids[1], "city", "Namur");
    pass_of("erp");
    pass_of("crm");
    EXPECT_EQ(cities("crm", 1), City{"Namur"});
    EXPECT_EQ(cities("books", 1), City{"Gent"});
}

TEST_F(Backlogged, TheSystemItselfGetsEverything) {
    pile_up();
    const sync::PassReport report = pass_of("books");
    EXPECT_EQ(report.looked_at, kPiled);
    EXPECT_EQ(report.systems.at(0).updated, kPiled);
    for (std::size_t i = 1; i <= kPiled; ++i)
        EXPECT_EQ(cities("books", i), City{"Brugge"});
    world.settle();
    EXPECT_TRUE(world.store().work(1).empty());
}

TEST_F(Backlogged, AHubThatStartsAgainLooksAtEverybodyOnce) {
    pile_up();
    world.restart();
    EXPECT_EQ(pass_of("crm").looked_at, kPiled);
    EXPECT_EQ(pass_of("crm").looked_at, 0U);
}

}  // namespace
}  // namespace syncline::testing
