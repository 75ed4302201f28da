// A system went back, and a person said that what it holds counts: what was overruled before, and
// stands there still, does so too.

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

/// What stands after `books` shows again what it was seen to hold, and that it was overruled.
std::string after_it_counts(bool hub_wrote_it) {
    Bench bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("books", kPhone, kTwo, kForeign).shadow->is_ours = hub_wrote_it;
    sync::AbsorbOptions options;
    options.earlier = sync::Earlier::Take;
    bench.absorb(bench.reading("books", bench.raw(kPhone, kTwo)), options);
    return bench.standing_text(kPhone);
}

TEST(TakenAsItIs, WhatPeopleSaidThereCountsAfterAll) {
    EXPECT_EQ(after_it_counts(false), kTwo + " new books");
}

/// A record that the hub made for a customer who was merged into another one since.
TEST(TakenAsItIs, WhatTheHubWroteThereNobodySaid) {
    EXPECT_EQ(after_it_counts(true), kOne + " 2 erp");
}

}  // namespace
}  // namespace syncline::testing
