// Work, cursors, numbers, and what people ask.

#include "base/fault.hpp"
#include "codec/record_codec.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/packed_list.hpp"
#include "store/sqlite/row_sealing.hpp"
#include "vault/envelope.hpp"

#include <algorithm>
#include <limits>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;
using sqlite::Query;

constexpr std::string_view kItemColumns =
    "SELECT id, system, direction, remote_id, link, customer, field, code, reason, first_at, "
    "last_at, tries, retry_requested, version, sealed ";
constexpr std::string_view kCaseColumns =
    "SELECT DISTINCT review_case.id, kind, review_case.customer, link, system, field, reason, "
    "candidates, opened_at, resolved_at, resolution ";

constexpr std::string_view kSelectRuns =
    "SELECT id, kind, started_at, ended_at, pulled, changed, created, updated, refused, actor, "
    "undoes FROM run ";

/// A LIMIT that SQLite takes: it knows no number above the signed ones, and means "all" by -1.
std::int64_t limit_of(std::size_t limit) {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return limit > kMost ? -1 : static_cast<std::int64_t>(limit);
}

std::vector<Run> read_runs(Query& rows) {
    std::vector<Run> runs;
    while (rows.step()) {
        Run& run = runs.emplace_back();
        run.id = read_id<RunId>(rows);
        run.kind = rows.text();
        run.started_at = from_unix_ms(rows.number());
        run.ended_at = from_unix_ms(rows.number());
        run.pulled = rows.unsigned_number();
        run.changed = rows.unsigned_number();
        run.created = rows.unsigned_number();
        run.updated = rows.unsigned_number();
        run.refused = rows.unsigned_number();
        run.by = rows.text();
        run.undoes = read_id<RunId>(rows);
    }
    return runs;
}

std::vector<CustomerId> read_customers(Query& rows) {
    std::vector<CustomerId> ids;
    while (rows.step())
        ids.push_back(read_id<CustomerId>(rows));
    return ids;
}

std::vector<Case> read_cases(Query& rows) {
    std::vector<Case> cases;
    while (rows.step()) {
        Case& item = cases.emplace_back();
        item.id = read_id<CaseId>(rows);
        item.kind = static_cast<CaseKind>(rows.number());
        item.customer = read_id<CustomerId>(rows);
        item.link = read_id<LinkId>(rows);
        item.system = SystemId{std::string(rows.text())};
        item.field = FieldId{static_cast<std::uint32_t>(rows.number())};
        item.reason = rows.text();
        auto candidates = codec::decode_candidates(rows.bytes());
        if (!candidates) throw Fault("hub.db: the candidates of a case cannot be read");
        item.candidates = std::move(candidates).value();
        item.opened_at = from_unix_ms(rows.number());
        item.resolved_at = from_unix_ms(rows.number());
        item.resolution = rows.text();
    }
    return cases;
}

}  // namespace

std::vector<CustomerId> HubDatabase::work(std::size_t limit) {
    Query rows = query("SELECT customer FROM work ORDER BY customer LIMIT ?");
    rows.bind(limit_of(limit));
    return read_customers(rows);
}

std::vector<CustomerId> HubDatabase::customers_after(const CustomerId& last, std::size_t limit) {
    Query rows = query("SELECT id FROM customer WHERE id > ? AND state <> 1 ORDER BY id LIMIT ?");
    rows.bind(last.view()).bind(limit_of(limit));
    return read_customers(rows);
}

std::optional<Cursor> HubDatabase::cursor(const SystemId& system, const std::string& entity) {
    Query row = query(
        "SELECT value, listed_completely, listed_at FROM read_cursor WHERE system = ? AND entity = "
        "?"
    );
    row.bind(std::string_view(system.text())).bind(std::string_view(entity));
    if (!row.step()) return std::nullopt;
    Cursor cursor;
    cursor.system = system;
    cursor.entity = entity;
    cursor.value = row.text();
    cursor.listed_completely = row.number() != 0;
    cursor.listed_at = from_unix_ms(row.number());
    return cursor;
}

