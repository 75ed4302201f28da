// A backup is one moment of hub.db, says exactly what is wrong with it, and comes back whole.

#include "store/sqlite/backup.hpp"

#include "base/fault.hpp"
#include "store/sqlite/schema.hpp"
#include "unit/store/store_fixture.hpp"
#include "vault/key_backup.hpp"

#include <sys/stat.h>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

class Backup : public StoreTest {
protected:
    Backup() { fs::create_directories(folder_ / "kept"); }

    fs::path file() const { return folder_ / "kept" / "one.db"; }
    Result<BackupNote> back_up_now(vault::Existing existing = vault::Existing::Refused) {
        return back_up(folder_, file(), existing, *vault_, clock_);
    }
    Result<BackupReport> check() { return check_backup(file(), *vault_, clock_); }
    ErrorCode trouble() {
        const auto report = check();
        EXPECT_FALSE(report);
        return report ? ErrorCode{} : report.error().code;
    }
    void change_backup(const std::string& sql) const {
        sqlite::Database(file(), sqlite::OpenMode::ReadWrite).execute(sql);
    }
    static bool is_alone(const fs::path& path) {
        for (const char* side : {".part", "-wal", "-shm", "-journal"})
            if (fs::exists(path.string() + side)) return false;
        return true;
    }
    /// A customer with a row in every table that has encrypted ones.
    Customer store_everything() {
        auto [ada, link] = store_customer("Ada", "1");
        CommitBatch batch;
        batch.attempts.push_back(new_attempt(ada, link.id));
        batch.quarantined.push_back(new_item("17"));
        batch.changes.emplace_back().customer = ada.id;
        batch.high_water = Version{900};
        store_->commit(batch);
        return ada;
    }
};

TEST_F(Backup, IsOneFileForItsOwnerAndSaysWhatItHolds) {
    store_everything();
    store_customer("Bob", "2");
    const auto note = back_up_now();
    ASSERT_TRUE(note);
    EXPECT_EQ(note->hub, "hub");
    EXPECT_EQ(note->records, 2U);
    EXPECT_EQ(note->links, 2U);
    EXPECT_EQ(note->schema, static_cast<std::int64_t>(migrations().size()));
    EXPECT_EQ(note->made_at, clock_.now());
    EXPECT_EQ(note->high_water, Version{900});
    EXPECT_EQ(note->bytes, fs::file_size(file()));
    EXPECT_TRUE(is_alone(file()));
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);

    const auto report = check();
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->note, *note);
    EXPECT_EQ(report->customers, 2U);
    EXPECT_TRUE(report->unopened.empty());
    EXPECT_TRUE(is_alone(file()));
}

TEST_F(Backup, IsOfOneMomentWhileTheHubGoesOn) {
    store_customer("Ada", "1");
    sqlite::Database reader(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
    ASSERT_TRUE(back_up_now());  // what is committed is in the log alone
    store_customer("Bob", "2");  // and the writer was not kept from anything
    const auto report = check();
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->note.records, 1U);
}

TEST_F(Backup, HasNoCustomersDataInClear) {
    store_customer("Canary-9a1f-name", "1");
    ASSERT_TRUE(back_up_now());
    EXPECT_FALSE(on_disk("Canary-9a1f-name"));
}

TEST_F(Backup, NeverReplacesAFileUnasked) {
    store_customer("Ada", "1");
    ASSERT_TRUE(back_up_now());
    store_customer("Bob", "2");
    EXPECT_EQ(back_up_now().error().code, ErrorCode::UsageInvalid);
    EXPECT_EQ(check()->note.records, 1U);
    ASSERT_TRUE(back_up_now(vault::Existing::Replaced));
    EXPECT_EQ(check()->note.records, 2U);
    const auto onto_itself =
        back_up(folder_, folder_ / "hub.db", vault::Existing::Replaced, *vault_, clock_);
    EXPECT_EQ(onto_itself.error().code, ErrorCode::UsageInvalid);
    EXPECT_EQ(store_->counts().records, 2U);
}

TEST_F(Backup, OfNothingOrOfADamagedDatabaseIsNone) {
    store_everything();
    close();
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    {
        std::fstream raw(folder_ / "hub.db", std::ios::in | std::ios::out | std::ios::binary);
        raw.seekp(8192);
        raw << std::string(
            static_cast<std::size_t>(fs::file_size(folder_ / "hub.db")) - 8192, '\xEE'
        );
    }
    EXPECT_THROW(
        static_cast<void>(back_up(folder_, file(), vault::Existing::Refused, *vault, clock_)), Fault
    );
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_TRUE(is_alone(file()));
    fs::remove(folder_ / "hub.db");
    const auto none = back_up(folder_, file(), vault::Existing::Refused, *vault, clock_);
    EXPECT_EQ(none.error().code, ErrorCode::NotFound);
    EXPECT_FALSE(fs::exists(folder_ / "hub.db"));
}

