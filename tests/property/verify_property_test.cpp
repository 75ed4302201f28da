/// Verification finds every drift behind the hub's back, and tells of nothing else, in any world.

#include "support/random_world.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

/// "system:record path parity", of everything that is drift.
using Alarms = std::set<std::string>;

std::string place(const std::string& system, const RemoteId& id, const std::string& path) {
    return system + ":" + id.text() + " " + path;
}

class Verified {
public:
    explicit Verified(RandomWorld& world) {
        const auto verifier = world->verifier();
        for (const std::string& name : world.systems()) {
            sync::VerifyOptions options;
            options.page = [&](std::span<const sync::RecordVerdict> page) {
                for (const sync::RecordVerdict& record : page)
                    note(world, name, record);
            };
            const sync::SystemParity parity = verifier->verify(SystemId{name}, options);
            EXPECT_FALSE(parity.error.has_value());
            EXPECT_EQ(
                parity.compared,
                parity.equal + parity.different + parity.pending + parity.unconfirmed +
                    parity.explained + parity.unread
            );
        }
        for (const sync::Breach& breach : verifier->check_invariants())
            alarms.insert(
                "invariant " + std::string(sync::name(breach.invariant)) + " " +
                breach.system.text() + ":" + breach.remote_id.text() + " " +
                std::to_string(breach.field.number)
            );
    }

    Alarms alarms;
    std::map<std::string, std::size_t> met;  ///< parity -> how often
    std::set<std::string> told;              ///< records, each once

private:
    void note(RandomWorld& world, const std::string& name, const sync::RecordVerdict& record) {
        EXPECT_TRUE(told.insert(name + ":" + record.remote_id.text()).second) << "told twice";
        for (const sync::FieldVerdict& field : record.fields) {
            const std::string parity(sync::name(field.parity));
            ++met[parity];
            if (sync::class_of(field.parity) != sync::ParityClass::Drift) continue;
            const Field* known = world->fields().find(field.field);
            alarms.insert(place(name, record.remote_id, known ? known->path : parity));
        }
    }
};

/// The hub reads everything; some of what it owes is not written.
void read_everything(RandomWorld& world) {
    if (world.random().one_in(2)) {
        FakeSystem& system = world[world.any_system()];
        (world.random().one_in(2) ? system.faults().write_never_sent
                                  : system.faults().write_lost_after) = 100;
    }
    // Readings that lag show everything by then.
    for (int i = 0; i < 2; ++i) {
        for (int n = 0; n < 4; ++n)
            world.edit_something();
        world->clock.advance(std::chrono::seconds{5});
        world->pass();
    }
    for (const std::string& name : world.systems())
        world[name].faults() = {};
}

bool is_linked(RandomWorld& world, const std::string& system, const RemoteId& id) {
    const std::vector<RemoteId> ids{id};
    const auto links = world->store().links_by_remote(SystemId{system}, "customer", ids);
    return !links.empty() && links.front().state == LinkState::Active;
}

/// Changes systems without the hub's knowledge, and tells where.
Alarms change_behind(RandomWorld& world) {
    Alarms changed;
    for (std::uint64_t n = world.random().below(12); n > 0; --n) {
        const std::string system = world.any_system();
        const RemoteId id = world.any_record(system);
        if (id.empty() || !is_linked(world, system, id)) continue;
        auto field = remote_fields().begin();
        std::advance(field, world.random().below(remote_fields().size()));
        world[system].edit(id, field->second, world.new_value(field->second));
        changed.insert(place(system, id, world->fields().find(field->first)->path));
    }
    const std::string system = world.any_system();
    if (world.random().one_in(3)) {
        const RemoteId id = world[system].add({{"name", "Unknown Company"}});
        changed.insert(place(system, id, "unknown"));
    }
    const RemoteId id = world.any_record(system);
    if (!world.random().one_in(3) || id.empty() || !is_linked(world, system, id)) return changed;
    world[system].remove(id);
    std::erase_if(changed, [&](const std::string& alarm) {
        return alarm.starts_with(place(system, id, ""));
    });
    changed.insert(place(system, id, "missing"));
    return changed;
}

TEST(VerifyProperty, TellsOfNothingWhereNothingChangedBehindTheHub) {
    std::map<std::string, std::size_t> met;
    for (const std::uint64_t seed : seeds(40)) {
        RandomWorld world(seed);
        world.live(40);
        read_everything(world);
        for (const std::string& name : world.systems())
            world[name].faults().stale_reads = world.random().one_in(2) ? 20 : 0;
        const Verified verified(world);
        EXPECT_EQ(verified.alarms, Alarms{}) << "seed " << seed;
        for (const auto& [parity, count] : verified.met)
            met[parity] += count;
    }
    // Without them the silence would prove nothing.
    for (const char* parity :
         {"equal",
          "pending",
          "unconfirmed",
          "contested",
          "quarantined",
          "read_only",
          "excluded",
          "transformed",
          "waiting",
          "gone",
          "unread"})
        EXPECT_GT(met[parity], 0U) << parity;
}

TEST(VerifyProperty, FindsEveryChangeBehindTheHubAndNothingElse) {
    std::size_t seeded_fields = 0;
    for (const std::uint64_t seed : seeds(40)) {
        RandomWorld world(seed);
        world.live(30);
        read_everything(world);
        world->clock.advance(std::chrono::seconds{5});
        const Alarms seeded = change_behind(world);
        seeded_fields += seeded.size();
        EXPECT_EQ(Verified(world).alarms, seeded) << "seed " << seed;
    }
    EXPECT_GT(seeded_fields, 100U);
}

}  // namespace
}  // namespace syncline::testing
