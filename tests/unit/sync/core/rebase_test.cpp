/// What `rebase` does after a canonical value was decided anew.

#include "sync/core/rebase.hpp"

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

namespace syncline::testing {
namespace {

/// A phone number that stands under version 3 and was said before.
struct Decided : Bench {
    Decided() { stands(kPhone, kTwo, 3); }
    Version after(const std::string& said_text, int said_version) {
        said("books", kPhone, said_text);
        entry("books", kPhone).contribution->version = image_of(said_version).version;
        sync::rebase(rules, aggregate, id(kPhone), {version(2), Version{}}, effects);
        return entry("books", kPhone).contribution->version;
    }
};

TEST(Rebase, WhoSaidWhatStandsUnderAnEarlierVersionSaysItUnderTheNewOne) {
    Decided bench;
    EXPECT_EQ(bench.after(kTwo, 2), Bench::version(3));
    EXPECT_TRUE(bench.effects.touched_links.contains(bench.link("books").id));
}

TEST(Rebase, WhoSaidSomethingElseDoesNot) {
    EXPECT_EQ(Decided().after(kOne, 2), Bench::version(2));
}

TEST(Rebase, WhatWasSaidUnderAnotherVersionIsNotTakenForIt) {
    EXPECT_EQ(Decided().after(kTwo, 1), Bench::version(1));
    EXPECT_EQ(Decided().after(kTwo, 0), Version{});
}

}  // namespace
}  // namespace syncline::testing
