/// A plan is what applying it does, to the call and to the value, in any world.

#include "support/random_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

/// Operations as lines, in any order.
using Lines = std::multiset<std::string>;

std::string line(
    std::string_view kind,
    const std::string& system,
    const std::string& record,
    std::vector<std::string> fields
) {
    std::sort(fields.begin(), fields.end());
    std::string text = std::string(kind) + " " + system + ":" + record;
    for (const std::string& field : fields)
        text += " " + field;
    return text;
}

Lines writes_of(const Plan& plan) {
    Lines lines;
    for (const PlannedOperation& operation : plan.operations) {
        using Kind = PlannedOperation::Kind;
        if (operation.kind != Kind::Create && operation.kind != Kind::Update) continue;
        std::vector<std::string> fields;
        for (const PlannedField& field : operation.fields)
            fields.push_back(field.path + "=" + field.digest);
        lines.insert(
            line(name(operation.kind), operation.system.text(), operation.remote_id.text(), fields)
        );
    }
    return lines;
}

Lines links_of(const Plan& plan) {
    Lines lines;
    for (const PlannedOperation& operation : plan.operations) {
        using Kind = PlannedOperation::Kind;
        if (operation.kind == Kind::Link || operation.kind == Kind::Record)
            lines.insert(operation.system.text() + ":" + operation.remote_id.text());
    }
    return lines;
}

std::string encoded(const std::string& text) {
    return std::to_string(text.size()) + ":" + text;
}

/// What the systems were asked to write, by what arrived there: the patches, with a plan's hash of
/// each remote field.
class Asked {
public:
    explicit Asked(RandomWorld& world) : world_(world) {
        for (const std::string& name : world.systems())
            before_[name] = world[name].asked().size();
    }
    Lines since() const {
        Lines lines;
        for (const auto& [name, count] : before_) {
            const auto& asked = world_[name].asked();
            for (std::size_t i = count; i < asked.size(); ++i)
                lines.insert(line_of(name, asked[i]));
        }
        return lines;
    }

private:
    std::string line_of(const std::string& system, const Delivery& delivery) const {
        const bool create = delivery.attempt.kind == AttemptKind::Create;
        std::vector<std::string> fields;
        for (const auto& [path, remote] : remote_fields()) {
            const RawValue* value = delivery.patch.find(remote);
            if (value == nullptr) continue;
            fields.push_back(
                world_->fields().find(path)->path + "=" +
                world_->digest(encoded(remote) + encoded(value->text))
            );
        }
        EXPECT_EQ(fields.size(), delivery.patch.size());
        return line(
            create ? "create" : "update", system, create ? "" : delivery.remote_id.text(), fields
        );
    }

    RandomWorld& world_;
    std::map<std::string, std::size_t> before_;
};

std::map<std::string, std::size_t> calls_of(RandomWorld& world) {
    std::map<std::string, std::size_t> calls;
    for (const std::string& name : world.systems())
        calls[name] = world[name].calls();
    return calls;
}

