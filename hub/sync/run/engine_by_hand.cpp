// What people ask of an engine: decisions, merges, deletions, undo, and how systems are driven.

#include "sync/core/decide_by_hand.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/run/acts.hpp"
#include "sync/run/by_hand.hpp"
#include "sync/run/engine_body.hpp"
#include "sync/run/steering.hpp"
#include "sync/run/undo_run.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace syncline::sync {

Result<Aggregate> Engine::Body::load_one(const CustomerId& id) {
    const std::vector<CustomerId> ids{id};
    std::vector<Aggregate> loaded = load_aggregates(bench.store(), ids);
    if (loaded.empty()) {
        return Error{ErrorCode::NotFound, Remedy::Reject, to_text(id), "there is no such record"};
    }
    return std::move(loaded.front());
}

Result<Case> Engine::Body::open_case(const CaseId& id) {
    for (Case& item : bench.store().cases(std::nullopt, /*open_only=*/true)) {
        if (item.id == id) return std::move(item);
    }
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        to_text(id),
        "no open question has this id; it may be settled already"};
}

/// A question that is settled may be outdated: who decides is told by whom, and not only that.
Result<void> Engine::Body::expect_as_shown(const CaseId& id, std::uint64_t version) {
    for (const Case& item : bench.store().cases(CaseKind::Conflict, /*open_only=*/false)) {
        if (item.id != id) continue;
        const std::vector<Change> history = bench.store().history(item.customer);
        const std::vector<FieldId> decided{item.field};
        return expect_unchanged(*bench.rules().fields, history, decided, version);
    }
    return {};
}

Result<void> Engine::resolve_conflict(
    const CaseId& id, const ValueAnswer& answer, const std::string& user, IfVersion if_version
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    Workbench& bench = body_->bench;
    if (if_version) {
        const auto same = body_->expect_as_shown(id, *if_version);
        if (!same) return same;
    }
    SYNCLINE_TRY(const Case conflict, body_->open_case(id));
    if (conflict.kind != CaseKind::Conflict) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            to_text(id),
            "this is not a question about a value; see `syncline reviews`"};
    }
    SYNCLINE_TRY(Aggregate aggregate, body_->load_one(conflict.customer));
    const Field& field = bench.rules().fields->at(conflict.field);
    bench.begin_run();
    Effects effects;
    const auto answered =
        answer_conflict(bench.rules(), aggregate, field, answer, user, bench.moment(), effects);
    if (!answered) return answered.error();
    store::CommitBatch batch;
    bench.collect(aggregate, effects, batch);
    note_act(bench, "resolve", user, batch);
    bench.commit(batch);
    return {};
}

Result<void> Engine::resolve_conflict(
    const CaseId& id,
    const std::optional<SystemId>& take_from,
    const std::optional<std::string>& value,
    const std::string& user
) {
    if (take_from) return resolve_conflict(id, ValueAnswer::of(*take_from), user);
    std::map<std::string, std::string> parts;
    if (value && !value->empty()) parts[""] = *value;
    return resolve_conflict(id, ValueAnswer::value(std::move(parts)), user);
}

Result<UndoReport> Engine::undo(const RunId& run, const std::string& user) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return undo_run(body_->bench, run, user);
}

Result<UndoReport> Engine::preview_undo(const RunId& run, const std::string& user) {
    return sync::preview_undo(body_->bench, run, user);
}

Result<void> Engine::restore(
    const CustomerId& id,
    const std::vector<std::pair<FieldId, FieldValue>>& values,
    const std::string& user,
    IfVersion if_version
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    SYNCLINE_TRY(Aggregate aggregate, body_->load_one(id));
    return restore_values(body_->bench, std::move(aggregate), values, user, if_version);
}

Result<void> Engine::answer_review(
    const CaseId& id, const std::optional<CustomerId>& customer, const std::string& user
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    SYNCLINE_TRY(const Case review, body_->open_case(id));
    if (review.kind != CaseKind::Association) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            to_text(id),
            "this review is about a " + std::string(name(review.kind)) +
                " record; settle it in the systems, or `reviews dismiss` it"};
    }
    body_->bench.begin_run();
    store::CommitBatch batch;
    const auto joined =
        join_by_hand(body_->bench, review, customer.value_or(CustomerId{}), user, batch);
    if (!joined) return joined;
    note_act(body_->bench, customer ? "link" : "new", user, batch);
    body_->bench.commit(batch);
    return {};
}

Result<MergeReport> Engine::merge(
    const CustomerId& survivor,
    const CustomerId& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Carry carry,
    IfVersion if_version
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return merge_by_hand(body_->bench, survivor, loser, taken, user, carry, if_version);
}

Result<MergeReport> Engine::unmerge(
    const CustomerId& customer, const std::string& user, Carry carry
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return unmerge_by_hand(body_->bench, customer, user, carry);
}

Result<MergeReport> Engine::link_record(
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return link_by_hand(body_->bench, customer, system, remote_id, user, carry);
}

Result<MergeReport> Engine::unlink_record(
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return unlink_by_hand(body_->bench, customer, system, remote_id, user, carry);
}

Result<DeleteReport> Engine::delete_record(
    const CustomerId& customer, const std::string& user, Carry carry
) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return delete_by_hand(body_->bench, customer, user, carry);
}

Result<void> Engine::undelete_record(const CustomerId& customer, const std::string& user) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return undelete_by_hand(body_->bench, customer, user);
}

Result<void> Engine::answer_gone(const CaseId& id, GoneAnswer answer, const std::string& user) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    SYNCLINE_TRY(const Case review, body_->open_case(id));
    return answer_gone_by_hand(body_->bench, review, answer, user);
}

Result<void> Engine::dismiss_review(const CaseId& id, const std::string& user) {
    SYNCLINE_TRY(Case review, body_->open_case(id));
    return dismiss_by_hand(body_->bench, std::move(review), user);
}

Result<std::size_t> Engine::retry_quarantined(std::span<const std::uint64_t> ids) {
    auto items = quarantined(body_->bench, [&](const QuarantineItem& item) {
        return ids.empty() || std::find(ids.begin(), ids.end(), item.id) != ids.end();
    });
    const std::size_t count = items.size();
    if (count < ids.size()) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            "quarantine",
            "some of these items are not in quarantine; see `syncline quarantine list`"};
    }
    retry(body_->bench, std::move(items));
    return count;
}

std::size_t Engine::retry_group(const QuarantineGroup& group) {
    auto items =
        quarantined(body_->bench, [&](const QuarantineItem& item) { return group.holds(item); });
    const std::size_t count = items.size();
    retry(body_->bench, std::move(items));
    return count;
}

Result<void> Engine::pause(const SystemId& system, const std::string& by) {
    return set_paused(body_->bench, system, true, by);
}
Result<void> Engine::resume(const SystemId& system) {
    return set_paused(body_->bench, system, false, {});
}
Result<void> Engine::resync(const SystemId& system) {
    return ask_for_listing(body_->bench, system);
}
Result<SystemReport> Engine::resync_record(const SystemId& system, const RemoteId& record) {
    if (const auto wrong = clock_trouble(body_->bench)) return *wrong;
    return read_again(body_->bench, system, record);
}

}  // namespace syncline::sync
