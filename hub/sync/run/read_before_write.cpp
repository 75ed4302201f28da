#include "sync/run/read_before_write.hpp"

#include "sync/core/delete_customer.hpp"
#include "sync/core/pending.hpp"
#include "sync/run/take_in.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace syncline::sync {
namespace {

void overlay(RawFields& onto, const RawFields& from) {
    for (const auto& [remote, value] : from)
        onto[remote] = value;
}

RawFields held_by(const Link& link, FieldId field) {
    const LinkField* entry = link.fields.find(field);
    return entry != nullptr && entry->shadow ? entry->shadow->raw : RawFields{};
}

/// Takes fields out of a delivery; what the link holds of them stays as it is.
void leave_out(Delivery& delivery, const Link& link, const std::vector<FieldId>& fields) {
    for (const FieldId field : fields) {
        delivery.attempt.fields.erase(field);
        overlay(delivery.whole, held_by(link, field));
    }
    delivery.patch = {};
    delivery.before = {};
    for (const auto& [field, sent] : delivery.attempt.fields) {
        overlay(delivery.patch, sent.raw);
        overlay(delivery.before, held_by(link, field));
    }
    overlay(delivery.whole, delivery.patch);
}

/// The write to a link by what is known now, or nothing.
std::optional<Delivery> derive_anew(
    Workbench& bench,
    const Aggregate& aggregate,
    const Delivery& planned,
    const Observation& seen,
    Effects& effects
) {
    const SystemRules& system = bench.rules().at(planned.attempt.system);
    const Link* link = aggregate.find_link(system.id());
    if (link == nullptr || link->id != planned.attempt.link) return std::nullopt;
    if (planned.attempt.kind == AttemptKind::Delete)
        return derive_delete(bench.rules(), aggregate, *link, bench.moment());
    auto delivery = derive_update(bench.rules(), aggregate, *link, {}, bench.moment(), effects);
    if (!delivery) return std::nullopt;
    std::vector<FieldId> left_out;
    for (const auto& [field, sent] : delivery->attempt.fields) {
        const bool is_settled = system.mapping->select(field, seen.fields) == held_by(*link, field);
        if (!is_settled || !planned.attempt.fields.contains(field)) left_out.push_back(field);
    }
    leave_out(*delivery, *link, left_out);
    if (delivery->patch.empty()) return std::nullopt;
    return delivery;
}

/// The write back without the fields that the record holds otherwise by now, or nothing.
std::optional<Delivery> still_in_place(
    const Workbench& bench, Aggregate& aggregate, const Delivery& planned, const Observation& seen
) {
    const SystemRules& system = bench.rules().at(planned.attempt.system);
    const Link* link = aggregate.find_link(planned.attempt.link);
    if (link == nullptr || link->state != LinkState::Active) return std::nullopt;
    const auto is_moved = [&](FieldId field) {
        const RawFields expected = system.mapping->select(field, planned.before);
        return system.mapping->select(field, seen.fields) != expected ||
               held_by(*link, field) != expected;
    };
    Delivery delivery = planned;
    if (planned.attempt.kind == AttemptKind::Delete) {
        const auto& mapped = system.mapping->fields();
        const bool is_as_left = std::none_of(mapped.begin(), mapped.end(), [&](const auto& one) {
            return is_moved(one.field);
        });
        return is_as_left ? std::optional<Delivery>(std::move(delivery)) : std::nullopt;
    }
    std::vector<FieldId> left_out;
    for (const auto& [field, sent] : planned.attempt.fields) {
        if (is_moved(field)) left_out.push_back(field);
    }
    leave_out(delivery, *link, left_out);
    if (delivery.patch.empty()) return std::nullopt;
    return delivery;
}

}  // namespace

std::vector<Delivery> read_before_write(
    Workbench& bench,
    const Station& station,
    std::vector<Delivery> deliveries,
    Purpose purpose,
    SystemReport& report
) {
    std::vector<RemoteId> ids;
    std::vector<CustomerId> customers;
    for (const Delivery& delivery : deliveries) {
        if (delivery.attempt.kind == AttemptKind::Create) continue;
        ids.push_back(delivery.remote_id);
        customers.push_back(delivery.attempt.customer);
    }
    if (ids.empty()) return deliveries;
    const auto found = station.connection->lookup(station.setting->entity, ids);
    if (!found) {
        report.error = found.error();
        return {};
    }
    take_in(bench, station, *found, {}, nullptr, report);
    std::unordered_map<CustomerId, Aggregate> loaded;
    for (Aggregate& aggregate : load_aggregates(bench.store(), customers)) {
        const CustomerId id = aggregate.customer.id;
        loaded.emplace(id, std::move(aggregate));
    }

    std::vector<Delivery> due;
    store::CommitBatch batch;
    for (Delivery& planned : deliveries) {
        if (planned.attempt.kind == AttemptKind::Create) {
            due.push_back(std::move(planned));
            continue;
        }
        const auto seen = std::find_if(found->begin(), found->end(), [&](const Observation& one) {
            return one.remote_id == planned.remote_id && one.problem.empty();
        });
        const auto aggregate = loaded.find(planned.attempt.customer);
        if (seen == found->end() || aggregate == loaded.end()) continue;
        Effects effects;
        auto delivery = purpose == Purpose::Back
                            ? still_in_place(bench, aggregate->second, planned, *seen)
                            : derive_anew(bench, aggregate->second, planned, *seen, effects);
        bench.collect(aggregate->second, effects, batch);
        if (delivery) due.push_back(*std::move(delivery));
    }
    bench.commit(batch);
    return due;
}

}  // namespace syncline::sync
