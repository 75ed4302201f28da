// Power is lost at any moment, and the disk shows any mixture of what was not synced.

#include "storage/power_loss.hpp"

#include <gtest/gtest.h>

namespace syncline::testing {
namespace {

/// One test a block, so that blocks run side by side.
class PowerLoss : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(PowerLoss, LosesNothingThatWasAcknowledged) {
    constexpr std::uint64_t kPoints = 1'250;
    const PowerLossOutcome outcome = lose_power(GetParam(), kPoints);
    EXPECT_EQ(outcome.points, kPoints);
    EXPECT_GT(outcome.acknowledged, kPoints) << "cuts before anything is stored prove little";
    for (const std::string& finding : outcome.findings)
        ADD_FAILURE() << finding << "\n./dev storage-faults --first-seed " << GetParam()
                      << " --points " << kPoints;
}

INSTANTIATE_TEST_SUITE_P(Storage, PowerLoss, ::testing::Values(1, 2, 3, 4));

// The same hub with weaker promises of its databases: a suite that finds nothing there proves
// nothing above.
class WeakerThanFull : public ::testing::TestWithParam<FaultVfs::Synchronous> {};

TEST_P(WeakerThanFull, LosesAcknowledgedCommits) {
    const PowerLossOutcome outcome = lose_power(1, 300, GetParam());
    EXPECT_GT(outcome.lost + outcome.damaged, 0U);
    RecordProperty("points", static_cast<int>(outcome.points));
    RecordProperty("lost", static_cast<int>(outcome.lost));
    RecordProperty("damaged", static_cast<int>(outcome.damaged));
}

INSTANTIATE_TEST_SUITE_P(
    Storage,
    WeakerThanFull,
    ::testing::Values(
        FaultVfs::Synchronous::NoExtra, FaultVfs::Synchronous::Normal, FaultVfs::Synchronous::Off
    )
);

}  // namespace
}  // namespace syncline::testing