TEST_F(Backup, OfRowsThatCannotBeIsNone) {
    store_customer("Ada", "1");
    sqlite::Database(folder_ / "hub.db", sqlite::OpenMode::ReadWrite)
        .execute("PRAGMA ignore_check_constraints = ON; UPDATE hub_state SET only_row = 2");
    EXPECT_EQ(back_up_now().error().code, ErrorCode::PayloadMalformed);
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_TRUE(is_alone(file()));
}

TEST_F(Backup, ThatWasEditedInAnyTableIsFound) {
    const Customer ada = store_everything();
    CommitBatch batch;
    batch.work_added.push_back(ada.id);
    store_->commit(batch);
    ASSERT_TRUE(back_up_now());
    const fs::path whole = folder_ / "whole.db";
    fs::copy(file(), whole);
    for (const char* sql :
         {"UPDATE link SET remote_id = '2'",
          "UPDATE customer SET row_version = row_version + 1",
          "DELETE FROM change",
          "DELETE FROM work",
          "UPDATE attempt SET issued_at = 0",
          "UPDATE hub_state SET high_water = 1",
          "INSERT INTO read_cursor VALUES ('erp', 'customer', '{}', 1, 1)",
          "CREATE TABLE more (x)",
          "ALTER TABLE work RENAME COLUMN customer TO customers",
          "DROP TABLE work"}) {
        fs::copy_file(whole, file(), fs::copy_options::overwrite_existing);
        change_backup(sql);
        EXPECT_EQ(trouble(), ErrorCode::CipherTampered) << sql;
    }
    fs::copy_file(whole, file(), fs::copy_options::overwrite_existing);
    EXPECT_TRUE(check());  // and the copy itself is sound
}

TEST_F(Backup, ThatIsDamagedTruncatedOrNoBackupIsFound) {
    for (int i = 0; i < 50; ++i)
        store_customer("Ada", std::to_string(i));
    ASSERT_TRUE(back_up_now());
    const fs::path whole = folder_ / "whole.db";
    fs::copy(file(), whole);
    const auto size = fs::file_size(whole);
    for (const std::uintmax_t left :
         {std::uintmax_t{0}, std::uintmax_t{50}, size / 2, size - 4096}) {
        fs::copy_file(whole, file(), fs::copy_options::overwrite_existing);
        fs::resize_file(file(), left);
        EXPECT_EQ(trouble(), ErrorCode::PayloadMalformed) << left;
    }
    fs::remove(file());
    EXPECT_EQ(trouble(), ErrorCode::NotFound);
    fs::copy(folder_ / "hub.db", file());
    EXPECT_EQ(trouble(), ErrorCode::PayloadMalformed);
}

TEST_F(Backup, AByteThatFlippedAnywhereIsFound) {
    for (int i = 0; i < 20; ++i)
        store_customer("Ada", std::to_string(i));
    ASSERT_TRUE(back_up_now());
    const auto size = fs::file_size(file());
    std::size_t unnoticed = 0;
    for (std::uintmax_t at = 100; at < size; at += 4099) {
        std::fstream raw(file(), std::ios::in | std::ios::out | std::ios::binary);
        const auto flip = [&] {
            raw.seekg(static_cast<std::streamoff>(at));
            const char byte = static_cast<char>(raw.get() ^ 0x10);
            raw.seekp(static_cast<std::streamoff>(at));
            raw.put(byte).flush();
        };
        raw.seekg(static_cast<std::streamoff>(at));
        const bool is_unused = raw.get() == 0;  // free space within a page means nothing
        flip();
        if (check().has_value() && !is_unused) ++unnoticed;
        flip();
    }
    EXPECT_EQ(unnoticed, 0U);
    EXPECT_TRUE(check());
}

TEST_F(Backup, OfAnotherHubOrUnderOtherKeysIsNamedSo) {
    store_customer("Ada", "1");
    ASSERT_TRUE(back_up_now());
    auto other_id = vault::Vault::open(folder_, folder_ / "root.key", "other", clock_);
    ASSERT_TRUE(other_id);
    EXPECT_EQ(check_backup(file(), *other_id, clock_).error().code, ErrorCode::KeyMismatch);
    const fs::path elsewhere = folder_ / "elsewhere";
    ASSERT_TRUE(vault::Vault::initialise(elsewhere, elsewhere / "root.key"));
    auto other_keys = vault::Vault::open(elsewhere, elsewhere / "root.key", "hub", clock_);
    ASSERT_TRUE(other_keys);
    EXPECT_EQ(check_backup(file(), *other_keys, clock_).error().code, ErrorCode::KeyMismatch);
}

