// The clock of the hub's machine is put years ahead or back, and is corrected, or was right.

#include "support/stand_in.hpp"
#include "support/world.hpp"
#include "sync/run/clock_watch.hpp"
#include "sync/run/holds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr days kTwoYears{731};

const std::map<std::string, std::string> kAcme{
    {"name", "Acme"},
    {"email", "info@acme.be"},
    {"phone", "+3225550101"},
    {"city", "Gent"},
    {"vat", "BE0403019261"}};

/// Two systems that know Acme, settled.
class ClockJump : public ::testing::Test {
protected:
    ClockJump() : world({member("erp"), member("books")}, {}, Memory::OnDisk) {
        erp = world["erp"].add(kAcme);
        books = world["books"].add(kAcme);
        world.settle();
        begun = world.clock.now();
    }
    void put_clock(std::chrono::milliseconds by) { world.clock.set(world.clock.now() + by); }
    /// The clock jumps when this is next asked of books, after the world is settled.
    void await_jump_at(const std::string& call) {
        stand_in = std::make_unique<StandIn>(world["books"]);
        world.stand_ins["books"] = stand_in.get();
        world.restart();
        world.settle();
        stand_in->before = [this, call](const std::string& asked) {
            if (asked == call && !std::exchange(has_jumped, true)) put_clock(kTwoYears);
            return std::optional<Error>();
        };
    }
    std::vector<std::uint64_t> held() {
        std::vector<std::uint64_t> ids;
        for (const QuarantineItem& item : sync::holds(world.store())) {
            if (sync::hold_of(item) == sync::Hold::Clock) ids.push_back(item.id);
        }
        return ids;
    }
    void expect_still() {
        const std::size_t calls = world["erp"].calls() + world["books"].calls();
        const sync::PassReport report = world.pass();
        ASSERT_EQ(report.systems.size(), 2U);
        for (const sync::SystemReport& system : report.systems) {
            ASSERT_TRUE(system.error);
            EXPECT_EQ(system.error->code, ErrorCode::ClockImplausible);
            EXPECT_GT(system.next_in.count(), 0);
        }
        EXPECT_EQ(world["erp"].calls() + world["books"].calls(), calls);
        EXPECT_EQ(held().size(), 1U);
    }
    void expect_going_on(const std::string& city) {
        world["erp"].edit(erp, "city", city);
        world.settle();
        EXPECT_TRUE(held().empty());
        EXPECT_EQ(world["books"].record(books).at("city"), city);
    }
    /// When the newest value was made.
    Timestamp newest() {
        Timestamp at{};
        for (const auto& [field, state] : world.customer_of("erp", erp).customer.fields)
            at = std::max(at, from_unix_ms(state.version.unix_ms()));
        return at;
    }

    std::unique_ptr<StandIn> stand_in;  ///< the world may go by it to its end
    bool has_jumped = false;
    World world;
    RemoteId erp, books;
    Timestamp begun;
};

TEST_F(ClockJump, NothingIsReadOrWrittenUntilItIsCorrected) {
    put_clock(kTwoYears);
    world["erp"].edit(erp, "city", "Brugge");
    expect_still();
    world.clock.advance(hours{30});
    expect_still();
    EXPECT_EQ(world["books"].record(books).at("city"), "Gent");
    const QuarantineItem item = world.store().quarantine().at(0);
    EXPECT_NE(item.reason.find("where it had to say"), std::string::npos) << item.reason;
    put_clock(-kTwoYears);
    expect_going_on("Aalst");
    EXPECT_LT(newest(), begun + days{3}) << "no version was made by the time that never was";
}

TEST_F(ClockJump, BackwardsToo) {
    put_clock(-kTwoYears);
    expect_still();
    put_clock(kTwoYears);
    expect_going_on("Brugge");
}

