#include "support/fake_system.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace syncline::testing {
namespace {

constexpr std::chrono::milliseconds kMostInFlight{3'000};

bool spend(int& left) {
    if (left <= 0) return false;
    --left;
    return true;
}

Error unavailable() {
    return {ErrorCode::RemoteUnavailable, Remedy::Retry, "fake", "the system does not answer"};
}

}  // namespace

FakeSystem::FakeSystem(SystemId id, FakeClock& clock, Character character)
    : id_(std::move(id)), clock_(clock), character_(std::move(character)) {}

std::string FakeSystem::stored(const std::string& field, const std::string& value) const {
    if (field == "name" && character_.cut_at != 0)
        return std::string(first_characters(value, character_.cut_at));
    if (field == character_.rewrites && !value.empty() && !value.starts_with("* "))
        return "* " + value;
    if (field != "city" || !character_.upper_cases) return value;
    std::string upper = value;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return upper;
}

FakeSystem::Row& FakeSystem::change(const RemoteId& id) {
    const auto known = rows_.find(id);
    if (character_.stale_for.count() != 0) {
        Past past;
        past.until = clock_.now();
        past.existed = known != rows_.end();
        if (past.existed) past.row = known->second;
        pasts_[id].push_back(std::move(past));
    }
    Row& row = rows_[id];
    row.version = ++version_;
    row.changed_at = clock_.now();
    row.modified_at = row.changed_at + ahead_;
    return row;
}

const FakeSystem::Past* FakeSystem::stale(const RemoteId& id) {
    const auto pasts = pasts_.find(id);
    if (pasts == pasts_.end() || faults_.stale_reads <= 0) return nullptr;
    const Timestamp then = clock_.now() - character_.stale_for;
    const auto shown =
        std::find_if(pasts->second.begin(), pasts->second.end(), [&](const Past& past) {
            return past.until > then;
        });
    if (shown == pasts->second.end()) return nullptr;
    --faults_.stale_reads;
    return &*shown;
}

RemoteId FakeSystem::add(std::map<std::string, std::string> fields) {
    const RemoteId id{std::to_string(next_++)};
    Row& row = change(id);
    for (const auto& [field, value] : fields) {
        row.fields[field] = stored(field, value);
        row.edited_at[field] = row.version;
        authored_.push_back({id, field, row.fields[field]});
    }
    ++edits_;
    return id;
}

void FakeSystem::edit(const RemoteId& id, const std::string& field, const std::string& value) {
    if (rows_.at(id).fields[field] == stored(field, value)) return;
    Row& row = change(id);
    row.fields[field] = stored(field, value);
    row.edited_at[field] = row.version;
    authored_.push_back({id, field, row.fields[field]});
    ++edits_;
}

void FakeSystem::edit_unnoticed(
    const RemoteId& id, const std::string& field, const std::string& value
) {
    rows_.at(id).fields[field] = value;
    authored_.push_back({id, field, value});
    ++edits_;
}

void FakeSystem::remove(const RemoteId& id) {
    change(id).gone = true;
}

void FakeSystem::remove_unnoticed(const RemoteId& id) {
    rows_.erase(id);
    vanished_.insert(id);
}

void FakeSystem::restore(const RemoteId& id) {
    change(id).gone = false;
}

void FakeSystem::merge(const RemoteId& id, const RemoteId& into) {
    Row& row = change(id);
    row.gone = true;
    row.merged_into = into;
}

RemoteId FakeSystem::merge_anew(
    const RemoteId& one, const RemoteId& other, std::map<std::string, std::string> fields
) {
    const RemoteId made = add(std::move(fields));
    change(one).gone = true;
    change(other).gone = true;
    rows_.at(made).merged_from = {one, other};
    return made;
}

void FakeSystem::use_again(const RemoteId& id, std::map<std::string, std::string> fields) {
    Row& row = change(id);
    row.gone = false;
    row.merged_into = {};
    row.fields = std::move(fields);
}

std::set<RemoteId> FakeSystem::go_back_to_backup() {
    std::set<RemoteId> vanished;
    for (const auto& [id, row] : std::exchange(rows_, backup_.rows)) {
        if (!rows_.contains(id)) vanished.insert(id);
    }
    vanished_.insert(vanished.begin(), vanished.end());
    version_ = backup_.version;
    pasts_.clear();
    for (std::size_t i = backup_.authored; i < authored_.size(); ++i)
        authored_[i].is_undone = true;
    return vanished;
}

void FakeSystem::hub_is_backed_up() {
    shown_at_backup_.clear();
    for (const auto& [id, row] : rows_)
        shown_at_backup_[id] = row.read_version;
}

void FakeSystem::hub_is_put_back() {
    for (auto& [id, row] : rows_) {
        const auto shown = shown_at_backup_.find(id);
        const std::uint64_t seen = shown == shown_at_backup_.end() ? 0 : shown->second;
        row.read_version = std::min(row.read_version, seen);
    }
}

void FakeSystem::make_unreadable(const RemoteId& id, const std::string& reason) {
    change(id).problem = reason;
}

const std::map<std::string, std::string>& FakeSystem::record(const RemoteId& id) const {
    return rows_.at(id).fields;
}

std::map<RemoteId, std::map<std::string, std::string>> FakeSystem::records() const {
    std::map<RemoteId, std::map<std::string, std::string>> all;
    for (const auto& [id, row] : rows_) {
        if (!row.gone) all[id] = row.fields;
    }
    return all;
}

std::string FakeSystem::state() const {
    std::string text = std::to_string(next_) + " " + std::to_string(version_) + "\n";
    for (const auto& [id, row] : rows_) {
        text += id.text() + " " + std::to_string(row.version) + (row.gone ? " gone " : " ") +
                row.made_by + " " + row.problem;
        for (const auto& [field, value] : row.fields)
            text.append("|").append(field).append("=").append(value);
        text += "\n";
    }
    for (const auto& [id, patch] : corrections_) {
        text += "left for " + id.text();
        for (const auto& [field, value] : patch)
            text.append("|").append(field).append("=").append(value.text);
        text += "\n";
    }
    return text;
}

Observation FakeSystem::observe(const RemoteId& id, Row& row) {
    if (const Past* past = stale(id)) {
        if (past->existed) {
            row.read_version = std::max(row.read_version, past->row.version);
            return shown(id, past->row);
        }
        Observation absent = shown(id, row);
        absent.kind = Observation::Kind::Gone;
        absent.fields = {};
        absent.token.clear();
        return absent;
    }
    row.read_version = row.version;
    return shown(id, row);
}

Observation FakeSystem::shown(const RemoteId& id, const Row& row) const {
    Observation observation;
    observation.system = id_;
    observation.entity = "customer";
    observation.remote_id = id;
    observation.kind = row.gone ? Observation::Kind::Gone : Observation::Kind::Present;
    observation.problem = row.gone ? "" : row.problem;
    if (row.gone && character_.tells_merges) observation.merged_into = row.merged_into;
    if (!row.gone && character_.tells_origins) observation.merged_from = row.merged_from;
    if (observation.problem.empty()) {
        for (const std::string& field : character_.always_lists)
            observation.fields[field] = RawValue::of_text("");
        for (const auto& [field, value] : row.fields)
            observation.fields[field] = RawValue::of_text(value);
        observation.fields.erase(faults_.hides);
    }
    if (character_.version != connect::VersionKind::None)
        observation.token = std::to_string(row.version);
    if (character_.tells_times) observation.modified_at = row.modified_at;
    observation.sent_at = clock_.now();
    clock_.advance(std::chrono::milliseconds{1});
    observation.received_at = clock_.now();
    return observation;
}

Result<connect::Capabilities> FakeSystem::discover(const std::string& entity) {
    connect::Capabilities can;
    can.entity = entity;
    can.version = character_.version;
    can.write_deferred = character_.deferred;
    can.can_write = true;
    can.can_delete = character_.deletes && !character_.deferred;
    can.conditional_write = character_.conditional_write && !character_.deferred;
    can.lookup_by_id = !character_.deferred;
    can.listing_proves_absence = true;
    can.incremental = character_.incremental;
    can.creates_need_planned_id = character_.ids_are_planned;
    can.max_batch = 10;
    can.stale_window_ms = static_cast<std::uint32_t>(character_.stale_for.count());
    can.max_inflight_ms = static_cast<std::uint32_t>(kMostInFlight.count());
    return can;
}

Result<connect::ReadSummary> FakeSystem::read(
    const connect::ReadRequest& request, const connect::ReadSink& sink
) {
    ++calls_;
    if (spend(faults_.read_fails)) return unavailable();
    const bool only_new = request.mode == connect::ReadMode::Incremental && !request.cursor.empty();
    const std::uint64_t since = only_new ? std::stoull(request.cursor) : 0;
    connect::ReadSummary summary;
    clock_.advance(std::chrono::milliseconds{1});  // requests take time
    summary.sent_at = clock_.now();
    summary.complete_listing = !only_new;
    std::uint64_t until = version_;
    std::vector<Observation> page;
    for (auto& [id, row] : rows_) {
        // What changed lately comes again, until no copy can lag behind it any more.
        const bool may_lag = row.changed_at + 2 * character_.stale_for > clock_.now();
        if (character_.feed_waits_for_copies && may_lag) until = std::min(until, row.version);
        if (row.version < since) continue;
        Observation seen = observe(id, row);
        if (seen.kind == Observation::Kind::Gone && !only_new) continue;
        page.push_back(std::move(seen));
        ++summary.records;
    }
    sink.records(std::move(page));
    sink.checkpoint(std::to_string(until));
    return summary;
}

Result<std::vector<Observation>> FakeSystem::lookup(
    const std::string& /*entity*/, std::span<const RemoteId> ids
) {
    ++calls_;
    if (spend(faults_.lookup_fails)) return unavailable();
    std::vector<Observation> found;
    for (const RemoteId& id : ids) {
        const auto row = rows_.find(id);
        if (row == rows_.end()) {
            Row none;
            none.gone = true;
            if (vanished_.contains(id)) found.push_back(shown(id, none));
            continue;
        }
        found.push_back(observe(id, row->second));
        if (faults_.denies_everything > 0) {
            found.back().kind = Observation::Kind::Gone;
            found.back().fields = {};
        }
    }
    return found;
}

Result<std::vector<Observation>> FakeSystem::lookup_created(const Delivery& create) {
    ++calls_;
    if (spend(faults_.lookup_fails)) return unavailable();
    std::vector<Observation> found;
    for (auto& [id, row] : rows_) {
        const bool is_it = character_.ids_are_planned ? id == create.attempt.planned_id
                                                      : row.made_by == to_text(create.attempt.id);
        if (!is_it) continue;
        Observation seen = observe(id, row);
        if (seen.kind == Observation::Kind::Present) found.push_back(std::move(seen));
    }
    return found;
}

Result<std::vector<RemoteId>> FakeSystem::plan_ids(
    const std::string& /*entity*/, std::size_t count
) {
    ++calls_;
    std::vector<RemoteId> ids;
    for (std::size_t i = 0; i < count; ++i)
        ids.emplace_back(std::to_string(next_++));
    return ids;
}

RemoteId FakeSystem::holder_of(const RemoteId& id, const RawFields& patch) const {
    const RawValue* wanted = patch.find(character_.unique);
    if (character_.unique.empty() || wanted == nullptr || wanted->text.empty()) return {};
    const auto holder = std::find_if(rows_.begin(), rows_.end(), [&](const auto& entry) {
        const auto held = entry.second.fields.find(character_.unique);
        return entry.first != id && !entry.second.gone && held != entry.second.fields.end() &&
               held->second == wanted->text;
    });
    return holder == rows_.end() ? RemoteId{} : holder->first;
}

void FakeSystem::remove_for_hub(const RemoteId& id) {
    Row& row = change(id);
    for (const auto& [field, version] : row.edited_at) {
        if (version > row.read_version)
            lost_edits_.push_back(id_.text() + ":" + id.text() + "." + field);
    }
    row.gone = true;
    ++went_wrong_["delete carried out"];
    ++writes_;
}

void FakeSystem::ignore_update(const RemoteId& id, const RawFields& patch) {
    ++went_wrong_["update ignored"];
    const Row& row = rows_.at(id);
    for (const auto& [field, value] : patch) {
        const auto edited = row.edited_at.find(field);
        if (edited != row.edited_at.end() && edited->second > row.read_version)
            mistaken_edits_.insert(id_.text() + ":" + id.text() + "." + field);
    }
}

void FakeSystem::apply(const RemoteId& id, const RawFields& patch) {
    Row& row = change(id);
    for (const auto& [field, value] : patch) {
        const auto edited = row.edited_at.find(field);
        const bool unseen = edited != row.edited_at.end() && edited->second > row.read_version;
        if (unseen && row.fields[field] != stored(field, value.text))
            lost_edits_.push_back(id_.text() + ":" + id.text() + "." + field);
        row.fields[field] = stored(field, value.text);
        row.edited_at.erase(field);
    }
    ++writes_;
}

RemoteId FakeSystem::place(const Delivery& delivery) {
    if (delivery.attempt.kind != AttemptKind::Create) return delivery.remote_id;
    RemoteId id = delivery.remote_id;
    if (id.empty()) id = RemoteId{std::to_string(next_++)};
    change(id).made_by = to_text(delivery.attempt.id);
    return id;
}

Receipt FakeSystem::write_one(const Delivery& delivery) {
    Receipt receipt;
    receipt.attempt = delivery.attempt.id;
    receipt.answered_at = clock_.now();
    const bool is_update = delivery.attempt.kind == AttemptKind::Update;
    const bool is_delete = delivery.attempt.kind == AttemptKind::Delete;
    const auto note = [&](const char* what) {
        const char* kind = is_update ? "update " : is_delete ? "delete " : "create ";
        ++went_wrong_[std::string(kind) + what];
    };
    const auto failed = [&](Receipt::Outcome outcome, ErrorCode code, const char* what) {
        note(what);
        receipt.outcome = outcome;
        receipt.error = {code, Remedy::Retry, "fake", "as the test asked"};
        return receipt;
    };
    if (spend(faults_.write_never_sent))
        return failed(Receipt::Outcome::NotSent, ErrorCode::RemoteUnavailable, "not sent");
    if (spend(faults_.write_lost_before))
        return failed(Receipt::Outcome::InDoubt, ErrorCode::RemoteInDoubt, "never arrived");
    if (is_delete && spend(faults_.refuse_delete))
        return failed(Receipt::Outcome::Refused, ErrorCode::RemoteRefused, "refused");
    if (!is_delete && spend(faults_.refuse_field)) {
        receipt.refused_field = delivery.patch.begin()->first;
        return failed(Receipt::Outcome::Refused, ErrorCode::RemoteRefused, "refused");
    }
    if (delivery.patch.contains(faults_.refuses)) {
        receipt.refused_field = faults_.refuses;
        return failed(Receipt::Outcome::Refused, ErrorCode::RemoteRefused, "refused");
    }
    if (const RemoteId holder = holder_of(delivery.remote_id, delivery.patch); !holder.empty()) {
        if (character_.names_duplicates) receipt.duplicate_of = holder;
        return failed(
            Receipt::Outcome::Duplicate, ErrorCode::RemoteDuplicate, "of a value that is taken"
        );
    }
    if (spend(faults_.write_lingers)) {
        lingering_.push_back(delivery);
        return failed(Receipt::Outcome::InDoubt, ErrorCode::RemoteInDoubt, "on its way for long");
    }
    const RemoteId id = place(delivery);
    const auto found = rows_.find(id);
    if (found == rows_.end() || found->second.gone)
        return failed(Receipt::Outcome::Gone, ErrorCode::RemoteGone, "of a record that is gone");
    if (character_.deferred) {
        corrections_.emplace_back(id, delivery.patch);
        ++writes_;
        receipt.outcome = Receipt::Outcome::Stored;
        receipt.remote_id = id;
        return receipt;
    }
    const std::string token = std::to_string(found->second.version);
    const bool holds = delivery.if_version == token && !character_.breaks_conditions;
    if (!delivery.if_version.empty() && !holds)
        return failed(Receipt::Outcome::Conflict, ErrorCode::RemoteConflict, "after an edit");
    if (is_delete)
        remove_for_hub(id);
    else if (is_update && spend(faults_.ignore_write))
        ignore_update(id, delivery.patch);
    else
        apply(id, delivery.patch);
    if (spend(faults_.write_lost_after))
        return failed(Receipt::Outcome::InDoubt, ErrorCode::RemoteInDoubt, "applied, answer lost");
    receipt.outcome = Receipt::Outcome::Stored;
    receipt.remote_id = id;
    if (character_.states_what_it_stored && !is_delete) {
        Row& row = rows_.at(id);
        row.read_version = row.version;
        receipt.stored = shown(id, row);
        receipt.token = receipt.stored->token;
    }
    return receipt;
}

std::vector<Receipt> FakeSystem::write(
    const std::string& /*entity*/, std::span<const Delivery> deliveries
) {
    ++calls_;
    asked_.insert(asked_.end(), deliveries.begin(), deliveries.end());
    std::vector<Receipt> receipts;
    for (const Delivery& delivery : deliveries)
        receipts.push_back(write_one(delivery));
    return receipts;
}

void FakeSystem::let_lingering_writes_land() {
    for (const Delivery& delivery : std::exchange(lingering_, {})) {
        if (clock_.now() > delivery.attempt.issued_at + kMostInFlight) continue;
        const RemoteId id = place(delivery);
        const auto row = rows_.find(id);
        if (row == rows_.end() || row->second.gone) continue;
        const bool holds = delivery.if_version.empty() ||
                           delivery.if_version == std::to_string(row->second.version);
        if (!holds) continue;
        const bool is_delete = delivery.attempt.kind == AttemptKind::Delete;
        const bool is_update = delivery.attempt.kind == AttemptKind::Update;
        ++went_wrong_
            [is_update   ? "update landed late"
             : is_delete ? "delete landed late"
                         : "create landed late"];
        const std::size_t lost = lost_edits_.size();
        if (is_delete)
            remove_for_hub(id);
        else
            apply(id, delivery.patch);
        if (delivery.if_version.empty())
            overtaken_edits_.insert(
                lost_edits_.begin() + static_cast<std::ptrdiff_t>(lost), lost_edits_.end()
            );
    }
}

void FakeSystem::take_in_corrections() {
    for (const auto& [id, patch] : std::exchange(corrections_, {})) {
        Row& row = change(id);
        for (const auto& [field, value] : patch)
            row.fields[field] = stored(field, value.text);
    }
}

}  // namespace syncline::testing
