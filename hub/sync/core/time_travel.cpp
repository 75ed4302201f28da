#include "sync/core/time_travel.hpp"

namespace syncline::sync {

std::optional<FlatMap<FieldId, FieldState>> fields_at(
    std::span<const Change> history, Timestamp moment
) {
    if (history.empty() || history.front().at > moment) return std::nullopt;
    FlatMap<FieldId, FieldState> fields;
    for (const Change& change : history) {
        if (change.at > moment) continue;
        for (const FieldChange& entry : change.fields) {
            if (entry.kind != ChangeKind::Version || !entry.after) continue;
            fields[entry.field] = {
                *entry.after, entry.version, entry.origin, entry.interval, entry.rule};
        }
    }
    return fields;
}

}  // namespace syncline::sync
