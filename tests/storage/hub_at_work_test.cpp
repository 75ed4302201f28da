// The engine over systems while its disk fails under it: no call without a durable attempt, no edit
// lost, no customer made twice, and the same systems in the end.

#include "base/fault.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/fault_vfs.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using std::chrono::hours;

/// Three systems of different character and a few customers with edits still to be told.
class AtWork {
public:
    AtWork()
        : world_(
              {member("erp"), member("desk", opaque()), member("books", planned())},
              {},
              Memory::OnDisk
          ) {
        for (int i = 0; i < 4; ++i) {
            records_.push_back(world_["erp"].add(
                {{"name", "Klant " + std::to_string(i)},
                 {"email", "post" + std::to_string(i) + "@klant.example"},
                 {"vat", vat(i)}}
            ));
        }
        world_.settle();
    }
    ~AtWork() { FaultVfs::get().ignore(); }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;

    World& world() { return world_; }
    const std::vector<RemoteId>& records() const { return records_; }

    /// The hub starts again, its files watched from the first.
    void watch() {
        FaultVfs::get().ignore();
        world_.reopen([](const auto& folder) { FaultVfs::get().watch(folder); });
    }

    /// Somebody edits each customer, and there is a new one.
    void edit(std::uint64_t round) {
        for (std::size_t i = 0; i < records_.size(); ++i)
            world_["erp"].edit(
                records_[i], "phone", "+322555" + std::to_string(1'000 + round * 10 + i)
            );
        world_["erp"].add(
            {{"name", "Nieuw " + std::to_string(round)},
             {"email", "nieuw" + std::to_string(round) + "@klant.example"},
             {"vat", vat(100 + static_cast<int>(round))}}
        );
    }

    void expect_everything_told() {
        std::size_t there = world_["erp"].records().size();
        for (const char* name : {"desk", "books"}) {
            EXPECT_EQ(world_[name].records().size(), there) << name;
            EXPECT_TRUE(world_[name].lost_edits().empty()) << name;
            std::set<std::string> phones;
            for (const auto& [id, fields] : world_[name].records()) {
                if (const auto phone = fields.find("phone"); phone != fields.end())
                    phones.insert(phone->second);
            }
            for (const RemoteId& id : records_)
                EXPECT_TRUE(phones.contains(world_["erp"].record(id).at("phone"))) << name;
        }
    }

    /// Every write to a system meets an attempt that stands in the files as only what is durable
    /// shows them.
    void expect_durable_attempts_at_every_call() {
        world_.failpoint = [this](std::string_view point) {
            if (point != "call.before") return;
            ++calls_;
            const DiskTrace& trace = FaultVfs::get().trace();
            const auto durable = trace.only_durable(trace.events().size());
            EXPECT_EQ(attempts_in(durable), attempts_in(read_image(world_.folder())));
            EXPECT_GT(attempts_in(durable), 0U);
        };
    }
    int calls() const { return calls_; }

private:
    static FakeSystem::Character opaque() {
        FakeSystem::Character character;
        character.version = connect::VersionKind::Opaque;
        character.states_what_it_stored = false;
        return character;
    }
    static FakeSystem::Character planned() {
        FakeSystem::Character character;
        character.ids_are_planned = true;
        return character;
    }
    static std::string vat(int n) {
        const std::uint64_t base = 4'000'000 + static_cast<std::uint64_t>(n);
        const std::uint64_t check = 97 - base % 97;
        return "BE0" + std::to_string(base) + (check < 10 ? "0" : "") + std::to_string(check);
    }
    /// Open attempts that a hub would find on this disk.
    std::size_t attempts_in(DiskImage disk) {
        const auto folder = world_.folder().string() + "-copy";
        disk.erase("hub.db-shm");
        write_image(folder, disk);
        std::size_t count = 0;
        {
            auto vault = vault::Vault::open(
                folder, std::filesystem::path(folder) / "root.key", "test", world_.clock
            );
            EXPECT_TRUE(vault);
            auto store =
                store::open_sqlite(folder, store::Access::ReadWrite, vault.value(), world_.clock);
            EXPECT_TRUE(store);
            store.value()->use_fields(world_.fields());
            for (const Attempt& attempt : store.value()->unsettled_attempts())
                count += attempt.state == AttemptState::Open ? 1U : 0U;
        }
        std::filesystem::remove_all(folder);
        return count;
    }

    World world_;
    std::vector<RemoteId> records_;
    int calls_ = 0;
};

/// A pass that the machine may end.
bool passes(World& world) {
    try {
        world.pass();
        return true;
    } catch (const Fault&) {
        return false;
    }
}

TEST(HubAtWork, MakesEveryAttemptDurableBeforeTheCall) {
    AtWork work;
    work.watch();
    work.edit(1);
    work.expect_durable_attempts_at_every_call();
    work.world().settle();
    EXPECT_GE(work.calls(), 2);
}

TEST(HubAtWork, LosesPowerAnywhereAndGoesOn) {
    FaultVfs& vfs = FaultVfs::get();
    AtWork work;
    SeededRandom random(20260301);
    constexpr std::uint64_t kCuts = 40;
    std::uint64_t cuts = 0;
    for (std::uint64_t round = 1; round <= kCuts; ++round) {
        work.watch();
        work.edit(round);
        vfs.lose_power_after(1 + random.below(900));
        for (int i = 0; i < 5 && passes(work.world()); ++i) {
        }
        cuts += vfs.is_without_power() ? 1U : 0U;
        work.world().reopen([&](const std::filesystem::path& folder) {
            const DiskTrace trace = vfs.trace();
            vfs.ignore();
            write_image(folder, trace.after_power_cut(trace.events().size(), random.next()));
        });
        if (round % 10 == 0) {
            work.world().settle();
            work.expect_everything_told();
        }
    }
    EXPECT_GT(cuts, kCuts / 2);
}

TEST(HubAtWork, StopsBeforeAnyCallWhenTheDiskIsFullAndGoesOnWhenThereIsRoom) {
    FaultVfs& vfs = FaultVfs::get();
    AtWork work;
    World& world = work.world();
    std::uint64_t stopped = 0;
    for (std::uint64_t round = 1; round <= 12; ++round) {
        work.edit(round);
        work.watch();
        std::uint64_t taken = 0;
        for (const auto& [path, content] : read_image(world.folder()))
            taken += content.size();
        vfs.limit_room(taken + (round - 1) * 12'000);
        const std::size_t writes = world.writes();
        int answered = 0;
        world.failpoint = [&](std::string_view point) { answered += point == "settle.after"; };
        if (passes(world)) {
            vfs.mend();
            continue;
        }
        ++stopped;
        // What was written to a system has its attempt; a full disk made no call of its own.
        const auto attempts = world.store().unsettled_attempts();
        if (answered == 0) {
            EXPECT_LE(world.writes() - writes, attempts.size());
        }
        EXPECT_GT(world.store().counts().records, 0U) << "the hub can be read";
        vfs.mend();
        world.failpoint = nullptr;
        world.reopen();
    }
    EXPECT_GT(stopped, 2U);
    vfs.ignore();
    world.failpoint = nullptr;
    world.settle();
    work.expect_everything_told();
}

TEST(HubAtWork, StopsBeforeAnyCallWhenNothingCanBeWritten) {
    AtWork work;
    World& world = work.world();
    work.edit(1);
    work.watch();
    FaultVfs::get().limit_room(0);
    const std::size_t writes = world.writes();
    EXPECT_FALSE(passes(world));
    EXPECT_EQ(world.writes(), writes);
    FaultVfs::get().ignore();
    world.reopen();
    world.settle();
    work.expect_everything_told();
}

/// The newest version that the hub stored, in a journal whose versions grow customer by customer.
Version newest_version(World& world) {
    Version newest;
    for (const CustomerId& id : world.store().customers_after({}, 1'000)) {
        std::map<FieldId, Version> last;
        for (const Change& change : world.store().history(id)) {
            for (const FieldChange& entry : change.fields) {
                if (entry.kind != ChangeKind::Version) continue;
                EXPECT_GT(entry.version, last[entry.field]);
                last[entry.field] = entry.version;
                newest = std::max(newest, entry.version);
            }
        }
    }
    return newest;
}

TEST(HubAtWork, KeepsTheOrderOfVersionsWhenTheClockIsSet) {
    AtWork work;
    World& world = work.world();
    Version before = newest_version(world);
    Version mark = world.store().high_water();
    std::uint64_t round = 0;
    for (const hours by : {hours{5}, hours{-9}, hours{0}, hours{-24}, hours{48}, hours{-26}}) {
        world.clock.set(world.clock.now() + by);
        work.edit(++round);
        world.reopen();
        world.settle();
        work.expect_everything_told();
        const Version now = newest_version(world);
        EXPECT_GT(now, before) << by.count() << " hours";
        EXPECT_GE(world.store().high_water(), now);
        EXPECT_GT(world.store().high_water(), mark);
        before = now;
        mark = world.store().high_water();
    }
}

}  // namespace
}  // namespace syncline::testing
