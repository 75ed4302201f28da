#include "sync/core/common_base.hpp"

#include <algorithm>
#include <cstdint>

namespace syncline::sync {
namespace {

bool has_entry(const Change& change, FieldId field, const SystemId& system, ChangeKind kind) {
    return std::any_of(change.fields.begin(), change.fields.end(), [&](const FieldChange& entry) {
        return entry.field == field && entry.kind == kind && entry.origin.is(system);
    });
}

/// The newest entry that shows the system in agreement with what stood. 0: none.
std::uint64_t last_agreement(
    std::span<const Change> history, FieldId field, const SystemId& system
) {
    std::uint64_t agreed = 0;
    for (const Change& change : history) {
        if (has_entry(change, field, system, ChangeKind::Contested)) continue;
        const bool agrees = has_entry(change, field, system, ChangeKind::Version) ||
                            has_entry(change, field, system, ChangeKind::Written) ||
                            has_entry(change, FieldId{}, system, ChangeKind::Linked);
        if (agrees) agreed = change.sequence;
    }
    return agreed;
}

}  // namespace

std::optional<CommonBase> common_base(
    std::span<const Change> history, FieldId field, std::span<const SystemId> contesting
) {
    if (contesting.empty()) return std::nullopt;
    std::uint64_t agreed = UINT64_MAX;
    for (const SystemId& system : contesting)
        agreed = std::min(agreed, last_agreement(history, field, system));
    std::optional<CommonBase> base;
    for (const Change& change : history) {
        if (change.sequence > agreed) break;
        for (const FieldChange& entry : change.fields) {
            if (entry.field != field || entry.kind != ChangeKind::Version || !entry.after) continue;
            base = CommonBase{*entry.after, entry.origin, entry.version, change.at};
        }
    }
    return base;
}

}  // namespace syncline::sync
