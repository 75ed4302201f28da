#pragma once

#include "model/field_value.hpp"
#include "model/flat_map.hpp"
#include "store/store.hpp"
#include "sync/core/aggregate.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/rules.hpp"

#include <map>
#include <set>
#include <vector>

namespace syncline::sync {

/// The keys by which records are found without reading them all: of the fields that association,
/// uniqueness or the schema's index look up. Borrows the rules; any thread.
class MatchKeys {
public:
    explicit MatchKeys(const Rules& rules);
    std::vector<store::MatchKey> of(const FlatMap<FieldId, FieldValue>& values) const;
    /// Of what a record says, as far as it can be read. Only fields with a key are read.
    std::vector<store::MatchKey> of(const Link& link) const;

private:
    const Rules& rules_;
    std::set<FieldId> leaves_;
    std::set<FieldId> fields_;  ///< that these are parts of
};

/// Unique fields of a customer whose value another record of that system already holds, per system.
std::map<SystemId, TakenFields> taken_fields(
    const Rules& rules, store::Store& store, const MatchKeys& match_keys, const Aggregate& aggregate
);

}  // namespace syncline::sync
