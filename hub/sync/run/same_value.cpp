#include "sync/run/same_value.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::uint64_t kFewest = 20;  ///< a percentage never allows fewer records than this

/// A remote field, and what would be written into it.
using Target = std::pair<std::string, std::string>;

struct Writes {
    std::uint64_t replacing = 0;  ///< of these: another value is there now
    std::set<AttemptId> all;
};

std::map<Target, Writes> by_target(const Owed& owed) {
    std::map<Target, Writes> targets;
    for (const Delivery& delivery : owed.deliveries) {
        if (delivery.attempt.kind != AttemptKind::Update) continue;
        for (const auto& [remote, value] : delivery.patch) {
            if (value.text.empty()) continue;
            Writes& writes = targets[{remote, value.text}];
            writes.all.insert(delivery.attempt.id);
            const RawValue* before = delivery.before.find(remote);
            if (before != nullptr && !before->text.empty()) ++writes.replacing;
        }
    }
    return targets;
}

}  // namespace

Waiting one_value_for_many(const HubSetting& hub, const Owed& owed, std::uint64_t links_of_system) {
    const std::uint64_t allowed = allowed_by(hub.same_value, links_of_system, kFewest);
    Waiting waiting;
    for (auto& [target, writes] : by_target(owed)) {
        if (writes.replacing <= allowed) continue;
        if (waiting.reason.empty())
            waiting.reason = std::to_string(writes.replacing) + " records would get the same " +
                             target.first + ", and the threshold allows " + std::to_string(allowed);
        waiting.writes.merge(writes.all);
    }
    return waiting;
}

}  // namespace syncline::sync
