#pragma once

#include "app/output.hpp"
#include "base/clock.hpp"
#include "model/field.hpp"
#include "model/settings.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/store.hpp"
#include "vault/vault.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace syncline::app {

/// Files of a hub folder.
struct Places {
    explicit Places(const std::filesystem::path& folder)
        : folder(std::filesystem::absolute(folder).lexically_normal()) {}
    std::filesystem::path control_socket() const { return folder / "control.sock"; }
    std::filesystem::path lock() const { return folder / "hub.lock"; }
    std::filesystem::path log() const { return folder / "hub.log"; }
    std::filesystem::path verify_progress() const { return folder / "verify.progress"; }

    std::filesystem::path folder;  ///< holds hub.json
};

enum class Opening : std::uint8_t {
    Writer,   ///< the one writer; @pre the lock of the folder is held
    Reader,   ///< beside a running hub
    Overlay,  ///< a copy in memory: nothing reaches the disk
};

/// ConfigInvalid, saying how one is made, where there is no hub.
Result<void> expect_hub(const Places& places);

/// The canonical fields that a configuration uses, numbered in the order they are met: for checks
/// that need no store. ConfigInvalid for a path that the record does not have.
Result<FieldTable> fields_in_use(const HubSetting& hub);

/// AlreadyRunning when the files of the hub's store do not belong together, because a restore is at
/// work or was cut off. The next that opens the hub as its writer finishes it.
Result<void> expect_no_unfinished_restore(const HubSetting& hub);

/// A hub folder with everything opened: configuration, keys, store, fields.
class Workspace {
public:
    /// ConfigInvalid, KeyMissing, … as the parts say.
    static Result<std::unique_ptr<Workspace>> open(
        const Places& places, Opening opening, Clock& clock
    );
    /// With a configuration that was read from the folder before.
    static Result<std::unique_ptr<Workspace>> open(
        const Places& places, HubSetting setting, Opening opening, Clock& clock
    );
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    const Places& places() const noexcept { return places_; }
    /// The configuration without the systems that are only observed.
    const HubSetting& hub() const noexcept { return hub_; }
    const std::vector<SystemId>& observed() const noexcept { return observed_; }
    const FieldTable& fields() const noexcept { return fields_; }
    store::Store& store() noexcept { return *store_; }
    const vault::Vault& vault() const noexcept { return *vault_; }

private:
    explicit Workspace(Places places) : places_(std::move(places)) {}
    Result<void> number_fields(Opening opening);

    Places places_;
    HubSetting hub_;
    std::vector<SystemId> observed_;
    FieldTable fields_;
    std::unique_ptr<vault::Vault> vault_;
    std::unique_ptr<store::Store> store_;
};

/// Makes what a new hub needs beside its configuration: data folder, root key (or it asks for the
/// passphrase), keyring, empty store. Refuses (ConfigInvalid) where one exists already. Returns the
/// configuration.
Result<HubSetting> initialise_workspace(const Places& places, Clock& clock);

}  // namespace syncline::app
