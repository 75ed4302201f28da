#include "support/world.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <unistd.h>
#include <utility>

namespace syncline::testing {

SystemSetting fake_setting(const std::string& id) {
    SystemSetting system;
    system.id = SystemId{id};
    system.title = id;
    system.connector = "fake";
    system.settings_json = "{}";
    system.default_country = "BE";
    system.rights = {true, true, false};
    system.file = id + ".json";
    const std::vector<std::pair<std::string, std::string>> mapped{
        {"name", "name"},
        {"emails.main.address", "email"},
        {"phones.main.number", "phone"},
        {"addresses.billing.city", "city"},
        {"identifiers.vat.value", "vat"},
    };
    for (const auto& [field, remote] : mapped) {
        MappedFieldSetting entry;
        entry.field = field;
        entry.remotes = {remote};
        entry.where = id + ".json:1";
        system.mapping.push_back(std::move(entry));
    }
    return system;
}

MappedFieldSetting& mapped(SystemSetting& system, std::string_view path) {
    for (MappedFieldSetting& entry : system.mapping) {
        if (entry.field == path) return entry;
    }
    SYNCLINE_ASSERT(false);
    return system.mapping.front();
}

Member member(const std::string& id, FakeSystem::Character character) {
    return {fake_setting(id), std::move(character)};
}

HubSetting fake_hub(std::vector<SystemSetting> systems) {
    HubSetting hub;
    hub.id = "test";
    hub.default_country = "BE";
    for (const SystemSetting& system : systems)
        hub.order.push_back(system.id);
    hub.systems = std::move(systems);
    PolicySetting newest;
    newest.pattern = "*";
    newest.on_undecided = Undecided::Order;
    PolicySetting email;
    email.pattern = "emails.main.address";
    email.on_undecided = Undecided::Review;
    hub.policies = {newest, email};
    RungSetting by_vat;
    by_vat.match = {"identifiers.vat.value"};
    by_vat.then = RungSetting::Then::Link;
    RungSetting by_email;
    by_email.match = {"emails.main.address", "name"};
    by_email.then = RungSetting::Then::Link;
    hub.association = {by_vat, by_email};
    return hub;
}

FieldTable fields_of(const HubSetting& hub) {
    std::map<std::string, FieldId, std::less<>> numbers;
    const auto number_of = [&](std::string_view path) {
        const auto [entry, is_new] = numbers.try_emplace(
            std::string(path), FieldId{static_cast<std::uint32_t>(numbers.size() + 1)}
        );
        return entry->second;
    };
    std::set<std::string> seen;
    std::vector<Field> fields;
    for (const SystemSetting& system : hub.systems) {
        for (const MappedFieldSetting& entry : system.mapping) {
            auto field = make_field(Catalogue::customer(), entry.field, number_of);
            SYNCLINE_ASSERT(field.has_value());
            if (seen.insert(field->path).second) fields.push_back(*std::move(field));
        }
    }
    return FieldTable{std::move(fields)};
}

FieldId id_of(const FieldTable& fields, std::string_view path) {
    const Field* field = fields.find(path);
    SYNCLINE_ASSERT(field != nullptr);
    return field->id;
}

namespace {

/// A folder with a vault and an empty hub.db, of its own for every world on disk.
std::filesystem::path new_folder(std::string_view kind) {
    static int count = 0;
    auto folder = std::filesystem::path(::testing::TempDir()) /
                  ("syncline-world-" + std::to_string(::getpid()) + "-" + std::string(kind) + "-" +
                   std::to_string(count++));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    SYNCLINE_ASSERT(vault::Vault::initialise(folder, folder / "root.key").has_value());
    return folder;
}

vault::Vault open_vault(const std::filesystem::path& folder, Clock& clock) {
    auto vault = vault::Vault::open(folder, folder / "root.key", "test", clock);
    SYNCLINE_ASSERT(vault.has_value());
    return std::move(vault).value();
}

template <class Opened>
std::unique_ptr<store::Store> opened(Opened result) {
    SYNCLINE_ASSERT(result.has_value());
    return std::move(result).value();
}

}  // namespace

namespace {

/// Keys and an empty hub.db that all worlds in memory overlay; gone with the process.
class SharedFolder {
public:
    SharedFolder() : folder_(new_folder("shared")) {
        FakeClock any;
        vault::Vault vault = open_vault(folder_, any);
        opened(store::open_sqlite(folder_, store::Access::ReadWrite, vault, any));
    }
    ~SharedFolder() { remove(folder_); }
    SharedFolder(const SharedFolder&) = delete;
    SharedFolder& operator=(const SharedFolder&) = delete;
    const std::filesystem::path& get() const { return folder_; }

