#include "vault/root_key.hpp"

#include "base/fault.hpp"
#include "vault/private_file.hpp"

#include <sodium.h>

#include <span>
#include <utility>

namespace syncline::vault {
namespace {

constexpr std::uint32_t kMostPasses = 64;
constexpr std::uint32_t kMostMemoryKib = 4U << 20U;
constexpr std::size_t kBytesPerKib = 1024;
static_assert(sizeof(KeyDerivation::salt) == crypto_pwhash_argon2id_SALTBYTES);

}  // namespace

Passphrase::Passphrase(std::string text)
    : text_(new std::string(std::move(text)), [](std::string* wiped) {
          sodium_memzero(wiped->data(), wiped->size());
          delete wiped;
      }) {}

ByteView Passphrase::bytes() const noexcept {
    return bytes_of(*text_);
}

KeyDerivation KeyDerivation::with_random_salt() {
    KeyDerivation derivation;
    randombytes_buf(derivation.salt.data(), derivation.salt.size());
    return derivation;
}

Result<Secret32> derive_root_key(const Passphrase& passphrase, const KeyDerivation& how) {
    const bool is_sane = how.passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
                         how.passes <= kMostPasses && how.memory_kib <= kMostMemoryKib &&
                         how.memory_kib >= crypto_pwhash_argon2id_MEMLIMIT_MIN / kBytesPerKib;
    if (!is_sane) {
        return Error{
            ErrorCode::CipherMalformed,
            Remedy::Stop,
            "keyring",
            "this keyring names costs of a passphrase that no hub has"};
    }
    Secret32 root;
    const ByteView text = passphrase.bytes();
    const int failed = crypto_pwhash_argon2id(
        root.data(),
        Secret32::kBytes,
        reinterpret_cast<const char*>(text.data()),
        text.size(),
        how.salt.data(),
        how.passes,
        how.memory_kib * kBytesPerKib,
        crypto_pwhash_argon2id_ALG_ARGON2ID13
    );
    if (failed != 0) {
        throw Fault(
            "the passphrase cannot be tried: " + std::to_string(how.memory_kib / kBytesPerKib) +
            " MiB of memory are needed for a moment, and there are none"
        );
    }
    return root;
}

Result<Secret32> read_root_key(const std::filesystem::path& file) {
    SYNCLINE_TRY(Bytes content, read_private_file(file, Secret32::kBytes));
    if (content.size() != Secret32::kBytes) {
        return Error{
            ErrorCode::ConfigInvalid,
            Remedy::Reconfigure,
            file.string(),
            "a root key file holds exactly 32 bytes"};
    }
    Secret32 root{std::span<const std::uint8_t, Secret32::kBytes>(content)};
    sodium_memzero(content.data(), content.size());
    return root;
}

}  // namespace syncline::vault
