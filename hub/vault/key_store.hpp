#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "vault/envelope.hpp"
#include "vault/key_material.hpp"
#include "vault/keyring.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace syncline::vault {

/// keys.db: every data key, wrapped by the key-encryption key.
///
/// Invariant: a key that claim() returned is marked claimed in a committed transaction, so no other
/// process and no later start is given it again (docs/decisions/0003-data-keys.md). The file is
/// kept in rollback-journal mode with secure_delete, so that a destroyed key leaves no copy behind;
/// readers would block the writer in that mode, so every read is one short autocommit statement.
class KeyStore {
public:
    struct NamedKey {
        DataKeyId id = 0;
        Secret32 key;
    };
    /// What keys.db says of one id.
    struct Found {
        enum class State : std::uint8_t { Usable, Destroyed, Unreadable };
        DataKeyId id = 0;
        State state =
            State::Unreadable;  ///< Unreadable: another keyring or hub wrapped it, or edited
        Secret32 key;
    };

    /// Makes the tables of a keys.db out of an empty file.
    static void set_up_new(const std::filesystem::path& file);
    /// KeyMissing when there is none. `clock` outlives the key store.
    static Result<KeyStore> open(
        const std::filesystem::path& file,
        std::shared_ptr<const Keyring> keyring,
        const Tenant& tenant,
        Clock& clock
    );

    /// Keys nobody was given before, at least one; durable, and marked as given, when this returns.
    std::vector<NamedKey> claim();
    /// The mark of note_reached(); zero when none was left.
    Version reached();
    /// Leaves a mark beside the keys of how far the hub has come, unless there is a later one;
    /// durable when this returns.
    void note_reached(Version version);
    /// The same in a keys.db that nobody has open: no key is needed to leave a mark.
    static void note_reached_in(const std::filesystem::path& file, Version version);
    /// The named keys that keys.db knows, in any order.
    std::vector<Found> find(std::span<const DataKeyId> ids);

private:
    KeyStore(
        sqlite::Database database,
        std::shared_ptr<const Keyring> keyring,
        const Tenant& tenant,
        Clock& clock
    )
        : database_(std::move(database)),
          keyring_(std::move(keyring)),
          tenant_(tenant),
          clock_(&clock) {}

    void mint();
    std::optional<Secret32> unwrap(DataKeyId id, std::uint32_t epoch, ByteView wrapped) const;

    sqlite::Database database_;
    std::shared_ptr<const Keyring> keyring_;
    Tenant tenant_;
    Clock* clock_;
};

}  // namespace syncline::vault
