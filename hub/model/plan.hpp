#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncline {

/// One field that an operation would write, and why. No values: a plan may leave the machine.
struct PlannedField {
    std::string path;
    std::string reason;   ///< "newest, from erp": rule and source of the canonical value
    std::string digest;   ///< keyed hash of the remote fields as they would be written
    bool clears = false;  ///< the remote value would become empty
};

/// One thing that applying the plan would do.
struct PlannedOperation {
    enum class Kind : std::uint8_t {
        Link,    ///< remote_id joins a customer that other records belong to
        Record,  ///< remote_id becomes (part of) a new customer
        Create,  ///< a record is made in `system`
        Update,  ///< a record in `system` is changed
        Delete,  ///< a record in `system` is deleted
        Gone,    ///< remote_id is no more in `system`, and the hub takes note of it
    };
    Kind kind = Kind::Update;
    SystemId system;
    RemoteId remote_id;   ///< "" for a Create
    std::string subject;  ///< names the customer without personal data: "erp:17" (its first link)
    std::string reason;   ///< Link: the rung; Create: "in scope, has no record there"
    std::string token;    ///< Update: the remote version the plan saw
    std::vector<PlannedField> fields;
};
std::string_view name(PlannedOperation::Kind kind);

/// What a plan says about one system.
struct PlannedSystem {
    SystemId system;
    std::uint64_t read = 0;    ///< records read
    std::uint64_t linked = 0;  ///< records that would join a customer
    std::uint64_t creates = 0, updates = 0, clears = 0, deletes = 0;
    std::uint64_t gone = 0;  ///< records that are no more there
    /// Calls of the connector that writing costs, but for looks at what an answer does not tell.
    std::uint64_t calls = 0;
    std::string stopped;  ///< "" or why nothing would be written: a threshold, an error, a pause
    std::optional<ErrorCode> trouble;  ///< the error, when one is why
    bool paused = false;               ///< then it was not read, and no operation concerns it

    /// A safety threshold holds the writes: applying the plan approves them.
    bool is_held() const { return !stopped.empty() && !trouble && !paused; }
};

/// What would happen, as a value: previewing and applying read the same plan.
struct Plan {
    Timestamp made_at{};
    std::string hub_id;
    std::string digest;  ///< over all operations, in canonical order
    std::vector<PlannedSystem> systems;
    std::vector<PlannedOperation> operations;
    std::uint64_t new_records = 0, reviews = 0, conflicts = 0, quarantined = 0;

    /// Nothing would be written to any system, and nothing linked.
    bool is_empty() const { return operations.empty(); }
};

}  // namespace syncline
