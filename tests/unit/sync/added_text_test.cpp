// A system that adds a text of its own to whatever is written to a field, and does not say so.

#include "support/world.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::testing {
namespace {

constexpr std::size_t kRecords = 5;

/// Desk puts "* " before a city, and a write's answer does not tell what it stored.
FakeSystem::Character adding() {
    FakeSystem::Character character;
    character.rewrites = "city";
    character.states_what_it_stored = false;
    return character;
}

class AddedText : public ::testing::Test {
protected:
    explicit AddedText(const FakeSystem::Character& desk_character = adding())
        : world({member("desk", desk_character), member("erp")}) {  // desk's word counts first
        for (std::size_t i = 0; i < kRecords; ++i) {
            const std::string n = std::to_string(i);
            const std::map<std::string, std::string> row{
                {"name", "Customer " + n}, {"email", "info@c" + n + ".be"}, {"city", "* Gent"}};
            erp.push_back(world["erp"].add(row));
            desk.push_back(world["desk"].add(row));
        }
        world.settle();
    }
    void move(std::size_t i, const std::string& city) {
        world["erp"].edit(erp.at(i), "city", city);
    }
    std::string in_erp(std::size_t i) { return world["erp"].record(erp.at(i)).at("city"); }
    std::string in_desk(std::size_t i) { return world["desk"].record(desk.at(i)).at("city"); }
    bool is_held() {
        const std::vector<QuarantineItem> held = sync::holds(world.store());
        return held.size() == 1 && sync::hold_of(held.front()) == sync::Hold::AddsText;
    }
    void try_again() {
        const std::vector<std::uint64_t> ids{sync::holds(world.store()).front().id};
        ASSERT_TRUE(world.engine().retry_quarantined(ids));
    }

    World world;
    std::vector<RemoteId> erp, desk;
};

TEST_F(AddedText, OfThreeRecordsAtOnceIsNobodysEdit) {
    for (std::size_t i = 0; i < 3; ++i)
        move(i, "Brugge");
    world.settle();
    EXPECT_TRUE(is_held());
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(in_erp(i), "Brugge");
}

TEST_F(AddedText, StopsTheFieldWhenItComesOneByOneAndNoOther) {
    for (std::size_t i = 0; i < kRecords; ++i) {
        move(i, "Brugge");
        world.settle();
    }
    EXPECT_TRUE(is_held());
    EXPECT_EQ(in_erp(2), "Brugge");
    EXPECT_EQ(in_erp(4), "Brugge");
    EXPECT_EQ(in_desk(4), "* Gent") << "nothing more is written to it";
    world["erp"].edit(erp.at(4), "name", "Customer Four");
    world["desk"].edit(desk.at(3), "email", "four@c4.be");
    world.settle();
    EXPECT_EQ(world["desk"].record(desk.at(4)).at("name"), "Customer Four");
    EXPECT_EQ(world["erp"].record(erp.at(3)).at("email"), "four@c4.be");
}

TEST_F(AddedText, IsTakenWhenAPersonSaysSo) {
    for (std::size_t i = 0; i < 3; ++i)
        move(i, "Brugge");
    world.settle();
    try_again();
    world.settle();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(in_erp(0), "* Brugge");
    for (std::size_t i = 0; i < 3; ++i)
        move(i, "Aalst");
    world.settle();
    EXPECT_TRUE(is_held()) << "it is counted anew";
}

TEST_F(AddedText, DoesNotKeepWhatWasWrittenFromBeingSeen) {
    for (std::size_t i = 0; i < 3; ++i)
        move(i, "Brugge");
    world.settle();
    for (std::size_t i = 0; i < 3; ++i)
        world["desk"].edit_unnoticed(desk.at(i), "city", "Brugge");
    world.settle();
    EXPECT_TRUE(world.store().attempts_of_system(SystemId{"desk"}).empty());
    EXPECT_TRUE(is_held()) << "a person says when it is over";
}

FakeSystem::Character silent() {
    FakeSystem::Character character;
    character.states_what_it_stored = false;
    return character;
}

class TextByPeople : public AddedText {
protected:
    TextByPeople() : AddedText(silent()) {}
};

TEST_F(TextByPeople, IsAnEditEachTime) {
    const std::vector<std::string> added{" Noord", " Zuid", " West"};
    for (std::size_t i = 0; i < added.size(); ++i)
        move(i, "Brugge");
    bool is_done = false;
    world.failpoint = [&](std::string_view point) {  // before the hub looks at what it wrote
        if (point != "call.after" || is_done) return;
        is_done = true;
        for (std::size_t i = 0; i < added.size(); ++i)
            world["desk"].edit(desk.at(i), "city", "Brugge" + added[i]);
    };
    world.settle();
    EXPECT_FALSE(is_held());
    for (std::size_t i = 0; i < added.size(); ++i)
        EXPECT_EQ(in_erp(i), "Brugge" + added[i]);
}

}  // namespace
}  // namespace syncline::testing