std::vector<SystemState> HubDatabase::system_states() {
    Query rows = query(
        "SELECT system, paused, paused_by, last_error, last_pull, last_push, retry_at, "
        "failures, listing_wanted_at, mapping, listed_at, connector FROM system_state ORDER BY "
        "system"
    );
    std::vector<SystemState> states;
    while (rows.step()) {
        SystemState& state = states.emplace_back();
        state.system = SystemId{std::string(rows.text())};
        state.paused = rows.number() != 0;
        state.paused_by = rows.text();
        state.last_error = rows.text();
        state.last_pull = from_unix_ms(rows.number());
        state.last_push = from_unix_ms(rows.number());
        state.retry_at = from_unix_ms(rows.number());
        state.failures = static_cast<std::uint32_t>(rows.number());
        state.listing_wanted_at = from_unix_ms(rows.number());
        state.mapping = rows.text();
        state.listed_at = from_unix_ms(rows.number());
        state.connector = rows.text();
    }
    return states;
}

std::vector<RecentWrite> HubDatabase::recent_writes(const SystemId& system, Timestamp since) {
    Query rows = query("SELECT kind, customer, at FROM recent_write WHERE system = ? AND at > ?");
    rows.bind(std::string_view(system.text())).bind(to_unix_ms(since));
    std::vector<RecentWrite> writes;
    while (rows.step()) {
        RecentWrite& write = writes.emplace_back();
        write.system = system;
        write.kind = static_cast<WriteKind>(rows.number());
        write.customer = read_id<CustomerId>(rows);
        write.at = from_unix_ms(rows.number());
    }
    return writes;
}

Version HubDatabase::high_water() {
    Query row = query("SELECT high_water FROM hub_state");
    return row.step() ? Version{row.unsigned_number()} : Version{};
}

Timestamp HubDatabase::committed_at() {
    Query row = query("SELECT committed_at FROM hub_state");
    return row.step() ? from_unix_ms(row.number()) : Timestamp{};
}

Version HubDatabase::reached() {
    return std::max(high_water(), vault_.reached());
}

FieldId HubDatabase::field_id(std::string_view path) {
    const auto known = [&]() -> std::optional<FieldId> {
        Query row = query("SELECT number FROM field_number WHERE path = ?");
        row.bind(path);
        if (!row.step()) return std::nullopt;
        return FieldId{static_cast<std::uint32_t>(row.number())};
    };
    if (const auto number = known()) return *number;
    if (numbering_ == Numbering::Temporary) {
        const auto given = std::find_if(
            temporary_numbers_.begin(),
            temporary_numbers_.end(),
            [&](const auto& entry) { return entry.first == path; }
        );
        if (given != temporary_numbers_.end()) return given->second;
        // From the far end: the writer counts up from one.
        const auto taken = static_cast<std::uint32_t>(temporary_numbers_.size());
        const FieldId id{std::numeric_limits<std::uint32_t>::max() - taken};
        temporary_numbers_.emplace_back(path, id);
        return id;
    }
    sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::Write);
    query("INSERT INTO field_number (path) VALUES (?)").bind(path).run();
    const auto number = known();
    transaction.commit();
    return *number;
}

std::vector<std::pair<std::string, FieldId>> HubDatabase::field_ids() {
    Query rows = query("SELECT path, number FROM field_number ORDER BY number");
    std::vector<std::pair<std::string, FieldId>> ids;
    while (rows.step()) {
        std::string path(rows.text());
        ids.emplace_back(std::move(path), FieldId{static_cast<std::uint32_t>(rows.number())});
    }
    return ids;
}

std::vector<Case> HubDatabase::cases(std::optional<CaseKind> kind, bool open_only) {
    const std::string sql = std::string(kCaseColumns) + "FROM review_case WHERE " +
                            (kind ? "kind = ?" : "true") +
                            (open_only ? " AND resolved_at = 0" : "") + " ORDER BY opened_at, id";
    Query rows = query(sql);
    if (kind) rows.bind(static_cast<std::int64_t>(*kind));
    return read_cases(rows);
}

std::vector<Case> HubDatabase::cases_of_customers(std::span<const CustomerId> ids) {
    const PackedList list = PackedList::of_ids(ids);
    Query rows = query(with_wanted(
        std::string(kCaseColumns) +
        "FROM wanted CROSS JOIN case_customer ON case_customer.customer = item "
        "JOIN review_case ON review_case.id = case_customer.review_case"
    ));
    rows.bind(list.view());
    return read_cases(rows);
}

