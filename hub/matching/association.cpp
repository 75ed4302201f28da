#include "matching/association.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace syncline::matching {
namespace {

/// In a cluster of more groups than this, each is compared with the first only.
constexpr std::size_t kPairedRoots = 20;

/// Disjoint sets of record indices. The smallest index of the sorted records represents a set, so
/// that the representative does not depend on the order of joining.
class Sets {
public:
    explicit Sets(std::size_t size) : parent_(size) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    std::size_t find(std::size_t i) {
        while (parent_[i] != i) {
            parent_[i] = parent_[parent_[i]];
            i = parent_[i];
        }
        return i;
    }
    void join(std::size_t a, std::size_t b) {
        a = find(a);
        b = find(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::size_t> parent_;
};

/// What a set of records is known to be, for the questions "may these be joined".
struct Identity {
    std::set<SystemId> systems;
    std::optional<CustomerId> customer;
    FlatMap<FieldId, std::set<std::string>> strong;
    std::size_t records = 0;
};

/// A pair of groups that might be one customer.
struct Edge {
    std::size_t a = 0;
    std::size_t b = 0;
    std::string reason;
    bool is_strong = false;  ///< the rung asks for a unique identifier
};

class Climb {
public:
    Climb(std::span<const Record> records, const Ladder& ladder)
        : records_(records), ladder_(ladder), sets_(records.size()), reasons_(records.size()) {
        order_records();
        join_existing();
    }

    std::vector<Group> run() {
        for (const Rung& rung : ladder_.rungs)
            climb(rung);
        return groups();
    }

private:
    using Cluster = std::vector<std::size_t>;  ///< positions

    void order_records();
    void join_existing();
    const Record& at(std::size_t position) const { return records_[sorted_[position]]; }
    void note_identity(std::size_t position, Identity& identity) const;
    static void absorb(Identity& onto, const Identity& other);
    static bool is_for(const Rung& rung, const Identity& identity);
    static bool may_join(const Identity& a, const Identity& b);
    static bool contradict(const Identity& a, const Identity& b);

    std::vector<Cluster> buckets_of(const Rung& rung) const;
    void climb(const Rung& rung);
    void settle_cluster(const Rung& rung, const std::set<std::size_t>& roots);
    void question(const Rung& rung, const std::set<std::size_t>& roots);
    std::vector<Group> groups();
    void suggest(std::vector<Group>& groups, const std::map<std::size_t, std::size_t>& group_of);

    std::span<const Record> records_;
    const Ladder& ladder_;
    std::vector<std::size_t> sorted_;   ///< position -> record index, in an order of its own
    Sets sets_;                         ///< of positions
    std::vector<std::string> reasons_;  ///< by position
    std::map<std::size_t, Identity> identities_;  ///< by root
    std::vector<Edge> questions_;  ///< between roots at the time; resolved to groups at the end
};

/// Sorts by system order and id, so that nothing later can depend on the order of arrival.
void Climb::order_records() {
    sorted_.resize(records_.size());
    std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
    const auto rank = [&](const SystemId& system) {
        return std::find(ladder_.order.begin(), ladder_.order.end(), system) -
               ladder_.order.begin();
    };
    std::vector<std::ptrdiff_t> ranks;
    for (const Record& record : records_)
        ranks.push_back(rank(record.system));
    std::sort(sorted_.begin(), sorted_.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(ranks[a], records_[a].system, records_[a].remote_id) <
               std::tie(ranks[b], records_[b].system, records_[b].remote_id);
    });
}

void Climb::note_identity(std::size_t position, Identity& identity) const {
    const Record& record = at(position);
    if (!record.is_gone) identity.systems.insert(record.system);
    if (record.customer) identity.customer = record.customer;
    ++identity.records;
    for (const FieldId leaf : ladder_.strong) {
        if (const std::string* key = record.keys.find(leaf)) identity.strong[leaf].insert(*key);
    }
}

void Climb::absorb(Identity& onto, const Identity& other) {
    onto.systems.insert(other.systems.begin(), other.systems.end());
    if (other.customer) onto.customer = other.customer;
    onto.records += other.records;
    for (const auto& [leaf, keys] : other.strong)
        onto.strong[leaf].insert(keys.begin(), keys.end());
}

void Climb::join_existing() {
    std::map<CustomerId, std::size_t> first;
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        if (!at(i).customer) continue;
        const auto [found, is_first] = first.emplace(*at(i).customer, i);
        if (!is_first) sets_.join(found->second, i);
    }
    for (std::size_t i = 0; i < sorted_.size(); ++i)
        note_identity(i, identities_[sets_.find(i)]);
}

/// Each says something about an identifier that one customer has one of, and they differ.
bool Climb::contradict(const Identity& a, const Identity& b) {
    return std::any_of(a.strong.begin(), a.strong.end(), [&](const auto& entry) {
        const std::set<std::string>* other = b.strong.find(entry.first);
        return other != nullptr &&
               std::none_of(other->begin(), other->end(), [&](const std::string& key) {
                   return entry.second.contains(key);
               });
    });
}

/// Does the rung place a record of this group?
bool Climb::is_for(const Rung& rung, const Identity& identity) {
    return rung.from.empty() ||
           std::any_of(rung.from.begin(), rung.from.end(), [&](const SystemId& system) {
               return identity.systems.contains(system);
           });
}

/// Not two records of one system, not two existing customers.
bool Climb::may_join(const Identity& a, const Identity& b) {
    if (a.customer && b.customer) return false;
    return std::none_of(a.systems.begin(), a.systems.end(), [&](const SystemId& system) {
        return b.systems.contains(system);
    });
}

/// The records that agree on all of a rung's keys, at least two each.
std::vector<Climb::Cluster> Climb::buckets_of(const Rung& rung) const {
    std::map<std::vector<std::string>, Cluster> buckets;
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        std::vector<std::string> key;
        for (const FieldId leaf : rung.leaves) {
            const std::string* part = at(i).keys.find(leaf);
            if (part == nullptr) break;
            key.push_back(*part);
        }
        if (key.size() == rung.leaves.size()) buckets[std::move(key)].push_back(i);
    }
    std::vector<Cluster> found;
    for (auto& [key, bucket] : buckets) {
        const bool places_somebody =
            rung.from.empty() || std::any_of(bucket.begin(), bucket.end(), [&](std::size_t i) {
                return std::find(rung.from.begin(), rung.from.end(), at(i).system) !=
                       rung.from.end();
            });
        if (bucket.size() > 1 && places_somebody) found.push_back(std::move(bucket));
    }
    return found;
}

