#include "vault/vault.hpp"

#include "base/fault.hpp"
#include "support/fakes.hpp"
#include "vault/envelope.hpp"
#include "vault/sqlite.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

Bytes read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& file, const Bytes& content) {
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(content.data()), std::ssize(content));
}

unsigned mode_of(const fs::path& file) {
    return static_cast<unsigned>(fs::status(file).permissions()) & 07777U;
}

class VaultTest : public ::testing::Test {
protected:
    VaultTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        root_ = fs::path(::testing::TempDir()) / ("vault_" + std::string(test->name()));
        fs::remove_all(root_);
        folder_ = root_ / "hub";
        root_key_ = root_ / "secrets" / "root.key";
        const Result<void> made = Vault::initialise(folder_, root_key_);
        EXPECT_TRUE(made);
    }
    ~VaultTest() override { fs::remove_all(root_); }

    Result<Vault> open(std::string_view hub_id = "hub-1") {
        return Vault::open(folder_, root_key_, hub_id, clock_);
    }
    Vault opened() { return std::move(open()).value(); }
    ErrorCode refusal() {
        const auto vault = open();
        EXPECT_FALSE(vault);
        return vault ? ErrorCode::NotFound : vault.error().code;
    }

    fs::path root_, folder_, root_key_;
    syncline::testing::FakeClock clock_;
};

Place place_of(std::uint32_t field) {
    Place place;
    place.record.fill(5);
    place.field = field;
    return place;
}

TEST_F(VaultTest, KeysAreForTheirOwnerOnly) {
    EXPECT_EQ(mode_of(root_key_), 0400U);
    EXPECT_EQ(mode_of(root_key_.parent_path()), 0700U);
    EXPECT_EQ(mode_of(folder_), 0700U);
    EXPECT_EQ(mode_of(folder_ / "keyring"), 0600U);
    EXPECT_EQ(mode_of(folder_ / "keys.db"), 0600U);
    EXPECT_EQ(read_file(root_key_).size(), 32U);
}

TEST_F(VaultTest, NeverOverwritesAKey) {
    const Bytes before = read_file(root_key_);
    for (const fs::path& spared : {root_key_, folder_ / "keyring", folder_ / "keys.db"}) {
        for (const fs::path& file : {root_key_, folder_ / "keyring", folder_ / "keys.db"}) {
            if (file != spared) fs::remove(file);
        }
        const auto again = Vault::initialise(folder_, root_key_);
        ASSERT_FALSE(again) << spared;
        EXPECT_EQ(again.error().code, ErrorCode::ConfigInvalid);
        EXPECT_EQ(again.error().where, spared.string());
        for (const fs::path& file : {root_key_, folder_ / "keyring", folder_ / "keys.db"})
            fs::remove(file);
        ASSERT_TRUE(Vault::initialise(folder_, root_key_));
    }
    EXPECT_NE(read_file(root_key_), before);
}

TEST_F(VaultTest, OpensWhatItSealedAfterARestart) {
    Bytes sealed;
    {
        Vault vault = opened();
        const DataKeyId key = vault.take_data_key();
        sealed = vault.seal(key, place_of(3), PlainType::Text, bytes_of("Ada"));
        EXPECT_EQ(key_id_of(sealed), key);
    }
    const Vault vault = opened();
    const auto plain = vault.open(place_of(3), sealed);
    ASSERT_TRUE(plain);
    EXPECT_EQ(text_of(*plain), "Ada");
    EXPECT_EQ(vault.open(place_of(4), sealed).error().code, ErrorCode::CipherTampered);
    EXPECT_EQ(vault.open(place_of(3), bytes_of("Ada")).error().code, ErrorCode::CipherMalformed);
}

TEST_F(VaultTest, SealsTheSameTextDifferentlyEachTime) {
    Vault vault = opened();
    const DataKeyId key = vault.take_data_key();
    EXPECT_NE(
        vault.seal(key, place_of(3), PlainType::Text, bytes_of("Ada")),
        vault.seal(key, place_of(3), PlainType::Text, bytes_of("Ada"))
    );
}

TEST_F(VaultTest, NeverGivesOutTheSameKeyTwice) {
    std::set<DataKeyId> seen;
    for (int start = 0; start < 4; ++start) {  // crosses blocks within a start, and starts
        Vault vault = opened();
        Vault beside = opened();
        for (int i = 0; i < 1500; ++i) {
            EXPECT_TRUE(seen.insert(vault.take_data_key()).second);
            EXPECT_TRUE(seen.insert(beside.take_data_key()).second);
        }
    }
    EXPECT_FALSE(seen.contains(0));
}

TEST_F(VaultTest, AKeyIsDurableBeforeItIsGivenOut) {
    Vault vault = opened();
    const DataKeyId key = vault.take_data_key();
    const Bytes sealed = vault.seal(key, place_of(1), PlainType::Text, bytes_of("x"));
    EXPECT_TRUE(opened().open(place_of(1), sealed));  // another process, while this one runs
}

