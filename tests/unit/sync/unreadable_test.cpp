/// A record that is there and cannot be read: what is owed to it waits.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

/// The ERP and the books know Acme; its record in the books cannot be read, and the ERP edits it.
class Unreadable : public ::testing::TestWithParam<bool> {
protected:
    Unreadable() : world({member("erp"), member("books", character())}, {}, Memory::OnDisk) {
        const std::map<std::string, std::string> acme{
            {"name", "Acme"}, {"phone", "+3225550101"}, {"vat", "BE0403019261"}};
        erp = world["erp"].add(acme);
        books = world["books"].add(acme);
        world.settle();
        world["books"].make_unreadable(books, "the row is cut short");
        world["erp"].edit(erp, "phone", "+3225550102");
    }
    static FakeSystem::Character character() {
        FakeSystem::Character character;
        character.conditional_write = GetParam();
        return character;
    }
    World world;
    RemoteId erp, books;
};

// A conditional write would be refused at every pass, for its condition is older than the record.
TEST_P(Unreadable, IsNotWrittenAndNoWriteIsPlanned) {
    EXPECT_TRUE(world.plan().operations.empty());
    world.pass();
    world.pass();
    EXPECT_TRUE(world["books"].asked().empty());
    const auto& rules = world.engine().rules();
    EXPECT_EQ(
        sync::standing_of(
            rules,
            world.customer_of("erp", erp),
            rules.at(SystemId{"books"}),
            *world.fields().find("phones.main.number"),
            {}
        ),
        sync::FieldStanding::Quarantined
    );
}

TEST_P(Unreadable, IsWrittenOnceItCanBeRead) {
    world.pass();
    world["books"].make_unreadable(books, "");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("phone"), "+3225550102");
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutCondition, Unreadable, ::testing::Bool());

}  // namespace
}  // namespace syncline::testing
