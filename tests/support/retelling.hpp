#pragma once

#include "support/fake_system.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {

/// Stands before a fake system and retells what it shows of its records, as a test has it. All else
/// is the system's own.
class Retelling : public connect::Connection {
public:
    explicit Retelling(FakeSystem& system) : system_(system) {}

    Result<void> check() override { return system_.check(); }
    Result<connect::Capabilities> discover(const std::string& entity) override {
        return system_.discover(entity);
    }
    Result<connect::ReadSummary> read(
        const connect::ReadRequest& request, const connect::ReadSink& sink
    ) override {
        connect::ReadSink retelling = sink;
        retelling.records = [&](std::vector<Observation> page) {
            return sink.records(retold_listing(std::move(page)));
        };
        return system_.read(request, retelling);
    }
    Result<std::vector<Observation>> lookup(
        const std::string& entity, std::span<const RemoteId> ids
    ) override {
        auto found = system_.lookup(entity, ids);
        if (found) return retold(*std::move(found));
        return found;
    }
    Result<std::vector<Observation>> lookup_created(const Delivery& create) override {
        return system_.lookup_created(create);
    }
    Result<std::vector<RemoteId>> plan_ids(const std::string& entity, std::size_t count) override {
        return system_.plan_ids(entity, count);
    }
    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override {
        return system_.write(entity, deliveries);
    }

protected:
    /// What is said of records, in listings and look-ups.
    virtual std::vector<Observation> retold(std::vector<Observation> page) const = 0;
    /// The same of a listing alone.
    virtual std::vector<Observation> retold_listing(std::vector<Observation> page) const {
        return retold(std::move(page));
    }

private:
    FakeSystem& system_;
};

}  // namespace syncline::testing
