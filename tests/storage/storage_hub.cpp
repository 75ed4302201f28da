#include "storage/storage_hub.hpp"

#include "base/assert.hpp"
#include "base/fault.hpp"
#include "vault/sqlite.hpp"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <unistd.h>
#include <utility>

namespace syncline::testing {
namespace {

namespace sqlite = vault::sqlite;

constexpr const char* kPaths[] = {"name", "emails.main.address", "status"};

/// The fields of kPaths with the numbers that an empty store gives them.
const FieldTable& fields_in_use() {
    static const FieldTable table = [] {
        std::uint32_t last = 0;
        std::vector<Field> fields;
        for (const char* path : kPaths) {
            fields.push_back(*make_field(Catalogue::customer(), path, [&](std::string_view) {
                return FieldId{++last};
            }));
        }
        return FieldTable(std::move(fields));
    }();
    return table;
}

std::optional<SeededRandom>& sodium_random() {
    static std::optional<SeededRandom> random(std::in_place);
    return random;
}

std::vector<std::string> column_of(sqlite::Database& database, const std::string& sql) {
    std::vector<std::string> column;
    sqlite::Query rows(database.prepared(sql));
    while (rows.step())
        column.emplace_back(rows.text());
    return column;
}

/// How many rows a table has, and a hash of all their bytes.
std::string table_text(sqlite::Database& database, const std::string& table) {
    const sqlite::Statement statement(database.get(), "SELECT * FROM " + table);
    sqlite3_stmt* rows = statement.get();
    std::string content;
    std::size_t count = 0;
    for (sqlite::Query query(statement); query.step(); ++count) {
        for (int i = 0; i < sqlite3_column_count(rows); ++i) {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(rows, i));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows, i));
            content += std::to_string(size) + ' ';
            if (size > 0) content.append(bytes, size);
        }
    }
    return table + ": " + std::to_string(count) + " rows " +
           std::to_string(std::hash<std::string>{}(content)) + "\n";
}

void check_whole(const std::filesystem::path& file, std::vector<std::string>& violations) {
    sqlite::Database database(file, sqlite::OpenMode::ReadWrite);
    for (const std::string& word : column_of(database, "PRAGMA integrity_check(3)")) {
        if (word != "ok") violations.push_back(file.filename().string() + ": " + word);
    }
    for (const std::string& table : column_of(database, "PRAGMA foreign_key_check"))
        violations.push_back("a row of " + table + " points nowhere");
}

/// hub.db and keys.db agree about every data key.
void check_keys(StorageHub& hub, std::vector<std::string>& violations) {
    sqlite::Database data(hub.folder() / "data" / "hub.db", sqlite::OpenMode::ReadWrite);
    sqlite::Database keys(hub.folder() / "data" / "keys.db", sqlite::OpenMode::ReadWrite);
    std::string before;
    for (const std::string& id : column_of(data, "SELECT dek_id FROM data_key ORDER BY dek_id")) {
        if (id == before) violations.push_back("two subjects have one data key");
        before = id;
        const auto state = column_of(keys, "SELECT state FROM dek WHERE dek_id = " + id);
        if (state.empty()) violations.push_back("a data key of hub.db is not in keys.db");
        if (!state.empty() && state.front() != "1")
            violations.push_back("a data key in use is not claimed in keys.db");
    }
}

/// Opens everything that is encrypted.
void read_everything(StorageHub& hub) {
    store::Store& store = hub.store();
    std::vector<CustomerId> ids;
    {
        sqlite::Database database(hub.folder() / "data" / "hub.db", sqlite::OpenMode::ReadWrite);
        sqlite::Query rows(database.prepared("SELECT subject FROM data_key"));
        while (rows.step()) {
            CustomerId::Raw raw{};
            const ByteView bytes = rows.bytes();
            std::copy(bytes.begin(), bytes.end(), raw.begin());
            ids.emplace_back(raw);
        }
    }
    store.customers(ids);
    for (const CustomerId& id : ids)
        store.history(id);
    std::vector<LinkId> links;
    for (const Link& link : store.links_of_customers(ids))
        links.push_back(link.id);
    store.attempts_of_links(links);
    store.unsettled_attempts();
    std::vector<LinkId> waiting;
    for (const auto& link : store.waiting_links())
        waiting.push_back(link.id);
    store.links_by_id(waiting);
    store.quarantine();
    store.cases(std::nullopt, false);
    store.counts();
}

