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
    close();
    {
        vault::sqlite::Database database(folder_ / "hub.db", vault::sqlite::OpenMode::ReadWrite);
        database.execute(
            "ALTER TABLE quarantine DROP COLUMN version; "
            "ALTER TABLE system_state DROP COLUMN failures; "
            "ALTER TABLE system_state DROP COLUMN listing_wanted_at; "
            "DELETE FROM migration WHERE version > 1; PRAGMA user_version = 1"
        );
    }
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

}  // namespace
}  // namespace syncline::store