std::uint64_t HubDatabase::quarantine_count() {
    Query row = query("SELECT count(*) FROM quarantine");
    return row.step() ? row.unsigned_number() : 0;
}

std::vector<QuarantineItem> HubDatabase::quarantine(RawFieldsOf raw) {
    Query rows = query(std::string(kItemColumns) + "FROM quarantine ORDER BY id");
    return read_items(rows, raw);
}

std::vector<QuarantineItem> HubDatabase::quarantined_of(
    std::span<const CustomerId> customers, std::span<const LinkId> links
) {
    PackedList list = PackedList::of_ids(customers);
    for (const LinkId& link : links)
        list.add(link.view());
    Query rows = query(with_wanted(
        std::string(kItemColumns) +
        "FROM quarantine WHERE id IN ("
        "SELECT id FROM wanted CROSS JOIN quarantine ON customer = item UNION "
        "SELECT id FROM wanted CROSS JOIN quarantine ON link = item) ORDER BY id"
    ));
    rows.bind(list.view());
    return read_items(rows, RawFieldsOf::Opened);
}

std::vector<QuarantineItem> HubDatabase::quarantined_records(
    const SystemId& system, std::span<const RemoteId> ids, std::span<const LinkId> links
) {
    PackedList list = PackedList::of_ids(links);
    for (const RemoteId& id : ids)
        list.add(std::string_view(id.text()));
    Query rows = query(with_wanted(
        std::string(kItemColumns) +
        "FROM quarantine WHERE id IN ("
        "SELECT id FROM wanted CROSS JOIN quarantine ON system = ?2 "
        "AND remote_id = CAST(item AS TEXT) UNION "
        "SELECT id FROM wanted CROSS JOIN quarantine ON link = item) "
        "AND system = ?2 ORDER BY id"
    ));
    rows.bind(list.view()).bind(std::string_view(system.text()));
    return read_items(rows, RawFieldsOf::Opened);
}

std::vector<QuarantineItem> HubDatabase::read_items(Query& rows, RawFieldsOf raw) {
    std::vector<QuarantineItem> items;
    std::vector<Bytes> sealed;
    std::vector<vault::DataKeyId> keys;
    while (rows.step()) {
        QuarantineItem& item = items.emplace_back();
        item.id = rows.unsigned_number();
        item.system = SystemId{std::string(rows.text())};
        item.direction = static_cast<Direction>(rows.number());
        item.remote_id = RemoteId{std::string(rows.text())};
        item.link = read_id<LinkId>(rows);
        item.customer = read_id<CustomerId>(rows);
        item.field = FieldId{static_cast<std::uint32_t>(rows.number())};
        item.code = static_cast<ErrorCode>(rows.number());
        item.reason = rows.text();
        item.first_at = from_unix_ms(rows.number());
        item.last_at = from_unix_ms(rows.number());
        item.tries = static_cast<std::uint32_t>(rows.number());
        item.retry_requested = rows.number() != 0;
        item.version = Version{rows.unsigned_number()};
        if (raw == RawFieldsOf::LeftOut) continue;
        sealed.push_back(read_bytes(rows));
        if (const auto key = vault::key_id_of(sealed.back())) keys.push_back(*key);
    }
    vault_.prefetch(keys);
    for (std::size_t i = 0; i < sealed.size(); ++i)
        (void)open_quarantined(vault_, sealed[i], items[i]);  // it stands without its raw fields
    return items;
}

std::vector<Change> HubDatabase::history(const CustomerId& id) {
    Query rows = query(
        "SELECT sequence, customer, run, at, sealed FROM change WHERE customer = ? "
        "ORDER BY sequence"
    );
    rows.bind(id.view());
    return read_changes(rows);
}

std::vector<Change> HubDatabase::changes_of_run(const RunId& id) {
    Query rows = query(
        "SELECT sequence, customer, run, at, sealed FROM change WHERE run = ? ORDER BY sequence"
    );
    rows.bind(id.view());
    return read_changes(rows);
}

