#include "vault/key_material.hpp"

#include <sodium.h>

#include <algorithm>

namespace syncline::vault {

Secret32::Secret32(std::span<const std::uint8_t, kBytes> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Secret32::Secret32(Secret32&& other) noexcept : bytes_(other.bytes_) {
    sodium_memzero(other.bytes_.data(), kBytes);
}

Secret32& Secret32::operator=(Secret32&& other) noexcept {
    if (this != &other) {
        bytes_ = other.bytes_;
        sodium_memzero(other.bytes_.data(), kBytes);
    }
    return *this;
}

Secret32::~Secret32() {
    sodium_memzero(bytes_.data(), kBytes);
}

Secret32 Secret32::random() {
    Secret32 secret;
    randombytes_buf(secret.data(), kBytes);
    return secret;
}

bool Secret32::equals(const Secret32& other) const noexcept {
    return sodium_memcmp(bytes_.data(), other.bytes_.data(), kBytes) == 0;
}

}  // namespace syncline::vault