TEST_F(ClockJump, AWriteWithoutAnAnswerIsNotGivenUp) {
    world["books"].faults().write_lingers = 1;
    world["erp"].edit(erp, "city", "Brugge");
    world.pass();
    ASSERT_EQ(world["books"].asked().size(), 1U);
    put_clock(kTwoYears);
    expect_still();
    expect_still();
    put_clock(-kTwoYears);
    world["books"].let_lingering_writes_land();
    world.settle();
    EXPECT_EQ(world["books"].asked().size(), 1U) << "it was still awaited, and found";
    EXPECT_EQ(world["books"].record(books).at("city"), "Brugge");
}

TEST_F(ClockJump, WhoSaysThatTheClockIsRightIsBelieved) {
    put_clock(kTwoYears);
    expect_still();
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    expect_going_on("Brugge");
    EXPECT_GT(newest(), begun + kTwoYears - hours{1});
    world.restart();
    expect_going_on("Aalst");
}

TEST_F(ClockJump, ANewStartDoesNotMakeTheClockRight) {
    put_clock(kTwoYears);
    expect_still();
    world.reopen();
    expect_still();
    world.reopen();
    put_clock(-kTwoYears);
    expect_going_on("Brugge");
}

TEST_F(ClockJump, AHubThatStartsBeforeItsLastCommitStandsStill) {
    world.reopen();
    put_clock(-kTwoYears);
    expect_still();
    put_clock(kTwoYears);
    expect_going_on("Brugge");
}

TEST_F(ClockJump, AClockThatWasYearsAheadAllTheTimeIsBelievedOnceItIsSaidToBeRight) {
    world.reopen();
    put_clock(kTwoYears);  // nobody can tell that from a long absence
    expect_going_on("Brugge");
    put_clock(-kTwoYears);
    expect_still();
    ASSERT_TRUE(world.engine().retry_quarantined(held()));
    expect_going_on("Aalst");
    world.reopen();
    expect_going_on("Oostende");
    EXPECT_GT(newest(), begun + kTwoYears - hours{1}) << "versions keep their order";
}

TEST_F(ClockJump, AHubThatWasOffForYearsGoesOn) {
    world.reopen();
    world.clock.advance(kTwoYears);
    expect_going_on("Brugge");
}

TEST_F(ClockJump, NeitherALongWaitNorAMistakeOfTheTimeZoneStopsTheHub) {
    world.clock.advance(days{40});  // asleep, with its machine
    expect_going_on("Brugge");
    for (const int by : {14, -26, 12}) {
        put_clock(hours{by});
        expect_going_on("City " + std::to_string(by + 30));
    }
}

TEST_F(ClockJump, NobodyDecidesByATimeThatNeverWas) {
    const CustomerId customer = world.customer_of("erp", erp).customer.id;
    const auto restore = [&] {
        return world.engine().restore(
            customer, {{world.id("phones.main.number"), FieldValue::of("+3225550122")}}, "ann"
        );
    };
    put_clock(kTwoYears);
    const auto refused = restore();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::ClockImplausible);
    put_clock(-kTwoYears);
    EXPECT_TRUE(restore());
}

TEST_F(ClockJump, AnEditReadInThePassInWhichItHappensIsNotOfTheFuture) {
    await_jump_at("read");
    world["books"].edit(books, "city", "Brugge");
    world.pass();
    ASSERT_TRUE(has_jumped);
    const auto journal = world.journal(world.customer_of("erp", erp), "addresses.billing");
    EXPECT_EQ(world.canonical("erp", erp, "addresses.billing.city"), "Brugge");
    EXPECT_LT(journal.back().interval.latest, begun + hours{1});
}

TEST_F(ClockJump, APassInWhichItHappensKeepsTheTimeThatWas) {
    await_jump_at("write");
    world["erp"].edit(erp, "city", "Brugge");
    world.pass();
    ASSERT_TRUE(has_jumped);
    EXPECT_LT(world.store().committed_at(), begun + hours{1});
    expect_still();
    put_clock(-kTwoYears);
    world.restart();
    expect_going_on("Aalst");
}

}  // namespace
}  // namespace syncline::testing
