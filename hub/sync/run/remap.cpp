#include "sync/run/remap.hpp"

#include "sync/core/pending.hpp"
#include "sync/core/reproject.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/new_mapping.hpp"
#include "sync/run/steering.hpp"
#include "sync/run/terms.hpp"

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
constexpr const char* kTerms = "terms";

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

/// By the number of the field: a digest of how it is mapped. And one of the system's terms.
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
    digests[kTerms] = bench.parts().digest(terms_of(*system.setting)).substr(0, kDigestCharacters);
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
    bool is_owed_otherwise = false;
    bool is_mapped_otherwise() const { return !changed.empty() || !added.empty(); }
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
        const bool is_same = found->second == digest;
        if (field == kTerms)
            difference.is_owed_otherwise = !is_same;
        else if (!is_same)
            difference.changed.insert(id_of(field));
        now.erase(found);
    }
    now.erase(kTerms);  // not known, of a hub that was updated
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

/// What was set aside because it could not be read may be readable now.
void try_set_aside_again(
    Workbench& bench, const SystemId& system, const std::set<FieldId>& fields
) {
    retry(bench, quarantined(bench, [&](const QuarantineItem& item) {
              return item.system == system && item.direction == Direction::Inbound &&
                     !hold_of(item) && fields.contains(item.field);
          }));
}

/// The fields of the configuration that mean something else than what is remembered of them.
void judge_by_new_mapping(Workbench& bench, const SystemId& system, const Difference& difference) {
    const std::string what = "is mapped otherwise";
    hold_until_released(bench, system, difference.changed, what);
    hold_until_released(bench, system, difference.added, what);
    if (!difference.changed.empty()) judge_all_again(bench, system, difference.changed);
    try_set_aside_again(bench, system, difference.changed);
}

/// Another connector, or a version of it that may mean something else, may read the same record
/// otherwise: whatever it says, and nobody typed, is for a person to look at.
void hold_what_is_read_otherwise(
    Workbench& bench, const SystemRules& system, const std::string& before, const std::string& now
) {
    std::set<FieldId> fields;
    for (const mapping::MappedField& mapped : system.mapping->fields())
        fields.insert(mapped.field);
    hold_until_released(
        bench,
        system.id(),
        fields,
        "is read in " + system.id().text() + " by " + now + ", and was by " + before + ","
    );
    try_set_aside_again(bench, system.id(), fields);
}

}  // namespace

void remap(Workbench& bench, const Station& station) {
    if (!bench.parts().digest) return;
    const SystemRules& system = bench.rules().at(station.setting->id);
    const auto digests = digests_of(bench, system);
    store::SystemState state = bench.state_of(system.id());
    std::string now = text_of(digests);
    const std::string& told = station.capabilities->connector;
    const std::string connector = told.empty() ? state.connector : told;
    if (state.mapping == now && state.connector == connector) return;
    Difference difference;
    if (!state.mapping.empty()) difference = difference_since(state.mapping, digests);
    const bool is_read_otherwise = !state.connector.empty() && state.connector != connector;
    if (difference.is_mapped_otherwise()) judge_by_new_mapping(bench, system.id(), difference);
    if (is_read_otherwise) hold_what_is_read_otherwise(bench, system, state.connector, connector);
    if (difference.is_owed_otherwise) derive_all_again(bench);
    if (difference.is_mapped_otherwise() || is_read_otherwise) {
        state = bench.state_of(system.id());
        state.listing_wanted_at = bench.now();
    }
    state.mapping = std::move(now);
    state.connector = connector;
    store::CommitBatch batch;
    batch.systems.push_back(std::move(state));
    bench.commit(batch);
}

}  // namespace syncline::sync
