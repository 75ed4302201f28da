#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "model/field_value.hpp"
#include "model/ids.hpp"
#include "model/raw_fields.hpp"
#include "model/stamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncline {

/// What happened to one field.
enum class ChangeKind : std::uint8_t {
    Version = 0,       ///< the canonical value changed from `before` to `after`
    Loser = 1,         ///< `after` came from `origin` and lost; the canonical value stayed `before`
    Contested = 2,     ///< `after` came from `origin`; a person must decide
    Drift = 3,         ///< `after` came from a system that may not author the field
    LateOwnWrite = 4,  ///< an old write of ours surfaced in `origin`
    Transform = 5,     ///< `origin` stored `after` although `before` was sent
    Written = 6,       ///< the hub wrote `after` to `origin`, which held `held` before
    // What happened to the customer as a whole; the field is 0, and `after` names the other one: a
    // remote id, or another customer's id.
    Linked = 7,       ///< a record of `origin` joined the customer
    Unlinked = 8,     ///< a record of `origin` left the customer, or is no more there
    Created = 9,      ///< the hub made a record in `origin`
    Removed = 10,     ///< the hub deleted the record in `origin`
    Merged = 11,      ///< another customer was merged into this one
    MergedInto = 12,  ///< this customer was merged into another one
    Unmerged = 13,    ///< a merge was taken back
    Deleted = 14,     ///< the customer was deleted
    Undeleted = 15,   ///< and is a customer again
};
constexpr ChangeKind kLastChangeKind = ChangeKind::Undeleted;
std::string_view name(ChangeKind kind);

/// Does it tell what was said about a field, rather than what the hub wrote or what became of the
/// customer as a whole?
constexpr bool is_about_a_value(ChangeKind kind) {
    return kind < ChangeKind::Written;
}

struct FieldChange {
    FieldId field;  ///< 0: the customer as a whole
    ChangeKind kind = ChangeKind::Version;
    Rule rule = Rule::None;
    Origin origin;
    EditInterval interval;
    Version version;  ///< of the canonical value after this entry
    std::optional<FieldValue> before;
    std::optional<FieldValue> after;
    RawFields held{};  ///< Written: what the remote fields held before
};

/// The journal: append-only, one row a customer and batch. History, explain and undo read it.
struct Change {
    std::uint64_t sequence = 0;  ///< given by the store
    CustomerId customer;
    RunId run;
    Timestamp at{};
    std::vector<FieldChange> fields;
};

}  // namespace syncline
