// The journal of a customer tells what its record was at any moment.

#include "support/world.hpp"
#include "sync/core/time_travel.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

class TimeTravel : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(TimeTravel, GivesWhatTheStoreHeldAtEveryMoment) {
    SeededRandom dice(GetParam());
    World world({member("erp"), member("books"), member("desk")});
    const std::vector<std::string> systems{"erp", "books", "desk"};
    const std::vector<std::string> fields{"name", "email", "phone", "city"};
    const std::vector<std::string> words{"", "Gent", "Mons", "Namur", "Brugge"};
    std::vector<std::pair<Timestamp, FlatMap<FieldId, FieldState>>> snapshots;
    const RemoteId id = world["erp"].add({{"name", "Acme"}, {"vat", "BE0000000480"}});
    const Timestamp before = world.clock.now();
    const auto customer = [&] { return world.customer_of("erp", id).customer; };
    for (int pass = 0; pass < 12; ++pass) {
        for (std::uint64_t edits = dice.below(4); edits > 0; --edits) {
            FakeSystem& system = world[systems[dice.below(3)]];
            if (system.records().empty()) continue;
            system.edit(
                system.records().begin()->first, fields[dice.below(4)], words[dice.below(5)]
            );
        }
        world.pass();
        if (dice.one_in(4)) {
            for (const Case& item : world.open_cases())
                static_cast<void>(
                    world.engine().resolve_conflict(item.id, SystemId{"erp"}, std::nullopt, "ann")
                );
        }
        if (dice.one_in(4)) {
            world.clock.advance(std::chrono::seconds{1});
            static_cast<void>(world.engine().undo(world.store().runs(1).front().id, "ann"));
        }
        snapshots.emplace_back(world.clock.now(), customer().fields);
        world.clock.advance(std::chrono::milliseconds{1});
    }
    const std::vector<Change> history = world.store().history(customer().id);
    EXPECT_FALSE(sync::fields_at(history, before).has_value()) << "there was no such record yet";
    for (const auto& [moment, held] : snapshots) {
        const auto past = sync::fields_at(history, moment);
        ASSERT_TRUE(past.has_value());
        EXPECT_TRUE(*past == held) << to_rfc3339(moment);
    }
}

INSTANTIATE_TEST_SUITE_P(Worlds, TimeTravel, ::testing::Range(std::uint64_t{0}, std::uint64_t{40}));

TEST(RestoredValues, AreANewWordOfAPerson) {
    World world({member("erp"), member("desk")});
    const RemoteId id = world["erp"].add({{"name", "Acme"}, {"vat", "BE0000000480"}});
    world.settle();
    world["erp"].edit(id, "name", "Acme Holding");
    world.settle();
    const sync::Aggregate aggregate = world.customer_of("erp", id);
    world.clock.advance(std::chrono::seconds{1});
    ASSERT_TRUE(
        world.engine()
            .restore(aggregate.customer.id, {{world.id("name"), FieldValue::of("Acme")}}, "ann")
            .has_value()
    );
    world.settle();
    EXPECT_EQ(world["erp"].record(id).at("name"), "Acme");
    EXPECT_EQ(world["desk"].records().begin()->second.at("name"), "Acme");
    const FieldState state = *world.customer_of("erp", id).customer.fields.find(world.id("name"));
    EXPECT_EQ(state.rule, Rule::Restore);
    EXPECT_EQ(state.origin, Origin::of_user("ann"));
}

}  // namespace
}  // namespace syncline::testing
