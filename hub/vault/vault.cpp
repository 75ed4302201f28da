#include "vault/vault.hpp"

#include "base/fault.hpp"
#include "vault/envelope.hpp"
#include "vault/key_backup.hpp"
#include "vault/key_material.hpp"
#include "vault/key_store.hpp"
#include "vault/keyring.hpp"
#include "vault/private_file.hpp"
#include "vault/root_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace syncline::vault {
namespace {

constexpr std::size_t kKeysPerGeneration = 16'384;
constexpr std::string_view kTagLabel = "hub.bix.v1";
constexpr std::string_view kHashLabel = "hub.hash.v1";
static_assert(std::tuple_size_v<Tag> == crypto_generichash_BYTES_MIN);

void require_sodium() {
    if (sodium_init() < 0) throw Fault("libsodium cannot be initialised");
}

Tenant tenant_of(std::string_view hub_id) {
    Tenant tenant{};
    std::array<std::uint8_t, 32> digest{};
    const ByteView text = bytes_of(hub_id);
    crypto_generichash(digest.data(), digest.size(), text.data(), text.size(), nullptr, 0);
    std::copy_n(digest.begin(), tenant.size(), tenant.begin());
    return tenant;
}

Error refused_source(const char* detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, "keys.root", detail};
}

/// The keyring that a file holds, opened with what it was made under.
Result<Keyring> open_with_source(const RootKeySource& source, ByteView file) {
    SYNCLINE_TRY(const auto how, derivation_of_keyring(file));
    const Passphrase* passphrase = source.passphrase();
    if (how && passphrase == nullptr)
        return refused_source(
            "the keys of this hub were made under a passphrase, and the configuration names a file"
        );
    if (!how && passphrase != nullptr)
        return refused_source(
            "the keys of this hub were made under a root key file, and the configuration names a "
            "passphrase"
        );
    SYNCLINE_TRY(
        const Secret32 root, how ? derive_root_key(*passphrase, *how) : read_root_key(source.file())
    );
    return open_keyring(root, file);
}

std::filesystem::path keyring_in(const std::filesystem::path& folder) {
    return folder / "keyring";
}
std::filesystem::path keys_in(const std::filesystem::path& folder) {
    return folder / "keys.db";
}

/// Files that are made together or not at all: removed again unless they are kept, so that what
/// failed half-way can be tried again.
class NewFiles {
public:
    NewFiles() = default;
    NewFiles(const NewFiles&) = delete;
    NewFiles& operator=(const NewFiles&) = delete;
    ~NewFiles() {
        for (const std::filesystem::path& file : files_)
            remove_private_file(file);
    }

    Result<void> create(const std::filesystem::path& file, unsigned mode, ByteView content) {
        files_.reserve(files_.size() + 1);  // nothing can fail between making and remembering
        std::filesystem::path name = file;
        auto made = create_private_file(file, mode, content);
        if (made) files_.push_back(std::move(name));
        return made;
    }
    void keep() { files_.clear(); }

private:
    std::vector<std::filesystem::path> files_;
};

/// Keys in use, at most two generations of them: when the young one is full it becomes the old one,
/// and the old one is wiped.
class KeyCache {
public:
    const Secret32* find(DataKeyId id) {
        const auto young = young_.find(id);
        if (young != young_.end()) return &young->second;
        const auto old = old_.find(id);
        if (old == old_.end()) return nullptr;
        Secret32 key = std::move(old->second);
        old_.erase(old);
        return &put(id, std::move(key));
    }
    const Secret32& put(DataKeyId id, Secret32 key) {
        if (young_.size() >= kKeysPerGeneration) {
            old_ = std::move(young_);
            young_.clear();
        }
        return young_.insert_or_assign(id, std::move(key)).first->second;
    }

private:
    std::unordered_map<DataKeyId, Secret32> young_;
    std::unordered_map<DataKeyId, Secret32> old_;
};

/// Nonces drawn many at a time: each drawing is a call of the system.
class NonceStock {
public:
    Nonce take() {
        if (left_ == 0) {
            randombytes_buf(stock_.data(), sizeof stock_);
            left_ = stock_.size();
        }
        return stock_[--left_];
    }

private:
    std::array<Nonce, 64> stock_{};
    std::size_t left_ = 0;
};

