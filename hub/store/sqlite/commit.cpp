#include "base/assert.hpp"
#include "base/fault.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/match_tags.hpp"
#include "store/sqlite/packed_list.hpp"
#include "store/sqlite/row_sealing.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;
using sqlite::Query;

/// Where each thing of a batch stands last: a batch may carry the same row twice, and the later one
/// is the newer one.
template <class Row>
std::vector<const Row*> newest_of_each(const std::vector<Row>& rows) {
    std::unordered_set<decltype(Row::id)> seen;
    std::vector<const Row*> newest;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        if (seen.insert(row->id).second) newest.push_back(&*row);
    }
    std::reverse(newest.begin(), newest.end());
    return newest;
}

template <class Identifier>
void bind_optional(Query& row, const Identifier& id) {
    if (id.is_nil())
        row.bind_null();
    else
        row.bind(id.view());
}

/// Writes one batch inside the transaction of its caller.
class BatchWriter {
public:
    BatchWriter(sqlite::Database& database, vault::Vault& vault, const FieldTable* fields)
        : database_(database), vault_(vault), fields_(fields) {}

    /// Finds the data key of every subject of the batch, and takes one from the vault for each
    /// subject that has none. Before the transaction: the vault makes keys durable by itself.
    void find_keys(const CommitBatch& batch);
    void write(const CommitBatch& batch, std::uint64_t first_sequence);

private:
    using Subject = std::array<std::uint8_t, 16>;
    struct SubjectHash {
        std::size_t operator()(const Subject& subject) const noexcept {
            return std::hash<CustomerId>{}(CustomerId{subject});
        }
    };

    Query query(std::string_view sql) { return Query(database_.prepared(sql)); }
    vault::DataKeyId key_of(const Subject& subject) const { return keys_.at(subject); }
    Subject subject_of(const QuarantineItem& item) const {
        // Of a customer whose rows do not open, the key may be what is missing.
        const bool has_key = !item.customer.is_nil() && !is_unopened(item.code);
        return has_key ? item.customer.raw() : about(vault_, item);
    }
    void write_new_keys();
    void write(const Customer& customer);
    void write(const Link& link);
    void write(const Change& change);
    void write(const Attempt& attempt);
    void write(const Case& item);
    void write(QuarantineItem item);
    void write(const Cursor& cursor);
    void write(const SystemState& state);
    void write(const Run& run);
    void write(const MergeEvent& merge);
    void write(const RecentWrite& recent);
    void require_one_row(const char* table);

    sqlite::Database& database_;
    vault::Vault& vault_;
    const FieldTable* fields_;
    std::unordered_map<Subject, vault::DataKeyId, SubjectHash> keys_;
    std::vector<Subject> new_subjects_;
};

void BatchWriter::find_keys(const CommitBatch& batch) {
    std::unordered_set<Subject, SubjectHash> subjects;
    for (const Customer& customer : batch.customers)
        subjects.insert(customer.id.raw());
    for (const Link& link : batch.links)
        subjects.insert(link.customer.raw());
    for (const Change& change : batch.changes)
        subjects.insert(change.customer.raw());
    for (const Attempt& attempt : batch.attempts)
        subjects.insert(attempt.customer.raw());
    for (const QuarantineItem& item : batch.quarantined)
        subjects.insert(subject_of(item));
    for (const MergeEvent& merge : batch.merges)
        subjects.insert(merge.winner.raw());

    PackedList list;
    for (const Subject& subject : subjects)
        list.add(ByteView(subject));
    const std::string sql =
        with_wanted("SELECT subject, dek_id FROM wanted CROSS JOIN data_key ON subject = item");
    Query rows = query(sql);
    rows.bind(list.view());
    std::vector<vault::DataKeyId> found;
    while (rows.step()) {
        Subject subject{};
        const ByteView bytes = rows.bytes();
        std::copy(bytes.begin(), bytes.end(), subject.begin());
        found.push_back(rows.unsigned_number());
        keys_.emplace(subject, found.back());
    }
    vault_.prefetch(found);
    for (const Subject& subject : subjects) {
        if (keys_.contains(subject)) continue;
        keys_.emplace(subject, vault_.take_data_key());
        new_subjects_.push_back(subject);
    }
}

