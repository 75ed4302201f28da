#pragma once

#include "sync/core/parity.hpp"
#include "sync/run/verify.hpp"
#include "sync/run/workbench.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace syncline::sync {

/// One system being verified. Lives for one call.
class Verification {
public:
    Verification(
        Workbench& bench, const Station& station, const VerifyOptions& options, SystemParity& parity
    )
        : bench_(bench),
          station_(station),
          system_(bench.rules().at(station.setting->id)),
          options_(options),
          parity_(parity) {}

    Result<void> run();

private:
    /// What the hub knows of some records, loaded at one moment.
    struct Known {
        std::unordered_map<RemoteId, Link> links;
        std::unordered_map<CustomerId, Aggregate> aggregates;
        std::set<RemoteId> unreadable;  ///< set aside as a whole
    };

    Known load(std::span<const Observation> seen);
    RecordVerdict judge(const Known& known, const Observation& seen);
    void explain_transforms(
        const Aggregate& aggregate, const Link& link, const Observation& seen, RecordVerdict& record
    );
    void take(std::vector<Observation> page);
    void take_slice(std::span<const Observation> slice);
    void finish(std::span<const RecordVerdict> records);
    void pace(std::size_t records);
    Result<std::vector<Observation>> look_up(std::span<const RemoteId> ids);
    Result<void> look_again();
    Result<void> look_for_missing(bool names_all);
    RecordVerdict judge_absent(const store::Store::LinkHead& head, Timestamp at) const;

    Workbench& bench_;
    const Station& station_;
    const SystemRules& system_;
    const VerifyOptions& options_;
    SystemParity& parity_;
    std::set<RemoteId> seen_;
    std::vector<Observation> suspects_;
};

}  // namespace syncline::sync