void Climb::climb(const Rung& rung) {
    // Buckets that share a group belong together: whether they may join is one decision, so that it
    // cannot depend on which bucket came first.
    const std::vector<Cluster> buckets = buckets_of(rung);
    Sets together(sorted_.size());
    for (const Cluster& bucket : buckets) {
        for (const std::size_t i : bucket)
            together.join(sets_.find(bucket.front()), sets_.find(i));
    }
    std::map<std::size_t, std::set<std::size_t>> clusters;
    for (const Cluster& bucket : buckets) {
        for (const std::size_t i : bucket) {
            const std::size_t root = sets_.find(i);
            clusters[together.find(root)].insert(root);
        }
    }
    for (const auto& [root, members] : clusters) {
        if (members.size() > 1) settle_cluster(rung, members);
    }
}

void Climb::settle_cluster(const Rung& rung, const std::set<std::size_t>& roots) {
    // A rung for records of some systems places those, and joins no others with each other.
    const auto others = std::count_if(roots.begin(), roots.end(), [&](std::size_t root) {
        return !is_for(rung, identities_.at(root));
    });
    bool joinable = rung.then == Rung::Then::Link && others <= 1;
    std::optional<CustomerId> existing;
    for (auto a = roots.begin(); a != roots.end(); ++a) {
        if (identities_.at(*a).customer) existing = identities_.at(*a).customer;
        for (auto b = std::next(a); b != roots.end() && joinable; ++b) {
            const Identity& one = identities_.at(*a);
            const Identity& other = identities_.at(*b);
            joinable = may_join(one, other) && !contradict(one, other);
        }
    }
    if (!joinable) {
        question(rung, roots);
        return;
    }
    const std::size_t base = *roots.begin();
    Identity whole;
    for (const std::size_t root : roots) {
        const bool is_placed = root != base || existing;
        if (is_placed && reasons_[root].empty()) reasons_[root] = rung.text;
        absorb(whole, identities_.at(root));
        identities_.erase(root);
        sets_.join(base, root);
    }
    identities_.emplace(base, std::move(whole));
}

