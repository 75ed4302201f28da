#include "sync/run/call_count.hpp"

#include <algorithm>
#include <cstddef>

namespace syncline::sync {

std::uint64_t calls_to_write(
    const connect::Capabilities& can, std::span<const Delivery> deliveries
) {
    const bool looks_before = !can.conditional_write && !can.write_deferred;
    const std::size_t most = std::max<std::size_t>(1, can.max_batch);
    std::uint64_t calls = 0;
    for (std::size_t at = 0; at < deliveries.size(); at += most) {
        const auto batch = deliveries.subspan(at, std::min(most, deliveries.size() - at));
        const auto has = [&](AttemptKind kind) {
            return std::any_of(batch.begin(), batch.end(), [&](const Delivery& delivery) {
                return delivery.attempt.kind == kind;
            });
        };
        if (looks_before && (has(AttemptKind::Update) || has(AttemptKind::Delete))) ++calls;
        if (can.creates_need_planned_id && has(AttemptKind::Create)) ++calls;
        ++calls;
    }
    return calls;
}

}  // namespace syncline::sync
