#pragma once

#include "base/clock.hpp"
#include "base/hybrid_clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "connect/connection.hpp"
#include "model/plan.hpp"
#include "store/store.hpp"
#include "sync/core/absorb_line.hpp"
#include "sync/core/decide_by_hand.hpp"
#include "sync/core/merge_customers.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/rules.hpp"
#include "sync/core/undo.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace syncline::sync {

/// A connected system as the engine drives it. The connection outlives the engine.
struct ConnectedSystem {
    const SystemSetting* setting = nullptr;
    connect::Connection* connection = nullptr;
};

/// One thing that happened, for the progress line of a running hub. No personal data.
struct Progress {
    enum class Kind : std::uint8_t {
        Pulled,       ///< a field of a record changed in `system`
        Pushed,       ///< a record was written in `system`
        Created,      ///< a record was made in `system`
        Deleted,      ///< a record was deleted in `system`
        Gone,         ///< a record of `system` is no more
        Linked,       ///< a record of `system` joined a customer
        Conflict,     ///< a field waits for a person
        Review,       ///< a record waits for a person
        Quarantined,  ///< something was set aside
        Trouble,      ///< a system, or without one the hub, cannot be used now; `detail` says why
        Stopped,      ///< a threshold holds the writes to `system`
    };
    Kind kind = Kind::Pulled;
    SystemId system;
    RemoteId remote_id;
    CustomerId customer;
    std::vector<std::string> fields;
    std::string detail;
};

/// How far the engine is with something that may take long. No personal data.
struct Stage {
    enum class Doing : std::uint8_t {
        Reading,      ///< records of `system`
        Associating,  ///< customers; of no system
        Writing,      ///< records to `system`
    };
    Doing doing = Doing::Reading;
    SystemId system;
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0 = not known
};

struct EngineParts {
    const HubSetting* hub = nullptr;
    const FieldTable* fields = nullptr;
    std::vector<ConnectedSystem> systems;
    store::Store* store = nullptr;
    Clock* clock = nullptr;
    Random* random = nullptr;
    Log* log = nullptr;
    /// Keyed hash for plan digests (vault::Vault::keyed_hash), as hexadecimal.
    std::function<std::string(std::string_view)> digest;
    std::function<void(const Progress&)> progress;  ///< may be empty
    std::function<void(const Stage&)> stage;        ///< after each batch; may be empty
    /// Named points between steps, for crash tests: called with the point's name. May be empty.
    std::function<void(std::string_view)> failpoint;
    std::function<bool()> stop_requested;  ///< may be empty
    /// For an engine that several threads share, one after the other: held by whoever calls it, and
    /// given up while a connection is waited for. Null: one thread.
    std::mutex* turn = nullptr;
};

struct PassOptions {
    std::vector<SystemId> systems;  ///< empty = all that are not paused
    bool consume = true;            ///< false: read without side effects (plan)
    bool rederive_all = false;      ///< look at every customer, not only at those with work
    bool believe_missing = false;   ///< also a listing that lacks more records than the threshold
    /// What holds a system after a restore is not ended by believe_missing, only disregarded: until
    /// it is known that what a person approved is what happens.
    bool on_trial = false;
    /// A pass that nobody asked for: an open circuit, the settle window and the rate budget count.
    bool scheduled = false;
};

struct SystemReport {
    SystemId system;
    std::uint64_t read = 0, changed = 0, linked = 0, created = 0, updated = 0, cleared = 0;
    std::uint64_t deleted = 0;  ///< records that the hub deleted there
    std::uint64_t refused = 0, in_doubt = 0;
    std::uint64_t pending = 0;   ///< writes owed and not made
    std::uint64_t outdated = 0;  ///< of these: something else changed before they were made
    std::vector<RemoteId> gone;  ///< records that are no more there
    std::string stopped_by;      ///< a tripped threshold that holds the writes, in words
    std::string unbelieved;      ///< why missing records were not taken as gone; "" = nothing
    std::optional<Error> error;  ///< the system could not be used
    Timestamp budget_from{};  ///< when what found no rate budget has one; the epoch: all found it
    std::chrono::milliseconds next_in{0};  ///< of a scheduled pass: until the next one
};

/// Items in quarantine that have something in common.
struct QuarantineGroup {
    std::optional<SystemId> system;
    std::optional<ErrorCode> code;
    bool holds(const QuarantineItem& item) const {
        return (!system || item.system == *system) && (!code || item.code == *code);
    }
};

