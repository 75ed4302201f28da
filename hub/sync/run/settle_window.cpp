#include "sync/run/settle_window.hpp"

#include <algorithm>

namespace syncline::sync {

Timestamp settled_at(Timestamp first, Timestamp last, std::chrono::milliseconds window) {
    return std::min(last + window, first + kMostSettleWindows * window);
}

Timestamp first_change_after(
    std::span<const Change> journal, FieldId field, Version held, Timestamp otherwise
) {
    Timestamp first = otherwise;
    for (const Change& change : journal) {
        for (const FieldChange& entry : change.fields) {
            if (entry.field == field && entry.kind == ChangeKind::Version && entry.version > held)
                first = std::min(first, from_unix_ms(entry.version.unix_ms()));
        }
    }
    return first;
}

}  // namespace syncline::sync
