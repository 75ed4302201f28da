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
constexpr std::string_view kRootLabel = "hub.kr.root";
constexpr std::string_view kMacLabel = "hub.kr.mac";
constexpr std::string_view kWrapLabel = "hub.kr.wrap.v1";
constexpr std::size_t kRootNameBytes = 16;
constexpr std::size_t kEntriesAt = 25;
constexpr std::size_t kEntryBytes = 5 + kWrappedBytes;
constexpr std::size_t kEntries = 3;
constexpr std::size_t kMacBytes = 32;
static_assert(kKeyringBytes == kEntriesAt + kEntries * kEntryBytes + kMacBytes);

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

Bytes entry_head(Kind kind, std::uint32_t epoch) {
    Bytes head{static_cast<std::uint8_t>(kind)};
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        head.push_back(static_cast<std::uint8_t>(epoch >> shift));
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

Bytes seal_keyring(const Secret32& root, const Keyring& keyring) {
    Bytes file;
    file.reserve(kKeyringBytes);
    append(file, bytes_of(kMagic));
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

Result<Keyring> open_keyring(const Secret32& root, ByteView file) {
    const ByteView magic = bytes_of(kMagic);
    if (file.size() != kKeyringBytes || !std::equal(magic.begin(), magic.end(), file.begin()))
        return refused(ErrorCode::CipherMalformed, "this file is not a keyring");
    const Bytes root_name = hash(root, kRootNameBytes, bytes_of(kRootLabel));
    if (sodium_memcmp(root_name.data(), file.data() + kMagic.size(), kRootNameBytes) != 0)
        return refused(ErrorCode::KeyMismatch, "this keyring was made under another root key");
    const ByteView content = file.first(file.size() - kMacBytes);
    const Bytes mac = hash(derive_key(root, kMacLabel), kMacBytes, content);
    const Error tampered = refused(
        ErrorCode::CipherTampered, "this keyring was edited or damaged; restore it from its backup"
    );
    if (sodium_memcmp(mac.data(), file.data() + content.size(), kMacBytes) != 0) return tampered;

    const auto entry = [&](std::size_t i) {
        return file.subspan(kEntriesAt + i * kEntryBytes, kEntryBytes);
    };
    auto key_encryption = open_entry(root, entry(0), Kind::KeyEncryption);
    auto blind_index = open_entry(root, entry(1), Kind::BlindIndex);
    auto keyed_hash = open_entry(root, entry(2), Kind::KeyedHash);
    if (!key_encryption || !blind_index || !keyed_hash) return tampered;
    Keyring keyring;
    keyring.epoch = 0;
    for (const std::uint8_t byte : entry(0).subspan(1, 4))
        keyring.epoch = (keyring.epoch << 8U) | byte;
    keyring.key_encryption = *std::move(key_encryption);
    keyring.blind_index = *std::move(blind_index);
    keyring.keyed_hash = *std::move(keyed_hash);
    return keyring;
}

}  // namespace syncline::vault
