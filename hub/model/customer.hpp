#pragma once

#include "base/version.hpp"
#include "model/field_value.hpp"
#include "model/flat_map.hpp"
#include "model/ids.hpp"
#include "model/stamp.hpp"

#include <cstdint>
#include <string_view>

namespace syncline {

/// What the hub holds true about one field of one customer, and why.
struct FieldState {
    FieldValue value;
    Version version;  ///< grows with every change; never re-used
    Origin origin;
    EditInterval interval;
    Rule rule = Rule::None;
    friend bool operator==(const FieldState&, const FieldState&) = default;
};

enum class CustomerState : std::uint8_t {
    Active = 0,
    Alias = 1,    ///< merged into `alias_of`; its fields are what they were then
    Deleted = 2,  ///< a tombstone: kept for undelete, never created or written anywhere again
};
std::string_view name(CustomerState state);

/// The canonical record: a flat map from field to state. A field that is absent was never spoken
/// about by anybody; one whose value is cleared was.
struct Customer {
    CustomerId id;
    CustomerState state = CustomerState::Active;
    CustomerId alias_of;            ///< of an Alias: the customer that it is now
    std::uint64_t row_version = 0;  ///< of the stored row; 0 = not stored yet
    Version created;
    FlatMap<FieldId, FieldState> fields;
    friend bool operator==(const Customer&, const Customer&) = default;
};

}  // namespace syncline
