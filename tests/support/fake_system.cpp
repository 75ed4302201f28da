#include "support/fake_system.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace syncline::testing {
namespace {

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
    if (field != "city" || !character_.upper_cases) return value;
    std::string upper = value;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return upper;
}

RemoteId FakeSystem::add(std::map<std::string, std::string> fields) {
    const RemoteId id{std::to_string(next_++)};
    Row& row = rows_[id];
    row.version = ++version_;
    for (const auto& [field, value] : fields) {
        row.fields[field] = stored(field, value);
        row.edited_at[field] = row.version;
    }
    ++edits_;
    return id;
}

void FakeSystem::edit(const RemoteId& id, const std::string& field, const std::string& value) {
    Row& row = rows_.at(id);
    if (row.fields[field] == stored(field, value)) return;
    row.fields[field] = stored(field, value);
    row.version = ++version_;
    row.edited_at[field] = row.version;
    ++edits_;
}

void FakeSystem::remove(const RemoteId& id) {
    Row& row = rows_.at(id);
    row.gone = true;
    row.version = ++version_;
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

Observation FakeSystem::observe(const RemoteId& id, Row& row) const {
    row.read_version = row.version;
    Observation observation;
    observation.system = id_;
    observation.entity = "customer";
    observation.remote_id = id;
    observation.kind = row.gone ? Observation::Kind::Gone : Observation::Kind::Present;
    for (const auto& [field, value] : row.fields)
        observation.fields[field] = RawValue::of_text(value);
    if (character_.version != connect::VersionKind::None)
        observation.token = std::to_string(row.version);
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
    can.conditional_write = character_.conditional_write && !character_.deferred;
    can.lookup_by_id = !character_.deferred;
    can.listing_proves_absence = true;
    can.incremental = character_.incremental;
    can.max_batch = 10;
    can.max_inflight_ms = 1000;
    return can;
}

Result<connect::ReadSummary> FakeSystem::read(
    const connect::ReadRequest& request, const connect::ReadSink& sink
) {
    if (spend(faults_.read_fails)) return unavailable();
    const bool only_new =
        request.mode == connect::ReadMode::Incremental && !request.cursor.empty();
    const std::uint64_t since = only_new ? std::stoull(request.cursor) : 0;
    connect::ReadSummary summary;
    summary.sent_at = clock_.now();
    summary.complete_listing = !only_new;
    const std::uint64_t until = version_;
    std::vector<Observation> page;
    for (auto& [id, row] : rows_) {
        if (row.gone || row.version < since) continue;
        page.push_back(observe(id, row));
        ++summary.records;
    }
    sink.records(std::move(page));
    sink.checkpoint(std::to_string(until));
    return summary;
}

Result<std::vector<Observation>> FakeSystem::lookup(
    const std::string& /*entity*/, std::span<const RemoteId> ids
) {
    if (spend(faults_.lookup_fails)) return unavailable();
    std::vector<Observation> found;
    for (const RemoteId& id : ids) {
        const auto row = rows_.find(id);
        if (row != rows_.end()) found.push_back(observe(id, row->second));
    }
    return found;
}

Result<std::vector<Observation>> FakeSystem::lookup_created(const Delivery& create) {
    if (spend(faults_.lookup_fails)) return unavailable();
    std::vector<Observation> found;
    for (auto& [id, row] : rows_) {
        if (row.made_by == to_text(create.attempt.id)) found.push_back(observe(id, row));
    }
    return found;
}

Result<std::vector<RemoteId>> FakeSystem::plan_ids(
    const std::string& /*entity*/, std::size_t /*count*/
) {
    return Error{ErrorCode::PluginUnsupported, Remedy::Reject, "fake", "ids are assigned"};
}

void FakeSystem::apply(const RemoteId& id, const RawFields& patch) {
    Row& row = rows_[id];
    for (const auto& [field, value] : patch) {
        const auto edited = row.edited_at.find(field);
        const bool unseen =
            edited != row.edited_at.end() && edited->second > row.read_version;
        if (unseen && row.fields[field] != stored(field, value.text))
            lost_edits_.push_back(id_.text() + ":" + id.text() + "." + field);
        row.fields[field] = stored(field, value.text);
    }
    row.version = ++version_;
    ++writes_;
}

Receipt FakeSystem::write_one(const Delivery& delivery) {
    Receipt receipt;
    receipt.attempt = delivery.attempt.id;
    receipt.answered_at = clock_.now();
    const auto failed = [&](Receipt::Outcome outcome, ErrorCode code) {
        receipt.outcome = outcome;
        receipt.error = {code, Remedy::Retry, "fake", "as the test asked"};
        return receipt;
    };
    if (spend(faults_.write_never_sent))
        return failed(Receipt::Outcome::NotSent, ErrorCode::RemoteUnavailable);
    if (spend(faults_.write_lost_before))
        return failed(Receipt::Outcome::InDoubt, ErrorCode::RemoteInDoubt);
    if (spend(faults_.refuse_field)) {
        receipt.refused_field = delivery.patch.begin()->first;
        return failed(Receipt::Outcome::Refused, ErrorCode::RemoteRefused);
    }
    const bool create = delivery.attempt.kind == AttemptKind::Create;
    RemoteId id = delivery.remote_id;
    if (create) {
        id = RemoteId{std::to_string(next_++)};
        rows_[id].made_by = to_text(delivery.attempt.id);
    }
    const auto found = rows_.find(id);
    if (found == rows_.end() || found->second.gone)
        return failed(Receipt::Outcome::Gone, ErrorCode::RemoteGone);
    if (character_.deferred) {
        corrections_.emplace_back(id, delivery.patch);
        ++writes_;
        receipt.outcome = Receipt::Outcome::Stored;
        receipt.remote_id = id;
        return receipt;
    }
    const std::string token = std::to_string(found->second.version);
    if (!delivery.if_version.empty() && delivery.if_version != token)
        return failed(Receipt::Outcome::Conflict, ErrorCode::RemoteConflict);
    if (!spend(faults_.ignore_write)) apply(id, delivery.patch);
    if (spend(faults_.write_lost_after))
        return failed(Receipt::Outcome::InDoubt, ErrorCode::RemoteInDoubt);
    receipt.outcome = Receipt::Outcome::Stored;
    receipt.remote_id = id;
    if (character_.states_what_it_stored) {
        receipt.stored = observe(id, rows_.at(id));
        receipt.token = receipt.stored->token;
    }
    return receipt;
}

std::vector<Receipt> FakeSystem::write(
    const std::string& /*entity*/, std::span<const Delivery> deliveries
) {
    std::vector<Receipt> receipts;
    for (const Delivery& delivery : deliveries)
        receipts.push_back(write_one(delivery));
    return receipts;
}

void FakeSystem::take_in_corrections() {
    for (const auto& [id, patch] : std::exchange(corrections_, {})) {
        Row& row = rows_.at(id);
        for (const auto& [field, value] : patch)
            row.fields[field] = stored(field, value.text);
        row.version = ++version_;
    }
}

}  // namespace syncline::testing
