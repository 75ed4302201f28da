#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "vault/part_file.hpp"
#include "vault/vault.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

/// Backups of hub.db: one file, itself a database, of one moment. Values of customers are in it as
/// they are in hub.db, encrypted under keys that are not in it.
namespace syncline::store {

/// What a backup says of itself.
struct BackupNote {
    std::string hub;  ///< id of the hub
    Timestamp made_at{};
    std::int64_t schema = 0;
    Version high_water;         ///< how far the hub had come
    std::uint64_t records = 0;  ///< active customers
    std::uint64_t links = 0;    ///< their records in the systems
    std::uint64_t bytes = 0;    ///< size of the file
    friend bool operator==(const BackupNote&, const BackupNote&) = default;
};

/// Copies `folder`/hub.db into `file`, beside a hub that runs and commits. The file has its name
/// only when it is whole and durable. NotFound: nothing is stored yet, or no such folder;
/// UsageInvalid: the name is taken, or what is to be replaced is no backup; NoRoom; ConfigInvalid:
/// hub.db is of a newer program; PayloadMalformed: hub.db is damaged. Throws Fault when the machine
/// refuses.
Result<BackupNote> back_up(
    const std::filesystem::path& folder,
    const std::filesystem::path& file,
    vault::Existing existing,
    const vault::Vault& vault,
    Clock& clock
);

/// What opening every row of a backup showed.
struct BackupReport {
    BackupNote note;
    std::uint64_t customers = 0;  ///< all of them, merged and deleted ones too
    std::uint64_t erased = 0;     ///< customers whose keys were destroyed on purpose
    /// Customers of whom a row does not open, by error.
    std::map<ErrorCode, std::uint64_t> unopened;
};

/// Reads a whole backup and opens every row of every customer with `vault`; changes nothing. What
/// was set aside in quarantine stands without its values and is not opened.
/// NotFound: no such file; PayloadMalformed: no backup, or damaged; ConfigInvalid: of a newer
/// program; KeyMismatch: of another hub, or made under other keys; CipherTampered: it is whole, and
/// not what was backed up.
Result<BackupReport> check_backup(
    const std::filesystem::path& file, vault::Vault& vault, Clock& clock
);

/// The same of hub.db itself, beside whatever runs: do its rows open with `vault`? Of the note,
/// only what the rows say is filled. NotFound: there is none, or an empty one; ConfigInvalid: of a
/// newer program; PayloadMalformed: damaged.
Result<BackupReport> check_hub(
    const std::filesystem::path& folder, vault::Vault& vault, Clock& clock
);

/// Whether a file is a backup, by its note; whether it is a whole one is check_backup()'s.
bool is_backup(const std::filesystem::path& file);

/// The table of a backup that hub.db has not.
inline constexpr const char* kNoteTable = "backup_note";

}  // namespace syncline::store
