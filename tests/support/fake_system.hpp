#pragma once

#include "connect/connection.hpp"
#include "support/fakes.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace syncline::testing {

/// A remote system in memory, with a character: what it can do and how it misbehaves. Its records
/// and its log of who wrote what are the ground truth that tests check against.
class FakeSystem final : public connect::Connection {
public:
    struct Character {
        connect::VersionKind version = connect::VersionKind::Ordered;
        bool conditional_write = true;
        bool breaks_conditions = false;     ///< refuses every conditional write (rewritten ETags)
        bool states_what_it_stored = true;  ///< a write's answer carries the stored record
        bool deferred = false;
        std::chrono::milliseconds stale_for{0};  ///< how old a stale reading shows a record
        bool tells_times = false;  ///< of each record, when it was changed by the system's clock
        bool feed_waits_for_copies = true;  ///< its position stays before what a copy may lack yet
        std::string rewrites;  ///< a field that it stores in a way nobody declared; "" = none
        bool incremental = false;
        std::size_t cut_at = 0;         ///< characters kept of "name"; 0 = all
        bool upper_cases = false;       ///< stores "city" in capitals
        std::string unique;             ///< a field that no two records share
        bool ids_are_planned = false;   ///< the hub names new records
        bool deletes = true;            ///< the hub may delete records
        bool tells_merges = false;      ///< of a merged record it says into which
        bool tells_origins = false;     ///< of a record it says which ones were merged into it
        bool names_duplicates = false;  ///< of a value that is taken it says which record has it
        std::vector<std::string>
            always_lists;  ///< fields that a reading names though they are empty
    };
    /// Faults, each for the next n calls of its kind.
    struct Faults {
        int read_fails = 0;
        int write_lost_before = 0;  ///< not applied, and the answer is lost
        int write_lost_after = 0;   ///< applied, and the answer is lost
        int write_never_sent = 0;
        int refuse_field = 0;  ///< INVALID for the first patched field
        int refuse_delete = 0;
        int denies_everything = 0;  ///< look-ups say of every record that there is none
        int ignore_write = 0;       ///< an update is answered, and nothing stored
        int lookup_fails = 0;
        int write_lingers = 0;  ///< the answer is lost, and the request lands later
        int stale_reads = 0;    ///< a record is shown as it was a while ago
        std::string refuses;    ///< a field that is never accepted; "" = none
        std::string hides;      ///< a field that no reading names; "" = none
    };

    FakeSystem(SystemId id, FakeClock& clock, Character character);

    // What the system's own people do.
    RemoteId add(std::map<std::string, std::string> fields);
    void edit(const RemoteId& id, const std::string& field, const std::string& value);
    /// Past the system's own notice: neither version nor time of change tell of it, and nothing is
    /// made of the value.
    void edit_unnoticed(const RemoteId& id, const std::string& field, const std::string& value);
    void remove(const RemoteId& id);
    bool was_made_by_hub(const RemoteId& id) const {
        const auto row = rows_.find(id);
        return row != rows_.end() && !row->second.made_by.empty();
    }
    /// As a restore removes: no feed tells it.
    void remove_unnoticed(const RemoteId& id);
    void restore(const RemoteId& id);
    /// Its own people merge a record away; `into` keeps what it says.
    void merge(const RemoteId& id, const RemoteId& into);
    /// Its own people merge two records into a new one.
    RemoteId merge_anew(
        const RemoteId& one, const RemoteId& other, std::map<std::string, std::string> fields
    );
    /// The id is given to another record, after the first one was gone.
    void use_again(const RemoteId& id, std::map<std::string, std::string> fields);
    /// Everything the system holds, to go back to.
    void back_up() { backup_ = {rows_, version_, authored_.size()}; }
    /// What was typed since is undone, and records made since are gone: they are returned. Their
    /// ids are not given again; versions are.
    std::set<RemoteId> go_back_to_backup();
    /// The hub's memory is backed up; and it is put back, so that the hub never saw what it was
    /// shown since.
    void hub_is_backed_up();
    void hub_is_put_back();
    /// The system's clock goes wrong: it is this much ahead of the hub's from now on.
    void put_clock_ahead_by(std::chrono::milliseconds ahead) { ahead_ = ahead; }
    /// From now on the record is listed and cannot be read, for this reason; "" = readable again.
    void make_unreadable(const RemoteId& id, const std::string& reason);

