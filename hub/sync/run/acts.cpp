#include "sync/run/acts.hpp"

#include "sync/core/decide_by_hand.hpp"
#include "sync/core/shown_version.hpp"

#include <algorithm>
#include <cstdint>

namespace syncline::sync {

void note_act(
    Workbench& bench, const char* kind, const std::string& user, store::CommitBatch& batch
) {
    store::Run run;
    run.id = bench.run();
    run.kind = kind;
    run.by = user;
    run.started_at = bench.now();
    run.ended_at = run.started_at;
    for (const Change& change : batch.changes) {
        run.changed += static_cast<std::uint64_t>(std::count_if(
            change.fields.begin(),
            change.fields.end(),
            [](const auto& entry) { return entry.kind == ChangeKind::Version; }
        ));
    }
    batch.runs.push_back(std::move(run));
}

Result<void> restore_values(
    Workbench& bench,
    Aggregate aggregate,
    const std::vector<std::pair<FieldId, FieldValue>>& values,
    const std::string& user,
    IfVersion if_version
) {
    const Customer& customer = aggregate.customer;
    if (customer.state != CustomerState::Active) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            to_text(customer.id),
            "this record is " + std::string(name(customer.state)) +
                "; only one in use is given values"};
    }
    std::vector<FieldId> decided;
    for (const auto& [id, value] : values)
        decided.push_back(id);
    if (if_version && !decided.empty()) {
        const std::vector<Change> history = bench.store().history(customer.id);
        const auto same = expect_unchanged(*bench.rules().fields, history, decided, *if_version);
        if (!same) return same;
    }
    bench.begin_run();
    Effects effects;
    for (const auto& [id, value] : values) {
        const Field& field = bench.rules().fields->at(id);
        restore_by_user(bench.rules(), aggregate, field, value, user, bench.moment(), effects);
    }
    store::CommitBatch batch;
    bench.collect(aggregate, effects, batch);
    if (!batch.changes.empty()) note_act(bench, "restore", user, batch);
    bench.commit(batch);
    return {};
}

}  // namespace syncline::sync
