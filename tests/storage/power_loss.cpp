#include "storage/power_loss.hpp"

#include "base/fault.hpp"
#include "storage/storage_hub.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>

namespace syncline::testing {
namespace {

constexpr std::uint64_t kPointsOfALife = 250;
constexpr std::uint64_t kLivesOfAHub = 3;
constexpr int kPagesUntilCheckpoint = 40;  ///< so that a short life sees the WAL begin anew
constexpr std::size_t kMostFindings = 12;

/// For every connection from now on.
int checkpoint_early(sqlite3* database, const char**, const void*) {
    return sqlite3_wal_autocheckpoint(database, kPagesUntilCheckpoint);
}

/// What the hub held when it said that something is durable.
struct Acknowledged {
    std::size_t events;  ///< of the trace, then
    std::string rows;    ///< "" before there is a hub.db
};

/// One hub from its start until its power is lost.
struct Life {
    DiskTrace trace;
    std::vector<Acknowledged> states;
    bool begins_with_keys = false;
};

const std::vector<const char*>& plan_of_life() {
    static const std::vector<const char*> names{
        "NewRecords",
        "Attempts",
        "Settle",
        "Positions",
        "Journal",
        "StatusBeside",
        "NewRecords",
        "Attempts",
        "UseUpKeys",
        "QuarantineAndRelease",
        "Settle",
        "Journal",
        "PlanOverOverlay",
        "StopAndStart",
        "MergeMany",
        "NewRecords",
        "Journal",
        "Attempts",
        "Positions"};
    return names;
}

Life live(const std::filesystem::path& folder, std::uint64_t seed) {
    FaultVfs& vfs = FaultVfs::get();
    Life life;
    life.begins_with_keys = std::filesystem::exists(folder / "root" / "root.key");
    seed_randomness(seed);
    vfs.watch(folder);
    StorageHub hub(folder, seed);
    hub.acknowledged = [&] {
        const bool has_rows = hub.is_open();
        life.states.push_back({vfs.trace().events().size(), has_rows ? rows_of(folder) : ""});
    };
    if (!life.begins_with_keys) hub.initialise();
    hub.open();
    for (const char* name : plan_of_life()) {
        hub.clock.advance(std::chrono::seconds{1});
        core_operation(name).run(hub);
    }
    life.trace = vfs.trace();
    vfs.ignore();
    hub.close();
    return life;
}

/// Cuts the power of one life at one point after another.
class Cuts {
public:
    Cuts(const Life& life, std::filesystem::path folder, PowerLossOutcome& outcome)
        : life_(life), folder_(std::move(folder)), outcome_(outcome) {}

    /// Returns the disk as the cut left it.
    DiskImage cut(std::size_t events, std::uint64_t seed);
    bool went_well() const noexcept { return went_well_; }
    bool has_records() const noexcept { return has_records_; }

private:
    void check(std::size_t events, StorageHub& hub);
    void expect_acknowledged(std::size_t events);
    void find(std::uint64_t PowerLossOutcome::*kind, const std::string& what);

    const Life& life_;
    std::filesystem::path folder_;
    PowerLossOutcome& outcome_;
    std::string where_;
    bool went_well_ = true;
    bool has_records_ = false;
};

void Cuts::find(std::uint64_t PowerLossOutcome::*kind, const std::string& what) {
    if (std::exchange(went_well_, false)) ++(outcome_.*kind);
    if (outcome_.findings.size() < kMostFindings) outcome_.findings.push_back(where_ + what);
}

DiskImage Cuts::cut(std::size_t events, std::uint64_t seed) {
    went_well_ = true;
    where_ = "cut at " + std::to_string(events) + " of " +
             std::to_string(life_.trace.events().size()) + ", weather " + std::to_string(seed) +
             ": ";
    const DiskImage left = life_.trace.after_power_cut(events, seed);
    write_image(folder_, left);
    ++outcome_.points;
    StorageHub hub(folder_, seed);
    try {
        check(events, hub);
    } catch (const std::exception& failure) {
        find(&PowerLossOutcome::damaged, failure.what());
    }
    return left;
}

void Cuts::check(std::size_t events, StorageHub& hub) {
    const auto first_later =
        std::find_if(life_.states.begin(), life_.states.end(), [&](const Acknowledged& state) {
            return state.events > events;
        });
    const auto acknowledged = first_later - life_.states.begin();
    outcome_.acknowledged += static_cast<std::uint64_t>(acknowledged);
    has_records_ = acknowledged > 3;
    try {
        hub.open();
    } catch (const Refused& refused) {
        // `init` had not come to its end: nothing is stored under these keys.
        if (!life_.begins_with_keys && acknowledged == 0) return;
        find(&PowerLossOutcome::lost, refused.what());
        return;
    }
    // Opening migrates and numbers, so the first state with rows stands for all before it.
    const std::string rows = rows_of(folder_);
    auto allowed = first_later == life_.states.begin() ? first_later : first_later - 1;
    while (allowed->rows.empty())
        ++allowed;
    const bool is_last = rows == allowed->rows;
    const bool is_next = first_later != life_.states.end() && rows == first_later->rows;
    if (!is_last && !is_next)
        find(&PowerLossOutcome::lost, "neither the last acknowledged state nor the next\n" + rows);
    for (const std::string& violation : violations_of(hub))
        find(&PowerLossOutcome::damaged, violation);
    if (gives_a_used_key(hub)) find(&PowerLossOutcome::damaged, "a data key was given out twice");
    core_operation("NewRecords").run(hub);
}

/// Anywhere in the work for one commit, each commit as likely as another: the minting of a block of
/// keys writes more than all others together.
std::size_t draw_cut(const Life& life, SeededRandom& random) {
    const std::size_t step = random.below(life.states.size() + 1);
    const std::size_t from = step == 0 ? 0 : life.states[step - 1].events;
    const std::size_t to =
        step == life.states.size() ? life.trace.events().size() : life.states[step].events;
    return from + random.below(to - from + 1);
}

}  // namespace

PowerLossOutcome lose_power(
    std::uint64_t seed, std::uint64_t points, FaultVfs::Synchronous synchronous
) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(checkpoint_early));
    FaultVfs::get().weaken(synchronous);
    PowerLossOutcome outcome;
    SeededRandom random(seed);
    const auto folder = scratch_folder("life-" + std::to_string(seed));
    const auto cut_folder = scratch_folder("cut-" + std::to_string(seed));
    DiskImage begin;
    for (std::uint64_t lived = 0; outcome.points < points; ++lived) {
        if (lived % kLivesOfAHub == 0) begin.clear();
        write_image(folder, begin);
        const Life life = live(folder, random.next());
        outcome.operations += life.trace.events().size();
        Cuts cuts(life, cut_folder, outcome);
        for (std::uint64_t i = 0; i < kPointsOfALife && outcome.points < points; ++i) {
            const std::size_t events = draw_cut(life, random);
            DiskImage left = cuts.cut(events, random.next());
            if (cuts.went_well() && cuts.has_records()) begin = std::move(left);
        }
    }
    FaultVfs::get().weaken(FaultVfs::Synchronous::AsAsked);
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(checkpoint_early));
    std::filesystem::remove_all(folder);
    std::filesystem::remove_all(cut_folder);
    return outcome;
}

}  // namespace syncline::testing
