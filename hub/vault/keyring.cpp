#include "vault/keyring.hpp"

#include "vault/key_wrap.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace syncline::vault {
namespace {

constexpr std::string_view kMagic = "hub.kr.1";
constexpr std::string_view kMagicOfPassphrase = "hub.kr.2";
static_assert(kMagic.size() == kMagicOfPassphrase.size());
constexpr std::size_t kDerivationBytes = 24;
constexpr std::string_view kRootLabel = "hub.kr.root";
constexpr std::string_view kMacLabel = "hub.kr.mac";
constexpr std::string_view kWrapLabel = "hub.kr.wrap.v1";
constexpr std::size_t kRootNameBytes = 16;
constexpr std::size_t kEntryBytes = 5 + kWrappedBytes;
constexpr std::size_t kEntries = 3;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kBodyBytes = kRootNameBytes + 1 + kEntries * kEntryBytes + kMacBytes;
static_assert(kMostKeyringBytes == kMagic.size() + kDerivationBytes + kBodyBytes);

/// Stored as its number: never renumber.
enum class Kind : std::uint8_t { KeyEncryption = 1, BlindIndex = 2, KeyedHash = 3 };

void append(Bytes& onto, ByteView bytes) {
    onto.insert(onto.end(), bytes.begin(), bytes.end());
}

Bytes hash(const Secret32& key, std::size_t bytes, ByteView content) {
    Bytes out(bytes);
    crypto_generichash(
        out.data(), bytes, content.data(), content.size(), key.data(), Secret32::kBytes
    );
    return out;
}

void append(Bytes& onto, std::uint32_t number) {
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        onto.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint32_t number_at(ByteView file, std::size_t at) {
    std::uint32_t number = 0;
    for (const std::uint8_t byte : file.subspan(at, 4))
        number = (number << 8U) | byte;
    return number;
}

Bytes entry_head(Kind kind, std::uint32_t epoch) {
    Bytes head{static_cast<std::uint8_t>(kind)};
    append(head, epoch);
    return head;
}

Bytes wrap_context(ByteView head) {
    Bytes context;
    append(context, bytes_of(kWrapLabel));
    append(context, head);
    return context;
}

std::optional<Secret32> open_entry(const Secret32& root, ByteView entry, Kind kind) {
    if (entry.front() != static_cast<std::uint8_t>(kind)) return std::nullopt;
    return unwrap_key(root, entry.subspan(5), wrap_context(entry.first(5)));
}

Error refused(ErrorCode code, const char* detail) {
    return {code, Remedy::Stop, "keyring", detail};
}

}  // namespace

Keyring Keyring::random() {
    Keyring keyring;
    keyring.key_encryption = Secret32::random();
    keyring.blind_index = Secret32::random();
    keyring.keyed_hash = Secret32::random();
    return keyring;
}

Bytes seal_keyring(
    const Secret32& root, const Keyring& keyring, const std::optional<KeyDerivation>& how
) {
    Bytes file;
    file.reserve(kMostKeyringBytes);
    append(file, bytes_of(how ? kMagicOfPassphrase : kMagic));
    if (how) {
        append(file, how->passes);
        append(file, how->memory_kib);
        append(file, how->salt);
    }
    append(file, hash(root, kRootNameBytes, bytes_of(kRootLabel)));
    file.push_back(kEntries);
    const auto add = [&](Kind kind, std::uint32_t epoch, const Secret32& key) {
        const Bytes head = entry_head(kind, epoch);
        append(file, head);
        append(file, wrap_key(root, key, wrap_context(head)));
    };
    add(Kind::KeyEncryption, keyring.epoch, keyring.key_encryption);
    add(Kind::BlindIndex, 1, keyring.blind_index);
    add(Kind::KeyedHash, 1, keyring.keyed_hash);
    append(file, hash(derive_key(root, kMacLabel), kMacBytes, file));
    return file;
}

Result<std::optional<KeyDerivation>> derivation_of_keyring(ByteView file) {
    const auto begins_with = [&](std::string_view magic) {
        const ByteView bytes = bytes_of(magic);
        return file.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), file.begin());
    };
    const bool is_plain = begins_with(kMagic) && file.size() == kMagic.size() + kBodyBytes;
    if (is_plain) return std::optional<KeyDerivation>();
    if (!begins_with(kMagicOfPassphrase) || file.size() != kMostKeyringBytes)
        return refused(ErrorCode::CipherMalformed, "this file is not a keyring");
    KeyDerivation how;
    how.passes = number_at(file, kMagic.size());
    how.memory_kib = number_at(file, kMagic.size() + 4);
    const ByteView salt = file.subspan(kMagic.size() + 8, how.salt.size());
    std::copy(salt.begin(), salt.end(), how.salt.begin());
    return std::optional<KeyDerivation>(how);
}

Result<Keyring> open_keyring(const Secret32& root, ByteView file) {
    SYNCLINE_TRY(const auto how, derivation_of_keyring(file));
    const std::size_t body_at = kMagic.size() + (how ? kDerivationBytes : 0);
    const Bytes root_name = hash(root, kRootNameBytes, bytes_of(kRootLabel));
    if (sodium_memcmp(root_name.data(), file.data() + body_at, kRootNameBytes) != 0) {
        return refused(
            ErrorCode::KeyMismatch,
            how ? "this is not the passphrase of this hub"
                : "this keyring was made under another root key"
        );
    }
    const ByteView content = file.first(file.size() - kMacBytes);
    const Bytes mac = hash(derive_key(root, kMacLabel), kMacBytes, content);
    const Error tampered = refused(
        ErrorCode::CipherTampered, "this keyring was edited or damaged; restore it from its backup"
    );
    if (sodium_memcmp(mac.data(), file.data() + content.size(), kMacBytes) != 0) return tampered;

    const auto entry = [&](std::size_t i) {
        return file.subspan(body_at + kRootNameBytes + 1 + i * kEntryBytes, kEntryBytes);
    };
    auto key_encryption = open_entry(root, entry(0), Kind::KeyEncryption);
    auto blind_index = open_entry(root, entry(1), Kind::BlindIndex);
    auto keyed_hash = open_entry(root, entry(2), Kind::KeyedHash);
    if (!key_encryption || !blind_index || !keyed_hash) return tampered;
    Keyring keyring;
    keyring.epoch = number_at(entry(0), 1);
    keyring.key_encryption = *std::move(key_encryption);
    keyring.blind_index = *std::move(blind_index);
    keyring.keyed_hash = *std::move(keyed_hash);
    return keyring;
}

}  // namespace syncline::vault