/// Bytes of everything the hub keeps, and all that the systems hold.
std::map<std::string, std::string> everything(RandomWorld& world) {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(world->folder())) {
        if (!entry.is_regular_file() || entry.path().filename() == "hub.db-shm") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        all[entry.path().filename()] = {
            std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    for (const std::string& name : world.systems())
        all["system " + name] = world[name].state();
    return all;
}

/// Active links of all systems.
Lines links_in(RandomWorld& world) {
    Lines lines;
    for (const std::string& name : world.systems()) {
        for (const auto& head : world->store().link_heads(SystemId{name}, "customer")) {
            if (head.state == LinkState::Active) lines.insert(name + ":" + head.remote_id.text());
        }
    }
    return lines;
}

/// Looks that follow writes whose answers do not say what was stored: one a batch.
std::size_t looks_after(const FakeSystem::Character& character, std::size_t writes) {
    constexpr std::size_t kBatch = 10;
    if (character.states_what_it_stored || character.deferred) return 0;
    return (writes + kBatch - 1) / kBatch;
}

Lines without(Lines lines, const Lines& others) {
    for (const std::string& other : others) {
        if (const auto found = lines.find(other); found != lines.end()) lines.erase(found);
    }
    return lines;
}

/// Leaves a world in which there is something to plan, and something owed from before.
void leave_unfinished(RandomWorld& world) {
    world.live(25);
    if (world.random().one_in(2)) {
        world[world.any_system()].faults().write_never_sent = 100;
        world->pass();
        for (const std::string& name : world.systems())
            world[name].faults() = {};
    }
    for (int i = 0; i < 6; ++i)
        world.edit_something();
    if (world.random().one_in(2)) world.add_customer();
    world->clock.advance(std::chrono::seconds{10});  // no request is on its way any more
}

TEST(PlanProperty, ApplyingMakesTheCallsThatThePlanNamesAndNoOthers) {
    std::map<std::string, std::size_t> met;
    for (const std::uint64_t seed : seeds(30)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomWorld world(seed, Memory::OnDisk);
        leave_unfinished(world);
        auto calls_before = calls_of(world);
        const auto before = everything(world);
        const Plan plan = world->plan();
        EXPECT_TRUE(everything(world) == before) << "planning changed something";
        std::map<std::string, std::size_t> reading;
        for (const auto& [name, count] : calls_of(world))
            reading[name] = count - calls_before[name];

        const Lines linked_before = links_in(world);
        const Asked asked(world);
        calls_before = calls_of(world);
        const auto report = world->engine().apply(plan);
        ASSERT_TRUE(report.has_value()) << report.error().detail;
        const Lines written = asked.since();
        EXPECT_EQ(written, writes_of(plan));

        std::size_t created = 0;
        const auto calls_after = calls_of(world);
        for (const PlannedSystem& system : plan.systems) {
            const std::string& name = system.system.text();
            created += system.creates;
            met[system.calls > 2 ? "several batches" : "one batch"] += system.calls > 0 ? 1 : 0;
            EXPECT_EQ(
                calls_after.at(name) - calls_before.at(name),
                reading.at(name) + system.calls +
                    looks_after(world.character(name), system.creates + system.updates)
            ) << name;
        }
        Lines joined = without(links_in(world), linked_before);
        for (const std::string& planned : links_of(plan)) {
            EXPECT_TRUE(joined.contains(planned)) << planned;
            joined.erase(planned);
        }
        EXPECT_LE(joined.size(), created);  // what is left was made
        met["creates"] += created;
        for (const PlannedOperation& operation : plan.operations) {
            met[std::string(name(operation.kind))] += 1;
            for (const PlannedField& field : operation.fields)
                met["clears"] += field.clears ? 1 : 0;
        }
    }
    for (const char* kind : {"link", "record", "create", "update", "clears", "several batches"})
        EXPECT_GT(met[kind], 0U) << kind;
}

TEST(PlanProperty, WhenTheWorldChangedApplyingRefusesNamesItAndWritesNothing) {
    std::size_t refused = 0;
    for (const std::uint64_t seed : seeds(30)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomWorld world(seed, Memory::OnDisk);
        leave_unfinished(world);
        const Plan plan = world->plan();
        for (std::uint64_t n = 1 + world.random().below(3); n > 0; --n)
            world.random().one_in(3) ? world.add_customer() : world.edit_something();
        const Plan now = world->plan();
        const Asked asked(world);
        const auto report = world->engine().apply(plan);
        if (now.digest == plan.digest) {
            EXPECT_TRUE(report.has_value());
            EXPECT_EQ(asked.since(), writes_of(plan));
            continue;
        }
        ++refused;
        ASSERT_FALSE(report.has_value());
        EXPECT_EQ(report.error().code, ErrorCode::StalePlan);
        EXPECT_EQ(asked.since(), Lines{});
        const std::string& detail = report.error().detail;
        // A place where the two plans differ is named.
        const auto names_one = [&](const Plan& of) {
            return std::any_of(
                of.operations.begin(),
                of.operations.end(),
                [&](const PlannedOperation& operation) {
                    const std::string named = std::string(name(operation.kind)) + " " +
                                              operation.subject + " in " + operation.system.text();
                    return detail.find(named) != detail.npos;
                }
            );
        };
        EXPECT_TRUE(names_one(now) || names_one(plan)) << detail;
    }
    EXPECT_GT(refused, 20U);
}

}  // namespace
}  // namespace syncline::testing
