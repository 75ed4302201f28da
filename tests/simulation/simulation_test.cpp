// Whole lifetimes of a hub, drawn from seeds. `./dev simulate` runs more of them, and one with its
// trace.

#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

/// What a block of seeds has to meet, or it proves less than it seems to: the lines of `absorb`
/// (14 is of sets, which no field is), and what can go wrong with a write.
const std::vector<std::string> kToBeMet{
    "absorb line 1",
    "absorb line 2",
    "absorb line 3",
    "absorb line 4",
    "absorb line 6",
    "absorb line 7",
    "absorb line 8",
    "absorb line 9",
    "absorb line 10",
    "absorb line 11",
    "absorb line 12",
    "absorb line 13",
    "absorb line 15",
    "update never arrived",
    "update applied, answer lost",
    "update not sent",
    "update refused",
    "update ignored",
    "update after an edit",
    "update on its way for long",
    "update landed late",
    "create never arrived",
    "create applied, answer lost",
    "create not sent",
    "create refused",
    "create on its way for long",
    "create landed late",
    "delete carried out",
    "operator: merge",
    "operator: unmerge",
    "operator: unlink",
    "operator: delete",
    "operator: undelete",
    "operator: undo",
    "operator: undo again",
    "undo: taken back",
    "undo: left what was changed since",
    "undo: not done yet",
    "undo: the hub died",
    "merge and back",
    "system restored",
    "hub restored",
    "operator: approved after a restored system",
    "operator: released a restored system",
    "operator: approved after a restored hub",
    "operator: released a restored hub"};

/// One test a block of seeds, so that blocks run side by side.
class Seeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, BreakNoInvariant) {
    constexpr std::uint64_t kSeeds = 75;
    std::uint64_t faults = 0;
    std::map<std::string, std::uint64_t> met;
    for (std::uint64_t seed = GetParam(); seed < GetParam() + kSeeds; ++seed) {
        const SimulationOutcome outcome = Simulation(seed).run();
        faults += outcome.faults;
        for (const auto& [what, count] : outcome.met)
            met[what] += count;
        for (const std::string& violation : outcome.violations)
            ADD_FAILURE() << violation << "\n./dev simulate --first-seed " << seed
                          << " --seeds 1 --trace";
    }
    EXPECT_GT(faults, kSeeds) << "a simulation without faults proves little";
    for (const std::string& what : kToBeMet)
        EXPECT_GT(met[what], 0U) << what << " never happened";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Seeds, ::testing::Values(1, 76, 151, 226));

TEST(Simulation, OneSeedGivesOneTrace) {
    for (const std::uint64_t seed : {1U, 7U, 23U}) {
        const SimulationOutcome first = Simulation(seed).run();
        EXPECT_EQ(Simulation(seed).run().trace_hash, first.trace_hash) << seed;
        EXPECT_NE(Simulation(seed + 1).run().trace_hash, first.trace_hash) << seed;
    }
}

}  // namespace
}  // namespace syncline::testing
