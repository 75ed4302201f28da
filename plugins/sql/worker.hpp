#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace sql {

/// A thread that does one piece of work after the other, for calls that may wait for ever: one that
/// does is left to itself. A piece of work owns whatever it uses.
class Worker {
public:
    Worker();
    /// Waits for the work in hand, unless the thread was left.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void add(std::function<void()> work);
    /// Nobody waits for it any more; it ends when the work in hand does.
    void leave() noexcept;

private:
    struct Queue {
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<std::function<void()>> work;
        bool is_over = false;
    };
    static void run(const std::shared_ptr<Queue>& queue);
    void close() noexcept;

    std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
    std::thread thread_;
};

}  // namespace sql
