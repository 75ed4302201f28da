#include "base/fault.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/backup_digest.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/hub_file.hpp"
#include "store/sqlite/schema.hpp"
#include "vault/sqlite.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

constexpr std::size_t kCustomersAtOnce = 500;

Error refused(ErrorCode code, const fs::path& file, std::string detail) {
    return {code, Remedy::Reject, file.string(), std::move(detail)};
}

vault::Tag read_tag(sqlite::Query& row) {
    const ByteView bytes = row.bytes();
    vault::Tag tag{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), tag.size()), tag.begin());
    return tag;
}

/// The note, and the hashes that prove it.
struct ReadNote {
    BackupNote note;
    vault::Tag keys{};
    vault::Tag digest{};
};

bool has_note(sqlite::Database& backup) {
    sqlite::Query table(backup.prepared("SELECT 1 FROM sqlite_master WHERE name = ?"));
    table.bind(std::string_view(kNoteTable));
    return table.step();
}

Result<ReadNote> read_note(sqlite::Database& backup, const fs::path& file) {
    if (!has_note(backup)) {
        return refused(
            ErrorCode::PayloadMalformed,
            file,
            "this database is no backup that `syncline backup` made"
        );
    }
    if (auto known = require_known_schema(backup, file); !known) return known.error();
    sqlite::Query row(backup.prepared(
        std::string("SELECT hub, made_at, schema, high_water, records, links, keys, digest FROM ") +
        kNoteTable
    ));
    if (!row.step())
        return refused(ErrorCode::PayloadMalformed, file, "the backup's note is empty");
    ReadNote read;
    read.note.hub = row.text();
    read.note.made_at = from_unix_ms(row.number());
    read.note.schema = row.number();
    read.note.high_water = Version{row.unsigned_number()};
    read.note.records = row.unsigned_number();
    read.note.links = row.unsigned_number();
    read.keys = read_tag(row);
    read.digest = read_tag(row);
    read.note.bytes = fs::file_size(file);
    return read;
}

Result<void> expect_authentic(
    sqlite::Database& backup, const ReadNote& read, const fs::path& file, const vault::Vault& vault
) {
    if (read.keys != vault.keyed_hash("backup.keys", {})) {
        return refused(
            ErrorCode::KeyMismatch,
            file,
            "these are not the keys that the backup was made under; give those of that time with "
            "--keys"
        );
    }
    if (read.note.schema != schema_of(backup) ||
        read.digest != digest_of_rows(backup, kNoteTable, vault)) {
        return refused(
            ErrorCode::CipherTampered,
            file,
            "the backup does not hold what was backed up: it was edited, or its disk is damaged"
        );
    }
    return {};
}

std::vector<CustomerId> all_customers(sqlite::Database& backup) {
    std::vector<CustomerId> ids;
    sqlite::Query rows(backup.prepared("SELECT id FROM customer ORDER BY id"));
    while (rows.step())
        ids.push_back(read_id<CustomerId>(rows));
    return ids;
}

/// Reads everything that is encrypted; what does not open is in `unopened` of the store afterwards.
std::map<CustomerId, ErrorCode> open_every_row(
    HubDatabase& store, std::span<const CustomerId> customers
) {
    std::map<CustomerId, ErrorCode> unopened;
    const auto note = [&] {
        for (const Unopened& entry : store.unopened())
            unopened.insert_or_assign(entry.customer, entry.code);
    };
    while (!customers.empty()) {
        const auto some = customers.first(std::min(customers.size(), kCustomersAtOnce));
        customers = customers.subspan(some.size());
        store.customers(some);
        std::vector<LinkId> links;
        for (const Link& link : store.links_of_customers(some))
            links.push_back(link.id);
        store.attempts_of_links(links);
        store.merges_of(some);
        for (const CustomerId& id : some)
            store.history(id);
        note();
    }
    std::vector<LinkId> waiting;
    for (const auto& link : store.waiting_links())
        waiting.push_back(link.id);
    for (std::span<const LinkId> rest = waiting; !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), kCustomersAtOnce));
        rest = rest.subspan(some.size());
        store.links_by_id(some);
    }
    store.unsettled_attempts();
    note();
    return unopened;
}

/// The rows as this program reads them: an older schema is migrated in memory.
Result<sqlite::Database> readable(sqlite::Database backup, const fs::path& file, Timestamp now) {
    if (schema_of(backup) == static_cast<std::int64_t>(migrations().size())) return backup;
    sqlite::Database copy;
    copy.copy_from(backup);
    SYNCLINE_TRY([[maybe_unused]] const auto migrated, migrate(copy, file, now));
    return copy;
}

/// Opens every row of a database that is whole.
Result<BackupReport> report_of(
    sqlite::Database database,
    const BackupNote& note,
    const fs::path& file,
    vault::Vault& vault,
    Clock& clock
) {
    SYNCLINE_TRY(sqlite::Database rows, readable(std::move(database), file, clock.now()));
    const std::vector<CustomerId> customers = all_customers(rows);
    HubDatabase store(std::move(rows), HubDatabase::Numbering::Temporary, vault);
    BackupReport report;
    report.note = note;
    report.customers = customers.size();
    for (const auto& [customer, code] : open_every_row(store, customers)) {
        if (code == ErrorCode::KeyDestroyed)
            ++report.erased;
        else
            ++report.unopened[code];
    }
    return report;
}

Result<BackupReport> checked(const fs::path& file, vault::Vault& vault, Clock& clock) {
    sqlite::Database backup(file, sqlite::OpenMode::ReadOnly);
    SYNCLINE_TRY(const ReadNote read, read_note(backup, file));
    if (read.note.hub != vault.hub_id()) {
        return refused(
            ErrorCode::KeyMismatch,
            file,
            "this is a backup of the hub " + read.note.hub + ", and this is the hub " +
                vault.hub_id()
        );
    }
    if (auto whole = expect_whole(backup, file); !whole) return whole.error();
    if (auto same = expect_authentic(backup, read, file, vault); !same) return same.error();
    return report_of(std::move(backup), read.note, file, vault, clock);
}

/// A Fault of these is what the file is, not what the machine did.
Result<BackupReport> unless_damaged(
    const fs::path& file, const std::function<Result<BackupReport>()>& check
) {
    std::error_code none;
    if (!fs::is_regular_file(file, none))
        return refused(ErrorCode::NotFound, file, "there is no such file");
    try {
        return check();
    } catch (const Fault& fault) {
        return refused(
            ErrorCode::PayloadMalformed,
            file,
            std::string("this is no whole database: ") + fault.what()
        );
    }
}

}  // namespace

Result<BackupReport> check_backup(const fs::path& file, vault::Vault& vault, Clock& clock) {
    return unless_damaged(file, [&] { return checked(file, vault, clock); });
}

Result<BackupReport> check_hub(const fs::path& folder, vault::Vault& vault, Clock& clock) {
    const fs::path file = database_in(folder);
    return unless_damaged(file, [&]() -> Result<BackupReport> {
        sqlite::Database database = open_to_look(file);
        if (auto known = require_known_schema(database, file); !known) return known.error();
        if (auto whole = expect_whole(database, file); !whole) return whole.error();
        BackupNote note;
        note.hub = vault.hub_id();
        note.schema = schema_of(database);
        return report_of(std::move(database), note, file, vault, clock);
    });
}

bool is_backup(const fs::path& file) {
    try {
        sqlite::Database database(file, sqlite::OpenMode::ReadOnly);
        return has_note(database);
    } catch (const Fault&) {  // no database at all
        return false;
    }
}

}  // namespace syncline::store
