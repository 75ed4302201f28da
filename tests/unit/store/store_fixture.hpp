#pragma once

#include "model/field.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/fakes.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::store {

inline constexpr FieldId kName{1};
inline constexpr FieldId kStatus{2};
inline constexpr FieldId kAddress{3};
inline constexpr FieldId kStreet{4};
inline constexpr FieldId kCity{5};

inline constexpr LeafSpec kNameSpec{"name", "Name", ValueType::Text, true};
inline constexpr LeafSpec kStatusSpec{"status", "Status", ValueType::Text, false};
inline constexpr LeafSpec kStreetSpec{"addresses.*.street", "Street", ValueType::Text, true};
inline constexpr LeafSpec kCitySpec{"addresses.*.city", "City", ValueType::Text, false};

enum class NameIs { Sensitive, Clear };

/// name, status, and an address of street and city; only status and city are stored in clear.
inline FieldTable make_fields(NameIs name = NameIs::Sensitive) {
    Field named;
    named.id = kName;
    named.path = "name";
    named.parts.push_back({"", "name", kName, &kNameSpec, name == NameIs::Sensitive});
    Field status;
    status.id = kStatus;
    status.path = "status";
    status.parts.push_back({"", "status", kStatus, &kStatusSpec, false});
    Field address;
    address.id = kAddress;
    address.path = "addresses.billing";
    address.merge = MergeKind::Composite;
    address.parts.push_back({"street", "addresses.billing.street", kStreet, &kStreetSpec, true});
    address.parts.push_back({"city", "addresses.billing.city", kCity, &kCitySpec, false});
    return FieldTable({named, status, address});
}

