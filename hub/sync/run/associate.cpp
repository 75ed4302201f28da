#include "sync/run/associate.hpp"

#include "base/assert.hpp"
#include "matching/association.hpp"
#include "sync/core/adopt.hpp"
#include "sync/core/delete_customer.hpp"
#include "sync/core/journal_records.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/rules.hpp"
#include "sync/run/association_ladder.hpp"
#include "sync/run/former_customers.hpp"
#include "sync/run/keep_apart.hpp"
#include "sync/run/waiting_records.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kGroupsPerCommit = 1'000;
constexpr std::size_t kKeysPerQuery = 1'000;
constexpr std::size_t kHoldersPerKey = 50;  ///< a key that more customers share names nobody

/// Another record took the place of one that was asked about because it is gone.
void close_replaced_questions(Aggregate& aggregate, Moment moment, Effects& effects) {
    for (const Link& link : aggregate.links) {
        if (link.state == LinkState::Gone && link.role == LinkRole::Secondary)
            close_gone_questions(
                aggregate, link.id, "another record took its place", moment, effects
            );
    }
}

/// One association over everything that waits.
class Associating {
public:
    explicit Associating(Workbench& bench)
        : bench_(bench), ladder_(association_ladder(bench.rules())), former_(ladder_.strong) {}

    Association run();

private:
    void gather();
    void add_known_holders(const std::vector<store::MatchKey>& keys);
    void leave_out_undecidable(const std::vector<store::Store::KeyHolders>& held);
    bool is_question(const std::vector<matching::Group>& groups, const matching::Group& group)
        const;
    bool is_concerned(const matching::Group& group) const;
    void place(const std::vector<matching::Group>& groups);
    std::unordered_map<LinkId, Link> load_members(
        const std::vector<matching::Group>& groups, std::span<const std::size_t> chosen
    );
    void place_group(
        const matching::Group& group,
        std::unordered_map<LinkId, Link>& links,
        Aggregate& aggregate,
        store::CommitBatch& batch
    );
    void ask(const matching::Group& group, store::CommitBatch& batch);
    void report_duplicates(
        const std::vector<matching::Group>& groups, std::size_t group, store::CommitBatch& batch
    );
    void report_former(
        const std::vector<matching::Group>& groups, std::size_t group, store::CommitBatch& batch
    );
    void open_duplicate(Case item, store::CommitBatch& batch);
    void close_case(const LinkId& link, store::CommitBatch& batch);
    void name_heirs(Aggregate& aggregate, store::CommitBatch& batch);

    Workbench& bench_;
    const matching::Ladder ladder_;
    std::vector<WaitingRecord> waiting_;
    std::vector<matching::Record> records_;  ///< those of waiting_ first
    std::map<LinkId, Case> open_;            ///< questions asked before, by the record asked about
    std::vector<Case> merged_;  ///< questions about records that the system merged into others
    std::map<std::size_t, CustomerId> placed_;  ///< group -> customer
    FormerCustomers former_;
    Association outcome_;
};

void Associating::add_known_holders(const std::vector<store::MatchKey>& keys) {
    std::set<CustomerId> known;
    std::vector<store::Store::KeyHolders> held;
    for (std::size_t at = 0; at < keys.size(); at += kKeysPerQuery) {
        const std::size_t count = std::min(kKeysPerQuery, keys.size() - at);
        for (auto& holders :
             bench_.store().holders(std::span(keys).subspan(at, count), kHoldersPerKey)) {
            known.insert(holders.customers.begin(), holders.customers.end());
            former_.add(holders);
            held.push_back(std::move(holders));
        }
    }
    const std::vector<CustomerId> ids(known.begin(), known.end());
    for (const Link& link : bench_.store().links_of_customers(ids)) {
        if (link.state == LinkState::Unassociated) continue;
        matching::Record& record = records_.emplace_back();
        record.system = link.system;
        record.remote_id = link.remote_id;
        record.customer = link.customer;
        record.is_gone = link.state == LinkState::Gone;
        record.keys = keys_by_leaf(bench_.match_keys().of(link));
    }
    leave_out_undecidable(held);
}

