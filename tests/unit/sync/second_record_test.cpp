// A customer with two records in one system: the second is written where the written one went.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace syncline::testing {
namespace {

/// Acme is in books and in desk, Acme NV in erp and in desk; they were merged.
class SecondRecord : public ::testing::Test {
protected:
    SecondRecord()
        : world({member("erp"), member("books"), member("desk")}, [](HubSetting& hub) {
              hub.systems[0].rights.create = false;
              hub.systems[1].rights.create = false;
              hub.deletes = {};
          }) {
        world["books"].add({{"name", "Bolt"}, {"email", "info@bolt.be"}});
        books = world["books"].add({{"name", "Acme"}, {"email", "info@acme.be"}});
        written = world["desk"].add({{"name", "Acme"}, {"email", "info@acme.be"}});
        erp = world["erp"].add({{"name", "Acme NV"}, {"email", "nv@acme.be"}});
        second = world["desk"].add({{"name", "Acme NV"}, {"email", "nv@acme.be"}});
        world.settle();
        acme = world.customer_of("books", books).customer.id;
        const CustomerId other = world.customer_of("erp", erp).customer.id;
        EXPECT_TRUE(world.engine().merge(acme, other, {}, "ann", sync::Carry::Out).has_value());
        world.settle();
    }
    /// The customer is deleted, and then desk's people remove the record that the hub wrote to.
    void delete_customer() {
        ASSERT_TRUE(world.engine().delete_record(acme, "ann", sync::Carry::Out).has_value());
        world.settle();
        world["desk"].remove(written);
        world.settle();
    }
    void expect_the_second_is_written() {
        const std::size_t records_in_desk = world["desk"].records().size();
        world["erp"].edit(erp, "city", "Brugge");
        world.settle();
        const auto& record = world["desk"].record(second);
        ASSERT_TRUE(record.contains("city"));
        EXPECT_EQ(record.at("city"), "Brugge");
        EXPECT_EQ(world["desk"].records().size(), records_in_desk) << "none is made beside it";
        for (const Case& item : world.open_cases())
            EXPECT_NE(item.kind, CaseKind::Gone) << item.reason;
    }

    World world;
    RemoteId erp, books, written, second;
    CustomerId acme;
};

TEST_F(SecondRecord, IsWrittenWhenTheWrittenOneTurnsOutToBeSomebodyElses) {
    ASSERT_TRUE(
        world.engine().unlink_record(acme, SystemId{"desk"}, written, "ann", sync::Carry::Out)
    );
    world.settle();
    expect_the_second_is_written();
}

TEST_F(SecondRecord, IsWrittenWhenAnOperatorBringsTheCustomerBack) {
    delete_customer();
    ASSERT_TRUE(world.engine().undelete_record(acme, "ann").has_value());
    world.settle();
    expect_the_second_is_written();
}

TEST_F(SecondRecord, IsWrittenWhenASystemBringsTheCustomerBack) {
    delete_customer();
    world["books"].remove(books);
    world.settle();
    world["books"].restore(books);
    world.settle();
    ASSERT_FALSE(world.customer_of("erp", erp).is_deleted());
    expect_the_second_is_written();
}

}  // namespace
}  // namespace syncline::testing
