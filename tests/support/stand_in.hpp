#pragma once

#include "connect/connection.hpp"
#include "support/fake_system.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace syncline::testing {

/// Stands between the engine and a fake system: a test hears of each call before it is made, may
/// keep it waiting or let it fail, and may use the system from another thread meanwhile.
class StandIn final : public connect::Connection {
public:
    explicit StandIn(FakeSystem& system) : system_(system) {}

    /// Called before each call with its name; an error is the call's answer. Set before use.
    std::function<std::optional<Error>(const std::string& call)> before;
    std::uint32_t max_batch = 0;  ///< 0 = the system's own
    std::atomic<int> calls = 0;
    bool can_watch = false;        ///< the hub may wait for tell(); set before use
    std::atomic<int> watches = 0;  ///< under way
    /// Says that something changed.
    void tell();

    /// Uses the system as its people do.
    template <class Action>
    auto with(const Action& action) {
        const std::lock_guard lock(mutex_);
        return action(system_);
    }

    Result<void> check() override;
    Result<connect::Capabilities> discover(const std::string& entity) override;
    Result<connect::ReadSummary> read(
        const connect::ReadRequest& request, const connect::ReadSink& sink
    ) override;
    Result<std::vector<Observation>> lookup(
        const std::string& entity, std::span<const RemoteId> ids
    ) override;
    Result<std::vector<Observation>> lookup_created(const Delivery& create) override;
    Result<std::vector<RemoteId>> plan_ids(const std::string& entity, std::size_t count) override;
    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override;
    Result<bool> watch(const std::string& entity, std::chrono::milliseconds patience) override;
    void stop_watching() override;

private:
    std::optional<Error> begin(const std::string& call);

    FakeSystem& system_;
    std::mutex mutex_;
    std::mutex watching_;
    std::condition_variable told_;
    bool is_told_ = false;     ///< guarded by watching_
    bool is_stopped_ = false;  ///< likewise
};

}  // namespace syncline::testing
