/// Writes to a system that cannot make them depend on what they replace: the books.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace syncline::testing {
namespace {

FakeSystem::Character unconditional() {
    FakeSystem::Character character;
    character.conditional_write = false;
    return character;
}

/// The ERP and the books know Acme, settled.
class ReadBeforeWrite : public ::testing::Test {
protected:
    explicit ReadBeforeWrite(FakeSystem::Character character = unconditional())
        : world({member("erp"), member("books", std::move(character))}) {
        const std::map<std::string, std::string> acme{
            {"name", "Acme"}, {"phone", "+3225550101"}, {"city", "Gent"}, {"vat", "BE0403019261"}};
        erp = world["erp"].add(acme);
        books = world["books"].add(acme);
        world.settle();
    }
    /// A pass in which the books' people edit a field after the hub has read their system.
    sync::PassReport pass_while_edited(const std::string& field, const std::string& value) {
        int read = 0;
        world.failpoint = [this, &read, field, value](std::string_view point) {
            if (point == "checkpoint.after" && ++read == 2)
                world["books"].edit(books, field, value);
        };
        const sync::PassReport report = world.pass();
        world.failpoint = nullptr;
        return report;
    }
    std::string in_books(const std::string& field) {
        return world["books"].record(books).at(field);
    }
    std::string in_erp(const std::string& field) { return world["erp"].record(erp).at(field); }

    World world;
    RemoteId erp, books;
};

TEST_F(ReadBeforeWrite, AnEditSinceTheReadingIsNotWrittenOver) {
    world["erp"].edit(erp, "city", "Brugge");
    pass_while_edited("city", "Aalst");
    EXPECT_TRUE(world["books"].lost_edits().empty());
    world.settle();
    EXPECT_EQ(in_books("city"), in_erp("city"));
    EXPECT_TRUE(world["books"].lost_edits().empty());
    const auto journal = world.journal(world.customer_of("books", books), "addresses.billing.city");
    EXPECT_GE(journal.size(), 3U) << "both edits are in it";
}

TEST_F(ReadBeforeWrite, AnEditOfAnotherFieldHoldsNothingBack) {
    world["erp"].edit(erp, "city", "Brugge");
    const sync::PassReport report = pass_while_edited("phone", "+3225550102");
    EXPECT_EQ(in_books("city"), "Brugge");
    EXPECT_EQ(in_books("phone"), "+3225550102");
    EXPECT_EQ(report.systems.at(1).updated, 1U);
    world.settle();
    EXPECT_EQ(in_erp("phone"), "+3225550102");
}

TEST_F(ReadBeforeWrite, NothingIsWrittenWhenTheRecordCannotBeRead) {
    world["books"].faults().lookup_fails = 1;
    world["erp"].edit(erp, "city", "Brugge");
    const sync::PassReport report = world.pass();
    EXPECT_EQ(in_books("city"), "Gent");
    ASSERT_TRUE(report.systems.at(1).error.has_value());
    EXPECT_EQ(report.systems.at(1).pending, 1U);
    world.settle();
    EXPECT_EQ(in_books("city"), "Brugge");
}

TEST_F(ReadBeforeWrite, ARecordThatWentMeanwhileIsNotWritten) {
    world["erp"].edit(erp, "city", "Brugge");
    int read = 0;
    world.failpoint = [this, &read](std::string_view point) {
        if (point == "checkpoint.after" && ++read == 2) world["books"].remove(books);
    };
    world.pass();
    world.failpoint = nullptr;
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(world.open_cases().size(), 1U);
}

class ReadBeforeWriteOfACopy : public ReadBeforeWrite {
protected:
    static FakeSystem::Character lagging() {
        FakeSystem::Character character = unconditional();
        character.version = connect::VersionKind::None;
        character.stale_for = std::chrono::seconds{30};
        return character;
    }
    ReadBeforeWriteOfACopy() : ReadBeforeWrite(lagging()) {}
};

TEST_F(ReadBeforeWriteOfACopy, ADifferenceThatIsNotExplainedYetIsNotWrittenOver) {
    world["erp"].edit(erp, "city", "Brugge");
    pass_while_edited("city", "Aalst");
    EXPECT_EQ(in_books("city"), "Aalst");
    EXPECT_TRUE(world["books"].lost_edits().empty());
    world.clock.advance(std::chrono::minutes{5});
    world.settle();
    EXPECT_EQ(in_books("city"), in_erp("city"));
}

}  // namespace
}  // namespace syncline::testing