    static void remove(const std::filesystem::path& folder) {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

private:
    std::filesystem::path folder_;
};

}  // namespace

World::World(std::vector<Member> members, const Adjust& adjust, Memory memory) : memory_(memory) {
    std::vector<SystemSetting> settings;
    for (Member& member : members) {
        const std::string name = member.setting.id.text();
        systems_[name] =
            std::make_unique<FakeSystem>(member.setting.id, clock, std::move(member.character));
        settings.push_back(std::move(member.setting));
    }
    hub_ = fake_hub(std::move(settings));
    if (adjust) adjust(hub_);
    fields_ = fields_of(hub_);
    if (memory == Memory::InMemory) {
        static const SharedFolder shared;
        folder_ = shared.get();
        vault_ = std::make_unique<vault::Vault>(open_vault(folder_, clock).overlay());
        store_ = opened(store::open_overlay(folder_, *vault_, clock));
    } else {
        folder_ = new_folder("own");
        open_files();
    }
    store_->use_fields(fields_);
    restart();
}

void World::open_files() {
    vault_ = std::make_unique<vault::Vault>(open_vault(folder_, clock));
    store_ = opened(store::open_sqlite(folder_, store::Access::ReadWrite, *vault_, clock));
}

void World::reopen(const std::function<void(const std::filesystem::path&)>& meanwhile) {
    SYNCLINE_ASSERT(memory_ == Memory::OnDisk);
    judged_ = judged();
    engine_.reset();
    store_.reset();
    vault_.reset();
    if (meanwhile) meanwhile(folder_);
    open_files();
    store_->use_fields(fields_);
    restart();
}

World::~World() {
    engine_.reset();
    store_.reset();
    if (memory_ == Memory::OnDisk) SharedFolder::remove(folder_);
}

std::string World::digest(std::string_view content) const {
    return to_hex(vault_->keyed_hash("plan", bytes_of(content)));
}

sync::EngineParts World::parts(store::Store& store) {
    sync::EngineParts parts;
    parts.hub = &hub_;
    parts.fields = &fields_;
    parts.turn = turn;
    for (const SystemSetting& setting : hub_.systems) {
        const auto other = stand_ins.find(setting.id.text());
        connect::Connection* own = systems_.at(setting.id.text()).get();
        parts.systems.push_back({&setting, other == stand_ins.end() ? own : other->second});
    }
    parts.store = &store;
    parts.clock = &clock;
    parts.random = &random_;
    parts.log = &log;
    parts.digest = [this](std::string_view content) { return digest(content); };
    parts.progress = [this](const sync::Progress& progress) { told.push_back(progress); };
    parts.stop_requested = [this] { return stop_requested && stop_requested(); };
    parts.failpoint = [this](std::string_view name) {
        if (failpoint) failpoint(name);
    };
    return parts;
}

std::unique_ptr<sync::Engine> World::start(store::Store& store) {
    auto engine = sync::Engine::create(parts(store));
    if (!engine) ADD_FAILURE() << engine.error().where << ": " << engine.error().detail;
    SYNCLINE_ASSERT(engine.has_value());
    return std::move(engine).value();
}

std::unique_ptr<sync::Verifier> World::verifier() {
    clock.advance(std::chrono::seconds{1});
    auto verifier = sync::Verifier::create(parts(*store_));
    SYNCLINE_ASSERT(verifier.has_value());
    return std::move(verifier).value();
}

void World::restart() {
    judged_ = judged();
    engine_.reset();
    engine_ = start(*store_);
}

void World::reconfigure(const Adjust& adjust) {
    judged_ = judged();
    engine_.reset();
    adjust(hub_);
    fields_ = fields_of(hub_);
    store_->use_fields(fields_);
    engine_ = start(*store_);
}

std::map<sync::AbsorbLine, std::uint64_t> World::judged() const {
    std::map<sync::AbsorbLine, std::uint64_t> all = judged_;
    if (engine_ == nullptr) return all;
    for (const auto& [line, count] : engine_->judged())
        all[line] += count;
    return all;
}

sync::PassReport World::pass() {
    clock.advance(std::chrono::seconds{1});
    sync::PassOptions options;
    options.believe_missing = believes_missing;
    return engine_->pass(options);
}

void World::settle() {
    constexpr int kPasses = 20;
    for (int i = 0; i < kPasses; ++i) {
        const std::size_t before = writes();
        if (pass().changes() == 0 && writes() == before) return;
    }
    ADD_FAILURE() << "the systems never come to rest";
}

Plan World::plan() {
    clock.advance(std::chrono::seconds{1});
    vault::Vault vault = vault_->overlay();
    const auto overlay = opened(store::open_overlay(folder_, vault, clock));
    overlay->use_fields(fields_);
    return start(*overlay)->plan();
}

std::size_t World::writes() const {
    std::size_t sum = 0;
    for (const auto& [name, system] : systems_)
        sum += system->writes();
    return sum;
}

sync::Aggregate World::customer_of(const std::string& system, const RemoteId& id) {
    const std::vector<RemoteId> ids{id};
    const auto links = store_->links_by_remote(SystemId{system}, "customer", ids);
    if (links.empty()) {
        ADD_FAILURE() << "no link " << system << ":" << id.text();
        return {};
    }
    const std::vector<CustomerId> customers{links.front().customer};
    auto loaded = sync::load_aggregates(*store_, customers);
    return loaded.empty() ? sync::Aggregate{} : std::move(loaded.front());
}

std::string World::canonical(
    const std::string& system, const RemoteId& remote_id, std::string_view path
) {
    const sync::Aggregate aggregate = customer_of(system, remote_id);
    const Field& field = *fields_.find(path);
    const FieldState* state = aggregate.customer.fields.find(field.id);
    return state != nullptr
               ? state->value.parts.at(FieldTable::part_index(field, path)).value_or("")
               : "";
}

std::vector<FieldChange> World::journal(const sync::Aggregate& of, std::string_view path) {
    std::vector<FieldChange> entries;
    for (const Change& change : store_->history(of.customer.id)) {
        for (const FieldChange& entry : change.fields) {
            if (entry.field == id(path) && is_about_a_value(entry.kind)) entries.push_back(entry);
        }
    }
    return entries;
}

std::vector<FieldChange> World::written(const sync::Aggregate& of, const std::string& system) {
    std::vector<FieldChange> entries;
    for (const Change& change : store_->history(of.customer.id)) {
        for (const FieldChange& entry : change.fields) {
            if (entry.kind == ChangeKind::Written && entry.origin.is(SystemId{system}))
                entries.push_back(entry);
        }
    }
    return entries;
}

std::vector<Case> World::open_cases() {
    return store_->cases(std::nullopt, true);
}

}  // namespace syncline::testing
