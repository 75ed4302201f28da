#include "vault/envelope.hpp"

#include "base/assert.hpp"

#include <sodium.h>

#include <algorithm>
#include <string_view>

namespace syncline::vault {
namespace {

constexpr std::uint8_t kMagic = 0xF6;
constexpr std::uint8_t kSuite = 0x01;
constexpr std::uint8_t kPadded = 0x01;
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kIdAt = 4;
constexpr std::size_t kNonceAt = 12;
constexpr std::size_t kCommitmentAt = 36;
constexpr std::size_t kCommitmentBytes = 16;
constexpr std::size_t kCipherAt = 52;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view kAadLabel = "hub.fld.v1";
constexpr std::string_view kCommitmentLabel = "hub.fld.cmt.v1";
constexpr std::string_view kKeyLabel = "hub.fld.key.v1";
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == std::tuple_size_v<Nonce>);

void append(Bytes& onto, ByteView bytes) {
    onto.insert(onto.end(), bytes.begin(), bytes.end());
}

template <class Number>
void append_number(Bytes& onto, Number number) {
    for (std::size_t i = sizeof(Number); i-- > 0;)
        onto.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

Bytes hash(const Secret32& key, std::size_t bytes, std::string_view label, ByteView a, ByteView b) {
    Bytes out(bytes);
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.data(), Secret32::kBytes, bytes);
    const ByteView label_bytes = bytes_of(label);
    crypto_generichash_update(&state, label_bytes.data(), label_bytes.size());
    crypto_generichash_update(&state, a.data(), a.size());
    crypto_generichash_update(&state, b.data(), b.size());
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

std::size_t padded_size(std::size_t size) {
    const std::size_t needed = size + 1;
    for (const std::size_t step : {16U, 32U, 64U, 128U, 256U}) {
        if (needed <= step) return step;
    }
    return (needed + 255) / 256 * 256;
}

Bytes padded(ByteView plain) {
    Bytes bytes;
    bytes.reserve(padded_size(plain.size()));  // once: a second buffer would leave a copy behind
    bytes.assign(plain.begin(), plain.end());
    bytes.push_back(0x80);
    bytes.resize(padded_size(plain.size()), 0);
    return bytes;
}

/// Takes the padding off; false when it is not ISO/IEC 7816-4.
bool unpad(Bytes& bytes) {
    while (!bytes.empty() && bytes.back() == 0)
        bytes.pop_back();
    if (bytes.empty() || bytes.back() != 0x80) return false;
    bytes.pop_back();
    return true;
}

Error refused(ErrorCode code, const char* detail) {
    return {code, Remedy::Stop, "envelope", detail};
}

}  // namespace

Bytes associated_data(ByteView header, const Tenant& tenant, const Place& place) {
    SYNCLINE_ASSERT(header.size() == kHeaderBytes);
    Bytes aad;
    aad.reserve(69);
    append(aad, bytes_of(kAadLabel));
    append(aad, header);
    append(aad, tenant);
    append_number(aad, place.entity_type);
    append(aad, place.record);
    append_number(aad, place.field);
    append_number(aad, place.store);
    append_number(aad, place.version);
    return aad;
}

Bytes seal_with_nonce(
    const DataKey& key,
    const Tenant& tenant,
    const Place& place,
    PlainType type,
    ByteView plain,
    const Nonce& nonce
) {
    Bytes envelope{kMagic, kSuite, static_cast<std::uint8_t>(type), kPadded};
    append_number(envelope, key.id);
    append(envelope, nonce);
    append(
        envelope,
        hash(
            key.secret,
            kCommitmentBytes,
            kCommitmentLabel,
            ByteView(envelope).subspan(kIdAt, sizeof key.id),
            nonce
        )
    );

    const Bytes aad = associated_data(ByteView(envelope).first(kHeaderBytes), tenant, place);
    Bytes message_key = hash(key.secret, Secret32::kBytes, kKeyLabel, nonce, aad);
    Bytes text = padded(plain);
    envelope.resize(kCipherAt + text.size() + kTagBytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        envelope.data() + kCipherAt,
        nullptr,
        text.data(),
        text.size(),
        aad.data(),
        aad.size(),
        nullptr,
        nonce.data(),
        message_key.data()
    );
    sodium_memzero(message_key.data(), message_key.size());
    sodium_memzero(text.data(), text.size());
    return envelope;
}

std::optional<DataKeyId> key_id_of(ByteView envelope) {
    if (envelope.size() < kCipherAt + 16 + kTagBytes) return std::nullopt;
    if (envelope[0] != kMagic || envelope[1] != kSuite || envelope[3] != kPadded)
        return std::nullopt;
    DataKeyId id = 0;
    for (std::size_t i = kIdAt; i < kHeaderBytes; ++i)
        id = (id << 8U) | envelope[i];
    return id;
}

Result<Bytes> open_with_key(
    const Secret32& key, const Tenant& tenant, const Place& place, ByteView envelope
) {
    if (!key_id_of(envelope))
        return refused(ErrorCode::CipherMalformed, "these bytes are not an envelope");
    const ByteView nonce = envelope.subspan(kNonceAt, std::tuple_size_v<Nonce>);
    const Bytes commitment = hash(
        key, kCommitmentBytes, kCommitmentLabel, envelope.subspan(kIdAt, sizeof(DataKeyId)), nonce
    );
    if (sodium_memcmp(commitment.data(), envelope.data() + kCommitmentAt, kCommitmentBytes) != 0) {
        return refused(
            ErrorCode::KeyMismatch, "another key encrypted this: wrong keyring or wrong restore"
        );
    }
    const Bytes aad = associated_data(envelope.first(kHeaderBytes), tenant, place);
    Bytes message_key = hash(key, Secret32::kBytes, kKeyLabel, nonce, aad);
    const ByteView cipher = envelope.subspan(kCipherAt);
    Bytes plain(cipher.size() - kTagBytes);
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain.data(),
        nullptr,
        nullptr,
        cipher.data(),
        cipher.size(),
        aad.data(),
        aad.size(),
        nonce.data(),
        message_key.data()
    );
    sodium_memzero(message_key.data(), message_key.size());
    if (failed != 0 || !unpad(plain))
        return refused(ErrorCode::CipherTampered, "moved, rolled back or edited");
    return plain;
}

}  // namespace syncline::vault
