#pragma once

#include "model/field.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"
#include "vault/vault.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace syncline::testing {

/// An Error where the operations of these tests expect none.
struct Refused : std::runtime_error {
    explicit Refused(const Error& error)
        : std::runtime_error(
              std::string(name(error.code)) + ": " + error.where + ": " + error.detail
          ),
          code(error.code) {}
    ErrorCode code;
};

/// What a hub keeps on disk, without systems: the real vault and store in one folder. Everything it
/// does is drawn from a seed, ciphertexts too.
class StorageHub {
public:
    StorageHub(std::filesystem::path folder, std::uint64_t seed);

    // Each throws Fault or std::bad_alloc when the machine fails, and Refused for an Error.
    void initialise();
    void open();
    void close();

    store::Store& store() { return *store_; }
    vault::Vault& vault() { return *vault_; }
    bool is_open() const noexcept { return store_ != nullptr; }
    static const FieldTable& fields();
    const std::filesystem::path& folder() const noexcept { return folder_; }
    std::filesystem::path root_key() const { return folder_ / "root" / "root.key"; }
    static FieldId id(std::string_view path);

    /// Commits with the next high-water mark and says so.
    void commit(store::CommitBatch& batch);
    std::function<void()> acknowledged;  ///< something is durable now; may be empty

    /// The customers there are, in the order of their ids.
    std::vector<Customer> customers();
    std::vector<Link> links(const std::vector<Customer>& of);
    template <class Identifier>
    Identifier new_id() {
        return mint<Identifier>(clock.now(), random);
    }
    Version next_version() { return Version{++version_}; }

    FakeClock clock;
    SeededRandom random;

private:
    void number_fields();

    std::filesystem::path folder_;
    std::uint64_t version_ = 0;
    std::unique_ptr<vault::Vault> vault_;
    std::unique_ptr<store::Store> store_;
};

/// One thing that the hub does with its files.
struct CoreOperation {
    /// The disk that it begins with.
    enum class From {
        Nothing,
        Keys,            ///< initialised, nothing stored
        Hub,             ///< a hub with customers, closed well
        HubWithoutKeys,  ///< the same, and the next key must be minted
        CrashedHub,      ///< a hub that ended without closing, its last commits in the WAL
    };
    const char* name;
    From from;
    bool opens_first;  ///< the hub is opened before it begins
    bool takes_keys;   ///< for subjects that had none
    std::function<void(StorageHub&)> run;
};
const std::vector<CoreOperation>& core_operations();
const CoreOperation& core_operation(std::string_view name);

/// Draws libsodium's and SQLite's random numbers from a seed from now on.
void seed_randomness(std::uint64_t seed);

/// The rows of every table of hub.db, bytes and all, as one line a table.
std::string rows_of(const std::filesystem::path& folder);

/// What must hold of any hub that can be opened, after whatever happened to it: both databases
/// whole, every ciphertext opens, every subject has a data key of its own that is claimed in
/// keys.db. Each violation in words.
std::vector<std::string> violations_of(StorageHub& hub);
/// Takes a data key, which nobody may have.
bool gives_a_used_key(StorageHub& hub);

/// A folder in memory if the machine has one.
std::filesystem::path scratch_folder(const std::string& name);

}  // namespace syncline::testing
