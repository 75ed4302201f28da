#include "sync/run/planning.hpp"

#include "sync/run/call_count.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kDifferencesTold = 5;

/// Names a customer by its first record, so that two computations agree on the name.
std::string subject_of(const Rules& rules, const Aggregate& aggregate) {
    for (const SystemRules& system : rules.systems) {
        for (const Link& link : aggregate.links) {
            if (link.system == system.id()) return link.system.text() + ":" + link.remote_id.text();
        }
    }
    return "customer " + to_text(aggregate.customer.id);
}

std::string reason_of(const FieldState& state) {
    return std::string(name(state.rule)) + ", from " + state.origin.name;
}

PlannedOperation::Kind operation_of(AttemptKind kind) {
    switch (kind) {
        case AttemptKind::Update:
            return PlannedOperation::Kind::Update;
        case AttemptKind::Create:
            return PlannedOperation::Kind::Create;
        case AttemptKind::Delete:
            return PlannedOperation::Kind::Delete;
    }
    return PlannedOperation::Kind::Update;
}

std::string reason_of(AttemptKind kind) {
    switch (kind) {
        case AttemptKind::Update:
            return "differs";
        case AttemptKind::Create:
            return "in scope, has no record there";
        case AttemptKind::Delete:
            return "its customer was deleted";
    }
    return {};
}

void append(std::string& content, std::string_view part) {
    content += std::to_string(part.size());
    content += ':';
    content += part;
}

/// The identity of an operation without its reasons, in an unambiguous encoding.
std::string encode(const PlannedOperation& operation) {
    std::string content;
    append(content, name(operation.kind));
    append(content, operation.system.text());
    append(content, operation.remote_id.text());
    append(content, operation.subject);
    append(content, operation.token);
    for (const PlannedField& field : operation.fields) {
        append(content, field.path);
        append(content, field.digest);
    }
    return content;
}

std::vector<PlannedField> planned_fields(
    Workbench& bench, const Aggregate& aggregate, const Delivery& delivery
) {
    std::vector<PlannedField> fields;
    for (const auto& [id, sent] : delivery.attempt.fields) {
        const Field* field = bench.rules().fields->find(id);
        if (field == nullptr) continue;
        PlannedField planned;
        planned.path = field->path;
        if (const FieldState* state = aggregate.customer.fields.find(id))
            planned.reason = reason_of(*state);
        std::string content;
        for (const auto& [remote, value] : sent.raw) {
            append(content, remote);
            append(content, value.text);
        }
        planned.digest = bench.parts().digest(content);
        planned.clears = sent.value.is_cleared();
        fields.push_back(std::move(planned));
    }
    return fields;
}

std::unordered_map<CustomerId, Aggregate> load_concerned(
    Workbench& bench, const Association& association, const OwedBySystem& owed
) {
    std::set<CustomerId> ids;
    for (const auto& joined : association.joined)
        ids.insert(joined.customer);
    for (const auto& [system, list] : owed) {
        for (const Delivery& delivery : list.deliveries)
            ids.insert(delivery.attempt.customer);
    }
    const std::vector<CustomerId> wanted(ids.begin(), ids.end());
    std::unordered_map<CustomerId, Aggregate> loaded;
    constexpr std::size_t kPerLoad = 200;
    for (std::size_t at = 0; at < wanted.size(); at += kPerLoad) {
        const std::size_t count = std::min(kPerLoad, wanted.size() - at);
        for (Aggregate& aggregate :
             load_aggregates(bench.store(), std::span(wanted).subspan(at, count))) {
            const CustomerId id = aggregate.customer.id;
            loaded.emplace(id, std::move(aggregate));
        }
    }
    return loaded;
}

/// Null for a paused system: nothing is read there, and nothing would be written.
const SystemReport* report_of(const PassReport& report, const SystemId& system) {
    for (const SystemReport& other : report.systems) {
        if (other.system == system) return &other;
    }
    return nullptr;
}

PlannedSystem planned_system(
    const Station& station,
    const SystemReport& report,
    const Association& association,
    const OwedBySystem& owed
) {
    PlannedSystem summary;
    summary.system = report.system;
    summary.read = report.read;
    summary.linked = static_cast<std::uint64_t>(std::count_if(
        association.joined.begin(),
        association.joined.end(),
        [&](const auto& joined) { return joined.system == report.system; }
    ));
    if (const auto found = owed.find(report.system); found != owed.end()) {
        const Owed& list = found->second;
        summary.creates = list.creates;
        summary.updates = list.updates;
        summary.clears = list.clears;
        summary.deletes = list.deletes;
        if (station.capabilities && !report.error)
            summary.calls = calls_to_write(*station.capabilities, list.deliveries);
    }
    summary.gone = report.gone.size();
    summary.stopped = report.stopped_by.empty() ? report.unbelieved : report.stopped_by;
    if (report.error) summary.stopped = report.error->detail;
    if (report.error) summary.trouble = report.error->code;
    return summary;
}

