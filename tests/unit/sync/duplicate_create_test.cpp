// Creates that a system refuses because of a record that it names.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row row(const std::string& name, const std::string& email, const std::string& vat = "") {
    return {{"name", name}, {"email", email}, {"city", "Gent"}, {"vat", vat}};
}

/// books says which record has a value that no second one may have. Its people make a record right
/// before the hub does.
class NamedDuplicate : public ::testing::Test {
protected:
    void start(const std::string& unique) {
        FakeSystem::Character names;
        names.unique = unique;
        names.names_duplicates = true;
        world_ = std::make_unique<World>(std::vector<Member>{
            member("erp"), member("books", std::move(names))});
        world().settle();
    }
    void make_in_time(const Row& made) {
        world().failpoint = [this, made](std::string_view point) {
            if (point == "call.before" && books.empty()) books = world()["books"].add(made);
        };
    }
    World& world() { return *world_; }
    CustomerId owner(const std::string& system, const RemoteId& id) {
        return world().customer_of(system, id).customer.id;
    }

    RemoteId books;

private:
    std::unique_ptr<World> world_;
};

TEST_F(NamedDuplicate, IsTakenWhenItFits) {
    start("vat");
    make_in_time(row("Acme NV", "info@acme.be", "BE0403019261"));
    const RemoteId erp = world()["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    const sync::PassReport report = world().pass();
    EXPECT_EQ(report.systems.at(1).refused, 1U);
    EXPECT_TRUE(world().store().quarantine().empty()) << "it is looked at first";
    world().settle();
    EXPECT_EQ(owner("books", books), owner("erp", erp));
    EXPECT_EQ(world()["books"].records().size(), 1U);
    EXPECT_TRUE(world().open_cases().empty());
    EXPECT_TRUE(world().store().quarantine().empty());
}

TEST_F(NamedDuplicate, IsAskedAboutWhenItDoesNotFit) {
    start("email");
    make_in_time(row("Bolt", "info@acme.be"));
    const RemoteId erp = world()["erp"].add(row("Acme", "info@acme.be"));
    world().settle();
    EXPECT_NE(owner("books", books), owner("erp", erp));
    ASSERT_EQ(world().store().quarantine().size(), 1U);
    const std::vector<Case> cases = world().open_cases();
    const auto asked = std::find_if(cases.begin(), cases.end(), [](const Case& item) {
        return item.kind == CaseKind::Duplicate && item.system == SystemId{"books"};
    });
    ASSERT_NE(asked, cases.end());
    EXPECT_EQ(asked->customer, owner("erp", erp));
    ASSERT_EQ(asked->candidates.size(), 1U);
    EXPECT_EQ(asked->candidates.front().customer, owner("books", books));
    const std::size_t asked_for = world()["books"].asked().size();
    world().settle();
    EXPECT_EQ(world()["books"].asked().size(), asked_for) << "and not tried again and again";
}

TEST_F(NamedDuplicate, ThatIsNotThereIsARefusalLikeAnyOther) {
    start("vat");
    make_in_time(row("Acme NV", "info@acme.be", "BE0403019261"));
    const RemoteId erp = world()["erp"].add(row("Acme", "info@acme.be", "BE0403019261"));
    world()["books"].faults().denies_everything = 1;
    world().pass();
    EXPECT_EQ(world().store().quarantine().size(), 1U);
    EXPECT_FALSE(owner("erp", erp).is_nil());
}

}  // namespace
}  // namespace syncline::testing
