#include "sync/run/verification.hpp"

#include "sync/core/attempts.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kPageRecords = 200;
constexpr std::size_t kLookupIds = 50;
constexpr int kLooks = 3;  ///< at one record, while the hub beside keeps writing it

RecordVerdict whole(const RemoteId& id, Timestamp at, Parity parity) {
    RecordVerdict verdict{id, at, {}};
    verdict.fields.push_back({{}, parity, {}, {}});
    return verdict;
}

/// Is it worth a second look?
bool is_suspect(const RecordVerdict& verdict) {
    const ParityClass found = class_of(verdict);
    return found == ParityClass::Drift || found == ParityClass::Unread;
}

}  // namespace

Verification::Known Verification::load(std::span<const Observation> seen) {
    std::vector<RemoteId> ids;
    for (const Observation& observation : seen)
        ids.push_back(observation.remote_id);
    Known known;
    std::set<CustomerId> customers;
    for (Link& link : bench_.store().links_by_remote(system_.id(), system_.setting->entity, ids)) {
        if (link.state == LinkState::Active) customers.insert(link.customer);
        const RemoteId id = link.remote_id;
        known.links.emplace(id, std::move(link));
    }
    const std::vector<CustomerId> wanted(customers.begin(), customers.end());
    for (Aggregate& aggregate : load_aggregates(bench_.store(), wanted)) {
        const CustomerId id = aggregate.customer.id;
        known.aggregates.emplace(id, std::move(aggregate));
    }
    for (const QuarantineItem& item :
         bench_.store().quarantine(store::Store::RawFieldsOf::LeftOut)) {
        if (item.system == system_.id() && item.field == FieldId{} &&
            item.direction == Direction::Inbound)
            known.unreadable.insert(item.remote_id);
    }
    return known;
}

RecordVerdict Verification::judge(const Known& known, const Observation& seen) {
    const auto is = [&](Parity parity) { return whole(seen.remote_id, seen.sent_at, parity); };
    const auto link = known.links.find(seen.remote_id);
    const bool is_there = seen.kind == Observation::Kind::Present;
    if (link == known.links.end()) {
        if (!is_there) return is(Parity::Gone);
        const bool is_known = !seen.problem.empty() && known.unreadable.contains(seen.remote_id);
        return is(is_known ? Parity::Quarantined : Parity::UnknownThere);
    }
    const LinkState state = link->second.state;
    if (!is_there) {
        if (state != LinkState::Active) return is(Parity::Gone);
        // Shortly after it was there, a copy that lags may not have it yet.
        const bool may_be_old = !shows_the_time_after(system_, link->second.read_at, seen);
        return is(may_be_old ? Parity::Unread : Parity::MissingThere);
    }
    if (!seen.problem.empty())
        return is(
            known.unreadable.contains(seen.remote_id) ? Parity::Quarantined : Parity::Unreadable
        );
    if (state == LinkState::Gone) return is(Parity::BackThere);
    if (state == LinkState::Unassociated) return is(Parity::Waiting);
    if (state != LinkState::Active) return is(Parity::OutOfScope);
    const auto loaded = known.aggregates.find(link->second.customer);
    if (loaded == known.aggregates.end()) return is(Parity::Unread);  // joined another just now
    const Aggregate& aggregate = loaded->second;
    const auto own =
        std::find_if(aggregate.links.begin(), aggregate.links.end(), [&](const Link& other) {
            return other.id == link->second.id;
        });
    if (own == aggregate.links.end()) return is(Parity::Unread);

    std::vector<FieldParity> fields = compare(bench_.rules(), aggregate, *own, seen, {});
    const bool may_be_taken = std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
        return field.parity == Parity::Pending && system_.mapping->find(field.field)->unique;
    });
    if (may_be_taken) {
        auto taken = taken_fields(bench_.rules(), bench_.store(), bench_.match_keys(), aggregate);
        fields = compare(bench_.rules(), aggregate, *own, seen, taken[system_.id()]);
    }
    RecordVerdict record{seen.remote_id, seen.sent_at, {}};
    for (const FieldParity& field : fields) {
        FieldVerdict verdict{field.field, field.parity, {}, {}};
        const FieldState* state_here = aggregate.customer.fields.find(field.field);
        if (class_of(field.parity) != ParityClass::Equal) {
            const RawFields raw = system_.mapping->select(field.field, seen.fields);
            if (auto there = system_.mapping->read(field.field, raw)) verdict.there = *there;
            if (state_here != nullptr) verdict.here = state_here->value;
        }
        record.fields.push_back(std::move(verdict));
    }
    explain_transforms(aggregate, *own, seen, record);
    return record;
}

/// What the system said itself that it stores is in the journal.
void Verification::explain_transforms(
    const Aggregate& aggregate, const Link& link, const Observation& seen, RecordVerdict& record
) {
    std::optional<std::vector<Change>> history;
    for (FieldVerdict& field : record.fields) {
        if (field.parity != Parity::NotAnImage) continue;
        if (!history) history = bench_.store().history(aggregate.customer.id);
        const RawFields raw = system_.mapping->select(field.field, seen.fields);
        if (is_stated_transform(bench_.rules(), aggregate, link, field.field, raw, *history))
            field.parity = Parity::Transformed;
    }
}

