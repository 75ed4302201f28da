// Backups that come back in a simulated life: one of a system, and one of the hub's own memory.

#include "simulation/simulation.hpp"
#include "sync/run/holds.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <vector>

namespace syncline::testing {
namespace {

/// Whoever restores something takes longer than a request can be on its way.
constexpr std::chrono::seconds kOutage{5};
/// Of so many lives in one the hub is restored, for which its world has to lie on a disk.
constexpr std::uint64_t kLivesForOneOfTheHub = 6;

bool is_of_a_restore(const QuarantineItem& item) {
    const auto kind = sync::hold_of(item);
    return kind == sync::Hold::Restored || kind == sync::Hold::RestoredHub;
}

}  // namespace

Simulation::Restores Simulation::draw_restores(std::uint64_t seed) const {
    SeededRandom random(seed * 7'000'003 + 11);
    const auto between = [&](int least, std::uint64_t more) {
        return least + static_cast<int>(random.below(more));
    };
    Restores drawn;
    const auto tells = [&](const std::string& name) {
        const FakeSystem::Character& character = characters_.at(name);
        return character.version == connect::VersionKind::Ordered || character.tells_times;
    };
    if (!random.one_in(4)) {
        drawn.system = names_[random.below(names_.size())];
        // Rather one that tells it by itself.
        if (!tells(drawn.system)) drawn.system = names_[random.below(names_.size())];
    }
    drawn.system_backed_up = between(20, 70);
    drawn.system_restored = drawn.system_backed_up + between(12, 55);
    drawn.of_hub = seed % kLivesForOneOfTheHub == 0;
    drawn.hub_backed_up = between(20, 90);
    drawn.hub_restored = drawn.hub_backed_up + between(12, 36);
    return drawn;
}

/// What is due of the restores before an event; and who sees a hold may answer it.
void Simulation::restores_before(int event) {
    if (!restores_.system.empty() && event == restores_.system_backed_up) {
        (*world_)[restores_.system].back_up();
        restores_.has_system_backup = true;
        note("back up " + restores_.system);
    }
    if (restores_.has_system_backup && event == restores_.system_restored) restore_system();
    if (restores_.of_hub && event == restores_.hub_backed_up) back_up_hub();
    if (restores_.has_hub_backup && event == restores_.hub_restored) restore_hub();
    if (random_.one_in(4)) answer_holds(/*all=*/false);
}

void Simulation::an_outage_passes(FakeSystem& system) {
    if (random_.one_in(2))
        system.let_lingering_writes_land();
    else
        system.drop_lingering_writes();
}

void Simulation::restore_system() {
    FakeSystem& system = (*world_)[restores_.system];
    an_outage_passes(system);
    world_->clock.advance(kOutage);
    const std::set<RemoteId> vanished = system.go_back_to_backup();
    for (Person& person : people_) {
        const auto record = person.records.find(restores_.system);
        if (record == person.records.end() || !vanished.contains(record->second)) continue;
        person.records.erase(record);
    }
    // What was made there since is gone like any record. Where that deletes the customer, somebody
    // who enters them again makes another one, and what was kept elsewhere stays.
    const SystemId id{restores_.system};
    if (world_->engine().rules().at(id).setting->when_gone == WhenGone::Delete) {
        const std::vector<RemoteId> lost(vanished.begin(), vanished.end());
        for (const Link& link : world_->store().links_by_remote(id, "customer", lost))
            concern(link.customer);
    }
    went_back_.insert(restores_.system);
    // A feed tells nothing of it, so whoever restores a system has it read completely.
    const auto asked = world_->engine().resync(id);
    if (!asked) violate("a restored system cannot be read again: " + asked.error().detail);
    ++outcome_.met["system restored"];
    ++outcome_.faults;
    note("restore " + restores_.system + ", " + std::to_string(vanished.size()) + " vanished");
}

void Simulation::back_up_hub() {
    world_->reopen([](const std::filesystem::path& folder) {
        std::filesystem::copy_file(folder / "hub.db", folder / "backup");
    });
    for (const std::string& name : names_)
        (*world_)[name].hub_is_backed_up();
    restores_.has_hub_backup = true;
    note("back up the hub");
}

/// Puts hub.db back and leaves keys.db. Within a minute the mark in keys.db may not tell, and then
/// a hub goes on that does not know what it forgot (docs/explanation/drift.md): not in this life.
void Simulation::restore_hub() {
    using std::filesystem::copy_options;
    for (const std::string& name : names_)
        an_outage_passes((*world_)[name]);
    world_->clock.advance(kOutage);
    world_->reopen([](const std::filesystem::path& folder) {
        std::filesystem::rename(folder / "hub.db", folder / "newer");
        std::filesystem::copy_file(folder / "backup", folder / "hub.db");
    });
    const std::vector<QuarantineItem> held = sync::holds(world_->store());
    const bool is_noticed = std::any_of(held.begin(), held.end(), [](const QuarantineItem& item) {
        return sync::hold_of(item) == sync::Hold::RestoredHub;
    });
    if (!is_noticed) {
        world_->reopen([](const std::filesystem::path& folder) {
            std::filesystem::rename(folder / "newer", folder / "hub.db");
        });
        note("the hub is not restored");
        return;
    }
    for (const std::string& name : names_) {
        FakeSystem& system = (*world_)[name];
        system.hub_is_put_back();
        // What the hub read and replaced since is in no memory, and in no system.
        const auto records = system.records();
        const auto& typed = system.authored();
        for (std::size_t i = 0; i < typed.size(); ++i) {
            const auto record = records.find(typed[i].id);
            const bool is_there = record != records.end() &&
                                  record->second.contains(typed[i].field) &&
                                  record->second.at(typed[i].field) == typed[i].value;
            if (!is_there) forgotten_.emplace(name, i);
        }
    }
    hub_went_back_ = true;
    ++outcome_.met["hub restored"];
    ++outcome_.faults;
    note("restore the hub");
}

/// Tries everything in quarantine again but what a restore holds: that has answers of its own.
void Simulation::retry_quarantined() {
    std::vector<std::uint64_t> ids;
    for (const QuarantineItem& item : world_->store().quarantine()) {
        if (!is_of_a_restore(item)) ids.push_back(item.id);
    }
    if (!ids.empty()) static_cast<void>(world_->engine().retry_quarantined(ids));
}

/// Says what counts after a restore, of each hold or of one. False when none is open.
bool Simulation::answer_holds(bool all) {
    std::vector<QuarantineItem> items = world_->store().quarantine();
    std::erase_if(items, [](const QuarantineItem& item) {
        return !is_of_a_restore(item) || item.retry_requested;
    });
    for (const QuarantineItem& item : items) {
        const bool is_of_hub = sync::hold_of(item) == sync::Hold::RestoredHub;
        const std::string about = is_of_hub ? "hub" : "system";
        if (random_.one_in(2)) {
            approve();
            ++outcome_.met["operator: approved after a restored " + about];
            return true;  // that answers all of them
        }
        const std::vector<std::uint64_t> ids{item.id};
        const auto done = world_->engine().retry_quarantined(ids);
        if (!done) violate("a hold cannot be answered: " + done.error().detail);
        note("answer the hold of " + item.system.text());
        ++outcome_.met["operator: released a restored " + about];
        if (!all) return true;
    }
    return !items.empty();
}

/// A plan is made and applied; in a world without files, where none can be made, the pass that
/// applying it would be.
void Simulation::approve() {
    if (restores_.of_hub) {
        const Plan plan = world_->plan();
        Asked unanswered = asked_of_held();
        for (const QuarantineItem& item : world_->store().quarantine()) {
            if (is_of_a_restore(item) && item.retry_requested) unanswered.erase(item.system.text());
        }
        const auto applied = world_->engine().apply(plan);
        const Asked now = asked_of_held();
        if (!applied &&
            !std::includes(now.begin(), now.end(), unanswered.begin(), unanswered.end()))
            violate("a plan that was not applied ended a hold, or wrote");
        note(
            applied ? "apply a plan " + std::to_string(applied->changes())
                    : "a plan is stale: " + applied.error().detail
        );
    } else {
        sync::PassOptions options;
        options.believe_missing = true;
        note("approve " + std::to_string(world_->engine().pass(options).changes()));
    }
    note_progress();
}

/// What each system was asked to write that a restore holds.
Simulation::Asked Simulation::asked_of_held() {
    Asked asked;
    for (const QuarantineItem& item : world_->store().quarantine()) {
        if (is_of_a_restore(item))
            asked[item.system.text()] = (*world_)[item.system.text()].asked().size();
    }
    return asked;
}

/// Between two moments at which a system was held, nothing was written to it.
void Simulation::check_held(const Asked& before) {
    const Asked now = asked_of_held();
    for (const auto& [system, count] : before) {
        const auto after = now.find(system);
        if (after != now.end() && after->second != count)
            violate(system + " was written to before a person answered after a restore");
    }
}

}  // namespace syncline::testing
