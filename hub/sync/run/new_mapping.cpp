#include "sync/run/new_mapping.hpp"

#include "sync/run/holds.hpp"
#include "sync/run/schedule.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

/// Would the write put another value in place of one that the record has in this field?
bool replaces(const SystemRules& system, const Delivery& delivery, FieldId field) {
    const mapping::MappedField* mapped = system.mapping->find(field);
    if (mapped == nullptr || delivery.attempt.kind != AttemptKind::Update) return false;
    return std::any_of(
        mapped->remotes.begin(),
        mapped->remotes.end(),
        [&](const std::string& remote) {
            const RawValue* before = delivery.before.find(remote);
            return delivery.patch.contains(remote) && before != nullptr && !before->text.empty();
        }
    );
}

/// Was everything of each system that has the field read since?
bool was_read_everywhere(Workbench& bench, const QuarantineItem& hold) {
    const auto& systems = bench.rules().systems;
    return std::all_of(systems.begin(), systems.end(), [&](const SystemRules& system) {
        if (system.mapping->find(hold.field) == nullptr) return true;
        const store::SystemState state = bench.state_of(system.id());
        const bool is_listed = state.listing_wanted_at == Timestamp{} || awaits_approval(state);
        return is_listed && state.last_pull > hold.first_at;
    });
}

bool is_replaced(const Rules& rules, const OwedBySystem& owed, FieldId field) {
    return std::any_of(owed.begin(), owed.end(), [&](const auto& entry) {
        const auto& deliveries = entry.second.deliveries;
        if (entry.second.settled_at != Timestamp{}) return true;  // more is owed, nobody knows what
        return std::any_of(deliveries.begin(), deliveries.end(), [&](const Delivery& delivery) {
            return replaces(rules.at(entry.first), delivery, field);
        });
    });
}

}  // namespace

void hold_until_released(
    Workbench& bench,
    const SystemId& system,
    const std::set<FieldId>& fields,
    const std::string& what
) {
    for (const FieldId field : fields) {
        hold(
            bench,
            system,
            Hold::Remapped,
            field,
            bench.rules().fields->at(field).path + " " + what +
                " since lately; where systems differ in it, nothing is "
                "replaced before somebody applies a plan, or tries this item again"
        );
    }
}

Waiting replaces_unreleased(const Rules& rules, const Owed& owed) {
    Waiting waiting;
    for (const FieldId field : rules.unreleased) {
        std::size_t count = 0;
        for (const Delivery& delivery : owed.deliveries) {
            if (!replaces(rules.at(delivery.attempt.system), delivery, field)) continue;
            waiting.writes.insert(delivery.attempt.id);
            ++count;
        }
        if (count > 0 && waiting.reason.empty())
            waiting.reason =
                rules.fields->at(field).path +
                " is mapped or read otherwise since lately, and would be replaced in " +
                std::to_string(count) + (count == 1 ? " record" : " records");
    }
    return waiting;
}

void release_mappings(Workbench& bench, const OwedBySystem& owed, bool is_approved) {
    if (bench.rules().unreleased.empty()) return;
    std::vector<QuarantineItem> over = holds(bench.store());
    std::erase_if(over, [&](const QuarantineItem& item) {
        if (hold_of(item) != Hold::Remapped) return true;
        const bool is_done =
            was_read_everywhere(bench, item) && !is_replaced(bench.rules(), owed, item.field);
        return !is_approved && !item.retry_requested && !is_done;
    });
    if (over.empty()) return;
    store::CommitBatch batch;
    for (const QuarantineItem& item : over)
        batch.released.push_back(item.id);
    bench.commit(batch);
    bench.heed_holds();
}

}  // namespace syncline::sync