TEST_F(Backup, CustomersWhoseKeysAreMissingOrErasedAreCounted) {
    const Customer ada = store_customer("Ada", "1").first;
    const Customer bob = store_customer("Bob", "2").first;
    store_customer("Cem", "3");
    ASSERT_TRUE(back_up_now());
    const auto key_of = [&](const Customer& customer) {
        sqlite::Database hub(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
        sqlite::Query row(hub.prepared("SELECT dek_id FROM data_key WHERE subject = ?"));
        row.bind(customer.id.view());
        EXPECT_TRUE(row.step());
        return std::to_string(row.number());
    };
    const std::string lost = key_of(ada);
    const std::string erased = key_of(bob);
    close();
    {
        sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
        keys.execute("DELETE FROM dek WHERE dek_id = " + lost);
        keys.execute("UPDATE dek SET state = 2, wrapped = NULL WHERE dek_id = " + erased);
    }
    reopen();
    const auto report = check();
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->customers, 3U);
    EXPECT_EQ(report->erased, 1U);
    EXPECT_EQ(report->unopened, (std::map<ErrorCode, std::uint64_t>{{ErrorCode::KeyMissing, 1}}));
}

TEST_F(Backup, RowsOfEveryKindAreOpened) {
    store_everything();
    close();
    const fs::path whole = folder_ / "whole.db";
    fs::copy(folder_ / "hub.db", whole);
    for (const char* sql :
         {"UPDATE customer SET fields = (SELECT sealed FROM link)",
          "UPDATE link SET row_version = row_version + 7",
          "UPDATE link SET row_version = row_version + 7, state = 0",
          "UPDATE attempt SET state = 2",
          "UPDATE attempt SET state = 0, link = NULL, id = zeroblob(16)",
          "UPDATE change SET sequence = sequence + 100"}) {
        close();
        fs::copy_file(whole, folder_ / "hub.db", fs::copy_options::overwrite_existing);
        sqlite::Database(folder_ / "hub.db", sqlite::OpenMode::ReadWrite).execute(sql);
        reopen();
        ASSERT_TRUE(back_up_now(vault::Existing::Replaced)) << sql;
        const auto report = check();
        if (report) {
            EXPECT_EQ(report->unopened.size(), 1U) << sql;
        } else {  // not even fields: the file does not hold what a hub stores
            EXPECT_EQ(report.error().code, ErrorCode::PayloadMalformed) << sql;
        }
    }
}

TEST_F(Backup, OfANewerSchemaIsRefusedWithBothNumbers) {
    store_customer("Ada", "1");
    ASSERT_TRUE(back_up_now());
    change_backup("PRAGMA user_version = 99");
    const auto report = check();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::ConfigInvalid);
    for (const std::string& part : {std::string("99"), std::to_string(migrations().size())})
        EXPECT_NE(report.error().detail.find(part), std::string::npos) << report.error().detail;
}

TEST_F(Backup, OfAnOlderSchemaOpensToo) {
    store_everything();
    become_schema_1();
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    ASSERT_TRUE(back_up(folder_, file(), vault::Existing::Refused, *vault, clock_));
    const auto report = check_backup(file(), *vault, clock_);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->note.schema, 1);
    EXPECT_EQ(report->customers, 1U);
    EXPECT_TRUE(report->unopened.empty());
}

TEST_F(Backup, IsMadeBeforeAMigrationAndNamesTheOldSchema) {
    store_everything();
    const auto backups = [&] {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.path().filename().string().starts_with("hub-schema-"))
                found.push_back(entry.path());
        }
        return found;
    };
    reopen();
    EXPECT_TRUE(backups().empty());  // nothing to migrate
    become_schema_1();
    reopen();
    ASSERT_EQ(backups().size(), 1U);
    EXPECT_EQ(backups().front().filename(), "hub-schema-1-" + to_file_stamp(clock_.now()) + ".db");
    const auto report = check_backup(backups().front(), *vault_, clock_);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->note.schema, 1);
    EXPECT_EQ(report->customers, 1U);
    reopen();
    EXPECT_EQ(backups().size(), 1U);
}

TEST_F(Backup, WhereTheBackupBeforeAMigrationFailsNothingIsMigrated) {
    store_customer("Ada", "1");
    become_schema_1();
    auto vault = vault::Vault::open(folder_, folder_ / "root.key", "hub", clock_);
    ASSERT_TRUE(vault);
    // Its name is taken by a folder: a disk without room is refused the same way.
    const fs::path taken = folder_ / ("hub-schema-1-" + to_file_stamp(clock_.now()) + ".db");
    fs::create_directory(taken);
    EXPECT_FALSE(open_sqlite(folder_, Access::ReadWrite, *vault, clock_));
    {
        sqlite::Database raw(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
        EXPECT_EQ(schema_of(raw), 1);
    }
    fs::remove(taken);
    EXPECT_TRUE(open_sqlite(folder_, Access::ReadWrite, *vault, clock_));
}

}  // namespace
}  // namespace syncline::store
