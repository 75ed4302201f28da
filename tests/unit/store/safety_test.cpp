// What the store promises beyond remembering: one writer, all or nothing, nothing in clear.

#include "base/fault.hpp"
#include "unit/store/store_fixture.hpp"
#include "vault/sqlite.hpp"

#include <sys/stat.h>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

class Safety : public StoreTest {
protected:
    sqlite::Database raw() { return {folder_ / "hub.db", sqlite::OpenMode::ReadWrite}; }
    /// Sensitive texts in every place a batch has for them; `name` as the customer's name.
    CommitBatch batch_full_of(const std::string& secret, const std::string& name) {
        CommitBatch batch;
        batch.customers.push_back(new_customer(name));
        const Customer& customer = batch.customers[0];
        batch.customers[0].fields[kAddress].value.parts[0] = secret;
        Link link = new_link(customer.id, "1");
        link.token = secret;
        link.fields[kName].shadow->raw["NAME"] = RawValue::of_text(secret);
        link.fields[kName].contribution->value = FieldValue::of(secret);
        batch.links.push_back(link);
        Attempt attempt = new_attempt(customer, link.id);
        attempt.expected_token = secret;
        attempt.fields[kName].value = FieldValue::of(secret);
        attempt.fields[kName].raw["NAME"] = RawValue::of_text(secret);
        batch.attempts.push_back(attempt);
        Change& change = batch.changes.emplace_back();
        change.customer = customer.id;
        FieldChange& field = change.fields.emplace_back();
        field.field = kName;
        field.before = FieldValue::of(secret);
        field.after = FieldValue::of(secret);
        for (const CustomerId& of : {customer.id, CustomerId{}}) {
            QuarantineItem item = new_item(of.is_nil() ? "a" : "b");
            item.customer = of;
            item.raw["NAME"] = RawValue::of_text(secret);
            batch.quarantined.push_back(item);
        }
        batch.link_keys = {{link.id, {{kName, secret}}}};
        batch.customer_keys = {{customer.id, {{kName, secret}}}};
        return batch;
    }
};

TEST_F(Safety, NothingSensitiveReachesTheDiskInClear) {
    const std::string canary = "Canary-71d2-ringer";
    CommitBatch batch = batch_full_of(canary, canary);
    store_->commit(batch);
    EXPECT_FALSE(on_disk(canary));  // with the write-ahead log
    close();
    EXPECT_FALSE(on_disk(canary));
    EXPECT_TRUE(on_disk("no lens reads this"));  // the search itself finds what is in clear
}

TEST_F(Safety, AFieldWithEncryptionOffIsStoredInClear) {
    const std::string canary = "Canary-71d2-ringer";
    const std::string name = "Canary-in-clear";
    fields_ = make_fields(NameIs::Clear);
    reopen();
    CommitBatch batch = batch_full_of(canary, name);
    store_->commit(batch);
    EXPECT_TRUE(on_disk(name));
    EXPECT_FALSE(on_disk(canary));
    EXPECT_EQ(customer(batch.customers[0].id), batch.customers[0]);

    fields_ =
        make_fields(NameIs::Sensitive);  // switched on again: read as it is, encrypted next time
    reopen();
    EXPECT_EQ(customer(batch.customers[0].id), batch.customers[0]);
}

// What nobody describes any more may be anything, so it is encrypted.
TEST_F(Safety, AFieldOutOfUseIsEncrypted) {
    fields_ = FieldTable{};
    reopen();
    CommitBatch batch;
    batch.customers.push_back(new_customer("Canary-of-no-field"));
    store_->commit(batch);
    EXPECT_FALSE(on_disk("Canary-of-no-field"));
}