TEST_F(VaultTest, MintsInBlocks) {
    Vault vault = opened();
    vault.take_data_key();
    sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
    sqlite::Query count(keys.prepared("SELECT count(*), sum(state = 0) FROM dek"));
    ASSERT_TRUE(count.step());
    EXPECT_EQ(count.number(), 4096);
    EXPECT_EQ(count.number(), 4096 - 256);
}

TEST_F(VaultTest, KeepsKeysDbWhereADestroyedKeyLeavesNoCopy) {
    { opened().take_data_key(); }
    sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
    sqlite::Query mode(keys.prepared("PRAGMA journal_mode"));
    ASSERT_TRUE(mode.step());
    EXPECT_EQ(mode.text(), "delete");
    EXPECT_FALSE(fs::exists(folder_ / "keys.db-wal"));
}

TEST_F(VaultTest, PrefetchedKeysNeedNoFurtherLookUp) {
    std::vector<DataKeyId> ids;
    std::vector<Bytes> sealed;
    {
        Vault vault = opened();
        for (int i = 0; i < 600; ++i) {
            ids.push_back(vault.take_data_key());
            sealed.push_back(vault.seal(ids.back(), place_of(1), PlainType::Text, bytes_of("x")));
        }
    }
    Vault vault = opened();
    ids.push_back(77);  // unknown: reported by the first open, not here
    vault.prefetch(ids);
    sqlite::Database(folder_ / "keys.db", sqlite::OpenMode::ReadWrite).execute("DELETE FROM dek");
    for (const Bytes& envelope : sealed)
        EXPECT_TRUE(vault.open(place_of(1), envelope));
}

TEST_F(VaultTest, TellsUnknownDestroyedAndForeignKeysApart) {
    Vault vault = opened();
    const DataKeyId key = vault.take_data_key();
    const Bytes sealed = vault.seal(key, place_of(1), PlainType::Text, bytes_of("x"));
    const auto code_now = [&] { return opened().open(place_of(1), sealed).error().code; };

    const auto other_hub = open("hub-2");
    ASSERT_TRUE(other_hub);
    EXPECT_EQ(other_hub->open(place_of(1), sealed).error().code, ErrorCode::KeyMismatch);

    sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
    keys.execute("UPDATE dek SET state = 2, wrapped = NULL");
    EXPECT_EQ(code_now(), ErrorCode::KeyDestroyed);
    keys.execute("DELETE FROM dek");
    EXPECT_EQ(code_now(), ErrorCode::KeyMissing);
    EXPECT_THROW((void)opened().seal(key, place_of(1), PlainType::Text, bytes_of("x")), Fault);
}

TEST_F(VaultTest, AWrappedKeyOpensInItsOwnRowOnly) {
    Vault vault = opened();
    const DataKeyId key = vault.take_data_key();
    const Bytes sealed = vault.seal(key, place_of(1), PlainType::Text, bytes_of("x"));
    const auto broken_by = [&](const std::string& assignment) {
        sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
        keys.execute("CREATE TABLE saved AS SELECT * FROM dek");
        keys.execute(
            "UPDATE dek SET " + assignment +
            " WHERE dek_id = " + std::to_string(static_cast<std::int64_t>(key))
        );
        const auto refused = opened().open(place_of(1), sealed);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::KeyMismatch);
        EXPECT_NE(refused.error().detail.find("data key"), std::string::npos);
        // Nothing is ever encrypted under a key that is not the row's own.
        EXPECT_THROW((void)opened().seal(key, place_of(1), PlainType::Text, bytes_of("x")), Fault);
        keys.execute("REPLACE INTO dek SELECT * FROM saved; DROP TABLE saved");
        EXPECT_TRUE(opened().open(place_of(1), sealed));
    };
    broken_by("wrapped = (SELECT wrapped FROM dek WHERE state = 0 LIMIT 1)");
    broken_by("kek_epoch = 2");
}

TEST_F(VaultTest, AnOverlaySharesKeysAndWritesNone) {
    Vault vault = opened();
    const DataKeyId shared = vault.take_data_key();
    const Bytes sealed = vault.seal(shared, place_of(1), PlainType::Text, bytes_of("x"));
    const Bytes before = read_file(folder_ / "keys.db");

    Vault overlay = vault.overlay();
    EXPECT_TRUE(overlay.open(place_of(1), sealed));
    std::set<DataKeyId> own;
    for (int i = 0; i < 5000; ++i)
        own.insert(overlay.take_data_key());
    EXPECT_EQ(own.size(), 5000U);
    const DataKeyId first = *own.begin();
    const Bytes inside = overlay.seal(first, place_of(1), PlainType::Text, bytes_of("y"));
    EXPECT_TRUE(overlay.open(place_of(1), inside));
    EXPECT_EQ(read_file(folder_ / "keys.db"), before);
    EXPECT_EQ(vault.open(place_of(1), inside).error().code, ErrorCode::KeyMissing);
}

