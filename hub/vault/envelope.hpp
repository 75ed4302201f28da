#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "vault/key_material.hpp"
#include "vault/vault.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace syncline::vault {

using Tenant = std::array<std::uint8_t, 16>;
using Nonce = std::array<std::uint8_t, 24>;

/// Envelope v1, big-endian:
///
///     0   1  magic 0xF6 (never the first byte of UTF-8 text)
///     1   1  suite 0x01: XChaCha20-Poly1305-IETF, BLAKE2b, key-committing
///     2   1  plaintext type
///     3   1  padding: 1 = ISO/IEC 7816-4 to 16, 32, 64, 128, 256, then multiples of 256
///     4   8  data key id
///     12 24  nonce
///     36 16  commitment: BLAKE2b-128(key = data key, "hub.fld.cmt.v1" || id || nonce)
///     52  n  ciphertext of the padded plaintext, 16 bytes of Poly1305 tag at its end
///
/// The message key is BLAKE2b-256(key = data key, "hub.fld.key.v1" || nonce || AAD), and the AAD
/// binds the header, tenant, record, field, store and version, so that a ciphertext opens in its
/// place only.
inline constexpr std::size_t kEnvelopeOverhead = 68;

/// A data key with its number, borrowed for one call.
struct DataKey {
    DataKeyId id;
    const Secret32& secret;
};

/// Seals with a given nonce: for seal() and the test vector. Never use a nonce twice.
Bytes seal_with_nonce(
    const DataKey& key,
    const Tenant& tenant,
    const Place& place,
    PlainType type,
    ByteView plain,
    const Nonce& nonce
);

/// The data key id an envelope names, or nothing when it is not an envelope.
std::optional<DataKeyId> key_id_of(ByteView envelope);

/// Opens. CipherMalformed, KeyMismatch (commitment: another key), CipherTampered.
Result<Bytes> open_with_key(
    const Secret32& key, const Tenant& tenant, const Place& place, ByteView envelope
);

/// The associated data of an envelope with this 12-byte header start.
Bytes associated_data(ByteView header, const Tenant& tenant, const Place& place);

}  // namespace syncline::vault
