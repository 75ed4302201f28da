#pragma once

#include "base/version.hpp"
#include "model/attempt.hpp"
#include "model/case.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "model/link.hpp"
#include "model/merge_event.hpp"
#include "model/quarantine.hpp"
#include "model/recent_write.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::store {

/// A read position in one system, in the connector's own words.
struct Cursor {
    SystemId system;
    std::string entity;
    std::string value;               ///< opaque JSON, at most 4 KiB
    bool listed_completely = false;  ///< at least one full listing came to its end
    Timestamp listed_at{};           ///< when the request of the last complete listing was sent
};

/// A key by which customers are found without decrypting: one match key of one field.
struct MatchKey {
    FieldId field;
    std::string key;  ///< normal::match_key; hashed by the store, never stored
    friend bool operator==(const MatchKey&, const MatchKey&) = default;
};

/// Health and pause state of one system.
struct SystemState {
    SystemId system;
    bool paused = false;
    std::string paused_by;   ///< "operator", "authorisation", "configuration"
    std::string last_error;  ///< "" = none; no personal data
    Timestamp last_pull{};
    Timestamp last_push{};
    Timestamp retry_at{};        ///< when it is tried again; the epoch: no wait
    std::uint32_t failures = 0;  ///< in a row, up to the last try
    /// Since when everything is to be read again: somebody asked for it, or what the last listing
    /// lacked was not looked for. The epoch: nobody did, or it was done.
    Timestamp listing_wanted_at{};
    /// The mapping by which the stored records were read last, in the words of sync/run; "" = not
    /// known.
    std::string mapping;
    Timestamp listed_at{};  ///< when everything was listed last; the epoch: not known
    /// The connector that read it last, as connect::Capabilities names it; "" = not known.
    std::string connector;
    friend bool operator==(const SystemState&, const SystemState&) = default;
};

/// One finished or running run.
struct Run {
    RunId id;
    std::string kind;  ///< "run", "apply", "undo", "merge", "unmerge"
    std::string by;    ///< who asked for it; "" = the schedule
    RunId undoes;      ///< of an undo: the run that was taken back
    Timestamp started_at{};
    Timestamp ended_at{};
    std::uint64_t pulled = 0, changed = 0, created = 0, updated = 0, refused = 0;
};

/// Everything one batch changes. Applied in one transaction or not at all. A row that is in a batch
/// twice counts as its last one.
struct CommitBatch {
    std::vector<Customer> customers;         ///< new (row_version 0) or changed
    std::vector<Link> links;                 ///< new (row_version 0) or changed
    std::vector<Change> changes;             ///< appended
    std::vector<Attempt> attempts;           ///< new or changed
    std::vector<AttemptId> closed_attempts;  ///< forgotten on evidence
    std::vector<Case> cases;                 ///< new or changed
    /// New, or again (id 0): counted up by key. One with an id replaces the stored item as it is
    /// given.
    std::vector<QuarantineItem> quarantined;
    std::vector<std::uint64_t> released;  ///< quarantine ids that no longer stand
    std::vector<Cursor> cursors;
    std::vector<SystemState> systems;
    std::vector<Run> runs;
    std::vector<MergeEvent> merges;          ///< new or changed
    std::vector<RecentWrite> recent_writes;  ///< of a kind to a customer, the last one is kept
    /// Recent writes to a system up to this moment are forgotten, before those of the batch count.
    std::vector<std::pair<SystemId, Timestamp>> forgotten_writes;
    /// Replaces the match keys of these links' records (what association and uniqueness look up).
    std::vector<std::pair<LinkId, std::vector<MatchKey>>> link_keys;
    std::vector<std::pair<CustomerId, std::vector<MatchKey>>> customer_keys;
    std::vector<CustomerId> work_added;  ///< customers whose deliveries must be derived again
    std::vector<CustomerId> work_done;
    Version high_water;        ///< of the hybrid clock
    Timestamp committed_at{};  ///< now, by a clock that can be believed; the epoch: not known