struct PassReport {
    std::vector<SystemReport> systems;
    std::uint64_t new_records = 0;
    std::uint64_t looked_at = 0;  ///< customers that were looked at for what is owed
    /// From when on there is something to write to a system, by what this pass knows.
    std::map<SystemId, Timestamp> owed_from;
    std::uint64_t changes() const;  ///< anything absorbed, linked or written
    bool threshold_tripped() const;
};

/// What an undo did, or would do.
struct UndoReport {
    RunId run;   ///< that is taken back
    RunId undo;  ///< nil in a preview
    std::vector<UndoItem> items;
    std::vector<SystemReport> systems;
};

/// Whether an act of a person is carried out, or only shown.
enum class Carry : std::uint8_t { Preview, Out };

/// The version of what somebody was shown (sync/core/shown_version.hpp). A decision that has one is
/// refused, Outdated, when what it is about changed since; without one it is about what is.
using IfVersion = std::optional<std::uint64_t>;

/// What merging or separating customers does, or would do.
struct MergeReport {
    /// A field about which the two differ.
    struct Choice {
        std::string path;
        std::optional<FieldState> ours;
        FieldState theirs;
        MergedField decided;
    };
    struct Record {
        SystemId system;
        RemoteId remote_id;
        LinkRole role = LinkRole::Primary;
        LinkState state = LinkState::Active;
    };
    struct Side {
        CustomerId customer;
        std::vector<Record> records;
    };
    /// A record that will be written.
    struct Write {
        SystemId system;
        RemoteId remote_id;
        std::vector<std::string> fields;
    };
    Side whole;  ///< the survivor
    Side apart;  ///< the one that is merged away, or that is separated
    std::vector<Choice> choices;
    std::vector<Write> writes;
    std::vector<std::string> kept;  ///< set by people since the merge; they stay with `whole`
    std::uint64_t version = 0;      ///< of a merge: of what both were, for IfVersion
    std::string told_apart;  ///< of a merge: who said that the two are not the same; "" = nobody
};

/// What deleting a customer does to their records.
struct DeleteReport {
    struct Record {
        SystemId system;
        RemoteId remote_id;
        OnDelete follows = OnDelete::Review;
    };
    CustomerId customer;
    std::vector<Record> records;
};

/// What a person wants of a record that is gone, or that outlived its customer.
enum class GoneAnswer : std::uint8_t {
    Recreate,  ///< make it again there
    Delete,    ///< the customer is deleted; a record that is still there is deleted too
};

/// Speaks the whole sentence: read what systems say, associate, adopt, decide, commit, write what
/// is owed, settle what was answered. Every step is: bulk load, pure decision, one commit; no
/// transaction is open while a connection is called. The same engine over an overlay store and
/// recording connections makes the plan.
/// One thread, or several that take turns. Throws Fault only when the machine fails (store, keys);
/// a failing system is a report.
class Engine {
public:
    /// Compiles the mappings. ConfigInvalid with file:line when one does not hold its laws.
    static Result<std::unique_ptr<Engine>> create(EngineParts parts);
    ~Engine();

    /// One round: read every chosen system, associate, and write what is owed.
    PassReport pass(const PassOptions& options);

    /// What a pass would do, without doing it. The parts must hold an overlay store; connections
    /// are only read from, without side effects.
    Plan plan();

    /// Reads, recomputes and does exactly what `plan` says. StalePlan, saying what changed, when
    /// the world differs; then nothing was written to any system.
    Result<PassReport> apply(const Plan& plan);

    /// Takes back what a run did, in every system: docs/how-to/undo-a-run.md.
    Result<UndoReport> undo(const RunId& run, const std::string& user);
    /// What `undo` would do. The parts must hold an overlay store, as for `plan`.
    Result<UndoReport> preview_undo(const RunId& run, const std::string& user);
    /// Gives fields of a record values that they had before.
    Result<void> restore(
        const CustomerId& id,
        const std::vector<std::pair<FieldId, FieldValue>>& values,
        const std::string& user,
        IfVersion if_version = std::nullopt
    );