void BatchWriter::write(const CommitBatch& batch, std::uint64_t first_sequence) {
    write_new_keys();
    for (const Customer* customer : newest_of_each(batch.customers))
        write(*customer);
    for (const Link* link : newest_of_each(batch.links))
        write(*link);
    for (const Change& change : batch.changes) {
        Change numbered = change;
        numbered.sequence = first_sequence++;
        write(numbered);
    }
    for (const Attempt& attempt : batch.attempts)
        write(attempt);
    for (const AttemptId& id : batch.closed_attempts)
        query("DELETE FROM attempt WHERE id = ?").bind(id.view()).run();
    for (const Case& item : batch.cases)
        write(item);
    for (const QuarantineItem& item : batch.quarantined)
        write(item);
    for (const std::uint64_t id : batch.released)
        query("DELETE FROM quarantine WHERE id = ?").bind(id).run();
    for (const Cursor& cursor : batch.cursors)
        write(cursor);
    for (const SystemState& state : batch.systems)
        write(state);
    for (const Run& run : batch.runs)
        write(run);
    for (const MergeEvent& merge : batch.merges)
        write(merge);
    for (const auto& [system, until] : batch.forgotten_writes)
        query("DELETE FROM recent_write WHERE system = ? AND at <= ?")
            .bind(std::string_view(system.text()))
            .bind(to_unix_ms(until))
            .run();
    for (const RecentWrite& recent : batch.recent_writes)
        write(recent);
    replace_tags(database_, vault_, batch.link_keys);
    replace_tags(database_, vault_, batch.customer_keys);
    for (const CustomerId& id : batch.work_done)
        query("DELETE FROM work WHERE customer = ?").bind(id.view()).run();
    for (const CustomerId& id : batch.work_added)
        query("INSERT OR IGNORE INTO work VALUES (?)").bind(id.view()).run();
    query("UPDATE hub_state SET high_water = max(high_water, ?)")
        .bind(batch.high_water.number)
        .run();
    if (batch.committed_at == Timestamp{}) return;
    query("UPDATE hub_state SET committed_at = ?").bind(to_unix_ms(batch.committed_at)).run();
}

void BatchWriter::write_new_keys() {
    for (const Subject& subject : new_subjects_) {
        query("INSERT INTO data_key VALUES (?, ?)")
            .bind(ByteView(subject))
            .bind(key_of(subject))
            .run();
    }
}

void BatchWriter::require_one_row(const char* table) {
    if (database_.changes() != 1) {
        throw Fault(
            "a row of table " + std::string(table) +
            " is not the one that was read: another process wrote it"
        );
    }
}

void BatchWriter::write(const Customer& customer) {
    SYNCLINE_ASSERT(fields_ != nullptr);
    const Bytes fields = seal_customer(vault_, key_of(customer.id.raw()), customer, *fields_);
    const auto state = static_cast<std::int64_t>(customer.state);
    if (customer.row_version == 0) {
        Query row = query(
            "INSERT INTO customer (id, state, row_version, created, fields, alias_of) "
            "VALUES (?, ?, 1, ?, ?, ?)"
        );
        row.bind(customer.id.view())
            .bind(state)
            .bind(customer.created.number)
            .bind(ByteView(fields));
        bind_optional(row, customer.alias_of);
        row.run();
        return;
    }
    Query row = query(
        "UPDATE customer SET state = ?, row_version = row_version + 1, created = ?, fields = ?, "
        "alias_of = ? WHERE id = ? AND row_version = ?"
    );
    row.bind(state).bind(customer.created.number).bind(ByteView(fields));
    bind_optional(row, customer.alias_of);
    row.bind(customer.id.view()).bind(customer.row_version).run();
    require_one_row("customer");
}

void BatchWriter::write(const Link& link) {
    const std::uint64_t row_version = link.row_version + 1;
    const Bytes sealed = seal_link(vault_, key_of(link.customer.raw()), link, row_version);
    const bool is_new = link.row_version == 0;
    Query row = query(
        is_new ? "INSERT INTO link (system, entity, remote_id, generation, customer, state, role, "
                 "row_version, modified_at, read_at, sealed, id) "
                 "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
               : "UPDATE link SET system = ?, entity = ?, remote_id = ?, generation = ?, "
                 "customer = ?, state = ?, role = ?, row_version = ?, modified_at = ?, "
                 "read_at = ?, sealed = ? WHERE id = ? AND row_version = ?"
    );
    row.bind(std::string_view(link.system.text()))
        .bind(std::string_view(link.entity))
        .bind(std::string_view(link.remote_id.text()))
        .bind(std::uint64_t{link.generation})
        .bind(link.customer.view())
        .bind(static_cast<std::int64_t>(link.state))
        .bind(static_cast<std::int64_t>(link.role))
        .bind(row_version)
        .bind(to_unix_ms(link.modified_at))
        .bind(to_unix_ms(link.read_at))
        .bind(ByteView(sealed))
        .bind(link.id.view());
    if (!is_new) row.bind(link.row_version);
    row.run();
    require_one_row("link");
}