/// Nothing is joined: notes which groups might be one customer.
void Climb::question(const Rung& rung, const std::set<std::size_t>& roots) {
    const bool is_strong =
        std::any_of(rung.leaves.begin(), rung.leaves.end(), [&](const FieldId leaf) {
            return std::find(ladder_.strong.begin(), ladder_.strong.end(), leaf) !=
                   ladder_.strong.end();
        });
    const std::size_t hubs = roots.size() > kPairedRoots ? 1 : roots.size();
    auto a = roots.begin();
    for (std::size_t i = 0; i < hubs; ++i, ++a) {
        for (auto b = std::next(a); b != roots.end(); ++b) {
            if (!is_for(rung, identities_.at(*a)) && !is_for(rung, identities_.at(*b))) continue;
            std::string reason = rung.text;
            if (contradict(identities_.at(*a), identities_.at(*b)))
                reason += ", but a unique identifier differs";
            else if (roots.size() > 2)
                reason += ", which several records share";
            questions_.push_back({*a, *b, std::move(reason), is_strong});
        }
    }
}

std::vector<Group> Climb::groups() {
    std::vector<Group> groups;
    std::map<std::size_t, std::size_t> group_of;  // root -> group
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        const std::size_t root = sets_.find(i);
        const auto [found, is_new] = group_of.emplace(root, groups.size());
        if (is_new) {
            groups.emplace_back();
            groups.back().customer = identities_.at(root).customer;
        }
        Group& group = groups[found->second];
        if (!at(i).customer) group.members.push_back({sorted_[i], reasons_[i]});
    }
    suggest(groups, group_of);
    return groups;
}

/// Turns the questions into suggestions: of two groups that might be one customer, the one that is
/// no customer yet, then the smaller, then the later in order, asks.
void Climb::suggest(
    std::vector<Group>& groups, const std::map<std::size_t, std::size_t>& group_of
) {
    struct Question {
        std::size_t asks, of;
        std::string reason;
    };
    std::map<std::size_t, const Identity*> identity_of_group;
    for (const auto& [root, identity] : identities_)
        identity_of_group[group_of.at(root)] = &identity;
    // Smaller tuple = more settled: existing customers, then many records, then order.
    const auto standing = [&](std::size_t group) {
        const Identity& identity = *identity_of_group.at(group);
        return std::tuple(!identity.customer, sorted_.size() - identity.records, group);
    };
    std::vector<Question> asked;
    for (const Edge& edge : questions_) {
        std::size_t a = group_of.at(sets_.find(edge.a));
        std::size_t b = group_of.at(sets_.find(edge.b));
        if (a == b) continue;
        if (standing(b) < standing(a)) std::swap(a, b);
        if (may_join(*identity_of_group.at(a), *identity_of_group.at(b)))
            asked.push_back({b, a, edge.reason});
        else if (edge.is_strong)
            groups[b].duplicates.push_back({a, edge.reason});
    }
    // The most settled groups first: a group that itself waits cannot be suggested to another.
    std::stable_sort(asked.begin(), asked.end(), [&](const Question& a, const Question& b) {
        return std::tuple(standing(a.asks), standing(a.of)) <
               std::tuple(standing(b.asks), standing(b.of));
    });
    for (Question& question : asked) {
        auto& suggestions = groups[question.asks].suggestions;
        const bool known =
            std::any_of(suggestions.begin(), suggestions.end(), [&](const Suggestion& suggestion) {
                return suggestion.group == question.of;
            });
        if (groups[question.of].suggestions.empty() && !known)
            suggestions.push_back({question.of, std::move(question.reason)});
    }
}

}  // namespace

std::vector<Group> associate(std::span<const Record> records, const Ladder& ladder) {
    return Climb(records, ladder).run();
}

}  // namespace syncline::matching
