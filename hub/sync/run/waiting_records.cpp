#include "sync/run/waiting_records.hpp"

#include "sync/core/rules.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kLinksPerLoad = 1'000;

bool has_scope(const SystemRules& system) {
    return system.setting->scope.where.op != Condition::Operator::Always;
}

bool begins_customer(const Rules& rules, const Link& link) {
    const SystemRules* system = rules.find(link.system);
    if (system == nullptr || !has_scope(*system)) return system != nullptr;
    Customer described;
    for (const auto& [field, value] : readings_of(rules, link))
        described.fields[field].value = value;
    return in_scope(*system, described, *rules.fields);
}

/// Opens records. Those that do not open stay in `unread`.
void open(
    Workbench& bench,
    std::vector<WaitingRecord>& waiting,
    std::unordered_map<LinkId, std::size_t>& unread
) {
    std::vector<LinkId> ids;
    for (const auto& [id, place] : unread)
        ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    for (std::span<const LinkId> rest = ids; !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), kLinksPerLoad));
        rest = rest.subspan(some.size());
        for (const Link& link : bench.store().links_by_id(some)) {
            WaitingRecord& record = waiting[unread.at(link.id)];
            record.keys = keys_by_leaf(bench.match_keys().of(link));
            record.begins = begins_customer(bench.rules(), link);
            unread.erase(link.id);
        }
    }
}

}  // namespace

FlatMap<FieldId, std::string> keys_by_leaf(std::vector<store::MatchKey> keys) {
    FlatMap<FieldId, std::string> sorted;
    for (store::MatchKey& key : keys)
        sorted[key.field] = std::move(key.key);
    return sorted;
}

std::vector<WaitingRecord> waiting_records(Workbench& bench) {
    auto fresh = bench.take_fresh_keys();
    std::vector<WaitingRecord> waiting;
    std::unordered_map<LinkId, std::size_t> unread;
    for (auto& link : bench.store().waiting_links()) {
        const SystemRules* system = bench.rules().find(link.system);
        const auto known = fresh.find(link.id);
        WaitingRecord& record = waiting.emplace_back();
        record.id = link.id;
        record.system = std::move(link.system);
        record.remote_id = std::move(link.remote_id);
        record.customer = link.customer;
        if (known != fresh.end() && system != nullptr && !has_scope(*system))
            record.keys = keys_by_leaf(std::move(known->second));
        else
            unread.emplace(record.id, waiting.size() - 1);
    }
    open(bench, waiting, unread);
    std::erase_if(waiting, [&](const WaitingRecord& one) { return unread.contains(one.id); });
    std::sort(waiting.begin(), waiting.end(), [](const WaitingRecord& a, const WaitingRecord& b) {
        return std::tie(a.system, a.remote_id) < std::tie(b.system, b.remote_id);
    });
    return waiting;
}

}  // namespace syncline::sync
