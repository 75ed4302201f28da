#pragma once

#include "mapping/lens.hpp"
#include "model/raw_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::mapping {

/// How long a text the remote keeps; 0 = any length.
struct Limits {
    std::uint32_t characters = 0;
    std::uint32_t bytes = 0;

    bool any() const noexcept { return characters != 0 || bytes != 0; }
};

/// The longest beginning of `text` within the limits that ends where people see a character end.
std::string_view cut(std::string_view text, const Limits& limits);

/// Cutting any other kind of value makes another value of it: a phone number, a code, an amount.
bool may_be_cut(ValueType type);

/// The remote's text of a raw value as a cell: blank text says nothing.
/// MappingFailed when it is not well-formed UTF-8.
Result<Cell> cell_of(const RawValue& raw);
/// A text as the remote holds its values: of the kind of `held`, else of `natural`. Nothing is ""
/// where the remote held text (or holds nothing yet and keeps texts), else null.
RawValue raw_of(const Cell& cell, const RawValue* held, RawValue::Kind natural);

/// One leaf and the one remote field that holds it.
struct LeafMapping {
    std::size_t part = 0;  ///< index within the canonical field
    const LeafSpec* spec = nullptr;
    std::string path;
    std::string remote;
    std::vector<Lens> lenses;  ///< from the remote to the record
    std::string default_country;
    Limits limits;

    LensContext context() const { return {*spec, default_country}; }
    /// The hub writes a fixed text there and learns nothing from it.
    bool is_constant() const;
};

/// Remote to canonical, in normal form. MappingFailed names the field and never the value.
Result<Cell> read(const LeafMapping& leaf, const RawValue& raw);
/// Canonical to remote. `held`: what the remote field holds now, or nullptr; a spelling that
/// already means `value` is kept.
Result<RawValue> write(const LeafMapping& leaf, const Cell& value, const RawValue* held);
/// Both say nothing, or both are equivalent.
bool same(const LeafSpec& spec, const Cell& a, const Cell& b);
/// `raw` reads as `sent`, or as what writing `sent` leaves behind.
bool is_image(const LeafMapping& leaf, const RawValue& raw, const Cell& sent);
/// What does not survive, in words; "" = everything does.
std::string loss(const LeafMapping& leaf);

}  // namespace syncline::mapping
