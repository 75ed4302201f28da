// Every I/O operation and every allocation of each core operation fails, once or from then on: it
// is said as a Fault, nothing half-done remains, and the hub goes on when the fault is gone.

#include "base/fault.hpp"
#include "storage/allocations.hpp"
#include "storage/storage_hub.hpp"
#include "support/fault_vfs.hpp"
#include "vault/sqlite.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace syncline::testing {
namespace {

using From = CoreOperation::From;
using Failure = FaultVfs::Failure;
using Lasting = FaultVfs::Lasting;
constexpr std::uint64_t kSeed = 7;
constexpr std::uint64_t kOtherSeed = 8;  ///< of what the disks do not hold yet

/// The disks that operations begin with, made once.
const DiskImage& disk_of(From from) {
    static const std::map<From, DiskImage> disks = [] {
        std::map<From, DiskImage> made;
        const auto folder = scratch_folder("disks");
        write_image(folder, {});
        seed_randomness(kSeed);
        StorageHub hub(folder, kSeed);
        made[From::Nothing] = read_image(folder);
        hub.initialise();
        {  // with a block of keys, whose minting has a sweep of its own
            auto vault = vault::Vault::open(folder / "data", hub.root_key(), "hub", hub.clock);
            vault.value().take_data_key();
        }
        made[From::Keys] = read_image(folder);
        hub.open();
        core_operation("NewRecords").run(hub);
        core_operation("NewRecords").run(hub);
        core_operation("QuarantineAndRelease").run(hub);
        hub.close();
        made[From::Hub] = read_image(folder);
        {
            vault::sqlite::Database keys(
                folder / "data" / "keys.db", vault::sqlite::OpenMode::ReadWrite
            );
            keys.execute("UPDATE dek SET state = 1");
        }
        made[From::HubWithoutKeys] = read_image(folder);
        write_image(folder, made[From::Hub]);
        hub.open();
        core_operation("Attempts").run(hub);
        core_operation("Journal").run(hub);
        made[From::CrashedHub] = read_image(folder);
        made[From::CrashedHub].erase("data/hub.db-shm");
        hub.close();
        std::filesystem::remove_all(folder);
        return made;
    }();
    return disks.at(from);
}

/// What breaks: armed before the operation, mended behind it.
struct Trouble {
    std::string name;
    std::function<void(std::uint64_t at)> arm;  ///< at 0: only counts
    /// Ends it, and tells how many places there were until now.
    std::function<std::uint64_t()> mend;
    std::uint64_t most = UINT64_MAX;  ///< places to break at
    bool is_of_files = true;  ///< else files are left alone: their own bookkeeping needs memory
};

/// The short run breaks at so many places of each kind, evenly spread: at every I/O operation of
/// most operations, at some of the hundreds with which keys are minted and claimed, and at some of
/// the thousands of allocations. The long one breaks at every place.
constexpr std::uint64_t kFilePlaces = 40;
constexpr std::uint64_t kMemoryPlaces = 8;

std::uint64_t places_of(std::uint64_t in_short_run) {
    return std::getenv("SYNCLINE_EVERY_PLACE") != nullptr ? UINT64_MAX : in_short_run;
}

Trouble io_trouble(const std::string& name, Failure failure, Lasting lasting) {
    FaultVfs& vfs = FaultVfs::get();
    return {
        name,
        [&vfs, failure, lasting](std::uint64_t at) {
            vfs.count_anew();
            if (at > 0) vfs.fail(at, failure, lasting);
        },
        [&vfs, failure] {
            vfs.mend();
            return vfs.operations(failure);
        },
        places_of(kFilePlaces)};
}

Trouble memory_trouble(const std::string& name, Allocator of) {
    return {
        name,
        [of](std::uint64_t at) { fail_allocation(of, at); },
        stop_failing_allocations,
        places_of(kMemoryPlaces),
        /*is_of_files=*/false};
}

std::vector<Trouble> troubles() {
    return {
        io_trouble("ErrorOnce", Failure::Error, Lasting::Once),
        io_trouble("ErrorForEver", Failure::Error, Lasting::ForEver),
        io_trouble("FullOnce", Failure::Full, Lasting::Once),
        io_trouble("FullForEver", Failure::Full, Lasting::ForEver),
        io_trouble("ShortWriteOnce", Failure::ShortWrite, Lasting::Once),
        io_trouble("ShortWriteForEver", Failure::ShortWrite, Lasting::ForEver),
        memory_trouble("MemoryOfSqlite", Allocator::Sqlite),
        memory_trouble("MemoryOfNew", Allocator::New)};
}

/// Breaks one operation at one place after another.
class Sweep {
public:
    Sweep(const CoreOperation& operation, Trouble trouble)
        : operation_(operation),
          trouble_(std::move(trouble)),
          folder_(scratch_folder("sweep")),
          has_hub_(operation.from != From::Nothing && operation.from != From::Keys) {}
    ~Sweep() {
        FaultVfs::get().ignore();
        std::filesystem::remove_all(folder_);
    }

    /// Returns how many places were broken.
    std::uint64_t run();

private:
    enum class Ended { Well, WithFault };

    void begin(StorageHub& hub);
    Ended attempt(StorageHub& hub, std::uint64_t at, std::uint64_t& places);
    void break_at(std::uint64_t at);
    void expect_whole(const std::string& rows, Ended ended, const std::string& when);
    static void expect_to_be_usable(StorageHub& hub);
    void expect_to_go_on(Ended ended);

