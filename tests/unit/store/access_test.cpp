// Readers, overlays and schemas.

#include "base/fault.hpp"
#include "unit/store/store_fixture.hpp"
#include "vault/sqlite.hpp"

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

class AccessTest : public StoreTest {
protected:
    std::string bytes_of_file(const char* name) {
        std::ifstream in(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST_F(AccessTest, AReaderSeesWhatTheRunningHubCommitted) {
    const auto beside = reader();
    const Customer ada = store_customer("Ada", "1").first;
    EXPECT_EQ(customer(*beside, ada.id), ada);
    CommitBatch batch;
    batch.customers.push_back(ada);
    batch.customers[0].fields[kName].value = FieldValue::of("Ada Lovelace");
    store_->commit(batch);
    EXPECT_EQ(customer(*beside, ada.id), batch.customers[0]);
    EXPECT_EQ(beside->counts().records, 1U);
}

TEST_F(AccessTest, AReaderWorksWhenTheHubIsStopped) {
    const Customer ada = store_customer("Ada", "1").first;
    store_.reset();
    ASSERT_FALSE(fs::exists(folder_ / "hub.db-wal"));
    EXPECT_EQ(customer(*reader(), ada.id), ada);
}

// After a crash the log holds commits, and whoever closes the database last would move them.
TEST_F(AccessTest, WhoOnlyLooksLeavesTheLogOfACrashAsItIs) {
    const Customer ada = store_customer("Ada", "1").first;
    const fs::path crashed = folder_ / "crashed";
    fs::create_directory(crashed);
    for (const char* name : {"hub.db", "hub.db-wal"})
        fs::copy_file(folder_ / name, crashed / name);
    const std::string database = bytes_of_file("crashed/hub.db");
    const std::string log = bytes_of_file("crashed/hub.db-wal");
    ASSERT_FALSE(log.empty());
    auto read = opened(open_sqlite(crashed, Access::ReadOnly, *vault_, clock_));
    EXPECT_EQ(customer(*read, ada.id), ada);
    EXPECT_EQ(customer(*opened(open_overlay(crashed, *vault_, clock_)), ada.id), ada);
    read.reset();
    EXPECT_TRUE(bytes_of_file("crashed/hub.db") == database);
    EXPECT_TRUE(bytes_of_file("crashed/hub.db-wal") == log);
}

TEST_F(AccessTest, AReaderWritesNothing) {
    const Customer ada = store_customer("Ada", "1").first;
    const auto beside = reader();
    CommitBatch batch;
    batch.customers.push_back(ada);
    EXPECT_THROW(beside->commit(batch), Fault);
}

// A reader may be asked about a field that no run has met; its number must not clash with one that
// the hub gives at the same moment.
TEST_F(AccessTest, AReaderNumbersNewPathsForItselfOnly) {
    const FieldId name = store_->field_id("name");
    const auto beside = reader();
    EXPECT_EQ(beside->field_id("name"), name);
    const FieldId own = beside->field_id("status");
    const FieldId other = beside->field_id("notes.main.text");
    EXPECT_NE(own, other);
    EXPECT_EQ(beside->field_id("status"), own);
    const FieldId vat = store_->field_id("identifiers.vat.value");
    EXPECT_NE(vat, own);
    EXPECT_NE(vat, other);
    EXPECT_EQ(store_->field_ids().size(), 2U);
}

TEST_F(AccessTest, AReaderNeedsADatabase) {
    close();
    fs::remove(folder_ / "hub.db");
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    const auto missing = open_sqlite(folder_, Access::ReadOnly, *vault, clock_);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_FALSE(fs::exists(folder_ / "hub.db"));
    std::ofstream(folder_ / "hub.db").close();  // created, and the hub died before it wrote
    const auto empty = open_sqlite(folder_, Access::ReadOnly, *vault, clock_);
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code, ErrorCode::NotFound);
    EXPECT_TRUE(open_sqlite(folder_, Access::ReadWrite, *vault, clock_));
}

TEST_F(AccessTest, ANewerSchemaIsRefusedUntouched) {
    close();
    {
        sqlite::Database(folder_ / "hub.db", sqlite::OpenMode::ReadWrite)
            .execute("PRAGMA user_version = 99");
    }
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    for (const Access access : {Access::ReadWrite, Access::ReadOnly}) {
        const auto refused = open_sqlite(folder_, access, *vault, clock_);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::ConfigInvalid);
    }
    const auto refused = open_overlay(folder_, *vault, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::ConfigInvalid);
}

TEST_F(AccessTest, TheWriterIsDurable) {
    sqlite::Database database(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
    sqlite::Query mode(database.prepared("PRAGMA journal_mode"));
    ASSERT_TRUE(mode.step());
    EXPECT_EQ(mode.text(), "wal");
    sqlite::Query applied(database.prepared("SELECT version, applied_at FROM migration"));
    ASSERT_TRUE(applied.step());
    EXPECT_EQ(applied.number(), 1);
    EXPECT_EQ(applied.number(), to_unix_ms(clock_.now()));
}

TEST_F(AccessTest, AnOverlayChangesItselfOnly) {
    const auto [ada, link] = store_customer("Ada", "1");
    const auto overlay = opened(open_overlay(folder_, *vault_, clock_));
    const std::string keys = bytes_of_file("keys.db");
    const std::string wal = bytes_of_file("hub.db-wal");
    const std::string main = bytes_of_file("hub.db");

    CommitBatch batch;
    batch.customers.push_back(ada);
    batch.customers[0].fields[kName].value = FieldValue::of("Planned");
    for (int i = 0; i < 300; ++i)
        batch.customers.push_back(new_customer("planned too"));
    batch.quarantined.push_back(new_item("17"));
    overlay->commit(batch);
    EXPECT_NE(overlay->field_id("only.planned.here").number, 0U);
    EXPECT_EQ(customer(*overlay, ada.id), batch.customers[0]);
    EXPECT_EQ(customer(*overlay, batch.customers[300].id), batch.customers[300]);
    EXPECT_EQ(overlay->quarantine().size(), 1U);
    EXPECT_EQ(overlay->links_by_id(std::array{link.id}), std::vector{link});

    EXPECT_EQ(customer(ada.id), ada);
    EXPECT_TRUE(store_->field_ids().empty());
    EXPECT_EQ(bytes_of_file("keys.db"), keys);
    EXPECT_EQ(bytes_of_file("hub.db-wal"), wal);
    EXPECT_EQ(bytes_of_file("hub.db"), main);
}

TEST_F(AccessTest, AnOverlayOfNothingIsEmpty) {
    close();
    fs::remove(folder_ / "hub.db");
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    const auto overlay = opened(open_overlay(folder_, *vault, clock_));
    EXPECT_EQ(overlay->counts().records, 0U);
    CommitBatch batch;
    batch.customers.push_back(new_customer("Ada"));
    overlay->commit(batch);
    EXPECT_EQ(overlay->counts().records, 1U);
    EXPECT_FALSE(fs::exists(folder_ / "hub.db"));
}

}  // namespace
}  // namespace syncline::store
