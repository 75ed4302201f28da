/// A system that refuses conditional writes whose condition holds.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

class BrokenConditions : public ::testing::Test {
protected:
    explicit BrokenConditions(FakeSystem::Character character = broken())
        : world({member("erp"), member("books", std::move(character))}) {
        const std::map<std::string, std::string> acme{
            {"name", "Acme"}, {"email", "info@acme.be"}, {"city", "Gent"}, {"vat", "BE0403019261"}};
        erp = world["erp"].add(acme);
        books = world["books"].add(acme);
        world.settle();
    }
    static FakeSystem::Character broken() {
        FakeSystem::Character character;
        character.breaks_conditions = true;
        return character;
    }
    bool is_held() {
        const auto held = sync::holds(world.store());
        return held.size() == 1 && sync::hold_of(held.front()) == sync::Hold::BrokenConditions;
    }
    std::string in_books(const std::string& field) {
        return world["books"].record(books).at(field);
    }

    World world;
    RemoteId erp, books;
};

TEST_F(BrokenConditions, AreFoundOutAndTheRecordIsReadBeforeItIsWritten) {
    world["erp"].edit(erp, "city", "Brugge");
    for (int i = 0; i < 6; ++i)
        world.pass();
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_TRUE(is_held());
    const std::size_t asked = world["books"].asked().size();
    EXPECT_LE(asked, 4U) << "three refusals, and the write that went through";
    world["erp"].edit(erp, "city", "Aalst");
    world.pass();
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_EQ(world["books"].asked().size(), asked + 1);
}

TEST_F(BrokenConditions, AreRememberedByTheNextHub) {
    world["erp"].edit(erp, "city", "Brugge");
    for (int i = 0; i < 6; ++i)
        world.pass();
    world.restart();
    world["erp"].edit(erp, "city", "Aalst");
    world.pass();
    EXPECT_EQ(in_books("city"), "Aalst");
}

TEST_F(BrokenConditions, AnEditRightBeforeTheWriteIsNotLost) {
    world["erp"].edit(erp, "city", "Brugge");
    for (int i = 0; i < 6; ++i)
        world.pass();
    world["erp"].edit(erp, "city", "Aalst");
    world["books"].edit(books, "phone", "+3225550199");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp).at("phone"), "+3225550199");
    EXPECT_TRUE(world["books"].lost_edits().empty());
}

TEST_F(BrokenConditions, AreToldAndCanBeTriedAgain) {
    world["erp"].edit(erp, "city", "Brugge");
    for (int i = 0; i < 6; ++i)
        world.pass();
    const bool is_told =
        std::any_of(world.told.begin(), world.told.end(), [](const sync::Progress& progress) {
            return progress.system == SystemId{"books"} &&
                   progress.detail.find("conditional writes") != std::string::npos;
        });
    EXPECT_TRUE(is_told);
    const std::vector<std::uint64_t> items{sync::holds(world.store()).front().id};
    ASSERT_TRUE(world.engine().retry_quarantined(items));
    world.pass();
    EXPECT_FALSE(is_held());
    world["erp"].edit(erp, "city", "Aalst");
    world.pass();
    EXPECT_EQ(in_books("city"), "Brugge") << "conditional again, and refused again";
    for (int i = 0; i < 5; ++i)
        world.pass();
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_TRUE(is_held());
}

class SoundConditions : public BrokenConditions {
protected:
    SoundConditions() : BrokenConditions(FakeSystem::Character{}) {}
};

TEST_F(SoundConditions, ThatFailBecauseOfEditsAreNotBroken) {
    for (int i = 0; i < 8; ++i) {
        world["erp"].edit(erp, "city", "Brugge " + std::to_string(i));
        world.failpoint = [&, i](std::string_view point) {
            if (point == "call.before")
                world["books"].edit(books, "phone", "+32255501" + std::to_string(10 + i));
        };
        world.pass();
    }
    world.failpoint = {};
    world.settle();
    EXPECT_FALSE(is_held());
}

}  // namespace
}  // namespace syncline::testing