    const std::map<std::string, std::string>& record(const RemoteId& id) const;
    std::map<RemoteId, std::map<std::string, std::string>> records() const;
    std::size_t writes() const noexcept { return writes_; }
    std::size_t edits() const noexcept { return edits_; }
    /// People's values that a write of the hub replaced although it had never read them.
    const std::vector<std::string>& lost_edits() const noexcept { return lost_edits_; }
    /// Edits that nobody had read when a write was answered and ignored: the answer shows them as
    /// what the system made of the write.
    const std::set<std::string>& mistaken_edits() const noexcept { return mistaken_edits_; }
    /// Those among them that a request without a condition replaced which arrived long after it was
    /// sent: nobody can help that.
    const std::set<std::string>& overtaken_edits() const noexcept { return overtaken_edits_; }
    Faults& faults() noexcept { return faults_; }
    /// What people typed, in order: "record.field=value" as the system stored it.
    struct Authored {
        RemoteId id;
        std::string field;
        std::string value;
        bool is_undone = false;  ///< the system went back to a backup from before
    };
    const std::vector<Authored>& authored() const noexcept { return authored_; }
    /// How often each kind of thing went wrong with a write: "create applied, answer lost".
    const std::map<std::string, std::uint64_t>& went_wrong() const noexcept { return went_wrong_; }
    /// Calls of the hub so far, but for the question what the system can do.
    std::size_t calls() const noexcept { return calls_; }
    /// Every write the hub asked for, in order, done or not.
    const std::vector<Delivery>& asked() const noexcept { return asked_; }
    /// Everything the system holds, as text: to be compared.
    std::string state() const;
    /// For a deferred system: its people take in what was left for them.
    void take_in_corrections();
    /// Requests that lingered reach the system now, unless their condition no longer holds or they
    /// are older than a request can be.
    void let_lingering_writes_land();
    /// They are lost for good.
    void drop_lingering_writes() { lingering_.clear(); }

    Result<void> check() override { return {}; }
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

private:
    struct Row {
        std::map<std::string, std::string> fields;
        std::uint64_t version = 0;
        bool gone = false;
        RemoteId merged_into;
        std::vector<RemoteId> merged_from;
        std::string made_by;  ///< idempotency key of the create, if the hub made it
        std::string problem;  ///< why it cannot be read; "" = it can
        std::map<std::string, std::uint64_t> edited_at;  ///< field -> version of the last own edit
        std::uint64_t read_version = 0;                  ///< newest version the hub was shown
        Timestamp changed_at{};
        Timestamp modified_at{};  ///< the same by the system's own clock
    };
    struct Backup {
        std::map<RemoteId, Row> rows;
        std::uint64_t version = 0;
        std::size_t authored = 0;
    };
    /// How a record was until a moment.
    struct Past {
        Timestamp until{};
        bool existed = false;
        Row row;
    };

    Observation observe(const RemoteId& id, Row& row);
    Observation shown(const RemoteId& id, const Row& row) const;
    /// The record as a lagging copy shows it now, if this reading is one; nothing: as it is.
    const Past* stale(const RemoteId& id);
    /// Every change goes through here: remembers how the record was.
    Row& change(const RemoteId& id);
    std::string stored(const std::string& field, const std::string& value) const;
    Receipt write_one(const Delivery& delivery);
    /// The record that has a unique value of the patch already; "" = none.
    RemoteId holder_of(const RemoteId& id, const RawFields& patch) const;
    /// The record a delivery writes to, made if it is a create.
    RemoteId place(const Delivery& delivery);
    void apply(const RemoteId& id, const RawFields& patch);
    /// Deletes a record as the hub asked; edits of people that it never read are lost with it.
    void remove_for_hub(const RemoteId& id);
    void ignore_update(const RemoteId& id, const RawFields& patch);

    SystemId id_;
    std::chrono::milliseconds ahead_{0};
    FakeClock& clock_;
    Character character_;
    Faults faults_;
    std::map<RemoteId, Row> rows_;
    std::map<RemoteId, std::vector<Past>> pasts_;
    Backup backup_;
    std::set<RemoteId> vanished_;                        ///< made after a backup that came back
    std::map<RemoteId, std::uint64_t> shown_at_backup_;  ///< of the hub: read versions
    std::vector<std::pair<RemoteId, RawFields>> corrections_;
    std::uint64_t next_ = 1;
    std::uint64_t version_ = 0;
    std::size_t writes_ = 0;
    std::size_t calls_ = 0;
    std::vector<Delivery> asked_;
    std::size_t edits_ = 0;
    std::vector<std::string> lost_edits_;
    std::set<std::string> mistaken_edits_;
    std::set<std::string> overtaken_edits_;
    std::map<std::string, std::uint64_t> went_wrong_;
    std::vector<Authored> authored_;
    std::vector<Delivery> lingering_;
};

}  // namespace syncline::testing
