#pragma once

#include "base/time.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncline {

/// A question only a person can answer, or what a person answered once and for all.
enum class CaseKind : std::uint8_t {
    Association = 0,  ///< which customer is this remote record? (`link`, `candidates`)
    Conflict = 1,     ///< which value is right? (`customer`, `field`)
    Gone = 2,         ///< the record disappeared from a system: what now? (`link`, `customer`)
    Duplicate = 3,    ///< a second record of one customer, or a strong key held twice
    Apart = 4,        ///< `customer` and the candidate are not the same; never open
};
std::string_view name(CaseKind kind);

/// A possible answer to an association case, best first. No personal data: rungs and counts.
struct Candidate {
    CustomerId customer;  ///< an existing customer, or nil
    LinkId link;  ///< a record: an unassociated one, or (Apart) one of the customer's; or nil
    std::string reason;  ///< the rung that named it: "same name, addresses.billing.street, …"
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
    /// Does it say that two are not the same customer? One that was taken back names nobody.
    bool keeps_apart() const { return kind == CaseKind::Apart && !candidates.empty(); }
};

}  // namespace syncline
