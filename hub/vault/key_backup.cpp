#include "vault/key_backup.hpp"

#include "base/fault.hpp"
#include "vault/keyring.hpp"
#include "vault/private_file.hpp"
#include "vault/sqlite.hpp"

#include <string>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

std::int64_t number_of(sqlite::Database& database, std::string_view sql) {
    sqlite::Query row(database.prepared(sql));
    return row.step() ? row.number() : 0;
}

Error damaged(const fs::path& file, const std::string& detail) {
    return {ErrorCode::PayloadMalformed, Remedy::Reject, file.string(), detail};
}

Result<sqlite::Database> open_keys(const fs::path& folder) {
    const fs::path file = folder / "keys.db";
    std::error_code none;
    if (!fs::exists(file, none)) {
        return Error{
            ErrorCode::KeyMissing,
            Remedy::Reconfigure,
            file.string(),
            "there is no such file; restore it from its backup"};
    }
    return sqlite::Database(file, sqlite::OpenMode::ReadWrite);
}

/// Into an empty file, from one moment.
void copy_into(sqlite::Database& from, const fs::path& empty_file) {
    const std::string file = fs::absolute(empty_file).string();
    sqlite::Query(from.prepared("VACUUM INTO ?")).bind(std::string_view(file)).run();
}

}  // namespace

Result<std::uint64_t> size_of_keys(const fs::path& folder) {
    SYNCLINE_TRY(sqlite::Database database, open_keys(folder));
    return static_cast<std::uint64_t>(
        number_of(database, "PRAGMA page_count") * number_of(database, "PRAGMA page_size")
    );
}

Result<std::uint64_t> copy_keys(const fs::path& folder, const fs::path& empty_file) {
    SYNCLINE_TRY(const Bytes keyring, read_private_file(folder / "keyring", kMostKeyringBytes));
    {
        SYNCLINE_TRY(sqlite::Database database, open_keys(folder));
        copy_into(database, empty_file);
    }
    sqlite::Database copy(empty_file, sqlite::OpenMode::ReadWrite);
    copy.set_journal_mode("off");
    copy.execute("UPDATE dek SET state = 1 WHERE state = 0; CREATE TABLE keyring (content BLOB)");
    sqlite::Query(copy.prepared("INSERT INTO keyring VALUES (?)")).bind(ByteView(keyring)).run();
    return static_cast<std::uint64_t>(number_of(copy, "SELECT count(*) FROM dek"));
}

Result<Bytes> keyring_of_copy(const fs::path& copy) {
    std::error_code none;
    if (!fs::exists(copy, none)) {
        return Error{ErrorCode::NotFound, Remedy::Reject, copy.string(), "there is no such file"};
    }
    try {
        sqlite::Database database(copy, sqlite::OpenMode::ReadOnly);
        sqlite::Query whole(database.prepared("PRAGMA integrity_check(1)"));
        if (!whole.step() || whole.text() != "ok")
            return damaged(copy, "this copy of the keys is damaged: " + std::string(whole.text()));
        if (number_of(database, "SELECT count(*) FROM sqlite_master WHERE name = 'keyring'") == 0)
            return damaged(copy, "this is no copy of the keys that `syncline backup --keys` made");
        sqlite::Query row(database.prepared("SELECT content FROM keyring"));
        if (!row.step()) return damaged(copy, "this copy of the keys has no keyring");
        const ByteView content = row.bytes();
        return Bytes(content.begin(), content.end());
    } catch (const Fault& fault) {  // what the file is, not what the machine did
        return damaged(copy, std::string("this is no copy of the keys: ") + fault.what());
    }
}

void unpack_keys(const fs::path& copy, const fs::path& keys_file, const fs::path& keyring_file) {
    const auto require = [](const Result<void>& done) {
        if (!done) throw Fault(done.error().where + ": " + done.error().detail);
    };
    const auto keyring = keyring_of_copy(copy);
    if (!keyring) throw Fault(keyring.error().where + ": " + keyring.error().detail);
    require(create_private_file(keyring_file, 0600, *keyring));
    require(create_private_file(keys_file, 0600, {}));
    {
        sqlite::Database database(copy, sqlite::OpenMode::ReadOnly);
        copy_into(database, keys_file);
    }
    sqlite::Database keys(keys_file, sqlite::OpenMode::ReadWrite);
    keys.set_journal_mode("delete");
    keys.execute("PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON; DROP TABLE keyring");
}

}  // namespace syncline::vault
