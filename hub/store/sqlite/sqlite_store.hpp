#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "vault/vault.hpp"

#include <filesystem>
#include <memory>

namespace syncline::store {

enum class Access : std::uint8_t {
    ReadWrite,  ///< the one writer; WAL, synchronous=FULL
    ReadOnly,   ///< a reader beside a running hub
};

/// Opens (and with ReadWrite creates and migrates) `folder`/hub.db. Before it is migrated it is
/// backed up as `folder`/hub-schema-N-MOMENT.db, N being the schema it had. ConfigInvalid when the
/// schema is newer than this program; NotFound for a reader when there is no database; as back_up()
/// when that fails, and then nothing was migrated. `vault` outlives the store.
Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& folder, Access access, vault::Vault& vault, Clock& clock
);

/// PayloadMalformed, saying of what, when `folder`/hub.db is damaged; one that is not there is
/// not. Reads all of it; beside a hub that runs, too. Throws Fault when the machine refuses.
Result<void> expect_whole_database(const std::filesystem::path& folder);

/// A writable copy of the store in memory, for plans: nothing reaches the disk.
Result<std::unique_ptr<Store>> open_overlay(
    const std::filesystem::path& folder, vault::Vault& vault, Clock& clock
);

}  // namespace syncline::store
