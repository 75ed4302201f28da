// Whole lifetimes of a hub, drawn from seeds. `./dev simulate` runs more of them, and one with its
// trace.

#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

namespace syncline::testing {
namespace {

/// One test a block of seeds, so that blocks run side by side.
class Seeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, BreakNoInvariant) {
    constexpr std::uint64_t kSeeds = 75;
    std::uint64_t faults = 0;
    for (std::uint64_t seed = GetParam(); seed < GetParam() + kSeeds; ++seed) {
        const SimulationOutcome outcome = Simulation(seed).run();
        faults += outcome.faults;
        for (const std::string& violation : outcome.violations)
            ADD_FAILURE() << violation << "\n./dev simulate --first-seed " << seed
                          << " --seeds 1 --trace";
    }
    EXPECT_GT(faults, kSeeds) << "a simulation without faults proves little";
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
