#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "vault/key_material.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace syncline::vault {

/// What people type instead of keeping a key file. Copies share one text, which is wiped with the
/// last of them; never printable.
class Passphrase {
public:
    /// Fewer bytes are refused when a hub is made: what Argon2id costs does not make up for a word.
    static constexpr std::size_t kShortest = 12;

    explicit Passphrase(std::string text);
    ByteView bytes() const noexcept;

private:
    std::shared_ptr<std::string> text_;
};

/// Where the root key of a hub comes from: a file of 32 bytes, or a passphrase.
class RootKeySource {
public:
    RootKeySource(std::filesystem::path file) : file_(std::move(file)) {}  // NOLINT: a path is one
    RootKeySource(const char* file) : file_(file) {}                       // NOLINT
    RootKeySource(const std::string& file) : file_(file) {}                // NOLINT
    RootKeySource(Passphrase passphrase) : passphrase_(std::move(passphrase)) {}  // NOLINT

    const std::filesystem::path& file() const noexcept { return file_; }  ///< "" with a passphrase
    const Passphrase* passphrase() const noexcept { return passphrase_ ? &*passphrase_ : nullptr; }

private:
    std::filesystem::path file_;
    std::optional<Passphrase> passphrase_;
};

/// How a passphrase becomes a root key: Argon2id (RFC 9106) with these costs and this salt. Kept in
/// front of the keyring, and covered by its MAC.
struct KeyDerivation {
    std::uint32_t passes = 3;
    std::uint32_t memory_kib = 256 * 1024;
    std::array<std::uint8_t, 16> salt{};

    static KeyDerivation with_random_salt();
};

/// CipherMalformed for costs that no hub has: less than libsodium allows, or more than 4 GiB and 64
/// passes, which a forged file could use to occupy the machine. Throws Fault when the memory is not
/// to be had.
Result<Secret32> derive_root_key(const Passphrase& passphrase, const KeyDerivation& how);

/// The 32 bytes of a root key file. KeyMissing, ConfigInvalid: as read_private_file().
Result<Secret32> read_root_key(const std::filesystem::path& file);

}  // namespace syncline::vault
