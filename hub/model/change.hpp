#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "model/field_value.hpp"
#include "model/ids.hpp"
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
};
std::string_view name(ChangeKind kind);

struct FieldChange {
    FieldId field;
    ChangeKind kind = ChangeKind::Version;
    Rule rule = Rule::None;
    Origin origin;
    EditInterval interval;
    Version version;  ///< of the canonical value after this entry
    std::optional<FieldValue> before;
    std::optional<FieldValue> after;
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