template <class T>
T taken(Result<T> result) {
    if (!result) throw Refused(result.error());
    return std::move(result).value();
}

}  // namespace

StorageHub::StorageHub(std::filesystem::path folder, std::uint64_t seed)
    : random(seed), folder_(std::move(folder)) {}

void StorageHub::initialise() {
    const auto made = vault::Vault::initialise(folder_ / "data", root_key());
    if (!made) throw Refused(made.error());
    if (acknowledged) acknowledged();
}

void StorageHub::open() {
    vault_ = std::make_unique<vault::Vault>(
        taken(vault::Vault::open(folder_ / "data", root_key(), "hub", clock))
    );
    store_ = taken(store::open_sqlite(folder_ / "data", store::Access::ReadWrite, *vault_, clock));
    number_fields();
    version_ = store_->high_water().number;
    if (acknowledged) acknowledged();
}

void StorageHub::number_fields() {
    for (const char* path : kPaths)
        SYNCLINE_ASSERT(store_->field_id(path) == id(path));
    store_->use_fields(fields());
}

FieldId StorageHub::id(std::string_view path) {
    return fields().find(path)->id;
}
const FieldTable& StorageHub::fields() {
    return fields_in_use();
}

void StorageHub::close() {
    store_.reset();
    vault_.reset();
}

void StorageHub::commit(store::CommitBatch& batch) {
    batch.high_water = next_version();
    store_->commit(batch);
    if (acknowledged) acknowledged();
}

std::vector<Customer> StorageHub::customers() {
    return store_->customers(store_->customers_after({}, 1'000));
}

std::vector<Link> StorageHub::links(const std::vector<Customer>& of) {
    std::vector<CustomerId> ids;
    for (const Customer& customer : of)
        ids.push_back(customer.id);
    return store_->links_of_customers(ids);
}

void seed_randomness(std::uint64_t seed) {
    static randombytes_implementation seeded{
        [] { return "seeded"; },
        [] { return static_cast<std::uint32_t>(sodium_random()->next()); },
        nullptr,
        nullptr,
        [](void* into, std::size_t size) {
            sodium_random()->fill({static_cast<std::uint8_t*>(into), size});
        },
        nullptr};
    static const bool is_set = randombytes_set_implementation(&seeded) == 0 && sodium_init() >= 0;
    EXPECT_TRUE(is_set);
    sodium_random().emplace(seed);
}

std::string rows_of(const std::filesystem::path& folder) {
    sqlite::Database database(folder / "data" / "hub.db", sqlite::OpenMode::ReadWrite);
    std::string text;
    for (const std::string& table : column_of(
             database,
             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
             "ORDER BY name"
         ))
        text += table_text(database, table);
    return text;
}

std::vector<std::string> violations_of(StorageHub& hub) {
    std::vector<std::string> violations;
    try {
        check_whole(hub.folder() / "data" / "hub.db", violations);
        check_whole(hub.folder() / "data" / "keys.db", violations);
        check_keys(hub, violations);
        read_everything(hub);
    } catch (const Fault& fault) {
        violations.emplace_back(fault.what());
    }
    return violations;
}

bool gives_a_used_key(StorageHub& hub) {
    sqlite::Database data(hub.folder() / "data" / "hub.db", sqlite::OpenMode::ReadWrite);
    const auto taken = static_cast<std::int64_t>(hub.vault().take_data_key());
    return !column_of(data, "SELECT 1 FROM data_key WHERE dek_id = " + std::to_string(taken))
                .empty();
}

std::filesystem::path scratch_folder(const std::string& name) {
    const std::filesystem::path memory = "/dev/shm";
    const bool has_memory = ::access(memory.c_str(), W_OK) == 0;
    return (has_memory ? memory : std::filesystem::path(::testing::TempDir())) /
           ("syncline-storage-" + std::to_string(::getpid()) + "-" + name);
}

}  // namespace syncline::testing