TEST_F(VaultTest, RefusesARootKeyThatOthersMayRead) {
    for (const unsigned mode : {0440U, 0404U, 0644U, 0610U}) {
        ASSERT_EQ(::chmod(root_key_.c_str(), mode), 0);
        const auto vault = open();
        ASSERT_FALSE(vault) << mode;
        EXPECT_EQ(vault.error().code, ErrorCode::ConfigInvalid);
        EXPECT_NE(vault.error().detail.find("0400"), std::string::npos);
    }
    ASSERT_EQ(::chmod(root_key_.c_str(), 0600), 0);
    EXPECT_TRUE(open());
}

TEST_F(VaultTest, RefusesWhatIsNotThere) {
    fs::rename(root_key_, root_ / "away");
    EXPECT_EQ(refusal(), ErrorCode::KeyMissing);
    fs::rename(root_ / "away", root_key_);
    fs::rename(folder_ / "keyring", root_ / "away");
    EXPECT_EQ(refusal(), ErrorCode::KeyMissing);
    fs::rename(root_ / "away", folder_ / "keyring");
    fs::remove(folder_ / "keys.db");
    EXPECT_EQ(refusal(), ErrorCode::KeyMissing);
    EXPECT_FALSE(fs::exists(folder_ / "keys.db"));  // an empty one would hide the loss
}

TEST_F(VaultTest, RefusesAnotherRootKey) {
    Bytes other = read_file(root_key_);
    other[7] ^= 1U;
    write_file(root_key_, other);
    EXPECT_EQ(refusal(), ErrorCode::KeyMismatch);
    other.pop_back();
    write_file(root_key_, other);
    EXPECT_EQ(refusal(), ErrorCode::ConfigInvalid);
    other.resize(33);
    write_file(root_key_, other);
    EXPECT_EQ(refusal(), ErrorCode::ConfigInvalid);
}

TEST_F(VaultTest, RefusesAnEditedKeyring) {
    const fs::path keyring = folder_ / "keyring";
    const Bytes whole = read_file(keyring);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        Bytes edited = whole;
        edited[i] ^= 0x10U;
        write_file(keyring, edited);
        const ErrorCode expected = i < 8    ? ErrorCode::CipherMalformed
                                   : i < 24 ? ErrorCode::KeyMismatch
                                            : ErrorCode::CipherTampered;
        EXPECT_EQ(refusal(), expected) << "byte " << i;
    }
    write_file(keyring, Bytes(whole.begin(), whole.end() - 1));
    EXPECT_EQ(refusal(), ErrorCode::CipherMalformed);
    write_file(keyring, whole);
    EXPECT_TRUE(open());
}

TEST_F(VaultTest, TagsAreEqualForEqualKeysOnly) {
    const Vault vault = opened();
    const Vault later = opened();
    EXPECT_EQ(vault.blind_tag(4, "ada@example.com"), later.blind_tag(4, "ada@example.com"));
    EXPECT_NE(vault.blind_tag(4, "ada@example.com"), vault.blind_tag(5, "ada@example.com"));
    EXPECT_NE(vault.blind_tag(4, "ada@example.com"), vault.blind_tag(4, "ada@example.org"));
    const auto hub2 = open("hub-2");
    ASSERT_TRUE(hub2);
    EXPECT_NE(vault.blind_tag(4, "ada@example.com"), hub2->blind_tag(4, "ada@example.com"));
}

TEST_F(VaultTest, KeyedHashesSeparateTheirPurposes) {
    const Vault vault = opened();
    EXPECT_EQ(vault.keyed_hash("a", bytes_of("bc")), opened().keyed_hash("a", bytes_of("bc")));
    EXPECT_NE(vault.keyed_hash("a", bytes_of("bc")), vault.keyed_hash("ab", bytes_of("c")));
    EXPECT_NE(vault.keyed_hash("a", bytes_of("bc")), vault.keyed_hash("a", bytes_of("bd")));
}

TEST_F(VaultTest, SecureRandomFillsEveryByte) {
    SecureRandom random;
    std::array<std::uint8_t, 64> ever{};
    for (int i = 0; i < 20; ++i) {
        std::array<std::uint8_t, 64> bytes{};
        random.fill(bytes);
        for (std::size_t b = 0; b < bytes.size(); ++b)
            ever[b] = static_cast<std::uint8_t>(ever[b] | bytes[b]);
    }
    EXPECT_EQ(std::count(ever.begin(), ever.end(), 0), 0);
}

// SQLite keeps the mode it has without an error; a database in memory knows no WAL.
TEST(Sqlite, AJournalModeThatIsNotTakenIsAFault) {
    sqlite::Database database;
    database.set_journal_mode("memory");
    EXPECT_THROW(database.set_journal_mode("wal"), Fault);
}

}  // namespace
}  // namespace syncline::vault