/// A record that may be a customer of whom not everything opens waits until it does.
void Associating::leave_out_undecidable(const std::vector<store::Store::KeyHolders>& held) {
    std::set<CustomerId> unopened;
    for (const store::Unopened& one : bench_.store().unopened())
        unopened.insert(one.customer);
    if (unopened.empty()) return;
    for (const auto& holders : held) {
        const bool is_decidable = std::none_of(
            holders.customers.begin(),
            holders.customers.end(),
            [&](const CustomerId& customer) { return unopened.contains(customer); }
        );
        if (is_decidable) continue;
        for (std::size_t i = waiting_.size(); i-- > 0;) {
            const std::string* key = records_[i].keys.find(holders.key.field);
            if (key == nullptr || *key != holders.key.key) continue;
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
            records_.erase(records_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

void Associating::gather() {
    waiting_ = waiting_records(bench_);
    std::set<FieldId> wanted(ladder_.strong.begin(), ladder_.strong.end());
    for (const matching::Rung& rung : ladder_.rungs)
        wanted.insert(rung.leaves.begin(), rung.leaves.end());
    std::vector<store::MatchKey> keys;
    for (WaitingRecord& waiting : waiting_) {
        matching::Record& record = records_.emplace_back();
        record.system = waiting.system;
        record.remote_id = waiting.remote_id;
        record.keys = std::move(waiting.keys);
        for (const auto& [leaf, key] : record.keys) {
            if (wanted.contains(leaf)) keys.push_back({leaf, key});
        }
    }
    add_known_holders(keys);
    for (Case& item : bench_.store().cases(CaseKind::Association, /*open_only=*/true)) {
        const LinkId link = item.link;
        open_.emplace(link, std::move(item));
    }
    if (!waiting_.empty()) merged_ = bench_.store().cases(CaseKind::Duplicate, /*open_only=*/true);
}

/// A record that others were merged into has a customer now. Its own former record is no question
/// any more; who asks about another customer's is told whose it is.
void Associating::name_heirs(Aggregate& aggregate, store::CommitBatch& batch) {
    for (Case& item : merged_) {
        for (Candidate& candidate : item.candidates) {
            const bool is_ours = !candidate.link.is_nil() && candidate.customer.is_nil() &&
                                 aggregate.find_link(candidate.link) != nullptr;
            if (!is_ours) continue;
            candidate.customer = aggregate.customer.id;
            if (item.customer == aggregate.customer.id) {
                item.resolved_at = bench_.now();
                item.resolution = "the record it was merged into is this customer's";
            }
            batch.cases.push_back(item);
        }
    }
}

void Associating::close_case(const LinkId& link, store::CommitBatch& batch) {
    const auto found = open_.find(link);
    if (found == open_.end()) return;
    Case settled = found->second;
    settled.resolved_at = bench_.now();
    settled.resolution = "settled by what the systems say now";
    for (const Candidate& candidate : settled.candidates)
        batch.work_added.push_back(candidate.customer);
    batch.cases.push_back(std::move(settled));
    open_.erase(found);
}

/// The records that groups place, by id. One that does not open is missing.
std::unordered_map<LinkId, Link> Associating::load_members(
    const std::vector<matching::Group>& groups, std::span<const std::size_t> chosen
) {
    std::vector<LinkId> ids;
    for (const std::size_t group : chosen) {
        for (const matching::Group::Member& member : groups[group].members)
            ids.push_back(waiting_[member.record].id);
    }
    std::unordered_map<LinkId, Link> links;
    for (Link& link : bench_.store().links_by_id(ids)) {
        const LinkId id = link.id;
        links.emplace(id, std::move(link));
    }
    return links;
}

void Associating::place_group(
    const matching::Group& group,
    std::unordered_map<LinkId, Link>& links,
    Aggregate& aggregate,
    store::CommitBatch& batch
) {
    Effects effects;
    effects.customer_touched = true;
    bool is_new = aggregate.customer.row_version == 0;
    if (is_new) ++outcome_.new_records;
    for (const matching::Group::Member& member : group.members) {
        Link link = std::move(links.at(waiting_[member.record].id));
        link.state = LinkState::Active;
        journal_record(ChangeKind::Linked, link, effects);
        close_case(link.id, batch);
        Association::Joined joined;
        joined.system = link.system;
        joined.remote_id = link.remote_id;
        joined.customer = aggregate.customer.id;
        joined.reason = member.reason;
        joined.is_new_customer = std::exchange(is_new, false);
        outcome_.joined.push_back(std::move(joined));
        aggregate.attach(std::move(link), effects.touched_links);
    }
    close_replaced_questions(aggregate, bench_.moment(), effects);
    adopt(bench_.rules(), aggregate, bench_.moment(), effects);
    eliminate_no_ops(bench_.rules(), aggregate, effects);
    bench_.collect(aggregate, effects, batch);
    name_heirs(aggregate, batch);
    report_changes(bench_, aggregate, effects);
}

/// Must a person say whether the group is one of its suggestions? Not when none of them will be a
/// customer.
bool Associating::is_question(
    const std::vector<matching::Group>& groups, const matching::Group& group
) const {
    return !group.members.empty() && is_concerned(group) &&
           std::any_of(
               group.suggestions.begin(),
               group.suggestions.end(),
               [&](const auto& suggestion) { return is_concerned(groups[suggestion.group]); }
           );
}

/// Does a system take part in this group, as far as its records tell?
bool Associating::is_concerned(const matching::Group& group) const {
    const auto begins = [&](const matching::Group::Member& member) {
        return waiting_[member.record].begins;
    };
    return group.customer || std::any_of(group.members.begin(), group.members.end(), begins);
}

void Associating::place(const std::vector<matching::Group>& groups) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].customer) placed_[i] = *groups[i].customer;
        if (groups[i].members.empty() || is_question(groups, groups[i])) continue;
        if (!is_concerned(groups[i])) continue;
        if (!groups[i].customer) placed_[i] = waiting_[groups[i].members.front().record].customer;
        chosen.push_back(i);
    }
    for (std::size_t at = 0; at < chosen.size(); at += kGroupsPerCommit) {
        const std::size_t end = std::min(chosen.size(), at + kGroupsPerCommit);
        bench_.note_stage({Stage::Doing::Associating, {}, at, chosen.size()});
        std::vector<CustomerId> existing;
        for (std::size_t i = at; i < end; ++i) {
            if (groups[chosen[i]].customer) existing.push_back(*groups[chosen[i]].customer);
        }
        std::unordered_map<CustomerId, Aggregate> loaded;
        for (Aggregate& aggregate : load_aggregates(bench_.store(), existing)) {
            const CustomerId id = aggregate.customer.id;
            loaded.emplace(id, std::move(aggregate));
        }
        auto links = load_members(groups, std::span(chosen).subspan(at, end - at));
        store::CommitBatch batch;
        for (std::size_t i = at; i < end; ++i) {
            const CustomerId id = placed_.at(chosen[i]);
            if (groups[chosen[i]].customer && !loaded.contains(id)) continue;  // does not open
            const auto& members = groups[chosen[i]].members;
            const bool all_open =
                std::all_of(members.begin(), members.end(), [&](const auto& member) {
                    return links.contains(waiting_[member.record].id);
                });
            if (!all_open) continue;
            Aggregate& aggregate = loaded[id];
            if (aggregate.customer.row_version == 0) {
                aggregate.customer.id = id;
                aggregate.customer.created = bench_.moment().versions.tick();
            }
            place_group(groups[chosen[i]], links, aggregate, batch);
            report_duplicates(groups, chosen[i], batch);
            report_former(groups, chosen[i], batch);
        }
        bench_.commit(batch);
    }
}

