#pragma once

#include "base/time.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncline {

/// A question only a person can answer.
enum class CaseKind : std::uint8_t {
    Association = 0,  ///< which customer is this remote record? (`link`, `candidates`)
    Conflict = 1,     ///< which value is right? (`customer`, `field`)
    Gone = 2,         ///< the record disappeared from a system: what now? (`link`, `customer`)
    Duplicate = 3,    ///< a second record of one customer, or a strong key held twice
};
std::string_view name(CaseKind kind);

/// A possible answer to an association case, best first. No personal data: rungs and counts.
struct Candidate {
    CustomerId customer;  ///< an existing customer, or nil
    LinkId link;          ///< another unassociated record, or nil
    std::string reason;   ///< the rung that named it: "same name, addresses.billing.street, …"
};

struct Case {
    CaseId id;
    CaseKind kind = CaseKind::Association;
    CustomerId customer;
    LinkId link;
    SystemId system;
    FieldId field;
    std::string reason;  ///< one sentence for the operator, without personal data
    std::vector<Candidate> candidates;
    Timestamp opened_at{};
    Timestamp resolved_at{};  ///< the epoch: open
    std::string resolution;   ///< "linked", "new", "value from erp", … and by whom

    bool is_open() const { return resolved_at == Timestamp{}; }
};

}  // namespace syncline