/// A workspace with a vault, and a store that tests close and reopen.
class StoreTest : public ::testing::Test {
protected:
    StoreTest() : fields_(make_fields()) {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::path(::testing::TempDir()) /
                  (std::string(test->test_suite_name()) + "_" + test->name());
        std::filesystem::remove_all(folder_);
        EXPECT_TRUE(vault::Vault::initialise(folder_, folder_ / "root.key"));
        reopen();
    }
    ~StoreTest() override {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    void close() {
        store_.reset();
        vault_.reset();
    }
    void reopen() {
        close();
        auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
        ASSERT_TRUE(vault);
        vault_ = std::make_unique<vault::Vault>(std::move(vault).value());
        store_ = opened(open_sqlite(folder_, Access::ReadWrite, *vault_, clock_));
    }
    /// Leaves the closed database as the first version of the program wrote it, rows and all.
    void become_schema_1() {
        close();
        vault::sqlite::Database database(folder_ / "hub.db", vault::sqlite::OpenMode::ReadWrite);
        database.execute(
            "DROP INDEX quarantine_customer; DROP INDEX quarantine_link;"
            "DROP INDEX quarantine_record;"
            "ALTER TABLE quarantine DROP COLUMN version;"
            "ALTER TABLE system_state DROP COLUMN failures;"
            "ALTER TABLE system_state DROP COLUMN listing_wanted_at;"
            "ALTER TABLE system_state DROP COLUMN mapping;"
            "ALTER TABLE system_state DROP COLUMN listed_at;"
            "ALTER TABLE system_state DROP COLUMN connector;"
            "ALTER TABLE hub_state DROP COLUMN committed_at;"
            "DROP INDEX customer_alias; ALTER TABLE customer DROP COLUMN alias_of;"
            "DROP TABLE recent_write; DROP TABLE merge_event; DROP INDEX change_run;"
            "ALTER TABLE run DROP COLUMN actor; ALTER TABLE run DROP COLUMN undoes;"
            "CREATE TABLE old_link (id BLOB PRIMARY KEY, system TEXT NOT NULL, entity TEXT NOT "
            "NULL, remote_id TEXT NOT NULL, customer BLOB NOT NULL REFERENCES data_key(subject), "
            "state INTEGER NOT NULL, row_version INTEGER NOT NULL, modified_at INTEGER NOT NULL, "
            "read_at INTEGER NOT NULL, raw_hash BLOB NOT NULL, sealed BLOB NOT NULL, "
            "UNIQUE (system, entity, remote_id));"
            "INSERT INTO old_link SELECT id, system, entity, remote_id, customer, state, "
            "row_version, modified_at, read_at, x'', sealed FROM link;"
            "CREATE TABLE old_tag (tag BLOB NOT NULL, link BLOB NOT NULL REFERENCES old_link(id), "
            "PRIMARY KEY (tag, link)) WITHOUT ROWID;"
            "INSERT INTO old_tag SELECT tag, link FROM link_tag;"
            "DROP TABLE link_tag; DROP TABLE link;"
            "ALTER TABLE old_link RENAME TO link; ALTER TABLE old_tag RENAME TO link_tag;"
            "CREATE INDEX link_customer ON link(customer);"
            "CREATE INDEX link_unassociated ON link(id) WHERE state = 0;"
            "CREATE INDEX link_tag_link ON link_tag(link);"
            "DELETE FROM migration WHERE version > 1; PRAGMA user_version = 1"
        );
    }
    std::unique_ptr<Store> opened(Result<std::unique_ptr<Store>> result) {
        EXPECT_TRUE(result);
        if (!result) return nullptr;
        (*result)->use_fields(fields_);
        return std::move(result).value();
    }
    std::unique_ptr<Store> reader() {
        return opened(open_sqlite(folder_, Access::ReadOnly, *vault_, clock_));
    }

    template <class Identifier>
    Identifier new_id() {
        return mint<Identifier>(clock_.now(), random_);
    }
    FieldState state_of(FieldValue value, std::uint64_t version = 7) {
        FieldState state;
        state.value = std::move(value);
        state.version = Version{version};
        state.origin = Origin::of(SystemId{"erp"});
        state.interval = {from_unix_ms(5), from_unix_ms(9)};
        state.rule = Rule::Newest;
        return state;
    }
    Customer new_customer(const std::string& name) {
        Customer customer;
        customer.id = new_id<CustomerId>();
        customer.created = Version{3};
        customer.fields[kName] = state_of(FieldValue::of(name));
        customer.fields[kStatus] = state_of(FieldValue::of("active"), 8);
        FieldValue address;
        address.parts = {"12 Rope Walk", std::nullopt};
        customer.fields[kAddress] = state_of(address, 9);
        return customer;
    }
    Link new_link(const CustomerId& customer, const std::string& remote_id) {
        Link link;
        link.id = new_id<LinkId>();
        link.system = SystemId{"erp"};
        link.entity = "customer";
        link.remote_id = RemoteId{remote_id};
        link.customer = customer;
        link.state = LinkState::Active;
        link.token = "etag-1";
        link.modified_at = from_unix_ms(100);
        link.read_at = from_unix_ms(200);
        LinkField& field = link.fields[kName];
        field.shadow.emplace();
        field.shadow->raw["NAME"] = RawValue::of_text("Ada L.");
        field.shadow->base = Base::image_of(Version{7});
        field.shadow->seen_at = from_unix_ms(150);
        field.contribution.emplace();
        field.contribution->value = FieldValue::of("Ada L.");
        field.contribution->version = Version{7};
        field.contribution->interval = {from_unix_ms(1), from_unix_ms(2)};
        field.ignored_pushes = 2;
        return link;
    }
    Attempt new_attempt(const Customer& customer, const LinkId& link) {
        Attempt attempt;
        attempt.id = new_id<AttemptId>();
        attempt.system = SystemId{"erp"};
        attempt.entity = "customer";
        attempt.customer = customer.id;
        attempt.link = link;
        attempt.issued_at = from_unix_ms(300);
        attempt.expected_token = "etag-1";
        SentField& sent = attempt.fields[kName];
        sent.value = FieldValue::of("Ada Lovelace");
        sent.raw["NAME"] = RawValue::of_text("Ada Lovelace");
        sent.version = Version{7};
        return attempt;
    }
    QuarantineItem new_item(const std::string& remote_id) {
        QuarantineItem item;
        item.system = SystemId{"erp"};
        item.remote_id = RemoteId{remote_id};
        item.field = kName;
        item.code = ErrorCode::MappingFailed;
        item.reason = "no lens reads this";
        item.raw["NAME"] = RawValue::of_text("\x01");
        item.first_at = from_unix_ms(10);
        item.last_at = from_unix_ms(10);
        return item;
    }
    /// Stores a customer with one link.
    std::pair<Customer, Link> store_customer(const std::string& name, const std::string& remote) {
        CommitBatch batch;
        batch.customers.push_back(new_customer(name));
        batch.links.push_back(new_link(batch.customers[0].id, remote));
        store_->commit(batch);
        return {batch.customers[0], batch.links[0]};
    }
    Customer customer(const CustomerId& id) { return customer(*store_, id); }
    static Customer customer(Store& store, const CustomerId& id) {
        const std::vector<Customer> found = store.customers(std::array{id});
        EXPECT_EQ(found.size(), 1U);
        return found.empty() ? Customer{} : found.front();
    }
    /// Whether these bytes are in any file of the workspace.
    bool on_disk(std::string_view text) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string content{std::istreambuf_iterator<char>(in), {}};
            if (content.find(text) != std::string::npos) return true;
        }
        return false;
    }

    std::filesystem::path folder_;
    syncline::testing::FakeClock clock_;
    syncline::testing::SeededRandom random_;
    FieldTable fields_;
    std::unique_ptr<vault::Vault> vault_;
    std::unique_ptr<Store> store_;
};

}  // namespace syncline::store
