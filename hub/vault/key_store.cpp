#include "vault/key_store.hpp"

#include "base/fault.hpp"
#include "vault/key_wrap.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::vault {
namespace {

constexpr std::size_t kMintedAtOnce = 4096;  ///< one durable transaction serves this many customers
constexpr std::size_t kClaimedAtOnce = 256;  ///< at most so many are lost when the process ends
constexpr std::int64_t kSchema = 1;
constexpr std::string_view kWrapLabel = "hub.dek.v1";

/// Stored as its number: never renumber.
enum class State : std::uint8_t { Fresh = 0, Claimed = 1, Destroyed = 2 };

std::int64_t number(State state) {
    return static_cast<std::int64_t>(state);
}

constexpr const char* kCreate = R"sql(
CREATE TABLE dek (
    dek_id    INTEGER PRIMARY KEY,  -- random, never zero
    kek_epoch INTEGER NOT NULL,
    wrapped   BLOB,                 -- nonce, ciphertext, tag; NULL: destroyed on purpose
    state     INTEGER NOT NULL,     -- 0 fresh, 1 claimed, 2 destroyed
    created   INTEGER NOT NULL      -- Unix milliseconds
);
CREATE INDEX dek_fresh ON dek(dek_id) WHERE state = 0;
PRAGMA user_version = 1;
)sql";

void append_number(Bytes& onto, std::uint64_t value, unsigned bytes) {
    for (unsigned shift = 8 * bytes; shift > 0; shift -= 8)
        onto.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

Bytes wrap_context(DataKeyId id, std::uint32_t epoch, const Tenant& tenant) {
    const ByteView label = bytes_of(kWrapLabel);
    Bytes context(label.begin(), label.end());
    append_number(context, id, 8);
    append_number(context, epoch, 4);
    context.insert(context.end(), tenant.begin(), tenant.end());
    return context;
}

DataKeyId random_id() {
    DataKeyId id = 0;
    while (id == 0)
        randombytes_buf(&id, sizeof id);
    return id;
}

/// EXTRA also syncs the folder behind the deletion of the journal. With FULL a journal may come
/// back when power is lost, and roll back keys that ciphertexts in hub.db are under already.
void set_up(sqlite::Database& database) {
    database.set_journal_mode("delete");
    database.execute("PRAGMA secure_delete = ON; PRAGMA synchronous = EXTRA");
}

void leave_mark(sqlite::Database& database, Version version) {
    sqlite::Transaction transaction(database, sqlite::Transaction::Kind::Write);
    database.execute(
        "CREATE TABLE IF NOT EXISTS reached (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)"
    );
    sqlite::Query(database.prepared("INSERT INTO reached VALUES (1, ?) ON CONFLICT (one) DO UPDATE "
                                    "SET version = max(version, excluded.version)"))
        .bind(version.number)
        .run();
    transaction.commit();
}

}  // namespace

void KeyStore::set_up_new(const std::filesystem::path& file) {
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    set_up(database);
    sqlite::Transaction transaction(database, sqlite::Transaction::Kind::Write);
    database.execute(kCreate);
    transaction.commit();
}

Result<KeyStore> KeyStore::open(
    const std::filesystem::path& file,
    std::shared_ptr<const Keyring> keyring,
    const Tenant& tenant,
    Clock& clock
) {
    if (!std::filesystem::exists(file)) {
        return Error{
            ErrorCode::KeyMissing,
            Remedy::Stop,
            file.string(),
            "the data keys are missing; without them nothing can be decrypted. `syncline restore "
            "--keys FILE` puts back a copy of them"};
    }
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    set_up(database);
    {
        sqlite::Query version(database.prepared("PRAGMA user_version"));
        if (!version.step() || version.number() != kSchema) {
            return Error{
                ErrorCode::ConfigInvalid,
                Remedy::Stop,
                file.string(),
                "this is not a keys.db that this program knows"};
        }
    }
    return KeyStore(std::move(database), std::move(keyring), tenant, clock);
}

