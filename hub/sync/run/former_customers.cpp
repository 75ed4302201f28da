#include "sync/run/former_customers.hpp"

#include <algorithm>
#include <set>

namespace syncline::sync {
namespace {

/// Of a customer who was just deleted, the records that are to be deleted are still there.
bool stays(const Rules& rules, const Link& link) {
    if (link.state != LinkState::Active) return link.state == LinkState::Suspended;
    const SystemRules* system = rules.find(link.system);
    return system != nullptr && system->setting->on_delete != OnDelete::Delete;
}

}  // namespace

void FormerCustomers::add(const store::Store::KeyHolders& holders) {
    const FieldId leaf = holders.key.field;
    if (holders.former.empty()) return;
    if (std::find(strong_.begin(), strong_.end(), leaf) == strong_.end()) return;
    former_[leaf][holders.key.key] = holders.former;
}

std::vector<Candidate> FormerCustomers::with_a_record(
    const Rules& rules,
    store::Store& store,
    const std::vector<const FlatMap<FieldId, std::string>*>& keys
) const {
    std::set<CustomerId> named;
    for (const FlatMap<FieldId, std::string>* of_record : keys) {
        for (const auto& [leaf, key] : *of_record) {
            const auto by_key = former_.find(leaf);
            if (by_key == former_.end()) continue;
            const auto found = by_key->second.find(key);
            if (found != by_key->second.end())
                named.insert(found->second.begin(), found->second.end());
        }
    }
    std::map<CustomerId, std::string> stayed;
    const std::vector<CustomerId> ids(named.begin(), named.end());
    for (const Link& link : store.links_of_customers(ids)) {
        if (stays(rules, link))
            stayed.emplace(link.customer, link.system.text() + ":" + link.remote_id.text());
    }
    std::vector<Candidate> candidates;
    for (const auto& [customer, record] : stayed)
        candidates.push_back({customer, {}, record + " stayed"});
    return candidates;
}

}  // namespace syncline::sync