PlannedSystem paused_system(Workbench& bench, const SystemId& system, const OwedBySystem& owed) {
    PlannedSystem summary;
    summary.system = system;
    summary.paused = true;
    summary.stopped = "paused by " + bench.state_of(system).paused_by;
    const auto found = owed.find(system);
    const std::size_t waiting = found == owed.end() ? 0 : found->second.deliveries.size();
    if (waiting > 0)
        summary.stopped +=
            "; " + std::to_string(waiting) + (waiting == 1 ? " write waits" : " writes wait");
    return summary;
}

}  // namespace

Plan make_plan(
    Workbench& bench,
    const Association& association,
    const OwedBySystem& owed,
    const PassReport& report
) {
    Plan plan;
    plan.made_at = bench.now();
    plan.hub_id = bench.rules().hub->id;
    plan.new_records = association.new_records;
    const auto loaded = load_concerned(bench, association, owed);

    for (const auto& joined : association.joined) {
        PlannedOperation operation;
        operation.kind =
            joined.is_new_customer ? PlannedOperation::Kind::Record : PlannedOperation::Kind::Link;
        operation.system = joined.system;
        operation.remote_id = joined.remote_id;
        operation.subject = subject_of(bench.rules(), loaded.at(joined.customer));
        operation.reason = joined.reason;
        plan.operations.push_back(std::move(operation));
    }
    for (const SystemReport& system : report.systems) {
        for (const RemoteId& gone : system.gone) {
            PlannedOperation operation;
            operation.kind = PlannedOperation::Kind::Gone;
            operation.system = system.system;
            operation.remote_id = gone;
            operation.subject = system.system.text() + ":" + gone.text();
            operation.reason = "no more there";
            plan.operations.push_back(std::move(operation));
        }
    }
    for (const auto& [system, list] : owed) {
        if (report_of(report, system) == nullptr) continue;
        for (const Delivery& delivery : list.deliveries) {
            const Aggregate& aggregate = loaded.at(delivery.attempt.customer);
            const AttemptKind kind = delivery.attempt.kind;
            PlannedOperation operation;
            operation.kind = operation_of(kind);
            operation.system = system;
            if (kind != AttemptKind::Create) operation.remote_id = delivery.remote_id;
            operation.subject = subject_of(bench.rules(), aggregate);
            operation.reason = reason_of(kind);
            // Keyed: a row hash would let a reader of the plan guess the row.
            const std::string& token = delivery.attempt.expected_token;
            if (!token.empty()) operation.token = bench.parts().digest(token);
            operation.fields = planned_fields(bench, aggregate, delivery);
            plan.operations.push_back(std::move(operation));
        }
    }
    std::sort(
        plan.operations.begin(),
        plan.operations.end(),
        [](const PlannedOperation& a, const PlannedOperation& b) { return encode(a) < encode(b); }
    );
    plan.digest = digest_of(bench, plan.operations);

    for (const Station& station : bench.stations()) {
        const SystemReport* read = report_of(report, station.setting->id);
        plan.systems.push_back(
            read == nullptr ? paused_system(bench, station.setting->id, owed)
                            : planned_system(station, *read, association, owed)
        );
    }
    const store::Counts counts = bench.store().counts();
    plan.reviews = counts.reviews_open;
    plan.conflicts = counts.conflicts_open;
    plan.quarantined = counts.quarantined;
    return plan;
}

std::string digest_of(const Workbench& bench, const std::vector<PlannedOperation>& operations) {
    std::string content;
    for (const PlannedOperation& operation : operations)
        append(content, encode(operation));
    return bench.parts().digest(content);
}

std::string difference(const Plan& approved, const Plan& now) {
    if (approved.digest == now.digest) return {};
    const auto listed = [](const Plan& plan) {
        std::map<std::string, const PlannedOperation*> operations;
        for (const PlannedOperation& operation : plan.operations)
            operations.emplace(encode(operation), &operation);
        return operations;
    };
    const auto before = listed(approved);
    const auto after = listed(now);
    std::vector<std::string> lines;
    const auto tell = [&](const auto& ours, const auto& theirs, std::string_view verb) {
        for (const auto& [key, operation] : ours) {
            if (theirs.contains(key)) continue;
            lines.push_back(
                std::string(verb) + " " + std::string(name(operation->kind)) + " " +
                operation->subject + " in " + operation->system.text()
            );
        }
    };
    tell(after, before, "now also:");
    tell(before, after, "no longer:");
    std::string text;
    for (std::size_t i = 0; i < lines.size() && i < kDifferencesTold; ++i)
        text += (i > 0 ? "; " : "") + lines[i];
    if (lines.size() > kDifferencesTold)
        text += "; and " + std::to_string(lines.size() - kDifferencesTold) + " more";
    return text;
}

}  // namespace syncline::sync
