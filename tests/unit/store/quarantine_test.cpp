#include "unit/store/store_fixture.hpp"
#include "vault/sqlite.hpp"

namespace syncline::store {
namespace {

class Quarantine : public StoreTest {
protected:
    void put(QuarantineItem item) {
        CommitBatch batch;
        batch.quarantined.push_back(std::move(item));
        store_->commit(batch);
    }
    QuarantineItem only() {
        const auto items = store_->quarantine();
        EXPECT_EQ(items.size(), 1U);
        return items.empty() ? QuarantineItem{} : items.front();
    }
};

TEST_F(Quarantine, ItemsComeBackAsTheyWere) {
    QuarantineItem given = new_item("17");
    given.direction = Direction::Outbound;
    given.link = new_id<LinkId>();
    given.customer = new_id<CustomerId>();
    given.version = Version{0xFEDC'BA98'7654'3210};
    put(given);
    reopen();
    const QuarantineItem item = only();
    EXPECT_NE(item.id, 0U);
    EXPECT_EQ(item.system, given.system);
    EXPECT_EQ(item.direction, Direction::Outbound);
    EXPECT_EQ(item.remote_id, given.remote_id);
    EXPECT_EQ(item.link, given.link);
    EXPECT_EQ(item.customer, given.customer);
    EXPECT_EQ(item.field, kName);
    EXPECT_EQ(item.code, ErrorCode::MappingFailed);
    EXPECT_EQ(item.reason, given.reason);
    EXPECT_EQ(item.raw, given.raw);
    EXPECT_EQ(item.first_at, given.first_at);
    EXPECT_EQ(item.last_at, given.last_at);
    EXPECT_EQ(item.tries, 1U);
    EXPECT_FALSE(item.retry_requested);
    EXPECT_EQ(item.version, given.version);
}

TEST_F(Quarantine, ItemsOfADatabaseFromBeforeTheyKnewTheVersionRemain) {
    put(new_item("17"));
    become_schema_1();
    reopen();
    EXPECT_EQ(only().remote_id, RemoteId{"17"});
    EXPECT_EQ(only().version, Version{});
}

TEST_F(Quarantine, TheSameTroubleAgainIsCountedUp) {
    put(new_item("17"));
    const std::uint64_t id = only().id;
    QuarantineItem again = new_item("17");
    again.customer = new_id<CustomerId>();  // known by now: another key, the same item
    again.reason = "still wrong";
    again.raw["NAME"] = RawValue::of_text("\x02");
    again.first_at = from_unix_ms(99);
    again.last_at = from_unix_ms(99);
    put(again);
    reopen();
    const QuarantineItem item = only();
    EXPECT_EQ(item.id, id);
    EXPECT_EQ(item.tries, 2U);
    EXPECT_EQ(item.first_at, from_unix_ms(10));
    EXPECT_EQ(item.last_at, from_unix_ms(99));
    EXPECT_EQ(item.reason, "still wrong");
    EXPECT_EQ(item.raw, again.raw);
    EXPECT_EQ(item.customer, again.customer);
}

TEST_F(Quarantine, OtherTroubleIsAnItemOfItsOwn) {
    const QuarantineItem base = new_item("17");
    put(base);
    QuarantineItem other = base;
    other.remote_id = RemoteId{"18"};
    put(other);
    other = base;
    other.system = SystemId{"crm"};
    put(other);
    other = base;
    other.field = kStatus;
    put(other);
    other = base;
    other.direction = Direction::Outbound;
    put(other);
    other = base;
    other.remote_id = RemoteId{};  // a create: told apart by its customer
    other.customer = new_id<CustomerId>();
    put(other);
    other.customer = new_id<CustomerId>();
    put(other);
    EXPECT_EQ(store_->quarantine().size(), 7U);
}

TEST_F(Quarantine, ARetryIsMarkedWithoutCountingUp) {
    put(new_item("17"));
    QuarantineItem item = only();
    item.retry_requested = true;
    put(item);
    EXPECT_TRUE(only().retry_requested);
    EXPECT_EQ(only().tries, 1U);
    EXPECT_EQ(only().id, item.id);
    put(new_item("17"));  // it failed again: the request is used up
    EXPECT_FALSE(only().retry_requested);
    EXPECT_EQ(only().tries, 2U);
}

TEST_F(Quarantine, ReleasedItemsAreGone) {
    put(new_item("17"));
    put(new_item("18"));
    CommitBatch batch;
    batch.released.push_back(store_->quarantine()[0].id);
    store_->commit(batch);
    EXPECT_EQ(only().remote_id, RemoteId{"18"});
}

TEST_F(Quarantine, ItemsAreFoundByTheCustomerOrTheLinkTheyName) {
    QuarantineItem of_customer = new_item("17");
    of_customer.customer = new_id<CustomerId>();
    QuarantineItem of_link = new_item("18");
    of_link.link = new_id<LinkId>();
    QuarantineItem of_both = new_item("19");
    of_both.customer = of_customer.customer;
    of_both.link = of_link.link;
    for (const QuarantineItem& item : {of_customer, of_link, of_both, new_item("20")})
        put(item);
    const auto ids_of = [](const std::vector<QuarantineItem>& items) {
        std::vector<std::string> ids;
        for (const QuarantineItem& item : items)
            ids.push_back(item.remote_id.text());
        return ids;
    };
    using Ids = std::vector<std::string>;
    EXPECT_EQ(
        ids_of(store_->quarantined_of(std::array{of_customer.customer}, {})), (Ids{"17", "19"})
    );
    EXPECT_EQ(ids_of(store_->quarantined_of({}, std::array{of_link.link})), (Ids{"18", "19"}));
    const auto of_all =
        store_->quarantined_of(std::array{of_customer.customer}, std::array{of_link.link});
    EXPECT_EQ(ids_of(of_all), (Ids{"17", "18", "19"}));
    EXPECT_EQ(of_all.front().raw, of_customer.raw);
}

TEST_F(Quarantine, ItemsAreFoundByTheRecordTheyAreAbout) {
    QuarantineItem renamed = new_item("18");  // its record has another id by now
    renamed.link = new_id<LinkId>();
    QuarantineItem elsewhere = new_item("17");
    elsewhere.system = SystemId{"shop"};
    for (const QuarantineItem& item : {new_item("17"), renamed, elsewhere, new_item("20")})
        put(item);
    const auto items = store_->quarantined_records(
        SystemId{"erp"}, std::array{RemoteId{"17"}, RemoteId{"21"}}, std::array{renamed.link}
    );
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].remote_id, RemoteId{"17"});
    EXPECT_EQ(items[0].system, SystemId{"erp"});
    EXPECT_EQ(items[1].link, renamed.link);
}

TEST_F(Quarantine, WhatWasReadIsOpenedOnlyWhereItIsWanted) {
    put(new_item("17"));
    EXPECT_EQ(only().raw, new_item("17").raw);
    const auto items = store_->quarantine(Store::RawFieldsOf::LeftOut);
    ASSERT_EQ(items.size(), 1U);
    EXPECT_TRUE(items[0].raw.empty());
    EXPECT_EQ(items[0].reason, only().reason);
}

}  // namespace
}  // namespace syncline::store
