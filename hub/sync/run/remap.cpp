#include "sync/run/remap.hpp"

#include "sync/core/pending.hpp"
#include "sync/core/reproject.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/new_mapping.hpp"
#include "sync/run/steering.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersPerBatch = 200;
constexpr std::size_t kDigestCharacters = 16;

void append(std::string& text, const std::string& part) {
    text += std::to_string(part.size()) + ":" + part;
}

/// Everything that decides what a field of a record means.
std::string content_of(const MappedFieldSetting& entry) {
    std::string text;
    append(text, entry.field);
    for (const std::string& remote : entry.remotes)
        append(text, remote);
    for (const LensSetting& lens : entry.lenses) {
        append(text, lens.name);
        for (const auto& [name, value] : lens.options) {
            append(text, name);
            append(text, value);
        }
        for (const auto& [remote, value] : lens.table) {
            append(text, remote);
            append(text, value);
        }
        for (const std::string& one : lens.list)
            append(text, one);
    }
    append(text, std::to_string(entry.limit_characters));
    append(text, std::to_string(entry.limit_bytes));
    return text;
}

/// By the number of the field: a digest of how it is mapped.
std::map<std::string, std::string> digests_of(const Workbench& bench, const SystemRules& system) {
    std::map<std::string, std::string> digests;
    for (const mapping::MappedField& mapped : system.mapping->fields()) {
        const std::string& path = bench.rules().fields->at(mapped.field).path;
        std::string content;
        append(content, system.setting->default_country);
        for (const MappedFieldSetting& entry : system.setting->mapping) {
            if (entry.field == path || entry.field.starts_with(path + "."))
                content += content_of(entry);
        }
        digests[std::to_string(mapped.field.number)] =
            bench.parts().digest(content).substr(0, kDigestCharacters);
    }
    return digests;
}

std::string text_of(const std::map<std::string, std::string>& digests) {
    std::string text;
    for (const auto& [field, digest] : digests)
        text.append(field).append(" ").append(digest).append("\n");
    return text;
}

struct Difference {
    std::set<FieldId> changed;  ///< mapped otherwise
    std::set<FieldId> added;    ///< not mapped before
};

/// What is different now, by a stored text.
Difference difference_since(const std::string& before, std::map<std::string, std::string> now) {
    const auto id_of = [](const std::string& number) {
        return FieldId{static_cast<std::uint32_t>(std::stoul(number))};
    };
    Difference difference;
    std::istringstream lines(before);
    std::string field;
    std::string digest;
    while (lines >> field >> digest) {
        const auto found = now.find(field);
        if (found == now.end()) continue;
        if (found->second != digest) difference.changed.insert(id_of(field));
        now.erase(found);
    }
    for (const auto& [number, added] : now)
        difference.added.insert(id_of(number));
    return difference;
}

void judge_all_again(Workbench& bench, const SystemId& system, const std::set<FieldId>& fields) {
    CustomerId last;
    for (;;) {
        const auto ids = bench.store().customers_after(last, kCustomersPerBatch);
        if (ids.empty()) return;
        store::CommitBatch batch;
        for (Aggregate& aggregate : load_aggregates(bench.store(), ids)) {
            Effects effects;
            reproject(bench.rules(), aggregate, system, fields, effects);
            eliminate_no_ops(bench.rules(), aggregate, effects);
            bench.collect(aggregate, effects, batch);
        }
        bench.commit(batch);
        last = ids.back();
    }
}

}  // namespace

void remap(Workbench& bench, const Station& station) {
    if (!bench.parts().digest) return;
    const SystemRules& system = bench.rules().at(station.setting->id);
    const auto digests = digests_of(bench, system);
    store::SystemState state = bench.state_of(system.id());
    std::string now = text_of(digests);
    if (state.mapping == now) return;
    if (!state.mapping.empty()) {
        const Difference difference = difference_since(state.mapping, digests);
        const std::set<FieldId>& changed = difference.changed;
        hold_until_released(bench, system.id(), changed);
        hold_until_released(bench, system.id(), difference.added);
        if (!changed.empty()) judge_all_again(bench, system.id(), changed);
        retry(bench, quarantined(bench, [&](const QuarantineItem& item) {
                  return item.system == system.id() && item.direction == Direction::Inbound &&
                         !hold_of(item) && changed.contains(item.field);
              }));
        state = bench.state_of(system.id());
        state.listing_wanted_at = bench.now();
    }
    state.mapping = std::move(now);
    store::CommitBatch batch;
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
}

}  // namespace syncline::sync
