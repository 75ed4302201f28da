#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// The canonical value of one field: one part for a plain field, the catalogue's parts in their
/// order for a composite (a postal address: street, postcode, city, country, …).
///
/// A part without text is cleared: somebody said "nothing". A field nobody spoke about has no
/// FieldValue at all. Every text is in the field's normal form (normal/normal_form.hpp): an E.164
/// phone, an ISO country code, minor units with a currency ("125000 EUR").
///
/// Deliberately without operator<<: customer data has no way into a log line.
struct FieldValue {
    std::vector<std::optional<std::string>> parts;

    static FieldValue of(std::string text) {
        FieldValue value;
        value.parts.emplace_back(std::move(text));
        return value;
    }
    static FieldValue cleared(std::size_t parts = 1) {
        FieldValue value;
        value.parts.resize(parts);
        return value;
    }

    /// Every part says "nothing".
    bool is_cleared() const {
        for (const auto& part : parts) {
            if (part) return false;
        }
        return true;
    }
    friend bool operator==(const FieldValue&, const FieldValue&) = default;
};

}  // namespace syncline
