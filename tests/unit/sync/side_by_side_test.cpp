// Several threads at one engine: who waits for a system gives up the turn, and goes on with what is
// stored when the answer comes.

#include "support/stand_in.hpp"
#include "support/world.hpp"
#include "sync/run/system_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {
namespace {

using namespace std::chrono_literals;
using Row = std::map<std::string, std::string>;

Row customer(const std::string& name) {
    return {{"name", name}, {"email", name + "@example.org"}, {"city", "Gent"}};
}

bool comes_true(std::chrono::milliseconds patience, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

/// Lets its caller wait until the test opens it.
class Gate {
public:
    void pass() {
        std::unique_lock lock(mutex_);
        is_reached_ = true;
        changed_.notify_all();
        changed_.wait(lock, [&] { return is_open_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }
    bool is_reached() {
        const std::lock_guard lock(mutex_);
        return is_reached_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    bool is_reached_ = false;
};

/// Opens a gate at the end of a test, before the threads behind it are waited for.
class Opening {
public:
    explicit Opening(Gate& gate) : gate_(gate) {}
    ~Opening() { gate_.open(); }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

private:
    Gate& gate_;
};

/// Three systems that share an engine with several threads; all know Acme.
class SideBySide : public ::testing::Test {
protected:
    explicit SideBySide(const World::Adjust& adjust = {})
        : world({member("erp"), member("books"), member("desk")}, quick(adjust)) {
        for (const char* name : {"erp", "books", "desk"}) {
            systems[name] = std::make_unique<StandIn>(world[name]);
            world.stand_ins[name] = systems.at(name).get();
            ids[name] = world[name].add(customer("acme"));
        }
        world.settle();
        world.turn = &turn;
        world.restart();
    }
    static World::Adjust quick(const World::Adjust& adjust) {
        return [adjust](HubSetting& hub) {
            for (SystemSetting& system : hub.systems)
                system.poll = 20ms;
            if (adjust) adjust(hub);
        };
    }
    std::unique_ptr<sync::SystemThreads> started() {
        sync::SystemThreads::Parts parts;
        parts.engine = &world.engine();
        parts.turn = &turn;
        parts.clock = &world.clock;
        for (const SystemSetting& setting : world.hub().systems)
            parts.systems.push_back(setting.id);
        return std::make_unique<sync::SystemThreads>(std::move(parts));
    }
    sync::PassReport pass(const std::string& system) {
        const std::lock_guard lock(turn);
        sync::PassOptions options;
        options.systems = {SystemId{system}};
        options.scheduled = true;
        return world.engine().pass(options);
    }
    void edit(const std::string& system, const std::string& field, const std::string& value) {
        edit(system, ids.at(system), field, value);
    }
    void edit(
        const std::string& system,
        const RemoteId& id,
        const std::string& field,
        const std::string& value
    ) {
        systems.at(system)->with([&](FakeSystem& fake) { fake.edit(id, field, value); });
    }
    std::string in(const std::string& system, const std::string& field) {
        return in(system, ids.at(system), field);
    }
    std::string in(const std::string& system, const RemoteId& id, const std::string& field) {
        return systems.at(system)->with([&](FakeSystem& fake) {
            const Row& row = fake.record(id);
            const auto found = row.find(field);
            return found == row.end() ? std::string() : found->second;
        });
    }
    /// The record of another system that stands for the same customer.
    RemoteId twin(const std::string& system, const RemoteId& id, const std::string& other) {
        const sync::Aggregate aggregate = world.customer_of(system, id);
        const Link* link = aggregate.find_link(SystemId{other});
        return link == nullptr ? RemoteId{} : link->remote_id;
    }

    World world;
    std::mutex turn;
    std::map<std::string, std::unique_ptr<StandIn>> systems;
    std::map<std::string, RemoteId> ids;
};

class Hanging : public SideBySide, public ::testing::WithParamInterface<const char*> {};

TEST_P(Hanging, ASystemDelaysNoOtherAndNoCommand) {
    Gate gate;
    systems.at("desk")->before = [&](const std::string& call) -> std::optional<Error> {
        if (call == GetParam()) gate.pass();
        return std::nullopt;
    };
    const auto threads = started();
    const Opening opening(gate);
    edit("erp", "city", "Brugge");
    ASSERT_TRUE(comes_true(1s, [&] { return in("books", "city") == "Brugge"; }));
    ASSERT_TRUE(comes_true(1s, [&] { return gate.is_reached(); }));
    edit("books", "phone", "+3225550101");
    EXPECT_TRUE(comes_true(1s, [&] { return in("erp", "phone") == "+3225550101"; }));
    const auto asked = std::chrono::steady_clock::now();
    threads->between_steps([&] { EXPECT_TRUE(world.engine().pause(SystemId{"desk"}, "operator")); }
    );
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 500ms);
    threads->between_steps([&] { EXPECT_TRUE(world.engine().resume(SystemId{"desk"})); });
    threads->look_again(SystemId{"desk"});
    gate.open();
    EXPECT_TRUE(comes_true(2s, [&] {
        return in("desk", "city") == "Brugge" && in("desk", "phone") == "+3225550101";
    }));
    threads->stop();
    threads->join();
}

INSTANTIATE_TEST_SUITE_P(Calls, Hanging, ::testing::Values("discover", "read", "write"));

TEST_F(SideBySide, ASystemThatFailsIsLeftAloneAndDelaysNoOther) {
    systems.at("desk")->before = [](const std::string&) {
        return std::optional(Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "desk", "down", 1h}
        );
    };
    const auto threads = started();
    ASSERT_TRUE(comes_true(1s, [&] { return systems.at("desk")->calls > 0; }));
    const int calls = systems.at("desk")->calls;
    edit("erp", "city", "Brugge");
    EXPECT_TRUE(comes_true(1s, [&] { return in("books", "city") == "Brugge"; }));
    threads->look_again();
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(systems.at("desk")->calls, calls);
    threads->look_again(SystemId{"desk"});  // somebody mended it
    EXPECT_TRUE(comes_true(1s, [&] { return systems.at("desk")->calls > calls; }));
}

TEST_F(SideBySide, WhatCallsSystemsItselfWaitsForTheirPassesAndHoldsNoneOfThem) {
    Gate gate;
    systems.at("desk")->before = [&](const std::string& call) -> std::optional<Error> {
        if (call == "read") gate.pass();
        return std::nullopt;
    };
    const auto threads = started();
    const Opening opening(gate);
    ASSERT_TRUE(comes_true(1s, [&] { return gate.is_reached(); }));
    std::atomic<bool> done = false;
    std::thread applying([&] { EXPECT_TRUE(threads->alone({}, [&] { done = true; })); });
    edit("erp", "city", "Brugge");
    EXPECT_TRUE(comes_true(1s, [&] { return in("books", "city") == "Brugge"; }));
    EXPECT_FALSE(done);
    gate.open();
    EXPECT_TRUE(comes_true(2s, [&] { return done.load(); }));
    applying.join();
}

TEST_F(SideBySide, WhatWaitsToBeAloneIsToldWhenTheHubEnds) {
    Gate gate;
    systems.at("desk")->before = [&](const std::string&) -> std::optional<Error> {
        gate.pass();
        return std::nullopt;
    };
    const auto threads = started();
    const Opening opening(gate);
    ASSERT_TRUE(comes_true(1s, [&] { return gate.is_reached(); }));
    std::thread applying([&] { EXPECT_FALSE(threads->alone({}, [] { ADD_FAILURE(); })); });
    threads->stop();
    applying.join();
    gate.open();
    threads->join();
}

TEST_F(SideBySide, AFailureOfTheMachineEndsAllThreadsAndIsTold) {
    std::atomic<bool> fails = false;
    world.failpoint = [&](std::string_view point) {
        if (fails && point == "commit.before") throw std::runtime_error("the disk is full");
    };
    const auto threads = started();
    fails = true;
    edit("erp", "city", "Brugge");
    EXPECT_TRUE(comes_true(1s, [&] { return threads->has_failed(); }));
    EXPECT_THROW(threads->join(), std::runtime_error);
}

/// Writes go out one by one, and other things happen while one is on its way.
class Interrupted : public SideBySide {
protected:
    Interrupted() {
        systems.at("books")->max_batch = 1;
        other_erp =
            systems.at("erp")->with([](FakeSystem& fake) { return fake.add(customer("beta")); });
        for (const char* system : {"erp", "books", "desk", "erp", "books", "desk"})
            pass(system);
        other_books = twin("erp", other_erp, "books");
        EXPECT_FALSE(other_books.empty());
    }
    /// Calls `action` once, when the engine next makes this call to `books`.
    void during(const std::string& call, const std::function<void()>& action) {
        systems.at("books")->before = [this, call, action](const std::string& name) {
            if (name == call && !std::exchange(is_done, true)) action();
            return std::optional<Error>();
        };
    }

    RemoteId other_erp, other_books;
    bool is_done = false;
};

TEST_F(Interrupted, AWriteThatWasOvertakenIsNotMade) {
    edit("erp", "city", "Brugge");
    edit("erp", other_erp, "city", "Namur");
    pass("erp");
    during("write", [&] {  // both customers get another city before the second is written
        edit("erp", "city", "Leuven");
        edit("erp", other_erp, "city", "Liege");
        pass("erp");
    });
    std::set<std::string> written;
    const sync::PassReport report = pass("books");
    EXPECT_EQ(report.systems.front().updated, 1U);
    EXPECT_EQ(report.systems.front().outdated, 1U);
    EXPECT_LE(report.systems.front().next_in, 50ms);
    for (const auto& [id, fields] : world["books"].records())
        written.insert(fields.at("city"));
    EXPECT_EQ(written.count("Gent"), 1U) << "neither the old city nor the new one was written";
    pass("books");
    EXPECT_EQ(in("books", "city"), "Leuven");
    EXPECT_EQ(in("books", other_books, "city"), "Liege");
}

TEST_F(Interrupted, ACreateInDoubtIsSettledByWhatIsStoredAfterTheAnswer) {
    const RemoteId gamma =
        systems.at("erp")->with([](FakeSystem& fake) { return fake.add(customer("gamma")); });
    world["books"].faults().write_lost_after = 1;
    world["books"].faults().lookup_fails = 1;  // so that it is looked for by the next pass
    pass("erp");
    pass("books");
    for (const auto& [id, fields] : world["books"].records()) {  // its people go on with it
        if (fields.at("name") == "gamma") edit("books", id, "phone", "+3225550101");
    }
    during("lookup_created", [&] {
        edit("erp", gamma, "city", "Namur");
        pass("erp");
    });
    pass("books");
    pass("books");
    const RemoteId made = twin("erp", gamma, "books");
    ASSERT_FALSE(made.empty());
    EXPECT_EQ(in("books", made, "city"), "Namur");
    pass("erp");
    EXPECT_EQ(in("erp", gamma, "phone"), "+3225550101");
}

TEST_F(Interrupted, EachPassKeepsItsOwnRun) {
    edit("erp", "city", "Brugge");
    pass("erp");
    const std::size_t before = world.store().runs(100).size();
    during("write", [&] {
        edit("desk", "phone", "+3225550101");
        pass("desk");
    });
    pass("books");
    EXPECT_EQ(world.store().runs(100).size(), before + 2);
}

TEST_F(Interrupted, APauseTakesEffectBeforeTheNextCall) {
    edit("erp", "city", "Brugge");
    edit("erp", other_erp, "city", "Namur");
    pass("erp");
    during("write", [&] {
        const std::lock_guard lock(turn);
        EXPECT_TRUE(world.engine().pause(SystemId{"books"}, "operator"));
    });
    const sync::PassReport report = pass("books");
    EXPECT_EQ(report.systems.front().updated, 1U);
    EXPECT_EQ(report.systems.front().pending, 1U);
}

TEST(FirstReading, IsDecidedOverAllSystemsAlsoWhenOneAnswersLate) {
    World world({member("erp"), member("books"), member("desk")});
    std::mutex turn;
    StandIn desk(world["desk"]);
    world.stand_ins["desk"] = &desk;
    world.turn = &turn;
    world.restart();
    for (const char* name : {"erp", "books", "desk"})
        world[name].add(customer("acme"));
    const auto pass = [&](const char* system) {
        const std::lock_guard lock(turn);
        sync::PassOptions options;
        options.systems = {SystemId{system}};
        options.scheduled = true;
        return world.engine().pass(options);
    };
    pass("erp");
    pass("books");
    EXPECT_EQ(world.store().counts().records, 0U);
    EXPECT_EQ(pass("desk").new_records, 1U);
    EXPECT_EQ(world.store().counts().links, 3U);
}

TEST(FirstReading, DoesNotWaitForASystemThatFails) {
    World world({member("erp"), member("books")});
    StandIn books(world["books"]);
    books.before = [](const std::string&) {
        return std::optional(Error{ErrorCode::RemoteUnavailable, Remedy::Retry, "books", "down"});
    };
    world.stand_ins["books"] = &books;
    world.restart();
    world["erp"].add(customer("acme"));
    sync::PassOptions options;
    options.scheduled = true;
    options.systems = {SystemId{"books"}};
    world.engine().pass(options);
    options.systems = {SystemId{"erp"}};
    EXPECT_EQ(world.engine().pass(options).new_records, 1U);
}

/// Real threads, real time: two seconds of edits in three systems that are now and then slow, and
/// then rest.
TEST_F(SideBySide, ConvergesUnderConcurrentEdits) {
    constexpr int kCustomers = 12;
    SeededRandom random(17);
    std::map<std::string, std::vector<RemoteId>> records;
    for (int i = 0; i < kCustomers; ++i) {
        const std::string name = "customer" + std::to_string(i);
        for (auto& [system, stand_in] : systems)
            records[system].push_back(stand_in->with([&](FakeSystem& fake) {
                return fake.add(customer(name));
            }));
    }
    for (const char* system : {"erp", "books", "desk", "erp", "books", "desk"})
        pass(system);  // who is who is known before anybody edits
    for (auto& [system, stand_in] : systems) {
        stand_in->before = [calls =
                                std::make_shared<std::atomic<unsigned>>(0)](const std::string&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(++*calls % 7));
            return std::optional<Error>();
        };
    }
    const auto threads = started();
    const char* fields[] = {"city", "phone", "name"};
    const auto end = std::chrono::steady_clock::now() + 2s;
    int edits = 0;
    while (std::chrono::steady_clock::now() < end) {
        auto at = records.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random.below(records.size())));
        const std::size_t field = random.below(3);
        const std::string text = field == 1 ? "+32255501" + std::to_string(10 + edits % 90)
                                            : "Text " + std::to_string(edits);
        edit(at->first, at->second[random.below(kCustomers)], fields[field], text);
        ++edits;
        world.clock.advance(std::chrono::milliseconds(3 + random.below(5)));
        std::this_thread::sleep_for(3ms);
        if (edits % 40 == 0)
            threads->between_steps([&] {
                EXPECT_TRUE(world.engine().pause(SystemId{"desk"}, "operator"));
                EXPECT_TRUE(world.engine().resume(SystemId{"desk"}));
            });
        if (edits % 40 == 0) threads->look_again(SystemId{"desk"});
    }
    const auto are_equal = [&] {
        for (int i = 0; i < kCustomers; ++i) {
            std::set<Row> rows;
            for (auto& [system, stand_in] : systems) {
                const RemoteId& id = records.at(system)[static_cast<std::size_t>(i)];
                Row row = stand_in->with([&](FakeSystem& fake) { return fake.record(id); });
                row.erase("email");
                rows.insert(std::move(row));
            }
            if (rows.size() != 1) return false;
        }
        return true;
    };
    EXPECT_TRUE(comes_true(10s, [&] {
        world.clock.advance(1ms);
        return are_equal();
    }));
    threads->stop();
    threads->join();
    for (auto& [system, stand_in] : systems)
        EXPECT_TRUE(world[system].lost_edits().empty()) << system;
    EXPECT_GT(edits, 100);
}

}  // namespace
}  // namespace syncline::testing
