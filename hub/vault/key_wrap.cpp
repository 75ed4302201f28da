#include "vault/key_wrap.hpp"

#include <sodium.h>

#include <cstdint>

namespace syncline::vault {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(
    kWrappedBytes == kNonceBytes + Secret32::kBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES
);

}  // namespace

Bytes wrap_key(const Secret32& by, const Secret32& key, ByteView context) {
    Bytes wrapped(kWrappedBytes);
    randombytes_buf(wrapped.data(), kNonceBytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        wrapped.data() + kNonceBytes,
        nullptr,
        key.data(),
        Secret32::kBytes,
        context.data(),
        context.size(),
        nullptr,
        wrapped.data(),
        by.data()
    );
    return wrapped;
}

std::optional<Secret32> unwrap_key(const Secret32& by, ByteView wrapped, ByteView context) {
    if (wrapped.size() != kWrappedBytes) return std::nullopt;
    Secret32 key;
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        key.data(),
        nullptr,
        nullptr,
        wrapped.data() + kNonceBytes,
        kWrappedBytes - kNonceBytes,
        context.data(),
        context.size(),
        wrapped.data(),
        by.data()
    );
    if (failed != 0) return std::nullopt;
    return key;
}

Secret32 derive_key(const Secret32& from, std::string_view label) {
    Secret32 derived;
    const ByteView text = bytes_of(label);
    crypto_generichash(
        derived.data(), Secret32::kBytes, text.data(), text.size(), from.data(), Secret32::kBytes
    );
    return derived;
}

}  // namespace syncline::vault