void BatchWriter::write(const Change& change) {
    const Bytes sealed = seal_change(vault_, key_of(change.customer.raw()), change);
    query("INSERT INTO change VALUES (?, ?, ?, ?, ?)")
        .bind(change.sequence)
        .bind(change.customer.view())
        .bind(change.run.view())
        .bind(to_unix_ms(change.at))
        .bind(ByteView(sealed))
        .run();
}

void BatchWriter::write(const Attempt& attempt) {
    const Bytes sealed = seal_attempt(vault_, key_of(attempt.customer.raw()), attempt);
    Query row = query(
        "REPLACE INTO attempt (id, kind, state, system, entity, customer, planned_id, "
        "issued_at, answered_at, sealed, link) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
    );
    row.bind(attempt.id.view())
        .bind(static_cast<std::int64_t>(attempt.kind))
        .bind(static_cast<std::int64_t>(attempt.state))
        .bind(std::string_view(attempt.system.text()))
        .bind(std::string_view(attempt.entity))
        .bind(attempt.customer.view())
        .bind(std::string_view(attempt.planned_id.text()))
        .bind(to_unix_ms(attempt.issued_at))
        .bind(to_unix_ms(attempt.answered_at))
        .bind(ByteView(sealed));
    bind_optional(row, attempt.link);
    row.run();
}

void BatchWriter::write(const Case& item) {
    const Bytes candidates = codec::encode_candidates(item.candidates);
    query("DELETE FROM case_customer WHERE review_case = ?").bind(item.id.view()).run();
    query("REPLACE INTO review_case VALUES (?,?,?,?,?,?,?,?,?,?,?)")
        .bind(item.id.view())
        .bind(static_cast<std::int64_t>(item.kind))
        .bind(item.customer.view())
        .bind(item.link.view())
        .bind(std::string_view(item.system.text()))
        .bind(std::uint64_t{item.field.number})
        .bind(std::string_view(item.reason))
        .bind(ByteView(candidates))
        .bind(to_unix_ms(item.opened_at))
        .bind(to_unix_ms(item.resolved_at))
        .bind(std::string_view(item.resolution))
        .run();
    if (!item.is_open() && !item.keeps_apart()) return;
    const auto name_customer = [&](const CustomerId& customer) {
        if (customer.is_nil()) return;
        query("INSERT OR IGNORE INTO case_customer VALUES (?, ?)")
            .bind(customer.view())
            .bind(item.id.view())
            .run();
    };
    name_customer(item.customer);
    for (const Candidate& candidate : item.candidates)
        name_customer(candidate.customer);
}

void BatchWriter::write(QuarantineItem item) {
    const vault::Tag key = about(vault_, item);
    bool is_known = false;
    {
        Query known = query("SELECT id, first_at, tries FROM quarantine WHERE about = ?");
        known.bind(ByteView(key));
        is_known = known.step();
        if (is_known) {
            const bool again = item.id == 0;
            item.id = known.unsigned_number();
            item.first_at = from_unix_ms(known.number());
            if (again) item.tries = static_cast<std::uint32_t>(known.number()) + 1;
        }
    }
    const Subject subject = subject_of(item);
    const Bytes sealed = seal_quarantined(vault_, key_of(subject), item);
    Query row = query(
        "REPLACE INTO quarantine (about, subject, system, direction, remote_id, link, "
        "customer, field, code, reason, first_at, last_at, tries, retry_requested, "
        "version, sealed, id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
    );
    row.bind(ByteView(key))
        .bind(ByteView(subject))
        .bind(std::string_view(item.system.text()))
        .bind(static_cast<std::int64_t>(item.direction))
        .bind(std::string_view(item.remote_id.text()))
        .bind(item.link.view())
        .bind(item.customer.view())
        .bind(std::uint64_t{item.field.number})
        .bind(static_cast<std::int64_t>(item.code))
        .bind(std::string_view(item.reason))
        .bind(to_unix_ms(item.first_at))
        .bind(to_unix_ms(item.last_at))
        .bind(std::uint64_t{item.tries})
        .bind(std::int64_t{item.retry_requested})
        .bind(item.version.number)
        .bind(ByteView(sealed));
    if (is_known)
        row.bind(item.id);
    else
        row.bind_null();
    row.run();
}

