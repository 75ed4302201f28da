#include "support/stand_in.hpp"

#include <utility>

namespace syncline::testing {

std::optional<Error> StandIn::begin(const std::string& call) {
    ++calls;
    return before ? before(call) : std::nullopt;
}

Result<void> StandIn::check() {
    if (auto error = begin("check")) return *std::move(error);
    return {};
}

Result<connect::Capabilities> StandIn::discover(const std::string& entity) {
    if (auto error = begin("discover")) return *std::move(error);
    const std::lock_guard lock(mutex_);
    auto found = system_.discover(entity);
    if (found && max_batch > 0) found->max_batch = max_batch;
    if (found) found->can_watch = can_watch;
    return found;
}

Result<connect::ReadSummary> StandIn::read(
    const connect::ReadRequest& request, const connect::ReadSink& sink
) {
    if (auto error = begin("read")) return *std::move(error);
    const std::lock_guard lock(mutex_);
    return system_.read(request, sink);
}

Result<std::vector<Observation>> StandIn::lookup(
    const std::string& entity, std::span<const RemoteId> ids
) {
    if (auto error = begin("lookup")) return *std::move(error);
    const std::lock_guard lock(mutex_);
    return system_.lookup(entity, ids);
}

Result<std::vector<Observation>> StandIn::lookup_created(const Delivery& create) {
    if (auto error = begin("lookup_created")) return *std::move(error);
    const std::lock_guard lock(mutex_);
    return system_.lookup_created(create);
}

Result<std::vector<RemoteId>> StandIn::plan_ids(const std::string& entity, std::size_t count) {
    if (auto error = begin("plan_ids")) return *std::move(error);
    const std::lock_guard lock(mutex_);
    return system_.plan_ids(entity, count);
}

std::vector<Receipt> StandIn::write(
    const std::string& entity, std::span<const Delivery> deliveries
) {
    if (const auto error = begin("write")) {
        std::vector<Receipt> receipts;
        for (const Delivery& delivery : deliveries) {
            Receipt& receipt = receipts.emplace_back();
            receipt.attempt = delivery.attempt.id;
            receipt.outcome = Receipt::Outcome::NotSent;
            receipt.error = *error;
        }
        return receipts;
    }
    const std::lock_guard lock(mutex_);
    return system_.write(entity, deliveries);
}

void StandIn::tell() {
    const std::lock_guard lock(watching_);
    is_told_ = true;
    told_.notify_all();
}

Result<bool> StandIn::watch(const std::string&, std::chrono::milliseconds patience) {
    if (auto error = begin("watch")) return *std::move(error);
    std::unique_lock lock(watching_);
    ++watches;
    told_.wait_for(lock, patience, [&] { return is_told_ || is_stopped_; });
    --watches;
    is_stopped_ = false;
    return std::exchange(is_told_, false);
}

void StandIn::stop_watching() {
    const std::lock_guard lock(watching_);
    is_stopped_ = true;
    told_.notify_all();
}

}  // namespace syncline::testing
