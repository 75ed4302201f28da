#pragma once

#include "model/field.hpp"
#include "model/settings.hpp"
#include "store/store.hpp"
#include "support/fake_system.hpp"
#include "support/fakes.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/verify.hpp"
#include "vault/vault.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::testing {

/// Settings of a system that maps name, email, phone, city and vat, one remote field each.
SystemSetting fake_setting(const std::string& id);
/// The entry of `system`'s mapping for a canonical path.
MappedFieldSetting& mapped(SystemSetting& system, std::string_view path);

/// A hub configuration over fake systems, with the association ladder and policies of the demo.
HubSetting fake_hub(std::vector<SystemSetting> systems);

/// The concrete fields a configuration uses, numbered from 1 in the order they are met.
FieldTable fields_of(const HubSetting& hub);

/// "name" -> its number in fields_of().
FieldId id_of(const FieldTable& fields, std::string_view path);

/// A connected fake system of a world.
struct Member {
    SystemSetting setting;
    FakeSystem::Character character;
};
Member member(const std::string& id, FakeSystem::Character character = {});

/// Where a world's store lives.
enum class Memory { OnDisk, InMemory };

/// A hub over fake systems: the real engine over the real store. Time moves only between passes.
class World {
public:
    using Adjust = std::function<void(HubSetting&)>;
    explicit World(
        std::vector<Member> members, const Adjust& adjust = {}, Memory memory = Memory::InMemory
    );

    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    FakeSystem& operator[](const std::string& system) { return *systems_.at(system); }
    sync::Engine& engine() { return *engine_; }
    store::Store& store() { return *store_; }
    const HubSetting& hub() const { return hub_; }
    const FieldTable& fields() const { return fields_; }
    FieldId id(std::string_view path) const { return id_of(fields_, path); }

    /// One pass of all systems, one second later.
    sync::PassReport pass();
    /// Passes until nothing changes any more; fails an assertion when that never comes.
    void settle();
    /// The hub ends and starts again over the same store.
    void restart();
    /// The hub ends, and starts again with another configuration. Fields that are new must come
    /// after all others.
    void reconfigure(const Adjust& adjust);
    /// The hub ends, and starts again from its files alone. `meanwhile` is called with their folder
    /// between the two. @pre the world is on disk
    void reopen(const std::function<void(const std::filesystem::path&)>& meanwhile = {});
    const std::filesystem::path& folder() const { return folder_; }
    /// What a pass would do, over an overlay of the stored hub. @pre the world is on disk
    Plan plan();
    /// The hash that a plan has for content.
    std::string digest(std::string_view content) const;
    /// Compares the systems with the hub, over the store as it is.
    std::unique_ptr<sync::Verifier> verifier();
    /// How often each line of `absorb` decided, over restarts.
    std::map<sync::AbsorbLine, std::uint64_t> judged() const;
    /// Writes of the hub to all systems together.
    std::size_t writes() const;

    /// What the hub remembers of the customer of a record.
    sync::Aggregate customer_of(const std::string& system, const RemoteId& id);
    /// The canonical value of a leaf: "" when cleared or never said.
    std::string canonical(const std::string& system, const RemoteId& id, std::string_view path);
    /// What the journal of one customer tells was said about a field, oldest first.
    std::vector<FieldChange> journal(const sync::Aggregate& of, std::string_view path);
    /// What it tells the hub wrote to a system, oldest first.
    std::vector<FieldChange> written(const sync::Aggregate& of, const std::string& system);
    std::vector<Case> open_cases();

    FakeClock clock;
    MemoryLog log;
    std::vector<sync::Progress> told;  ///< by the engine, in order
    std::function<void(std::string_view)> failpoint;
    std::function<bool()> stop_requested;
    /// The operator approves what a listing lacks, also when it is empty.
    bool believes_missing = false;
    /// Connections that the engine gets instead of the fake systems' own, from the next restart on.
    std::map<std::string, connect::Connection*> stand_ins;
    std::mutex* turn = nullptr;  ///< EngineParts::turn, from the next restart on

private:
    sync::EngineParts parts(store::Store& store);
    std::unique_ptr<sync::Engine> start(store::Store& store);
    void open_files();

    Memory memory_;
    HubSetting hub_;
    FieldTable fields_;
    SeededRandom random_;
    std::map<std::string, std::unique_ptr<FakeSystem>> systems_;
    std::filesystem::path folder_;
    std::unique_ptr<vault::Vault> vault_;
    std::unique_ptr<vault::Vault> overlay_vault_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<sync::Engine> engine_;
    std::map<sync::AbsorbLine, std::uint64_t> judged_;  ///< by engines that ended
};

}  // namespace syncline::testing