    const CoreOperation& operation_;
    Trouble trouble_;
    std::filesystem::path folder_;
    bool has_hub_;
    std::vector<std::string> steps_;  ///< what hub.db may hold: before it, and behind each commit
};

void Sweep::begin(StorageHub& hub) {
    write_image(folder_, disk_of(operation_.from));
    if (trouble_.is_of_files) FaultVfs::get().watch(folder_);
    seed_randomness(kOtherSeed);
    if (operation_.opens_first) hub.open();
    if (operation_.from == From::Hub && operation_.takes_keys)
        hub.vault().take_data_key();  // claims some for what is stored next
}

/// A Fault and bad_alloc are what an operation may throw; anything else is a finding.
Sweep::Ended Sweep::attempt(StorageHub& hub, std::uint64_t at, std::uint64_t& places) {
    trouble_.arm(at);
    Ended ended = Ended::Well;
    try {
        operation_.run(hub);
    } catch (const Fault&) {
        ended = Ended::WithFault;
    } catch (const std::bad_alloc&) {
        ended = Ended::WithFault;
    } catch (const std::exception& other) {
        trouble_.mend();
        ended = Ended::WithFault;
        ADD_FAILURE() << "neither Fault nor bad_alloc: " << other.what();
    }
    places = trouble_.mend();
    return ended;
}

void Sweep::expect_whole(const std::string& rows, Ended ended, const std::string& when) {
    if (ended == Ended::Well)
        EXPECT_EQ(rows, steps_.back()) << when;
    else
        EXPECT_TRUE(std::find(steps_.begin(), steps_.end(), rows) != steps_.end())
            << when << ", half of it is there:\n"
            << rows;
}

/// No transaction was left open: one that changes nothing can be committed.
void Sweep::expect_to_be_usable(StorageHub& hub) {
    store::CommitBatch batch;
    batch.work_done.push_back(hub.new_id<CustomerId>());
    EXPECT_NO_THROW(hub.store().commit(batch)) << "in the same process";
}

/// The hub is started again without the fault.
void Sweep::expect_to_go_on(Ended ended) {
    StorageHub again(folder_, kOtherSeed + 1);
    if (operation_.from == From::Nothing && ended == Ended::WithFault) {
        // Where nothing can be removed any more a person does it, as the message asks.
        if (trouble_.name.ends_with("ForEver")) write_image(folder_, {});
        again.initialise();
    }
    again.open();
    if (has_hub_) expect_whole(rows_of(folder_), ended, "started again");
    for (const std::string& violation : violations_of(again))
        ADD_FAILURE() << violation;
    if (operation_.takes_keys) {
        EXPECT_FALSE(gives_a_used_key(again));
    }
    core_operation("Positions").run(again);
}

void Sweep::break_at(std::uint64_t at) {
    Ended ended = Ended::Well;
    {
        StorageHub hub(folder_, kOtherSeed);
        begin(hub);
        std::uint64_t places = 0;
        ended = attempt(hub, at, places);
        if (has_hub_ && hub.is_open()) {
            expect_whole(rows_of(folder_), ended, "in the same process");
            expect_to_be_usable(hub);
        }
    }
    FaultVfs::get().ignore();
    try {
        expect_to_go_on(ended);
    } catch (const std::exception& failure) {
        ADD_FAILURE() << "it does not go on: " << failure.what();
    }
}

std::uint64_t Sweep::run() {
    std::uint64_t places = 0;
    {
        StorageHub hub(folder_, kOtherSeed);
        begin(hub);
        if (has_hub_) steps_.push_back(rows_of(folder_));
        if (has_hub_) hub.acknowledged = [&] { steps_.push_back(rows_of(folder_)); };
        operation_.run(hub);
    }
    {
        StorageHub hub(folder_, kOtherSeed);
        begin(hub);
        attempt(hub, 0, places);
    }
    std::uint64_t broken = 0;
    const std::uint64_t most =
        operation_.from == From::HubWithoutKeys ? trouble_.most / 4 : trouble_.most;
    const std::uint64_t stride = places / most + 1;
    for (std::uint64_t at = 1; at <= places; at += stride, ++broken) {
        SCOPED_TRACE(
            std::string(operation_.name) + ", " + trouble_.name + ", place " + std::to_string(at) +
            " of " + std::to_string(places)
        );
        break_at(at);
        if (::testing::Test::HasFailure()) break;
    }
    return broken;
}

class Faults : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Faults, AtEveryPlaceLeaveNothingHalfDone) {
    const CoreOperation& operation = core_operations().at(GetParam());
    std::uint64_t broken = 0;
    for (const Trouble& trouble : troubles())
        broken += Sweep(operation, trouble).run();
    EXPECT_GT(broken, 0U);
    RecordProperty("places", static_cast<int>(broken));
}

// SQLite hands out a column in memory that it may not get; that is no empty column.
TEST(Allocations, AColumnWithoutMemoryIsNotEmpty) {
    vault::sqlite::Database database;
    vault::sqlite::Query rows(database.prepared("SELECT 20260301"));
    ASSERT_TRUE(rows.step());
    fail_allocation(Allocator::Sqlite, 1);
    EXPECT_THROW(rows.text(), Fault);
    EXPECT_GT(stop_failing_allocations(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Storage,
    Faults,
    ::testing::Range(std::size_t{0}, core_operations().size() - 1),
    [](const auto& tested) { return std::string(core_operations().at(tested.param).name); }
);

}  // namespace
}  // namespace syncline::testing
