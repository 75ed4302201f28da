/// A hub whose hub.db is put back to an earlier state, while keys.db and the systems are as they
/// are.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Member cutting_names() {
    FakeSystem::Character character;
    character.cut_at = 8;
    Member desk = member("desk", character);
    mapped(desk.setting, "name").limit_characters = 8;
    desk.setting.rights.remove = true;
    desk.setting.on_delete = OnDelete::Delete;
    return desk;
}

/// Desk, which cuts names, is read first: what it made of a name must not be taken for an edit.
class RestoredHub : public ::testing::Test {
protected:
    RestoredHub() : world({cutting_names(), member("erp")}, {}, Memory::OnDisk) {
        erp = world["erp"].add(
            {{"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}, {"phone", ""}}
        );
        world.settle();
        desk = world["desk"].records().begin()->first;
    }
    void back_up() {
        world.reopen([](const std::filesystem::path& folder) {
            std::filesystem::copy_file(folder / "hub.db", folder / "backup");
        });
    }
    void restore() {
        world.clock.advance(minutes{2});
        world.settle();
        world.reopen([](const std::filesystem::path& folder) {
            std::filesystem::copy_file(
                folder / "backup",
                folder / "hub.db",
                std::filesystem::copy_options::overwrite_existing
            );
        });
    }
    void edit(const std::string& field, const std::string& value) {
        world.clock.advance(minutes{2});
        world["erp"].edit(erp, field, value);
        world.settle();
    }
    std::vector<std::uint64_t> held() {
        std::vector<std::uint64_t> ids;
        for (const QuarantineItem& item : sync::holds(world.store())) {
            if (sync::hold_of(item) == sync::Hold::RestoredHub) ids.push_back(item.id);
        }
        return ids;
    }
    std::string in_desk(const std::string& field) { return world["desk"].record(desk).at(field); }
    std::string in_erp(const std::string& field) { return world["erp"].record(erp).at(field); }

    World world;
    RemoteId erp, desk;
};

TEST_F(RestoredHub, CatchesUpByReadingAndWritesNothing) {
    back_up();
    edit("name", "Acme Belgium");
    edit("city", "Brugge");
    ASSERT_EQ(in_desk("name"), "Acme Bel");
    restore();
    const std::size_t writes = world.writes();
    const auto report = world.pass();
    EXPECT_TRUE(report.threshold_tripped());
    EXPECT_NE(report.systems.front().unbelieved.find("put back"), std::string::npos);
    EXPECT_EQ(held().size(), 2U);
    world.settle();
    EXPECT_EQ(world.canonical("erp", erp, "name"), "Acme Belgium");
    EXPECT_EQ(world.canonical("erp", erp, "addresses.billing.city"), "Brugge");
    world["erp"].edit(erp, "city", "Aalst");
    world.settle();
    EXPECT_EQ(world.canonical("erp", erp, "addresses.billing.city"), "Aalst");
    EXPECT_EQ(in_desk("city"), "Brugge");
    EXPECT_EQ(world.writes(), writes);
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(RestoredHub, AnActBeforeTheFirstReadingHidesNothing) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    ASSERT_TRUE(world.engine().resync(SystemId{"desk"}));
    const std::size_t writes = world.writes();
    world.pass();
    EXPECT_EQ(held().size(), 2U);
    EXPECT_EQ(world.writes(), writes);
}

TEST_F(RestoredHub, WritesAgainWhenAPlanWasApplied) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.pass();
    world["desk"].edit(desk, "phone", "+3225550101");
    world.settle();
    EXPECT_EQ(in_erp("phone"), "");
    world.clock.advance(seconds{1});
    const Plan plan = world.plan();
    EXPECT_EQ(plan.operations.size(), 1U);
    const auto applied = world.engine().apply(plan);
    ASSERT_TRUE(applied) << applied.error().detail;
    world.settle();
    EXPECT_TRUE(held().empty());
    EXPECT_EQ(in_erp("phone"), "+3225550101");
    EXPECT_EQ(in_erp("name"), "Acme Belgium");
}

TEST_F(RestoredHub, APlanThatIsStaleReleasesNothing) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.settle();
    world["desk"].edit(desk, "phone", "+3225550101");
    world.clock.advance(seconds{1});
    const Plan plan = world.plan();
    world["desk"].edit(desk, "phone", "+3225550102");
    ASSERT_FALSE(world.engine().apply(plan));
    EXPECT_EQ(held().size(), 2U);
    world.settle();
    EXPECT_EQ(in_erp("phone"), "");
    world.clock.advance(seconds{1});
    ASSERT_TRUE(world.engine().apply(world.plan()));
    EXPECT_TRUE(held().empty());
    EXPECT_EQ(in_erp("phone"), "+3225550102");
}

