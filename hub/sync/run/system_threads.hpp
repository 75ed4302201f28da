#pragma once

#include "sync/run/engine.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace syncline::sync {

/// Drives an engine that several threads share: each system has a thread that makes its passes
/// whenever it is due, or something changed in a system that can tell. Only one of them has the
/// turn at a time; whoever waits for a system gives it up, so a system that is slow or hangs delays
/// no other.
class SystemThreads {
public:
    struct Parts {
        Engine* engine = nullptr;
        std::mutex* turn = nullptr;  ///< the engine's
        Clock* clock = nullptr;
        std::vector<SystemId> systems;
        std::function<void(const PassReport&)> after_pass;  ///< has the turn; may be empty
    };
    /// Starts them; every system is due at once.
    explicit SystemThreads(Parts parts);
    ~SystemThreads();
    SystemThreads(const SystemThreads&) = delete;
    SystemThreads& operator=(const SystemThreads&) = delete;

    /// Does something with the engine between two steps of whatever runs.
    void between_steps(const std::function<void()>& action);
    /// Does something with the engine that calls systems itself: when none of `systems` (all, when
    /// empty) is in a pass, and none of them begins one meanwhile. False when the threads are
    /// stopped before it comes to that.
    bool alone(const std::vector<SystemId>& systems, const std::function<void()>& action);
    /// Every system is due now, unless it waits after a failure.
    void look_again();
    /// A system is due now in any case.
    void look_again(const SystemId& system);

    /// No new pass begins. Does not wait.
    void stop();
    /// Did the machine fail under a pass? Then the threads have stopped.
    bool has_failed();
    /// Waits for the passes in progress; throws what made one fail.
    void join();

private:
    using Steady = std::chrono::steady_clock;

    /// One system's place.
    struct Seat {
        SystemId system;
        Steady::time_point due{};
        Steady::time_point not_before{};  ///< it failed, and is left alone until then
        /// When a change that the system tells of is looked at: readings take at most half of the
        /// time, however long one takes.
        Steady::time_point rested{};
        Steady::time_point watched_from{};   ///< watching failed, and is left alone until then
        bool is_taken = false;               ///< somebody calls the system
        bool is_watching = false;            ///< its thread does,
        Steady::time_point watches_until{};  ///< unless it is stopped
        int wanted = 0;                      ///< so many others wait to call it
    };

    void serve(Seat& seat);
    void rest(Seat& seat, std::unique_lock<std::mutex>& turn);
    void watch(Seat& seat, Steady::time_point until);
    void make_pass(Seat& seat);
    void wake(Seat& seat, Steady::time_point at);
    /// Those who wait look at what they wait for.
    void tell_changed();
    Steady::time_point from_now(Timestamp at);

    Parts parts_;
    std::condition_variable changed_;
    std::deque<Seat> seats_;
    bool stopping_ = false;
    std::exception_ptr failure_;
    std::vector<std::thread> threads_;
};

}  // namespace syncline::sync