std::vector<Change> HubDatabase::latest_changes(std::size_t limit) {
    Query rows = query(
        "SELECT sequence, customer, run, at, sealed FROM change ORDER BY sequence DESC LIMIT ?"
    );
    rows.bind(static_cast<std::int64_t>(limit));
    return read_changes(rows);
}

std::vector<Change> HubDatabase::read_changes(Query& rows) {
    std::vector<Change> changes;
    std::vector<Bytes> sealed;
    std::vector<vault::DataKeyId> keys;
    while (rows.step()) {
        Change& change = changes.emplace_back();
        change.sequence = rows.unsigned_number();
        change.customer = read_id<CustomerId>(rows);
        change.run = read_id<RunId>(rows);
        change.at = from_unix_ms(rows.number());
        sealed.push_back(read_bytes(rows));
        if (const auto key = vault::key_id_of(sealed.back())) keys.push_back(*key);
    }
    vault_.prefetch(keys);
    std::vector<Change> opened;
    opened.reserve(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (is_open(changes[i].customer, open_change(vault_, sealed[i], changes[i])))
            opened.push_back(std::move(changes[i]));
    }
    return opened;
}

std::vector<MergeEvent> HubDatabase::merges_of(std::span<const CustomerId> ids) {
    const PackedList list = PackedList::of_ids(ids);
    std::vector<MergeEvent> merges;
    std::vector<std::vector<codec::StoredField>> stored;
    std::vector<vault::DataKeyId> keys;
    Query rows = query(with_wanted(
        "SELECT DISTINCT id, winner, loser, merge_event.at, actor, undone_at, undone_by, links, "
        "before FROM wanted CROSS JOIN merge_event ON winner = item OR loser = item "
        "ORDER BY merge_event.at, id"
    ));
    rows.bind(list.view());
    while (rows.step()) {
        MergeEvent& merge = merges.emplace_back();
        merge.id = read_id<MergeId>(rows);
        merge.winner = read_id<CustomerId>(rows);
        merge.loser = read_id<CustomerId>(rows);
        merge.at = from_unix_ms(rows.number());
        merge.by = rows.text();
        merge.undone_at = from_unix_ms(rows.number());
        merge.undone_by = rows.text();
        auto links = codec::decode_moved_links(rows.bytes());
        if (!links) throw Fault("hub.db: the records of a merge cannot be read");
        merge.links = std::move(links).value();
        stored.push_back(stored_fields(rows.bytes()));
        collect_keys(stored.back(), keys);
    }
    vault_.prefetch(keys);
    std::vector<MergeEvent> opened;
    for (std::size_t i = 0; i < merges.size(); ++i) {
        Customer before;
        before.id = merges[i].winner;
        if (!is_open(before.id, open_customer(vault_, stored[i], before))) continue;
        merges[i].before = std::move(before.fields);
        opened.push_back(std::move(merges[i]));
    }
    return opened;
}

std::vector<Run> HubDatabase::runs(std::size_t limit) {
    Query rows = query(std::string(kSelectRuns) + "ORDER BY started_at DESC, id DESC LIMIT ?");
    rows.bind(limit_of(limit));
    return read_runs(rows);
}

std::vector<Run> HubDatabase::unfinished_undos() {
    Query rows = query(
        std::string(kSelectRuns) +
        "WHERE undoes IS NOT NULL AND ended_at = 0 ORDER BY started_at, id"
    );
    return read_runs(rows);
}

Counts HubDatabase::counts() {
    Query row = query(
        "SELECT (SELECT count(*) FROM customer WHERE state = 0), "
        "(SELECT count(*) FROM link WHERE state = 1), "
        "(SELECT count(*) FROM review_case WHERE resolved_at = 0 AND kind = 1), "
        "(SELECT count(*) FROM review_case WHERE resolved_at = 0 AND kind <> 1), "
        "(SELECT count(*) FROM quarantine)"
    );
    Counts counts;
    if (!row.step()) return counts;
    counts.records = row.unsigned_number();
    counts.links = row.unsigned_number();
    counts.conflicts_open = row.unsigned_number();
    counts.reviews_open = row.unsigned_number();
    counts.quarantined = row.unsigned_number();
    return counts;
}

}  // namespace syncline::store
