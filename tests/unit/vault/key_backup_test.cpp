// Copies of the keys: everything that was given out is in them, and nothing is given out twice.

#include "vault/key_backup.hpp"

#include "support/fakes.hpp"
#include "vault/key_store.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

class KeyBackup : public ::testing::Test {
protected:
    KeyBackup() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / (std::string("key_backup_") + test->name());
        fs::remove_all(folder_);
        EXPECT_TRUE(Vault::initialise(folder_, root()));
        std::ofstream(copy()).close();
    }
    ~KeyBackup() override { fs::remove_all(folder_); }

    fs::path root() const { return folder_ / "root.key"; }
    fs::path copy() const { return folder_ / "copy.db"; }
    Vault opened() {
        auto vault = Vault::open(folder_, root(), "hub", clock_);
        EXPECT_TRUE(vault);
        return std::move(vault).value();
    }
    static Bytes sealed(Vault& vault, DataKeyId key) {
        return vault.seal(key, Place{}, PlainType::Text, bytes_of("Ada"));
    }
    /// The keys of the folder are lost, and the copy takes their place.
    void put_back() {
        fs::remove(folder_ / "keys.db");
        fs::remove(folder_ / "keyring");
        unpack_keys(copy(), folder_ / "keys.db", folder_ / "keyring");
    }

    fs::path folder_;
    syncline::testing::FakeClock clock_;
};

TEST_F(KeyBackup, OpensWhatWasEncryptedBeforeItAndWhatFollowedFromTheSameBlock) {
    Vault vault = opened();
    const DataKeyId before = vault.take_data_key();
    const Bytes old_text = sealed(vault, before);
    const auto count = copy_keys(folder_, copy());
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, 4096U);
    const Bytes new_text = sealed(vault, vault.take_data_key());
    const auto from_copy = Vault::open_copy(copy(), root(), "hub", clock_);
    ASSERT_TRUE(from_copy);
    for (const Bytes& text : {old_text, new_text})
        EXPECT_TRUE(from_copy->open(Place{}, text));
}

TEST_F(KeyBackup, AfterItWasPutBackNoKeyIsGivenOutThatMayHaveBeen) {
    std::set<DataKeyId> given;
    {
        Vault vault = opened();
        vault.take_data_key();  // mints a block, of which most is in the copy and not given out
        ASSERT_TRUE(copy_keys(folder_, copy()));
        for (int i = 0; i < 1000; ++i)
            given.insert(vault.take_data_key());
    }
    put_back();
    Vault vault = opened();
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(given.contains(vault.take_data_key()));
}

TEST_F(KeyBackup, IsWorthNothingWithoutTheRootKey) {
    {
        Vault vault = opened();
        vault.take_data_key();
    }
    ASSERT_TRUE(copy_keys(folder_, copy()));
    const fs::path other = folder_ / "other";
    ASSERT_TRUE(Vault::initialise(other, other / "root.key"));
    const auto opened = Vault::open_copy(copy(), other / "root.key", "hub", clock_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::KeyMismatch);
}

TEST_F(KeyBackup, SaysWhenAFileIsNoCopyOfTheKeys) {
    EXPECT_EQ(keyring_of_copy(folder_ / "none").error().code, ErrorCode::NotFound);
    EXPECT_EQ(keyring_of_copy(folder_ / "keys.db").error().code, ErrorCode::PayloadMalformed);
    std::ofstream(folder_ / "text") << std::string(5000, 'x');
    EXPECT_EQ(keyring_of_copy(folder_ / "text").error().code, ErrorCode::PayloadMalformed);
    fs::remove(folder_ / "keys.db");
    EXPECT_EQ(copy_keys(folder_, copy()).error().code, ErrorCode::KeyMissing);
}

TEST_F(KeyBackup, TheMarkOfHowFarTheHubCameOnlyGrows) {
    {
        Vault vault = opened();
        vault.note_reached(Version{50});
    }
    KeyStore::note_reached_in(folder_ / "keys.db", Version{40});
    EXPECT_EQ(opened().reached(), Version{50});
    KeyStore::note_reached_in(folder_ / "keys.db", Version{60});
    EXPECT_EQ(opened().reached(), Version{60});
}

}  // namespace
}  // namespace syncline::vault
