#include "sync/run/yielding_connection.hpp"

#include "sync/run/workbench.hpp"

#include <chrono>
#include <utility>

namespace syncline::sync {
namespace {

/// As long as it lives, others have their turn; except while a Presence lives within.
class Absence {
public:
    explicit Absence(Workbench& bench) : bench_(bench) { leave(); }
    ~Absence() { come_back(); }
    Absence(const Absence&) = delete;
    Absence& operator=(const Absence&) = delete;

    void leave() {
        left_ = bench_.hand_over();
        bench_.parts().turn->unlock();
    }
    void come_back() {
        bench_.parts().turn->lock();
        bench_.take_over(left_);
    }

private:
    Workbench& bench_;
    Workbench::Left left_;
};

class Presence {
public:
    explicit Presence(Absence& absence) : absence_(absence) { absence_.come_back(); }
    ~Presence() { absence_.leave(); }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;

private:
    Absence& absence_;
};

class YieldingConnection final : public connect::Connection {
public:
    YieldingConnection(connect::Connection& inner, Workbench& bench)
        : inner_(inner), bench_(bench) {}

    Result<void> check() override {
        const Absence absence(bench_);
        return inner_.check();
    }
    Result<connect::Capabilities> discover(const std::string& entity) override {
        const Absence absence(bench_);
        return inner_.discover(entity);
    }
    Result<connect::ReadSummary> read(
        const connect::ReadRequest& request, const connect::ReadSink& sink
    ) override {
        Absence absence(bench_);
        connect::ReadSink with_turn;
        with_turn.records = [&](std::vector<Observation> page) {
            const Presence presence(absence);
            return sink.records(std::move(page));
        };
        with_turn.checkpoint = [&](const std::string& cursor) {
            const Presence presence(absence);
            return sink.checkpoint(cursor);
        };
        return inner_.read(request, with_turn);
    }
    Result<std::vector<Observation>> lookup(
        const std::string& entity, std::span<const RemoteId> ids
    ) override {
        const Absence absence(bench_);
        return inner_.lookup(entity, ids);
    }
    Result<std::vector<Observation>> lookup_created(const Delivery& create) override {
        const Absence absence(bench_);
        return inner_.lookup_created(create);
    }
    Result<std::vector<RemoteId>> plan_ids(const std::string& entity, std::size_t count) override {
        const Absence absence(bench_);
        return inner_.plan_ids(entity, count);
    }
    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override {
        const Absence absence(bench_);
        return inner_.write(entity, deliveries);
    }
    Result<bool> watch(const std::string& entity, std::chrono::milliseconds patience) override {
        const Absence absence(bench_);
        return inner_.watch(entity, patience);
    }
    void stop_watching() override { inner_.stop_watching(); }

private:
    connect::Connection& inner_;
    Workbench& bench_;
};

}  // namespace

std::unique_ptr<connect::Connection> yielding(connect::Connection& inner, Workbench& bench) {
    return std::make_unique<YieldingConnection>(inner, bench);
}

}  // namespace syncline::sync