/// A new customer that shares a unique identifier with one that already has a record in the same
/// system: most often one customer entered twice. It is not created elsewhere until a person
/// looked.
void Associating::report_duplicates(
    const std::vector<matching::Group>& groups, std::size_t group, store::CommitBatch& batch
) {
    if (groups[group].duplicates.empty() || groups[group].customer) return;
    const WaitingRecord& lead = waiting_[groups[group].members.front().record];
    Case item;
    item.customer = placed_.at(group);
    item.link = lead.id;
    item.system = lead.system;
    item.reason = lead.system.text() + ":" + lead.remote_id.text() +
                  " has a unique identifier that another customer with a record in the same system "
                  "has too; it may be entered there twice";
    for (const matching::Suggestion& other : groups[group].duplicates) {
        const auto known = placed_.find(other.group);
        if (known != placed_.end()) item.candidates.push_back({known->second, {}, other.reason});
    }
    open_duplicate(std::move(item), batch);
}

void Associating::open_duplicate(Case item, store::CommitBatch& batch) {
    const Moment at = bench_.moment();
    item.id = mint<CaseId>(at.now, at.random);
    item.kind = CaseKind::Duplicate;
    item.opened_at = at.now;
    batch.cases.push_back(std::move(item));
    ++outcome_.reviews;
}

/// A new customer that shares a unique identifier with a deleted one whose records stayed: most
/// often the same one, entered again. Made elsewhere, they would stand there beside themselves.
void Associating::report_former(
    const std::vector<matching::Group>& groups, std::size_t group, store::CommitBatch& batch
) {
    if (groups[group].customer || !groups[group].duplicates.empty()) return;
    Case item;
    std::vector<const FlatMap<FieldId, std::string>*> keys;
    for (const matching::Group::Member& member : groups[group].members)
        keys.push_back(&records_[member.record].keys);
    item.candidates = former_.with_a_record(bench_.rules(), bench_.store(), keys);
    if (item.candidates.empty()) return;
    const WaitingRecord& lead = waiting_[groups[group].members.front().record];
    item.customer = placed_.at(group);
    item.link = lead.id;
    item.system = lead.system;
    item.reason = lead.system.text() + ":" + lead.remote_id.text() +
                  " has a unique identifier of a deleted customer, of whom " +
                  item.candidates.front().reason +
                  "; if they are one, `records undelete` that one and `records merge` both, else "
                  "`reviews dismiss`, and they are made everywhere anew";
    open_duplicate(std::move(item), batch);
}