TEST_F(RestoredHub, WritesAgainWhenAPersonSaysSo) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.settle();
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    edit("city", "Ieper");
    EXPECT_TRUE(held().empty());
    EXPECT_EQ(in_desk("city"), "Ieper");
    EXPECT_EQ(in_desk("name"), "Acme Bel");
    EXPECT_EQ(in_erp("name"), "Acme Belgium");
}

TEST_F(RestoredHub, AsksForAPlanBeforeTheFirstReadingToo) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.clock.advance(seconds{1});
    const Plan plan = world.plan();
    EXPECT_TRUE(plan.operations.empty()) << "the systems agree";
}

TEST_F(RestoredHub, MakesNoRecordASecondTime) {
    back_up();
    world.clock.advance(minutes{2});
    world["erp"].add({{"name", "Zeta"}, {"email", "info@zeta.be"}});
    world.settle();
    ASSERT_EQ(world["desk"].records().size(), 2U);
    restore();
    world.settle();
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    world.settle();
    EXPECT_EQ(world["desk"].records().size(), 2U);
    EXPECT_EQ(world["erp"].records().size(), 2U);
    EXPECT_EQ(world.store().counts().records, 2U);
}

TEST_F(RestoredHub, VersionsGoOnAboveThoseThatWereGiven) {
    back_up();
    edit("name", "Acme Belgium");
    const Version before = world.store().high_water();
    restore();
    ASSERT_EQ(held().size(), 2U);
    world.clock.advance(-minutes{30});  // so that time alone does not do it
    world.settle();
    EXPECT_GE(world.store().high_water(), before);
    EXPECT_GT(
        world.customer_of("erp", erp).customer.fields.find(world.id("name"))->version, before
    );
}

TEST_F(RestoredHub, ADeletionWaitsToo) {
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.settle();
    const CustomerId customer = world.customer_of("erp", erp).customer.id;
    ASSERT_TRUE(world.engine().delete_record(customer, "ann", sync::Carry::Out));
    world.settle();
    EXPECT_EQ(world["desk"].records().size(), 1U);
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    world.settle();
    EXPECT_TRUE(world["desk"].records().empty());
}

TEST_F(RestoredHub, AnUndoWaitsToo) {
    edit("city", "Brugge");
    const RunId run = world.store().runs(1).front().id;
    back_up();
    edit("name", "Acme Belgium");
    restore();
    world.settle();
    const std::size_t writes = world.writes();
    ASSERT_TRUE(world.engine().undo(run, "ann"));
    world.settle();
    EXPECT_EQ(world.writes(), writes);
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    world.settle();
    EXPECT_EQ(in_desk("city"), "Gent");
}

TEST_F(RestoredHub, AHubThatWasOnlyAwayIsNone) {
    edit("name", "Acme Belgium");
    world.reopen();
    world.clock.advance(minutes{90});
    world.settle();
    EXPECT_TRUE(held().empty());
    edit("city", "Ieper");
    EXPECT_EQ(in_desk("city"), "Ieper");
}

}  // namespace
}  // namespace syncline::testing
