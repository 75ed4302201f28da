#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "vault/key_material.hpp"
#include "vault/root_key.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace syncline::vault {

/// The keys below the root key, each with one purpose.
struct Keyring {
    std::uint32_t epoch = 1;  ///< of key_encryption
    Secret32 key_encryption;  ///< wraps the data keys of keys.db
    Secret32 blind_index;     ///< match-key tags
    Secret32 keyed_hash;      ///< digests and row comparison

    static Keyring random();
};

/// The keyring file, big-endian:
///
///     0    8  "hub.kr.1"
///     8   16  which root key: BLAKE2b-128(key = root key, "hub.kr.root")
///     24   1  number of entries
///     25 77n  entries: kind (1), epoch (4), key wrapped by the root key (72)
///     ..  32  BLAKE2b-256(key = derived from the root key, everything before)
///
/// Of a hub whose root key is a passphrase, "hub.kr.2", and after that how it becomes one: passes
/// (4), KiB of memory (4), salt (16). What follows is the same.
inline constexpr std::size_t kMostKeyringBytes = 24 + 25 + 3 * 77 + 32;

/// The file's content. `how`: the derivation that `root` came from, of a passphrase.
Bytes seal_keyring(
    const Secret32& root, const Keyring& keyring, const std::optional<KeyDerivation>& how
);
/// How the passphrase of this keyring becomes its root key; nothing when that is in a file.
/// CipherMalformed: not a keyring.
Result<std::optional<KeyDerivation>> derivation_of_keyring(ByteView file);
/// CipherMalformed: not a keyring; KeyMismatch: made under another root key; CipherTampered:
/// edited.
Result<Keyring> open_keyring(const Secret32& root, ByteView file);

}  // namespace syncline::vault