std::vector<KeyStore::NamedKey> KeyStore::claim() {
    sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::Write);
    std::vector<NamedKey> claimed;
    const auto take_fresh = [&] {
        sqlite::Query fresh(database_.prepared(
            "SELECT dek_id, kek_epoch, wrapped FROM dek WHERE state = 0 ORDER BY dek_id LIMIT ?"
        ));
        fresh.bind(std::uint64_t{kClaimedAtOnce});
        while (fresh.step()) {
            const DataKeyId id = fresh.unsigned_number();
            const auto epoch = static_cast<std::uint32_t>(fresh.number());
            auto key = unwrap(id, epoch, fresh.bytes());
            if (!key) throw Fault("keys.db: a fresh data key does not open with this keyring");
            claimed.push_back({id, *std::move(key)});
        }
    };
    take_fresh();
    if (claimed.empty()) {
        mint();
        take_fresh();
    }
    for (const NamedKey& key : claimed) {
        sqlite::Query(database_.prepared("UPDATE dek SET state = ? WHERE dek_id = ?"))
            .bind(number(State::Claimed))
            .bind(key.id)
            .run();
    }
    transaction.commit();
    return claimed;
}

Version KeyStore::reached() {
    sqlite::Query table(database_.prepared("SELECT 1 FROM sqlite_master WHERE name = 'reached'"));
    if (!table.step()) return {};  // made with the first mark: who only looks changes no byte
    sqlite::Query mark(database_.prepared("SELECT version FROM reached"));
    return mark.step() ? Version{mark.unsigned_number()} : Version{};
}

void KeyStore::note_reached(Version version) {
    leave_mark(database_, version);
}

void KeyStore::note_reached_in(const std::filesystem::path& file, Version version) {
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    set_up(database);
    leave_mark(database, version);
}

void KeyStore::mint() {
    std::vector<std::int64_t> ids(kMintedAtOnce);
    std::generate(ids.begin(), ids.end(), [] { return static_cast<std::int64_t>(random_id()); });
    std::sort(ids.begin(), ids.end());  // in the order of the table, which is then written once
    const std::int64_t now = to_unix_ms(clock_->now());
    for (const std::int64_t id : ids) {
        const Bytes wrapped = wrap_key(
            keyring_->key_encryption,
            Secret32::random(),
            wrap_context(static_cast<DataKeyId>(id), keyring_->epoch, tenant_)
        );
        sqlite::Query(database_.prepared("INSERT OR IGNORE INTO dek VALUES (?, ?, ?, ?, ?)"))
            .bind(id)
            .bind(std::uint64_t{keyring_->epoch})
            .bind(ByteView(wrapped))
            .bind(number(State::Fresh))
            .bind(now)
            .run();
    }
}

std::vector<KeyStore::Found> KeyStore::find(std::span<const DataKeyId> ids) {
    std::string list = "[";
    for (const DataKeyId id : ids)
        list += (list.size() > 1 ? "," : "") + std::to_string(static_cast<std::int64_t>(id));
    list += "]";
    std::vector<Found> found;
    sqlite::Query rows(
        database_.prepared("SELECT dek_id, kek_epoch, state, wrapped FROM json_each(?) AS wanted "
                           "CROSS JOIN dek ON dek_id = wanted.value")
    );
    rows.bind(std::string_view(list));
    while (rows.step()) {
        Found entry;
        entry.id = rows.unsigned_number();
        const auto epoch = static_cast<std::uint32_t>(rows.number());
        if (rows.number() == number(State::Destroyed)) {
            entry.state = Found::State::Destroyed;
        } else if (auto key = unwrap(entry.id, epoch, rows.bytes())) {
            entry.state = Found::State::Usable;
            entry.key = *std::move(key);
        }
        found.push_back(std::move(entry));
    }
    return found;
}

std::optional<Secret32> KeyStore::unwrap(DataKeyId id, std::uint32_t epoch, ByteView wrapped)
    const {
    return unwrap_key(keyring_->key_encryption, wrapped, wrap_context(id, epoch, tenant_));
}

}  // namespace syncline::vault
