#include "worker.hpp"

#include <utility>

namespace sql {

Worker::Worker() : thread_([queue = queue_] { run(queue); }) {}

Worker::~Worker() {
    close();
    if (thread_.joinable()) thread_.join();
}

void Worker::close() noexcept {
    const std::lock_guard lock(queue_->mutex);
    queue_->is_over = true;
    queue_->changed.notify_one();
}

void Worker::add(std::function<void()> work) {
    const std::lock_guard lock(queue_->mutex);
    queue_->work.push_back(std::move(work));
    queue_->changed.notify_one();
}

void Worker::leave() noexcept {
    close();
    if (thread_.joinable()) thread_.detach();
}

void Worker::run(const std::shared_ptr<Queue>& queue) {
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock(queue->mutex);
            queue->changed.wait(lock, [&] { return queue->is_over || !queue->work.empty(); });
            if (queue->work.empty()) return;
            work = std::move(queue->work.front());
            queue->work.pop_front();
        }
        work();
    }
}

}  // namespace sql