TEST_F(Safety, FilesAreForTheirOwnerOnly) {
    store_customer("Ada", "1");
    std::size_t files = 0;
    for (const char* name : {"hub.db", "hub.db-wal", "hub.db-shm"}) {
        struct stat status {};
        if (::stat((folder_ / name).c_str(), &status) != 0) continue;
        ++files;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
    EXPECT_EQ(files, 3U);
}

TEST_F(Safety, ARowThatIsNotTheOneReadIsNeverOverwritten) {
    const auto [ada, link] = store_customer("Ada", "1");
    const auto refuses = [&](CommitBatch batch) { EXPECT_THROW(store_->commit(batch), Fault); };
    for (const std::uint64_t version : {std::uint64_t{0}, std::uint64_t{2}}) {
        CommitBatch stale_customer;
        stale_customer.customers.push_back(ada);
        stale_customer.customers[0].row_version = version;
        refuses(stale_customer);
        CommitBatch stale_link;
        stale_link.links.push_back(link);
        stale_link.links[0].row_version = version;
        refuses(stale_link);
    }
    EXPECT_EQ(customer(ada.id), ada);
    EXPECT_EQ(store_->links_by_id(std::array{link.id}), std::vector{link});
}

TEST_F(Safety, AFailedCommitChangesNothing) {
    const auto [ada, link] = store_customer("Ada", "1");
    CommitBatch batch;
    batch.customers.push_back(ada);
    batch.customers[0].fields[kName].value = FieldValue::of("changed");
    batch.customers.push_back(new_customer("new"));
    Change& change = batch.changes.emplace_back();
    change.customer = ada.id;
    batch.work_added.push_back(ada.id);
    batch.high_water = Version{900};
    batch.links.push_back(new_link(ada.id, "1"));  // taken: fails after the customers were written
    EXPECT_THROW(store_->commit(batch), Fault);
    EXPECT_EQ(batch.customers[0].row_version, 1U);
    EXPECT_EQ(batch.customers[1].row_version, 0U);
    EXPECT_EQ(batch.changes[0].sequence, 0U);
    EXPECT_EQ(customer(ada.id), ada);
    EXPECT_TRUE(store_->customers(std::array{batch.customers[1].id}).empty());
    EXPECT_TRUE(store_->history(ada.id).empty());
    EXPECT_TRUE(store_->work(10).empty());
    EXPECT_FALSE(store_->high_water().exists());

    batch.links.clear();  // and the store still works
    store_->commit(batch);
    EXPECT_EQ(customer(ada.id), batch.customers[0]);
    EXPECT_EQ(store_->history(ada.id).size(), 1U);
}

TEST_F(Safety, TheLaterOfTwoEqualRowsCounts) {
    CommitBatch batch;
    batch.customers.push_back(new_customer("first"));
    batch.customers.push_back(batch.customers[0]);
    batch.customers[1].fields[kName].value = FieldValue::of("second");
    batch.links.push_back(new_link(batch.customers[0].id, "1"));
    batch.links.push_back(batch.links[0]);
    batch.links[1].token = "second";
    store_->commit(batch);
    EXPECT_EQ(customer(batch.customers[0].id), batch.customers[1]);
    EXPECT_EQ(store_->links_by_id(std::array{batch.links[0].id}), std::vector{batch.links[1]});
}

TEST_F(Safety, EachCustomerHasOneKeyOfItsOwn) {
    Customer ada = store_customer("Ada", "1").first;
    store_customer("Bob", "2");
    CommitBatch batch;
    batch.customers.push_back(ada);
    batch.attempts.push_back(new_attempt(ada, {}));
    store_->commit(batch);
    reopen();
    batch.changes.emplace_back().customer = ada.id;
    store_->commit(batch);
    sqlite::Database database = raw();
    sqlite::Query keys(database.prepared("SELECT count(*), count(DISTINCT dek_id) FROM data_key"));
    ASSERT_TRUE(keys.step());
    EXPECT_EQ(keys.number(), 2);
    EXPECT_EQ(keys.number(), 2);
}

TEST_F(Safety, RowsThatWereMovedOrSetBackDoNotOpen) {
    const auto [ada, link] = store_customer("Ada", "1");
    const auto [bob, bob_link] = store_customer("Bob", "2");
    CommitBatch batch;
    batch.attempts.push_back(new_attempt(ada, link.id));
    batch.attempts[0].state = AttemptState::Answered;
    batch.quarantined.push_back(new_item("17"));
    batch.changes.emplace_back().customer = ada.id;
    store_->commit(batch);
    const auto broken_by = [&](const std::string& sql, auto check) {
        close();
        fs::copy(folder_, folder_.string() + "_saved", fs::copy_options::recursive);
        raw().execute(sql);
        reopen();
        check();
        close();
        fs::remove_all(folder_);
        fs::rename(folder_.string() + "_saved", folder_);
        reopen();
    };
    const CustomerId ada_id = ada.id;
    const CustomerId bob_id = bob.id;
    const LinkId link_id = link.id;
    /// The rows that `read` gives are left out, and whose they are is told.
    const auto left_out = [&](const std::string& sql, auto read, std::size_t whole) {
        EXPECT_EQ(read(), whole);
        EXPECT_TRUE(store_->unopened().empty());
        broken_by(sql, [&] {
            EXPECT_LT(read(), whole) << sql;
            EXPECT_FALSE(store_->unopened().empty()) << sql;
        });
        EXPECT_EQ(read(), whole);
        EXPECT_TRUE(store_->unopened().empty());
    };
    left_out(
        "UPDATE customer SET fields = (SELECT fields FROM customer ORDER BY id DESC LIMIT 1)",
        [&] {
            return store_->customers(std::array{ada_id, bob_id}).size();
        },
        2
    );
    left_out(
        "UPDATE link SET row_version = 9",
        [&] { return store_->links_by_id(std::array{link_id}).size(); },
        1
    );
    left_out(
        "UPDATE attempt SET state = 1",
        [&] { return store_->attempts_of_links(std::array{link_id}).size(); },
        1
    );
    left_out(
        "UPDATE change SET sequence = 77", [&] { return store_->history(ada_id).size(); }, 1
    );
    ASSERT_FALSE(store_->quarantine().front().raw.empty());
    broken_by("UPDATE quarantine SET field = 2", [&] {
        ASSERT_EQ(store_->quarantine().size(), 1U) << "it stands, whatever was set aside";
        EXPECT_TRUE(store_->quarantine().front().raw.empty());
    });
    broken_by("UPDATE customer SET fields = x'0102'", [&] {
        EXPECT_THROW(store_->customers(std::array{ada_id}), Fault);
    });
}

TEST_F(Safety, ARecordThatDoesNotOpenIsKnownAllTheSame) {
    const auto [ada, link] = store_customer("Ada", "1");
    close();
    raw().execute("UPDATE link SET row_version = 9");
    reopen();
    const std::vector<Link> found =
        store_->links_by_remote(link.system, link.entity, std::array{link.remote_id});
    ASSERT_EQ(found.size(), 1U) << "or it would be taken for a new one";
    EXPECT_EQ(found.front().customer, ada.id);
    EXPECT_TRUE(found.front().fields.empty());
    ASSERT_EQ(store_->unopened().size(), 1U);
    EXPECT_EQ(store_->unopened().front().customer, ada.id);
    EXPECT_EQ(store_->unopened().front().code, ErrorCode::CipherTampered);
}

TEST_F(Safety, AFaultNamesNoValue) {
    store_customer("Ada", "remote-17");
    CommitBatch batch;
    batch.links.push_back(new_link(new_id<CustomerId>(), "remote-17"));
    try {
        store_->commit(batch);
        FAIL() << "the remote id is taken";
    } catch (const Fault& fault) {
        const std::string text = fault.what();
        EXPECT_NE(text.find("link.remote_id"), std::string::npos) << text;
        EXPECT_EQ(text.find("remote-17"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace syncline::store