void Associating::ask(const matching::Group& group, store::CommitBatch& batch) {
    const WaitingRecord& lead = waiting_[group.members.front().record];
    std::vector<Candidate> candidates;
    for (const matching::Suggestion& suggestion : group.suggestions) {
        const auto known = placed_.find(suggestion.group);
        if (known != placed_.end()) candidates.push_back({known->second, {}, suggestion.reason});
    }
    const auto before = open_.find(lead.id);
    const bool is_same = before != open_.end() && std::equal(
                                                      candidates.begin(),
                                                      candidates.end(),
                                                      before->second.candidates.begin(),
                                                      before->second.candidates.end(),
                                                      [](const Candidate& a, const Candidate& b) {
                                                          return a.customer == b.customer;
                                                      }
                                                  );
    if (is_same) return;
    const Moment at = bench_.moment();
    Case item;
    if (before != open_.end()) {
        item = before->second;
    } else {
        item.id = mint<CaseId>(at.now, at.random);
        item.opened_at = at.now;
        ++outcome_.reviews;
    }
    item.kind = CaseKind::Association;
    item.link = lead.id;
    item.system = lead.system;
    item.reason = lead.system.text() + ":" + lead.remote_id.text() +
                  " may be this customer: " + candidates.front().reason;
    item.candidates = std::move(candidates);
    Progress progress;
    progress.kind = Progress::Kind::Review;
    progress.system = lead.system;
    progress.remote_id = lead.remote_id;
    progress.detail = item.candidates.front().reason;
    bench_.report(progress);
    batch.cases.push_back(std::move(item));
}

Association Associating::run() {
    gather();
    if (waiting_.empty() && open_.empty()) return {};
    const std::vector<matching::Group> groups = matching::associate(records_, ladder_);
    place(groups);
    store::CommitBatch batch;
    std::set<LinkId> asked;
    for (const matching::Group& group : groups) {
        if (!is_question(groups, group)) continue;
        asked.insert(waiting_[group.members.front().record].id);
        ask(group, batch);
    }
    // Questions about records that are gone, or that nothing is asked about any more.
    for (const auto& [link, item] : std::map<LinkId, Case>(open_)) {
        if (!asked.contains(link)) close_case(link, batch);
    }
    bench_.commit(batch);
    for (const Association::Joined& joined : outcome_.joined) {
        Progress progress;
        progress.kind = Progress::Kind::Linked;
        progress.system = joined.system;
        progress.remote_id = joined.remote_id;
        progress.customer = joined.customer;
        progress.detail = joined.is_new_customer ? "a new customer" : joined.reason;
        bench_.report(progress);
    }
    return std::move(outcome_);
}

}  // namespace

Association associate(Workbench& bench) {
    return Associating(bench).run();
}

Result<void> join_by_hand(
    Workbench& bench,
    const Case& review,
    const CustomerId& customer,
    const std::string& user,
    store::CommitBatch& batch
) {
    const std::vector<LinkId> ids{review.link};
    std::vector<Link> found = bench.store().links_by_id(ids);
    if (found.empty() || found.front().state != LinkState::Unassociated) {
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            to_text(review.id),
            "the record is no longer waiting to be associated"};
    }
    Link link = std::move(found.front());
    Aggregate aggregate;
    if (customer.is_nil()) {
        aggregate.customer.id = link.customer;
        aggregate.customer.created = bench.moment().versions.tick();
    } else {
        const std::vector<CustomerId> wanted{customer};
        std::vector<Aggregate> loaded = load_aggregates(bench.store(), wanted);
        if (loaded.empty()) {
            return Error{
                ErrorCode::NotFound, Remedy::Reject, to_text(customer), "there is no such record"};
        }
        aggregate = std::move(loaded.front());
    }
    Effects effects;
    effects.customer_touched = true;
    link.state = LinkState::Active;
    journal_record(ChangeKind::Linked, link, effects);
    aggregate.attach(std::move(link), effects.touched_links);
    close_replaced_questions(aggregate, bench.moment(), effects);
    adopt(bench.rules(), aggregate, bench.moment(), effects);
    eliminate_no_ops(bench.rules(), aggregate, effects);

    Case settled = review;
    settled.resolved_at = bench.now();
    settled.resolution = (customer.is_nil() ? "new customer, by " : "linked, by ") + user;
    bench.collect(aggregate, effects, batch);
    for (const Candidate& candidate : settled.candidates)
        batch.work_added.push_back(candidate.customer);
    if (customer.is_nil())
        keep_apart(bench, {aggregate.customer.id, review.link}, review.candidates, user, batch);
    batch.cases.push_back(std::move(settled));
    return {};
}

}  // namespace syncline::sync
