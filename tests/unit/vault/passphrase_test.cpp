// A root key that is made of a passphrase (Argon2id, RFC 9106).

#include "support/fakes.hpp"
#include "vault/key_backup.hpp"
#include "vault/keyring.hpp"
#include "vault/root_key.hpp"
#include "vault/vault.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

const char* const kWords = "correct horse battery staple";

/// Cheap, for tests about anything but the costs.
KeyDerivation cheap() {
    KeyDerivation how;
    how.passes = 1;
    how.memory_kib = 8;
    return how;
}

class PassphraseTest : public ::testing::Test {
protected:
    PassphraseTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / ("passphrase_" + std::string(test->name()));
        fs::remove_all(folder_);
    }
    ~PassphraseTest() override { fs::remove_all(folder_); }

    Result<void> make(const RootKeySource& source) { return Vault::initialise(folder_, source); }
    ErrorCode refusal(const RootKeySource& source) {
        const auto vault = Vault::open(folder_, source, "hub-1", clock_);
        EXPECT_FALSE(vault);
        return vault ? ErrorCode::NotFound : vault.error().code;
    }
    Bytes keyring() const {
        std::ifstream in(folder_ / "keyring", std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    fs::path folder_;
    syncline::testing::FakeClock clock_;
};

TEST_F(PassphraseTest, OpensWhatItMade) {
    ASSERT_TRUE(make(Passphrase(kWords)));
    Bytes sealed;
    const Place place;
    {
        auto vault = Vault::open(folder_, Passphrase(kWords), "hub-1", clock_);
        ASSERT_TRUE(vault) << vault.error().detail;
        sealed = vault->seal(vault->take_data_key(), place, PlainType::Text, bytes_of("secret"));
    }
    auto vault = Vault::open(folder_, Passphrase(kWords), "hub-1", clock_);
    ASSERT_TRUE(vault);
    const auto plain = vault->open(place, sealed);
    ASSERT_TRUE(plain);
    EXPECT_EQ(*plain, Bytes(bytes_of("secret").begin(), bytes_of("secret").end()));
    EXPECT_EQ(refusal(Passphrase("correct horse battery stapler")), ErrorCode::KeyMismatch);
}

TEST_F(PassphraseTest, NeitherItNorTheRootKeyIsOnTheDisk) {
    ASSERT_TRUE(make(Passphrase(kWords)));
    const auto how = derivation_of_keyring(keyring());
    ASSERT_TRUE(how && *how);
    const auto root = derive_root_key(Passphrase(kWords), **how);
    ASSERT_TRUE(root);
    const std::string key(reinterpret_cast<const char*>(root->data()), Secret32::kBytes);
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string content{
            std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        EXPECT_EQ(content.find(kWords), std::string::npos) << entry.path();
        EXPECT_EQ(content.find(key), std::string::npos) << entry.path();
        ++files;
    }
    EXPECT_EQ(files, 2U) << "keyring and keys.db, no key file";
}

/// What a thief pays for each guess: docs/explanation/encryption.md.
TEST_F(PassphraseTest, CostsAQuarterOfAGibibyteAndThreePasses) {
    ASSERT_TRUE(make(Passphrase(kWords)));
    const auto how = derivation_of_keyring(keyring());
    ASSERT_TRUE(how && *how);
    EXPECT_EQ((*how)->passes, 3U);
    EXPECT_EQ((*how)->memory_kib, 256U * 1024U);
}

TEST_F(PassphraseTest, TwoHubsWithOnePassphraseHaveDifferentRootKeys) {
    KeyDerivation one = cheap(), other = cheap();
    one.salt = KeyDerivation::with_random_salt().salt;
    other.salt = KeyDerivation::with_random_salt().salt;
    const auto a = derive_root_key(Passphrase(kWords), one);
    const auto b = derive_root_key(Passphrase(kWords), other);
    ASSERT_TRUE(a && b);
    EXPECT_FALSE(a->equals(*b));
}

/// Made by the reference program argon2 of Debian, version 20171227:
/// printf 'correct horse battery staple' | argon2 0123456789abcdef -id -t 1 -k 8 -p 1 -l 32 -r
TEST_F(PassphraseTest, AgreesWithTheReferenceProgram) {
    KeyDerivation how = cheap();
    const std::string_view salt = "0123456789abcdef";
    std::copy(salt.begin(), salt.end(), how.salt.begin());
    const auto root = derive_root_key(Passphrase(kWords), how);
    ASSERT_TRUE(root);
    std::string hex;
    for (const std::uint8_t byte : root->view()) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        hex += {kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
    EXPECT_EQ(hex, "5dd4c928fbd5a4474236ef76d9d8304178fe5df3884d2d383e91b7703327e6c1");
}

TEST_F(PassphraseTest, AShortOneMakesNoHub) {
    const auto made = make(Passphrase("hunter2"));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::ConfigInvalid);
    EXPECT_FALSE(fs::exists(folder_ / "keyring"));
}

TEST_F(PassphraseTest, AKeyFileForAPassphraseIsToldFromAWrongOne) {
    ASSERT_TRUE(make(Passphrase(kWords)));
    const fs::path other = folder_ / "other";
    ASSERT_TRUE(Vault::initialise(other, other / "root.key"));
    EXPECT_EQ(refusal(other / "root.key"), ErrorCode::ConfigInvalid);
    const auto vault = Vault::open(other, Passphrase(kWords), "hub-1", clock_);
    ASSERT_FALSE(vault);
    EXPECT_EQ(vault.error().code, ErrorCode::ConfigInvalid);
}

TEST_F(PassphraseTest, ACopyOfTheKeysOpensWithIt) {
    ASSERT_TRUE(make(Passphrase(kWords)));
    const fs::path copy = folder_ / "copy.db";
    std::ofstream{copy};
    fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_TRUE(copy_keys(folder_, copy));
    EXPECT_TRUE(Vault::open_copy(copy, Passphrase(kWords), "hub-1", clock_));
    const auto wrong = Vault::open_copy(copy, Passphrase("correct horse battery"), "hub-1", clock_);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::KeyMismatch);
}

/// The costs stand before the MAC that covers them, because they are needed to check it.
TEST_F(PassphraseTest, ForgedCostsOccupyNoMachine) {
    for (const auto& [passes, kib] :
         {std::pair(65U, 8U), {1U, (4U << 20U) + 1}, {0U, 8U}, {1U, 7U}}) {
        KeyDerivation how;
        how.passes = passes;
        how.memory_kib = kib;
        const auto root = derive_root_key(Passphrase(kWords), how);
        ASSERT_FALSE(root) << passes << " " << kib;
        EXPECT_EQ(root.error().code, ErrorCode::CipherMalformed);
    }
}

TEST_F(PassphraseTest, EditedCostsOrSaltOpenNothing) {
    const auto root = derive_root_key(Passphrase(kWords), cheap());
    ASSERT_TRUE(root);
    const Bytes whole = seal_keyring(*root, Keyring::random(), cheap());
    ASSERT_TRUE(open_keyring(*root, whole));
    for (std::size_t at = 8; at < 32; ++at) {
        Bytes edited = whole;
        edited[at] ^= 1U;
        const auto opened = open_keyring(*root, edited);
        ASSERT_FALSE(opened) << at;
        EXPECT_EQ(opened.error().code, ErrorCode::CipherTampered) << at;
    }
    const Bytes cut(whole.begin(), whole.end() - 1);
    EXPECT_EQ(open_keyring(*root, cut).error().code, ErrorCode::CipherMalformed);
}

}  // namespace
}  // namespace syncline::vault
