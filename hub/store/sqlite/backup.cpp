#include "store/sqlite/backup.hpp"

#include "base/fault.hpp"
#include "store/sqlite/backup_digest.hpp"
#include "store/sqlite/hub_file.hpp"
#include "store/sqlite/schema.hpp"
#include "vault/sqlite.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

constexpr std::uint64_t kRoomBeside = 1'000'000;  ///< for the note, and for whoever else writes

std::int64_t number_of(sqlite::Database& database, std::string_view sql) {
    sqlite::Query row(database.prepared(sql));
    return row.step() ? row.number() : 0;
}

Result<sqlite::Database> open_source(const fs::path& file) {
    std::error_code none;
    if (!fs::exists(file, none)) return nothing_stored(file);
    sqlite::Database database = open_to_look(file);
    if (auto known = require_known_schema(database, file); !known) return known.error();
    return database;
}

/// The note of a copy, whose tables are still those of hub.db.
BackupNote note_of(sqlite::Database& copy, std::string_view hub_id, Timestamp now) {
    BackupNote note;
    note.hub = hub_id;
    note.made_at = now;
    note.schema = schema_of(copy);
    note.high_water =
        Version{static_cast<std::uint64_t>(number_of(copy, "SELECT high_water FROM hub_state"))};
    const auto count = [&](std::string_view sql) {
        return static_cast<std::uint64_t>(number_of(copy, sql));
    };
    note.records = count("SELECT count(*) FROM customer WHERE state = 0");
    note.links = count("SELECT count(*) FROM link WHERE state = 1");
    return note;
}

void store_note(sqlite::Database& copy, const BackupNote& note, const vault::Vault& vault) {
    const vault::Tag digest = digest_of_rows(copy, kNoteTable, vault);
    const vault::Tag keys = vault.keyed_hash("backup.keys", {});
    copy.execute(
        std::string("CREATE TABLE ") + kNoteTable +
        " (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), hub TEXT NOT NULL, "
        "made_at INTEGER NOT NULL, schema INTEGER NOT NULL, high_water INTEGER NOT NULL, "
        "records INTEGER NOT NULL, links INTEGER NOT NULL, keys BLOB NOT NULL, "
        "digest BLOB NOT NULL)"
    );
    sqlite::Query(copy.prepared(
                      std::string("INSERT INTO ") + kNoteTable +
                      " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)"
                  ))
        .bind(std::string_view(note.hub))
        .bind(to_unix_ms(note.made_at))
        .bind(note.schema)
        .bind(note.high_water.number)
        .bind(note.records)
        .bind(note.links)
        .bind(ByteView(keys))
        .bind(ByteView(digest))
        .run();
}

}  // namespace

Result<BackupNote> back_up(
    const fs::path& folder,
    const fs::path& file,
    vault::Existing existing,
    const vault::Vault& vault,
    Clock& clock
) {
    const fs::path hub = database_in(folder);
    std::error_code none;
    if (fs::equivalent(hub, file, none)) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            file.string(),
            "this is the hub's own database; name another file"};
    }
    if (existing == vault::Existing::Replaced && fs::exists(file, none) && !is_backup(file)) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            file.string(),
            "this is no backup, and only backups are replaced; name another file"};
    }
    SYNCLINE_TRY(sqlite::Database source, open_source(hub));
    const auto size = static_cast<std::uint64_t>(
        number_of(source, "PRAGMA page_count") * number_of(source, "PRAGMA page_size")
    );
    SYNCLINE_TRY(vault::PartFile part, vault::PartFile::create(file, existing, size + kRoomBeside));
    copy_rows(source, part.path());
    BackupNote note;
    {
        sqlite::Database copy(part.path(), sqlite::OpenMode::ReadWrite);
        copy.set_journal_mode("off");
        sqlite::Query whole(copy.prepared("PRAGMA integrity_check(1)"));
        if (!whole.step() || whole.text() != "ok") {
            return Error{
                ErrorCode::PayloadMalformed,
                Remedy::Stop,
                hub.string(),
                "the database is damaged, and nothing was backed up: " + std::string(whole.text()) +
                    "; restore the last good backup"};
        }
        note = note_of(copy, vault.hub_id(), clock.now());
        store_note(copy, note, vault);
    }
    note.bytes = fs::file_size(part.path());
    part.publish();
    return note;
}

}  // namespace syncline::store