Tag keyed_tag(
    const Secret32& key,
    std::string_view label,
    const Tenant& tenant,
    ByteView prefix,
    ByteView content
) {
    Tag tag{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.data(), Secret32::kBytes, tag.size());
    const auto add = [&](ByteView bytes) {
        crypto_generichash_update(&state, bytes.data(), bytes.size());
    };
    add(bytes_of(label));
    add(tenant);
    add(prefix);
    add(content);
    crypto_generichash_final(&state, tag.data(), tag.size());
    return tag;
}

}  // namespace

struct Vault::Body {
    std::shared_ptr<const Keyring> keyring;
    std::shared_ptr<KeyStore> store;
    std::string hub_id;
    Tenant tenant{};
    KeyCache cache;
    NonceStock nonces;
    std::vector<DataKeyId> unused;  ///< claimed in keys.db and not given out yet
    /// An overlay's own new keys: they exist here only, so they are never dropped.
    std::unordered_map<DataKeyId, Secret32> ephemeral;
    bool is_overlay = false;

    /// The key, or why there is none. The pointer is valid until the next call.
    Result<const Secret32*> key(DataKeyId id) {
        const auto own = ephemeral.find(id);
        if (own != ephemeral.end()) return &own->second;
        if (const Secret32* cached = cache.find(id)) return cached;
        std::vector<KeyStore::Found> found = store->find(std::span(&id, 1));
        if (found.empty())
            return Error{
                ErrorCode::KeyMissing,
                Remedy::Stop,
                "keys.db",
                "the data key is unknown: keys.db is older than the data, or of another hub"};
        switch (found.front().state) {
            case KeyStore::Found::State::Usable:
                return &cache.put(id, std::move(found.front().key));
            case KeyStore::Found::State::Destroyed:
                return Error{
                    ErrorCode::KeyDestroyed,
                    Remedy::Reject,
                    "keys.db",
                    "the data key was destroyed on purpose: this was erased"};
            case KeyStore::Found::State::Unreadable:
                break;
        }
        return Error{
            ErrorCode::KeyMismatch,
            Remedy::Stop,
            "keys.db",
            "the data key does not open: wrong keyring, another hub id, or edited"};
    }
};