void Verification::pace(std::size_t records) {
    if (options_.records_per_second == 0) return;
    options_.wait(std::chrono::milliseconds{records * 1'000 / options_.records_per_second});
}

void Verification::finish(std::span<const RecordVerdict> records) {
    for (const RecordVerdict& record : records)
        parity_.add(record);
    if (options_.page && !records.empty()) options_.page(records);
}

void Verification::take(std::vector<Observation> page) {
    std::erase_if(page, [&](const Observation& one) {
        return !seen_.insert(one.remote_id).second || options_.finished.contains(one.remote_id);
    });
    const std::size_t most = options_.records_per_second == 0
                                 ? kPageRecords
                                 : std::min<std::size_t>(kPageRecords, options_.records_per_second);
    for (std::size_t at = 0; at < page.size(); at += most) {
        const std::size_t count = std::min(most, page.size() - at);
        take_slice(std::span(page).subspan(at, count));
        pace(count);
    }
}

void Verification::take_slice(std::span<const Observation> slice) {
    const Known known = load(slice);
    std::vector<RecordVerdict> sure;
    for (const Observation& seen : slice) {
        RecordVerdict verdict = judge(known, seen);
        if (is_suspect(verdict))
            suspects_.push_back(seen);
        else
            sure.push_back(std::move(verdict));
    }
    finish(sure);
}

Result<std::vector<Observation>> Verification::look_up(std::span<const RemoteId> ids) {
    auto found = station_.connection->lookup(system_.setting->entity, ids);
    if (found) pace(ids.size());
    return found;
}

/// Looks at suspects a second time, one by one in what the hub knows: a verdict stands when the hub
/// did not touch the record while it was looked at.
Result<void> Verification::look_again() {
    for (std::size_t at = 0; at < suspects_.size(); at += kLookupIds) {
        const std::size_t count = std::min(kLookupIds, suspects_.size() - at);
        std::vector<Observation> left(
            suspects_.begin() + static_cast<std::ptrdiff_t>(at),
            suspects_.begin() + static_cast<std::ptrdiff_t>(at + count)
        );
        std::vector<RecordVerdict> sure;
        for (int look = 1; !left.empty(); ++look) {
            const Known before = load(left);
            if (station_.capabilities->lookup_by_id) {
                std::vector<RemoteId> ids;
                for (const Observation& seen : left)
                    ids.push_back(seen.remote_id);
                SYNCLINE_TRY(std::vector<Observation> found, look_up(ids));
                for (Observation& seen : left) {  // an id without an answer is as it was
                    for (const Observation& fresh : found) {
                        if (fresh.remote_id == seen.remote_id) seen = fresh;
                    }
                }
            }
            const Known after = load(left);
            const auto version = [](const Known& known, const RemoteId& id) {
                const auto link = known.links.find(id);
                return link == known.links.end() ? 0 : link->second.row_version;
            };
            std::vector<Observation> moved;
            for (const Observation& seen : left) {
                RecordVerdict verdict = judge(after, seen);
                const bool is_quiet =
                    version(before, seen.remote_id) == version(after, seen.remote_id);
                if (is_quiet || look == kLooks || !is_suspect(verdict))
                    sure.push_back(std::move(verdict));
                else
                    moved.push_back(seen);
            }
            left = std::move(moved);
        }
        finish(sure);
    }
    return {};
}

/// What the listing is silent about: gone when the system says so, or when its listings name all.
RecordVerdict Verification::judge_absent(const store::Store::LinkHead& head, Timestamp at) const {
    const bool is_linked = head.state == LinkState::Active;
    return whole(head.remote_id, at, is_linked ? Parity::MissingThere : Parity::Gone);
}

Result<void> Verification::look_for_missing(bool names_all) {
    const Timestamp at = bench_.now();
    std::vector<RemoteId> ask;
    std::vector<RecordVerdict> sure;
    for (const auto& head : bench_.store().link_heads(system_.id(), system_.setting->entity)) {
        if (seen_.contains(head.remote_id) || options_.finished.contains(head.remote_id)) continue;
        if (station_.capabilities->lookup_by_id && head.state == LinkState::Active)
            ask.push_back(head.remote_id);
        else if (names_all || head.state == LinkState::Gone)
            sure.push_back(judge_absent(head, at));
        else
            sure.push_back(whole(head.remote_id, at, Parity::Unread));
    }
    finish(sure);
    for (std::size_t from = 0; from < ask.size(); from += kLookupIds) {
        const std::size_t count = std::min(kLookupIds, ask.size() - from);
        const auto ids = std::span(ask).subspan(from, count);
        SYNCLINE_TRY(const std::vector<Observation> found, look_up(ids));
        const Known known = load(found);
        sure.clear();
        for (const RemoteId& id : ids) {
            const auto answer =
                std::find_if(found.begin(), found.end(), [&](const Observation& one) {
                    return one.remote_id == id;
                });
            sure.push_back(
                answer == found.end() ? whole(id, at, Parity::Unread) : judge(known, *answer)
            );
        }
        finish(sure);
    }
    return {};
}

Result<void> Verification::run() {
    connect::ReadRequest request;
    request.entity = system_.setting->entity;
    request.mode = connect::ReadMode::Full;
    request.side_effects = connect::SideEffects::None;
    std::set<std::string> remotes;
    for (const mapping::MappedField& mapped : system_.mapping->fields())
        remotes.insert(mapped.remotes.begin(), mapped.remotes.end());
    request.fields.assign(remotes.begin(), remotes.end());
    connect::ReadSink sink;
    sink.records = [&](std::vector<Observation> page) {
        take(std::move(page));
        return !bench_.stop_requested();
    };
    sink.checkpoint = [](const std::string& /*cursor*/) { return true; };
    SYNCLINE_TRY(const connect::ReadSummary summary, station_.connection->read(request, sink));
    SYNCLINE_TRY([[maybe_unused]] const auto looked, look_again());
    return look_for_missing(
        summary.complete_listing && station_.capabilities->listing_proves_absence
    );
}

}  // namespace syncline::sync
