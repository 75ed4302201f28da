#pragma once

#include "base/hybrid_clock.hpp"
#include "connect/connection.hpp"
#include "store/store.hpp"
#include "sync/core/absorb.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/run/added_text.hpp"
#include "sync/run/backlog.hpp"
#include "sync/run/call_budget.hpp"
#include "sync/run/clock_watch.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/match_keys.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace syncline::sync {

class DriftWatch;

/// One connected system while the engine runs.
struct Station {
    const SystemSetting* setting = nullptr;
    connect::Connection* connection = nullptr;
    std::optional<connect::Capabilities> capabilities;  ///< known once the system was reached
    std::optional<CallBudget> budget;                   ///< of a system whose rate is limited
    bool reads_all_again = false;        ///< a record is looked into also when its version is known
    bool compares_anew = false;          ///< while it is read after the hub went back
    Earlier earlier = Earlier::Discard;  ///< while a system is read that went back
    DriftWatch* watch = nullptr;         ///< while the system is read
    AddedText added_text;                ///< what it adds to what is written to it
    std::size_t conditions_broken = 0;   ///< writes refused in a row whose condition held
    /// Records whose conditional write was refused: under which version, and since when.
    std::map<LinkId, std::pair<std::string, Timestamp>> refused;
};

/// What the steps of a pass share. Lives as long as the engine; one thread at a time.
class Workbench {
public:
    Workbench(EngineParts parts, std::unique_ptr<CompiledRules> compiled);
    Workbench(const Workbench&) = delete;
    Workbench& operator=(const Workbench&) = delete;

    const EngineParts& parts() const noexcept { return parts_; }
    WatchedClock& clock() noexcept { return clock_; }
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
    /// Must nothing more be asked of a system? The hub ends, or somebody paused it meanwhile.
    bool must_leave(const Station& station) {
        return stop_requested() || state_of(station.setting->id).paused;
    }

    /// What a step keeps of its pass while it waits for a system and others have their turn.
    struct Left {
        RunId run;
        std::uint64_t commits = 0;
    };
    Left hand_over() const noexcept { return {run_, commits_}; }
    void take_over(const Left& left) noexcept {
        run_ = left.run;
        if (commits_ != left.commits) ++interruptions_;
    }
    /// How often something was committed while a step waited for its system. As long as the number
    /// is the same, what was loaded is as it is stored, but for one's own commits.
    std::uint64_t interruptions() const noexcept { return interruptions_; }

    /// Asks the system what it can do, once; the answer completes the system's rules.
    /// PluginUnsupported for a connector whose writes could destroy unseen edits.
    Result<void> reach(Station& station);
    /// Puts what is held, by what is stored now, into the rules.
    void heed_holds();
    /// Goes on as if these holds had ended; they stay stored.
    void disregard(std::vector<QuarantineItem> holds);
    /// Heeds them again, and says which they were.
    std::vector<QuarantineItem> disregard_no_more();

    /// What is remembered about a system; a fresh state when nothing is.
    store::SystemState state_of(const SystemId& system);

    /// Commits with the clock's high-water mark. A no-op for an empty batch.
    void commit(store::CommitBatch& batch);
    /// A named point for crash tests.
    void pass_point(std::string_view name) const;
    void report(const Progress& progress) const;
    void note_stage(const Stage& stage) const;

    /// Adds what a step decided about one customer to a batch: the changed rows, journal, keys,
    /// work.
    void collect(const Aggregate& aggregate, Effects& effects, store::CommitBatch& batch);

    /// The match keys of values: what association and uniqueness look up.
    std::vector<store::MatchKey> keys_of(const FlatMap<FieldId, FieldValue>& values) const {
        return match_keys_.of(values);
    }
    const MatchKeys& match_keys() const noexcept { return match_keys_; }
    /// The keys of the records that no customer has and that were read lately: as stored, so that
    /// association need not open them again. Afterwards there are none.
    std::unordered_map<LinkId, std::vector<store::MatchKey>> take_fresh_keys() {
        return std::exchange(fresh_keys_, {});
    }

    Backlog& backlog() noexcept { return backlog_; }

    /// How often each line of `absorb` decided a field since the engine was made.
    const std::map<AbsorbLine, std::uint64_t>& judged() const noexcept { return judged_; }

private:
    EngineParts parts_;
    WatchedClock clock_;
    std::unique_ptr<CompiledRules> compiled_;
    std::vector<std::unique_ptr<connect::Connection>> yielding_;  ///< with EngineParts::turn
    std::vector<Station> stations_;
    HybridClock versions_;
    RunId run_;
    std::vector<QuarantineItem> disregarded_;  ///< holds
    std::uint64_t commits_ = 0;
    std::uint64_t interruptions_ = 0;
    std::map<AbsorbLine, std::uint64_t> judged_;
    const MatchKeys match_keys_;
    std::unordered_map<LinkId, std::vector<store::MatchKey>> fresh_keys_;
    Backlog backlog_;
};

/// Progress lines of what a step did to one customer.
void report_changes(const Workbench& bench, const Aggregate& aggregate, const Effects& effects);
/// A progress line, and one in the log, about an item that goes to quarantine.
void tell_set_aside(const Workbench& bench, const QuarantineItem& item);

}  // namespace syncline::sync