Vault::Vault(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<void> Vault::initialise(const std::filesystem::path& folder, const RootKeySource& root_key) {
    require_sodium();
    const Passphrase* passphrase = root_key.passphrase();
    if (passphrase != nullptr && passphrase->bytes().size() < Passphrase::kShortest)
        return refused_source("a passphrase has at least 12 bytes; five random words are a good one"
        );
    for (const std::filesystem::path& file :
         {root_key.file(), keyring_in(folder), keys_in(folder)}) {
        if (!file.empty() && std::filesystem::exists(file)) {
            return Error{
                ErrorCode::ConfigInvalid,
                Remedy::Reconfigure,
                file.string(),
                "this file exists already, and keys are never overwritten; move it away first"};
        }
    }
    make_private_folder(folder);
    NewFiles made;
    Secret32 root = Secret32::random();
    std::optional<KeyDerivation> how;
    if (passphrase != nullptr) {
        how = KeyDerivation::with_random_salt();
        SYNCLINE_TRY(root, derive_root_key(*passphrase, *how));
    } else {
        make_private_folder(root_key.file().parent_path());
        if (auto done = made.create(root_key.file(), 0400, root.view()); !done) return done;
    }
    const Bytes keyring = seal_keyring(root, Keyring::random(), how);
    if (auto done = made.create(keyring_in(folder), 0600, keyring); !done) return done;
    if (auto done = made.create(keys_in(folder), 0600, {}); !done) return done;
    KeyStore::set_up_new(keys_in(folder));
    made.keep();
    return {};
}

Result<Vault> Vault::open(
    const std::filesystem::path& folder,
    const RootKeySource& root_key,
    std::string_view hub_id,
    Clock& clock
) {
    require_sodium();
    // A root key that is not there is told before a keyring that is not.
    if (root_key.passphrase() == nullptr) {
        if (auto key = read_root_key(root_key.file()); !key) return key.error();
    }
    SYNCLINE_TRY(const Bytes file, read_private_file(keyring_in(folder), kMostKeyringBytes));
    SYNCLINE_TRY(Keyring keyring, open_with_source(root_key, file));
    return open_with(std::move(keyring), keys_in(folder), hub_id, clock);
}

Result<Vault> Vault::open_copy(
    const std::filesystem::path& copy,
    const RootKeySource& root_key,
    std::string_view hub_id,
    Clock& clock
) {
    require_sodium();
    if (root_key.passphrase() == nullptr) {
        if (auto key = read_root_key(root_key.file()); !key) return key.error();
    }
    SYNCLINE_TRY(const Bytes file, keyring_of_copy(copy));
    SYNCLINE_TRY(Keyring keyring, open_with_source(root_key, file));
    return open_with(std::move(keyring), copy, hub_id, clock);
}

Result<Vault> Vault::open_with(
    Keyring keyring, const std::filesystem::path& keys, std::string_view hub_id, Clock& clock
) {
    auto body = std::make_unique<Body>();
    body->keyring = std::make_shared<const Keyring>(std::move(keyring));
    body->hub_id = hub_id;
    body->tenant = tenant_of(hub_id);
    SYNCLINE_TRY(KeyStore store, KeyStore::open(keys, body->keyring, body->tenant, clock));
    body->store = std::make_shared<KeyStore>(std::move(store));
    return Vault(std::move(body));
}

Vault Vault::overlay() const {
    auto body = std::make_unique<Body>();
    body->keyring = body_->keyring;
    body->store = body_->store;
    body->hub_id = body_->hub_id;
    body->tenant = body_->tenant;
    for (const auto& [id, key] : body_->ephemeral)
        body->ephemeral.emplace(id, key.copy());
    body->is_overlay = true;
    return Vault(std::move(body));
}

const std::string& Vault::hub_id() const {
    return body_->hub_id;
}

DataKeyId Vault::take_data_key() {
    if (body_->is_overlay) {
        DataKeyId id = 0;
        while (id == 0 || body_->ephemeral.contains(id))
            randombytes_buf(&id, sizeof id);
        body_->ephemeral.emplace(id, Secret32::random());
        return id;
    }
    if (body_->unused.empty()) {
        for (KeyStore::NamedKey& claimed : body_->store->claim()) {
            body_->unused.push_back(claimed.id);
            body_->cache.put(claimed.id, std::move(claimed.key));
        }
    }
    const DataKeyId id = body_->unused.back();
    body_->unused.pop_back();
    return id;
}

void Vault::prefetch(std::span<const DataKeyId> keys) {
    std::vector<DataKeyId> missing;
    for (const DataKeyId id : keys) {
        if (!body_->ephemeral.contains(id) && body_->cache.find(id) == nullptr)
            missing.push_back(id);
    }
    if (missing.empty()) return;
    for (KeyStore::Found& found : body_->store->find(missing)) {
        if (found.state == KeyStore::Found::State::Usable)
            body_->cache.put(found.id, std::move(found.key));
    }
}

Version Vault::reached() const {
    return body_->store->reached();
}

void Vault::note_reached(Version version) {
    if (!body_->is_overlay) body_->store->note_reached(version);
}

Bytes Vault::seal(DataKeyId key, const Place& place, PlainType type, ByteView plain) const {
    const auto found = body_->key(key);
    if (!found) throw Fault("cannot encrypt: " + found.error().detail);
    return seal_with_nonce({key, **found}, body_->tenant, place, type, plain, body_->nonces.take());
}

Result<Bytes> Vault::open(const Place& place, ByteView envelope) const {
    const std::optional<DataKeyId> id = key_id_of(envelope);
    if (!id) {
        return Error{
            ErrorCode::CipherMalformed,
            Remedy::Stop,
            "envelope",
            "these bytes are not an envelope"};
    }
    SYNCLINE_TRY(const Secret32* key, body_->key(*id));
    return open_with_key(*key, body_->tenant, place, envelope);
}

Tag Vault::blind_tag(std::uint32_t index, std::string_view match_key) const {
    std::array<std::uint8_t, 4> prefix{};
    for (std::size_t i = 0; i < prefix.size(); ++i)
        prefix[i] = static_cast<std::uint8_t>(index >> (24U - 8U * i));
    return keyed_tag(
        body_->keyring->blind_index, kTagLabel, body_->tenant, prefix, bytes_of(match_key)
    );
}

Tag Vault::keyed_hash(std::string_view purpose, ByteView content) const {
    Bytes prefix;  // with its length, so that no purpose and content run together
    prefix.push_back(static_cast<std::uint8_t>(purpose.size() >> 8U));
    prefix.push_back(static_cast<std::uint8_t>(purpose.size()));
    const ByteView text = bytes_of(purpose);
    prefix.insert(prefix.end(), text.begin(), text.end());
    return keyed_tag(body_->keyring->keyed_hash, kHashLabel, body_->tenant, prefix, content);
}

SecureRandom::SecureRandom() {
    require_sodium();
}

void SecureRandom::fill(std::span<std::uint8_t> out) {
    randombytes_buf(out.data(), out.size());
}

}  // namespace syncline::vault
