#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "vault/root_key.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::vault {

struct Keyring;

/// Number of a data key in keys.db: random, never zero.
using DataKeyId = std::uint64_t;
/// A keyed 128-bit hash: equality only, worthless without the key.
using Tag = std::array<std::uint8_t, 16>;

/// Where a ciphertext lives; bound into it, so that it opens nowhere else. See
/// docs/explanation/encryption.md. `store`: 1 current, 2 history, 4 quarantine, 5 conflict,
/// 8 link, 9 attempt, 10 transit.
struct Place {
    std::uint16_t entity_type = 1;          ///< 1 = customer
    std::array<std::uint8_t, 16> record{};  ///< customer, link or attempt id
    std::uint32_t field = 0;                ///< FieldId number; 0 for a whole row
    std::uint8_t store = 1;
    std::uint64_t version = 0;  ///< the field's or the row's version
};

/// Plaintext type byte of envelope v1.
enum class PlainType : std::uint8_t {
    Text = 1,
    Int64 = 2,
    Decimal = 3,
    Bool = 4,
    Date = 5,
    DateTime = 6,
    Json = 7,
    Bytes = 8
};

/// Keys and ciphertexts of one hub. Root key -> keyring -> data keys (keys.db) -> one derived key
/// per ciphertext. The only place that sees key material. One thread at a time.
class Vault {
public:
    /// Makes a new root key file (0400), unless the root key is a passphrase, and a keyring and
    /// keys.db in `folder`. Refuses (ConfigInvalid) when one of them exists, because keys are never
    /// overwritten, and a passphrase that is shorter than Passphrase::kShortest.
    static Result<void> initialise(
        const std::filesystem::path& folder, const RootKeySource& root_key
    );
    /// Opens; with a passphrase, that takes about a second and 256 MiB. KeyMissing: no root key,
    /// keyring or keys.db; ConfigInvalid: the root key file is readable by others (says which mode
    /// to set) or not a key, or a passphrase is given for a hub with a key file, or the other way
    /// round; KeyMismatch: another root key or passphrase; CipherMalformed, CipherTampered: the
    /// keyring is damaged.
    static Result<Vault> open(
        const std::filesystem::path& folder,
        const RootKeySource& root_key,
        std::string_view hub_id,
        Clock& clock
    );
    /// Opens a copy of the keys (vault/key_backup.hpp), to read what is encrypted under them. Fails
    /// as open() does; NotFound or PayloadMalformed when the file is no such copy.
    static Result<Vault> open_copy(
        const std::filesystem::path& copy,
        const RootKeySource& root_key,
        std::string_view hub_id,
        Clock& clock
    );
    /// A copy that shares the keys but keeps new data keys in memory: for plans, which change
    /// nothing.
    Vault overlay() const;

    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

    /// Whose keys these are: the id that open() was given.
    const std::string& hub_id() const;

    /// A data key nobody uses yet; durable in keys.db before it is returned (minted in blocks of
    /// 4,096, so one commit serves many customers). Throws Fault when keys.db cannot be written.
    DataKeyId take_data_key();
    /// Loads these keys in one go, before a batch. Unknown ids are reported by the first open().
    void prefetch(std::span<const DataKeyId> keys);

    /// How far the hub has come, by a mark in keys.db: without hub.db, so that a hub.db that was
    /// put back is recognised. Zero when there is none yet.
    Version reached() const;
    /// Leaves the mark; an overlay leaves none. Throws Fault when keys.db cannot be written.
    void note_reached(Version version);

    /// Envelope v1 of `plain`. @pre the key exists (take_data_key); throws Fault otherwise.
    Bytes seal(DataKeyId key, const Place& place, PlainType type, ByteView plain) const;
    /// Opens an envelope made for exactly this place. CipherMalformed, KeyMissing, KeyMismatch,
    /// KeyDestroyed, CipherTampered, each in its own code. The data key id is read from the
    /// envelope.
    Result<Bytes> open(const Place& place, ByteView envelope) const;

    /// Blind index tag of a match key. `index`: which kind of key (FieldId number of the pattern).
    Tag blind_tag(std::uint32_t index, std::string_view match_key) const;
    /// Keyed hash for digests and row comparison (raw mapped fields, file contents, plan items).
    Tag keyed_hash(std::string_view purpose, ByteView content) const;

private:
    struct Body;
    explicit Vault(std::unique_ptr<Body> body);
    static Result<Vault> open_with(
        Keyring keyring, const std::filesystem::path& keys, std::string_view hub_id, Clock& clock
    );

    std::unique_ptr<Body> body_;
};

/// libsodium's generator, for wiring.
class SecureRandom final : public Random {
public:
    SecureRandom();
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace syncline::vault