    bool empty() const;
};

struct Counts {
    std::uint64_t records = 0, links = 0, conflicts_open = 0, reviews_open = 0, quarantined = 0;
};

/// A customer of whom a stored row does not open: a key is missing, or rows were changed or moved.
struct Unopened {
    CustomerId customer;
    ErrorCode code = ErrorCode::CipherTampered;
};
/// Does the code say that one stored row did not open? That all keys are another hub's is a Fault.
bool is_unopened(ErrorCode code);

/// The hub's memory. One writer; every method is one consistent snapshot. Bulk by design: nothing
/// here is meant to be called once a record. Machine failures are Faults (exceptions). A row whose
/// ciphertext does not open is left out, and its customer is among `unopened`: nothing may be
/// concluded from what is missing.
/// Result order of bulk look-ups is unspecified; what is not found is simply missing.
class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    /// Writes the batch durably, sets the new row_version of each customer and link in it, and the
    /// sequence of each change. Throws Fault when a row_version is not the stored one (a broken
    /// single-writer rule).
    virtual void commit(CommitBatch& batch) = 0;

    /// While one lives, everything read is of one moment, whatever is written beside it, and
    /// several questions cost less. One inside another is part of it. Nothing is committed
    /// meanwhile.
    class Snapshot {
    public:
        explicit Snapshot(Store& store) : store_(store) { store_.begin_snapshot(); }
        ~Snapshot() { store_.end_snapshot(); }
        Snapshot(const Snapshot&) = delete;
        Snapshot& operator=(const Snapshot&) = delete;

    private:
        Store& store_;
    };

    // The hot path: what a batch of observations or deliveries needs.
    /// Of an id that several records bore, the last one. Also one that does not open, without what
    /// is encrypted: that the record is known must not be forgotten.
    virtual std::vector<Link> links_by_remote(
        const SystemId& system, const std::string& entity, std::span<const RemoteId> ids
    ) = 0;
    virtual std::vector<Link> links_by_id(std::span<const LinkId> ids) = 0;
    virtual std::vector<Link> links_of_customers(std::span<const CustomerId> ids) = 0;
    virtual std::vector<Customer> customers(std::span<const CustomerId> ids) = 0;
    /// Whose rows did not open when they were read last; a customer begins anew with `customers`.
    virtual std::vector<Unopened> unopened() const = 0;
    virtual std::vector<Attempt> attempts_of_links(std::span<const LinkId> ids) = 0;
    /// Create attempts whose record is not known yet (link nil), and all attempts in state Open.
    virtual std::vector<Attempt> unsettled_attempts() = 0;
    /// Every write to a system that is not forgotten yet, answered ones too.
    virtual std::vector<Attempt> attempts_of_system(const SystemId& system) = 0;

    /// Remote ids and state of every link of a system, without what is encrypted: for the end of a
    /// complete listing.
    struct LinkHead {
        LinkId id;
        RemoteId remote_id;
        LinkState state = LinkState::Active;
        LinkRole role = LinkRole::Primary;
        CustomerId customer;
    };
    virtual std::vector<LinkHead> link_heads(const SystemId& system, const std::string& entity) = 0;
    /// How many those are. Cheap: a writer counts them once, and counts on.
    virtual std::uint64_t link_count(const SystemId& system, const std::string& entity) = 0;

    // Association.
    /// A record that no customer has yet, without what is encrypted.
    struct WaitingLink {
        LinkId id;
        SystemId system;
        RemoteId remote_id;
        CustomerId customer;  ///< should it turn out to be a new one
        friend bool operator==(const WaitingLink&, const WaitingLink&) = default;
    };
    virtual std::vector<WaitingLink> waiting_links() = 0;
    /// Per wanted key that somebody holds: the active customers that hold it, by their own value or
    /// by what one of their records says, and the unassociated links. At most `limit` each.
    struct KeyHolders {
        MatchKey key;
        std::vector<CustomerId> customers;
        std::vector<CustomerId> former;  ///< deleted ones that have a record which says it
        std::vector<LinkId> links;
    };
    virtual std::vector<KeyHolders> holders(std::span<const MatchKey> keys, std::size_t limit) = 0;

    // Work and cursors.
    virtual std::vector<CustomerId> work(std::size_t limit) = 0;
    /// All but aliases; deleted ones too, because something may still be owed for them.
    virtual std::vector<CustomerId> customers_after(const CustomerId& last, std::size_t limit) = 0;
    virtual std::optional<Cursor> cursor(const SystemId& system, const std::string& entity) = 0;
    virtual std::vector<SystemState> system_states() = 0;
    /// The writes to a system that are remembered and were made after `since`.
    virtual std::vector<RecentWrite> recent_writes(const SystemId& system, Timestamp since) = 0;
    virtual Version high_water() = 0;
    /// When a batch was committed last; the epoch: not known.
    virtual Timestamp committed_at() = 0;
    /// The highest version that this hub is known to have committed, within a minute, by a mark
    /// kept outside hub.db. Above high_water() when hub.db was put back to an earlier state.
    virtual Version reached() = 0;
    /// The number of a concrete path, allocated on first use (its own small transaction).
    virtual FieldId field_id(std::string_view path) = 0;
    /// Every path that has a number.
    virtual std::vector<std::pair<std::string, FieldId>> field_ids() = 0;
    /// Tells which leaves are encrypted one by one. Called once, before any customer is read or
    /// written; `fields` outlives the store.
    virtual void use_fields(const FieldTable& fields) = 0;

    // Questions of people.
    virtual std::vector<Case> cases(std::optional<CaseKind> kind, bool open_only) = 0;
    /// The open cases that name one of these customers, as a candidate too.
    virtual std::vector<Case> cases_of_customers(std::span<const CustomerId> ids) = 0;
    /// Everything that is set aside, oldest first. What was read or sent is opened only where it is
    /// wanted; an item that does not open stands without it.
    enum class RawFieldsOf : std::uint8_t { Opened, LeftOut };
    virtual std::vector<QuarantineItem> quarantine(RawFieldsOf raw = RawFieldsOf::Opened) = 0;
    /// The items that name one of these customers or links, oldest first.
    virtual std::vector<QuarantineItem> quarantined_of(
        std::span<const CustomerId> customers, std::span<const LinkId> links
    ) = 0;
    /// The items about one of these records of a system, by its id there or by its link, oldest
    /// first.
    virtual std::vector<QuarantineItem> quarantined_records(
        const SystemId& system, std::span<const RemoteId> ids, std::span<const LinkId> links
    ) = 0;
    virtual std::uint64_t quarantine_count() = 0;
    virtual std::vector<Change> history(const CustomerId& id) = 0;
    /// Everything that one run did to any customer, oldest first.
    virtual std::vector<Change> changes_of_run(const RunId& id) = 0;
    /// What happened last to any customer, newest first.
    virtual std::vector<Change> latest_changes(std::size_t limit) = 0;
    virtual std::vector<Run> runs(std::size_t limit) = 0;
    /// Undos that did not come to their end, oldest first.
    virtual std::vector<Run> unfinished_undos() = 0;
    /// The merges in which one of these customers won or lost, oldest first; also those taken back.
    virtual std::vector<MergeEvent> merges_of(std::span<const CustomerId> ids) = 0;
    virtual Counts counts() = 0;

    // Verification.
    /// Of these, those whose stored match keys are not exactly the given ones.
    virtual std::vector<LinkId> links_with_other_keys(
        std::span<const std::pair<LinkId, std::vector<MatchKey>>> expected
    ) = 0;
    virtual std::vector<CustomerId> customers_with_other_keys(
        std::span<const std::pair<CustomerId, std::vector<MatchKey>>> expected
    ) = 0;

private:
    virtual void begin_snapshot() = 0;
    virtual void end_snapshot() noexcept = 0;
};

}  // namespace syncline::store
