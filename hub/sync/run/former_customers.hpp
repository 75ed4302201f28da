#pragma once

#include "model/case.hpp"
#include "model/flat_map.hpp"
#include "store/store.hpp"
#include "sync/core/rules.hpp"

#include <map>
#include <string>
#include <vector>

namespace syncline::sync {

/// The deleted customers that a record may be, by its unique identifiers.
class FormerCustomers {
public:
    /// `strong`: the leaves that identify a customer.
    explicit FormerCustomers(std::vector<FieldId> strong) : strong_(std::move(strong)) {}

    /// Takes note of who had a key, where it is a strong one.
    void add(const store::Store::KeyHolders& holders);

    /// The deleted customers with one of these keys of whom a record stayed in its system, or will;
    /// the reason names the record.
    std::vector<Candidate> with_a_record(
        const Rules& rules,
        store::Store& store,
        const std::vector<const FlatMap<FieldId, std::string>*>& keys
    ) const;

private:
    std::vector<FieldId> strong_;
    std::map<FieldId, std::map<std::string, std::vector<CustomerId>>> former_;
};

}  // namespace syncline::sync
