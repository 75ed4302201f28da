#pragma once

#include "base/hybrid_clock.hpp"
#include "connect/connection.hpp"
#include "store/store.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/match_keys.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::sync {

/// One connected system while the engine runs.
struct Station {
    const SystemSetting* setting = nullptr;
    connect::Connection* connection = nullptr;
    std::optional<connect::Capabilities> capabilities;  ///< known once the system was reached
};

/// What the steps of a pass share. Lives as long as the engine; one thread.
class Workbench {
public:
    Workbench(EngineParts parts, std::unique_ptr<CompiledRules> compiled);

    const EngineParts& parts() const noexcept { return parts_; }
    const Rules& rules() const noexcept { return compiled_->rules; }
    store::Store& store() noexcept { return *parts_.store; }
    std::vector<Station>& stations() noexcept { return stations_; }
    Station& station(const SystemId& system);

    Moment moment() { return {parts_.clock->now(), versions_, *parts_.random}; }
    Timestamp now() { return parts_.clock->now(); }
    RunId run() const noexcept { return run_; }
    void begin_run() { run_ = mint<RunId>(now(), *parts_.random); }
    /// Goes on with a run that was interrupted.
    void continue_run(const RunId& run) { run_ = run; }
    bool stop_requested() const { return parts_.stop_requested && parts_.stop_requested(); }

    /// Asks the system what it can do, once; the answer completes the system's rules.
    /// PluginUnsupported for a connector whose writes could destroy unseen edits.
    Result<void> reach(Station& station);

    /// What is remembered about a system; a fresh state when nothing is.
    store::SystemState state_of(const SystemId& system);

    /// Commits with the clock's high-water mark. A no-op for an empty batch.
    void commit(store::CommitBatch& batch);
    /// A named point for crash tests.
    void pass_point(std::string_view name) const;
    void report(const Progress& progress) const;

    /// Adds what a step decided about one customer to a batch: the changed rows, journal, keys,
    /// work.
    void collect(const Aggregate& aggregate, Effects& effects, store::CommitBatch& batch);

    /// The match keys of values: what association and uniqueness look up.
    std::vector<store::MatchKey> keys_of(const FlatMap<FieldId, FieldValue>& values) const {
        return match_keys_.of(values);
    }
    const MatchKeys& match_keys() const noexcept { return match_keys_; }

    /// How often each line of `absorb` decided a field since the engine was made.
    const std::map<AbsorbLine, std::uint64_t>& judged() const noexcept { return judged_; }

private:
    EngineParts parts_;
    std::unique_ptr<CompiledRules> compiled_;
    std::vector<Station> stations_;
    HybridClock versions_;
    RunId run_;
    std::map<AbsorbLine, std::uint64_t> judged_;
    const MatchKeys match_keys_;
};

/// What a link's record says, field by field, as far as it can be read: our own writes too.
FlatMap<FieldId, FieldValue> readings_of(const Rules& rules, const Link& link);

/// Progress lines of what a step did to one customer.
void report_changes(const Workbench& bench, const Aggregate& aggregate, const Effects& effects);

}  // namespace syncline::sync
