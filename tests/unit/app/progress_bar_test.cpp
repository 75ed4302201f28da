#include "app/progress_bar.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::app {
namespace {

using sync::Stage;
using namespace std::chrono_literals;

TEST(ProgressBar, TellsRateAndWhatIsLeft) {
    const Stage stage{Stage::Doing::Writing, SystemId{"erp"}, 3'000, 12'000};
    EXPECT_EQ(
        bar_text(stage, 10s, 80),
        "writing erp  [######------------------]  3000 of 12000, 300/s, 30 s left"
    );
    EXPECT_EQ(
        bar_text({Stage::Doing::Associating, {}, 12'000, 12'000}, 4s, 80),
        "associating  [########################]  12000 of 12000, 3000/s"
    );
    EXPECT_EQ(
        bar_text({Stage::Doing::Writing, SystemId{"erp"}, 10, 72'010}, 1s, 200),
        "writing erp  [------------------------]  10 of 72010, 10/s, 2 h 0 min left"
    );
    EXPECT_EQ(
        bar_text({Stage::Doing::Writing, SystemId{"erp"}, 10, 1'000}, 1s, 200),
        "writing erp  [------------------------]  10 of 1000, 10/s, 1 min left"
    );
}

TEST(ProgressBar, WithoutATotalTellsTheRateAlone) {
    EXPECT_EQ(
        bar_text({Stage::Doing::Reading, SystemId{"erp"}, 12'300, 0}, 10s, 80),
        "reading erp: 12300, 1230/s"
    );
}

TEST(ProgressBar, NothingIsKnownAtTheBeginning) {
    EXPECT_EQ(
        bar_text({Stage::Doing::Writing, SystemId{"erp"}, 0, 5}, 0s, 80),
        "writing erp  [------------------------]  0 of 5"
    );
}

TEST(ProgressBar, StaysWithinTheLine) {
    const Stage stage{Stage::Doing::Writing, SystemId{"erp"}, 3'000, 12'000};
    EXPECT_EQ(bar_text(stage, 10s, 48), "writing erp: 3000 of 12000, 300/s, 30 s left");
    EXPECT_EQ(bar_text(stage, 10s, 10), "writing er");
}

}  // namespace
}  // namespace syncline::app