    // What a person decides. Each is one commit; its writes follow with the next pass.
    Result<void> resolve_conflict(
        const CaseId& id,
        const ValueAnswer& answer,
        const std::string& user,
        IfVersion if_version = std::nullopt
    );
    /// The same for a plain field: what a system says, or a value ("": none).
    Result<void> resolve_conflict(
        const CaseId& id,
        const std::optional<SystemId>& take_from,
        const std::optional<std::string>& value,
        const std::string& user
    );
    /// Answers an association review: the record is that customer, or a new one (nullopt).
    Result<void> answer_review(
        const CaseId& id, const std::optional<CustomerId>& customer, const std::string& user
    );
    /// Two customers become one: `loser` into `survivor`. `taken` names fields whose value a person
    /// chose. UsageInvalid when one of them is not an active record.
    Result<MergeReport> merge(
        const CustomerId& survivor,
        const CustomerId& loser,
        std::span<const MergedField> taken,
        const std::string& user,
        Carry carry,
        IfVersion if_version = std::nullopt
    );
    /// Takes a merge back. `customer`: the one that was merged away, or a survivor of one merge.
    Result<MergeReport> unmerge(const CustomerId& customer, const std::string& user, Carry carry);
    /// A record joins a customer, whoever had it before; or leaves and begins one of its own.
    Result<MergeReport> link_record(
        const CustomerId& customer,
        const SystemId& system,
        const RemoteId& remote_id,
        const std::string& user,
        Carry carry
    );
    Result<MergeReport> unlink_record(
        const CustomerId& customer,
        const SystemId& system,
        const RemoteId& remote_id,
        const std::string& user,
        Carry carry
    );
    /// Deletes a customer; what happens to each record is its system's `on_delete`.
    Result<DeleteReport> delete_record(
        const CustomerId& customer, const std::string& user, Carry carry
    );
    Result<void> undelete_record(const CustomerId& customer, const std::string& user);
    /// Answers a question about a record that is gone, or that outlived its customer.
    Result<void> answer_gone(const CaseId& id, GoneAnswer answer, const std::string& user);
    /// Closes a question about a gone or duplicate record: things stay as they are.
    Result<void> dismiss_review(const CaseId& id, const std::string& user);
    /// Marks for another try at the next pass; all items when `ids` is empty. Returns how many.
    Result<std::size_t> retry_quarantined(std::span<const std::uint64_t> ids);
    /// Marks all items of a kind. Returns how many.
    std::size_t retry_group(const QuarantineGroup& group);
    /// Reads everything of a system again at its next pass.
    Result<void> resync(const SystemId& system);
    /// Reads one record again, now.
    Result<SystemReport> resync_record(const SystemId& system, const RemoteId& record);
    Result<void> pause(const SystemId& system, const std::string& by);
    Result<void> resume(const SystemId& system);

    /// Can the system tell when something changed, and may it be asked? Not before it was reached
    /// once, while it is paused, or when its calls are counted.
    bool can_watch(const SystemId& system) const;
    /// Waits until something may have changed in the system since it was last read, for at most
    /// `patience`: true as soon as it may. Others have the turn meanwhile; nobody else may call the
    /// system.
    Result<bool> watch(const SystemId& system, std::chrono::milliseconds patience);
    /// Makes a watch() of the system return soon, or the next one at once.
    void stop_watching(const SystemId& system);

    const Rules& rules() const;
    /// How often each line of `absorb` decided a field since this engine was made.
    const std::map<AbsorbLine, std::uint64_t>& judged() const;
    /// The fields of every mapping that lose something on the way, for the log. Borrowed.
    std::vector<std::pair<SystemId, const Field*>> lossy_fields() const;

private:
    struct Body;
    explicit Engine(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

/// Loads customers whole (records, links, attempts, open cases, quarantine) in a few bulk queries.
/// One of whom a stored row does not open is left out.
std::vector<Aggregate> load_aggregates(store::Store& store, std::span<const CustomerId> ids);

/// Rules for reading commands, without connections: enough for standing_of.
struct CompiledRules {
    Rules rules;
    std::vector<mapping::SystemMapping> mappings;  ///< owned; rules.systems points into it
};
Result<std::unique_ptr<CompiledRules>> compile_rules(
    const HubSetting& hub, const FieldTable& fields
);

/// Per system, over every customer: what `status` shows (decisions: in_sync, pending, failing,
/// excluded). A customer with a contested field there is none of them.
struct SystemStanding {
    SystemId system;
    std::uint64_t in_sync = 0, pending = 0, failing = 0, excluded = 0;
    std::string held_by;  ///< the threshold that what is owed trips, in words; "" = none
};
std::vector<SystemStanding> standing_of_all(
    const Rules& rules, store::Store& store, Clock& clock, Random& random
);

}  // namespace syncline::sync
