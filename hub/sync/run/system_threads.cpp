#include "sync/run/system_threads.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {
namespace {

/// Waiting is cut into pieces so long: a deadline far away must not overflow the clock.
constexpr std::chrono::hours kLongestSleep{1};
constexpr std::chrono::seconds kAfterWatchFailed{30};

}  // namespace

SystemThreads::SystemThreads(Parts parts) : parts_(std::move(parts)) {
    for (const SystemId& system : parts_.systems)
        seats_.emplace_back().system = system;
    for (Seat& seat : seats_)
        threads_.emplace_back([this, &seat] { serve(seat); });
}

SystemThreads::~SystemThreads() {
    stop();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void SystemThreads::serve(Seat& seat) {
    std::unique_lock turn(*parts_.turn);
    while (!stopping_) {
        try {
            if (seat.is_taken || seat.due > Steady::now()) {
                rest(seat, turn);
                continue;
            }
            make_pass(seat);
        } catch (...) {  // the machine failed: whoever joins is told
            failure_ = std::current_exception();
            stopping_ = true;
        }
        tell_changed();
    }
}

/// Until the seat may be due.
void SystemThreads::rest(Seat& seat, std::unique_lock<std::mutex>& turn) {
    const auto now = Steady::now();
    const auto until = std::min(seat.due, now + kLongestSleep);
    const bool may_watch = !seat.is_taken && seat.wanted == 0 && seat.not_before <= now &&
                           parts_.engine->can_watch(seat.system);
    if (may_watch && seat.watched_from <= now)
        watch(seat, until);
    else
        changed_.wait_until(turn, may_watch ? std::min(until, seat.watched_from) : until);
}

void SystemThreads::watch(Seat& seat, Steady::time_point until) {
    const auto patience = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    seat.is_watching = true;
    seat.watches_until = until;
    const auto changed = parts_.engine->watch(seat.system, patience);
    seat.is_watching = false;
    const auto now = Steady::now();
    if (!changed)  // its readings say what is wrong
        seat.watched_from = now + kAfterWatchFailed;
    else if (*changed)
        wake(seat, std::max(now, seat.rested));
    // Until it is looked at, there is nothing to watch for.
    if (changed && *changed) seat.watched_from = seat.due;
    changed_.notify_all();
}

void SystemThreads::tell_changed() {
    changed_.notify_all();
    for (const Seat& seat : seats_) {
        if (seat.is_watching && (stopping_ || seat.wanted > 0 || seat.due < seat.watches_until))
            parts_.engine->stop_watching(seat.system);
    }
}

void SystemThreads::make_pass(Seat& seat) {
    PassOptions options;
    options.systems = {seat.system};
    options.scheduled = true;
    seat.is_taken = true;
    seat.due = Steady::time_point::max();
    const auto begun = Steady::now();
    const PassReport report = parts_.engine->pass(options);
    seat.is_taken = false;
    const auto now = Steady::now();
    seat.rested = now + (now - begun);
    seat.not_before = {};
    for (const SystemReport& system : report.systems) {  // none when it is paused
        if (system.error) seat.not_before = now + system.next_in;
        wake(seat, now + system.next_in);
    }
    for (const auto& [system, at] : report.owed_from) {
        // What was owed before and not written then would wake its system for nothing.
        const bool is_due = at <= parts_.clock->now();
        if (is_due && (report.changes() == 0 || system == seat.system)) continue;
        for (Seat& other : seats_) {
            if (other.system == system) wake(other, from_now(at));
        }
    }
    if (parts_.after_pass) parts_.after_pass(report);
}

void SystemThreads::wake(Seat& seat, Steady::time_point at) {
    seat.due = std::min(seat.due, std::max(at, seat.not_before));
}

SystemThreads::Steady::time_point SystemThreads::from_now(Timestamp at) {
    return Steady::now() + std::max(at - parts_.clock->now(), std::chrono::milliseconds{0});
}

void SystemThreads::between_steps(const std::function<void()>& action) {
    const std::lock_guard turn(*parts_.turn);
    action();
}

bool SystemThreads::alone(
    const std::vector<SystemId>& systems, const std::function<void()>& action
) {
    /// Takes the seats for as long as it lives.
    class Taken {
    public:
        explicit Taken(const std::vector<Seat*>& seats) : seats_(seats) { set(true); }
        ~Taken() { set(false); }
        Taken(const Taken&) = delete;
        Taken& operator=(const Taken&) = delete;

    private:
        void set(bool taken) {
            for (Seat* seat : seats_)
                seat->is_taken = taken;
        }
        const std::vector<Seat*>& seats_;
    };
    /// Keeps them from being watched for as long as it lives.
    class Wanting {
    public:
        explicit Wanting(const std::vector<Seat*>& seats) : seats_(seats) { add(1); }
        ~Wanting() { add(-1); }
        Wanting(const Wanting&) = delete;
        Wanting& operator=(const Wanting&) = delete;

    private:
        void add(int count) {
            for (Seat* seat : seats_)
                seat->wanted += count;
        }
        const std::vector<Seat*>& seats_;
    };
    std::vector<Seat*> wanted;
    for (Seat& seat : seats_) {
        if (systems.empty() ||
            std::find(systems.begin(), systems.end(), seat.system) != systems.end())
            wanted.push_back(&seat);
    }
    std::unique_lock turn(*parts_.turn);
    const Wanting wanting(wanted);
    tell_changed();
    // None is taken before all are free: waiting for one that hangs must not hold the others.
    changed_.wait(turn, [&] {
        return stopping_ || std::none_of(wanted.begin(), wanted.end(), [](const Seat* seat) {
                   return seat->is_taken || seat->is_watching;
               });
    });
    if (stopping_) return false;
    {
        const Taken taken(wanted);
        action();
    }
    changed_.notify_all();
    return true;
}

void SystemThreads::look_again() {
    const std::lock_guard turn(*parts_.turn);
    for (Seat& seat : seats_)
        wake(seat, Steady::now());
    tell_changed();
}

void SystemThreads::look_again(const SystemId& system) {
    const std::lock_guard turn(*parts_.turn);
    for (Seat& seat : seats_) {
        if (seat.system == system) seat.due = Steady::now();
    }
    tell_changed();
}

void SystemThreads::stop() {
    const std::lock_guard turn(*parts_.turn);
    stopping_ = true;
    tell_changed();
}

bool SystemThreads::has_failed() {
    const std::lock_guard turn(*parts_.turn);
    return failure_ != nullptr;
}

void SystemThreads::join() {
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
    if (failure_) std::rethrow_exception(failure_);
}

}  // namespace syncline::sync
