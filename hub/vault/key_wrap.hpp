#pragma once

#include "base/bytes.hpp"
#include "vault/key_material.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace syncline::vault {

/// A key encrypted by another key: nonce (24) || ciphertext (32) || Poly1305 tag (16).
inline constexpr std::size_t kWrappedBytes = 72;

/// Encrypts `key` under `by` with a fresh nonce; `context` is bound in and must be told again to
/// unwrap it.
Bytes wrap_key(const Secret32& by, const Secret32& key, ByteView context);
/// Nothing when `by` is another key, or `wrapped` or `context` is not what was wrapped.
std::optional<Secret32> unwrap_key(const Secret32& by, ByteView wrapped, ByteView context);

/// A key for one purpose, derived from another: BLAKE2b-256(key = from, label).
Secret32 derive_key(const Secret32& from, std::string_view label);

}  // namespace syncline::vault