void BatchWriter::write(const Cursor& cursor) {
    query("REPLACE INTO read_cursor VALUES (?, ?, ?, ?, ?)")
        .bind(std::string_view(cursor.system.text()))
        .bind(std::string_view(cursor.entity))
        .bind(std::string_view(cursor.value))
        .bind(std::int64_t{cursor.listed_completely})
        .bind(to_unix_ms(cursor.listed_at))
        .run();
}

void BatchWriter::write(const SystemState& state) {
    query("REPLACE INTO system_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(std::string_view(state.system.text()))
        .bind(std::int64_t{state.paused})
        .bind(std::string_view(state.paused_by))
        .bind(std::string_view(state.last_error))
        .bind(to_unix_ms(state.last_pull))
        .bind(to_unix_ms(state.last_push))
        .bind(to_unix_ms(state.retry_at))
        .bind(std::int64_t{state.failures})
        .bind(to_unix_ms(state.listing_wanted_at))
        .bind(std::string_view(state.mapping))
        .bind(to_unix_ms(state.listed_at))
        .bind(std::string_view(state.connector))
        .run();
}

void BatchWriter::write(const Run& run) {
    Query row = query(
        "REPLACE INTO run (id, kind, started_at, ended_at, pulled, changed, created, updated, "
        "refused, actor, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    row.bind(run.id.view())
        .bind(std::string_view(run.kind))
        .bind(to_unix_ms(run.started_at))
        .bind(to_unix_ms(run.ended_at))
        .bind(run.pulled)
        .bind(run.changed)
        .bind(run.created)
        .bind(run.updated)
        .bind(run.refused)
        .bind(std::string_view(run.by));
    bind_optional(row, run.undoes);
    row.run();
}

void BatchWriter::write(const MergeEvent& merge) {
    Customer before;
    before.id = merge.winner;
    before.fields = merge.before;
    const Bytes fields = seal_customer(vault_, key_of(merge.winner.raw()), before, *fields_);
    const Bytes links = codec::encode_moved_links(merge.links);
    query("REPLACE INTO merge_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(merge.id.view())
        .bind(merge.winner.view())
        .bind(merge.loser.view())
        .bind(to_unix_ms(merge.at))
        .bind(std::string_view(merge.by))
        .bind(to_unix_ms(merge.undone_at))
        .bind(std::string_view(merge.undone_by))
        .bind(ByteView(links))
        .bind(ByteView(fields))
        .run();
}

void BatchWriter::write(const RecentWrite& recent) {
    query("REPLACE INTO recent_write VALUES (?, ?, ?, ?)")
        .bind(std::string_view(recent.system.text()))
        .bind(static_cast<std::int64_t>(recent.kind))
        .bind(recent.customer.view())
        .bind(to_unix_ms(recent.at))
        .run();
}

constexpr std::chrono::milliseconds kBetweenMarks{60'000};

}  // namespace

void HubDatabase::commit(CommitBatch& batch) {
    SYNCLINE_ASSERT(!snapshot_);
    BatchWriter writer(database_, vault_, fields_);
    writer.find_keys(batch);
    sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::Write);
    std::uint64_t sequence = 1;
    {
        Query newest = query("SELECT coalesce(max(sequence), 0) + 1 FROM change");
        if (newest.step()) sequence = newest.unsigned_number();
    }
    writer.write(batch, sequence);
    transaction.commit();
    // Only now, so that a batch whose commit failed is as it was.
    for (const Link* link : newest_of_each(batch.links)) {
        const auto count = link_counts_.find({link->system, link->entity});
        if (link->row_version == 0 && count != link_counts_.end()) ++count->second;
    }
    for (Customer& customer : batch.customers)
        ++customer.row_version;
    for (Link& link : batch.links)
        ++link.row_version;
    for (Change& change : batch.changes)
        change.sequence = sequence++;
    note_reached(batch.high_water);
}

/// Never before the commit: a mark that is ahead of hub.db says that hub.db was put back. Rarely,
/// because keys.db syncs a file and its folder for it.
void HubDatabase::note_reached(Version version) {
    if (!reached_) reached_ = vault_.reached();
    if (version.unix_ms() < reached_->unix_ms() + kBetweenMarks.count()) return;
    vault_.note_reached(version);
    reached_ = version;
}

}  // namespace syncline::store
